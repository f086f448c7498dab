"""From a fact to everybody who wants to know: at least once, never inside its transaction, never for what did not happen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from standardwebhooks.webhooks import Webhook

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.config import Settings
from outrider.conversations.models import Conversation, Message
from outrider.conversations.staff_texts import StaffTexts
from outrider.events.facts import declared, notify
from outrider.integrations.notifications.base import NoticeDelayed, NoticeRefused
from outrider.integrations.notifications.build import Notifiers, build_notifiers
from outrider.integrations.notifications.webhook import WebhookSender
from outrider.jobs import JobContext
from outrider.notifications.backoff import PAUSES, TRIES, pause
from outrider.notifications.facts import EndpointDisabled, JobFailed
from outrider.notifications.models import Notification, NotificationDelivery, WebhookDelivery, WebhookEndpoint
from tests.stand_ins.http import Answer, Heard, HttpStandIn
from tests.worlds import World, run_due_jobs

FACT = EndpointDisabled(endpoint_id=7, url="https://hooks.example.com/", reason="It is gone.")
MINE = ("notifications.deliver", "webhooks.send")


class Receiver:
    """An endpoint of somebody else's, which answers as it is told."""

    def __init__(self) -> None:
        self.says = Answer(200, b"ok")
        self.server = HttpStandIn(lambda _: self.says)

    @property
    def heard(self) -> list[Heard]:
        return self.server.heard


class House:
    """An installation with a worker that a test moves on."""

    def __init__(self, world: World, settings: Settings, api: AsyncClient, receiver: Receiver):
        self.world, self.settings, self.api, self.receiver = world, settings, api, receiver
        self.notifiers = build_notifiers(settings, StaffTexts(world.database))
        self.clock = 0.0
        self.sender = WebhookSender(allows_private=True, seconds=1, now=lambda: self.clock)

    async def notes(self, *facts: Any) -> None:
        async with self.world.database.transaction() as session:
            await notify(session, *facts)

    async def works(self) -> int:
        parts = {Settings: self.settings, Notifiers: self.notifiers, WebhookSender: self.sender}
        return await run_due_jobs(JobContext(self.world.database, parts))

    async def passes(self, time: timedelta) -> None:
        self.clock += time.total_seconds()
        await self.world.execute("UPDATE pgqueuer SET execute_after = execute_after - CAST(:time AS interval)", time=time)

    async def rule(self, **values: Any) -> dict[str, Any]:
        answer = await self.api.post("/api/notification-rules", json={"fact": FACT.name, "channel": "email", **values})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def endpoint(self, **values: Any) -> tuple[int, str]:
        url = f"{self.receiver.server.url}/hooks"
        answer = await self.api.post("/api/webhook-endpoints", json={"url": url, **values})
        assert answer.status_code == 201, answer.text
        return answer.json()["endpoint"]["id"], answer.json()["secret"]

    async def messages(self) -> list[WebhookDelivery]:
        return await self.world.rows(WebhookDelivery)

    async def deliveries(self) -> list[NotificationDelivery]:
        return await self.world.rows(NotificationDelivery)

    def mails(self) -> list[str]:
        return [path.read_text() for path in sorted((self.settings.home / "mail").glob("*.eml"))]


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    settings.webhook_private_hosts = True
    return settings


@pytest.fixture
async def house(world: World, settings: Settings, api: AsyncClient) -> AsyncIterator[House]:
    receiver = Receiver()
    async with receiver.server:
        house = House(world, settings, api, receiver)
        yield house
        await house.notifiers.aclose()
        await house.sender.aclose()


