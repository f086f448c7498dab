"""A simulator for the length of a test, and a client of its control plane."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import httpx

from simulator.options import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, DEFAULT_NUMBERS

_START_SECONDS = 20.0


class RunningSimulator:
    """The control plane of a running simulator. Calls block for a millisecond or so."""

    def __init__(self, base_url: str, *, account_sid: str = DEFAULT_ACCOUNT_SID, auth_token: str = DEFAULT_AUTH_TOKEN):
        self.base_url = base_url
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.number = DEFAULT_NUMBERS[0]
        self.client = httpx.Client(base_url=base_url, timeout=10, trust_env=False)

    def counters(self) -> dict[str, Any]:
        return self._call("GET", "counters")

    def set_faults(self, **values: float) -> None:
        """Change fault switches; those whose name starts with a digit go in as `**{"429": 0.5}`."""
        self._call("PUT", "faults", values)

    def set_numbers(self, numbers: dict[str, dict[str, Any]]) -> None:
        """Add or change numbers: `{"+12025550143": {"rate": 1, "api_rate": 10, "sms_url": "http://…"}}`."""
        self._call("PUT", "numbers", numbers)

    def set_personas(self, **values: Any) -> None:
        """Change people: `mix={"silence": 1}`, `overrides={"+1…": "stop"}`, `reply_delay=[0, 0]`, …"""
        self._call("PUT", "personas", values)

    def messages(self, **filters: str) -> list[dict[str, Any]]:
        """The true record, oldest first; filter by direction, origin, status, to, body, `**{"from": …}`."""
        response = self.client.get("/simulator/messages", params=filters, headers={"Accept": "application/x-ndjson"})
        response.raise_for_status()
        return [json.loads(line) for line in response.text.splitlines()]

    def recipient(self, number: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("GET", "recipients", params={"number": number})["items"][0])

    def set_recipient(self, number: str, **values: Any) -> dict[str, Any]:
        """Change one person: `persona="manual"` (None leaves it to the mix), `delivers=False`."""
        return self._call("PUT", f"recipients/{number}", values)

    def text(self, person: str, body: str, *, to: str | None = None, **more: Any) -> dict[str, Any]:
        """A person texts one of our numbers now."""
        return self._call("POST", "inbound", {"from": person, "to": to or self.number, "body": body, **more})

    def reset(self) -> None:
        self._call("POST", "reset")

    def wait(self, met: Callable[[dict[str, Any]], object], seconds: float = 10.0) -> dict[str, Any]:
        """Poll the counters until the condition is met.

        Raises:
            TimeoutError: it was not met in time; the text holds the last counters.
        """
        deadline = time.monotonic() + seconds
        while not met(counters := self.counters()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not reached within {seconds} s: {counters}")
            time.sleep(0.02)
        return counters

    def wait_until_idle(self, seconds: float = 10.0) -> dict[str, Any]:
        """Wait until nothing is under way: every message final, every callback and webhook delivered or given up."""
        return self.wait(lambda counters: counters["pending"] == 0, seconds)

    async def wait_until_idle_async(self, seconds: float = 10.0) -> dict[str, Any]:
        """The same while the caller's event loop keeps serving webhooks."""
        return await asyncio.to_thread(self.wait_until_idle, seconds)

    def _call(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> dict[str, Any]:
        response = self.client.request(method, f"/simulator/{path}", json=body, params=params)
        if response.is_error:
            raise ValueError(f"{method} /simulator/{path}: {response.status_code} {response.text}")
        return cast(dict[str, Any], response.json())


@contextmanager
def running_simulator(*, port: int = 0, **options: Any) -> Iterator[RunningSimulator]:
    """Run a simulator as a process of its own, by default on a free port and a hundred times faster than life.

    Args:
        options: command-line options with underscores: `seed=7`, `webhook_url="http://…"`, `api_rate=0`; `fault` and `persona`
            take a dict, `numbers` a list.
    """
    command = [sys.executable, "-m", "simulator", "--port", str(port)]
    for name, value in ({"speed": 100, "webhook_url": "", "api_rate": 0} | options).items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, dict):
            command += [f"{flag}={key}={number}" for key, number in value.items()]
        else:
            command.append(f"{flag}={','.join(value) if isinstance(value, list | tuple) else value}")
    root = Path(__file__).parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:  # noqa: S603  our own command
        try:
            yield RunningSimulator(
                f"http://127.0.0.1:{_read_port(process)}",
                account_sid=options.get("account_sid", DEFAULT_ACCOUNT_SID),
                auth_token=options.get("auth_token", DEFAULT_AUTH_TOKEN),
            )
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _read_port(process: subprocess.Popen[str]) -> int:
    """The port that the process prints when it is ready.

    Raises:
        RuntimeError: it ended without becoming ready; its standard error says why.
    """
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the simulator did not start (exit code {process.wait(_START_SECONDS)})")
    return int(json.loads(line)["port"])


@asynccontextmanager
async def running_simulator_async(**options: Any) -> AsyncIterator[RunningSimulator]:
    """`running_simulator` for async code: the start does not block the event loop."""
    manager = running_simulator(**options)
    simulator = await asyncio.to_thread(manager.__enter__)
    try:
        yield simulator
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)
