"""Every fact is noted where it becomes true."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import Range

import outrider.wiring  # noqa: F401  (subscribers take part)
from outrider.agents.base import Tier
from outrider.agents.events import LeadQualified
from outrider.agents.scheduling import events
from outrider.agents.scheduling.mailer import CalendarPart, Mail
from outrider.agents.scheduling.mailing import NotifierMailer
from outrider.agents.scheduling.models import Booking, Calendar
from outrider.campaigns.budget import pause_by_system
from outrider.campaigns.models import Campaign, CampaignStatus
from outrider.campaigns.notices import complete_finished
from outrider.campaigns.process import fail_campaign
from outrider.config import Settings
from outrider.conversations.models import PersonReason
from outrider.conversations.receipts import disable_senders
from outrider.conversations.turns import hand_over
from outrider.events.bus import publish
from outrider.integrations.notifications.base import Channel
from outrider.integrations.notifications.build import Notifiers
from outrider.integrations.notifications.smtp import SmtpAccount, SmtpNotifier
from outrider.llm.budgets.alerts import keep_alerts
from outrider.llm.budgets.models import Scope
from outrider.llm.budgets.purses import Purse, Standing
from outrider.notifications.models import Notification
from outrider.worker import _tell_failed_job, mailer_of
from tests.stand_ins.mail import mail_server
from tests.worlds import World


async def noted(world: World) -> list[tuple[str, dict[str, Any]]]:
    return [(row.fact, row.data) for row in await world.rows(Notification)]


async def test_a_conversation_that_needs_a_person_is_told_once(world: World) -> None:
    await world.sender()
    lead = await world.lead(name="Ann")
    conversation_id = await world.hears(lead, "I want to speak to a human")
    for _ in range(2):
        async with world.database.transaction() as session:
            await hand_over(session, conversation_id, PersonReason.ASKED, "She asks for a human.")
    [(fact, data)] = await noted(world)
    assert fact == "conversation.needs_person"
    assert (data["conversation_id"], data["lead_name"], data["explanation"]) == (conversation_id, "Ann", "She asks for a human.")


async def test_an_opt_out_is_told_and_stays_out_of_the_list(world: World) -> None:
    await world.sender()
    lead = await world.lead(name="Ann")
    await world.hears(lead, "STOP")
    [row] = await world.rows(Notification)
    assert (row.fact, row.data["lead_id"], row.is_shown) == ("lead.opted_out", lead.id, False)


async def test_a_sender_that_the_carrier_refuses_is_told(world: World) -> None:
    sender = await world.sender()
    for _ in range(2):
        async with world.database.transaction() as session:
            await disable_senders(session, {sender.id: "It is not registered."})
    assert await noted(world) == [
        ("sender.disabled", {"sender_id": sender.id, "address": sender.address, "reason": "It is not registered."})
    ]


async def test_how_campaigns_end_is_told(world: World) -> None:
    names = ("done", "broken", "stuck")
    async with world.database.transaction() as session:
        campaigns = [Campaign(name=name, status=CampaignStatus.PROCESSING) for name in names]
        session.add_all(campaigns)
    for _ in range(2):
        async with world.database.transaction() as session:
            await complete_finished(session, [campaigns[0].id])
            await fail_campaign(session, campaigns[1].id, "Its workflow is gone.")
            await pause_by_system(session, campaigns[2].id, "Its budget is used up.")
    told = [(fact, data["campaign_name"], data.get("reason")) for fact, data in await noted(world)]
    assert told == [
        ("campaign.completed", "done", None),
        ("campaign.failed", "broken", "Its workflow is gone."),
        ("campaign.paused", "stuck", "Its budget is used up."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "is_told"), [(None, "A", True), ("C", "B", True), ("B", "A", False), (None, "C", False)]
)
async def test_a_lead_that_becomes_worth_a_call_is_told(world: World, before: str | None, after: str, is_told: bool) -> None:
    lead = await world.lead(name="Ann")
    async with world.database.transaction() as session:
        await publish(session, LeadQualified(lead.id, None, None, 81, Tier(after), Tier(before) if before else None))
    assert bool(await noted(world)) is is_told


async def test_a_budget_is_told_at_each_threshold_once(world: World) -> None:
    day, conversation = Purse(Scope.DAY, 0, date(2031, 1, 5)), Purse(Scope.CONVERSATION, 7, date(1970, 1, 1))
    for percents in ([50], [50], [50, 80, 100]):
        async with world.database.transaction() as session:
            await keep_alerts(session, day, Standing(Decimal("8.5"), Decimal(10)), percents)
            await keep_alerts(session, conversation, Standing(Decimal("8.5"), Decimal(10)), percents)
    assert [(fact, data["scope"], data["percent"]) for fact, data in await noted(world)] == [
        ("budget.reached", "installation_day", 50),
        ("budget.reached", "installation_day", 100),
    ]


async def test_work_that_failed_for_good_is_told_once_an_hour(world: World) -> None:
    for _ in range(3):
        await _tell_failed_job(world.database, "campaigns.launch")
    assert [(fact, data["job"]) for fact, data in await noted(world)] == [("job.failed", "campaigns.launch")]


async def test_an_invitation_leaves_by_the_mail_server(settings: Settings) -> None:
    assert not mailer_of(settings, Notifiers()).is_set_up
    async with mail_server() as server:
        account = SmtpAccount("127.0.0.1", "Acme <team@acme.example>", server.port, security="none")
        mailer = NotifierMailer(Notifiers({Channel.EMAIL: SmtpNotifier(account)}), "team@acme.example")
        calendar = CalendarPart("CANCEL", b"BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n")
        await mailer.send(Mail(["ann@acme.example", "bob@acme.example"], "Cancelled", "Sorry", "booking:1:2", calendar))
    assert [mail["To"] for mail in server.mails] == ["ann@acme.example", "bob@acme.example"]
    methods = {part.get_param("method") for part in server.mails[0].walk() if part.get_content_type() == "text/calendar"}
    assert methods == {"CANCEL"}


async def test_a_meeting_is_told_with_the_leads_own_time(world: World) -> None:
    lead = await world.lead(name="Ann")
    at = datetime(2031, 3, 3, 15, 0, tzinfo=UTC)
    async with world.database.transaction() as session:
        calendar = Calendar(name="Sales", kind="built_in", time_zone="America/New_York", working_hours={})
        session.add(calendar)
        await session.flush()
        booking = Booking(
            calendar_id=calendar.id, lead_id=lead.id, starts_at=at, ends_at=at + timedelta(hours=1), span=Range(1, 2),
            time_zone="America/New_York", title="Call", booked_by="agent", uid="0" * 32, delivery_state="not_needed",
            invitation_state="not_sent",
        )  # fmt: skip
        session.add(booking)
        await session.flush()
        common = {"booking_id": booking.id, "calendar_id": calendar.id, "lead_id": lead.id, "conversation_id": None}
        common |= {"campaign_id": None, "starts_at": at}
        await publish(session, events.MeetingBooked(**common, ends_at=at, booked_by="agent"))
        await publish(session, events.MeetingCancelled(**common, reason="Ill", cancelled_by="Maya"))
        await publish(
            session,
            events.MeetingMoved(
                **common, earlier_booking_id=booking.id, ends_at=at, earlier_starts_at=at - timedelta(days=1), moved_by="agent"
            ),
        )
    rows = await world.rows(Notification)
    assert [row.fact for row in rows] == ["meeting.booked", "meeting.cancelled", "meeting.moved"]
    assert "10:00" in rows[0].detail, "in New York"
    assert rows[0].title == "Meeting with Ann"
