"""What people write to us.

A text is stored once, by the carrier's sid, and everything that follows from it at once happens in the same transaction:
an opt-out suppresses the number and cancels what waits for it, an answer cancels automated texts that have not left.
Slow work, such as answering, belongs to the subscribers of `TextsReceived`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.base import InboundText
from outrider.channels.keywords import Recognised, Wish, recognise
from outrider.channels.segments import count_segments
from outrider.config import get_settings
from outrider.conversations.events import SuppressionsChanged, TextReceived
from outrider.conversations.facts import Facts
from outrider.conversations.meetings import leads_with_meeting
from outrider.conversations.models import Author, Purpose, SuppressionReason
from outrider.conversations.outbox import NoSenderAvailable, TextIntent, queue_texts
from outrider.conversations.repository import inbound as rows
from outrider.conversations.repository import outbox
from outrider.conversations.repository import suppressions as suppression_rows
from outrider.conversations.repository.inbound import NewInbound, Thread, Writer
from outrider.conversations.repository.senders import senders_by_address
from outrider.conversations.suppressions import CANCEL_LIMIT, NewSuppression, add_suppressions
from outrider.conversations.wordings import HELP, OPTED_OUT, wording
from outrider.events.bus import publish
from outrider.leads.events import LeadChange, LeadsTouched
from outrider.leads.person import Person, completed
from outrider.telemetry import INBOUND

log = structlog.get_logger(__name__)

REPLIED = "replied"
PERSON_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
LIFTED_BY_PERSON = (SuppressionReason.STOP, SuppressionReason.CARRIER)
"""Reasons that the person's own START takes back; a wrong number or a complaint stays."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text on its way in."""

    text: InboundText
    via: str
    """`webhook` or `puller`."""
    written_at: datetime | None = None
    """When the carrier received it; None is now."""


@dataclass(frozen=True, slots=True)
class Received:
    """A text that was stored for the first time."""

    message_id: int
    conversation_id: int
    lead_id: int
    wish: Wish | None


@dataclass(slots=True)
class _New:
    """A stored text with what is needed to act on it."""

    arrival: Arrival
    writer: Writer
    thread: Thread
    message_id: int
    written_at: datetime
    recognised: Recognised | None
    wish: Wish | None = field(init=False)

    def __post_init__(self) -> None:
        self.wish = self.recognised.wish if self.recognised else None

    @property
    def phone(self) -> str:
        return self.arrival.text.from_

    @property
    def is_by_wording(self) -> bool:
        """The carrier does nothing about it, so we have to answer."""
        return self.recognised is not None and self.recognised.by == "wording"


async def receive_text(session: AsyncSession, text: InboundText, via: str = "webhook") -> Received | None:
    """Take in one text; None if it was here before, or if no person wrote it."""
    return (await receive_texts(session, [Arrival(text, via)]))[0]


async def receive_texts(session: AsyncSession, arrivals: Sequence[Arrival]) -> list[Received | None]:
    """Take in texts and publish what they mean; None for those that were here before."""
    facts = Facts()
    received: dict[str, Received] = {}
    for texts in _one_per_person(arrivals):
        received |= await _take_in(session, texts, facts)
    await facts.publish(session)
    # A sid that came twice in this group is new once.
    return [received.pop(arrival.text.carrier_sid, None) for arrival in arrivals]


async def _take_in(session: AsyncSession, arrivals: Sequence[Arrival], facts: Facts) -> dict[str, Received]:
    known = await rows.known_sids(session, [arrival.text.carrier_sid for arrival in arrivals])
    fresh = [arrival for arrival in arrivals if arrival.text.carrier_sid not in known]
    if not fresh:
        return {}
    new = await _store(session, fresh)
    await _obey(session, new, facts)
    facts.received += [
        TextReceived(
            one.message_id,
            one.thread.conversation_id,
            one.writer.lead_id,
            one.thread.campaign_id,
            one.arrival.text.body,
            one.wish,
            one.written_at,
        )
        for one in new
    ]
    for one in new:
        INBOUND.labels(one.arrival.via).inc()
    return {
        one.arrival.text.carrier_sid: Received(one.message_id, one.thread.conversation_id, one.writer.lead_id, one.wish)
        for one in new
    }


