"""Whose turn it is in a conversation: one run at a time, and a run that was overtaken changes nothing.

A run takes the turn under a lease, thinks without a transaction, and ends it by compare-and-set: if the person wrote again
or a colleague took over meanwhile, its answer is dropped and the conversation is answered anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import Change, ConversationChanged
from outrider.conversations.models import Decision, PersonReason
from outrider.conversations.notices import tell_needs_person
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.conversations.repository.threads import keep_decision
from outrider.events.bus import publish

BEGIN = text("""
    UPDATE conversations SET run_token = :token, run_lease_until = :until
    FROM leads
    WHERE conversations.id = :id AND leads.id = conversations.lead_id
      AND handled_by = 'agent' AND answered_count < inbound_count AND (run_token IS NULL OR run_lease_until < :now)
      AND NOT EXISTS (SELECT FROM suppressions WHERE suppressions.phone = leads.phone AND lifted_at IS NULL)
    RETURNING conversations.lead_id, leads.phone, campaign_id, inbound_count
""")

STANDING = text("""
    SELECT handled_by, answered_count < inbound_count AS is_unanswered,
           run_token IS NOT NULL AND run_lease_until >= :now AS is_busy
    FROM conversations WHERE id = :id
""")

END = text("""
    UPDATE conversations SET run_token = NULL, run_lease_until = NULL, answered_count = :inbound_count,
        first_unanswered_at = NULL
    WHERE id = :id AND run_token = :token AND inbound_count = :inbound_count AND handled_by = 'agent'
    RETURNING id
""")

LEAVE = text("""
    UPDATE conversations SET run_token = NULL, run_lease_until = NULL, handled_by = 'person',
        needs_person_reason = :reason, needs_person_detail = :detail
    WHERE id = :id AND run_token = :token AND inbound_count = :inbound_count AND handled_by = 'agent'
    RETURNING id
""")

RELEASE = text("UPDATE conversations SET run_token = NULL, run_lease_until = NULL WHERE id = :id AND run_token = :token")

HAND_OVER = text("""
    WITH before AS (
        SELECT id, handled_by = 'agent' AS was_agents FROM conversations WHERE id = ANY(CAST(:ids AS bigint[]))
        ORDER BY id FOR UPDATE
    )
    UPDATE conversations AS c SET handled_by = 'person', run_token = NULL, run_lease_until = NULL,
        needs_person_reason = coalesce(needs_person_reason, :reason),
        needs_person_detail = CASE WHEN needs_person_reason IS NULL THEN :detail ELSE needs_person_detail END
    FROM before WHERE c.id = before.id
    RETURNING c.id, before.was_agents
""")


class NoTurn(StrEnum):
    """Why an agent may not answer now."""

    NOTHING_TO_ANSWER = "nothing_to_answer"
    BUSY = "busy"
    """Another run has the turn."""
    PERSON = "person"
    """A person handles the conversation."""
    SUPPRESSED = "suppressed"


class TurnEnd(StrEnum):
    DONE = "done"
    OVERTAKEN = "overtaken"
    """The answer was dropped; what came in between is still unanswered."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to answer one conversation until the lease ends."""

    conversation_id: int
    lead_id: int
    phone: str
    campaign_id: int | None
    inbound_count: int
    """Texts received when the turn began."""
    token: str


async def begin_turn(session: AsyncSession, conversation_id: int, lease: timedelta) -> Turn | NoTurn:
    """Take the turn, or say why not."""
    now, token = datetime.now(UTC), secrets.token_hex(16)
    arguments = {"id": conversation_id, "token": token, "until": now + lease, "now": now}
    row = (await session.execute(BEGIN, arguments)).one_or_none()
    if row is not None and row.phone is not None:
        return Turn(conversation_id, row.lead_id, row.phone, row.campaign_id, row.inbound_count, token)
    standing = (await session.execute(STANDING, {"id": conversation_id, "now": now})).one_or_none()
    if standing is None or not standing.is_unanswered:
        return NoTurn.NOTHING_TO_ANSWER
    if standing.handled_by == "person":
        return NoTurn.PERSON
    return NoTurn.BUSY if standing.is_busy else NoTurn.SUPPRESSED


async def end_turn(session: AsyncSession, turn: Turn, reply: TextIntent | None) -> tuple[TurnEnd, int | None]:
    """Give the turn back with the answer, or with the decision not to answer (None).

    Returns:
        How it ended, and the id of the answer's message.

    Raises:
        NoSenderAvailable: nobody can send the answer; nothing may be kept.
    """
    ended, message_id = await _end(session, turn, END), None
    if ended is TurnEnd.DONE and reply is not None:
        (message_id,) = await queue_texts(session, [reply])
    return ended, message_id


async def leave_to_person(session: AsyncSession, turn: Turn, reason: PersonReason, detail: str = "") -> TurnEnd:
    """Give the turn back without an answer; a person handles the conversation, and its texts stay unanswered."""
    left = await _end(session, turn, LEAVE, reason=reason, detail=detail or None)
    if left is TurnEnd.DONE:
        keep_decision(session, turn.conversation_id, Decision.HANDED_OVER, detail=reason)
        await tell_needs_person(session, [turn.conversation_id], reason, detail)
        await publish(session, ConversationChanged(turn.conversation_id, Change.HANDLING))
    return left


async def _end(session: AsyncSession, turn: Turn, statement: TextClause, **further: str | None) -> TurnEnd:
    arguments = {"id": turn.conversation_id, "token": turn.token, "inbound_count": turn.inbound_count, **further}
    if (await session.execute(statement, arguments)).one_or_none() is not None:
        return TurnEnd.DONE
    await release_turn(session, turn)
    return TurnEnd.OVERTAKEN


async def release_turn(session: AsyncSession, turn: Turn) -> None:
    """Give the turn back without an answer; the person's text stays unanswered."""
    await session.execute(RELEASE, {"id": turn.conversation_id, "token": turn.token})


async def hand_over(session: AsyncSession, conversation_id: int, reason: PersonReason, detail: str = "") -> None:
    """From now on a person answers; a run in progress is overtaken. An earlier reason why it needs a person stays."""
    await hand_over_all(session, [conversation_id], reason, detail)


async def hand_over_all(session: AsyncSession, conversation_ids: Collection[int], reason: PersonReason, detail: str = "") -> None:
    """As `hand_over`, for several conversations at once."""
    arguments = {"ids": list(conversation_ids), "reason": reason, "detail": detail or None}
    handed = (await session.execute(HAND_OVER, arguments)).all()
    for conversation in handed:
        if conversation.was_agents:
            keep_decision(session, conversation.id, Decision.HANDED_OVER, detail=reason)
        await publish(session, ConversationChanged(conversation.id, Change.HANDLING))
    await tell_needs_person(session, [conversation.id for conversation in handed if conversation.was_agents], reason, detail)
