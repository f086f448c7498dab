"""Every figure of the dashboard against rows that are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from outrider.agents.models import AgentExecution
from outrider.analytics import counts, service
from outrider.analytics.schemas import Dashboard
from outrider.campaigns.models import Campaign, CampaignLead
from outrider.conversations.models import Conversation, Message, Sender, Suppression
from outrider.errors import InvalidInput
from outrider.llm.budgets.models import ModelCall, ModelCallTotal
from outrider.workflows.models import Run
from tests.worlds import World

NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)
ZONE = "America/New_York"
MIDNIGHT = datetime(2026, 5, 20, 4, tzinfo=UTC)
TODAY, EARLIER, LONG_AGO = MIDNIGHT, MIDNIGHT - timedelta(seconds=1), NOW - timedelta(days=31)


def call(at: datetime, cost: Decimal, **values: Any) -> ModelCall:
    """A call of a model that took 107 tokens."""
    usual = {"state": "settled", "model": "m", "purpose": "reply", "outcome": "ok", "input_tokens": 100, "output_tokens": 7}
    return ModelCall(**{**usual, **values}, cost=cost, created_at=at)


class Books:
    """Writes rows of known moments and reads the dashboard."""

    def __init__(self, world: World):
        self.world = world
        self.conversations: dict[int, int] = {}

    async def add(self, *rows: Any) -> None:
        async with self.world.database.transaction() as session:
            session.add_all(rows)

    async def people(self, count: int) -> list[int]:
        leads = await self.world.leads(count)
        threads = [Conversation(lead_id=lead.id) for lead in leads]
        await self.add(*threads)
        self.conversations |= {thread.lead_id: thread.id for thread in threads}
        return list(self.conversations)

    async def texts(self, lead_id: int, count: int, at: datetime, **values: Any) -> None:
        usual = {"direction": "out", "author": "workflow", "body": "Hello", "phone": "+13125550100", "created_at": at}
        if values.get("state") == "sent":
            usual["sent_at"] = at
        if values.get("direction") == "in":
            usual |= {"author": "lead", "price": Decimal("0.5")}
        conversation_id = self.conversations[lead_id]
        await self.add(*[Message(lead_id=lead_id, conversation_id=conversation_id, **(usual | values)) for _ in range(count)])

    async def shown(self, zone: str = ZONE, days: int = 30) -> Dashboard:
        async with self.world.database.transaction() as session:
            return await service.dashboard(session, await counts.count(session, zone, days, NOW))


@pytest.fixture
def books(world: World) -> Books:
    return Books(world)


async def test_texts(books: Books) -> None:
    (ann, *_) = await books.people(1)
    cent = {"price": Decimal("0.01"), "estimated_cost": Decimal("0.02")}
    estimated = {"estimated_cost": Decimal("0.02")}
    await books.texts(ann, 5, TODAY, state="sent", delivery_status="delivered", **cent)
    await books.texts(ann, 2, TODAY, state="sent", delivery_status="undelivered", **estimated)
    await books.texts(ann, 1, TODAY, state="sent", delivery_status="failed", **estimated)
    await books.texts(ann, 3, TODAY, state="sent", delivery_status="sent", **estimated)
    await books.texts(ann, 4, TODAY, state="failed", **estimated)
    await books.texts(ann, 6, TODAY, state="queued", **estimated)
    await books.texts(ann, 7, EARLIER, state="sent", delivery_status="delivered", **cent)
    await books.texts(ann, 1, EARLIER, state="sent", delivery_status="undelivered", **cent)
    await books.texts(ann, 2, EARLIER, state="failed")
    await books.texts(ann, 9, LONG_AGO, state="sent", delivery_status="delivered", **cent)
    await books.texts(ann, 9, LONG_AGO, state="failed")
    shown = await books.shown()

    assert shown.since == MIDNIGHT
    today, month = shown.today, shown.period
    assert (today.sent, month.sent) == (11, 19)
    assert (today.delivered, month.delivered) == (5, 12)
    assert (today.undelivered, month.undelivered) == (3, 4)
    assert (today.refused, month.refused) == (4, 6)
    assert (today.cost, month.cost) == (Decimal("0.17"), Decimal("0.25"))


async def test_what_people_wrote(books: Books) -> None:
    ann, bob, eve = await books.people(3)
    await books.texts(ann, 2, TODAY, direction="in")
    await books.texts(bob, 1, TODAY, direction="in")
    await books.texts(bob, 3, EARLIER, direction="in")
    await books.texts(eve, 1, EARLIER, direction="in")
    await books.texts(eve, 5, LONG_AGO, direction="in")
    shown = await books.shown()

    assert (shown.today.received, shown.period.received) == (3, 7)
    assert (shown.today.replied_leads, shown.period.replied_leads) == (2, 3)
    assert (shown.today.sent, shown.period.cost) == (0, 0)


async def test_a_text_counts_on_the_day_it_left(books: Books) -> None:
    (ann, *_) = await books.people(1)
    price = Decimal("0.01")
    await books.texts(ann, 1, EARLIER, state="sent", delivery_status="delivered", price=price, sent_at=TODAY)
    await books.texts(ann, 1, LONG_AGO, state="sent", delivery_status="undelivered", price=price, sent_at=EARLIER)
    shown = await books.shown()

    assert (shown.today.sent, shown.today.delivered, shown.today.cost) == (1, 1, price)
    assert (shown.period.sent, shown.period.undelivered, shown.period.cost) == (2, 1, 2 * price)


async def test_the_period_before_ends_at_the_same_time_of_day(books: Books) -> None:
    (ann, *_) = await books.people(1)
    begin = MIDNIGHT - timedelta(days=6)
    moments = {
        "too old": begin - timedelta(days=7, seconds=1),
        "previous": begin - timedelta(days=7),
        "previous, late": NOW - timedelta(days=7, seconds=1),
        "between": NOW - timedelta(days=7),
        "between, late": begin - timedelta(seconds=1),
        "period": begin,
    }
    for at in moments.values():
        await books.texts(ann, 1, at, state="sent", delivery_status="delivered", price=Decimal("0.01"))
        await books.texts(ann, 1, at, direction="in")
        await books.add(Suppression(phone=f"+1312555{at:%d%H}", reason="stop", created_at=at))
    shown = await books.shown(days=7)

    assert (shown.period_since, shown.days) == (begin, 7)
    assert (shown.previous.sent, shown.period.sent) == (2, 1)
    assert (shown.previous.received, shown.previous.replied_leads, shown.period.replied_leads) == (2, 1, 1)
    assert (shown.previous.opted_out, shown.period.opted_out) == (2, 1)
    assert shown.previous.cost == Decimal("0.02")


async def test_days(books: Books) -> None:
    (ann, *_) = await books.people(1)
    await books.texts(ann, 2, TODAY, state="sent", delivery_status="delivered", price=Decimal("0.01"))
    await books.texts(ann, 3, EARLIER, state="sent", price=Decimal("0.01"))
    await books.texts(ann, 1, EARLIER, direction="in")
    await books.add(call(EARLIER, Decimal("0.25")))
    shown = await books.shown(days=7)

    assert [day.day.isoformat() for day in shown.daily] == [f"2026-05-{day}" for day in range(14, 21)]
    yesterday, today = shown.daily[-2:]
    assert (today.sent, today.delivered, yesterday.sent, yesterday.received) == (2, 2, 3, 1)
    assert {cost.kind: cost.dollars for cost in yesterday.costs} == {"texts": Decimal("0.03"), "models": Decimal("0.25")}
    assert {cost.dollars for cost in shown.daily[0].costs} == {0}


async def test_days_have_as_many_hours_as_they_have_in_their_zone(books: Books) -> None:
    """Clocks go forward on 8 March 2026 in New York: that day begins at 5:00 and ends at 4:00 UTC."""
    (ann, *_) = await books.people(1)
    for at in (datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 9, 3, 59, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC)):
        await books.texts(ann, 1, at, state="sent")
    async with books.world.database.transaction() as session:
        counted = await counts.count(session, ZONE, 7, datetime(2026, 3, 10, 12, tzinfo=UTC))
        shown = await service.dashboard(session, counted)
    assert [day.sent for day in shown.daily][-3:] == [2, 1, 0]


async def test_the_funnel_counts_leads(books: Books) -> None:
    ann, bob, eve, zoe = await books.people(4)
    await books.texts(ann, 2, EARLIER, state="sent", delivery_status="delivered")
    await books.texts(bob, 1, EARLIER, state="sent", delivery_status="undelivered")
    await books.texts(bob, 1, EARLIER, state="sent", delivery_status="read")
    await books.texts(eve, 1, EARLIER, state="sent", delivery_status="sent")
    await books.texts(eve, 1, LONG_AGO, state="sent", delivery_status="delivered")
    await books.texts(zoe, 1, EARLIER, state="failed")
    await books.texts(zoe, 1, EARLIER, state="sent", purpose="reply")
    await books.texts(ann, 2, TODAY, direction="in")
    await books.texts(bob, 1, EARLIER - timedelta(hours=1), direction="in")
    shown = await books.shown()

    assert {step.step: (step.leads, step.previous) for step in shown.funnel} == {
        "reached": (3, 1), "delivered": (2, 1), "replied": (1, 0), "qualified": (0, 0), "booked": (0, 0),
    }  # fmt: skip


async def test_what_needs_a_person(books: Books) -> None:
    ann, bob = await books.people(2)
    await books.texts(ann, 2, TODAY, state="unknown")
    await books.world.execute(
        "UPDATE conversations SET needs_person_reason = 'asked_for_person', needs_person_detail = :why WHERE lead_id = :bob",
        bob=bob, why="They wrote: “How much?”",
    )  # fmt: skip
    await books.add(
        Campaign(name="Spring", status="paused", status_reason="The budget is spent."),
        Campaign(name="Mine", status="paused"),
        Sender(kind="number", address="+12025550143", segments_per_second=1, enabled=False, disabled_reason="Not yours."),
        Sender(kind="number", address="+12025550144", segments_per_second=1, enabled=False),
    )
    await books.world.execute("INSERT INTO pgqueuer (priority, status, entrypoint) VALUES (0, 'failed', 'leads.import')")
    shown = {item.kind: item for item in (await books.shown()).attention}

    assert {kind: item.count for kind, item in shown.items()} == {
        "conversations": 1, "unknown_texts": 2, "paused_campaign": 1, "disabled_senders": 1, "failed_jobs": 1,
    }  # fmt: skip
    assert shown["paused_campaign"].detail == "The budget is spent."
    assert shown["disabled_senders"].title == "+12025550143 is out of use"
    assert all(item.link.startswith("/") for item in shown.values())
    (waiting,) = shown["conversations"].conversations
    assert (waiting.name, waiting.reason, waiting.detail) == ("Lead 1", "asked_for_person", "They wrote: “How much?”")
    assert shown["conversations"].link.endswith(f"&thread={waiting.id}"), "the only one opens itself"


async def test_opt_outs_are_what_people_asked_for(books: Books) -> None:
    reasons = [
        ("stop", TODAY), ("carrier", TODAY), ("manual", TODAY), ("import", TODAY), ("invalid", TODAY),
        ("stop", EARLIER), ("stop", LONG_AGO),
    ]  # fmt: skip
    await books.add(
        *[Suppression(phone=f"+1312555010{n}", reason=reason, created_at=at) for n, (reason, at) in enumerate(reasons)]
    )
    shown = await books.shown()
    assert (shown.today.opted_out, shown.period.opted_out) == (2, 3)


async def test_work_of_models(books: Books) -> None:
    def run(at: datetime) -> Run:
        return Run(
            subject_kind="campaign_lead", subject_id=1, trace_id="t", status="completed", started_at=at, finished_at=at,
        )  # fmt: skip

    def turn(at: datetime) -> AgentExecution:
        return AgentExecution(
            agent_type="conversation", trace_id="t", input_data={}, output_data={}, processing_time_ms=1, success=True,
            executed_at=at,
        )  # fmt: skip

    await books.add(run(TODAY), run(TODAY), turn(TODAY), run(EARLIER), turn(EARLIER), run(LONG_AGO), turn(LONG_AGO))
    cent, dime = Decimal("0.01"), Decimal("0.1")
    await books.add(call(TODAY, cent), call(TODAY, dime), call(EARLIER, cent), call(LONG_AGO, cent))
    await books.add(call(TODAY, Decimal(0), from_cache=True), call(TODAY, cent, outcome="model-timeout"))
    await books.add(call(TODAY, dime, state="lost", outcome="lost"))
    shown = await books.shown()
    today, month = shown.models_today, shown.models_period
    assert (today.runs, today.tokens, today.cost) == (3, 4 * 107, 2 * cent + 2 * dime)
    assert (month.runs, month.tokens, month.cost) == (5, 5 * 107, 3 * cent + 2 * dime)


async def test_calls_of_which_only_the_sums_are_kept_count_on_their_day(books: Books) -> None:
    days = (TODAY - timedelta(days=3), TODAY - timedelta(days=40), TODAY - timedelta(days=200))
    sums = {"model": "m", "campaign_id": 0, "calls": 2, "input_tokens": 10, "output_tokens": 1, "cost": Decimal("0.5")}
    await books.add(*[ModelCallTotal(day=day.date(), **sums) for day in days])
    shown = await books.shown()
    assert (shown.models_today.cost, shown.models_period.cost, shown.models_period.tokens) == (0, Decimal("0.5"), 11)
    assert [day.day for day in shown.daily if any(cost.dollars for cost in day.costs)] == [days[0].date()]


async def test_what_stands_open_has_no_age(books: Books) -> None:
    ann, *_ = await books.people(3)
    for count, state in ((2, "queued"), (1, "held"), (3, "unknown"), (4, "sending"), (5, "cancelled")):
        await books.texts(ann, count, LONG_AGO, state=state)
    await books.world.execute(
        "UPDATE conversations SET inbound_count = 2, answered_count = CASE WHEN lead_id = :answered THEN 2 ELSE 1 END",
        answered=ann,
    )
    shown = await books.shown()
    assert (shown.leads, shown.waiting_texts, shown.unknown_texts, shown.unanswered_conversations) == (3, 3, 3, 2)


async def test_campaigns(books: Books) -> None:
    people = await books.people(6)
    campaigns = [
        Campaign(name="Old", status="processing", started_at=EARLIER),
        Campaign(name="New", status="paused", started_at=TODAY),
        Campaign(name="Next", status="pending"),
        *[Campaign(name=f"Done {n}", status="completed", started_at=EARLIER) for n in range(2)],
        Campaign(name="Draft", status="draft"),
    ]
    await books.add(*campaigns)
    statuses = ["pending", "processing", "waiting", "completed", "failed", "skipped"]
    await books.add(
        *[
            CampaignLead(
                campaign_id=campaigns[0].id,
                lead_id=lead,
                status=status,
                skip_reason="replied_elsewhere" if status == "skipped" else None,
            )
            for lead, status in zip(people, statuses, strict=True)
        ]
    )
    shown = await books.shown()

    assert shown.campaigns == {"processing": 1, "paused": 1, "pending": 1, "completed": 2, "draft": 1}
    assert [(c.name, c.status, c.total_leads, c.done) for c in shown.active_campaigns] == [
        ("New", "paused", 0, 0), ("Old", "processing", 6, 3), ("Next", "pending", 0, 0),
    ]  # fmt: skip
    assert [campaign.started_at for campaign in shown.active_campaigns] == [TODAY, EARLIER, None]


async def test_today_begins_at_midnight_of_the_zone(books: Books) -> None:
    (ann, *_) = await books.people(1)
    await books.texts(ann, 1, EARLIER, state="sent")
    assert (await books.shown()).today.sent == 0
    utc = await books.shown("UTC")
    assert (utc.today.sent, utc.since) == (1, datetime(2026, 5, 20, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="no time zone"):
        await books.shown("Mars/Olympus")


async def test_an_empty_installation_shows_zeros(api: Any) -> None:
    answer = await api.get("/api/dashboard", params={"time_zone": ZONE})
    assert answer.status_code == 200
    shown = Dashboard.model_validate(answer.json())
    for period in (shown.today, shown.period, shown.previous, shown.models_today, shown.models_period, shown.models_previous):
        assert set(period.model_dump().values()) == {0}
    assert (shown.leads, shown.waiting_texts, shown.unknown_texts, shown.unanswered_conversations) == (0, 0, 0, 0)
    assert (shown.campaigns, shown.active_campaigns) == ({}, [])


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "\x00"])
async def test_a_wrong_zone_is_named(api: Any, zone: str) -> None:
    answer = await api.get("/api/dashboard", params={"time_zone": zone})
    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"][0]["field"] == "query.time_zone"
