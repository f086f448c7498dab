"""Telling people that a budget goes to its end: at half of it, at four fifths, and when it is used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.llm.budgets import repository as rows
from outrider.llm.budgets.notices import tell_reached
from outrider.llm.budgets.purses import Purse, Standing

log = structlog.get_logger(__name__)

THRESHOLDS = (50, 80, 100)
"""Percent of the limit."""


MOST_REMEMBERED = 10_000
_known: set[tuple[Purse, Decimal | None, int]] = set()
"""Thresholds that this process knows to have been told: most looks at a budget find nothing new."""


async def tell_alerts(session: AsyncSession, standings: Mapping[Purse, Standing]) -> None:
    """Tell of thresholds that are reached, each once for its period and limit.

    What is reserved for calls under way is not spent yet, and gives no alarm.
    """
    for purse in sorted(standings):
        standing = standings[purse]
        if any((purse, standing.limit, threshold) not in _known for threshold in reached_by(standing)):
            spent = Standing(standing.spent - await rows.under_way(session, purse), standing.limit)
            await keep_alerts(session, purse, spent, reached_by(spent))


async def keep_alerts(session: AsyncSession, purse: Purse, standing: Standing, thresholds: Sequence[int]) -> None:
    """Keep and tell those that were not told before."""
    new = [threshold for threshold in thresholds if (purse, standing.limit, threshold) not in _known]
    if not new:
        return
    told = await rows.tell(session, purse, standing, new)
    if told:
        log.warning("budget_alert", scope=purse.scope, subject_id=purse.subject_id, percent=max(told.values()))
        announce(session, Topic.BUDGETS, "alert", told)
        await tell_reached(session, purse, standing, told.values())
    if len(_known) > MOST_REMEMBERED:
        _known.clear()
    # What was written just now may yet be rolled back.
    _known.update((purse, standing.limit, threshold) for threshold in set(new) - set(told.values()))


def forget_told() -> None:
    """Look again at what was told: for a process that turns to another database."""
    _known.clear()


def reached_by(standing: Standing) -> list[int]:
    """The thresholds at or below what is spent."""
    if standing.limit is None:
        return []
    return [threshold for threshold in THRESHOLDS if standing.spent * 100 >= threshold * standing.limit]
