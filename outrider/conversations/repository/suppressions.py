"""Queries about numbers that must not be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import Suppression, SuppressionReason
from outrider.db.pages import Order, SortKey, read_rows

SUPPRESSED_CHANNEL = "outrider_suppressed"

NEWEST_FIRST = Order("-created_at", SortKey(Suppression.created_at.expression, datetime), Suppression.id.expression)

INSERT = text("""
    INSERT INTO suppressions (phone, reason, source, evidence, message_id)
    SELECT DISTINCT ON (phone) phone, reason, source, evidence, message_id
    FROM unnest(CAST(:phones AS text[]), CAST(:reasons AS text[]), CAST(:sources AS text[]), CAST(:evidence AS text[]),
        CAST(:message_ids AS bigint[])) WITH ORDINALITY AS t (phone, reason, source, evidence, message_id, place)
    ORDER BY phone, place
    ON CONFLICT (phone) WHERE lifted_at IS NULL DO NOTHING
    RETURNING id, phone, reason
""")
NOTIFY = text("SELECT pg_notify(:channel, phone) FROM unnest(CAST(:phones AS text[])) AS t (phone)")
LEADS_OF = text("SELECT phone, id FROM leads WHERE phone = ANY(CAST(:phones AS text[]))")


@dataclass(frozen=True, slots=True)
class NewSuppression:
    phone: str
    """E.164."""
    reason: SuppressionReason
    source: str
    """Who or what asks for it: `inbound text`, `carrier 21610`, a person, a file."""
    evidence: str | None = None
    """The words that were said."""
    message_id: int | None = None


async def insert(session: AsyncSession, new: Sequence[NewSuppression]) -> dict[str, tuple[int, SuppressionReason]]:
    """Suppress the numbers that are not suppressed yet; returns id and reason of the new rows by number."""
    result = await session.execute(
        INSERT,
        {
            "phones": [one.phone for one in new],
            "reasons": [one.reason for one in new],
            "sources": [one.source for one in new],
            "evidence": [one.evidence for one in new],
            "message_ids": [one.message_id for one in new],
        },
    )
    return {row.phone: (row.id, SuppressionReason(row.reason)) for row in result}


async def tell_deliverers(session: AsyncSession, phones: Sequence[str]) -> None:
    """Let every deliverer know at commit, so that it drops what it claimed and has not posted yet."""
    await session.execute(NOTIFY, {"channel": SUPPRESSED_CHANNEL, "phones": list(phones)})


async def leads_of(session: AsyncSession, phones: Sequence[str]) -> dict[str, int]:
    """The lead behind each number that has one."""
    result = await session.execute(LEADS_OF, {"phones": list(phones)})
    return {row.phone: row.id for row in result}


async def suppressed_among(session: AsyncSession, phones: Sequence[str]) -> set[str]:
    result = await session.scalars(
        select(Suppression.phone).where(Suppression.phone == func.any(list(phones)), Suppression.lifted_at.is_(None))
    )
    return set(result)


async def lift(
    session: AsyncSession, phones: Sequence[str], by: str, reasons: Sequence[SuppressionReason] | None = None
) -> list[str]:
    """Close the open suppressions of these numbers, only those with one of `reasons` if given; returns the numbers."""
    closed = (
        update(Suppression)
        .where(Suppression.phone == func.any(list(phones)), Suppression.lifted_at.is_(None))
        .values(lifted_at=func.now(), lifted_by=by)
        .returning(Suppression.phone)
    )
    if reasons is not None:
        closed = closed.where(Suppression.reason.in_(reasons))
    return list(await session.scalars(closed))


async def page(
    session: AsyncSession,
    cursor: str | None,
    limit: int,
    *,
    reason: SuppressionReason | None,
    phone: str | None,
    active: bool | None,
) -> tuple[Sequence[Suppression], str | None]:
    """Suppressions, newest first, and the cursor of the next page.

    Args:
        phone: digits that the number holds.
        active: True for those in force, False for lifted ones.
    """
    query = select(Suppression)
    if reason is not None:
        query = query.where(Suppression.reason == reason)
    if phone is not None:
        query = query.where(Suppression.phone.contains(phone, autoescape=True))
    if active is not None:
        query = query.where(Suppression.lifted_at.is_(None) if active else Suppression.lifted_at.is_not(None))
    rows, next_cursor = await read_rows(session, query, NEWEST_FIRST, cursor, limit)
    return [row.Suppression for row in rows], next_cursor


async def lift_one(session: AsyncSession, suppression_id: int, by: str) -> Suppression | None:
    """Close a suppression in force; None if it is none."""
    return (
        await session.scalars(
            update(Suppression)
            .where(Suppression.id == suppression_id, Suppression.lifted_at.is_(None))
            .values(lifted_at=func.now(), lifted_by=by)
            .returning(Suppression)
        )
    ).one_or_none()
