"""Queries of places in campaigns: the leads of one campaign, and the campaigns of one lead."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, lateral, literal_column, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.models import Campaign, CampaignLead, CampaignLeadStatus
from outrider.campaigns.repository.delivery import delivery_is, delivery_of, is_latest, latest_text
from outrider.campaigns.schemas import CampaignLeadFilter
from outrider.conversations.models import Conversation, Direction, Message, OutboxState
from outrider.db.pages import Order, SortKey, after, directed, page_of, position, read_order, read_rows
from outrider.leads.filters import conditions as lead_conditions
from outrider.leads.models import Lead
from outrider.leads.schemas import LeadFilter
from outrider.workflows.models import RunWait

WORKED_AT = func.coalesce(CampaignLead.processed_at, literal_column("to_timestamp(0)"))
"""As its index has it; what was not worked yet comes before everything that was."""

SORTS = {
    "id": SortKey(CampaignLead.id.expression, int),
    "processed_at": SortKey(WORKED_AT, datetime),
    "name": SortKey(func.lower(Lead.name), str),
}
CAMPAIGN_SORTS = {"id": SortKey(CampaignLead.id.expression, int)}

WALKED = 5_000
"""Rows that are looked through in the list's order before those that match are collected and sorted instead."""


async def campaign_leads(
    session: AsyncSession, campaign_id: int, given: CampaignLeadFilter, sort: str, cursor: str | None, limit: int
) -> tuple[Sequence[Row[Any]], str | None]:
    """Rows with CampaignLead, name, phone, company, sent, response, delivery, delivery_status, hold_reason, conversation_id,
    waiting_for, waiting_until, waiting_at.

    As in the list of leads, either way of finding them can be slow: following the list's order when few match, collecting all
    that match when these are many. So the order is followed for a bounded while, and only then the matches are collected.
    """
    order = _order(sort)
    found: Sequence[Row[Any]] = (await session.execute(_walked(campaign_id, given, order, cursor, limit))).all()
    if len(found) <= limit:
        found = (await session.execute(_collected(campaign_id, given, order, cursor, limit))).all()
    page, next_cursor = page_of(found, order, limit)
    ids = [row.id for row in page]
    shown = {row.CampaignLead.id: row for row in await session.execute(_shown().where(CampaignLead.id.in_(ids)))}
    return [shown[number] for number in ids if number in shown], next_cursor


async def campaign_lead(session: AsyncSession, campaign_lead_id: int) -> Row[Any] | None:
    """As a row of `campaign_leads`."""
    row: Row[Any] | None = (await session.execute(_shown().where(CampaignLead.id == campaign_lead_id))).one_or_none()
    return row


async def campaign_lead_chunks(
    session: AsyncSession, campaign_id: int, statuses: Sequence[CampaignLeadStatus], size: int
) -> AsyncIterator[Sequence[Row[Any]]]:
    """The campaign's leads as rows of `campaign_leads`, by id, read with a server-side cursor."""
    query = _shown().where(CampaignLead.campaign_id == campaign_id).order_by(CampaignLead.id)
    if statuses:
        query = query.where(CampaignLead.status.in_(statuses))
    result = await session.stream(query.execution_options(yield_per=size))
    async for chunk in result.partitions():
        session.expunge_all()
        yield chunk


async def campaigns_of_lead(
    session: AsyncSession, lead_id: int, sort: str, cursor: str | None, limit: int
) -> tuple[Sequence[Row[Any]], str | None]:
    """Rows with CampaignLead, the campaign's name and status, and the delivery of the lead's text."""
    latest = latest_text()
    columns: list[Any] = [CampaignLead, Campaign.name, Campaign.status.label("campaign_status")]
    query = (
        select(*columns, delivery_of(latest.c).label("delivery"))
        .join(Campaign, Campaign.id == CampaignLead.campaign_id)
        .outerjoin(latest, true())
        .where(CampaignLead.lead_id == lead_id)
    )
    return await read_rows(session, query, read_order(sort, CAMPAIGN_SORTS, CampaignLead.id), cursor, limit)


def _order(sort: str) -> Order:
    # Of equal names, the person's number decides: a lead is in a campaign once, and the index of names has it.
    is_by_name = sort.removeprefix("-") == "name"
    return read_order(sort, SORTS, Lead.id if is_by_name else CampaignLead.id)


