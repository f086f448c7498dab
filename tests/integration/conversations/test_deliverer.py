"""The sending protocol against a carrier that accepts, refuses, breaks off and forgets."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outrider.channels.base import Accepted, DeliveryStatus, ErrorClass, OutgoingText, Refused
from outrider.channels.twilio_errors import classify
from outrider.conversations import claims
from outrider.conversations.deliverer import Deliverer
from outrider.conversations.gates import Cancel, Candidate, Hold, Until
from outrider.conversations.models import OutboxState, Sender
from outrider.errors import ConfigurationError

BASE = "http://127.0.0.1:8000"


class Gate:
    """A gate that answers what the test says, and remembers what it was asked."""

    def __init__(self, verdict: Any = None):
        self.verdict = verdict
        self.asked: list[Candidate] = []

    async def review(self, _: object, candidates: Sequence[Candidate]) -> Mapping[int, Any]:
        self.asked += candidates
        return {one.message_id: self.verdict for one in candidates} if self.verdict else {}


class Scripted:
    """A carrier that answers as it is told, to bring about what a real one does rarely."""

    def __init__(self, answer: Any):
        self.answer = answer
        self.posted: list[OutgoingText] = []

    async def send_text(self, text: OutgoingText) -> Any:
        self.posted.append(text)
        answer = self.answer(text) if callable(self.answer) else self.answer
        return await answer if asyncio.iscoroutine(answer) else answer


def accepted(number: int = 1) -> Accepted:
    return Accepted(f"SM{number:032x}", DeliveryStatus.QUEUED, 1, None)


@pytest.fixture
def deliverer(world: Any, sending: Any) -> Any:
    def build(carrier: Any, *gates: Any, **settings: Any) -> Deliverer:
        now = {"now": settings.pop("now")} if "now" in settings else {}
        return Deliverer(world.database, carrier, sending(**settings), gates, BASE, **now)

    return build


async def test_every_text_arrives_once(
    world: Any, simulator: Any, carrier: Any, deliverer: Any, run: Any, until: Any, heard: Any
) -> None:
    await world.sender()
    leads = await world.leads(300)
    async with run(deliverer(carrier), deliverer(carrier)):
        await world.queue(*[world.intent(lead, campaign_id=1, campaign_lead_id=lead.id) for lead in leads])
        await until(lambda: _all(world, "sent", 300))
    created = Counter(message["to"] for message in simulator.messages(direction="outbound-api"))
    assert created == {lead.phone: 1 for lead in leads}
    messages = await world.messages()
    assert {message.carrier_sid for message in messages} == {m["sid"] for m in simulator.messages(direction="outbound-api")}
    assert all(message.attempts == 1 and message.sent_at and message.admitted for message in messages)
    assert Counter(outcome.message_id for outcome in heard.outcomes()) == {message.id: 1 for message in messages}


async def test_a_text_carries_its_token_and_its_deadline(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    lead = await world.lead(time_zones=["America/Chicago"], country="US", region="IL")
    noon = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
    carrier = Scripted(accepted())
    async with run(deliverer(carrier, quiet_hours="enforced", now=lambda: noon)):
        (queued,) = await world.queue(world.intent(lead))
        await until(lambda: _all(world, "sent", 1))
    message = await world.message(queued)
    assert carrier.posted[0].status_callback == f"{BASE}/webhooks/twilio/status?token={message.attempt_token}"
    assert carrier.posted[0].from_number == "+12025550143"
    assert carrier.posted[0].validity_seconds == 9 * 3600 - 30


async def test_a_messaging_service_sends_by_its_sid(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender("MG" + "a" * 32, kind="messaging_service")
    carrier = Scripted(accepted())
    async with run(deliverer(carrier)):
        await world.queue(world.intent(await world.lead()))
        await until(lambda: _all(world, "sent", 1))
    assert carrier.posted[0].messaging_service_sid == "MG" + "a" * 32
    assert carrier.posted[0].from_number is None


async def test_replies_overtake_campaign_texts(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender(rate=10)
    leads = await world.leads(4)
    carrier = Scripted(lambda text: accepted(int(text.to)))
    await world.queue(*[world.intent(lead) for lead in leads[:3]], world.intent(leads[3], "reply", purpose="reply"))
    async with run(deliverer(carrier, send_concurrency=1)):
        await until(lambda: _all(world, "sent", 4))
    assert carrier.posted[0].body == "reply"


async def test_the_rate_counts_segments(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender(rate=20)
    leads = await world.leads(15)
    times: list[float] = []

    def answer(text: OutgoingText) -> Accepted:
        times.append(asyncio.get_running_loop().time())
        return accepted(int(text.to))

    await world.queue(*[world.intent(lead, "x" * 200) for lead in leads])
    began = asyncio.get_running_loop().time()
    async with run(deliverer(Scripted(answer))):
        await until(lambda: _all(world, "sent", 15))
    assert times[-1] - began > 1.1


async def test_a_suppressed_number_gets_only_compliance_texts(
    world: Any, deliverer: Any, run: Any, until: Any, heard: Any
) -> None:
    await world.sender()
    lead = await world.lead()
    carrier = Scripted(accepted())
    stopped, confirmation = await world.queue(
        world.intent(lead, key="one", purpose="reply"),
        world.intent(lead, "You will get no more texts.", key="two", purpose="compliance"),
    )
    await world.execute("INSERT INTO suppressions (phone, reason) VALUES (:phone, 'stop')", phone=lead.phone)
    async with run(deliverer(carrier)):
        await until(lambda: _all(world, "sent", 1))
    assert [text.body for text in carrier.posted] == ["You will get no more texts."]
    assert (await world.message(stopped)).state == OutboxState.CANCELLED
    assert {o.message_id: o.reason for o in heard.outcomes()} == {stopped: "suppressed", confirmation: None}


async def test_a_number_suppressed_after_the_claim_is_not_texted(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    one, two = await world.leads(2)
    busy = asyncio.Event()

    async def answer() -> Accepted:
        await busy.wait()
        return accepted()

    carrier = Scripted(lambda _: answer())
    async with run(deliverer(carrier, send_concurrency=1)):
        await world.queue(world.intent(one), world.intent(two))
        await until(lambda: _all(world, "sending", 2))
        first = carrier.posted[0].to
        other = next(lead.phone for lead in (one, two) if lead.phone != first)
        from outrider.conversations.suppressions import NewSuppression, suppress

        async with world.database.transaction() as session:
            await suppress(session, [NewSuppression(other, "stop", "inbound text")])
        await asyncio.sleep(0.2)
        busy.set()
        await until(lambda: _states(world, {"sent": 1, "cancelled": 1}))
    assert [text.to for text in carrier.posted] == [first]


async def test_outside_the_window_a_text_waits_for_its_opening(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    lead = await world.lead(time_zones=["America/New_York"], country="US", region="NY")
    night = datetime(2026, 3, 5, 2, 30, tzinfo=UTC)
    carrier = Scripted(accepted())
    (queued,) = await world.queue(world.intent(lead))
    async with run(deliverer(carrier, quiet_hours="enforced", now=lambda: night)):
        await until(lambda: _reason(world, queued, "quiet_hours"))
    message = await world.message(queued)
    assert (message.state, message.due_at) == (OutboxState.QUEUED, datetime(2026, 3, 5, 13, 0, tzinfo=UTC))
    assert carrier.posted == []


async def test_the_last_two_minutes_of_a_window_are_not_used(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    lead = await world.lead(time_zones=["America/New_York"], country="US", region="NY")
    late = datetime(2026, 3, 5, 1, 58, tzinfo=UTC)
    (queued,) = await world.queue(world.intent(lead))
    async with run(deliverer(Scripted(accepted()), quiet_hours="enforced", now=lambda: late)):
        await until(lambda: _reason(world, queued, "quiet_hours"))
    assert (await world.message(queued)).due_at == datetime(2026, 3, 5, 13, 0, tzinfo=UTC)


async def test_an_answer_to_a_fresh_text_may_leave_at_night(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    fresh, stale = await world.leads(2, time_zones=["America/New_York"], country="US", region="NY")
    night = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
    carrier = Scripted(accepted())
    await world.queue(
        world.intent(fresh, purpose="reply"), world.intent(fresh, key="campaign"), world.intent(stale, purpose="reply")
    )
    for lead, minutes in ((fresh, 5), (stale, 15)):
        await world.execute(
            "UPDATE conversations SET last_inbound_at = :at WHERE lead_id = :id",
            at=night - timedelta(minutes=minutes),
            id=lead.id,
        )
    async with run(deliverer(carrier, quiet_hours="enforced", now=lambda: night)):
        await until(lambda: _states(world, {"sent": 1, "queued": 2}))
        await asyncio.sleep(0.1)
    assert [text.to for text in carrier.posted] == [fresh.phone]
    assert carrier.posted[0].validity_seconds <= 15 * 60


async def test_gates_hold_cancel_and_narrow(world: Any, deliverer: Any, run: Any, until: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    later = datetime.now(UTC) + timedelta(hours=3)
    for verdict, state, reason in [
        (Hold(later, "budget"), "queued", "budget"),
        (Hold(None, "paused"), "held", "paused"),
        (Cancel("cancelled"), "cancelled", "cancelled"),
    ]:
        (queued,) = await world.queue(world.intent(lead, key=reason))
        async with run(deliverer(Scripted(accepted()), Gate(verdict))):
            await until(lambda queued=queued, reason=reason: _reason(world, queued, reason))
        message = await world.message(queued)
        assert (message.state, message.admitted) == (state, False)
    assert [(outcome.reason, outcome.admitted) for outcome in heard.outcomes()] == [("cancelled", False)]
    carrier = Scripted(accepted())
    await world.queue(world.intent(lead, key="narrow"))
    async with run(deliverer(carrier, Gate(Until(datetime.now(UTC) + timedelta(minutes=10))))):
        await until(lambda: _all(world, "sent", 1))
    assert 500 < carrier.posted[0].validity_seconds <= 570


async def test_a_gate_reserves_once_however_many_attempts_it_takes(
    world: Any, deliverer: Any, run: Any, until: Any, heard: Any
) -> None:
    await world.sender()
    lead = await world.lead()
    answers = iter([Refused(20429, ErrorClass.RETRYABLE, "busy", 0.1), accepted()])
    gate = Gate()
    async with run(deliverer(Scripted(lambda _: next(answers)), gate)):
        await world.queue(world.intent(lead))
        await until(lambda: _all(world, "sent", 1))
    assert [candidate.admitted for candidate in gate.asked] == [False, True]
    assert [outcome.admitted for outcome in heard.outcomes()] == [True]


async def test_tokens_of_texts_that_a_gate_stops_are_not_spent(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender(rate=1)
    leads = await world.leads(5)
    await world.queue(*[world.intent(lead) for lead in leads])
    async with run(deliverer(Scripted(accepted()), Gate(Cancel("budget")))):
        await until(lambda: _all(world, "cancelled", 5), seconds=3)


async def test_refusals_have_their_consequences(world: Any, deliverer: Any, run: Any, until: Any, heard: Any) -> None:
    await world.sender()
    opted_out, landline, long = await world.leads(3)
    refusals = {
        opted_out.phone: Refused(21610, ErrorClass.OPT_OUT, "opted out"),
        landline.phone: Refused(21614, ErrorClass.PERMANENT, "not a mobile number"),
        long.phone: Refused(21617, ErrorClass.PERMANENT, "too long"),
    }
    await world.queue(*[world.intent(lead) for lead in (opted_out, landline, long)])
    await world.queue(world.intent(opted_out, key="later", due_at=datetime.now(UTC) + timedelta(days=1)))
    async with run(deliverer(Scripted(lambda text: refusals[text.to]))):
        await until(lambda: _states(world, {"failed": 3, "cancelled": 1}))
    assert {(s.phone, s.reason, s.source) for s in await world.suppressions()} == {
        (opted_out.phone, "carrier", "carrier 21610"),
        (landline.phone, "invalid", "carrier 21614"),
    }
    assert {(o.lead_id, o.state, o.reason, o.error_code) for o in heard.outcomes()} == {
        (opted_out.id, "failed", "opt_out", 21610),
        (opted_out.id, "cancelled", "suppressed", None),
        (landline.id, "failed", "permanent", 21614),
        (long.id, "failed", "permanent", 21617),
    }


async def test_a_text_gives_up_after_its_attempts(world: Any, deliverer: Any, run: Any, until: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    (queued,) = await world.queue(world.intent(lead))
    await world.execute("UPDATE messages SET attempts = 9")
    async with run(deliverer(Scripted(Refused(20429, ErrorClass.RETRYABLE, "busy")))):
        await until(lambda: _all(world, "failed", 1))
    message = await world.message(queued)
    assert (message.hold_reason, message.error_code, message.attempts) == ("too_many_attempts", 20429, 10)
    assert [outcome.state for outcome in heard.outcomes()] == ["failed"]


async def test_an_unreachable_carrier_costs_no_attempt(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    (queued,) = await world.queue(world.intent(await world.lead()))
    async with run(deliverer(Scripted(Refused(None, ErrorClass.RETRYABLE, "not reached")))):
        await until(lambda: _reason(world, queued, "retry"))
    message = await world.message(queued)
    assert (message.state, message.attempts, message.attempt_token) == ("queued", 0, None)


async def test_a_refused_sender_is_disabled_and_another_takes_over(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    bad = await world.sender("+12025550101")
    lead = await world.lead()
    await world.queue(world.intent(lead))
    good = await world.sender("+12025550102")
    carrier = Scripted(
        lambda text: Refused(21606, ErrorClass.SENDER, "not usable") if text.from_number == bad.address else accepted()
    )
    async with run(deliverer(carrier)):
        await until(lambda: _all(world, "sent", 1), seconds=12)
    (message,) = await world.messages()
    assert (message.sender_id, message.attempts) == (good.id, 1)
    async with world.database.transaction() as session:
        disabled = await session.get(type(bad), bad.id)
    assert (disabled.enabled, disabled.disabled_reason) == (False, "not usable")


@pytest.mark.parametrize("code", [21608, 21219])
async def test_a_trial_account_goes_on_texting_whom_it_may(world: Any, deliverer: Any, run: Any, until: Any, code: int) -> None:
    sender = await world.sender()
    unverified, verified = await world.leads(2)
    carrier = Scripted(lambda text: Refused(code, classify(code), "x") if text.to == unverified.phone else accepted())
    await world.queue(world.intent(unverified))
    async with run(deliverer(carrier)):
        await until(lambda: _all(world, "failed", 1))
        await world.queue(world.intent(verified))
        await until(lambda: _states(world, {"failed": 1, "sent": 1}))
    assert [(one.id, one.enabled) for one in await world.rows(Sender)] == [(sender.id, True)]
    assert await world.suppressions() == []


async def test_an_unclear_answer_is_never_repeated(
    world: Any, simulator: Any, carrier: Any, deliverer: Any, run: Any, until: Any
) -> None:
    simulator.set_faults(**{"timeout_after_accept": 0.3, "reset_after_accept": 0.3, "500_after_accept": 1.0})
    await world.sender()
    leads = await world.leads(40)
    async with run(deliverer(carrier)):
        await world.queue(*[world.intent(lead) for lead in leads])
        await until(lambda: _all(world, "unknown", 40))
        await asyncio.sleep(0.3)
    assert Counter(m["to"] for m in simulator.messages(direction="outbound-api")) == {lead.phone: 1 for lead in leads}
    assert all(message.attempt_token and message.hold_reason == "no_clear_answer" for message in await world.messages())


async def test_a_lease_that_ran_low_is_not_used(
    world: Any, deliverer: Any, run: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process slept between claim and POST: it gives the texts back instead of posting them."""
    await world.sender()
    await world.queue(*[world.intent(lead) for lead in await world.leads(3)])
    carrier = Scripted(lambda text: accepted(int(text.to)))
    slept = [58.0]
    real = claims.elapsed
    monkeypatch.setattr("outrider.conversations.deliverer.elapsed", lambda: real() + slept[0])
    async with run(deliverer(carrier)):
        await asyncio.sleep(0.5)
        assert carrier.posted == []
        slept[0] = 0.0
        await until(lambda: _all(world, "sent", 3))
    assert Counter(text.to for text in carrier.posted) == {m.phone: 1 for m in await world.messages()}
    assert all(message.attempts == 1 for message in await world.messages())


