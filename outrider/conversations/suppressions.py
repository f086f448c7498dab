"""Numbers that must not be contacted, on any channel.

A suppression takes effect with its transaction: waiting texts to the number are cancelled in it, later claims see it,
and deliverers that hold a claimed text hear of it at commit.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.events import NumberSuppressed, SuppressionsChanged
from outrider.conversations.facts import Facts
from outrider.conversations.repository import outbox
from outrider.conversations.repository import suppressions as rows
from outrider.conversations.repository.suppressions import NewSuppression
from outrider.events.bus import publish

SUPPRESSED = "suppressed"
CANCEL_LIMIT = 100_000
"""Waiting texts to the numbers that one transaction suppresses; far more than ever wait."""

__all__ = ["SUPPRESSED", "NewSuppression", "add_suppressions", "suppress", "suppressed_phones"]


async def suppressed_phones(session: AsyncSession, phones: Sequence[str]) -> set[str]:
    """Those of `phones` that must not be contacted."""
    return await rows.suppressed_among(session, phones) if phones else set()


async def suppress(session: AsyncSession, new: Sequence[NewSuppression]) -> dict[str, int]:
    """Stop all contact with these numbers; returns the ids of the new suppressions by number.

    Cancels what waits for them and publishes `TextsSettled` and `NumberSuppressed`. A number that is suppressed keeps
    its first reason.
    """
    facts = Facts()
    added = await add_suppressions(session, new, facts)
    await facts.publish(session)
    return added


async def add_suppressions(session: AsyncSession, new: Sequence[NewSuppression], facts: Facts) -> dict[str, int]:
    """As `suppress`, but what there is to publish goes to `facts`."""
    if not new:
        return {}
    added = await rows.insert(session, new)
    facts.settled += await outbox.cancel(
        session,
        reason=SUPPRESSED,
        batch=CANCEL_LIMIT,
        campaign_id=None,
        phones=sorted({one.phone for one in new}),
        campaign_lead_ids=None,
        purpose=None,
    )
    if added:
        await rows.tell_deliverers(session, sorted(added))
        await publish(session, SuppressionsChanged())
        leads = await rows.leads_of(session, sorted(added))
        # A number that is nobody's lead concerns nobody above.
        facts.suppressed += [
            NumberSuppressed(phone, [leads[phone]], reason) for phone, (_, reason) in sorted(added.items()) if phone in leads
        ]
    return {phone: suppression_id for phone, (suppression_id, _) in added.items()}
