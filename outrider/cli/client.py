"""The command line as a client of the API: the same calls that a user's own program makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from outrider.errors import FieldProblem, OutriderError, Unavailable

Json = dict[str, Any]


class ApiRefused(OutriderError):
    """The API answered with a problem; carries its words."""

    title = "The request was refused"


class Api:
    """Calls of one Outrider installation."""

    def __init__(self, client: httpx.AsyncClient):
        self._client = client

    async def get(self, path: str, **parameters: Any) -> Any:
        return await self._call("GET", path, params=parameters)

    async def post(self, path: str, json: Json | None = None) -> Any:
        return await self._call("POST", path, json=json)

    async def upload(self, path: str, file: Path, options: str) -> Any:
        with file.open("rb") as content:
            return await self._call("POST", path, files={"file": (file.name, content)}, data={"options": options})

    async def _call(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            response = await self._client.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise Unavailable(
                f"Outrider at {self._client.base_url} does not answer: {error}", remedy="Start it with `outrider up`."
            ) from error
        if response.is_success:
            return response.json() if response.content else None
        raise _refusal(response)


def _refusal(response: httpx.Response) -> ApiRefused:
    if "json" not in response.headers.get("content-type", ""):
        return ApiRefused(f"{response.status_code} {response.reason_phrase}")
    problem = response.json()
    fields = [FieldProblem.model_validate(field) for field in problem.get("fields", [])]
    blockers = [
        FieldProblem(field=b["code"], problem=b["message"], remedy=b.get("remedy", "")) for b in problem.get("blockers", [])
    ]
    return ApiRefused(problem.get("detail", response.reason_phrase), remedy=problem.get("remedy", ""), fields=fields + blockers)


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Api]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        yield Api(client)


async def answers(url: str) -> bool:
    """True when an Outrider is serving at `url`."""
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return (await client.get(f"{url}/health")).is_success
    except httpx.TransportError:
        return False


async def poll(api: Api, path: str, seconds: float = 0.5) -> AsyncIterator[Json]:
    """The resource at `path`, again and again."""
    while True:
        yield await api.get(path)
        await asyncio.sleep(seconds)