async def test_a_fact_is_told_to_all_who_want_to_know(house: House) -> None:
    await house.rule(target="ann@acme.example")
    await house.rule(target="bob@acme.example", fact="*")
    await house.rule(target="ann@acme.example", fact="*")
    await house.rule(target="eve@acme.example", fact="job.failed")
    _, secret = await house.endpoint()
    await house.endpoint(facts=["job.failed"])
    await house.notes(FACT)
    assert (house.mails(), house.receiver.heard) == ([], []), "nothing is sent before the commit"
    await house.works()

    assert sorted(mail.partition("To: ")[2].split()[0] for mail in house.mails()) == ["ann@acme.example", "bob@acme.example"]
    [heard] = house.receiver.heard
    told = Webhook(secret).verify(heard.body, dict(heard.headers))
    assert (told["type"], told["version"], told["data"]) == (FACT.name, 1, FACT.model_dump(mode="json"))
    assert told["link"].startswith("http")
    [shown] = (await house.api.get("/api/notifications")).json()["items"]
    assert (shown["title"], shown["read_at"]) == (FACT.title(), None)
    assert {delivery.state for delivery in await house.deliveries()} == {"delivered"}


async def test_what_is_rolled_back_is_told_to_nobody(house: House) -> None:
    await house.rule(target="ann@acme.example")
    await house.endpoint()
    with pytest.raises(RuntimeError):
        async with house.world.database.transaction() as session:
            await notify(session, FACT)
            raise RuntimeError("it did not happen after all")
    assert await house.works() == 0
    assert (await house.world.rows(Notification), house.mails(), house.receiver.heard) == ([], [], [])


async def test_a_fact_with_a_key_is_told_once(house: House) -> None:
    await house.rule(target="ann@acme.example", fact="job.failed")
    await house.notes(JobFailed(job="x.y", hour="2026-01-01T10"), JobFailed(job="x.y", hour="2026-01-01T10"))
    await house.notes(JobFailed(job="x.y", hour="2026-01-01T10"), JobFailed(job="x.y", hour="2026-01-01T11"))
    await house.works()
    assert len(house.mails()) == 2


async def test_a_job_that_is_delivered_twice_tells_once(house: House) -> None:
    await house.rule(target="ann@acme.example")
    await house.endpoint()
    await house.notes(FACT)
    columns = "priority, entrypoint, payload, status, created, updated, execute_after"
    await house.world.execute(f"INSERT INTO pgqueuer ({columns}) SELECT {columns} FROM pgqueuer")
    assert await house.works() == 4
    assert (len(house.mails()), len(house.receiver.heard)) == (1, 1)


async def test_the_list_in_the_application_follows_its_rule(house: House) -> None:
    facts = {fact["name"]: fact for fact in (await house.api.get("/api/notification-rules/facts")).json()}
    assert facts[FACT.name]["is_shown"]
    rule = await house.rule(channel="in_app", enabled=False)
    await house.notes(FACT)
    assert (await house.api.get("/api/notifications")).json()["items"] == []
    await house.api.patch(f"/api/notification-rules/{rule['id']}", json={"enabled": True})
    await house.notes(FACT)
    assert len((await house.api.get("/api/notifications")).json()["items"]) == 1


async def test_reading_is_counted(house: House) -> None:
    for _ in range(5):
        await house.notes(FACT)
    page = (await house.api.get("/api/notifications?limit=2")).json()
    ids = [item["id"] for item in page["items"]]
    older = (await house.api.get(f"/api/notifications?limit=10&cursor={page['next_cursor']}")).json()["items"]
    assert [*ids, *(item["id"] for item in older)] == sorted([*ids, *(item["id"] for item in older)], reverse=True)
    assert (await house.api.get("/api/notifications/unread")).json() == {"unread": 5, "newest_id": ids[0]}
    assert (await house.api.post("/api/notifications/read", json={"ids": ids})).json() == {"changed": 2}
    assert len((await house.api.get("/api/notifications?unread=true")).json()["items"]) == 3
    assert (await house.api.post("/api/notifications/read", json={"up_to": ids[0]})).json() == {"changed": 3}
    await house.api.post("/api/notifications/read", json={"ids": ids[:1], "is_read": False})
    assert (await house.api.get("/api/notifications/unread")).json()["unread"] == 1
    for wrong in ({}, {"ids": [1], "up_to": 2}, {"ids": []}):
        assert (await house.api.post("/api/notifications/read", json=wrong)).status_code == 422


