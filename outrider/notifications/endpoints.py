"""Endpoints of outgoing webhooks, and the messages to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings
from outrider.db.sealing import Sealer, SecretUnreadable, sealer_of
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.notifications.webhook import new_secret
from outrider.notifications import repository
from outrider.notifications.backoff import TRIES
from outrider.notifications.facts import WebhookTested
from outrider.notifications.jobs import send_webhook
from outrider.notifications.models import NoticeState, WebhookDelivery, WebhookEndpoint
from outrider.notifications.recording import send
from outrider.notifications.schemas import EndpointIn, EndpointOut, EndpointPatch
from outrider.notifications.sending import entries_in_force
from outrider.notifications.service import facts_to_choose

MOST_ENDPOINTS = 50
MOST_SECRETS = 3


class EndpointIsDisabled(Conflict):
    """Nothing is sent to a disabled endpoint."""


class DeliveryUnderWay(Conflict):
    """The message is being sent, or waits for its next attempt."""


async def list_endpoints(session: AsyncSession) -> list[EndpointOut]:
    return await present(session, await repository.all_endpoints(session))


async def present(session: AsyncSession, endpoints: Sequence[WebhookEndpoint]) -> list[EndpointOut]:
    """The endpoints with the figures of their messages."""
    counts = await repository.message_counts(session, [endpoint.id for endpoint in endpoints])

    def count(endpoint: WebhookEndpoint, state: NoticeState) -> int:
        return counts.get((endpoint.id, state), 0)

    return [
        EndpointOut.model_validate(endpoint).model_copy(
            update={
                "waiting": count(endpoint, NoticeState.QUEUED),
                "delivered_today": count(endpoint, NoticeState.DELIVERED),
                "failed_today": count(endpoint, NoticeState.FAILED),
            }
        )
        for endpoint in endpoints
    ]


async def get_endpoint(session: AsyncSession, endpoint_id: int) -> WebhookEndpoint:
    """
    Raises:
        NotFound: no such endpoint.
    """
    endpoint = await session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None:
        raise NotFound(f"There is no endpoint {endpoint_id}.")
    return endpoint


async def create_endpoint(session: AsyncSession, given: EndpointIn, sealer: Sealer) -> tuple[WebhookEndpoint, str]:
    """Returns the endpoint and its secret, which is told only here.

    Raises:
        InvalidInput: it names a fact that there is not.
    """
    if len(await repository.all_endpoints(session)) >= MOST_ENDPOINTS:
        raise InvalidInput(f"There are {MOST_ENDPOINTS} endpoints already.", remedy="Delete some first.")
    secret = new_secret()
    endpoint = WebhookEndpoint(
        url=given.url,
        description=given.description,
        facts=_known(given.facts),
        enabled=given.enabled,
        secrets=[{"secret": sealer.seal(secret), "until": None}],
    )
    session.add(endpoint)
    return await _saved(session, endpoint), secret


async def change_endpoint(session: AsyncSession, endpoint_id: int, patch: EndpointPatch) -> WebhookEndpoint:
    """
    Raises:
        NotFound: no such endpoint.
    """
    endpoint = await get_endpoint(session, endpoint_id)
    changes: dict[str, Any] = patch.model_dump(exclude_unset=True, exclude_none=True)
    if "facts" in changes:
        changes["facts"] = _known(changes["facts"])
    for field, value in changes.items():
        setattr(endpoint, field, value)
    if patch.enabled:
        endpoint.disabled_reason = endpoint.failing_since = None
    return await _saved(session, endpoint)


async def delete_endpoint(session: AsyncSession, endpoint_id: int) -> None:
    """Delete the endpoint with its log; what waits for it is not sent.

    Raises:
        NotFound: no such endpoint.
    """
    await session.delete(await get_endpoint(session, endpoint_id))
    announce(session, Topic.WEBHOOKS, "changed", [endpoint_id])


async def rotate_secret(
    session: AsyncSession, endpoint_id: int, keep_hours: float, sealer: Sealer
) -> tuple[WebhookEndpoint, str]:
    """Sign with a new secret from now on, and with the old one for a while, so that the receiver has time to change.

    An old one that can't be read any more is dropped.

    Raises:
        NotFound: no such endpoint.
    """
    endpoint = await get_endpoint(session, endpoint_id)
    now = datetime.now(UTC)
    until = (now + timedelta(hours=keep_hours)).isoformat()
    old = [
        {"secret": entry["secret"], "until": min(entry["until"] or until, until)}
        for entry in entries_in_force(endpoint, now)
        if sealer.opens(entry["secret"])
    ]
    secret = new_secret()
    endpoint.secrets = [{"secret": sealer.seal(secret), "until": None}, *(old[: MOST_SECRETS - 1] if keep_hours else [])]
    return await _saved(session, endpoint), secret


async def seal_anew(session: AsyncSession, settings: Settings) -> list[int]:
    """Seal all secrets with the newest key, after which the older ones are not needed any more.

    Returns:
        Ids of the endpoints that have a secret which no key opens.

    Raises:
        ConfigurationError: as in `sealer_of`; not where there is nothing to seal.
    """
    unreadable: list[int] = []
    endpoints = await repository.lock_all_endpoints(session)
    if not endpoints:
        return unreadable
    sealer = sealer_of(settings)
    for endpoint in endpoints:
        if all(sealer.is_current(entry["secret"]) for entry in endpoint.secrets):
            continue
        try:
            endpoint.secrets = [entry | {"secret": sealer.seal(sealer.open(entry["secret"]))} for entry in endpoint.secrets]
        except SecretUnreadable:
            unreadable.append(endpoint.id)
    return unreadable


async def send_test(session: AsyncSession, endpoint_id: int) -> WebhookDelivery:
    """Send a message that says nothing but that it is a test.

    Raises:
        NotFound: no such endpoint.
        EndpointIsDisabled
    """
    endpoint = await _enabled(session, endpoint_id)
    ids = await send(session, [(endpoint, WebhookTested(endpoint_id=endpoint.id), datetime.now(UTC))])
    return await get_delivery(session, ids[0])


async def get_delivery(session: AsyncSession, delivery_id: int) -> WebhookDelivery:
    """
    Raises:
        NotFound: no such message.
    """
    delivery = await session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        raise NotFound(f"There is no message {delivery_id}.")
    return delivery


async def resend(session: AsyncSession, delivery_id: int) -> WebhookDelivery:
    """Send a message again, with the same id and body, and a full set of attempts.

    Raises:
        NotFound: no such message.
        DeliveryUnderWay: it is being sent anyway.
        EndpointIsDisabled
    """
    delivery = await session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound(f"There is no message {delivery_id}.")
    if delivery.state == NoticeState.QUEUED:
        raise DeliveryUnderWay("The message waits for its next attempt already.", remedy="Wait for it.")
    await _enabled(session, delivery.endpoint_id)
    delivery.state, delivery.settled_at = NoticeState.QUEUED, None
    delivery.tries_left, delivery.next_attempt_at = TRIES, datetime.now(UTC)
    await session.flush()
    await send_webhook.enqueue(session, delivery_id=delivery_id)
    announce(session, Topic.WEBHOOKS, "queued", [delivery.endpoint_id])
    return delivery


async def _enabled(session: AsyncSession, endpoint_id: int) -> WebhookEndpoint:
    endpoint = await get_endpoint(session, endpoint_id)
    if not endpoint.enabled:
        raise EndpointIsDisabled("Nothing is sent to a disabled endpoint.", remedy="Enable it first.")
    return endpoint


def _known(facts: Sequence[str]) -> list[str]:
    unknown = [fact for fact in facts if fact not in facts_to_choose()]
    if unknown:
        raise InvalidInput.on("body.facts", f"{unknown[0]!r} is no fact", f"Use {', '.join(facts_to_choose())}.")
    return sorted(set(facts))


async def _saved(session: AsyncSession, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    await session.flush()
    await session.refresh(endpoint)
    announce(session, Topic.WEBHOOKS, "changed", [endpoint.id])
    return endpoint
