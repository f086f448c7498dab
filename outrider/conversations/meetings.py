"""Who has a meeting with us: asked where a text may be about one. What knows meetings is above the conversations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy.ext.asyncio import AsyncSession

LeadsWithMeeting = Callable[[AsyncSession, Collection[int]], Awaitable[set[int]]]
"""Those of the leads that have a meeting ahead."""

_knowing: list[LeadsWithMeeting] = []


def knows_meetings(ask: LeadsWithMeeting) -> LeadsWithMeeting:
    """Decorator: the function knows which leads have a meeting ahead."""
    if ask not in _knowing:
        _knowing.append(ask)
    return ask


async def leads_with_meeting(session: AsyncSession, lead_ids: Collection[int]) -> set[int]:
    """Those of the leads that have a meeting ahead; nobody where nothing knows of meetings."""
    found: set[int] = set()
    for ask in _knowing:
        found |= await ask(session, lead_ids)
    return found
