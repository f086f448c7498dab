"""The control plane under /simulator: faults, the true record, people. Only this machine may use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from simulator.carrier import Carrier, Simulator
from simulator.errors import BadControl
from simulator.faults import SWITCHES
from simulator.http import Endpoint, answer
from simulator.messages import Message
from simulator.numbers import PhoneNumber, TokenBucket, normalize
from simulator.personas import PERSONAS
from simulator.webhooks import is_webhook_url

_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_USUAL_LIMIT = 100
_LARGEST_LIMIT = 100_000
_THREAD_LENGTH = 100

Action = Callable[[Simulator, Request], Awaitable[Response]]


def routes(simulator: Simulator) -> list[Route]:
    def guard(action: Action) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            if request.client is None or request.client.host not in _LOOPBACK:
                return answer({"error": "the control plane answers only this machine"}, 403)
            try:
                return await action(simulator, request)
            except BadControl as error:
                return answer({"error": str(error)}, 400)

        return endpoint

    return [
        Route("/health", guard(health), methods=["GET"]),
        Route("/simulator/counters", guard(counters), methods=["GET"]),
        Route("/simulator/faults", guard(get_faults), methods=["GET"]),
        Route("/simulator/faults", guard(put_faults), methods=["PUT"]),
        Route("/simulator/messages", guard(messages), methods=["GET"]),
        Route("/simulator/recipients", guard(recipients), methods=["GET"]),
        Route("/simulator/recipients/{number}", guard(put_recipient), methods=["PUT"]),
        Route("/simulator/inbound", guard(inbound), methods=["POST"]),
        Route("/simulator/reset", guard(reset), methods=["POST"]),
        Route("/simulator/numbers", guard(get_numbers), methods=["GET"]),
        Route("/simulator/numbers", guard(put_numbers), methods=["PUT"]),
        Route("/simulator/personas", guard(get_personas), methods=["GET"]),
        Route("/simulator/personas", guard(put_personas), methods=["PUT"]),
    ]


async def health(simulator: Simulator, request: Request) -> Response:
    return answer({"status": "ok", "messages": len(simulator.carrier.state.log)})


async def counters(simulator: Simulator, request: Request) -> Response:
    """All counters; `pending` is 0 when nothing will happen any more without a request."""
    state = simulator.carrier.state
    now = {"opted_out": len(state.opt_outs), "messages": len(state.log), "pending": simulator.carrier.pending}
    return answer(state.counters.as_dict() | now)


async def get_faults(simulator: Simulator, request: Request) -> Response:
    meanings = {name: switch.meaning for name, switch in SWITCHES.items()}
    return answer({"faults": simulator.carrier.state.faults.as_dict(), "meanings": meanings})


async def put_faults(simulator: Simulator, request: Request) -> Response:
    """Change the switches that the body names: `{"429": 0.02, "list_lag_seconds": 6}`."""
    simulator.carrier.state.faults.set(await _read_object(request))
    return await get_faults(simulator, request)


async def messages(simulator: Simulator, request: Request) -> Response:
    """The true record, oldest first, without lag.

    Query: `direction`, `origin`, `status`, `to`, `from`, `body` (exact), `cursor`, `limit`; with `Accept: application/x-ndjson`
    one object a line, all of them unless `limit` says otherwise.
    """
    query = request.query_params
    as_lines = "application/x-ndjson" in request.headers.get("accept", "")
    limit = _limit(request, _LARGEST_LIMIT if as_lines else _USUAL_LIMIT)
    wanted = {name: query[name] for name in ("direction", "origin", "status", "to", "from", "body") if name in query}
    record = simulator.carrier.state.log.oldest_first(_cursor(request))
    matching = (message for message in record if all(_FIELDS[name](message) == value for name, value in wanted.items()))
    if as_lines:
        lines = (orjson.dumps(_describe(message), option=orjson.OPT_APPEND_NEWLINE) for message in islice(matching, limit))
        return StreamingResponse(_in_chunks(lines), media_type="application/x-ndjson")
    found = list(islice(matching, limit + 1))
    next_cursor = found[limit].sequence if len(found) > limit else None
    return answer({"items": [_describe(message) for message in found[:limit]], "next_cursor": next_cursor})


_FIELDS: dict[str, Callable[[Message], str | None]] = {
    "direction": lambda message: message.direction,
    "origin": lambda message: message.origin,
    "status": lambda message: message.status,
    "to": lambda message: message.to,
    "from": lambda message: message.sender,
    "body": lambda message: message.body,
}


def _describe(message: Message) -> dict[str, Any]:
    return {
        "sid": message.sid,
        "sequence": message.sequence,
        "direction": message.direction,
        "origin": message.origin,
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "media": message.media,
        "status": message.status,
        "segments": message.segments,
        "error_code": message.error_code,
        "messaging_service_sid": message.service_sid,
        "status_callback": message.status_callback,
        "created": message.created,
        "sent": message.sent,
        "duplicate": message.duplicate,
        "history": message.history,
    }


async def _in_chunks(lines: Iterable[bytes]) -> Any:
    source = iter(lines)
    while chunk := b"".join(islice(source, 500)):
        yield chunk


async def recipients(simulator: Simulator, request: Request) -> Response:
    """People in the order of first appearance, each with persona, wishes and thread.

    Query: `number`, `persona`, `cursor`, `limit`.
    """
    carrier = simulator.carrier
    number, persona = request.query_params.get("number"), request.query_params.get("persona")
    limit, start = _limit(request, _USUAL_LIMIT), _cursor(request)
    if number is not None:
        return answer({"items": [_person(carrier, normalize(number) or number)], "next_cursor": None})
    people = enumerate(islice(carrier.state.log.people(), start, None), start)
    matching = ((position, one) for position, one in people if persona in (None, carrier.state.people.persona(one)))
    chosen = list(islice(matching, limit + 1))
    next_cursor = chosen[limit][0] if len(chosen) > limit else None
    return answer({"items": [_person(carrier, one) for _, one in chosen[:limit]], "next_cursor": next_cursor})


def _person(carrier: Carrier, number: str) -> dict[str, Any]:
    state = carrier.state
    wish = state.stop_wishes.get(number)
    thread = state.log.with_person(number)[-_THREAD_LENGTH:]
    return {
        "number": number,
        "persona": state.people.persona(number),
        "persona_is_chosen": number in state.people.behaviour.overrides,
        "delivers": number not in state.people.switched_off,
        "opted_out": state.opt_outs.scopes_blocked_by(number),
        "asked_to_stop_at": wish.asked_at if wish else None,
        "stop_acknowledged_at": wish.acknowledged_at if wish else None,
        "creates_after_stop": wish.creates_since if wish else 0,
        "thread": [_describe(message) for message in thread],
    }


async def put_recipient(simulator: Simulator, request: Request) -> Response:
    """Change one person: `{"persona": "manual", "delivers": false}`, both optional; persona null leaves it to the mix again.

    While `delivers` is false the handset is switched off: texts to it end as undelivered.
    """
    carrier, changes = simulator.carrier, await _read_object(request)
    people, number = carrier.state.people, normalize(request.path_params["number"])
    if number is None:
        raise BadControl("the address must end with a phone number in E.164, as +12125550100")
    if set(changes) - {"persona", "delivers"} or not isinstance(changes.get("delivers", True), bool):
        raise BadControl("the body may have persona (a name or null) and delivers (true or false)")
    if "persona" in changes:
        people.cast(number, changes["persona"])
    if "delivers" in changes:
        (people.switched_off.discard if changes["delivers"] else people.switched_off.add)(number)
    return answer(_person(carrier, number))


async def inbound(simulator: Simulator, request: Request) -> Response:
    """A person texts us now: `{"from": "+1…", "to": "+1…", "body": "…"}`, optional `media` (URLs) and `wants_stop`."""
    body = await _read_object(request)
    person = normalize(str(body.get("from", "")))
    if person is None:
        raise BadControl("from: must be a phone number in E.164, as +12125550100")
    number = simulator.carrier.state.senders.numbers.get(normalize(str(body.get("to", ""))) or "")
    if number is None:
        raise BadControl("to: must be one of the account's numbers; GET /simulator/numbers lists them")
    text, media, wants_stop = body.get("body"), body.get("media", []), body.get("wants_stop")
    if not isinstance(text, str) or not isinstance(media, list) or not isinstance(wants_stop, bool | None):
        raise BadControl("body must be a text, media a list of URLs, wants_stop true or false")
    message = simulator.carrier.inbound.receive(person, number, text, media=tuple(map(str, media)), wants_stop=wants_stop)
    return answer(_describe(message), 201)


async def reset(simulator: Simulator, request: Request) -> Response:
    await simulator.reset()
    return await counters(simulator, request)


async def get_numbers(simulator: Simulator, request: Request) -> Response:
    carrier = simulator.carrier
    return answer({"items": [_describe_number(carrier, number) for number in carrier.state.senders.numbers.values()]})


def _describe_number(carrier: Carrier, number: PhoneNumber) -> dict[str, Any]:
    return {
        "number": number.number,
        "sid": number.sid,
        "rate": number.rate,
        "api_rate": number.api.rate,
        "sms_url": number.sms_url,
        "messaging_service_sid": number.service_sid,
        "backlog_seconds": number.backlog(carrier.state.clock.monotonic()),
    }


async def put_numbers(simulator: Simulator, request: Request) -> Response:
    """Add or change numbers: `{"+12025550143": {"rate": 1, "api_rate": 10, "sms_url": "http://…"}}`; every key is optional."""
    carrier = simulator.carrier
    changes = await _read_object(request)
    for text, settings in changes.items():
        _check_number_settings(text, settings)
    for text, settings in changes.items():
        number = carrier.state.senders.add(text, carrier.state.clock.now())
        number.rate = settings.get("rate", number.rate)
        number.sms_url = settings.get("sms_url", number.sms_url)
        if "api_rate" in settings:
            number.api = TokenBucket(settings["api_rate"])
            if number.service_sid is not None:
                carrier.state.senders.services[number.service_sid].resize()
    return await get_numbers(simulator, request)


def _check_number_settings(text: str, settings: Any) -> None:
    if normalize(text) != text:
        raise BadControl(f"{text!r} is not a phone number in E.164; write it as +12025550143")
    if not isinstance(settings, dict) or set(settings) - {"rate", "api_rate", "sms_url"}:
        raise BadControl(f"{text}: must be an object with rate, api_rate and sms_url, all optional")
    rate, api_rate, sms_url = settings.get("rate", 1), settings.get("api_rate", 0), settings.get("sms_url", "")
    if not isinstance(rate, int | float) or not 0 < rate <= 1e6:
        raise BadControl(f"{text}.rate: must be segments per second, more than 0")
    if not isinstance(api_rate, int | float) or not 0 <= api_rate <= 1e6:
        raise BadControl(f"{text}.api_rate: must be creates per second, 0 for no limit")
    if not isinstance(sms_url, str) or (sms_url and not is_webhook_url(sms_url)):
        raise BadControl(f"{text}.sms_url: must be a URL, empty for none")


async def get_personas(simulator: Simulator, request: Request) -> Response:
    return answer(simulator.carrier.state.people.behaviour.as_dict() | {"personas": PERSONAS})


async def put_personas(simulator: Simulator, request: Request) -> Response:
    """Change how network and people behave; the keys are the fields of `Behaviour`."""
    people = simulator.carrier.state.people
    people.behaviour = people.behaviour.changed(await _read_object(request))
    return await get_personas(simulator, request)


async def _read_object(request: Request) -> dict[str, Any]:
    try:
        content = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise BadControl(f"the body is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadControl("the body must be a JSON object")
    return content


def _limit(request: Request, default: int) -> int:
    return max(1, min(_LARGEST_LIMIT, _whole_number(request, "limit", default)))


def _cursor(request: Request) -> int:
    return _whole_number(request, "cursor", 0)


def _whole_number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if text and not text.isdecimal():
        raise BadControl(f"{name}: must be a whole number")
    return int(text) if text else default
