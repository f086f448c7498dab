"""Gives the answer to a prompt again to exactly the same prompt, and asks once for equal prompts that come together."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any, Protocol

import orjson
import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from outrider.llm.base import (
    ChatModel,
    ChatReply,
    ChatRequest,
    ModelError,
    StreamPart,
    ToolCall,
    Wrapper,
    ending,
    in_one_piece,
)
from outrider.llm.budgeted import OK, Books, Call, Result

log = structlog.get_logger(__name__)

MOST_KEPT = 2000
"""Answers in the memory of one process."""
ANSWER_SECONDS = 0.25
"""Redis is there to save time."""
AWAY_SECONDS = 5.0
"""After a failure Redis is not asked for so long."""
PREFIX = "outrider:reply:"
WHOLE = frozenset({"stop", "tool_calls"})


class Store(Protocol):
    """Keeps answers for a while. It may lose them, and never fails."""

    async def get(self, key: str) -> ChatReply | None: ...

    async def put(self, key: str, reply: ChatReply) -> None: ...

    async def aclose(self) -> None: ...


class MemoryStore:
    """The latest used answers of this process."""

    def __init__(self, seconds: float, most: int = MOST_KEPT, now: Callable[[], float] = time.monotonic):
        self._seconds = seconds
        self._most = most
        self._now = now
        self._kept: OrderedDict[str, tuple[float, ChatReply]] = OrderedDict()

    async def get(self, key: str) -> ChatReply | None:
        until, reply = self._kept.get(key, (0.0, None))
        if reply is None or until <= self._now():
            self._kept.pop(key, None)
            return None
        self._kept.move_to_end(key)
        return reply

    async def put(self, key: str, reply: ChatReply) -> None:
        self._kept[key] = (self._now() + self._seconds, reply)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def aclose(self) -> None:
        self._kept.clear()


class RedisStore:
    """Answers that all processes share. While Redis is away there are none, and calls take no longer for it."""

    def __init__(self, url: str, seconds: float, now: Callable[[], float] = time.monotonic):
        self._seconds = seconds
        self._now = now
        self._away_until = 0.0
        self._client = redis.asyncio.Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )

    async def get(self, key: str) -> ChatReply | None:
        found: bytes | str | None = None
        with self._trouble():
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await self._client.get(PREFIX + key) if self._is_there else None
        return _read(found) if found else None

    async def put(self, key: str, reply: ChatReply) -> None:
        with self._trouble():
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._is_there:
                    await self._client.set(PREFIX + key, _written(reply), px=max(1, round(self._seconds * 1000)))

    async def aclose(self) -> None:
        with self._trouble():
            await self._client.aclose()

    @property
    def _is_there(self) -> bool:
        return self._now() >= self._away_until

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            self._away_until = self._now() + AWAY_SECONDS
            log.warning("reply_cache_away", error=repr(error))


class Cached(Wrapper):
    """Answers from `store` what was asked before.

    Equal are requests in which all is equal that reaches the model. Never answered from it: requests with a tool that has
    effects, and those whose asker wants a fresh answer. Answers that were cut off are not kept.
    """

    def __init__(self, model: ChatModel, store: Store, books: Books | None = None):
        super().__init__(model)
        self._store = store
        self._books = books
        self._under_way: dict[str, asyncio.Future[ChatReply | None]] = {}

    async def complete(self, request: ChatRequest) -> ChatReply:
        if not _may_be_cached(request):
            return await self.wrapped.complete(request)
        key = cache_key(self.name, request)
        if (known := await self._known(key, request)) is not None:
            return known
        with self._leading(key) as flight:
            reply = await self._asked(flight, request)
            await self._keep(key, reply, flight)
            return reply

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        key = cache_key(self.name, request) if _may_be_cached(request) else None
        known = await self._known(key, request) if key is not None else None
        async with ending(in_one_piece(known) if known else self._streamed(key, request)) as parts:
            async for part in parts:
                yield part

    async def _streamed(self, key: str | None, request: ChatRequest) -> AsyncIterator[StreamPart]:
        if key is None:
            async with ending(self.wrapped.stream(request)) as parts:
                async for part in parts:
                    yield part
            return
        with self._leading(key) as flight:
            async with ending(self.wrapped.stream(request)) as parts:
                async for part in parts:
                    if isinstance(part, ChatReply):
                        await self._keep(key, part, flight)
                    yield part

    async def _asked(self, flight: asyncio.Future[ChatReply | None], request: ChatRequest) -> ChatReply:
        try:
            return await self.wrapped.complete(request)
        except ModelError as error:
            # Whoever asked the same would fail the same; asking for each would only add to the trouble.
            flight.set_exception(error)
            flight.exception()
            raise

    async def _known(self, key: str, request: ChatRequest) -> ChatReply | None:
        """The answer, if it is kept, or somebody else is just getting it.

        Raises:
            ModelError: somebody else asked the same at this moment, and the model failed.
        """
        while True:
            flight = self._under_way.get(key)
            reply = await self._store.get(key) if flight is None else await asyncio.shield(flight)
            if reply is not None:
                return self._again(reply, request)
            if key not in self._under_way:
                return None

    def _again(self, reply: ChatReply, request: ChatRequest) -> ChatReply:
        reply = replace(reply, cost=Decimal(0), latency_seconds=0.0, from_cache=True, price_known=True, trace_id=None)
        if self._books is not None:
            result = Result(self.name, OK, input_tokens=reply.input_tokens, output_tokens=reply.output_tokens, from_cache=True)
            self._books.note(Call(self.name, request.purpose, request.scope), result)
        return reply

    @contextmanager
    def _leading(self, key: str) -> Iterator[asyncio.Future[ChatReply | None]]:
        """Others who ask the same wait for the future; None in it tells them to ask for themselves."""
        flight = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            yield flight
        finally:
            del self._under_way[key]
            if not flight.done():
                flight.set_result(None)

    async def _keep(self, key: str, reply: ChatReply, flight: asyncio.Future[ChatReply | None]) -> None:
        if reply.finish_reason in WHOLE:
            flight.set_result(reply)
            await self._store.put(key, reply)


def _may_be_cached(request: ChatRequest) -> bool:
    return not request.fresh and not any(tool.has_effects for tool in request.tools)


def cache_key(model: str, request: ChatRequest) -> str:
    """Equal for requests in which all is equal that reaches the model."""
    reaching: list[Any] = [
        model,
        [[message.role, message.content, message.tool_call_id, list(message.tool_calls)] for message in request.messages],
        request.temperature,
        request.max_tokens,
        [[tool.name, tool.description, tool.parameters] for tool in request.tools],
        request.tool_choice,
        request.output,
    ]
    try:
        said = orjson.dumps(reaching, option=orjson.OPT_SORT_KEYS, default=dict)
    except orjson.JSONEncodeError:
        # Half a surrogate pair is no JSON, and still a prompt.
        said = repr(reaching).encode(errors="surrogatepass")
    return hashlib.sha256(said).hexdigest()


def _written(reply: ChatReply) -> bytes:
    return orjson.dumps(asdict(reply), default=str)


def _read(stored: bytes | str) -> ChatReply | None:
    """The reply; None if another version of us wrote it in another way."""
    try:
        values = orjson.loads(stored)
        calls = tuple(ToolCall(**call) for call in values.pop("tool_calls"))
        return ChatReply(**{**values, "cost": Decimal(values["cost"]), "tool_calls": calls})
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        log.info("reply_cache_unreadable", error=repr(error))
        return None
