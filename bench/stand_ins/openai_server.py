"""A stand-in for an OpenAI-compatible model server, for benchmarks and fault tests.

It answers `POST /v1/chat/completions` and `GET /v1/models` after a set latency and fails on request, so that
what is measured is the client and not the server: one asyncio protocol over httptools, no framework.

    python -m bench.stand_ins.openai_server --latency 0.5 --port 0      prints {"port": 40123}

Faults are drawn by share (`--rate-limited 0.02`), or queued one by one: `POST /faults ["error", "malformed"]`
makes the next two completions fail in that order. `GET /counters` says what was asked for and how it was answered;
`POST /reset` sets it back. In a test: `async with StandIn(latency=0.01) as server: server.base_url`.

Wire format: https://platform.openai.com/docs/api-reference/chat/object and …/guides/error-codes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self, cast

import httptools
import orjson


class Fault(StrEnum):
    """A way in which one completion can fail."""

    RATE_LIMITED = "rate_limited"
    """429 with `retry-after`."""
    QUOTA = "quota"
    """429 of the kind that waiting doesn't heal: `insufficient_quota`."""
    ERROR = "error"
    """500."""
    UNAVAILABLE = "unavailable"
    """503 with `retry-after`."""
    SILENT = "silent"
    """No answer at all; the connection stays open."""
    RESET = "reset"
    """The connection is closed without an answer."""
    MALFORMED = "malformed"
    """200 with a body that is cut off in the middle of its JSON."""
    NOT_JSON = "not_json"
    """200 with an HTML page, as a misconfigured proxy gives."""
    NO_CHOICES = "no_choices"
    """200 with valid JSON that holds no answer."""
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    CONTENT_POLICY = "content_policy"
    """400 with the code `content_policy_violation`."""
    FILTERED = "filtered"
    """200, cut off by the content filter."""
    NO_TEMPERATURE = "no_temperature"
    """400 as reasoning models answer a temperature other than 1."""


@dataclass
class Behaviour:
    """How the server answers; may be changed while it runs."""

    latency: float = 0.0
    """Seconds from the request's last byte to the answer."""
    jitter: float = 0.0
    """Greatest share by which a single answer's latency is longer or shorter."""
    reply: str = "Hi there, thanks for your interest. Would a short call this week suit you?"
    usage: bool = True
    """Whether answers carry token counts."""
    retry_after: dict[str, str] = field(default_factory=lambda: {"retry-after": "1"})
    """Headers sent with 429 and 503."""
    api_key: str | None = None
    """Refuse every other key with 401."""
    shares: dict[Fault, float] = field(default_factory=dict)
    """Share of completions that fail in each way, drawn from `chance`."""
    queued: deque[Fault | None] = field(default_factory=deque)
    """How the next completions are answered, in order; None is a good answer."""
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def next_fault(self) -> Fault | None:
        if self.queued:
            return self.queued.popleft()
        if not self.shares:
            return None
        draw = self.chance.random()
        for fault, share in self.shares.items():
            if draw < share:
                return fault
            draw -= share
        return None

    def next_latency(self) -> float:
        return self.latency * (1 + self.jitter * (2 * self.chance.random() - 1)) if self.jitter else self.latency


@dataclass
class Counters:
    """What was asked for and how it was answered, since the start or the last reset."""

    completions: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    """`ok` or the fault's name → how often."""
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    last_request: dict[str, Any] = field(default_factory=dict)
    """The last completion's JSON body."""


_REASONS = {
    200: b"OK",
    400: b"Bad Request",
    401: b"Unauthorized",
    403: b"Forbidden",
    404: b"Not Found",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
    503: b"Service Unavailable",
}

