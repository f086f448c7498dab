"""A carrier that accepts every text and does nothing else, so that what is measured is the sender.

It answers `POST …/Messages.json` as Twilio does and counts; lists are empty. `GET /counters` tells the counts.

    python -m bench.stand_ins.carrier --port 0      prints {"port": 40123}
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import time
from collections import Counter
from typing import cast
from urllib.parse import parse_qs

import httptools
import orjson
import uvloop

CREATED = orjson.dumps(
    {"sid": "SM%032x", "status": "queued", "num_segments": "1", "price": None, "direction": "outbound-api", "error_code": None}
)
EMPTY_LIST = orjson.dumps({"messages": [], "next_page_uri": None})


class Counts:
    """What was accepted. The key of a text is what a person would notice: recipient and body."""

    def __init__(self) -> None:
        self.texts: Counter[tuple[str, str]] = Counter()
        self.numbers = itertools.count()
        self.first_at: float | None = None
        self.last_at: float | None = None

    def accept(self, form: bytes) -> int:
        fields = parse_qs(form.decode())
        self.texts[fields["To"][0], fields["Body"][0]] += 1
        self.last_at = time.monotonic()
        self.first_at = self.first_at or self.last_at
        return next(self.numbers)

    def as_json(self) -> bytes:
        accepted = self.texts.total()
        seconds = (self.last_at or 0.0) - (self.first_at or 0.0)
        return orjson.dumps({"accepted": accepted, "duplicates": accepted - len(self.texts), "seconds": seconds})


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection."""

    def __init__(self, counts: Counts):
        self._counts = counts
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        self._url, self._body = b"", []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._parser.get_method() == b"POST":
            self._answer(b"201 Created", CREATED % self._counts.accept(b"".join(self._body)))
        elif self._url == b"/counters":
            self._answer(b"200 OK", self._counts.as_json())
        else:
            self._answer(b"200 OK", EMPTY_LIST)

    def _answer(self, status: bytes, body: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body)
        )


async def serve(port: int) -> None:
    counts = Counts()
    listener = await asyncio.get_running_loop().create_server(lambda: Connection(counts), "127.0.0.1", port, backlog=2048)
    print(orjson.dumps({"port": listener.sockets[0].getsockname()[1]}).decode(), flush=True)
    await listener.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Carrier that accepts every text")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(parser.parse_args().port))
