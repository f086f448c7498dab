"""docs/webhooks.md says what is sent, and its examples verify it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import httpx
import pytest

import outrider.wiring
import outrider.worker  # noqa: F401  (every fact is declared)
from outrider.events.facts import declared
from outrider.integrations.notifications.webhook import DeliveryFailed, WebhookSender, new_secret

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()


@pytest.mark.parametrize("name", sorted(declared))
def test_every_fact_is_described_with_its_fields(name: str) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    row = row.replace(
        "as `meeting.booked` without `booked_by`", " ".join(f"`{f}`" for f in declared["meeting.booked"].model_fields)
    )
    assert [field for field in declared[name].model_fields if f"`{field}`" not in row] == []


def test_nothing_is_described_that_is_not_sent() -> None:
    assert set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", PAGE, re.MULTILINE)) == set(declared)


def _example(language: str) -> str:
    [code] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.mark.parametrize("language", ["python", "javascript"])
async def test_the_examples_tell_genuine_messages_from_others(language: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if language == "javascript" and node is None:
        pytest.skip("there is no Node here")
    secret, port = new_secret(), _free_port()
    if language == "python":
        (tmp_path / "example.py").write_text(_example("python"))
        command = [sys.executable, "-m", "uvicorn", "example:app", "--port", str(port)]
    else:
        (tmp_path / "example.mjs").write_text(_example("javascript"))
        command = [str(node), "example.mjs"]
    environment = os.environ | {"OUTRIDER_WEBHOOK_SECRET": secret, "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}/hooks"
        await _listens(url)
        sender = WebhookSender(allows_private=True)
        body = '{"type":"meeting.booked","data":{"lead_name":"Jürgen"}}'.encode()
        done = await sender.deliver(url, body, message_id="msg_1", secrets=[new_secret(), secret])
        assert done.status == 204
        with pytest.raises(DeliveryFailed) as caught:
            await sender.deliver(url, body, message_id="msg_1", secrets=[new_secret()])
        assert caught.value.answer_status == 400
        await sender.aclose()
    finally:
        process.terminate()
        await process.wait()


async def _listens(url: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            try:
                await client.post(url)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
