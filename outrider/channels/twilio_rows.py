"""Twilio's JSON rows, read into the port's types. Raises ValueError, TypeError, KeyError or AttributeError on other shapes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from outrider.channels.base import Accepted, CarrierAccount, CarrierMessage, DeliveryStatus

_STATUSES = {"scheduled": DeliveryStatus.ACCEPTED, "partially_delivered": DeliveryStatus.SENT} | {
    str(status): status for status in DeliveryStatus
}


def accepted(row: Mapping[str, Any]) -> Accepted:
    """The answer to a create. Any status means that the text exists; one we don't know counts as `accepted`."""
    status = delivery_status(row.get("status")) or DeliveryStatus.ACCEPTED
    return Accepted(_required(row, "sid"), status, _segments(row), _price(row))


def message(row: Mapping[str, Any]) -> CarrierMessage:
    return CarrierMessage(
        carrier_sid=_required(row, "sid"),
        direction=_required(row, "direction"),
        from_=row.get("from") or "",
        to=row.get("to") or "",
        body=row.get("body") or "",
        status=_required(row, "status"),
        error_code=int(row["error_code"]) if row.get("error_code") else None,
        created_at=utc(row["date_created"]),
        sent_at=utc(row["date_sent"]) if row.get("date_sent") else None,
        segments=_segments(row),
        price=_price(row),
        messaging_service_sid=row.get("messaging_service_sid") or None,
    )


def page(row: Mapping[str, Any]) -> tuple[list[CarrierMessage], str | None]:
    """Messages of one page, and path and query of the next one: never its host, which stays ours."""
    following = urlsplit(row["next_page_uri"] or "")
    address = f"{following.path}?{following.query}" if following.path else None
    return [message(one) for one in row["messages"]], address


def account(row: Mapping[str, Any]) -> CarrierAccount:
    name, kind = row.get("friendly_name") or "", row.get("type") or ""
    return CarrierAccount(_required(row, "sid"), str(name), _required(row, "status"), str(kind))


def delivery_status(word: str | None) -> DeliveryStatus | None:
    """The delivery status behind Twilio's word; None for one that is none (`received`) or that is new."""
    return _STATUSES.get(word or "")


def utc(date: str) -> datetime:
    """An RFC 2822 date; one without a zone is UTC."""
    parsed = parsedate_to_datetime(date)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def _required(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is empty")
    return value


def _segments(row: Mapping[str, Any]) -> int | None:
    """Twilio writes a string, and "0" until a messaging service has chosen its sender. What is no number is not known."""
    text = str(row.get("num_segments") or "")
    return int(text) or None if text.isdecimal() else None


def _price(row: Mapping[str, Any]) -> Decimal | None:
    """Twilio writes a charge as a negative number, and null until billed. What is no number is not known."""
    try:
        price = abs(Decimal(row.get("price") or "NaN"))
    except InvalidOperation:
        return None
    return price if price.is_finite() else None
