"""What every API request goes through: credentials, limits, the error form, and connections that end badly on purpose."""

from __future__ import annotations

import asyncio
import hmac
import socket
import struct
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.carrier import Carrier, Simulator
from simulator.errors import TwilioError

TRANSPORT = "simulator.transport"
"""Name of the ASGI extension by which the server hands over the connection's transport."""

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Carrier, Request], Awaitable[Response]]


class Gate:
    """Lets API requests of the account in."""

    def __init__(self, simulator: Simulator):
        self._simulator = simulator
        options = simulator.options
        self._authorization = b"Basic " + b64encode(f"{options.account_sid}:{options.auth_token}".encode())
        self._in_progress = 0

    def guard(self, handler: Handler) -> Endpoint:
        """An endpoint that authenticates, waits as `slow_seconds` says, and writes refusals as Twilio does.

        A request whose client leaves before its body is complete was never made.
        """

        async def endpoint(request: Request) -> Response:
            carrier = self._simulator.carrier
            self._in_progress += 1
            try:
                self._admit(carrier, request)
                await request.body()  # before any wait: a request that arrived whole stands, whether or not its client stays
                slow = carrier.state.faults.value("slow_seconds")
                if slow:
                    await asyncio.sleep(slow)
                response = await handler(carrier, request)
            except TwilioError as error:
                response = refusal(error)
            except ClientDisconnect:
                return Response(status_code=400)
            finally:
                self._in_progress -= 1
            response.headers["Twilio-Concurrent-Requests"] = str(self._in_progress + 1)
            response.headers["Twilio-Request-Id"] = f"RQ{uuid4().hex}"
            return response

        return endpoint

    def _admit(self, carrier: Carrier, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._authorization):
            carrier.state.counters.unauthorized += 1
            raise TwilioError(20003)
        if request.path_params.get("account", carrier.state.options.account_sid) != carrier.state.options.account_sid:
            raise TwilioError(20404, path=request.url.path)
        if self._in_progress > carrier.state.options.api_concurrency:
            if request.method == "POST" and request.url.path.endswith("/Messages.json"):
                carrier.state.counters.creates_requested += 1
                carrier.state.counters.creates_refused["20429"] += 1
            raise TwilioError(20429, retry_after=1)


async def read_form(request: Request) -> dict[str, list[str]]:
    """Parameters of a form body, in order, repeated keys kept."""
    return parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)


def answer(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def refusal(error: TwilioError) -> Response:
    response = answer(error.body, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


class ResetConnection(Response):
    """Not an answer: the connection is reset, after being held open in silence for some seconds."""

    def __init__(self, hold_seconds: float = 0.0):
        super().__init__()
        self._hold_seconds = hold_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(self._until_gone(receive))
        await asyncio.wait((gone,), timeout=self._hold_seconds)
        _reset(scope["extensions"][TRANSPORT]["transport"])
        await gone

    @staticmethod
    async def _until_gone(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


def _reset(transport: asyncio.Transport) -> None:
    """Cut the connection with RST rather than FIN, as a crashed peer would."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
