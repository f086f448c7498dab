"""What every `Carrier` keeps to, checked against a carrier that counts for itself what it accepted.

A new carrier joins by adding a factory: its adapter, and a world that can be told to misbehave.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from aiohttp import web

from outrider.channels.base import (
    Accepted,
    Carrier,
    CarrierMessage,
    CarrierRefused,
    CarrierUnavailable,
    DeliveryStatus,
    ErrorClass,
    InboundText,
    OutgoingText,
    Refused,
    SendOutcome,
    StatusUpdate,
    Unknown,
)
from outrider.channels.segments import count_segments
from outrider.channels.twilio import TwilioCarrier
from outrider.channels.webhooks import EMPTY_TWIML, InvalidSignature, TwilioSignature, parse_inbound, parse_status
from simulator.testing import RunningSimulator, running_simulator
from tests.clocks import PATIENCE, until

PERSON = "+12025550111"
OTHER = "+13105550122"
LIMIT = 0.5
"""Seconds after which a carrier gives up where an answer never comes; usually it has `PATIENCE`."""

World = RunningSimulator


class Factory(Protocol):
    """Makes a carrier with these credentials that waits so many seconds for an answer."""

    def __call__(self, world: World, token: str, timeout: float = PATIENCE) -> AbstractAsyncContextManager[Carrier]: ...


@asynccontextmanager
async def twilio(world: World, token: str, timeout: float = PATIENCE) -> AsyncIterator[Carrier]:
    carrier: Carrier = TwilioCarrier(world.account_sid, token, base_url=world.base_url, timeout=timeout, max_connections=16)
    try:
        yield carrier
    finally:
        await carrier.aclose()


FACTORIES: dict[str, Factory] = {"twilio": twilio}


@pytest.fixture(scope="module")
def process() -> Iterator[World]:
    with running_simulator(rate=100_000) as world:
        yield world


@pytest.fixture
def world(process: World) -> World:
    process.reset()
    process.set_personas(mix={"silence": 1})
    return process


@pytest.fixture(params=FACTORIES)
def factory(request: pytest.FixtureRequest) -> Factory:
    return FACTORIES[request.param]


@pytest.fixture
async def carrier(factory: Factory, world: World) -> AsyncIterator[Carrier]:
    async with factory(world, world.auth_token) as carrier:
        yield carrier


def text(world: World, to: str = PERSON, body: str = "Hello", **more: Any) -> OutgoingText:
    return OutgoingText(to, body, world.number, **more)


def created(world: World, **filters: str) -> list[dict[str, Any]]:
    return world.messages(direction="outbound-api", **filters)


async def listed(carrier: Carrier, **filters: Any) -> list[CarrierMessage]:
    return [message async for message in carrier.list_messages(**filters)]


# Sending


@pytest.mark.parametrize("body", ["Hello", "a" * 161, "“smart” 😀 & + % =\n\ttab", "€" * 81, "ç" * 71, "👨‍👩‍👧‍👦" * 7])
async def test_a_text_arrives_once_and_unchanged(carrier: Carrier, world: World, body: str) -> None:
    outcome = await carrier.send_text(text(world, body=body))
    assert isinstance(outcome, Accepted)
    [row] = created(world)
    assert (row["sid"], row["body"], row["to"]) == (outcome.carrier_sid, body, PERSON)
    assert outcome.segments == count_segments(body).segments
    assert not outcome.status.is_terminal


async def test_many_at_once_are_each_accepted_once(carrier: Carrier, world: World) -> None:
    outcomes = await asyncio.gather(*(carrier.send_text(text(world, body=f"n {number}")) for number in range(100)))
    sids = {outcome.carrier_sid for outcome in outcomes if isinstance(outcome, Accepted)}
    assert len(sids) == len(created(world)) == 100


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("+15005550001", ErrorClass.PERMANENT),
        ("+15005550002", ErrorClass.PERMANENT),
        ("+15005550004", ErrorClass.OPT_OUT),
        ("+15005550009", ErrorClass.PERMANENT),
        ("nonsense", ErrorClass.PERMANENT),
    ],
)
async def test_a_recipient_that_cannot_be_texted(carrier: Carrier, world: World, to: str, expected: ErrorClass) -> None:
    outcome = await carrier.send_text(text(world, to=to))
    assert isinstance(outcome, Refused)
    assert outcome.error_class is expected
    assert outcome.code and outcome.message
    assert created(world) == []


@pytest.mark.parametrize(
    ("sender", "expected"),
    [("+15005550001", ErrorClass.SENDER), ("+15005550007", ErrorClass.SENDER), ("+15005550008", ErrorClass.RETRYABLE)],
)
async def test_a_sender_that_cannot_send(carrier: Carrier, world: World, sender: str, expected: ErrorClass) -> None:
    outcome = await carrier.send_text(OutgoingText(PERSON, "Hello", sender))
    assert isinstance(outcome, Refused)
    assert outcome.error_class is expected


@pytest.mark.parametrize("body", ["", "x" * 1601])
async def test_a_body_that_cannot_be_sent(carrier: Carrier, world: World, body: str) -> None:
    outcome = await carrier.send_text(text(world, body=body))
    assert isinstance(outcome, Refused)
    assert outcome.error_class is ErrorClass.PERMANENT


async def test_who_said_stop_is_refused_as_opted_out_until_they_come_back(carrier: Carrier, world: World) -> None:
    world.text(PERSON, "STOP")
    refused = await carrier.send_text(text(world))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.error_class) == (21610, ErrorClass.OPT_OUT)
    world.text(PERSON, "START")
    assert isinstance(await carrier.send_text(text(world)), Accepted)


async def test_wrong_credentials_stop_the_sender(factory: Factory, world: World) -> None:
    async with factory(world, "wrong") as carrier:
        outcome = await carrier.send_text(text(world))
        assert isinstance(outcome, Refused)
        assert outcome.error_class is ErrorClass.SENDER
        with pytest.raises(CarrierRefused):
            await carrier.check()
        with pytest.raises(CarrierRefused):
            await listed(carrier)


# The three outcomes under faults: `created` is the carrier's own truth


@dataclass(frozen=True)
class Fault:
    switches: dict[str, float]
    outcome: type[SendOutcome]
    accepted: int


FAULTS = {
    "too many requests": Fault({"429": 1}, Refused, 0),
    "error, not accepted": Fault({"500_before_accept": 1}, Unknown, 0),
    "error, yet accepted": Fault({"500_after_accept": 1}, Unknown, 1),
    "reset, not accepted": Fault({"reset_before_accept": 1}, Unknown, 0),
    "reset, yet accepted": Fault({"reset_after_accept": 1}, Unknown, 1),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_never_makes_two_texts_of_one(carrier: Carrier, world: World, name: str) -> None:
    fault = FAULTS[name]
    world.set_faults(**fault.switches)
    assert isinstance(await carrier.send_text(text(world)), fault.outcome)
    world.set_faults(**dict.fromkeys(fault.switches, 0))
    assert len(created(world)) == fault.accepted


@pytest.mark.parametrize(
    "switches", [{"timeout_after_accept": 1, "timeout_seconds": 10 * PATIENCE}, {"slow_seconds": 2.0}], ids=["silent", "slow"]
)
async def test_what_is_not_answered_in_time_is_given_up(factory: Factory, world: World, switches: dict[str, float]) -> None:
    """The text exists all the same, or will in a moment."""
    world.set_faults(**switches)
    async with factory(world, world.auth_token, timeout=LIMIT) as carrier:
        for number in range(1, 6):
            outcome = await carrier.send_text(text(world, body=str(number)))
            if isinstance(outcome, Unknown):
                break
            # Held up itself, the process finds the late answer there before it looks at its clock.
    assert isinstance(outcome, Unknown)
    world.set_faults(**dict.fromkeys(switches, 0))
    await until(lambda: len(created(world)) == number)
    assert {row["body"] for row in created(world)} == set(map(str, range(1, number + 1)))


async def test_too_many_requests_says_when_to_come_back(carrier: Carrier, world: World) -> None:
    world.set_faults(**{"429": 1})
    outcome = await carrier.send_text(text(world))
    assert outcome == Refused(20429, ErrorClass.RETRYABLE, outcome.message, 1.0)  # type: ignore[union-attr]


async def test_under_mixed_faults_the_outcomes_bound_what_was_accepted(carrier: Carrier, world: World) -> None:
    """Every `Accepted` exists, no `Refused` exists, and nothing exists twice."""
    world.set_faults(
        **{"429": 0.2, "500_before_accept": 0.1, "500_after_accept": 0.1, "reset_before_accept": 0.1, "reset_after_accept": 0.1}
    )
    bodies = [f"text {number}" for number in range(120)]
    outcomes = await asyncio.gather(*(carrier.send_text(text(world, body=body)) for body in bodies))
    kinds = {
        kind: {body for body, o in zip(bodies, outcomes, strict=True) if isinstance(o, kind)}
        for kind in (Accepted, Refused, Unknown)
    }
    exist = [row["body"] for row in created(world)]
    assert len(exist) == len(set(exist))
    assert kinds[Accepted] <= set(exist)
    assert not kinds[Refused] & set(exist)
    assert all(kinds.values())


async def test_a_carrier_that_is_not_there_surely_accepted_nothing(factory: Factory, world: World) -> None:
    gone = RunningSimulator("http://127.0.0.1:9")
    async with factory(gone, world.auth_token) as carrier:
        outcome = await carrier.send_text(text(world))
        assert isinstance(outcome, Refused)
        assert (outcome.error_class, outcome.code) == (ErrorClass.RETRYABLE, None)
        with pytest.raises(CarrierUnavailable):
            await carrier.check()


# Reading


async def test_what_was_sent_is_found_by_recipient_and_by_sid(carrier: Carrier, world: World) -> None:
    sent = await carrier.send_text(text(world, body="find me"))
    await carrier.send_text(text(world, to=OTHER))
    assert isinstance(sent, Accepted)
    [found] = await listed(carrier, to=PERSON, from_=world.number)
    assert (found.carrier_sid, found.body, found.to, found.from_) == (sent.carrier_sid, "find me", PERSON, world.number)
    assert not found.is_inbound
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(seconds=PATIENCE)
    fetched = await carrier.fetch_message(sent.carrier_sid)
    assert fetched is not None
    assert (fetched.carrier_sid, fetched.body) == (found.carrier_sid, found.body)


async def test_an_unknown_outcome_can_be_reconciled_from_the_list(carrier: Carrier, world: World) -> None:
    world.set_faults(**{"500_after_accept": 1})
    assert isinstance(await carrier.send_text(text(world, body="lost answer")), Unknown)
    assert [message.body for message in await listed(carrier, to=PERSON)] == ["lost answer"]


async def test_a_message_that_does_not_exist(carrier: Carrier) -> None:
    assert await carrier.fetch_message("SM" + "0" * 32) is None


async def test_a_long_list_is_read_whole_and_once(carrier: Carrier, world: World) -> None:
    await asyncio.gather(*(carrier.send_text(text(world, body=str(number))) for number in range(230)))
    assert sorted(int(message.body) for message in await listed(carrier, to=PERSON)) == list(range(230))


async def test_since_leaves_out_what_is_older(carrier: Carrier, world: World) -> None:
    await carrier.send_text(text(world, body="old"))
    await asyncio.sleep(2.1)
    since = datetime.now(UTC)
    await carrier.send_text(text(world, body="new"))
    assert [message.body for message in await listed(carrier, to=PERSON, since=since)] == ["new"]
    assert len(await listed(carrier, to=PERSON, since=since - timedelta(seconds=30))) == 2


async def test_replies_are_listed(carrier: Carrier, world: World) -> None:
    world.text(PERSON, "Yes, tell me “more”")
    [reply] = await listed(carrier, to=world.number)
    assert reply.is_inbound
    assert (reply.from_, reply.to, reply.body) == (PERSON, world.number, "Yes, tell me “more”")


async def test_a_list_that_fails_says_so(carrier: Carrier, world: World) -> None:
    world.set_faults(list_fails=1)
    with pytest.raises(CarrierUnavailable) as raised:
        await listed(carrier)
    assert raised.value.retryable


async def test_the_account_can_be_checked(carrier: Carrier, world: World) -> None:
    account = await carrier.check()
    assert account.account_sid == world.account_sid
    assert account.is_active


# What the carrier tells us


@dataclass
class Listener:
    """Takes the carrier's webhooks in, as the product does: proven first, then read."""

    token: str
    url: str = ""
    texts: list[InboundText] = field(default_factory=list)
    updates: list[StatusUpdate] = field(default_factory=list)
    refused: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        content_type = request.headers.get("Content-Type")
        try:
            params = TwilioSignature(self.token, self.url).verify(
                request.raw_path, request.headers, await request.read(), content_type
            )
        except InvalidSignature:
            self.refused += 1
            return web.Response(status=403)
        if request.path == "/status":
            self.updates.append(parse_status(params, dict(request.query)))
        else:
            self.texts.append(parse_inbound(params))
        return web.Response(body=EMPTY_TWIML, content_type="text/xml")