async def test_two_deliverers_never_claim_the_same_text(world: Any, deliverer: Any) -> None:
    await world.sender(rate=10_000)
    await world.sender("+12025550144", rate=10_000)
    await world.queue(*[world.intent(lead) for lead in await world.leads(400)])
    claimers = [deliverer(Scripted(accepted()))._claimer for _ in range(4)]
    batches = await asyncio.gather(*[claimer.claim(60) for claimer in claimers for _ in range(4)])
    claimed = [text.due.message_id for batch in batches for text in batch]
    assert len(claimed) == len(set(claimed)) > 0


async def test_stopping_gives_back_what_was_not_posted(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    await world.queue(*[world.intent(lead) for lead in await world.leads(50)])

    async def slow(text: OutgoingText) -> Accepted:
        await asyncio.sleep(0.3)
        return accepted(int(text.to))

    carrier = Scripted(slow)
    async with run(deliverer(carrier, send_concurrency=2)):
        await until(lambda: _states_include(world, "sending"))
    states = await world.states()
    assert states["sending"] == 0
    assert states["sent"] == len(carrier.posted) < 50
    assert states["queued"] == 50 - len(carrier.posted)


async def test_a_lost_database_is_waited_for(world: Any, deliverer: Any, run: Any, until: Any) -> None:
    await world.sender()
    leads = await world.leads(20)
    carrier = Scripted(lambda text: accepted(int(text.to)))
    async with run(deliverer(carrier)):
        await world.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
        await world.queue(*[world.intent(lead) for lead in leads])
        await until(lambda: _all(world, "sent", 20))
    assert Counter(text.to for text in carrier.posted) == {lead.phone: 1 for lead in leads}


def test_a_lease_shorter_than_a_request_stops_the_start(world: Any, deliverer: Any) -> None:
    with pytest.raises(ConfigurationError):
        deliverer(Scripted(accepted()), carrier_timeout=4.0, send_lease_seconds=4.0)


async def _all(world: Any, state: str, count: int) -> bool:
    return (await world.states())[state] == count


async def _states(world: Any, expected: dict[str, int]) -> bool:
    return dict(await world.states()) == expected


async def _states_include(world: Any, state: str) -> bool:
    return (await world.states())[state] > 0


async def _reason(world: Any, message_id: int, reason: str) -> bool:
    return (await world.message(message_id)).hold_reason == reason
