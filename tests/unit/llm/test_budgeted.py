from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from outrider.llm.base import (
    AnswerUnusable,
    BudgetExhausted,
    CallScope,
    ChatModel,
    ChatReply,
    ModelError,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
    OutputFormat,
    TextDelta,
)
from outrider.llm.budgeted import Budgeted, Call, Metered, Reservation, Result
from outrider.llm.fallback import Fallback
from outrider.llm.pricing import FREE, Rate, Tariff
from outrider.llm.retrying import Retrying
from tests.scripted_model import REPLY, REQUEST, TARIFF, Scripted, heard

MOST = TARIFF.most(REQUEST)
"""What the request can cost: five bytes and sixteen tokens around them, and ten tokens of answer."""


@dataclass
class Kept:
    amount: Decimal


@dataclass
class Purse:
    """Books that are a list, over a purse with so many dollars."""

    dollars: Decimal = Decimal(1000)
    reserved: list[Decimal] = field(default_factory=list)
    settled: list[Result] = field(default_factory=list)
    noted: list[Result] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    async def reserve(self, call: Call, amount: Decimal) -> Reservation:
        if amount > self.dollars:
            raise BudgetExhausted("no money")
        self.dollars -= amount
        self.reserved.append(amount)
        self.calls.append(call)
        return Kept(amount)

    def settle(self, reservation: Reservation, result: Result) -> None:
        self.dollars += reservation.amount - result.cost
        self.settled.append(result)

    def note(self, call: Call, result: Result) -> None:
        self.noted.append(result)


def budgeted(books: Purse, *models: Scripted, retries: int = 0, tariff: Tariff = TARIFF) -> ChatModel:
    async def at_once(_: float) -> None: ...

    inner = [Retrying(Metered(model, tariff), retries, sleep=at_once) for model in models]
    return Budgeted(Fallback(*inner), books, tariff)


async def test_the_most_is_reserved_and_the_cost_is_settled() -> None:
    books, model = Purse(), Scripted()
    request = replace(REQUEST, scope=CallScope(1, 2, 3))
    assert await budgeted(books, model).complete(request) == REPLY
    assert MOST == 31 and books.reserved == [31]
    assert books.calls == [Call("script:m", "sms", CallScope(1, 2, 3))]
    ((result,), ()) = books.settled, books.noted
    assert (result.outcome, result.cost, result.input_tokens, result.output_tokens) == ("ok", Decimal("0.1"), 3, 1)
    assert books.dollars == Decimal("999.9")


async def test_an_answer_always_has_a_greatest_length_where_it_costs_something() -> None:
    model = Scripted()
    await budgeted(Purse(), model).complete(REQUEST)
    await budgeted(Purse(), model).complete(replace(REQUEST, max_tokens=3))
    await budgeted(Purse(), model, tariff=Tariff("s", "m", FREE)).complete(REQUEST)
    assert [request.max_tokens for request in model.requests] == [10, 3, None]


async def test_without_money_the_model_is_not_asked() -> None:
    books, model = Purse(Decimal(30)), Scripted()
    with pytest.raises(BudgetExhausted):
        await budgeted(books, model).complete(REQUEST)
    with pytest.raises(BudgetExhausted):
        await heard(budgeted(books, model).stream(REQUEST))
    assert model.calls == 0 and not books.settled and not books.noted


async def test_a_free_model_reserves_nothing_and_is_entered() -> None:
    books = Purse(Decimal(0))
    await budgeted(books, Scripted([replace(REPLY, cost=Decimal(0))]), tariff=Tariff("s", "m", FREE)).complete(REQUEST)
    assert not books.reserved and not books.settled and [result.outcome for result in books.noted] == ["ok"]


@pytest.mark.parametrize(
    ("error", "cost"),
    [
        (ModelUnavailable("x"), 0),
        (ModelRateLimited("x"), 0),
        (ModelTimeout("x"), MOST),
        (AnswerUnusable("x"), MOST),
    ],
)
async def test_a_failure_costs_what_it_may_have_cost(error: ModelError, cost: Decimal) -> None:
    books = Purse()
    with pytest.raises(ModelError):
        await budgeted(books, Scripted([error])).complete(REQUEST)
    assert [(result.outcome, result.cost) for result in books.settled] == [(error.slug, cost)]
    assert books.dollars == 1000 - cost and not books.noted


