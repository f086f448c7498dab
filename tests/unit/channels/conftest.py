"""A carrier stand-in on a raw socket: it records every byte that reaches it and answers exactly as told, or not at all."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from outrider.channels.twilio import TwilioCarrier

ACCOUNT = "AC" + "a" * 32
TOKEN = "secret"
LIMIT = 60.0
"""Seconds for a request: a clock that tests put ahead, not the machine, decides when they are over."""


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, strict_parsing=bool(urlsplit(self.target).query)))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Answer:
    status: int = 201
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    delay: float = 0.0
    """Seconds before the first byte."""
    trickle: float = 0.0
    """Seconds between the bytes of the body."""
    promise: int | None = None
    """Content-Length, if another than the body has."""
    is_silent: bool = False
    """Nothing ever comes."""
    reset: bool = False
    """Reset the connection after the request was read (and after whatever was answered)."""

    def head(self) -> bytes:
        length = len(self.body) if self.promise is None else self.promise
        lines = [f"HTTP/1.1 {self.status} X", f"Content-Length: {length}", *(f"{k}: {v}" for k, v in self.headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def as_json(row: Any, status: int = 201, **more: Any) -> Answer:
    return Answer(status, json.dumps(row).encode(), **more)


class StandIn:
    """Serves queued answers in order, then the last one again."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.base_url = ""
        self.on_silence: Callable[[], None] = lambda: None
        """Called when a request stays without an answer."""

    def answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                self.requests.append(await _read(reader))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer.is_silent:
                    self.on_silence()
                    await asyncio.Event().wait()
                await _write(writer, answer)
                if answer.reset:
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    writer.transport.abort()
                    return


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> None:
    await asyncio.sleep(answer.delay)
    if answer.status == 0:
        return
    writer.write(answer.head())
    if not answer.trickle:
        writer.write(answer.body)
    for byte in answer.body if answer.trickle else b"":
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(answer.trickle)
    await writer.drain()


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    standin = StandIn()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await standin.serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    standin.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield standin
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def carrier(standin: StandIn) -> AsyncIterator[TwilioCarrier]:
    carrier = TwilioCarrier(ACCOUNT, TOKEN, base_url=standin.base_url, timeout=LIMIT)
    yield carrier
    await carrier.aclose()


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """A message as Twilio shows it; keyword arguments replace its fields."""

    def make(**changes: Any) -> dict[str, Any]:
        return {
            "sid": "SM" + "1" * 32,
            "account_sid": ACCOUNT,
            "status": "queued",
            "direction": "outbound-api",
            "from": "+12025550143",
            "to": "+12025550199",
            "body": "Hello",
            "num_segments": "1",
            "error_code": None,
            "price": None,
            "messaging_service_sid": None,
            "date_created": "Thu, 06 Nov 2025 10:00:00 +0000",
            "date_sent": None,
        } | changes

    return make


@pytest.fixture
def answers() -> Any:
    """Constructors of answers: `answers.json(row, status)`, `answers.raw(...)`."""

    class Answers:
        json = staticmethod(as_json)
        raw = Answer

    return Answers
