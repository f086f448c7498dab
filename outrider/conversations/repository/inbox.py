"""Queries of the list of conversations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, literal_column, or_, select, union_all
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.conversations.models import SEARCHABLE, WORDS, Conversation, Message, OutboxState, ThreadStatus
from outrider.conversations.repository.threads import NEEDS_REPLY, overview
from outrider.conversations.schemas import MAX_COUNTED, View
from outrider.db.pages import Order, SortKey, after, cursor_at, directed, page_of, position, read_rows
from outrider.leads.filters import conditions as lead_conditions
from outrider.leads.filters import is_one_of
from outrider.leads.folding import words
from outrider.leads.models import Lead
from outrider.leads.schemas import LeadFilter

LATEST_FIRST = Order("-last_message_at", SortKey(Conversation.last_message_at.expression, datetime), Conversation.id.expression)

# Written out, for the planner takes a partial index only when it sees that the condition holds.
HAS_WRITTEN = Conversation.inbound_count > literal_column("0")
NEEDS_PERSON = Conversation.needs_person_reason.is_not(None)
IS_SEARCHABLE: ColumnElement[bool] = literal_column(f"({SEARCHABLE})")
IS_UNKNOWN = Message.state == literal_column(f"'{OutboxState.UNKNOWN.value}'")
WAS_SAID = func.coalesce(Message.state, OutboxState.SENT) == OutboxState.SENT
"""The same in other words, which keeps the planner from the index: few messages of one conversation are read faster."""

MOST_COLLECTED = 5_000
"""Matches of a search that are collected and sorted; what matches more is common, and found by walking the list instead."""
WALKED = 2_000
"""Conversations that one page of a common search looks through."""
SHORTEST_PREFIX = 3
"""A shorter word must stand in a message as it is: too many words begin with it."""


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which conversations; None is any."""

    view: View = "all"
    actor: str = ""
    """Whose conversations `mine` are."""
    status: ThreadStatus | None = None
    needs_reply: bool | None = None
    has_written: bool | None = None
    handled_by: str | None = None
    campaign_id: int | None = None
    lead_id: int | None = None
    unknown_outcome: bool | None = None
    """Whether it has a text of which nobody can tell whether it left."""


async def page(
    session: AsyncSession, given: InboxFilter, search: str | None, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """Conversations by their last message, the latest first, and the cursor of the next page.

    A page of a search for what very many messages hold may be shorter than `limit`, and even empty, although there are more:
    then it has a cursor.
    """
    query = overview().where(*_conditions(given))
    if search is None:
        return await read_rows(session, query, LATEST_FIRST, cursor, limit)
    found = list((await session.execute(_collected(search))).scalars())
    if len(found) < MOST_COLLECTED:
        return await read_rows(session, query.where(is_one_of(Conversation.id, found)), LATEST_FIRST, cursor, limit)
    return await _walk(session, given, search, cursor, limit)


async def counts(session: AsyncSession, views: Sequence[InboxFilter]) -> list[int]:
    """How many conversations each filter matches, counted up to `MAX_COUNTED`."""
    counted = [select(func.count()).select_from(_some(given).subquery()).scalar_subquery() for given in views]
    return list((await session.execute(select(*counted))).one())


def _some(given: InboxFilter) -> Select[Any]:
    return select(literal_column("1")).select_from(Conversation).where(*_conditions(given)).limit(MAX_COUNTED)


def _conditions(given: InboxFilter) -> Iterator[ColumnElement[bool]]:
    if given.view == "mine":
        yield Conversation.assignee == given.actor
    elif given.view == "unassigned":
        yield and_(Conversation.assignee.is_(None), HAS_WRITTEN)
    elif given.view == "needs_person":
        yield NEEDS_PERSON
    if given.status is not None:
        yield Conversation.status == literal_column(f"'{ThreadStatus(given.status).value}'")
        if given.status != ThreadStatus.OPEN:
            yield Conversation.status != literal_column(f"'{ThreadStatus.OPEN.value}'")
    if given.needs_reply is not None:
        yield NEEDS_REPLY if given.needs_reply else ~NEEDS_REPLY
    if given.has_written is not None:
        yield HAS_WRITTEN if given.has_written else ~HAS_WRITTEN
    if given.handled_by is not None:
        yield Conversation.handled_by == given.handled_by
    if given.campaign_id is not None:
        yield Conversation.campaign_id == given.campaign_id
    if given.lead_id is not None:
        yield Conversation.lead_id == given.lead_id
    if given.unknown_outcome is not None:
        unknown = Conversation.id.in_(select(Message.conversation_id).where(IS_UNKNOWN))
        yield unknown if given.unknown_outcome else ~unknown


def _collected(search: str) -> Select[Any]:
    """Ids of the conversations that match; as many as `MOST_COLLECTED` if there may be more."""
    people = select(Conversation.id).join(Lead, Lead.id == Conversation.lead_id).where(*_person(search)).limit(MOST_COLLECTED)
    texts = select(Message.conversation_id.label("id")).where(IS_SEARCHABLE, _has_words(search)).limit(MOST_COLLECTED)
    both = union_all(people, texts).subquery("both")
    return select(both.c.id).limit(MOST_COLLECTED)


async def _walk(
    session: AsyncSession, given: InboxFilter, search: str, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The matches among the next conversations of the list."""
    place = position(LATEST_FIRST)
    walk = select(Conversation.id, Conversation.lead_id, *place).where(*after(LATEST_FIRST, cursor), *_conditions(given))
    walked = walk.order_by(*directed(LATEST_FIRST, *place)).limit(WALKED).subquery("walked")
    # With an offset, each is asked about one conversation; without, the planner may collect all that match beforehand.
    person = select(Lead.id).where(Lead.id == walked.c.lead_id, *_person(search)).offset(0).exists()
    texts = select(Message.id).where(Message.conversation_id == walked.c.id, WAS_SAID, _has_words(search))
    text = texts.offset(0).exists()
    matching = (
        select(walked.c.id, walked.c.sort_value, walked.c.sort_id)
        .where(or_(person, text))
        .order_by(*directed(LATEST_FIRST, walked.c.sort_value, walked.c.sort_id))
        .limit(limit + 1)
        .subquery("matching")
    )
    query = overview().join(matching, matching.c.id == Conversation.id).add_columns(matching.c.sort_value, matching.c.sort_id)
    rows = (await session.execute(query.order_by(*directed(LATEST_FIRST, *place)))).all()
    if len(rows) > limit:
        return page_of(rows, LATEST_FIRST, limit)
    end = select(walked.c.sort_value, walked.c.sort_id).order_by(*directed(LATEST_FIRST, walked.c.sort_value, walked.c.sort_id))
    last = (await session.execute(end.offset(WALKED - 1))).one_or_none()
    return rows, cursor_at(LATEST_FIRST, last) if last is not None else None


def _person(search: str) -> list[ColumnElement[bool]]:
    """The lead's name, company or number, as in the list of leads."""
    return list(lead_conditions(LeadFilter(search=search)))


def _has_words(search: str) -> ColumnElement[bool]:
    """A message holds every word of `search`, or words that begin so."""
    # The words are in the index as they are; quoted, no part of the query's syntax can be in them.
    query = " & ".join(f"'{word}':*" if len(word) >= SHORTEST_PREFIX else f"'{word}'" for word in words(search))
    found: ColumnElement[bool] = literal_column(WORDS.replace("body", "messages.body")).bool_op("@@")(cast(query, TSQUERY))
    return found
