"""What people write, and what follows from it at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outrider.channels.base import InboundText
from outrider.conversations.deliverer import Deliverer
from outrider.conversations.events import NumberSuppressed, TextReceived
from outrider.conversations.inbound import Arrival, receive_text, receive_texts
from outrider.conversations.inbox import WebhookInbox
from outrider.conversations.models import Message
from outrider.conversations.puller import InboundPuller
from outrider.conversations.suppressions import NewSuppression, suppress, suppressed_phones
from tests.worlds import inbound

OURS = "+12025550143"


@pytest.fixture
def receive(world: Any) -> Any:
    async def take(*texts: InboundText) -> list[Any]:
        async with world.database.transaction() as session:
            return await receive_texts(session, [Arrival(text, "webhook") for text in texts])

    return take


async def test_a_text_is_stored_and_told_once(world: Any, receive: Any, heard: Any) -> None:
    sender = await world.sender()
    lead = await world.lead()
    await world.queue(world.intent(lead, campaign_id=7))
    text = inbound(lead.phone, "Tell me more", media_urls=("https://example.test/a.jpg",))
    (first,) = await receive(text)
    assert await receive(text, text) == [None, None]
    (message,) = await world.messages(Message.direction == "in")
    assert (message.body, message.author, message.state, message.sender_id, message.campaign_id) == (
        "Tell me more",
        "lead",
        None,
        sender.id,
        7,
    )
    assert message.details == {"via": "webhook", "media_urls": ["https://example.test/a.jpg"]}
    conversation = await world.conversation(lead)
    assert (conversation.inbound_count, conversation.answered_count) == (1, 0)
    assert conversation.last_inbound_at == conversation.last_message_at
    (told,) = heard.of(TextReceived)
    assert (told.message_id, told.conversation_id, told.lead_id, told.campaign_id, told.body, told.wish) == (
        first.message_id, conversation.id, lead.id, 7, "Tell me more", None,
    )  # fmt: skip


async def test_the_same_text_at_once_in_two_processes_counts_once(world: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    text = inbound(lead.phone, "Hello?")
    inboxes = [WebhookInbox(world.database) for _ in range(4)]
    results = await asyncio.gather(*[inbox.receive(text) for inbox in inboxes for _ in range(5)])
    assert sum(result is not None for result in results) == 1
    assert (await world.conversation(lead)).inbound_count == 1
    assert len(heard.of(TextReceived)) == 1


async def test_several_texts_of_one_person_all_count(world: Any, receive: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    await receive(*[inbound(lead.phone, f"Text {number}") for number in range(5)])
    assert (await world.conversation(lead)).inbound_count == 5
    assert [fact.body for fact in heard.of(TextReceived)] == [f"Text {number}" for number in range(5)]


async def test_a_stranger_becomes_a_lead(world: Any, receive: Any) -> None:
    await world.sender()
    (received,) = await receive(inbound("+14155550123", "Who is this?"))
    async with world.database.transaction() as session:
        from outrider.leads.models import Lead

        lead = await session.get(Lead, received.lead_id)
    assert (lead.phone, lead.source, lead.country, lead.region) == ("+14155550123", "inbound", "US", "CA")
    assert lead.time_zones == ["America/Los_Angeles"]


async def test_what_no_person_wrote_is_left_out(world: Any, receive: Any) -> None:
    await world.sender()
    assert await receive(inbound("72345", "Your code is 123"), inbound("AMAZON", "Parcel")) == [None, None]
    assert await world.messages() == []


async def test_the_conversation_moves_to_the_sender_the_person_wrote_to(world: Any, receive: Any) -> None:
    first = await world.sender(OURS)
    lead = await world.lead()
    await world.queue(world.intent(lead))
    second = await world.sender("+13105550186")
    off = await world.sender("+13105550187", enabled=False)
    await receive(inbound(lead.phone, "Hi", to=second.address))
    assert (await world.conversation(lead)).sender_id == second.id
    await receive(inbound(lead.phone, "Hi", to=off.address), inbound(lead.phone, "Hi", to="+19995550000"))
    assert (await world.conversation(lead)).sender_id == second.id
    assert first.id != second.id


async def test_an_answer_cancels_what_campaigns_still_want_to_say(world: Any, receive: Any, heard: Any) -> None:
    await world.sender()
    lead, other = await world.leads(2)
    ids = await world.queue(
        world.intent(lead, key="follow-up", campaign_id=1, due_at=datetime.now(UTC) + timedelta(days=2)),
        world.intent(lead, key="other campaign", campaign_id=2),
        world.intent(lead, key="reply", purpose="reply"),
        world.intent(other, campaign_id=1),
    )
    await receive(inbound(lead.phone, "Yes, tell me more"))
    assert [(await world.message(one)).state for one in ids] == ["cancelled", "cancelled", "queued", "queued"]
    assert {(o.message_id, o.reason) for o in heard.outcomes()} == {(ids[0], "replied"), (ids[1], "replied")}


@pytest.mark.parametrize("body", ["STOP", "stop", " Unsubscribe ", "StopAll", "OPTOUT", "quit", "cancel", "revoke", "end"])
async def test_a_keyword_opts_out_and_the_carrier_confirms(world: Any, receive: Any, heard: Any, body: str) -> None:
    await world.sender()
    lead = await world.lead()
    await world.queue(world.intent(lead), world.intent(lead, key="reply", purpose="reply"))
    await receive(inbound(lead.phone, body))
    (suppression,) = await world.suppressions()
    assert (suppression.phone, suppression.reason, suppression.evidence) == (lead.phone, "stop", body)
    assert await world.states() == {"cancelled": 2}
    (fact,) = heard.of(NumberSuppressed)
    assert (fact.phone, fact.lead_ids, fact.reason) == (lead.phone, [lead.id], "stop")
    assert [told.wish for told in heard.of(TextReceived)] == ["opt_out"]


@pytest.mark.parametrize(
    ("body", "language", "confirmation"),
    [
        ("please stop texting me", None, "You have been unsubscribed"),
        ("STOP PLEASE", None, "You have been unsubscribed"),
        ("take me off your list", "es", "Ha cancelado"),
        ("no me escriban más", None, "Ha cancelado"),
        ("lose my number", "xx", "You have been unsubscribed"),
    ],
)
async def test_free_words_opt_out_and_we_confirm_once(
    world: Any, receive: Any, body: str, language: str | None, confirmation: str
) -> None:
    await world.sender()
    lead = await world.lead(language=language)
    await receive(inbound(lead.phone, body), inbound(lead.phone, body))
    await receive(inbound(lead.phone, "stop it now"))
    sent = await world.messages(Message.direction == "out")
    assert [(m.purpose, m.author, m.state, m.priority) for m in sent] == [("compliance", "system", "queued", 10)]
    assert sent[0].body.startswith(confirmation)
    assert len(await world.suppressions()) == 1


async def test_stop_and_start_in_one_group_are_obeyed_in_their_order(world: Any, receive: Any) -> None:
    await world.sender()
    lead, other = await world.leads(2)
    await receive(
        inbound(lead.phone, "STOP"), inbound(other.phone, "START"), inbound(lead.phone, "START"), inbound(other.phone, "STOP")
    )
    async with world.database.transaction() as session:
        assert await suppressed_phones(session, [lead.phone, other.phone]) == {other.phone}


@pytest.mark.parametrize(
    ("reason", "lifted"), [("stop", True), ("carrier", True), ("complaint", False), ("wrong_number", False), ("manual", False)]
)
async def test_start_lifts_only_the_persons_own_wish(world: Any, receive: Any, heard: Any, reason: str, lifted: bool) -> None:
    await world.sender()
    lead = await world.lead()
    async with world.database.transaction() as session:
        await suppress(session, [NewSuppression(lead.phone, reason, "test")])
    await receive(inbound(lead.phone, "START"))
    (suppression,) = await world.suppressions()
    assert (suppression.lifted_at is not None, suppression.lifted_by) == (lifted, "inbound text" if lifted else None)
    assert [told.wish for told in heard.of(TextReceived)] == ["opt_in" if lifted else None]


async def test_yes_is_an_answer_unless_the_person_had_opted_out(world: Any, receive: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    await receive(inbound(lead.phone, "YES"))
    assert [told.wish for told in heard.of(TextReceived)] == [None]


async def test_help_in_words_is_answered_once_a_day(world: Any, receive: Any, heard: Any) -> None:
    await world.sender()
    lead = await world.lead()
    await receive(inbound(lead.phone, "HELP"))
    assert await world.messages(Message.direction == "out") == []
    await receive(inbound(lead.phone, "help me please"), inbound(lead.phone, "help please"))
    helped = await world.messages(Message.direction == "out")
    assert [m.purpose for m in helped] == ["compliance"]
    assert [told.wish for told in heard.of(TextReceived)] == ["help"] * 3


async def test_a_confirmation_without_a_sender_does_not_undo_the_opt_out(world: Any, receive: Any) -> None:
    lead = await world.lead()
    await receive(inbound(lead.phone, "stop texting me"))
    assert len(await world.suppressions()) == 1
    assert await world.messages(Message.direction == "out") == []


async def test_an_opt_out_tells_how_many_texts_were_already_leaving(world: Any, receive: Any) -> None:
    await world.sender()
    lead = await world.lead()
    await world.queue(world.intent(lead, key="1"), world.intent(lead, key="2"), world.intent(lead, key="3"))
    await world.execute(
        "UPDATE messages SET state = 'sending', lease_until = now() + interval '1 minute' WHERE dedupe_key <> '3'"
    )
    await receive(inbound(lead.phone, "STOP"))
    (message,) = await world.messages(Message.direction == "in")
    assert message.details["in_flight_at_opt_out"] == 2
    assert await world.states() == {"sending": 2, "cancelled": 1}


async def test_nothing_is_posted_to_somebody_who_opted_out_before(
    world: Any, simulator: Any, carrier: Any, sending: Any, run: Any, until: Any
) -> None:
    """Opt-outs race with the deliverers: what leaves after an opt-out was claimed before it, and is counted."""
    await world.sender(rate=300)
    leads = await world.leads(120)
    inbox = WebhookInbox(world.database)
    deliverers = [Deliverer(world.database, carrier, sending(), [], "http://127.0.0.1:8000") for _ in range(2)]
    stopped: dict[str, datetime] = {}

    async def stop(lead: Any, delay: float) -> None:
        await asyncio.sleep(delay)
        await inbox.receive(inbound(lead.phone, "STOP"))
        stopped[lead.phone] = datetime.now(UTC)

    async with run(*deliverers):
        await world.queue(*[world.intent(lead, key=f"{lead.id}:{n}") for lead in leads for n in range(3)])
        await asyncio.gather(*[stop(lead, (number % 40) * 0.03) for number, lead in enumerate(leads)])
        await until(lambda: _none(world, "queued", "sending"))
    in_flight = {
        message.phone: message.details.get("in_flight_at_opt_out", 0)
        for message in await world.messages(Message.direction == "in")
    }
    late = [m for m in await world.messages(Message.state == "sent") if m.attempted_at > stopped[m.phone]]
    assert late == []
    for phone, moment in stopped.items():
        after = [m for m in await world.messages(Message.state == "sent", Message.phone == phone) if m.sent_at > moment]
        assert len(after) <= in_flight[phone]
    states = await world.states()
    assert states["sent"] > 0
    assert states["cancelled"] > 0


async def test_the_puller_brings_what_the_webhooks_did_not(
    world: Any, simulator: Any, carrier: Any, sending: Any, heard: Any
) -> None:
    await world.sender(OURS)
    await world.sender("+13105550186")
    people = await world.leads(30)
    for number, person in enumerate(people):
        simulator.text(person.phone, "STOP" if number % 3 == 0 else f"Answer {number}", to=(OURS, "+13105550186")[number % 2])
    listed = simulator.messages(direction="inbound")
    known = next(text for text in listed if text["body"] == "Answer 1")
    async with world.database.transaction() as session:
        await receive_text(session, inbound(known["from"], known["body"], sid=known["sid"], to=known["to"]))
    puller = InboundPuller(world.database, carrier, sending())
    assert await puller.pull() == 29
    assert await puller.pull() == 0
    assert {m.carrier_sid for m in await world.messages(Message.direction == "in")} == {text["sid"] for text in listed}
    async with world.database.transaction() as session:
        stopped = await suppressed_phones(session, [person.phone for person in people])
    assert stopped == {person.phone for number, person in enumerate(people) if number % 3 == 0}
    assert len(heard.of(TextReceived)) == 30


async def test_an_unreadable_list_moves_no_watermark(world: Any, simulator: Any, carrier: Any, sending: Any) -> None:
    sender = await world.sender(OURS)
    person = await world.lead()
    simulator.set_faults(list_fails=1)
    simulator.text(person.phone, "Anybody there?")
    puller = InboundPuller(world.database, carrier, sending())
    assert await puller.pull() == 0
    async with world.database.transaction() as session:
        assert (await session.get(type(sender), sender.id)).inbound_watermark is None
    simulator.set_faults(list_fails=0)
    assert await puller.pull() == 1
    async with world.database.transaction() as session:
        assert (await session.get(type(sender), sender.id)).inbound_watermark is not None


async def test_one_process_pulls_at_a_time(world: Any, carrier: Any, sending: Any) -> None:
    one, two = (InboundPuller(world.database, carrier, sending()) for _ in range(2))
    async with one._alone() as first, two._alone() as second:
        assert (first, second) == (True, False)
    async with two._alone() as third:
        assert third


async def test_deliveries_nobody_reported_are_looked_up(
    world: Any, simulator: Any, carrier: Any, sending: Any, run: Any, until: Any
) -> None:
    await world.sender(OURS)
    leads = await world.leads(3)
    async with run(Deliverer(world.database, carrier, sending(), [], "http://127.0.0.1:1")):
        await world.queue(*[world.intent(lead) for lead in leads])
        await until(lambda: _none(world, "queued", "sending"))
    await asyncio.to_thread(
        simulator.wait, lambda counters: all(m["status"] == "delivered" for m in simulator.messages(direction="outbound-api"))
    )
    puller = InboundPuller(world.database, carrier, sending())
    await puller.heal()
    assert {m.delivery_status for m in await world.messages()} == {"queued"}
    await world.execute("UPDATE messages SET sent_at = now() - interval '6 minutes'")
    await puller.heal()
    healed = await world.messages()
    assert {m.delivery_status for m in healed} == {"delivered"}


async def _none(world: Any, *states: str) -> bool:
    present = await world.states()
    return not any(present[state] for state in states)