async def test_a_failure_that_cost_nothing_leaves_its_reservation_to_the_next_attempt() -> None:
    books = Purse()
    await budgeted(books, Scripted([ModelUnavailable("x"), ModelUnavailable("y"), REPLY]), retries=2).complete(REQUEST)
    assert books.reserved == [MOST] and [result.outcome for result in books.noted] == ["model-unavailable"] * 2
    assert [result.outcome for result in books.settled] == ["ok"]


async def test_each_attempt_that_costs_something_is_paid_for() -> None:
    books = Purse(MOST * 2)
    with pytest.raises(BudgetExhausted):
        await budgeted(books, Scripted([ModelTimeout("x")]), retries=5).complete(REQUEST)
    assert books.reserved == [MOST, MOST] and books.dollars == 0
    assert [result.outcome for result in books.settled] == ["model-timeout"] * 2


async def test_a_dearer_fallback_is_paid_for_before_it_is_asked() -> None:
    books, dear = Purse(Decimal(100)), Tariff("dear", "m", Rate(Decimal(2_000_000), Decimal(2_000_000)), most_tokens=10)
    first, second = Scripted([ModelUnavailable("x")]), Scripted(name="dear:m")
    model = Budgeted(Fallback(Metered(first, TARIFF), Metered(second, dear)), books, TARIFF)
    await model.complete(REQUEST)
    assert books.reserved == [MOST, MOST * 2]
    assert [(result.model, result.outcome) for result in books.settled] == [("script:m", "model-unavailable"), ("dear:m", "ok")]
    assert books.dollars == Decimal("99.9")


async def test_a_call_that_is_given_up_counts_with_the_most() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    books = Purse()
    call = asyncio.create_task(budgeted(books, Scripted(before=forever)).complete(REQUEST))
    await asyncio.sleep(0.01)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert [(result.outcome, result.cost, result.usage_estimated) for result in books.settled] == [("cancelled", MOST, True)]


@pytest.mark.parametrize(("changed", "cost"), [({}, Decimal(2 + 3)), ({"output": OutputFormat("o", {})}, None)])
async def test_a_stream_that_is_left_counts_with_what_was_written(changed: dict[str, Any], cost: Decimal | None) -> None:
    """Five characters were asked, nine were written; whether a structured answer had more, nobody saw."""
    books, request = Purse(), replace(REQUEST, **changed)
    parts = budgeted(books, Scripted([[TextDelta("nine char"), TextDelta("s"), REPLY]])).stream(request)
    await anext(parts)
    await parts.aclose()  # type: ignore[attr-defined]
    ((result,), ()) = books.settled, books.noted
    assert (result.outcome, result.cost) == ("cancelled", TARIFF.most(request) if cost is None else cost)


async def test_a_stream_that_breaks_off_is_paid_and_so_is_its_new_beginning() -> None:
    books = Purse()
    model = Scripted([[TextDelta("nine char"), ModelUnavailable("x")], [TextDelta("hi"), REPLY]])
    assert await heard(budgeted(books, model, retries=1).stream(REQUEST)) == ["nine char", "!", "hi", "=hi"]
    assert [(result.outcome, result.cost) for result in books.settled] == [("model-unavailable", 5), ("ok", Decimal("0.1"))]
    assert len(books.reserved) == 2


async def test_whoever_leaves_after_the_whole_answer_has_had_it() -> None:
    books = Purse()
    parts = budgeted(books, Scripted([[TextDelta("hi"), REPLY]])).stream(REQUEST)
    async for part in parts:
        if isinstance(part, ChatReply):
            break
    await parts.aclose()  # type: ignore[attr-defined]
    assert [(result.outcome, result.cost) for result in books.settled] == [("ok", Decimal("0.1"))]


async def test_without_books_requests_pass_unchanged() -> None:
    model = Scripted()
    assert await Metered(model, TARIFF).complete(REQUEST) == REPLY


def test_no_prompt_can_cost_more_than_its_most() -> None:
    for text in ("hello", "你好，世界", "🙂🙂", "a" * 1000):
        request = replace(REQUEST, messages=[replace(REQUEST.messages[0], content=text)])
        assert TARIFF.most(request) >= len(text.encode()) + 10
