"""Whom effects and the carrier's reports are told: answers everything, and keeps in what order which keys came."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.chaos.workflows.definitions import KEY_HEADER


class Receiver:
    """By idempotency key: the bodies that came under it."""

    def __init__(self) -> None:
        self.calls: defaultdict[str, list[bytes]] = defaultdict(list)
        self._lock = threading.Lock()

    def take(self, key: str, body: bytes) -> None:
        with self._lock:
            self.calls[key].append(body)


@contextmanager
def listening(receiver: Receiver) -> Iterator[int]:
    """The port on loopback at which the receiver answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if key := self.headers.get(KEY_HEADER):
                receiver.take(key, body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
