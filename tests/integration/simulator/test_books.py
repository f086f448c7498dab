"""The counters are the judge of the product, so they are checked against what a client saw, with every fault on."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp
from twilio.rest import Client

from simulator.testing import RunningSimulator
from tests.clocks import PATIENCE

from .conftest import OURS, OURS_TOO, Product

FAULTS = {
    "429": 0.05,
    "500_before_accept": 0.05,
    "500_after_accept": 0.05,
    "timeout_after_accept": 0.05,
    "reset_before_accept": 0.05,
    "reset_after_accept": 0.05,
    "timeout_seconds": 0.2,
    "list_lag_seconds": 0.2,
    "callback_duplicates": 2,
    "callback_shuffle": 0.1,
    "callback_drop": 0.1,
    "inbound_drop": 0.1,
}


async def storm(simulator: RunningSimulator, product: Product, creates: int) -> tuple[Counter[str], set[str]]:
    """Send texts over 40 connections, every tenth one twice.

    Returns:
        Outcomes as the client saw them, and the SIDs it was given.
    """
    outcomes: Counter[str] = Counter()
    sids: set[str] = set()
    url = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    indexes = iter([index for index in range(creates) for _ in range(2 if index % 10 == 0 else 1)])

    async def work(session: aiohttp.ClientSession) -> None:
        for index in indexes:
            form = {
                "To": f"+1212555{index:04}",
                "From": (OURS, OURS_TOO)[index % 2],
                "Body": f"Hi {index}",
                "StatusCallback": f"{product.url}/status?i={index}",
            }
            try:
                async with session.post(url, data=form) as response:
                    outcomes[str(response.status)] += 1
                    if response.status == 201:
                        sids.add((await response.json())["sid"])
            except aiohttp.ClientError:
                outcomes["broken"] += 1

    auth = aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)
    async with aiohttp.ClientSession(headers={"Authorization": auth}) as session:
        await asyncio.gather(*(work(session) for _ in range(40)))
    return outcomes, sids


async def test_the_books_balance_with_every_fault_on(simulator: RunningSimulator, product: Product, twilio: Client) -> None:
    simulator.set_personas(mix={"stop": 1, "interested": 1, "landline": 1, "silence": 2}, reply_delay=[0, 5])
    simulator.set_faults(**FAULTS)
    outcomes, sids = await storm(simulator, product, creates=1000)
    counters = await simulator.wait_until_idle_async(3 * PATIENCE)
    faults, refused = counters["faults"], counters["creates_refused"]

    assert counters["creates_requested"] == 1100 == sum(outcomes.values())
    assert counters["creates_accepted"] == outcomes["201"] + sum(
        faults[name] for name in ("500_after_accept", "timeout_after_accept", "reset_after_accept")
    )
    assert outcomes["broken"] == faults["reset_before_accept"] + faults["reset_after_accept"] + faults["timeout_after_accept"]
    assert outcomes["500"] == faults["500_before_accept"] + faults["500_after_accept"]
    assert refused["20429"] == faults["429"] == outcomes["429"]
    assert outcomes["400"] == refused.get("21610", 0)

    record = [message for message in simulator.messages() if message["origin"] == "api"]
    texts = Counter((message["to"], message["body"]) for message in record)
    assert len(record) == counters["creates_accepted"]
    assert len(sids) == outcomes["201"]
    assert counters["duplicate_creates"] == sum(count - 1 for count in texts.values()) > 0
    assert sids <= {message["sid"] for message in record}
    assert Counter(message["status"] for message in record) == {
        "delivered": counters["delivered"],
        "undelivered": counters["undelivered"],
    }

    people = [message for message in simulator.messages() if message["origin"] == "person"]
    assert len(people) == counters["persona_replies"] == counters["inbound_received"]
    ended = ("inbound_webhooks_ok", "inbound_webhooks_dropped", "inbound_webhooks_failed")
    assert sum(counters[name] for name in ended) == len(people)
    # What the carrier gave up may have arrived all the same: its answer came too late.
    heard, told = len(product.at("/inbound")), len(product.at("/status"))
    assert 0 <= heard - counters["inbound_webhooks_ok"] <= counters["inbound_webhooks_failed"]
    assert 0 <= told - counters["callbacks_sent"] <= counters["callbacks_failed"]
    assert counters["inbound_webhooks_failed"] + counters["callbacks_failed"] < (heard + told) / 20

    await asyncio.sleep(FAULTS["list_lag_seconds"])
    listed = await asyncio.to_thread(twilio.messages.list, page_size=1000)
    assert {message.sid for message in listed} == {message["sid"] for message in simulator.messages()}