@pytest.fixture
async def listener(world: World) -> AsyncIterator[Listener]:
    listener = Listener(world.auth_token)
    app = web.Application()
    app.router.add_route("*", "/{name}", listener.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield listener
    await runner.cleanup()


async def test_receipts_are_genuine_and_carry_the_token(carrier: Carrier, world: World, listener: Listener) -> None:
    callback = f"{listener.url}/status?token=a%2Fb+c"
    sent = await carrier.send_text(text(world, status_callback=callback))
    await world.wait_until_idle_async(PATIENCE)
    assert isinstance(sent, Accepted)
    assert listener.refused == 0
    assert {(update.carrier_sid, update.token) for update in listener.updates} == {(sent.carrier_sid, "a/b c")}
    assert max(listener.updates, key=lambda update: update.status.rank).status is DeliveryStatus.DELIVERED


async def test_replies_are_genuine_and_read(carrier: Carrier, world: World, listener: Listener) -> None:
    world.set_numbers({world.number: {"sms_url": f"{listener.url}/inbound?x=1"}})
    world.text(PERSON, "Grüße & “more” +1")
    world.text(OTHER, "stop")
    await world.wait_until_idle_async(PATIENCE)
    assert listener.refused == 0
    by_person = {heard.from_: heard for heard in listener.texts}
    assert (by_person[PERSON].body, by_person[PERSON].to) == ("Grüße & “more” +1", world.number)
    assert [message.carrier_sid for message in await listed(carrier, from_=PERSON)] == [by_person[PERSON].carrier_sid]
    assert by_person[OTHER].body == "stop"


async def test_a_webhook_signed_with_another_token_is_refused(world: World, listener: Listener) -> None:
    listener.token = "another"
    world.set_numbers({world.number: {"sms_url": f"{listener.url}/inbound"}})
    world.text(PERSON, "hello")
    await world.wait_until_idle_async(PATIENCE)
    assert listener.refused >= 1
    assert listener.texts == []
