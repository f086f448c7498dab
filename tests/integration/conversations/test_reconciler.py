"""What becomes of attempts without a clear answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outrider.channels.base import Accepted, CarrierMessage, CarrierUnavailable, DeliveryStatus
from outrider.conversations.deliverer import Deliverer
from outrider.conversations.models import OutboxState
from outrider.conversations.reconciler import Reconciler
from tests.clocks import PATIENCE

BASE = "http://127.0.0.1:8000"
TOKEN = "a" * 32


class Listing:
    """A carrier with a list that the test writes."""

    def __init__(self, *texts: CarrierMessage, fails: bool = False):
        self.texts = list(texts)
        self.fails = fails
        self.questions: list[dict[str, Any]] = []

    async def list_messages(self, **question: Any) -> AsyncIterator[CarrierMessage]:
        self.questions.append(question)
        if self.fails:
            raise CarrierUnavailable("The carrier answered 500.")
        for text in self.texts:
            yield text


@pytest.fixture
def deliverer(world: Any, sending: Any) -> Any:
    return lambda carrier, **settings: Deliverer(world.database, carrier, sending(**settings), [], BASE)


@pytest.fixture
def reconciler(world: Any, sending: Any) -> Any:
    return lambda carrier, **settings: Reconciler(world.database, carrier, sending(**settings))


@pytest.fixture
def unknown(world: Any) -> Any:
    """Queue a text and leave its attempt open, as a process does that dies after the claim."""

    async def build(
        lead: Any, *, token: str = TOKEN, state: str = "sending", age: float = 0.0, lease: float = -0.1, **values: Any
    ) -> int:
        (message_id,) = await world.queue(world.intent(lead, **values))
        await world.execute(
            """UPDATE messages SET state = :state, attempts = 1, admitted = true, attempt_token = :token, next_check_at = now(),
                attempted_at = now() - make_interval(secs => :age), lease_until = now() + make_interval(secs => :lease)
                WHERE id = :id""",
            state=state, token=token, age=age, lease=lease, id=message_id,
        )  # fmt: skip
        return message_id

    return build


def listed(message: Any, sid: str = "SM" + "1" * 32, **values: Any) -> CarrierMessage:
    known = {
        "carrier_sid": sid, "direction": "outbound-api", "from_": "+12025550143", "to": message.phone, "body": message.body,
        "status": "sent", "error_code": None, "created_at": datetime.now(UTC), "sent_at": None, "segments": 1, "price": None,
        "messaging_service_sid": None,
    }  # fmt: skip
    return CarrierMessage(**(known | values))


async def test_no_fault_makes_a_text_leave_twice_or_never(
    world: Any, simulator: Any, carrier: Any, deliverer: Any, reconciler: Any, run: Any, until: Any, heard: Any
) -> None:
    simulator.set_faults(
        **{
            "429": 0.05, "500_before_accept": 0.05, "reset_before_accept": 0.05, "500_after_accept": 0.05,
            "timeout_after_accept": 0.02, "reset_after_accept": 0.05, "timeout_seconds": 3,
            "list_lag_seconds": 0.3, "list_fails": 0.1,
        }
    )  # fmt: skip
    await world.sender(rate=2000)
    leads = await world.leads(150)
    short = {"carrier_timeout": 0.5, "send_lease_seconds": 2.0, "settle_seconds": 2.0}
    async with run(
        deliverer(carrier, **short), deliverer(carrier, **short), reconciler(carrier, **short), reconciler(carrier, **short)
    ):
        await world.queue(*[world.intent(lead) for lead in leads])
        await until(lambda: _all(world, "sent", 150), seconds=2 * PATIENCE)
    simulator.set_faults(list_lag_seconds=0)
    created = Counter(message["to"] for message in simulator.messages(direction="outbound-api"))
    assert created == {lead.phone: 1 for lead in leads}
    messages = await world.messages()
    assert {m.carrier_sid for m in messages} == {m["sid"] for m in simulator.messages(direction="outbound-api")}
    assert Counter(outcome.message_id for outcome in heard.outcomes()) == {message.id: 1 for message in messages}


async def test_a_text_in_the_list_was_sent(world: Any, unknown: Any, reconciler: Any, heard: Any) -> None:
    await world.sender()
    message = await world.message(await unknown(await world.lead()))
    await reconciler(Listing(listed(message, status="delivered"))).reconcile()
    settled = await world.message(message.id)
    assert (settled.state, settled.carrier_sid, settled.delivery_status) == ("sent", "SM" + "1" * 32, "delivered")
    assert settled.delivered_at is not None
    assert [(o.message_id, o.state) for o in heard.outcomes()] == [(message.id, "sent")]


async def test_only_after_the_settle_time_a_missing_text_counts_as_not_sent(
    world: Any, unknown: Any, reconciler: Any, heard: Any
) -> None:
    await world.sender()
    message_id = await unknown(await world.lead())
    carrier = Listing()
    await reconciler(carrier, settle_seconds=60).reconcile()
    message = await world.message(message_id)
    assert (message.state, message.hold_reason, message.attempt_token) == ("unknown", "lease_expired", TOKEN)
    await world.execute("UPDATE messages SET lease_until = now() - interval '61 seconds', next_check_at = now()")
    await reconciler(carrier, settle_seconds=60).reconcile()
    message = await world.message(message_id)
    assert (message.state, message.hold_reason, message.attempt_token, message.admitted) == ("queued", "not_accepted", None, True)
    assert heard.outcomes() == []


async def test_the_settle_time_counts_from_the_end_of_the_lease(world: Any, unknown: Any, reconciler: Any) -> None:
    """Until then a POST may begin."""
    await world.sender()
    message_id = await unknown(await world.lead(), age=300, lease=-1)
    await reconciler(Listing(), settle_seconds=60).reconcile()
    assert (await world.message(message_id)).state == OutboxState.UNKNOWN


async def test_a_living_lease_is_left_alone(world: Any, unknown: Any, reconciler: Any) -> None:
    await world.sender()
    message_id = await unknown(await world.lead(), lease=PATIENCE)
    carrier = Listing()
    await reconciler(carrier).reconcile()
    assert (await world.message(message_id)).state == OutboxState.SENDING
    assert carrier.questions == []


async def test_without_a_list_nothing_is_decided(world: Any, unknown: Any, reconciler: Any) -> None:
    await world.sender()
    message_id = await unknown(await world.lead(), lease=-1000)
    await reconciler(Listing(fails=True)).reconcile()
    message = await world.message(message_id)
    assert (message.state, message.hold_reason, message.error_message) == (
        "unknown",
        "list_unavailable",
        "The carrier answered 500.",
    )
    assert message.next_check_at > datetime.now(UTC) + timedelta(seconds=1)


@pytest.mark.parametrize(
    "other",
    [
        {"body": "Something else"},
        {"from_": "+13105550186"},
        {"created_at": datetime.now(UTC) - timedelta(minutes=10)},
        {"direction": "inbound"},
    ],
)
async def test_another_text_is_not_taken_for_it(world: Any, unknown: Any, reconciler: Any, other: dict[str, Any]) -> None:
    await world.sender()
    message = await world.message(await unknown(await world.lead(), lease=-1000))
    await reconciler(Listing(listed(message, **other))).reconcile()
    assert (await world.message(message.id)).state == OutboxState.QUEUED


async def test_one_text_settles_one_of_two_equal_attempts(world: Any, unknown: Any, reconciler: Any) -> None:
    await world.sender()
    lead = await world.lead()
    first = await unknown(lead, key="one", token="1" * 32, lease=-1000)
    second = await unknown(lead, key="two", token="2" * 32, lease=-1000)
    await reconciler(Listing(listed(await world.message(first)))).reconcile()
    assert [(await world.message(one)).state for one in (first, second)] == ["sent", "queued"]


async def test_the_text_of_another_message_is_not_counted_twice(world: Any, unknown: Any, reconciler: Any) -> None:
    await world.sender()
    lead = await world.lead()
    (earlier,) = await world.queue(world.intent(lead, key="earlier"))
    await world.execute("UPDATE messages SET state = 'sent', carrier_sid = :sid WHERE id = :id", sid="SM" + "1" * 32, id=earlier)
    message = await world.message(await unknown(lead, key="later", lease=-1000))
    await reconciler(Listing(listed(message))).reconcile()
    assert (await world.message(message.id)).state == OutboxState.QUEUED


async def test_while_an_equal_text_is_on_its_way_nothing_is_decided(world: Any, unknown: Any, reconciler: Any) -> None:
    await world.sender()
    lead = await world.lead()
    message = await world.message(await unknown(lead, key="one", token="1" * 32, lease=-1000))
    await unknown(lead, key="two", token="2" * 32, lease=60)
    await reconciler(Listing(listed(message))).reconcile()
    assert (await world.message(message.id)).state == OutboxState.UNKNOWN


async def test_many_attempts_are_looked_up_in_one_list_per_sender(world: Any, unknown: Any, reconciler: Any) -> None:
    await world.sender(rate=1)
    for number, lead in enumerate(await world.leads(12)):
        await unknown(lead, token=f"{number:032x}", lease=-1000)
    carrier = Listing()
    await reconciler(carrier).reconcile()
    assert [question.get("from_") for question in carrier.questions] == ["+12025550143"]
    assert (await world.states())["queued"] == 12


async def test_two_reconcilers_settle_each_text_once(world: Any, unknown: Any, reconciler: Any, heard: Any) -> None:
    await world.sender()
    leads = await world.leads(20)
    ids = [await unknown(lead, token=f"{number:032x}") for number, lead in enumerate(leads)]
    texts = [listed(await world.message(one), f"SM{number:032x}") for number, one in enumerate(ids)]
    await asyncio.gather(*[reconciler(Listing(*texts)).reconcile() for _ in range(3)])
    assert (await world.states())["sent"] == 20
    assert Counter(o.message_id for o in heard.outcomes()) == dict.fromkeys(ids, 1)


async def test_a_result_that_was_never_written_down_is_found(
    world: Any,
    simulator: Any,
    carrier: Any,
    deliverer: Any,
    reconciler: Any,
    run: Any,
    until: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process dies between the POST and the record of its outcome."""
    await world.sender()
    leads = await world.leads(10)
    dying = deliverer(carrier)

    async def nothing(*_: Any) -> None:
        return None

    monkeypatch.setattr(dying, "_record", nothing)
    async with run(dying):
        await world.queue(*[world.intent(lead) for lead in leads])
        await until(lambda: _created(simulator, 10))
    assert (await world.states())["sending"] == 10
    await world.execute("UPDATE messages SET lease_until = now()")
    async with run(reconciler(carrier)):
        await until(lambda: _all(world, "sent", 10))
    assert Counter(m["to"] for m in simulator.messages(direction="outbound-api")) == {lead.phone: 1 for lead in leads}


