"""The books on a database: budgets that are never exceeded, and a ledger that says where the money went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.jobs import JobContext
from outrider.llm.base import BooksUnavailable, BudgetExhausted, CallScope, ModelUnavailable
from outrider.llm.budgeted import Budgeted, Call, Metered, Result
from outrider.llm.budgets import jobs
from outrider.llm.budgets.ledger import Ledger
from outrider.llm.budgets.models import BudgetAlert, ModelCall
from outrider.llm.retrying import Retrying
from tests.scripted_model import REPLY, REQUEST, TARIFF, Scripted
from tests.worlds import World

CALL = Call("openai:m", "sms", CallScope(campaign_id=5, conversation_id=7, lead_id=9))
TEN_CENTS = Decimal("0.1")
Open = Callable[..., Ledger]


@pytest.fixture
async def open_ledger(database: Database, settings: Settings) -> AsyncIterator[Open]:
    opened: list[Ledger] = []

    def open_one(limits: Mapping[str, Any] | None = None, **values: Any) -> Ledger:
        changed = {"budget_conversation": None} | dict(limits or {})
        opened.append(Ledger(database, settings.model_copy(update=changed), **({"patience": 0.0} | values)))
        return opened[-1]

    yield open_one
    for ledger in opened:
        await ledger.aclose()


async def guards(world: World) -> dict[str, Decimal]:
    async with world.database.transaction() as session:
        rows = await session.execute(text("SELECT scope, sum(spent) FROM budget_guards GROUP BY scope"))
        return dict(rows.tuples().all())


async def calls(world: World) -> Sequence[ModelCall]:
    return await world.rows(ModelCall)


def result(cost: str | Decimal = TEN_CENTS, outcome: str = "ok") -> Result:
    return Result("openai:m", outcome, Decimal(cost), seconds=0.25, input_tokens=100, output_tokens=20)


async def test_a_reservation_counts_until_it_is_settled(world: World, open_ledger: Open) -> None:
    ledger = open_ledger()
    entry = await ledger.reserve(CALL, Decimal(1))
    (row,) = await calls(world)
    assert (row.state, row.cost, row.reserved, row.outcome) == ("reserved", 1, 1, None)
    assert (row.campaign_id, row.conversation_id, row.lead_id, row.purpose) == (5, 7, 9, "sms")
    assert await guards(world) == {"installation_day": 1, "installation_month": 1, "conversation": 1}

    ledger.settle(entry, result())
    ledger.settle(entry, result("0.9"))
    await ledger.flush()
    ledger.settle(entry, result("0.8"))
    await ledger.flush()

    (row,) = await calls(world)
    assert (row.state, row.cost, row.reserved, row.outcome, row.milliseconds) == ("settled", TEN_CENTS, 1, "ok", 250)
    assert await guards(world) == dict.fromkeys(["installation_day", "installation_month", "conversation"], TEN_CENTS)


@pytest.mark.parametrize(
    ("limits", "words", "scope"),
    [
        ({"budget_day": Decimal(1)}, "of \\$1.00 a day is used up", "installation_day"),
        ({"budget_month": Decimal(1)}, "of \\$1.00 a month is used up", "installation_month"),
        ({"budget_conversation": Decimal(1)}, "of \\$1.00 for one conversation is used up", "conversation"),
    ],
)
async def test_each_budget_stops_calls(
    world: World, open_ledger: Open, limits: dict[str, Decimal], words: str, scope: str
) -> None:
    ledger = open_ledger(limits)
    entry = await ledger.reserve(CALL, Decimal("0.95"))
    ledger.settle(entry, result("0.95"))
    await ledger.flush()
    with pytest.raises(BudgetExhausted, match=words) as caught:
        await ledger.reserve(CALL, TEN_CENTS)
    assert caught.value.extra["scope"] == scope and "$0.05 that are left" in caught.value.detail
    assert set((await guards(world)).values()) == {Decimal("0.95")} and len(await calls(world)) == 1
    if scope == "conversation":
        await ledger.reserve(Call("openai:m", "sms", CallScope(conversation_id=8)), TEN_CENTS)


async def test_of_many_calls_at_once_as_many_as_fit_are_paid(world: World, open_ledger: Open) -> None:
    ledgers = [open_ledger({"budget_day": Decimal("1.55")}) for _ in range(4)]
    wanted = [ledgers[number % 4].reserve(CALL, TEN_CENTS) for number in range(100)]
    outcomes = await asyncio.gather(*wanted, return_exceptions=True)
    assert sum(isinstance(outcome, BudgetExhausted) for outcome in outcomes) == 85
    assert (await guards(world))["installation_day"] == Decimal("1.5")
    assert sum(row.cost for row in await calls(world)) == Decimal("1.5")


async def test_money_that_is_only_reserved_for_others_is_waited_for(world: World, open_ledger: Open) -> None:
    """A dollar pays for one call at a time that may cost a dollar, and for ten that cost ten cents."""
    ledger = open_ledger({"budget_day": Decimal(1)}, patience=60.0)

    async def call() -> None:
        entry = await ledger.reserve(CALL, Decimal("0.5"))
        ledger.settle(entry, result("0.05"))

    await asyncio.gather(*(call() for _ in range(10)))
    await ledger.flush()
    assert (await guards(world))["installation_day"] == Decimal("0.5") and len(await calls(world)) == 10


async def test_a_limit_that_somebody_changes_holds_at_once(world: World, open_ledger: Open) -> None:
    ledger = open_ledger({"budget_day": Decimal(5)})
    await ledger.reserve(CALL, Decimal(4))
    await world.execute("INSERT INTO budgets (scope, \"limit\") VALUES ('installation_day', 4)")
    with pytest.raises(BudgetExhausted, match=r"\$4.00 a day"):
        await ledger.reserve(CALL, TEN_CENTS)
    await world.execute('UPDATE budgets SET "limit" = NULL')
    await ledger.reserve(CALL, Decimal(1000))


async def test_a_new_day_and_a_new_month_begin_at_nothing(open_ledger: Open) -> None:
    moment = [datetime(2026, 1, 31, 23, 59, tzinfo=UTC)]
    ledger = open_ledger({"budget_day": Decimal(1), "budget_month": Decimal("1.5")}, now=lambda: moment[0])
    entry = await ledger.reserve(CALL, Decimal(1))
    moment[0] = datetime(2026, 2, 1, 0, 1, tzinfo=UTC)
    await ledger.reserve(CALL, Decimal(1))
    ledger.settle(entry, result("0.2"))
    await ledger.flush()
    moment[0] += timedelta(days=1)
    with pytest.raises(BudgetExhausted, match="month"):
        await ledger.reserve(CALL, Decimal("0.6"))
    moment[0] = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
    await ledger.reserve(CALL, Decimal("0.8"))


async def test_alerts_are_told_once_and_not_for_money_that_is_given_back(world: World, open_ledger: Open) -> None:
    ledger = open_ledger({"budget_day": Decimal(1)})

    async def spend(amount: str, most: str) -> None:
        entry = await ledger.reserve(CALL, Decimal(most))
        ledger.settle(entry, result(amount))
        await ledger.flush()

    async def told() -> list[int]:
        return [alert.threshold for alert in await world.rows(BudgetAlert)]

    await spend("0.1", "0.9")
    assert await told() == []
    under_way = await ledger.reserve(CALL, Decimal("0.4"))
    await spend("0.1", "0.2")
    assert await told() == []
    ledger.settle(under_way, result("0.4"))
    await ledger.flush()
    assert await told() == [50]
    await spend("0.01", "0.02")
    await spend("0.24", "0.25")
    assert await told() == [50, 80]
    with pytest.raises(BudgetExhausted):
        await ledger.reserve(CALL, Decimal("0.5"))
    with pytest.raises(BudgetExhausted):
        await ledger.reserve(CALL, Decimal("0.5"))
    assert await told() == [50, 80, 100]
    async with world.database.transaction() as session:
        live = (await session.execute(text("SELECT kind, payload FROM live_events WHERE kind = 'alert'"))).all()
    assert len(live) == 3
    await world.execute("INSERT INTO budgets (scope, \"limit\") VALUES ('installation_day', 1.2)")
    await spend("0.01", "0.02")
    assert await told() == [50, 80, 100, 50], "a new limit has alerts of its own"


async def test_what_a_dead_process_reserved_counts_as_spent(
    world: World, open_ledger: Open, database: Database, settings: Settings
) -> None:
    dead = open_ledger({"budget_day": Decimal(1)}, lease=timedelta(seconds=-1))
    entry = await dead.reserve(CALL, Decimal("0.7"))
    await jobs.lose_abandoned.function(JobContext(database, {Settings: settings}))
    (row,) = await calls(world)
    assert (row.state, row.outcome, row.cost) == ("lost", "lost", Decimal("0.7"))
    with pytest.raises(BudgetExhausted):
        await open_ledger({"budget_day": Decimal(1)}, patience=5.0).reserve(CALL, Decimal("0.4"))

    dead.settle(entry, result("0.2"))
    await dead.flush()
    (row,) = await calls(world)
    assert (row.state, row.cost) == ("settled", Decimal("0.2")), "it was alive after all"
    assert (await guards(world))["installation_day"] == Decimal("0.2")


async def test_whoever_gives_up_waiting_leaves_nothing_reserved(world: World, open_ledger: Open) -> None:
    ledger = open_ledger()
    waiting = asyncio.create_task(ledger.reserve(CALL, Decimal(1)))
    await asyncio.sleep(0.001)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.sleep(0.05)
    await ledger.flush()
    assert [(row.state, row.cost, row.outcome) for row in await calls(world)] == [("settled", 0, "cancelled")]
    assert (await guards(world))["installation_day"] == 0


async def test_wrapped_models_enter_each_attempt(world: World, open_ledger: Open) -> None:
    async def at_once(_: float) -> None: ...

    ledger = open_ledger()
    model = Retrying(Metered(Scripted([ModelUnavailable("x"), REPLY]), TARIFF), 1, sleep=at_once)
    await Budgeted(model, ledger, TARIFF).complete(REQUEST)
    await ledger.flush()
    rows = sorted((row.outcome or "", row.cost, row.model) for row in await calls(world))
    assert rows == [("model-unavailable", 0, "script:m"), ("ok", TEN_CENTS, "script:m")]


async def test_a_database_that_stays_away_is_told_as_such(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from outrider.llm.budgets import ledger as module

    monkeypatch.setattr(module, "STORE_WAIT_SECONDS", 0.0)
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(BooksUnavailable):
        await Ledger(away, settings).reserve(CALL, TEN_CENTS)
    await away.aclose()


async def test_old_calls_become_sums_of_their_days(
    world: World, open_ledger: Open, database: Database, settings: Settings
) -> None:
    old = datetime.now(UTC) - timedelta(days=100)
    ledger = open_ledger(now=lambda: old)
    for number in range(3):
        ledger.settle(await ledger.reserve(CALL, Decimal(1)), result())
        ledger.note(Call("offline", "sms"), Result("offline", "ok", input_tokens=number))
    await ledger.flush()
    ledger = open_ledger()
    await ledger.reserve(CALL, Decimal(1))

    for _ in range(2):
        await jobs.drop_old_calls.function(JobContext(database, {Settings: settings}))

    assert len(await calls(world)) == 1
    async with database.transaction() as session:
        totals = (await session.execute(text("SELECT * FROM model_call_totals ORDER BY model"))).all()
    assert [(row.model, row.campaign_id, row.calls, row.input_tokens, row.cost) for row in totals] == [
        ("offline", 0, 3, 3, 0),
        ("openai:m", 5, 3, 300, Decimal("0.3")),
    ]


async def test_guards_and_ledger_agree_after_many_calls(world: World, open_ledger: Open) -> None:
    ledgers = [open_ledger({"budget_day": Decimal(3)}, patience=5.0) for _ in range(3)]

    async def call(number: int) -> None:
        scope = CallScope(conversation_id=1 + number % 5)
        entry = await ledgers[number % 3].reserve(Call("openai:m", "sms", scope), TEN_CENTS)
        await asyncio.sleep(0.001 * (number % 7))
        ledgers[number % 3].settle(entry, result(Decimal(number % 10) / 100))

    await asyncio.gather(*(call(number) for number in range(60)), return_exceptions=True)
    for ledger in ledgers:
        await ledger.flush()
    spent = sum(row.cost for row in await calls(world))
    assert await guards(world) == {"installation_day": spent, "installation_month": spent, "conversation": spent}
    assert spent <= 3 and len(await calls(world)) == 60
