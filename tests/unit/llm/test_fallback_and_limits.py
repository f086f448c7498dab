from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from outrider.errors import ConfigurationError
from outrider.llm.base import (
    BudgetExhausted,
    ModelError,
    ModelNotAuthenticated,
    ModelRefused,
    ModelUnavailable,
    Restarted,
    TextDelta,
)
from outrider.llm.fallback import Fallback
from outrider.llm.limited import Limited, Slots, stated_slots
from tests.clocks import PATIENCE
from tests.scripted_model import REPLY, REQUEST, Scripted, heard

SECOND = replace(REPLY, text="from the second")


async def test_the_next_model_answers_when_one_fails() -> None:
    first, second, third = Scripted([ModelUnavailable("down")]), Scripted([SECOND]), Scripted()
    model = Fallback(first, second, third)
    assert (await model.complete(REQUEST)).text == "from the second"
    assert (first.calls, second.calls, third.calls, model.name) == (1, 1, 0, "script:m")


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ([ModelRefused("a"), ModelUnavailable("b")], "b"),
        ([ModelUnavailable("a"), ModelNotAuthenticated("b")], "a"),
        ([ModelNotAuthenticated("a"), ModelRefused("b")], "a"),
    ],
)
async def test_when_all_fail_the_failure_that_may_pass_goes_up(failures: list[ModelError], told: str) -> None:
    model = Fallback(*(Scripted([failure]) for failure in failures))
    with pytest.raises(ModelError, match=told):
        await model.complete(REQUEST)
    with pytest.raises(ModelError, match=told):
        await heard(model.stream(REQUEST))


async def test_a_budget_that_is_used_up_is_no_failure_of_a_model() -> None:
    async def refuse() -> None:
        raise BudgetExhausted("no money")

    second = Scripted()
    with pytest.raises(BudgetExhausted):
        await Fallback(Scripted(before=refuse), second).complete(REQUEST)
    assert second.calls == 0


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ([TextDelta("Hel"), ModelUnavailable("x")], ["Hel", "!", "he", "=hi"]),
        ([ModelUnavailable("x")], ["he", "=hi"]),
        ([TextDelta("Hel"), Restarted("y"), ModelUnavailable("x")], ["Hel", "!", "he", "=hi"]),
        ([TextDelta("Hel"), Restarted("y"), TextDelta("H"), ModelUnavailable("x")], ["Hel", "!", "H", "!", "he", "=hi"]),
    ],
)
async def test_a_stream_that_breaks_off_after_text_begins_anew(first: list[object], expected: list[str]) -> None:
    model = Fallback(Scripted([first]), Scripted([[TextDelta("he"), REPLY]]))  # type: ignore[list-item]
    assert await heard(model.stream(REQUEST)) == expected


async def test_a_stream_left_in_the_middle_ends_at_the_model() -> None:
    inner = Scripted([[TextDelta("a"), TextDelta("b"), REPLY]])
    parts = Limited(Fallback(inner, Scripted()), asyncio.Semaphore(1)).stream(REQUEST)
    assert await anext(parts) == TextDelta("a")
    await parts.aclose()  # type: ignore[attr-defined]
    assert inner.ended_streams == 1


async def test_only_so_many_calls_of_a_provider_at_once() -> None:
    async def rest() -> None:
        await asyncio.sleep(0.002)

    model, slots = Scripted(before=rest), Slots(["3"])
    first, second = Limited(model, slots.of("script")), Limited(model, slots.of("script"))
    await asyncio.gather(*(one.complete(REQUEST) for one in [first, second] * 10))
    assert (model.most_under_way, model.calls) == (3, 20)


async def test_a_failed_call_gives_its_slot_back() -> None:
    model = Limited(Scripted([ModelUnavailable("down")]), asyncio.Semaphore(1))
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await asyncio.wait_for(model.complete(REQUEST), PATIENCE)


def test_numbers_of_calls_are_read_from_the_settings() -> None:
    assert stated_slots(["50", "ollama=4"]) == (50, {"ollama": 4})
    assert stated_slots(["ollama = 4"]) == (200, {"ollama": 4})


@pytest.mark.parametrize("entry", ["many", "0", "-3", "ollama=", "ollama=x", "1.5"])
def test_what_is_no_number_of_calls_stops_the_start(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="OUTRIDER_MODEL_CONCURRENCY"):
        Slots([entry])
