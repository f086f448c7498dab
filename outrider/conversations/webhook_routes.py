"""The carrier's webhooks. Each proves by its signature that the carrier sent it, and is answered after the commit."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from multidict import MultiMapping

from outrider.auth.permissions import Permission, require
from outrider.channels.webhooks import EMPTY_TWIML, TWIML_CONTENT_TYPE, TwilioSignature, parse_inbound, parse_status
from outrider.config import Settings
from outrider.conversations.inbox import WebhookInbox

router = APIRouter(prefix="/webhooks/twilio", tags=["webhooks"], dependencies=[Depends(require(Permission.WEBHOOK))])

ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {TWIML_CONTENT_TYPE: {}}, "description": "Taken in; nothing to do for the carrier."}
}


@router.get("/status", response_class=Response, include_in_schema=False)
@router.post("/status", response_class=Response, responses=ANSWER)
async def receive_status(request: Request) -> Response:
    """The delivery of one of our texts moved on."""
    update = parse_status(await _genuine(request), request.query_params)
    inbox: WebhookInbox = request.app.state.inbox
    await inbox.report(update)
    return _answer()


@router.get("/messages", response_class=Response, include_in_schema=False)
@router.post("/messages", response_class=Response, responses=ANSWER)
async def receive_message(request: Request) -> Response:
    """A person wrote to one of our senders."""
    text = parse_inbound(await _genuine(request))
    inbox: WebhookInbox = request.app.state.inbox
    await inbox.receive(text)
    return _answer()


async def _genuine(request: Request) -> MultiMapping[str]:
    """The parameters of the request.

    Raises:
        InvalidSignature: the carrier did not send it.
    """
    settings: Settings = request.app.state.settings
    path = (request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    return _signature(settings.carrier_auth_token, settings.public_url).verify(
        f"{path}?{query}" if query else path, request.headers, await request.body(), request.headers.get("content-type")
    )


@lru_cache(maxsize=4)
def _signature(auth_token: str, public_url: str) -> TwilioSignature:
    return TwilioSignature(auth_token, public_url)


def _answer() -> Response:
    return Response(EMPTY_TWIML, media_type=TWIML_CONTENT_TYPE)
