"""REST under /2010-04-01: messages, the account, its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.acceptance import Draft
from simulator.carrier import Carrier
from simulator.errors import TwilioError
from simulator.http import Gate, ResetConnection, answer, read_form, refusal
from simulator.messages import Message, SentFilter
from simulator.numbers import normalize
from simulator.resources import account_resource, message_resource, number_resource, page_2010
from simulator.webhooks import is_webhook_url

_LARGEST_PAGE = 1000
_USUAL_PAGE = 50
_PAGE_MARK = "PASM"


def routes(gate: Gate) -> list[Route]:
    account = "/2010-04-01/Accounts/{account}"
    return [
        Route(f"{account}/Messages.json", gate.guard(create_message), methods=["POST"]),
        Route(f"{account}/Messages.json", gate.guard(list_messages), methods=["GET"]),
        Route(f"{account}/Messages/{{sid}}.json", gate.guard(fetch_message), methods=["GET"]),
        Route(f"{account}/Messages/{{sid}}.json", gate.guard(update_message), methods=["POST"]),
        Route(f"{account}/Messages/{{sid}}.json", gate.guard(delete_message), methods=["DELETE"]),
        Route(f"{account}/IncomingPhoneNumbers.json", gate.guard(list_numbers), methods=["GET"]),
        Route(f"{account}/IncomingPhoneNumbers/{{sid}}.json", gate.guard(fetch_number), methods=["GET"]),
        Route(f"{account}/IncomingPhoneNumbers/{{sid}}.json", gate.guard(update_number), methods=["POST"]),
        Route(f"{account}.json", gate.guard(fetch_account), methods=["GET"]),
    ]


async def create_message(carrier: Carrier, request: Request) -> Response:
    """Count the request, let the faults strike before and after, and accept or refuse it."""
    form = await read_form(request)
    state = carrier.state
    state.counters.creates_requested += 1
    if state.faults.strikes("reset_before_accept"):
        state.counters.creates_refused["reset"] += 1
        return ResetConnection()
    try:
        draft = _draft(form)
        _fail_before_accept(carrier)
        _limit_rate(carrier, draft)
        message = carrier.acceptance.accept(draft, "api")
    except TwilioError as error:
        state.counters.creates_refused[str(error.code)] += 1
        raise
    if state.faults.strikes("500_after_accept"):
        return refusal(TwilioError(20500))
    if state.faults.strikes("timeout_after_accept"):
        return ResetConnection(state.faults.value("timeout_seconds"))
    if state.faults.strikes("reset_after_accept"):
        return ResetConnection()
    return answer(message_resource(state.options.account_sid, message), 201)


def _fail_before_accept(carrier: Carrier) -> None:
    if carrier.state.faults.strikes("429"):
        raise TwilioError(20429, retry_after=1)
    if carrier.state.faults.strikes("500_before_accept"):
        raise TwilioError(20500)


def _limit_rate(carrier: Carrier, draft: Draft) -> None:
    """Answer 429 above the API rate of the sender that the draft names; an unknown sender is refused later."""
    senders = carrier.state.senders
    sender = senders.services.get(draft.service_sid) if draft.service_sid else senders.numbers.get(normalize(draft.sender) or "")
    if sender is None:
        return
    wait = sender.api.wait_for_token(carrier.state.clock.monotonic())
    if wait:
        raise TwilioError(20429, retry_after=max(1, math.ceil(wait)))


def _draft(form: Mapping[str, list[str]]) -> Draft:
    def last(name: str) -> str:
        values = form.get(name)
        return values[-1] if values else ""

    return Draft(
        to=last("To"),
        sender=last("From"),
        service_sid=last("MessagingServiceSid"),
        body=last("Body"),
        media=tuple(form.get("MediaUrl", ())),
        status_callback=last("StatusCallback"),
        validity=last("ValidityPeriod"),
        send_at=last("SendAt"),
        schedule_type=last("ScheduleType"),
        smart_encoded=last("SmartEncoded").lower() == "true",
    )


async def list_messages(carrier: Carrier, request: Request) -> Response:
    """Newest first; a page token marks the last message seen, so pages stay whole while new messages come in."""
    state = carrier.state
    state.counters.lists += 1
    if state.faults.strikes("list_fails"):
        raise TwilioError(20500)
    query = dict(request.query_params)
    size = _number(query, "PageSize", _USUAL_PAGE, 1, _LARGEST_PAGE)
    page = _number(query, "Page", 0, 0, 10**6)
    before = _position(carrier, query.get("PageToken"))
    matching = state.log.newest_first(
        to=_phone(query.get("To")),
        sender=_phone(query.get("From")),
        sent=_sent_filter(query),
        created_until=state.clock.now() - state.faults.value("list_lag_seconds"),
        before=before,
    )
    skipped = 0 if before is not None else page * size
    found = list(islice(matching, skipped, skipped + size + 1))
    shown = found[:size]
    next_token = f"{_PAGE_MARK}{shown[-1].sid}" if len(found) > size else None
    filters = {name: value for name, value in query.items() if name not in ("PageSize", "Page", "PageToken")}
    items = [message_resource(state.options.account_sid, message) for message in shown]
    return answer(page_2010(request.url.path, filters, "messages", items, size=size, page=page, next_token=next_token))


def _position(carrier: Carrier, token: str | None) -> int | None:
    if not token:
        return None
    message = carrier.state.log.get(token.removeprefix(_PAGE_MARK))
    if message is None:
        raise TwilioError(20001, detail=f"PageToken {token}")
    return message.sequence


def _phone(text: str | None) -> str | None:
    """A number to filter by. A query that forgot to escape `+` arrives with a space in its place."""
    if not text:
        return None
    return normalize(text) or normalize("+" + text.strip()) or text


def _number(query: Mapping[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = query.get(name)
    if not text:
        return default
    if not text.isdecimal():
        raise TwilioError(20001, detail=f"{name} {text}")
    return min(highest, max(lowest, int(text)))


def _sent_filter(query: Mapping[str, str]) -> SentFilter:
    """`DateSent` (that second, or that day if it names no time), `DateSent>` (at or after) and `DateSent<` (at or before).

    A date alone is its midnight, UTC; the SDK writes dates as midnight too, so midnight stands for the day.
    """
    exact = query.get("DateSent")
    if exact:
        start = _moment(exact)
        length = timedelta(days=1, seconds=-1) if start.time() == time.min else timedelta()
        return SentFilter(int(start.timestamp()), int((start + length).timestamp()))
    earliest, latest = query.get("DateSent>"), query.get("DateSent<")
    return SentFilter(
        int(_moment(earliest).timestamp()) if earliest else None,
        int(_moment(latest).timestamp()) if latest else None,
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise TwilioError(20001, detail=f"DateSent {text}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def fetch_message(carrier: Carrier, request: Request) -> Response:
    carrier.state.counters.fetches += 1
    return answer(message_resource(carrier.state.options.account_sid, _find(carrier, request)))


async def update_message(carrier: Carrier, request: Request) -> Response:
    """`Status=canceled` withdraws a scheduled message; `Body=` empties the text of a finished one."""
    message = _find(carrier, request)
    form = await read_form(request)
    if form.get("Status") == ["canceled"]:
        if message.status != "scheduled":
            raise TwilioError(30409, status=message.status)
        carrier.delivery.cancel(message)
    elif form.get("Body") == [""]:
        if not message.is_final:
            raise TwilioError(20009)
        message.body = ""
    else:
        raise TwilioError(20001, detail="only Status=canceled and an empty Body are possible")
    return answer(message_resource(carrier.state.options.account_sid, message))


async def delete_message(carrier: Carrier, request: Request) -> Response:
    message = _find(carrier, request)
    if not message.is_final:
        raise TwilioError(20009)
    carrier.state.log.remove(message)
    return Response(status_code=204)


def _find(carrier: Carrier, request: Request) -> Message:
    message = carrier.state.log.get(request.path_params["sid"])
    if message is None:
        raise TwilioError(20404, path=request.url.path)
    return message


async def fetch_account(carrier: Carrier, request: Request) -> Response:
    options = carrier.state.options
    return answer(account_resource(options.account_sid, options.auth_token, carrier.state.started))


async def list_numbers(carrier: Carrier, request: Request) -> Response:
    """The account's own numbers; `PhoneNumber` filters by digits that the number contains."""
    query = dict(request.query_params)
    size = _number(query, "PageSize", _USUAL_PAGE, 1, _LARGEST_PAGE)
    page = _number(query, "Page", 0, 0, 10**6)
    wanted = (query.get("PhoneNumber") or "").strip().removeprefix("+")
    matching = [number for number in carrier.state.senders.numbers.values() if wanted in number.number]
    shown = matching[page * size : (page + 1) * size]
    items = [number_resource(carrier.state.options.account_sid, number) for number in shown]
    more = f"PAPN{shown[-1].sid}" if len(matching) > (page + 1) * size else None
    filters = {"PhoneNumber": query["PhoneNumber"]} if query.get("PhoneNumber") else {}
    return answer(page_2010(request.url.path, filters, "incoming_phone_numbers", items, size=size, page=page, next_token=more))


async def fetch_number(carrier: Carrier, request: Request) -> Response:
    return await _number_answer(carrier, request, {})


async def update_number(carrier: Carrier, request: Request) -> Response:
    return await _number_answer(carrier, request, await read_form(request))


async def _number_answer(carrier: Carrier, request: Request, changes: Mapping[str, list[str]]) -> Response:
    number = carrier.state.senders.by_sid(request.path_params["sid"])
    if number is None:
        raise TwilioError(20404, path=request.url.path)
    if "SmsUrl" in changes:
        url = changes["SmsUrl"][-1]
        if url and not is_webhook_url(url):
            raise TwilioError(21502, url=url)
        number.sms_url = url
    if "FriendlyName" in changes:
        number.friendly_name = changes["FriendlyName"][-1]
    return answer(number_resource(carrier.state.options.account_sid, number))