async def test_a_message_that_does_not_arrive_is_sent_again_for_a_day(house: House) -> None:
    endpoint_id, _ = await house.endpoint()
    house.receiver.says = Answer(500, b"oops")
    await house.notes(FACT)
    for longest in PAUSES:
        await house.works()
        await house.works()
        await house.passes(longest * 0.85)
        assert await house.works() == 0, "not before its time"
        await house.passes(longest * 0.3)
    await house.works()
    [message] = [row for row in await house.messages() if row.endpoint_id == endpoint_id]
    assert (message.state, message.attempts, len(message.log)) == ("failed", TRIES, TRIES)
    assert len({heard.headers["webhook-id"] for heard in house.receiver.heard}) == 1, "a receiver can tell repetitions"
    assert {entry["status"] for entry in message.log} == {500}

    house.receiver.says = Answer(200, b"thanks")
    answer = await house.api.post(f"/api/webhook-deliveries/{message.id}/resend")
    assert answer.status_code == 202
    assert (await house.api.post(f"/api/webhook-deliveries/{message.id}/resend")).status_code == 409
    await house.works()
    shown = (await house.api.get(f"/api/webhook-deliveries/{message.id}")).json()
    assert (shown["state"], shown["log"][-1]["answer"], shown["log"][-1]["ok"]) == ("delivered", "thanks", True)
    assert house.receiver.heard[-1].headers["webhook-id"] == message.message_id


def test_the_pauses_make_a_day_and_heed_the_receiver() -> None:
    assert timedelta(hours=23) < sum(PAUSES, timedelta()) < timedelta(hours=25)
    assert pause(1, retry_after=120) == timedelta(seconds=120)
    assert pause(1, retry_after=1e9) <= timedelta(hours=12)


async def test_an_endpoint_that_fails_for_days_is_disabled_and_people_are_told(house: House) -> None:
    endpoint_id, _ = await house.endpoint()
    house.receiver.says = Answer(500, b"oops")
    await house.notes(FACT, FACT)
    await house.works()
    await house.world.execute("UPDATE webhook_endpoints SET failing_since = now() - interval '6 days'")
    await house.passes(timedelta(minutes=1))
    await house.works()
    endpoint = (await house.api.get(f"/api/webhook-endpoints/{endpoint_id}")).json()
    assert not endpoint["enabled"]
    assert "5 days" in endpoint["disabled_reason"]
    assert {row.state for row in await house.messages()} == {"failed"}
    newest = (await house.api.get("/api/notifications")).json()["items"][0]
    assert (newest["fact"], newest["data"]["endpoint_id"]) == ("webhook_endpoint.disabled", endpoint_id)
    asked = len(house.receiver.heard)
    await house.passes(timedelta(days=2))
    await house.works()
    assert len(house.receiver.heard) == asked, "nothing is sent to a disabled endpoint"
    assert (await house.api.post(f"/api/webhook-endpoints/{endpoint_id}/test")).status_code == 409

    enabled = (await house.api.patch(f"/api/webhook-endpoints/{endpoint_id}", json={"enabled": True})).json()
    assert (enabled["enabled"], enabled["disabled_reason"], enabled["failing_since"]) == (True, None, None)


async def test_an_endpoint_that_is_gone_is_disabled_at_once(house: House) -> None:
    await house.endpoint()
    house.receiver.says = Answer(410, b"")
    await house.notes(FACT)
    await house.works()
    [endpoint] = await house.world.rows(WebhookEndpoint)
    assert not endpoint.enabled
    assert "410" in str(endpoint.disabled_reason)


async def test_success_forgets_earlier_failures(house: House) -> None:
    await house.endpoint()
    house.receiver.says = Answer(500, b"")
    await house.notes(FACT)
    await house.works()
    assert (await house.world.rows(WebhookEndpoint))[0].failing_since is not None
    house.receiver.says = Answer(200, b"")
    await house.passes(timedelta(seconds=10))
    await house.works()
    assert (await house.world.rows(WebhookEndpoint))[0].failing_since is None


