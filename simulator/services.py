"""REST under /v1/Services (the host messaging.twilio.com): messaging services and their pools of numbers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.carrier import Carrier
from simulator.errors import TwilioError
from simulator.http import Gate, answer, read_form
from simulator.numbers import MessagingService, PhoneNumber
from simulator.resources import page_v1, pool_resource, service_resource
from simulator.webhooks import is_webhook_url

_SETTINGS = {"FriendlyName": "friendly_name", "InboundRequestUrl": "inbound_request_url", "StatusCallback": "status_callback"}


def routes(gate: Gate) -> list[Route]:
    service = "/v1/Services/{service}"
    return [
        Route("/v1/Services", gate.guard(list_services), methods=["GET"]),
        Route("/v1/Services", gate.guard(create_service), methods=["POST"]),
        Route(service, gate.guard(fetch_service), methods=["GET"]),
        Route(service, gate.guard(update_service), methods=["POST"]),
        Route(service, gate.guard(delete_service), methods=["DELETE"]),
        Route(f"{service}/PhoneNumbers", gate.guard(list_pool), methods=["GET"]),
        Route(f"{service}/PhoneNumbers", gate.guard(add_to_pool), methods=["POST"]),
        Route(f"{service}/PhoneNumbers/{{number}}", gate.guard(remove_from_pool), methods=["DELETE"]),
    ]


async def list_services(carrier: Carrier, request: Request) -> Response:
    account, base = carrier.state.options.account_sid, _base(request)
    items = [service_resource(account, service, base) for service in carrier.state.senders.services.values()]
    return answer(page_v1(f"{base}/v1/Services", "services", items))


async def create_service(carrier: Carrier, request: Request) -> Response:
    form = await read_form(request)
    if not form.get("FriendlyName"):
        raise TwilioError(20001, detail="FriendlyName is required")
    service = MessagingService(form["FriendlyName"][-1], carrier.state.clock.now())
    _change(service, form)
    carrier.state.senders.services[service.sid] = service
    return answer(service_resource(carrier.state.options.account_sid, service, _base(request)), 201)


async def fetch_service(carrier: Carrier, request: Request) -> Response:
    return answer(service_resource(carrier.state.options.account_sid, _service(carrier, request), _base(request)))


async def update_service(carrier: Carrier, request: Request) -> Response:
    service = _service(carrier, request)
    _change(service, await read_form(request))
    return answer(service_resource(carrier.state.options.account_sid, service, _base(request)))


async def delete_service(carrier: Carrier, request: Request) -> Response:
    service = _service(carrier, request)
    for number in list(service.pool):
        service.remove(number)
    del carrier.state.senders.services[service.sid]
    return Response(status_code=204)


async def list_pool(carrier: Carrier, request: Request) -> Response:
    service = _service(carrier, request)
    items = [pool_resource(carrier.state.options.account_sid, service, number, _base(request)) for number in service.pool]
    return answer(page_v1(f"{_base(request)}/v1/Services/{service.sid}/PhoneNumbers", "phone_numbers", items))


async def add_to_pool(carrier: Carrier, request: Request) -> Response:
    service = _service(carrier, request)
    form = await read_form(request)
    number = _number(carrier, request, form.get("PhoneNumberSid", [""])[-1])
    if number.service_sid is not None:
        raise TwilioError(21710)
    service.add(number)
    return answer(pool_resource(carrier.state.options.account_sid, service, number, _base(request)), 201)


async def remove_from_pool(carrier: Carrier, request: Request) -> Response:
    service = _service(carrier, request)
    number = _number(carrier, request, request.path_params["number"])
    if number not in service.pool:
        raise TwilioError(20404, path=request.url.path)
    service.remove(number)
    return Response(status_code=204)


def _service(carrier: Carrier, request: Request) -> MessagingService:
    service = carrier.state.senders.services.get(request.path_params["service"])
    if service is None:
        raise TwilioError(20404, path=request.url.path)
    return service


def _number(carrier: Carrier, request: Request, sid: str) -> PhoneNumber:
    number = carrier.state.senders.by_sid(sid)
    if number is None:
        raise TwilioError(20404, path=request.url.path)
    return number


def _change(service: MessagingService, form: dict[str, list[str]]) -> None:
    for name in ("InboundRequestUrl", "StatusCallback"):
        url = form.get(name, [""])[-1]
        if url and not is_webhook_url(url):
            raise TwilioError(20001, detail=f"{name} {url} is not a valid URL")
    for name, attribute in _SETTINGS.items():
        if name in form:
            setattr(service, attribute, form[name][-1])


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
