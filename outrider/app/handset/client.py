"""A client of the simulator's control plane."""

from __future__ import annotations

from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

import httpx

from outrider.errors import InvalidInput, Unavailable

TIMEOUT_SECONDS = 3.0


class SimulatorUnavailable(Unavailable):
    """The simulator does not answer."""

    title = "The simulated carrier does not answer"


class SimulatorClient:
    """Speaks to the simulator at `base_url`; a context manager."""

    def __init__(self, base_url: str):
        self._http = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def __aenter__(self) -> SimulatorClient:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()

    async def person(self, phone: str) -> dict[str, Any]:
        """Persona, reachability, wishes and thread of one person."""
        found = await self._call("GET", "recipients", params={"number": phone})
        return cast(dict[str, Any], found["items"][0])

    async def change_person(self, phone: str, **changes: Any) -> dict[str, Any]:
        return await self._call("PUT", f"recipients/{quote(phone)}", json=changes)

    async def numbers(self) -> list[str]:
        """Our numbers at the carrier."""
        return [number["number"] for number in (await self._call("GET", "numbers"))["items"]]

    async def personas(self) -> list[str]:
        """Names of everybody who can play a person."""
        return cast(list[str], (await self._call("GET", "personas"))["personas"])

    async def faults(self) -> dict[str, float]:
        return cast(dict[str, float], (await self._call("GET", "faults"))["faults"])

    async def text(self, person: str, our_number: str, body: str) -> dict[str, Any]:
        """The person texts us now."""
        return await self._call("POST", "inbound", json={"from": person, "to": our_number, "body": body})

    async def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """
        Raises:
            InvalidInput: the simulator refuses it, and says why.
            SimulatorUnavailable: no answer, or one that is none of the control plane's.
        """
        try:
            answer = await self._http.request(method, f"/simulator/{path}", **request)
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SimulatorUnavailable(
                f"The simulated carrier does not answer ({type(error).__name__}).",
                remedy="It starts with `outrider up`; if it was stopped, start it again.",
            ) from error
        if answer.status_code == httpx.codes.BAD_REQUEST and isinstance(content, dict) and "error" in content:
            raise InvalidInput(str(content["error"]))
        if answer.is_error or not isinstance(content, dict):
            raise SimulatorUnavailable(
                f"The simulated carrier answers {answer.status_code}.", remedy="Another program may have taken its port."
            )
        return content
