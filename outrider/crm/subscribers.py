"""What is told to CRMs about the facts from below, queued in the transaction in which they become true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.events import LeadQualified
from outrider.agents.scheduling.events import MeetingBooked, MeetingCancelled, MeetingMoved
from outrider.conversations.events import (
    Change,
    ConversationChanged,
    NumberSuppressed,
    TextsReceived,
    TextsSettled,
)
from outrider.conversations.models import OutboxState
from outrider.crm import deliveries
from outrider.crm.jobs import deliver
from outrider.crm.models import OutboxKind
from outrider.crm.schemas import Outcome
from outrider.events.bus import subscribe

GATHER = timedelta(seconds=1)


@subscribe(TextsSettled)
async def log_sent_texts(session: AsyncSession, event: TextsSettled) -> None:
    sent = [one.message_id for one in event.outcomes if one.state == OutboxState.SENT]
    if sent and (connections := await deliveries.outgoing(session)):
        await _start(session, await deliveries.add_texts(session, _told(connections, "text"), sent))


@subscribe(TextsReceived)
async def log_received_texts(session: AsyncSession, event: TextsReceived) -> None:
    connections = await deliveries.outgoing(session)
    if not connections:
        return
    started = await deliveries.add_texts(session, _told(connections, "text"), [one.message_id for one in event.texts])
    first = {one.lead_id: one for one in event.texts if one.wish is None}
    keys = {lead_id: f"outcome:replied:{lead_id}" for lead_id in first}
    await _start(session, started | await _outcome(session, connections, "replied", keys))


@subscribe(NumberSuppressed)
async def tell_opt_out(session: AsyncSession, event: NumberSuppressed) -> None:
    """Goes to every CRM, whatever the direction: nobody may be contacted from there for want of a setting."""
    connections = await deliveries.outgoing(session)
    if not connections:
        return
    at = int(datetime.now(UTC).timestamp())
    rows = [
        {"connection_id": one.id, "lead_id": lead_id, "key": f"opt-out:{lead_id}:{at}", "payload": {"reason": event.reason}}
        for one in connections
        for lead_id in event.lead_ids
    ]
    started = await deliveries.add(session, OutboxKind.OPT_OUT, rows, priority=deliveries.OPT_OUT_PRIORITY)
    keys = {lead_id: f"outcome:opted_out:{lead_id}:{at}" for lead_id in event.lead_ids}
    await _start(session, started | await _outcome(session, connections, "opted_out", keys), at_once=True)


@subscribe(ConversationChanged)
async def log_notes(session: AsyncSession, event: ConversationChanged) -> None:
    if event.change == Change.NOTES and (connections := await deliveries.outgoing(session)):
        await _start(session, await deliveries.add_notes(session, _told(connections, "note"), [event.conversation_id]))


@subscribe(LeadQualified)
async def tell_qualified(session: AsyncSession, event: LeadQualified) -> None:
    if connections := await deliveries.outgoing(session):
        values = {"score": str(event.score), "tier": str(event.tier)}
        keys = {event.lead_id: f"outcome:qualified:{event.lead_id}:{event.score}:{event.tier}"}
        await _start(session, await _outcome(session, connections, "qualified", keys, values))


@subscribe(MeetingBooked)
async def log_meeting(session: AsyncSession, event: MeetingBooked) -> None:
    await _meeting(session, event.lead_id, event.booking_id, event.starts_at, event.ends_at, f"Booked by {event.booked_by}.")


@subscribe(MeetingMoved)
async def log_moved_meeting(session: AsyncSession, event: MeetingMoved) -> None:
    said = f"Moved by {event.moved_by} from {event.earlier_starts_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    await _meeting(session, event.lead_id, event.booking_id, event.starts_at, event.ends_at, said)


@subscribe(MeetingCancelled)
async def log_cancelled_meeting(session: AsyncSession, event: MeetingCancelled) -> None:
    if event.lead_id is None or not (connections := await deliveries.outgoing(session)):
        return
    said = f"The meeting of {event.starts_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC was cancelled by {event.cancelled_by}."
    payload = {"kind": "note", "at": datetime.now(UTC), "subject": "Meeting cancelled", "body": f"{said} {event.reason}".strip()}
    rows = _rows(_told(connections, "meeting"), event.lead_id, f"meeting-cancelled:{event.booking_id}", payload)
    await _start(session, await deliveries.add(session, OutboxKind.ACTIVITY, rows))


async def _meeting(
    session: AsyncSession, lead_id: int | None, booking_id: int, starts_at: datetime, ends_at: datetime, said: str
) -> None:
    if lead_id is None or not (connections := await deliveries.outgoing(session)):
        return
    payload = {"kind": "meeting", "at": starts_at, "ends_at": ends_at, "subject": "Meeting", "body": said}
    rows = _rows(_told(connections, "meeting"), lead_id, f"meeting:{booking_id}", payload)
    started = await deliveries.add(session, OutboxKind.ACTIVITY, rows)
    keys = {lead_id: f"outcome:booked:{booking_id}"}
    await _start(session, started | await _outcome(session, connections, "booked", keys))


def _told(connections: Iterable[Row[Any]], kind: str) -> list[int]:
    return [one.id for one in connections if one.direction != "in" and kind in one.options.get("activities", ())]


def _rows(connections: Sequence[int], lead_id: int, key: str, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"connection_id": one, "lead_id": lead_id, "key": key, "payload": dict(payload)} for one in connections]


async def _outcome(
    session: AsyncSession,
    connections: Iterable[Row[Any]],
    outcome: Outcome,
    keys: Mapping[int, str],
    values: Mapping[str, str] | None = None,
) -> set[int]:
    """Queue the fields that an outcome sets, once per key."""
    rows: list[dict[str, Any]] = []
    for one in connections:
        wanted = one.options.get("outcomes", {}).get(outcome)
        if wanted and one.direction != "in":
            text = wanted["value"]
            for name, value in (values or {}).items():
                text = text.replace(f"{{{name}}}", value)
            rows += [
                {"connection_id": one.id, "lead_id": lead_id, "key": key, "payload": {wanted["remote"]: text}}
                for lead_id, key in keys.items()
            ]
    return await deliveries.add(session, OutboxKind.OUTCOME, rows)


async def _start(session: AsyncSession, connections: Iterable[int], *, at_once: bool = False) -> None:
    for one in sorted(connections):
        if at_once:
            await deliver.enqueue(session, connection_id=one)
        else:
            await deliver.later(GATHER, key=f"crm.deliver:{one}")(session, connection_id=one)
