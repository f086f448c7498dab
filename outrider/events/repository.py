"""Reading live events exactly once, although ids commit out of order.

A reader keeps the snapshot (`pg_current_snapshot()`) of its last read and asks for the rows that it did not show. That is
exact: no row is missed, none comes twice, and no slow transaction holds up the others.

A client keeps only the id of the last frame it got. What it may have missed was written by transactions that had not
committed when that row was read, so they had not when it was written either, and all of them have at least the number
that the row noted as its horizon. Replaying from there brings some rows again; a client drops what it knows by id and topic.
Rows of one read are sent by id: of two rows committed by then, the one with the higher id was written while the lower
one's horizon was still open, so the same holds for a client that is cut off in their midst.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.topics import Topic

LOOK = text("SELECT pg_current_snapshot()::text AS snapshot, (SELECT max(id) FROM live_events) AS newest")

READ = text("""
    SELECT s.snapshot::text AS snapshot, e.id, e.topic, e.kind, e.payload
    FROM (SELECT pg_current_snapshot() AS snapshot) AS s
    LEFT JOIN live_events AS e ON e.transaction_id >= :oldest
        AND NOT pg_visible_in_snapshot(CAST(CAST(e.transaction_id AS text) AS xid8), CAST(CAST(:seen AS text) AS pg_snapshot))
    ORDER BY e.id LIMIT :most
""")

HORIZON = text("SELECT horizon FROM live_events WHERE id = :id")

REPLAY = text("""
    SELECT id, topic, kind, payload FROM live_events
    WHERE transaction_id >= :horizon AND topic = ANY(CAST(:topics AS text[])) ORDER BY id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Told:
    """A row as it was read."""

    id: int
    topic: Topic
    kind: str
    ids: list[int]
    more: bool
    """Further things changed that are not named."""


@dataclass(frozen=True, slots=True)
class View:
    """How far a reader has read."""

    snapshot: str
    newest: int | None
    """An id of it from which a client may resume."""

    @property
    def oldest_open(self) -> int:
        """The oldest transaction that the snapshot did not show; the first number of its text form."""
        return int(self.snapshot.partition(":")[0])


async def look(session: AsyncSession) -> View:
    """The present, with nothing left to read."""
    row = (await session.execute(LOOK)).one()
    return View(row.snapshot, row.newest)


async def read_since(session: AsyncSession, seen: View, most: int) -> tuple[list[Told] | None, View]:
    """What was committed since `seen`, by id, and the new view; None instead of more than `most` rows."""
    rows = (await session.execute(READ, {"oldest": seen.oldest_open, "seen": seen.snapshot, "most": most + 1})).all()
    told = [_told(row) for row in rows if row.id is not None]
    view = View(rows[0].snapshot, max([seen.newest or 0, *(one.id for one in told)]) or None)
    return (None if len(told) > most else told), view


async def horizon_of(session: AsyncSession, event_id: int) -> int | None:
    """Where to replay from for a client whose last event this was; None if it is no longer known."""
    found = (await session.execute(HORIZON, {"id": event_id})).scalar_one_or_none()
    return None if found is None else int(found)


async def replay(session: AsyncSession, horizon: int, topics: Iterable[Topic], most: int) -> list[Told] | None:
    """What a client with this horizon may have missed, by id; None instead of more than `most` rows."""
    wanted = sorted(topic.value for topic in topics)
    rows: Sequence[Any] = (await session.execute(REPLAY, {"horizon": horizon, "topics": wanted, "most": most + 1})).all()
    return None if len(rows) > most else [_told(row) for row in rows]


def _told(row: Any) -> Told:
    return Told(row.id, Topic(row.topic), row.kind, row.payload["ids"], row.payload["more"])