# Of each fault: HTTP status, then the error's message, type, code and parameter.
_ERRORS: dict[Fault, tuple[int, str, str, str, str | None]] = {
    Fault.RATE_LIMITED: (429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded", None),
    Fault.QUOTA: (429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota", None),
    Fault.ERROR: (500, "The server had an error while processing your request.", "server_error", "server_error", None),
    Fault.UNAVAILABLE: (503, "The engine is currently overloaded.", "server_error", "overloaded", None),
    Fault.UNAUTHENTICATED: (401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key", None),
    Fault.FORBIDDEN: (403, "Country, region, or territory not supported.", "request_forbidden", "forbidden", None),
    Fault.NOT_FOUND: (404, "The model does not exist.", "invalid_request_error", "model_not_found", "model"),
    Fault.BAD_REQUEST: (400, "Invalid value.", "invalid_request_error", "invalid_value", "messages"),
    Fault.CONTENT_POLICY: (400, "Rejected by the safety system.", "invalid_request_error", "content_policy_violation", None),
    Fault.NO_TEMPERATURE: (
        400, "Unsupported value: 'temperature' does not support 0.7 with this model.",
        "invalid_request_error", "unsupported_value", "temperature",
    ),
}  # fmt: skip


def _response(status: int, body: bytes, headers: dict[str, str] | None = None, content_type: str = "application/json") -> bytes:
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n{extra}\r\n"
    return b"HTTP/1.1 %d %s\r\n" % (status, _REASONS[status]) + head.encode() + body


def _error(fault: Fault, headers: dict[str, str] | None = None) -> bytes:
    status, message, kind, code, param = _ERRORS[fault]
    body = {"error": {"message": message, "type": kind, "code": code, "param": param}}
    return _response(status, orjson.dumps(body), headers)


class _Connection(asyncio.Protocol):
    """One HTTP/1.1 connection; requests on it are answered in turn."""

    def __init__(self, server: StandIn):
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url = b""
        self._key = ""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._server.counters.connections += 1
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._server.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()

    def on_message_begin(self) -> None:
        self._url, self._key, self._body = b"", "", []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"authorization":
            self._key = value.decode("latin-1").removeprefix("Bearer ")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        path = self._url.split(b"?")[0].decode("latin-1")
        self._server.answer(self, method, path, self._key, b"".join(self._body))

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class StandIn:
    """The server. `async with StandIn(...) as server` listens on a free loopback port until the block ends."""

    def __init__(self, *, port: int = 0, **behaviour: Any):
        self.behaviour = Behaviour(**behaviour)
        self.counters = Counters()
        self.connections: set[_Connection] = set()
        self.port = port
        self._listener: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._listener = await self._loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port, backlog=2048)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listener is not None
        self._listener.close()
        for connection in list(self.connections):
            connection.close()
        await asyncio.sleep(0)

    def answer(self, connection: _Connection, method: str, path: str, key: str, body: bytes) -> None:
        """Answer one request, now or after the latency."""
        if method == "POST" and path == "/v1/chat/completions":
            self._complete(connection, key, body)
            return
        control: dict[tuple[str, str], Callable[[bytes], Any]] = {
            ("GET", "/v1/models"): lambda _: {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}]},
            ("GET", "/counters"): lambda _: self.counters,
            ("POST", "/faults"): self._queue_faults,
            ("POST", "/reset"): self._reset,
        }
        handle = control.get((method, path))
        if handle is None:
            connection.write(_error(Fault.NOT_FOUND))
        else:
            connection.write(_response(200, orjson.dumps(handle(body), option=orjson.OPT_NON_STR_KEYS)))

    def _queue_faults(self, body: bytes) -> dict[str, int]:
        self.behaviour.queued.extend(Fault(name) if name else None for name in orjson.loads(body))
        return {"queued": len(self.behaviour.queued)}

    def _reset(self, _: bytes) -> dict[str, bool]:
        self.counters = Counters(connections=len(self.connections))
        self.behaviour.queued.clear()
        return {"reset": True}

    def _complete(self, connection: _Connection, key: str, body: bytes) -> None:
        counters = self.counters
        counters.completions += 1
        counters.in_flight += 1
        counters.most_in_flight = max(counters.most_in_flight, counters.in_flight)
        request = orjson.loads(body)
        counters.last_request = request
        refused = self.behaviour.api_key is not None and key != self.behaviour.api_key
        fault = Fault.UNAUTHENTICATED if refused else self.behaviour.next_fault()
        delay = self.behaviour.next_latency()
        assert self._loop is not None
        if delay > 0:
            self._loop.call_later(delay, self._finish, connection, request, fault, counters)
        else:
            self._finish(connection, request, fault, counters)

    def _finish(self, connection: _Connection, request: dict[str, Any], fault: Fault | None, counters: Counters) -> None:
        counters.in_flight -= 1
        counters.answers[fault or "ok"] += 1
        if fault is Fault.RESET:
            connection.close()
        elif fault is not Fault.SILENT:
            connection.write(self._answer_bytes(request, fault))

    def _answer_bytes(self, request: dict[str, Any], fault: Fault | None) -> bytes:
        match fault:
            case None:
                return _response(200, orjson.dumps(self._completion(request)))
            case Fault.RATE_LIMITED | Fault.UNAVAILABLE:
                return _error(fault, self.behaviour.retry_after)
            case Fault.MALFORMED:
                return _response(200, orjson.dumps(self._completion(request))[:-40])
            case Fault.NOT_JSON:
                return _response(200, b"<html><body>Sign in to the proxy</body></html>", content_type="text/html")
            case Fault.NO_CHOICES:
                return _response(200, orjson.dumps({**self._completion(request), "choices": []}))
            case Fault.FILTERED:
                return _response(200, orjson.dumps(self._completion(request, reply="", finish_reason="content_filter")))
            case _:
                return _error(fault)

    def _completion(self, request: dict[str, Any], *, reply: str | None = None, finish_reason: str = "stop") -> dict[str, Any]:
        text = self.behaviour.reply if reply is None else reply
        completion: dict[str, Any] = {
            "id": f"chatcmpl-{self.counters.completions}",
            "object": "chat.completion",
            "created": 1_750_000_000,
            "model": request.get("model", ""),
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                    "logprobs": None,
                    "finish_reason": finish_reason,
                }
            ],
        }
        if self.behaviour.usage:
            prompt = sum(len(message.get("content") or "") for message in request.get("messages", [])) // 4 + 1
            answer = len(text) // 4 + 1
            completion["usage"] = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
        return completion


async def _serve(arguments: argparse.Namespace) -> None:
    shares = {fault: share for fault in Fault if (share := getattr(arguments, fault.value)) > 0}
    server = StandIn(
        port=arguments.port,
        latency=arguments.latency,
        jitter=arguments.jitter,
        reply=arguments.reply,
        usage=not arguments.no_usage,
        retry_after={"retry-after": arguments.retry_after},
        shares=shares,
    )
    async with server:
        print(orjson.dumps({"port": server.port}).decode(), flush=True)
        await asyncio.Event().wait()


def main() -> None:
    defaults = Behaviour()
    parser = argparse.ArgumentParser(description="OpenAI-compatible stand-in server")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=defaults.latency, help="seconds")
    parser.add_argument("--jitter", type=float, default=defaults.jitter, help="share of the latency, 0 to 1")
    parser.add_argument("--reply", default=defaults.reply)
    parser.add_argument("--retry-after", default="1", help="value of the header sent with 429 and 503")
    parser.add_argument("--no-usage", action="store_true")
    for fault in Fault:
        parser.add_argument(f"--{fault.value.replace('_', '-')}", type=float, default=0.0, metavar="SHARE", dest=fault.value)
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
