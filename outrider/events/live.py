"""Telling the people who look at the product that something changed.

    announce(session, Topic.CAMPAIGNS, "changed", [campaign.id])

What a transaction announces becomes a few rows at its commit, one per topic and kind, and a wake-up for the API's
processes; a rolled-back transaction, or a rolled-back savepoint, says nothing. Rows hold ids only: who hears of a change
asks the API, which checks permissions and tells the truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from outrider.events.topics import Topic

CHANNEL = "outrider_live"
WAKER = "live waker"
"""Key in `Database.session_info` of what wakes the API's processes when it is not the database's own NOTIFY."""
MOST_IDS = 500
"""Ids that a row names; a change of more things is said to concern all."""

_NOTES = "live notes"
_WRITTEN = "live events written"

INSERT = """
    INSERT INTO live_events (topic, kind, payload)
    SELECT topic, kind, CAST(payload AS jsonb)
    FROM unnest(CAST(:topics AS text[]), CAST(:kinds AS text[]), CAST(:payloads AS text[])) AS t (topic, kind, payload)
"""
INSERT_ONLY = text(INSERT)
INSERT_AND_NOTIFY = text(f"WITH written AS ({INSERT}) SELECT pg_notify('{CHANNEL}', '')")


class Waker(Protocol):
    """Wakes the processes that have listeners; losing a wake-up only makes them later."""

    def wake(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Note:
    scopes: tuple[SessionTransaction, ...]
    """The savepoints in which it was announced: when one of them is rolled back, it never happened."""
    topic: Topic
    kind: str
    ids: tuple[int, ...]
    more: bool


def announce(session: AsyncSession, topic: Topic, kind: str, ids: Iterable[int] = (), *, more: bool = False) -> None:
    """Tell at commit that these things changed.

    Args:
        kind: what happened, a word that the client knows: `changed`, `received`.
        more: others changed too, and are not named.
    """
    notes: list[_Note] = session.sync_session.info.setdefault(_NOTES, [])
    notes.append(_Note(_scopes(session.sync_session), topic, kind, tuple(ids), more))


def _scopes(session: Session) -> tuple[SessionTransaction, ...]:
    scopes: list[SessionTransaction] = []
    scope = session.get_nested_transaction()
    while scope is not None:
        scopes.append(scope)
        scope = scope.parent
    return tuple(scopes)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    notes: list[_Note] | None = session.info.pop(_NOTES, None)
    if not notes:
        return
    merged = _merged(notes)
    has_waker = WAKER in session.info
    session.execute(
        INSERT_ONLY if has_waker else INSERT_AND_NOTIFY,
        {
            "topics": [topic.value for topic, _ in merged],
            "kinds": [kind for _, kind in merged],
            "payloads": [orjson.dumps(payload).decode() for payload in merged.values()],
        },
    )
    session.info[_WRITTEN] = True


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop(_WRITTEN, False) and WAKER in session.info:
        waker: Waker = session.info[WAKER]
        waker.wake()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, rolled_back: SessionTransaction) -> None:
    if rolled_back.parent is None:
        session.info.pop(_NOTES, None)
    elif _NOTES in session.info:
        session.info[_NOTES] = [note for note in session.info[_NOTES] if rolled_back not in note.scopes]


def _merged(notes: Iterable[_Note]) -> dict[tuple[Topic, str], dict[str, Any]]:
    """One payload per topic and kind, in the order of their first note."""
    ids: dict[tuple[Topic, str], dict[int, None]] = {}
    more: set[tuple[Topic, str]] = set()
    for note in notes:
        key = (note.topic, note.kind)
        ids.setdefault(key, {}).update(dict.fromkeys(note.ids))
        if note.more:
            more.add(key)
    return {key: {"ids": list(named)[:MOST_IDS], "more": key in more or len(named) > MOST_IDS} for key, named in ids.items()}
