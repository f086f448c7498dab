"""What became of a campaign lead's text, as conditions on `messages`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, lateral, literal_column, null, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from outrider.campaigns.models import CampaignLead, Delivery
from outrider.conversations.models import Message, OutboxState

Columns = Any
"""The class `Message`, an alias of it, or the columns of a subquery of it."""

REPORTS = {
    Delivery.DELIVERED: ("delivered", "read"),
    Delivery.UNDELIVERED: ("undelivered", "failed"),
    Delivery.CANCELLED: ("canceled",),
}
"""What the carrier reports of a text it accepted; anything else means that the text is on its way."""


def delivery_is(delivery: Delivery, message: Columns = Message) -> ColumnElement[bool]:
    """The condition of a text with this outcome; it names the states, so that partial indexes are found."""
    of_sent = and_(_state(message, OutboxState.SENT), _reported(message, REPORTS.get(delivery, ())))
    if delivery in (Delivery.DELIVERED, Delivery.UNDELIVERED):
        return of_sent
    if delivery == Delivery.CANCELLED:
        return or_(_state(message, OutboxState.CANCELLED), of_sent)
    if delivery == Delivery.SENT:
        told = [status for statuses in REPORTS.values() for status in statuses]
        unheard = or_(message.delivery_status.is_(None), ~_reported(message, told))
        return and_(_state(message, OutboxState.SENT), unheard)
    return _state(message, OutboxState(delivery.value))


def delivery_of(message: Columns) -> ColumnElement[str | None]:
    """The outcome as a column; NULL without a text."""
    return case(*((delivery_is(delivery, message), delivery.value) for delivery in Delivery), else_=null())


def latest_text() -> LateralFromClause:
    """The last text of a row of `campaign_leads`: it tells how the lead stands."""
    columns = (Message.state, Message.delivery_status, Message.hold_reason)
    texts = select(*columns).where(Message.campaign_lead_id == CampaignLead.id)
    return lateral(texts.order_by(Message.id.desc()).limit(1))


def is_latest() -> ColumnElement[bool]:
    """No later text belongs to the same campaign lead."""
    later = aliased(Message)
    return ~select(later.id).where(later.campaign_lead_id == Message.campaign_lead_id, later.id > Message.id).exists()


def _state(message: Columns, state: OutboxState) -> ColumnElement[bool]:
    found: ColumnElement[bool] = message.state == literal_column(f"'{state.value}'")
    return found


def _reported(message: Columns, statuses: Sequence[str]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = message.delivery_status.in_(statuses)
    return found
