"""ASGI layers around every request: figures, body limit, kept answers of idempotent calls, security headers."""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outrider.app.problems import problem_response
from outrider.db.engine import Database
from outrider.db.idempotency import HEADER, store_answer
from outrider.errors import TooLarge
from outrider.telemetry import HTTP, HTTP_SECONDS

log = structlog.get_logger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
LARGEST_KEPT_ANSWER = 1024 * 1024


class Figures:
    """Counts and times every request by its route (never by its path: that would be one series per lead)."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("X-Frame-Options", "DENY")
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            HTTP.labels(scope["method"], route, status).inc()
            HTTP_SECONDS.labels(scope["method"], route).observe(time.perf_counter() - began)


class BodyLimit:
    """Refuses bodies that are too large before they are read. Uploads have their own limit in their route."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or Headers(scope=scope).get("content-type", "").startswith("multipart/"):
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > LARGEST_BODY:
            await problem_response(_too_large())(scope, receive, send)
            return
        received = 0
        answered = False

        async def count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise _too_large()
            return message

        async def answer(message: Message) -> None:
            """The framework turns our error into one of its own; what leaves is ours."""
            nonlocal answered
            if received <= LARGEST_BODY:
                await send(message)
            elif not answered:
                answered = True
                await problem_response(_too_large())(scope, receive, send)

        await self._app(scope, count, answer)


def _too_large() -> TooLarge:
    return TooLarge(f"The body is larger than {LARGEST_BODY // 1024 // 1024} MB.", remedy="Send less at once.")


class KeptAnswers:
    """Keeps the answer of a successful call that came with an `Idempotency-Key`."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" and scope["method"] == "POST" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                body.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, keep)
        headers = Headers(raw=start.get("headers", []))
        if 200 <= start.get("status", 500) < 300 and "idempotency-replayed" not in headers and len(body) <= LARGEST_KEPT_ANSWER:
            database: Database = scope["app"].state.database
            async with database.transaction() as session:
                await store_answer(session, key, start["status"], headers.get("content-type"), bytes(body))
