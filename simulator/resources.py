"""The JSON shapes of Twilio's resources."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from simulator.errors import DELIVERY_ERRORS
from simulator.messages import Message
from simulator.numbers import MessagingService, PhoneNumber

PRICE_PER_SEGMENT = 0.0083
_BILLED = frozenset({"delivered", "undelivered", "received"})
_UNASSIGNED = frozenset({"accepted", "scheduled"})
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc2822(moment: float) -> str:
    """A date as the 2010-04-01 API writes it; whole seconds, UTC."""
    return _rfc2822(int(moment))


@lru_cache(maxsize=4096)
def _rfc2822(second: int) -> str:
    t = time.gmtime(second)
    clock = f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
    return f"{_DAYS[t.tm_wday]}, {t.tm_mday:02} {_MONTHS[t.tm_mon - 1]} {t.tm_year} {clock} +0000"


def iso8601(moment: float) -> str:
    """A date as the v1 APIs write it."""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def message_resource(account_sid: str, message: Message) -> dict[str, Any]:
    """One message. A service that has not chosen its number yet shows no sender and no segments."""
    path = f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.created),
        "date_sent": rfc2822(message.sent) if message.sent is not None else None,
        "date_updated": rfc2822(message.updated),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": DELIVERY_ERRORS.get(message.error_code) if message.error_code else None,
        "from": message.sender,
        "messaging_service_sid": message.service_sid,
        "num_media": str(len(message.media)),
        "num_segments": "0" if message.status in _UNASSIGNED else str(message.segments),
        "price": f"{-PRICE_PER_SEGMENT * message.segments:.5f}" if message.status in _BILLED else None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.to,
        "uri": f"{path}.json",
    }


def account_resource(account_sid: str, auth_token: str, started: float) -> dict[str, Any]:
    path = f"/2010-04-01/Accounts/{account_sid}"
    return {
        "auth_token": auth_token,
        "date_created": rfc2822(started),
        "date_updated": rfc2822(started),
        "friendly_name": "Simulated account",
        "owner_account_sid": account_sid,
        "sid": account_sid,
        "status": "active",
        "subresource_uris": {
            "incoming_phone_numbers": f"{path}/IncomingPhoneNumbers.json",
            "messages": f"{path}/Messages.json",
        },
        "type": "Full",
        "uri": f"{path}.json",
    }


def number_resource(account_sid: str, number: PhoneNumber) -> dict[str, Any]:
    return {
        "account_sid": account_sid,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": "2010-04-01",
        "beta": False,
        "capabilities": {"fax": False, "mms": True, "sms": True, "voice": True},
        "date_created": rfc2822(number.created),
        "date_updated": rfc2822(number.created),
        "friendly_name": number.friendly_name,
        "origin": "twilio",
        "phone_number": number.number,
        "sid": number.sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": "",
        "status_callback_method": "POST",
        "uri": f"/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
    }


def service_resource(account_sid: str, service: MessagingService, base_url: str) -> dict[str, Any]:
    url = f"{base_url}/v1/Services/{service.sid}"
    return {
        "account_sid": account_sid,
        "area_code_geomatch": True,
        "date_created": iso8601(service.created),
        "date_updated": iso8601(service.created),
        "fallback_method": "POST",
        "fallback_to_long_code": False,
        "fallback_url": None,
        "friendly_name": service.friendly_name,
        "inbound_method": "POST",
        "inbound_request_url": service.inbound_request_url or None,
        "links": {"phone_numbers": f"{url}/PhoneNumbers"},
        "mms_converter": True,
        "scan_message_content": "inherit",
        "sid": service.sid,
        "smart_encoding": False,
        "status_callback": service.status_callback or None,
        "sticky_sender": True,
        "synchronous_validation": False,
        "url": url,
        "use_inbound_webhook_on_number": not service.inbound_request_url,
        "usecase": "undeclared",
        "validity_period": 36000,
    }


def pool_resource(account_sid: str, service: MessagingService, number: PhoneNumber, base_url: str) -> dict[str, Any]:
    return {
        "account_sid": account_sid,
        "capabilities": ["SMS", "MMS", "Voice"],
        "country_code": "US",
        "date_created": iso8601(number.created),
        "date_updated": iso8601(number.created),
        "phone_number": number.number,
        "service_sid": service.sid,
        "sid": number.sid,
        "url": f"{base_url}/v1/Services/{service.sid}/PhoneNumbers/{number.sid}",
    }


def page_2010(
    path: str, query: dict[str, str], key: str, items: Sequence[dict[str, Any]], *, size: int, page: int, next_token: str | None
) -> dict[str, Any]:
    """One page of a 2010-04-01 list.

    Args:
        query: the filters of the request, without paging.
        next_token: where the next page starts, or None on the last one.
    """

    def uri(number: int, token: str | None = None) -> str:
        paging = {"PageSize": str(size), "Page": str(number)} | ({"PageToken": token} if token else {})
        return f"{path}?{urlencode(query | paging)}"

    return {
        "end": page * size + max(0, len(items) - 1),
        "first_page_uri": uri(0),
        key: items,
        "next_page_uri": uri(page + 1, next_token) if next_token else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": None,
        "start": page * size,
        "uri": uri(page),
    }


def page_v1(url: str, key: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A v1 list that fits one page."""
    first = f"{url}?PageSize={max(50, len(items))}&Page=0"
    meta = {
        "first_page_url": first,
        "key": key,
        "next_page_url": None,
        "page": 0,
        "page_size": max(50, len(items)),
        "previous_page_url": None,
        "url": first,
    }
    return {"meta": meta, key: items}