async def test_an_answer_that_comes_after_all_is_not_forgotten(
    world: Any, unknown: Any, reconciler: Any, deliverer: Any, heard: Any
) -> None:
    """The attempt was given up, but the text has not left again: it counts as sent."""
    await world.sender()
    message = await world.message(await unknown(await world.lead(), lease=-1000))
    await reconciler(Listing()).reconcile()
    await _record(deliverer, message, Accepted("SM" + "9" * 32, DeliveryStatus.QUEUED, 1, None))
    message = await world.message(message.id)
    assert (message.state, message.carrier_sid) == ("sent", "SM" + "9" * 32)
    assert [o.state for o in heard.outcomes()] == ["sent"]


async def test_a_text_that_was_created_twice_is_shown(world: Any, unknown: Any, reconciler: Any, deliverer: Any) -> None:
    """What happened took longer than the settle time. It can't be undone, and it isn't hidden."""
    await world.sender()
    message = await world.message(await unknown(await world.lead(), lease=-1000))
    await reconciler(Listing()).reconcile()
    await world.execute(
        "UPDATE messages SET state = 'sent', attempt_token = :token, carrier_sid = :sid", token="b" * 32, sid="SM" + "1" * 32
    )
    await _record(deliverer, message, Accepted("SM" + "9" * 32, DeliveryStatus.QUEUED, 1, None))
    await _record(deliverer, message, Accepted("SM" + "9" * 32, DeliveryStatus.QUEUED, 1, None))
    message = await world.message(message.id)
    assert (message.carrier_sid, message.details["created_again"]) == ("SM" + "1" * 32, ["SM" + "9" * 32])


async def _record(deliverer: Any, message: Any, outcome: Any) -> None:
    from outrider.conversations.recording import Posted

    built = deliverer(None)
    posted = Posted(message.id, TOKEN, message.sender_id, message.phone, 0, outcome)
    async with built._database.transaction() as session:
        await built._recorder.write(session, [posted])


async def _created(simulator: Any, count: int) -> bool:
    return len(simulator.messages(direction="outbound-api")) == count


async def _all(world: Any, state: str, count: int) -> bool:
    return (await world.states())[state] == count
