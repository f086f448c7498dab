"""An HTTP/1.1 server for answers that no well-behaved server gives: cut off, malformed, or none at all.

async with HttpStandIn(lambda request: Answer(200, b"{}")) as server:
    server.url
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Heard:
    """A request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes | Sequence[bytes]
    """Several pieces are sent one by one, as the chunks of a stream."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    """The connection breaks before the answer is whole."""
    pause: float = 0.0
    """Seconds before each piece."""


Respond = Callable[[Heard], "Answer | Awaitable[Answer | None] | None"]
"""None: no answer at all, and the connection stays open."""


class HttpStandIn:
    def __init__(self, respond: Respond):
        self._respond = respond
        self._writers: set[asyncio.StreamWriter] = set()
        self.heard: list[Heard] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._answer_next(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer_next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection can take another request."""
        request = await _read(reader)
        self.heard.append(request)
        answer = self._respond(request)
        if inspect.isawaitable(answer):
            answer = await answer
        if answer is None:
            await reader.read()
            return False
        if isinstance(answer.body, bytes):
            _write_whole(writer, answer, answer.body)
        else:
            await _write_pieces(writer, answer, answer.body)
        await writer.drain()
        if answer.is_cut:
            await asyncio.sleep(0.01)  # what was written arrives before the reset does
            writer.transport.abort()
        return not answer.is_cut


async def _read(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        raise ConnectionError("nobody here sends chunked requests")
    return Heard(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _head(answer: Answer, **more: str) -> bytes:
    fields = {
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in more.items()},
        **answer.headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {answer.status} -\r\n{lines}\r\n".encode()


def _write_whole(writer: asyncio.StreamWriter, answer: Answer, body: bytes) -> None:
    promised = len(body) + (100 if answer.is_cut else 0)
    writer.write(_head(answer, content_length=str(promised)) + body)


async def _write_pieces(writer: asyncio.StreamWriter, answer: Answer, pieces: Sequence[bytes]) -> None:
    writer.write(_head(answer, transfer_encoding="chunked"))
    for piece in pieces:
        await asyncio.sleep(answer.pause)
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
    if not answer.is_cut:
        writer.write(b"0\r\n\r\n")