def _walked(campaign_id: int, given: CampaignLeadFilter, order: Order, cursor: str | None, limit: int) -> Select[Any]:
    """Matches among the next rows in the list's order."""
    place = position(order)
    if order.key is SORTS["name"]:
        walk = select(Lead.id.label("lead_id"), *place)
    else:
        walk = select(CampaignLead.lead_id, *place).where(CampaignLead.campaign_id == campaign_id)
    walked = walk.where(*after(order, cursor)).order_by(*directed(order, *place)).limit(WALKED).subquery("walked").c
    query = (
        select(CampaignLead.id, walked.sort_value, walked.sort_id)
        .join_from(walked.lead_id.table, CampaignLead, CampaignLead.lead_id == walked.lead_id)
        .where(CampaignLead.campaign_id == campaign_id, *_conditions(given))
    )
    if given.delivery:
        latest = latest_text()
        query = query.join(latest, or_(*(delivery_is(delivery, latest.c) for delivery in given.delivery)))
    if given.search:
        # With an offset, each is asked about one lead; without, the planner may collect all that match beforehand.
        person = select(Lead.id).where(Lead.id == CampaignLead.lead_id, *_person(given.search)).offset(0)
        query = query.where(person.exists())
    return query.order_by(*directed(order, walked.sort_value, walked.sort_id)).limit(limit + 1)


def _collected(campaign_id: int, given: CampaignLeadFilter, order: Order, cursor: str | None, limit: int) -> Select[Any]:
    """All that match, whatever index finds them best, then sorted."""
    query = select(CampaignLead.id, *position(order)).where(
        CampaignLead.campaign_id == campaign_id, *_conditions(given), *after(order, cursor)
    )
    if given.search or order.key is SORTS["name"]:
        query = query.join(Lead, Lead.id == CampaignLead.lead_id)
    if given.search:
        query = query.where(*_person(given.search))
    if given.delivery:
        outcomes = or_(*(delivery_is(delivery) for delivery in given.delivery))
        query = query.join(Message, Message.campaign_lead_id == CampaignLead.id)
        query = query.where(Message.campaign_id == campaign_id, outcomes, is_latest())
    matching = query.cte("matching").prefix_with("MATERIALIZED")
    return select(matching).order_by(*directed(order, matching.c.sort_value, matching.c.sort_id)).limit(limit + 1)


def _conditions(given: CampaignLeadFilter) -> Iterator[ColumnElement[bool]]:
    """What must hold for a row of `campaign_leads`."""
    if given.status:
        yield CampaignLead.status.in_(given.status)
    if given.skip_reason:
        yield CampaignLead.skip_reason.in_(given.skip_reason)
    if given.replied is not None:
        yield CampaignLead.replied_at.is_not(None) if given.replied else CampaignLead.replied_at.is_(None)
    if given.error is not None:
        yield CampaignLead.error_message == given.error


def _person(search: str) -> list[ColumnElement[bool]]:
    """The lead's name, company, address or number, as in the list of leads."""
    return list(lead_conditions(LeadFilter(search=search)))


def _shown() -> Select[Any]:
    latest = latest_text()
    response = lateral(
        select(Message.body)
        .where(
            Message.lead_id == CampaignLead.lead_id,
            Message.direction == Direction.IN,
            CampaignLead.replied_at.is_not(None),
            Message.created_at >= CampaignLead.processed_at,
        )
        .order_by(Message.id)
        .limit(1)
    )
    wait = lateral(
        select(RunWait.kind, RunWait.due_at, RunWait.node_id)
        .where(RunWait.run_id == CampaignLead.run_id, CampaignLead.status == CampaignLeadStatus.WAITING)
        .order_by(RunWait.due_at, RunWait.id)
        .limit(1)
    )
    return (
        select(
            CampaignLead,
            Lead.name,
            Lead.phone,
            Lead.company,
            (latest.c.state == OutboxState.SENT).label("sent"),
            delivery_of(latest.c).label("delivery"),
            latest.c.delivery_status,
            latest.c.hold_reason,
            response.c.body.label("response"),
            wait.c.kind.label("waiting_for"),
            wait.c.due_at.label("waiting_until"),
            wait.c.node_id.label("waiting_at"),
            Conversation.id.label("conversation_id"),
        )
        .join(Lead, Lead.id == CampaignLead.lead_id)
        .outerjoin(Conversation, Conversation.lead_id == CampaignLead.lead_id)
        .outerjoin(latest, true())
        .outerjoin(response, true())
        .outerjoin(wait, true())
    )