async def _store(session: AsyncSession, arrivals: Sequence[Arrival]) -> list[_New]:
    """Store the texts with their leads and conversations; returns those that no other process stored meanwhile."""
    writers = await _writers(session, [arrival.text.from_ for arrival in arrivals])
    senders = await senders_by_address(session, sorted({address for one in arrivals for address in _addresses(one.text)}))
    sender_of = {one.text.carrier_sid: next((senders[a] for a in _addresses(one.text) if a in senders), None) for one in arrivals}
    threads = await rows.open_threads(
        session, sorted((writers[one.text.from_].lead_id, sender_of[one.text.carrier_sid]) for one in arrivals)
    )
    now = datetime.now(UTC)
    new = []
    for arrival in arrivals:
        writer = writers[arrival.text.from_]
        new.append(_new_inbound(arrival, writer, threads[writer.lead_id], sender_of[arrival.text.carrier_sid], now))
    ids = await rows.insert_texts(session, new)
    recognised = await _recognise(session, arrivals, writers)
    stored = [
        _New(
            arrival=arrival,
            writer=(writer := writers[arrival.text.from_]),
            thread=threads[writer.lead_id],
            message_id=ids[arrival.text.carrier_sid],
            written_at=arrival.written_at or now,
            recognised=recognised[arrival.text.carrier_sid],
        )
        for arrival in arrivals
        if arrival.text.carrier_sid in ids
    ]
    await rows.count_texts(session, [(one.thread.conversation_id, one.written_at) for one in stored])
    return stored


async def _recognise(
    session: AsyncSession, arrivals: Sequence[Arrival], writers: Mapping[str, Writer]
) -> dict[str, Recognised | None]:
    """The wishes, by carrier sid. Whether a lead has a meeting is only asked where that decides."""
    found = {one.text.carrier_sid: recognise(one.text.body, one.text.opt_out_type) for one in arrivals}
    if_meeting = {
        one.text.carrier_sid: (writers[one.text.from_].lead_id, other)
        for one in arrivals
        if found[one.text.carrier_sid] is not None
        and (other := recognise(one.text.body, one.text.opt_out_type, has_meeting=True)) != found[one.text.carrier_sid]
    }
    if if_meeting:
        having = await leads_with_meeting(session, {lead_id for lead_id, _ in if_meeting.values()})
        found |= {sid: other for sid, (lead_id, other) in if_meeting.items() if lead_id in having}
    return found


async def _writers(session: AsyncSession, phones: Sequence[str]) -> dict[str, Writer]:
    writers = await rows.leads_of(session, phones)
    if unknown := [phone for phone in phones if phone not in writers]:
        await rows.add_leads(session, [completed(Person(phone=phone)) for phone in sorted(unknown)])
        writers = await rows.leads_of(session, phones)
        await publish(session, LeadsTouched(LeadChange.CREATED, [writers[phone].lead_id for phone in unknown]))
    return writers


async def _obey(session: AsyncSession, new: Sequence[_New], facts: Facts) -> None:
    """Do at once what the texts ask for, and take back what they make pointless."""
    opt_outs = {one.phone: one for one in new if one.wish is Wish.OPT_OUT}
    if opt_outs:
        await rows.note_in_flight(session, {phone: one.message_id for phone, one in opt_outs.items()})
    added = await add_suppressions(
        session,
        [
            NewSuppression(phone, SuppressionReason.STOP, "inbound text", one.arrival.text.body, one.message_id)
            for phone, one in sorted(opt_outs.items())
        ],
        facts,
    )
    await _opt_in(session, [one for one in new if one.wish is Wish.OPT_IN])
    facts.settled += await outbox.cancel(
        session,
        reason=REPLIED,
        batch=CANCEL_LIMIT,
        campaign_id=None,
        phones=sorted(one.phone for one in new if one.wish is not Wish.OPT_OUT),
        campaign_lead_ids=None,
        purpose=Purpose.CAMPAIGN,
    )
    await _answer(session, [_confirmation(opt_outs[p], i) for p, i in sorted(added.items()) if opt_outs[p].is_by_wording])
    await _answer(session, [_help(one) for one in new if one.wish is Wish.HELP and one.is_by_wording])
    if wishes := [one for one in new if one.wish is not None]:
        await rows.mark_obeyed(
            session,
            closed=[one.thread.conversation_id for one in wishes if one.wish is Wish.OPT_OUT],
            obeyed=[one.thread.conversation_id for one in wishes if one.wish is not Wish.OPT_OUT],
        )


