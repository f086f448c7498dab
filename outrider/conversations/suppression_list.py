"""The list of suppressed numbers, as people look at it, add to it and take from it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import SuppressionsChanged
from outrider.conversations.models import Suppression, SuppressionReason
from outrider.conversations.repository import suppressions as rows
from outrider.conversations.schemas import SuppressionIn, SuppressionOut
from outrider.conversations.suppressions import NewSuppression, suppress
from outrider.db.pages import Page
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.bus import publish
from outrider.leads.phones import UnusablePhone, parse_phone

IMPORT_CHUNK = 5_000
OPTED_OUT = (SuppressionReason.STOP, SuppressionReason.CARRIER, SuppressionReason.COMPLAINT)
"""Reasons that are the person's own wish."""


class AlreadySuppressed(Conflict):
    """The number is suppressed."""


class NotSuppressed(Conflict):
    """The suppression was lifted before."""


class ReasonNeeded(InvalidInput):
    """Only the person's own wish lifts their opt-out, so it has to be written down."""


async def list_suppressions(
    session: AsyncSession,
    *,
    cursor: str | None,
    limit: int,
    reason: SuppressionReason | None,
    phone: str | None,
    active: bool | None,
) -> Page[SuppressionOut]:
    """A page of the list, newest first.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    found, next_cursor = await rows.page(session, cursor, limit, reason=reason, phone=phone, active=active)
    return Page(items=[SuppressionOut.model_validate(row) for row in found], next_cursor=next_cursor)


async def add_by_person(session: AsyncSession, given: SuppressionIn, by: str, default_region: str) -> Suppression:
    """Suppress a number on a person's order.

    Raises:
        InvalidInput: no phone number.
        AlreadySuppressed: it is in force.
    """
    try:
        phone = parse_phone(given.phone, default_region).e164
    except UnusablePhone as problem:
        raise InvalidInput.on("body.phone", str(problem), "Write the number in international form.") from problem
    added = await suppress(session, [NewSuppression(phone, given.reason, by, given.evidence)])
    if phone not in added:
        raise AlreadySuppressed(f"{phone} is suppressed already.")
    return await session.get_one(Suppression, added[phone])


async def lift(session: AsyncSession, suppression_id: int, by: str, note: str) -> Suppression:
    """Allow contact again.

    Raises:
        NotFound: no such suppression.
        NotSuppressed: it was lifted before.
        ReasonNeeded: the person opted out, and `note` does not say how they took it back.
    """
    suppression = await session.get(Suppression, suppression_id)
    if suppression is None:
        raise NotFound(f"There is no suppression {suppression_id}.")
    if suppression.reason in OPTED_OUT and not note.strip():
        raise ReasonNeeded.on("body.note", "is empty", "Write down how the person asked to be contacted again.")
    lifted = await rows.lift_one(session, suppression_id, f"{by}: {note}" if note else by)
    if lifted is None:
        raise NotSuppressed(f"Suppression {suppression_id} was lifted before.")
    await publish(session, SuppressionsChanged())
    await session.refresh(lifted)
    return lifted


async def import_numbers(session: AsyncSession, new: Sequence[NewSuppression]) -> int:
    """Suppress the numbers of a file; returns how many were not suppressed before."""
    added = 0
    for start in range(0, len(new), IMPORT_CHUNK):
        added += len(await suppress(session, new[start : start + IMPORT_CHUNK]))
    return added