async def test_a_slow_endpoint_has_few_messages_under_way(house: House) -> None:
    endpoint_id, _ = await house.endpoint()
    house.sender.under_way[endpoint_id] = 4
    await house.notes(FACT)
    await house.works()
    assert house.receiver.heard == []
    house.sender.under_way[endpoint_id] = 0
    await house.passes(timedelta(seconds=30))
    await house.works()
    assert len(house.receiver.heard) == 1
    assert (await house.messages())[0].attempts == 1, "waiting for a place is no attempt"


async def test_an_endpoint_that_is_away_is_left_alone_and_misses_nothing(house: House) -> None:
    endpoint_id, _ = await house.endpoint()
    house.receiver.says = Answer(503, b"")
    await house.notes(*[FACT] * 8)
    await house.works()
    assert len(house.receiver.heard) == 5
    waiting = [message for message in await house.messages() if message.attempts == 0]
    assert len(waiting) == 3
    assert all((message.log, message.tries_left) == ([], TRIES) and message.next_attempt_at for message in waiting)

    answer = await house.api.post(f"/api/webhook-endpoints/{endpoint_id}/test")
    await house.works()
    assert len(house.receiver.heard) == 6, "a person who tests gets an answer at once"
    tested = (await house.api.get(f"/api/webhook-deliveries/{answer.json()['id']}")).json()
    assert (tested["attempts"], tested["log"][0]["status"]) == (1, 503)

    house.receiver.says = Answer(200, b"")
    for _ in range(2):
        await house.passes(timedelta(seconds=90))
        await house.works()
    assert {message.state for message in await house.messages()} == {"delivered"}
    assert {message.attempts for message in await house.messages()} == {1, 2}


async def test_a_message_waits_longer_the_older_it_is(house: House) -> None:
    await house.endpoint()
    house.receiver.says = Answer(503, b"")
    await house.notes(*[FACT] * 6)
    await house.world.execute("UPDATE webhook_deliveries SET created_at = now() - interval '10 hours'")
    await house.works()
    [waiting] = [message for message in await house.messages() if message.attempts == 0]
    assert waiting.next_attempt_at is not None
    assert timedelta(minutes=59) < waiting.next_attempt_at - datetime.now(UTC) < timedelta(minutes=80)


async def test_an_endpoint_that_answers_is_not_left_alone_whatever_it_says(house: House) -> None:
    await house.endpoint()
    house.receiver.says = Answer(404, b"")
    await house.notes(*[FACT] * 8)
    await house.works()
    assert len(house.receiver.heard) == 8


async def test_secrets_are_told_once_and_replaced_with_time_to_change(house: House) -> None:
    endpoint_id, old = await house.endpoint()
    for path in ("/api/webhook-endpoints", f"/api/webhook-endpoints/{endpoint_id}"):
        assert old not in (await house.api.get(path)).text
    new = (await house.api.post(f"/api/webhook-endpoints/{endpoint_id}/rotate-secret", json={})).json()["secret"]
    answer = await house.api.post(f"/api/webhook-endpoints/{endpoint_id}/test")
    assert answer.status_code == 202
    await house.works()
    heard = house.receiver.heard[-1]
    for secret in (old, new):
        assert Webhook(secret).verify(heard.body, dict(heard.headers))["type"] == "webhook_endpoint.tested"
    newest = (await house.api.post(f"/api/webhook-endpoints/{endpoint_id}/rotate-secret", json={"keep_hours": 0})).json()[
        "secret"
    ]
    await house.api.post(f"/api/webhook-endpoints/{endpoint_id}/test")
    await house.works()
    heard = house.receiver.heard[-1]
    assert heard.headers["webhook-signature"].count("v1,") == 1
    Webhook(newest).verify(heard.body, dict(heard.headers))
    log = (await house.api.get(f"/api/webhook-endpoints/{endpoint_id}/deliveries?limit=1")).json()
    assert (len(log["items"]), bool(log["next_cursor"])) == (1, True)


async def test_endpoints_are_checked_when_they_are_entered(house: House, api: AsyncClient) -> None:
    api._transport.app.state.webhook_sender = WebhookSender()  # type: ignore[attr-defined]
    for url in ("http://127.0.0.1/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://localhost/", "nonsense"):
        answer = await api.post("/api/webhook-endpoints", json={"url": url})
        assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "body.url"), url
    answer = await api.post("/api/webhook-endpoints", json={"url": "https://93.184.216.34/", "facts": ["no.fact"]})
    assert answer.json()["fields"][0]["field"] == "body.facts"