async def _opt_in(session: AsyncSession, new: Sequence[_New]) -> None:
    """Lift what the person may lift. To somebody who had not opted out, `YES` and its kin are plain answers."""
    if not new:
        return
    lifted = await suppression_rows.lift(session, [one.phone for one in new], "inbound text", LIFTED_BY_PERSON)
    if lifted:
        await publish(session, SuppressionsChanged())
    for one in new:
        if one.phone not in lifted:
            one.wish = None


async def _answer(session: AsyncSession, intents: Sequence[TextIntent]) -> None:
    if not intents:
        return
    try:
        async with session.begin_nested():
            await queue_texts(session, intents)
    except NoSenderAvailable:
        # The wish is obeyed all the same; there is only nobody to say so.
        log.warning("no_sender_for_compliance_text", texts=len(intents))


def _confirmation(one: _New, suppression_id: int) -> TextIntent:
    language = one.recognised.language if one.recognised else None
    body = wording(OPTED_OUT, (one.writer.language, language), get_settings().brand)
    return _compliance(one, body, f"opt_out:{suppression_id}")


def _help(one: _New) -> TextIntent:
    language = one.recognised.language if one.recognised else None
    body = wording(HELP, (one.writer.language, language), get_settings().brand)
    today: date = one.written_at.date()
    return _compliance(one, body, f"help:{one.thread.conversation_id}:{today}")


def _compliance(one: _New, body: str, key: str) -> TextIntent:
    return TextIntent(
        lead_id=one.writer.lead_id, phone=one.phone, body=body, dedupe_key=key, purpose=Purpose.COMPLIANCE, author=Author.SYSTEM
    )


def _new_inbound(arrival: Arrival, writer: Writer, thread: Thread, sender_id: int | None, now: datetime) -> NewInbound:
    text = arrival.text
    details: dict[str, object] = {"via": arrival.via}
    if text.media_urls:
        details["media_urls"] = text.media_urls
    return NewInbound(
        conversation_id=thread.conversation_id,
        lead_id=writer.lead_id,
        campaign_id=thread.campaign_id,
        sender_id=sender_id,
        phone=text.from_,
        body=text.body,
        carrier_sid=text.carrier_sid,
        segments=text.segments or count_segments(text.body).segments,
        created_at=arrival.written_at or now,
        details=details,
    )


def _addresses(text: InboundText) -> Sequence[str]:
    """Where our sender may be found: the number itself before the service it belongs to."""
    return [address for address in (text.to, text.messaging_service_sid) if address]


def _one_per_person(arrivals: Iterable[Arrival]) -> list[list[Arrival]]:
    """The texts in rounds with at most one per number, so that each person's wishes are obeyed in their order.

    What no person's number wrote (short codes, alphanumeric senders) is nobody's lead and is left out.
    """
    rounds: list[list[Arrival]] = []
    turns: dict[str, int] = {}
    for arrival in arrivals:
        phone = arrival.text.from_
        if not PERSON_NUMBER.fullmatch(phone):
            log.info("text_from_no_person", carrier_sid=arrival.text.carrier_sid)
            continue
        turn = turns.get(phone, 0)
        turns[phone] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(arrival)
    return rounds
