"""`/api/webhook-endpoints` and `/api/webhook-deliveries`: what we send to other systems."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.sealing import Sealer, sealer_of
from outrider.db.web import Transaction
from outrider.integrations.notifications.webhook import WebhookSender
from outrider.notifications import endpoints as service
from outrider.notifications import repository
from outrider.notifications.models import NoticeState, WebhookEndpoint
from outrider.notifications.schemas import (
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointSecret,
    RotateIn,
    WebhookDeliveryOut,
)

endpoint_router = APIRouter(prefix="/api/webhook-endpoints", tags=["outgoing webhooks"])
delivery_router = APIRouter(prefix="/api/webhook-deliveries", tags=["outgoing webhooks"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
LOOK_UP_SECONDS = 3.0


def _sealer(request: Request) -> Sealer:
    settings: Settings = request.app.state.settings
    return sealer_of(settings)


Sealing = Annotated[Sealer, Depends(_sealer)]


@endpoint_router.get("", dependencies=READ)
async def list_webhook_endpoints(session: Transaction) -> Page[EndpointOut]:
    """Every endpoint, on one page, with the figures of its messages."""
    return Page(items=await service.list_endpoints(session))


@endpoint_router.post("", status_code=201, dependencies=WRITE)
async def create_webhook_endpoint(
    session: Transaction, request: Request, endpoint: EndpointIn, sealer: Sealing
) -> EndpointSecret:
    """Have facts sent to an address. The signing secret is told only in this answer."""
    endpoint.url = await _checked(request, endpoint.url)
    created, secret = await service.create_endpoint(session, endpoint, sealer)
    return EndpointSecret(endpoint=await _one(session, created), secret=secret)


@endpoint_router.get("/{endpoint_id}", dependencies=READ)
async def get_webhook_endpoint(session: Transaction, endpoint_id: int) -> EndpointOut:
    return await _one(session, await service.get_endpoint(session, endpoint_id))


@endpoint_router.patch("/{endpoint_id}", dependencies=WRITE)
async def change_webhook_endpoint(session: Transaction, request: Request, endpoint_id: int, patch: EndpointPatch) -> EndpointOut:
    """Change an endpoint; what is left out stays."""
    if patch.url is not None:
        patch.url = await _checked(request, patch.url)
    return await _one(session, await service.change_endpoint(session, endpoint_id, patch))


@endpoint_router.delete("/{endpoint_id}", status_code=204, dependencies=WRITE)
async def delete_webhook_endpoint(session: Transaction, endpoint_id: int) -> None:
    """Delete an endpoint and its log; what waits for it is not sent any more."""
    await service.delete_endpoint(session, endpoint_id)


@endpoint_router.post("/{endpoint_id}/rotate-secret", dependencies=WRITE)
async def rotate_webhook_secret(session: Transaction, endpoint_id: int, wanted: RotateIn, sealer: Sealing) -> EndpointSecret:
    """Replace the signing secret. The old one signs beside it for a while."""
    endpoint, secret = await service.rotate_secret(session, endpoint_id, wanted.keep_hours, sealer)
    return EndpointSecret(endpoint=await _one(session, endpoint), secret=secret)


@endpoint_router.post("/{endpoint_id}/test", status_code=202, dependencies=WRITE)
async def test_webhook_endpoint(session: Transaction, endpoint_id: int) -> WebhookDeliveryOut:
    """Send a message of the type `webhook_endpoint.tested`; the answer is the message, whose log says how it goes."""
    return WebhookDeliveryOut.model_validate(await service.send_test(session, endpoint_id))


@endpoint_router.get("/{endpoint_id}/deliveries", dependencies=READ)
async def list_webhook_deliveries(
    session: Transaction,
    endpoint_id: int,
    state: Annotated[NoticeState | None, Query(description="Only messages in this state.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[WebhookDeliveryOut]:
    """Messages to an endpoint, the latest first, each with its attempts."""
    await service.get_endpoint(session, endpoint_id)
    rows, next_cursor = await repository.list_messages(session, endpoint_id, state, cursor, limit)
    return Page(items=[WebhookDeliveryOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@delivery_router.get("/{delivery_id}", dependencies=READ)
async def get_webhook_delivery(session: Transaction, delivery_id: int) -> WebhookDeliveryOut:
    return WebhookDeliveryOut.model_validate(await service.get_delivery(session, delivery_id))


@delivery_router.post("/{delivery_id}/resend", status_code=202, dependencies=WRITE)
async def resend_webhook_delivery(session: Transaction, delivery_id: int) -> WebhookDeliveryOut:
    """Send a message again, with the same id and content."""
    return WebhookDeliveryOut.model_validate(await service.resend(session, delivery_id))


async def _checked(request: Request, url: str) -> str:
    """The address, if messages may be sent there; a name that is not found in time is looked up again when it is sent to."""
    sender: WebhookSender = request.app.state.webhook_sender
    address = sender.check_url(url)
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            await sender.check_host(address)
    return address


async def _one(session: Transaction, endpoint: WebhookEndpoint) -> EndpointOut:
    return (await service.present(session, [endpoint]))[0]
