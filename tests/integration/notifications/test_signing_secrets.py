"""Signing secrets of endpoints: sealed in the database, sealed anew when the key changes, replaced when it is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.config import Settings
from outrider.db.sealing import sealer_of
from outrider.integrations.notifications.webhook import WebhookSender
from outrider.jobs import JobContext
from outrider.notifications.endpoints import seal_anew
from outrider.notifications.models import WebhookDelivery, WebhookEndpoint
from outrider.notifications.sending import in_force
from tests.stand_ins.http import Answer, HttpStandIn
from tests.worlds import World, run_due_jobs

OLD, NEW = "an old key that nobody guesses at all", "a new key that nobody guesses at all"


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    settings.webhook_private_hosts = True
    settings.secret_key = SecretStr(OLD)
    return settings


@pytest.fixture
async def receiver() -> AsyncIterator[HttpStandIn]:
    async with HttpStandIn(lambda _: Answer(200, b"ok")) as server:
        yield server


def with_key(settings: Settings, key: str) -> Settings:
    return settings.model_copy(update={"secret_key": SecretStr(key)})


async def created(api: AsyncClient, receiver: HttpStandIn) -> tuple[int, str]:
    answer = (await api.post("/api/webhook-endpoints", json={"url": f"{receiver.url}/hooks"})).json()
    return answer["endpoint"]["id"], answer["secret"]


async def works(world: World, settings: Settings) -> None:
    sender = WebhookSender(allows_private=True, seconds=1)
    try:
        await run_due_jobs(JobContext(world.database, {Settings: settings, WebhookSender: sender}))
    finally:
        await sender.aclose()


async def test_the_database_alone_tells_no_secret(api: AsyncClient, world: World, receiver: HttpStandIn) -> None:
    endpoint_id, secret = await created(api, receiver)
    async with world.database.transaction() as session:
        stored = await session.scalar(text("SELECT secrets::text FROM webhook_endpoints"))
    assert stored and secret not in stored and secret.removeprefix("whsec_") not in stored
    assert secret not in (await api.get(f"/api/webhook-endpoints/{endpoint_id}")).text


async def test_a_new_key_takes_over_what_the_old_one_sealed(
    api: AsyncClient, world: World, receiver: HttpStandIn, settings: Settings
) -> None:
    endpoint_id, secret = await created(api, receiver)
    old_and_new = (await api.post(f"/api/webhook-endpoints/{endpoint_id}/rotate-secret", json={})).json()["secret"], secret
    async with world.database.transaction() as session:
        assert await seal_anew(session, with_key(settings, f"{NEW},{OLD}")) == []
    [endpoint] = await world.rows(WebhookEndpoint)
    assert tuple(in_force(endpoint, datetime.now(UTC), sealer_of(with_key(settings, NEW)))) == old_and_new
    async with world.database.transaction() as session:
        assert await seal_anew(session, with_key(settings, NEW)) == []


async def test_a_lost_key_is_named_at_the_message_and_mended_by_a_new_secret(
    api: AsyncClient, world: World, receiver: HttpStandIn, settings: Settings
) -> None:
    endpoint_id, secret = await created(api, receiver)
    lost = with_key(settings, NEW)
    async with world.database.transaction() as session:
        assert await seal_anew(session, lost) == [endpoint_id]
    await api.post(f"/api/webhook-endpoints/{endpoint_id}/test")
    await works(world, lost)
    [message] = await world.rows(WebhookDelivery)
    assert (message.state, message.log[0]["ok"]) == ("queued", False) and receiver.heard == []
    assert "OUTRIDER_SECRET_KEY" in message.log[0]["error"]

    settings.secret_key = SecretStr(NEW)
    renewed = (await api.post(f"/api/webhook-endpoints/{endpoint_id}/rotate-secret", json={})).json()["secret"]
    assert len((await world.rows(WebhookEndpoint))[0].secrets) == 1
    await world.execute("UPDATE pgqueuer SET execute_after = now() - interval '1 second'")
    await works(world, settings)
    [heard] = receiver.heard
    Webhook(renewed).verify(heard.body, dict(heard.headers))
    assert renewed != secret