async def test_a_mail_that_is_refused_is_not_tried_again_and_shown_at_its_rule(house: House) -> None:
    class Refuses:
        channel, is_local, asked = "email", False, 0
        error: Exception = NoticeRefused("No such user.")

        async def send(self, notice: Any, target: str) -> Any:
            self.asked += 1
            raise self.error

    await house.rule(target="ann@acme.example")
    refuses: Any = Refuses()
    house.notifiers.by_channel["email"] = refuses  # type: ignore[index]
    await house.notes(FACT)
    await house.works()
    [rule] = (await house.api.get("/api/notification-rules")).json()["items"]
    assert (rule["last_delivery"]["state"], rule["last_delivery"]["error"]) == ("failed", "No such user.")
    shown = {one["channel"]: one["problem"] for one in (await house.api.get("/api/notification-channels")).json()}
    assert shown == {"email": "No such user.", "slack": None, "sms": None}
    refuses.error = NoticeDelayed("Later.")
    await house.notes(FACT)
    for _ in range(TRIES + 3):
        await house.works()
        await house.passes(timedelta(hours=13))
    assert refuses.asked == 1 + TRIES
    del house.notifiers.by_channel["email"]  # type: ignore[arg-type]
    refuses.aclose = build_notifiers(house.settings).aclose


async def test_rules_are_checked(house: House) -> None:
    for wrong in (
        {"fact": "no.fact", "channel": "email", "target": "ann@acme.example"},
        {"fact": FACT.name, "channel": "email", "target": "nobody"},
        {"fact": FACT.name, "channel": "in_app", "target": "x"},
        {"fact": "*", "channel": "in_app"},
        {"fact": FACT.name, "channel": "sms", "target": "0172"},
    ):
        assert (await house.api.post("/api/notification-rules", json=wrong)).status_code == 422, wrong
    slack = await house.api.post("/api/notification-rules", json={"fact": FACT.name, "channel": "slack", "target": "#x"})
    assert "SLACK" in slack.json()["remedy"]
    first = await house.rule(target="ann@acme.example")
    again = await house.rule(target=" ann@acme.example", enabled=False)
    assert (first["id"], again["enabled"]) == (again["id"], False)
    assert (await house.api.delete(f"/api/notification-rules/{first['id']}")).status_code == 204


async def test_colleagues_are_texted_through_the_outbox(house: House) -> None:
    await house.world.sender()
    lead = await house.world.lead(phone="+13125550199")
    await house.rule(channel="sms", target="+1 (312) 555-0199")
    await house.rule(channel="sms", target="+13125550000")
    await house.notes(FACT)
    await house.works()
    [text] = await house.world.rows(Message)
    assert (text.lead_id, text.state, text.author) == (lead.id, "queued", "system")
    [conversation] = await house.world.rows(Conversation)
    assert conversation.handled_by == "person", "no agent answers a colleague"
    assert sorted(delivery.state for delivery in await house.deliveries()) == ["delivered", "failed"]


async def test_channels_are_described_and_tried(house: House) -> None:
    channels = {one["channel"]: one for one in (await house.api.get("/api/notification-channels")).json()}
    assert (channels["email"]["is_local"], channels["slack"]["is_configured"]) == (True, False)
    good = await house.api.post("/api/notification-channels/email/test", json={"target": "ann@acme.example"})
    assert good.json()["ok"]
    assert len(house.mails()) == 1
    bad = (await house.api.post("/api/notification-channels/slack/test", json={})).json()
    assert (bad["ok"], "SLACK" in bad["remedy"]) == (False, True)
    for _ in range(10):
        last = await house.api.post("/api/notification-channels/email/test", json={"target": "ann@acme.example"})
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


def test_every_fact_can_be_told() -> None:
    for name, fact in declared.items():
        assert fact.meaning(), name
        json.dumps(fact.model_json_schema())
