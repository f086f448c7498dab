"""Budgets, the providers' health and the ledger as the API shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.events.models import LiveEvent
from outrider.llm.base import CallScope, ModelNotAuthenticated, ModelUnavailable
from outrider.llm.breaker import Breaker, provider_circuit
from outrider.llm.budgeted import Call, Result
from outrider.llm.budgets.health import HealthBoard
from outrider.llm.budgets.ledger import Ledger
from tests.clocks import PATIENCE
from tests.scripted_model import REPLY, REQUEST, Scripted
from tests.worlds import World


@pytest.fixture
def ledger(database: Database, settings: Settings) -> Ledger:
    return Ledger(database, settings, patience=0.0)


async def spend(
    ledger: Ledger, cost: str, *, most: str | None = None, outcome: str = "ok", model: str = "openai:m", **scope: int
) -> None:
    call = Call(model, "sms", CallScope(**scope))
    entry = await ledger.reserve(call, Decimal(most or cost))
    ledger.settle(entry, Result(model, outcome, Decimal(cost), seconds=float(cost), input_tokens=100, output_tokens=10))
    await ledger.flush()


def by_scope(report: dict[str, Any]) -> dict[str, Any]:
    return {budget["scope"]: budget for budget in report["budgets"]}


async def test_budgets_with_what_is_spent(api: AsyncClient, world: World, ledger: Ledger) -> None:
    await spend(ledger, "0.75", conversation_id=3)
    await ledger.reserve(Call("openai:m"), Decimal("0.1"))
    await world.execute("INSERT INTO model_call_totals VALUES (now(), 'openai:m', 0, 1, 1, 1, 0.05)")
    found = by_scope((await api.get("/api/budgets")).json())
    assert set(found) == {"installation_day", "installation_month", "conversation"}
    for scope in ("installation_day", "installation_month"):
        budget = found[scope]
        assert (Decimal(budget["spent"]), Decimal(budget["under_way"])) == (Decimal("0.9"), Decimal("0.1"))
        assert (budget["limit"], budget["is_default"], budget["used_up"]) == (None, True, 0)
        assert budget["starts_at"] <= datetime.now(UTC).isoformat() < budget["ends_at"]
    each = found["conversation"]
    assert (each["limit"], each["setting"], each["spent"]) == ("1.00", "OUTRIDER_BUDGET_CONVERSATION", None)
    assert [(alert["threshold"], alert["subject_id"], alert["period"]) for alert in each["alerts"]] == [(50, 3, None)]


async def test_a_limit_is_changed_and_restored(api: AsyncClient, ledger: Ledger) -> None:
    changed = by_scope((await api.put("/api/budgets/installation_day", json={"limit": "1.50"})).json())["installation_day"]
    assert (changed["limit"], changed["is_default"]) == ("1.5000", False)
    await spend(ledger, "1.45")
    used = by_scope((await api.get("/api/budgets")).json())["installation_day"]
    assert [alert["threshold"] for alert in used["alerts"]] == [50, 80] and used["used_up"] == 0
    with pytest.raises(Exception, match="used up"):
        await spend(ledger, "0.1")
    assert by_scope((await api.get("/api/budgets")).json())["installation_day"]["used_up"] == 1
    alerts = (await api.get("/api/budgets/alerts?limit=2")).json()
    assert [alert["threshold"] for alert in alerts["items"]] == [100, 80]
    rest = (await api.get("/api/budgets/alerts", params={"cursor": alerts["next_cursor"]})).json()
    assert [alert["threshold"] for alert in rest["items"]] == [50] and rest["next_cursor"] is None

    unlimited = by_scope((await api.put("/api/budgets/conversation", json={"limit": None})).json())["conversation"]
    assert (unlimited["limit"], unlimited["is_default"]) == (None, False)
    restored = by_scope((await api.delete("/api/budgets/conversation")).json())["conversation"]
    assert (restored["limit"], restored["is_default"]) == ("1.00", True)


@pytest.mark.parametrize("limit", [0, -1, "many", "1e30", "0.00001"])
async def test_what_is_no_limit_is_refused(api: AsyncClient, limit: Any) -> None:
    assert (await api.put("/api/budgets/installation_day", json={"limit": limit})).status_code == 422


@pytest.mark.parametrize("scope", ["campaign", "nonsense"])
async def test_other_budgets_are_not_set_here(api: AsyncClient, scope: str) -> None:
    assert (await api.put(f"/api/budgets/{scope}", json={"limit": 1})).status_code == 422


async def test_campaigns_with_a_budget_are_listed(api: AsyncClient, world: World, ledger: Ledger) -> None:
    await world.execute("""
        INSERT INTO campaigns (name, status, budget)
        VALUES ('Spring', 'processing', 10), ('Draft', 'draft', 5), ('Free', 'processing', NULL)
    """)
    await spend(ledger, "0.25", campaign_id=1)
    await ledger.reserve(Call("openai:m", scope=CallScope(campaign_id=1)), Decimal("0.5"))
    (campaign,) = (await api.get("/api/budgets")).json()["campaigns"]
    assert (campaign["subject_id"], campaign["name"], Decimal(campaign["limit"])) == (1, "Spring", 10)
    assert (Decimal(campaign["spent"]), Decimal(campaign["under_way"])) == (Decimal("0.75"), Decimal("0.5"))


async def test_the_ledger_is_paged_and_filtered(api: AsyncClient, ledger: Ledger) -> None:
    await spend(ledger, "0.01", campaign_id=1)
    await spend(ledger, "0", most="0.1", outcome="model-timeout", conversation_id=2)
    await spend(ledger, "0.03", model="anthropic:m", campaign_id=1)

    async def costs(**wanted: Any) -> list[float]:
        page = (await api.get("/api/models/calls", params=wanted)).json()
        return [float(call["cost"]) for call in page["items"]]

    assert await costs() == [0.03, 0, 0.01]
    assert await costs(model="openai:m") == [0, 0.01]
    assert await costs(purpose="sms", campaign_id=1) == [0.03, 0.01]
    assert await costs(outcome="model-timeout") == await costs(conversation_id=2) == [0]
    assert await costs(purpose="other") == []
    first = (await api.get("/api/models/calls?limit=2&campaign_id=1")).json()
    assert first["next_cursor"] is None
    first = (await api.get("/api/models/calls?limit=2")).json()
    assert await costs(cursor=first["next_cursor"]) == [0.01]
    assert (await api.get("/api/models/calls?cursor=x")).status_code == 422


async def test_one_call_names_the_run_that_asked(api: AsyncClient, ledger: Ledger) -> None:
    entry = await ledger.reserve(Call("openai:m", "reply", run_id="run-1"), Decimal("0.1"))
    ledger.settle(entry, Result("openai:m", "ok", Decimal("0.05")))
    ledger.note(Call("offline", "reply", run_id="run-2"), Result("offline", "ok"))
    await ledger.flush()
    listed = {call["run_id"]: call for call in (await api.get("/api/models/calls")).json()["items"]}
    assert set(listed) == {"run-1", "run-2"}
    one = (await api.get(f"/api/models/calls/{listed['run-1']['id']}")).json()
    assert (one, one["cost"]) == (listed["run-1"], "0.05000000")
    assert (await api.get("/api/models/calls/999")).status_code == 404
    assert (await api.get("/api/models/calls/0")).status_code == 422


async def test_costs_by_day_model_and_purpose(api: AsyncClient, world: World, ledger: Ledger) -> None:
    await spend(ledger, "0.75")
    await spend(ledger, "0.25")
    await spend(ledger, "0.5", model="anthropic:m")
    await world.execute("UPDATE model_calls SET created_at = created_at - interval '1 day' WHERE model = 'anthropic:m'")
    await ledger.reserve(Call("openai:m", "read"), Decimal("0.1"))
    ledger.note(Call("openai:m", "sms"), Result("openai:m", "ok", input_tokens=100, from_cache=True))
    await ledger.flush()
    await world.execute("INSERT INTO model_call_totals VALUES (now() - interval '2 days', 'openai:m', 0, 3, 30, 20, 0.05)")
    await world.execute("INSERT INTO model_call_totals VALUES (now() - interval '9 days', 'openai:m', 0, 1, 1, 1, 1)")
    today = datetime.now(UTC).date()
    report = (await api.get("/api/budgets/costs?days=7")).json()
    assert (report["first_day"], report["last_day"]) == ((today - timedelta(days=6)).isoformat(), today.isoformat())
    found = [
        (
            today - date.fromisoformat(row["day"]),
            row["model"],
            row["purpose"],
            row["calls"],
            row["input_tokens"],
            Decimal(row["cost"]),
        )
        for row in report["costs"]
    ]
    day = timedelta(days=1)
    assert found == [
        (2 * day, "openai:m", "", 3, 30, Decimal("0.05")),
        (day, "anthropic:m", "sms", 1, 100, Decimal("0.5")),
        (0 * day, "openai:m", "read", 1, 0, Decimal("0.1")),
        (0 * day, "openai:m", "sms", 3, 200, Decimal(1)),
    ]
    assert (await api.get("/api/budgets/costs?days=0")).status_code == 422


async def test_entered_calls_are_told_of_now_and_then(world: World, ledger: Ledger) -> None:
    for _ in range(5):
        await spend(ledger, "0.01")
    told = await world.rows(LiveEvent, LiveEvent.topic == "budgets", LiveEvent.kind == "entered")
    assert len(told) == 1


async def test_the_figures_of_each_provider(api: AsyncClient, world: World, ledger: Ledger) -> None:
    for number in range(1, 21):
        await spend(ledger, f"0.{number:02}")
    await spend(ledger, "0", most="0.1", outcome="model-timeout")
    await spend(ledger, "0", most="0.1", outcome="model-rate-limited")
    ledger.note(Call("openai:m"), Result("openai:m", "ok", input_tokens=100, from_cache=True))
    await ledger.flush()
    await world.execute("UPDATE model_calls SET created_at = now() - interval '3 hours' WHERE id <= 10")
    (openai,) = (await api.get("/api/models/health")).json()
    hour, day = openai["last_hour"], openai["last_day"]
    assert (openai["provider"], openai["state"], openai["problem"]) == ("openai", "closed", None)
    assert (hour["calls"], hour["answered"], hour["from_cache"]) == (13, 10, 1)
    assert hour["errors"] == {"model-timeout": 1, "model-rate-limited": 1}
    assert (hour["p50_ms"], hour["p95_ms"], float(hour["cost"])) == (155, 195.5, 1.55)
    assert (day["answered"], day["input_tokens"], float(day["cost"])) == (20, 2200, 2.1)


async def settled(check: Callable[[dict[str, Any]], bool], api: AsyncClient) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            for provider in (await api.get("/api/models/health")).json():
                if check(provider):
                    return provider
            await asyncio.sleep(0.01)


async def test_outage_and_recovery_are_seen_by_other_processes(api: AsyncClient, world: World, database: Database) -> None:
    clock, board, other = [0.0], HealthBoard(database), HealthBoard(database)
    circuit = provider_circuit("openai", failures=3, pause_seconds=30, on_change=board.note, now=lambda: clock[0])
    model = Scripted([ModelUnavailable("down")])
    breaker = Breaker(model, circuit)
    healthy = Breaker(
        Scripted([ModelNotAuthenticated("The key is wrong.")]),
        provider_circuit("openai", failures=3, pause_seconds=30, on_change=other.note),
    )
    for _ in range(10):
        with pytest.raises(ModelUnavailable):
            await breaker.complete(REQUEST)
    with pytest.raises(ModelNotAuthenticated):
        await healthy.complete(REQUEST)

    seen = await settled(lambda p: p["state"] == "open" and p["problem"] is not None, api)
    assert seen["processes_open"] == 1 and model.calls == 3
    assert seen["problem"] == "The model provider refused the key: The key is wrong."
    assert timedelta(seconds=20) < datetime.fromisoformat(seen["until"]) - datetime.now(UTC) < timedelta(seconds=31)
    assert "outrider_model_breaker" in (await api.get("/metrics")).text

    model.outcomes, clock[0] = [REPLY], 30.0
    await breaker.complete(REQUEST)
    assert await settled(lambda p: p["state"] == "half_open", api)
    await breaker.complete(REQUEST)
    assert await settled(lambda p: p["state"] == "closed" and p["processes_open"] == 0, api)
    await other.aclose()
    assert (await settled(lambda p: p["problem"] is None, api))["state"] == "closed"
    await board.aclose()
    assert (await api.get("/api/models/health")).json() == []
