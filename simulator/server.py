"""uvicorn, set up so that faults can reach the connection and a chosen port is told."""

from __future__ import annotations

import json
import socket
import sys

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.app import create_app
from simulator.http import TRANSPORT
from simulator.options import Options

_GRACE_SECONDS = 2


class _Protocol(HttpToolsProtocol):
    """Hands the transport to the application, which has faults that cut connections."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}


class _Server(uvicorn.Server):
    """Prints `{"port": …}` once it accepts connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
            sys.stdout.flush()


def serve(options: Options, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Port 0 takes a free one.

    Raises:
        OSError: the address can't be bound.
    """
    config = uvicorn.Config(
        create_app(options),
        http=_Protocol,
        loop="uvloop",
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=75,
        backlog=4096,
    )
    with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=4096) as listener:
        _Server(config).run([listener])
