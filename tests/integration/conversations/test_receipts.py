"""What the carrier reports: in any order, again and again, early and late."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from outrider.channels.base import Accepted, DeliveryStatus, ErrorClass, Refused, StatusUpdate, Unknown
from outrider.conversations.events import DeliveryFailed
from outrider.conversations.inbox import WebhookInbox
from outrider.conversations.receipts import apply_receipts, sweep_strays
from outrider.conversations.recording import Posted, Recorder

S = DeliveryStatus
TOKEN = "a" * 32


def sid(number: int = 1) -> str:
    return f"SM{number:032x}"


def update(status: DeliveryStatus, number: int = 1, *, token: str | None = None, code: int | None = None) -> StatusUpdate:
    return StatusUpdate(sid(number), status, code, token)


@pytest.fixture
def sent(world: Any) -> Any:
    """Queue texts and put them where the test needs them, with sid and token by number."""

    async def build(count: int = 1, state: str = "sent") -> list[Any]:
        await world.sender()
        leads = await world.leads(count)
        ids = await world.queue(*[world.intent(lead, campaign_id=1) for lead in leads])
        for number, message_id in enumerate(ids, start=1):
            await world.execute(
                """UPDATE messages SET state = :state, carrier_sid = :sid, attempt_token = :token, admitted = true,
                    sent_at = now(),
                    attempted_at = now(), lease_until = now() + interval '1 minute', delivery_status = :status WHERE id = :id""",
                state=state, token=f"{number:032x}", id=message_id,
                sid=sid(number) if state == "sent" else None, status="queued" if state == "sent" else None,
            )  # fmt: skip
        return [await world.message(message_id) for message_id in ids]

    return build


async def report(world: Any, *updates: StatusUpdate) -> None:
    async with world.database.transaction() as session:
        await apply_receipts(session, updates)


@pytest.mark.parametrize(
    ("order", "end"),
    [
        ((S.QUEUED, S.SENDING, S.SENT, S.DELIVERED), "delivered"),
        ((S.DELIVERED, S.SENT, S.SENDING, S.QUEUED), "delivered"),
        ((S.SENT, S.UNDELIVERED, S.SENT, S.DELIVERED), "undelivered"),
        ((S.DELIVERED, S.FAILED), "delivered"),
        ((S.DELIVERED, S.READ), "read"),
        ((S.SENT, S.QUEUED), "sent"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
async def test_a_delivery_only_moves_forwards(world: Any, sent: Any, order: Any, end: str, together: bool) -> None:
    (message,) = await sent()
    if together:
        await report(world, *[update(status) for status in order])
    else:
        for status in order:
            await report(world, update(status))
    message = await world.message(message.id)
    assert (message.delivery_status, message.state) == (end, "sent")
    assert (message.delivered_at is not None) == (end in ("delivered", "read"))


async def test_ten_times_shuffled_and_at_once_they_count_once(world: Any, sent: Any, heard: Any) -> None:
    messages = await sent(60)
    ends = {number: S.UNDELIVERED if number % 3 == 0 else S.DELIVERED for number in range(1, 61)}
    updates = [
        update(status, number, token=f"{number:032x}", code=30003 if status is S.UNDELIVERED else None)
        for number, end in ends.items()
        for status in (S.SENDING, S.SENT, end)
        for _ in range(10)
    ]
    random.Random(7).shuffle(updates)
    inboxes = [WebhookInbox(world.database), WebhookInbox(world.database)]
    await asyncio.gather(*[inboxes[place % 2].report(one) for place, one in enumerate(updates)])
    after = await world.messages()
    assert [m.delivery_status for m in after] == [ends[number] for number in range(1, 61)]
    failed = Counter(outcome.message_id for outcome in heard.outcomes(DeliveryFailed))
    assert failed == {message.id: 1 for number, message in enumerate(messages, start=1) if number % 3 == 0}


async def test_a_callback_before_the_answer_settles_the_attempt(world: Any, sent: Any, heard: Any) -> None:
    (message,) = await sent(state="sending")
    await report(world, update(S.SENT, token=message.attempt_token))
    settled = await world.message(message.id)
    assert (settled.state, settled.carrier_sid, settled.delivery_status) == ("sent", sid(), "sent")
    posted = Posted(message.id, message.attempt_token, message.sender_id, message.phone, 0, Accepted(sid(), S.QUEUED, 2, None))
    async with world.database.transaction() as session:
        await Recorder().write(session, [posted])
    settled = await world.message(message.id)
    assert (settled.delivery_status, settled.details) == ("sent", {})
    assert [(o.message_id, o.state) for o in heard.outcomes()] == [(message.id, "sent")]


async def test_a_failure_before_the_answer_settles_and_reports_it(world: Any, sent: Any, heard: Any) -> None:
    (message,) = await sent(state="unknown")
    await report(world, update(S.UNDELIVERED, token=message.attempt_token, code=30006))
    message = await world.message(message.id)
    assert (message.state, message.delivery_status, message.error_code) == ("sent", "undelivered", 30006)
    assert message.error_message.startswith("Landline")
    assert [o.state for o in heard.outcomes()] == ["sent"]
    assert [(o.error_code, o.reason) for o in heard.outcomes(DeliveryFailed)] == [(30006, "permanent")]
    assert [(s.phone, s.reason) for s in await world.suppressions()] == [(message.phone, "invalid")]


async def test_a_callback_of_a_given_up_attempt_settles_the_waiting_text(world: Any, sent: Any, heard: Any) -> None:
    (message,) = await sent(state="queued")
    await world.execute("UPDATE messages SET attempt_token = NULL")
    await world.execute(
        "INSERT INTO released_attempts (token, message_id, attempted_at) VALUES (:token, :id, now())", token=TOKEN, id=message.id
    )
    await report(world, update(S.DELIVERED, token=TOKEN))
    message = await world.message(message.id)
    assert (message.state, message.carrier_sid, message.delivery_status) == ("sent", sid(), "delivered")
    assert [o.state for o in heard.outcomes()] == ["sent"]


async def test_receipts_without_a_text_are_kept_until_it_is_known(world: Any, sent: Any) -> None:
    (message,) = await sent(state="sending")
    await report(world, update(S.SENT), update(S.DELIVERED))
    await report(world, update(S.DELIVERED))
    assert (await world.message(message.id)).state == "sending"
    posted = Posted(message.id, message.attempt_token, message.sender_id, message.phone, 0, Accepted(sid(), S.QUEUED, 1, None))
    async with world.database.transaction() as session:
        await Recorder().write(session, [posted])
        assert (await session.execute(text("SELECT count(*) FROM stray_receipts"))).scalar() == 0
    assert (await world.message(message.id)).delivery_status == "delivered"


async def test_receipts_kept_at_the_moment_the_text_became_known_are_swept(world: Any, sent: Any) -> None:
    (message,) = await sent()
    await world.execute("INSERT INTO stray_receipts (carrier_sid, status) VALUES (:sid, 'delivered')", sid=sid())
    await world.execute(
        "INSERT INTO stray_receipts (carrier_sid, status, received_at) VALUES ('SM0', 'sent', now() - interval '8 days')"
    )
    async with world.database.transaction() as session:
        await sweep_strays(session)
        assert (await session.execute(text("SELECT count(*) FROM stray_receipts"))).scalar() == 0
    assert (await world.message(message.id)).delivery_status == "delivered"


async def test_errors_have_their_consequences(world: Any, sent: Any) -> None:
    opted_out, filtered, unregistered = await sent(3)
    await report(world, update(S.UNDELIVERED, 1, code=21610), update(S.UNDELIVERED, 2, code=30007))
    assert [(s.phone, s.reason) for s in await world.suppressions()] == [(opted_out.phone, "carrier")]
    assert "Filtered" in (await world.message(filtered.id)).error_message
    await report(world, update(S.FAILED, 3, code=30034))
    async with world.database.transaction() as session:
        enabled, reason = (await session.execute(text("SELECT enabled, disabled_reason FROM senders"))).one()
    assert not enabled
    assert "30034" in reason
    assert (await world.message(unregistered.id)).state == "sent"


async def test_another_text_of_one_attempt_is_noted(world: Any, sent: Any) -> None:
    """A proxy in between repeated the POST: the carrier created two texts for one attempt."""
    (message,) = await sent()
    await report(world, update(S.SENT, 2, token=message.attempt_token))
    message = await world.message(message.id)
    assert (message.carrier_sid, message.details) == (sid(1), {"created_again": [sid(2)]})


async def test_one_bad_receipt_does_not_keep_its_group_out(world: Any, sent: Any) -> None:
    messages = await sent(5)
    inbox = WebhookInbox(world.database)
    bad = StatusUpdate("SM\x00", S.SENT, None, None)
    results = await asyncio.gather(
        *[inbox.report(one) for one in (update(S.SENT, 1), bad, update(S.SENT, 2))], return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["NoneType", "Unavailable", "NoneType"]
    assert [m.delivery_status for m in (await world.messages())[:2]] == ["sent", "sent"]
    assert len(messages) == 5


@pytest.mark.parametrize(
    "outcome",
    [
        Accepted(sid(), S.QUEUED, 1, None),
        Refused(21617, ErrorClass.PERMANENT, "too long"),
        Refused(20429, ErrorClass.RETRYABLE, "busy"),
        Unknown("500"),
    ],
)
async def test_the_result_of_an_earlier_attempt_changes_nothing(world: Any, sent: Any, heard: Any, outcome: Any) -> None:
    (message,) = await sent(state="sending")
    async with world.database.transaction() as session:
        await Recorder().write(session, [Posted(message.id, "b" * 32, message.sender_id, message.phone, 0, outcome)])
    after = await world.message(message.id)
    assert (after.state, after.attempt_token, after.lease_until) == ("sending", message.attempt_token, message.lease_until)
    assert heard.outcomes() == []
