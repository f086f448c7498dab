"""Many sockets of live updates in one process, as light as they can be: what is measured is the server.

    python -m bench.stand_ins.listeners HOST PORT COUNT TOPIC

Prints `{"listening": COUNT}` once all are subscribed. When its standard input ends it prints what came: the number of
frames of each kind, and by event id the times (seconds since 1970) at which sockets heard of it.
"""

from __future__ import annotations

import asyncio
import struct
import sys
import time
from collections import Counter, defaultdict
from typing import cast

import orjson
import uvloop

OPENED_AT_ONCE = 50
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Heard:
    """What all sockets together have heard."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.times: dict[int, list[float]] = defaultdict(list)
        self.closed = 0

    def frame(self, content: bytes, at: float) -> str:
        frame = orjson.loads(content)
        kind = str(frame["kind"])
        self.kinds[kind] += 1
        if "topic" in frame:
            self.times[frame["id"]].append(at)
        return kind


class Listener(asyncio.Protocol):
    """One socket (RFC 6455): a handshake, one subscription, then it only listens."""

    def __init__(self, heard: Heard, host: str, port: int, topic: str):
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard = heard
        self._address = f"{host}:{port}"
        self._topic = topic
        self._rest = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(
            f"GET /api/events HTTP/1.1\r\nHost: {self._address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        at = time.time()
        self._rest += data
        if not self._is_open:
            head, found, rest = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.splitlines()[0]:
                self.subscribed.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self._is_open, self._rest = True, rest
            self._send(TEXT, orjson.dumps({"subscribe": [self._topic]}))
        while self._take(at):
            pass

    def connection_lost(self, _: Exception | None) -> None:
        self._heard.closed += 1
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError("closed before it was subscribed"))

    def _take(self, at: float) -> bool:
        """Take one whole frame off what came; False if there is none."""
        if len(self._rest) < 2:
            return False
        length, start = self._rest[1] & 127, 2
        if length == 126:
            if len(self._rest) < 4:
                return False
            (length,), start = struct.unpack_from(">H", self._rest, 2), 4
        if len(self._rest) < start + length:
            return False
        content, opcode = self._rest[start : start + length], self._rest[0] & 15
        self._rest = self._rest[start + length :]
        if opcode == PING:
            self._send(PONG, content)
        elif opcode == TEXT and self._heard.frame(content, at) == "subscribed":
            self.subscribed.set_result(None)
        return True

    def _send(self, opcode: int, content: bytes) -> None:
        # A mask of zeros is a mask.
        self._transport.write(bytes([0x80 | opcode, 0x80 | len(content), 0, 0, 0, 0]) + content)


async def listen(host: str, port: int, count: int, topic: str) -> None:
    loop, heard = asyncio.get_running_loop(), Heard()
    transports = []
    for begin in range(0, count, OPENED_AT_ONCE):
        opened = await asyncio.gather(
            *(
                loop.create_connection(lambda: Listener(heard, host, port, topic), host, port)
                for _ in range(begin, min(count, begin + OPENED_AT_ONCE))
            )
        )
        await asyncio.gather(*(listener.subscribed for _, listener in opened))
        transports += [transport for transport, _ in opened]
    print(orjson.dumps({"listening": count}).decode(), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(
        orjson.dumps(
            {"kinds": heard.kinds, "closed": heard.closed, "times": heard.times}, option=orjson.OPT_NON_STR_KEYS
        ).decode()
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(listen(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
