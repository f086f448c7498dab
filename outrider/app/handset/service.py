"""What the person at the screen does with somebody's handset. No transaction is open while the simulator is asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from outrider.app.handset import repository
from outrider.app.handset.client import SimulatorClient, SimulatorUnavailable
from outrider.app.handset.schemas import Availability, Handset, HandsetPerson, HandsetText, Record
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import Conflict, InvalidInput, NotFound

MANUAL = "manual"
"""The simulator's name for somebody who is played by the person at the screen."""
NOT_MISBEHAVING = "timeout_seconds"
"""A switch that says how, not how often."""
DELIVERED = "delivered"
E164 = re.compile(r"\+[1-9]\d{6,14}")


class NoSimulator(NotFound):
    """A real carrier is configured: people have their own handsets."""


class NoNumberOfOurs(Conflict):
    """There is no number that the person could text."""


def simulator_address(settings: Settings) -> str:
    """
    Raises:
        NoSimulator: a real carrier is configured.
    """
    if not settings.uses_simulator or settings.carrier_base_url is None:
        raise NoSimulator(
            "The handset works only while the shipped simulator is the carrier; a real carrier is configured.",
            remedy="Use a phone of your own, or unset TWILIO_ACCOUNT_SID.",
        )
    return settings.carrier_base_url


async def availability(settings: Settings) -> Availability:
    """Whether there is a simulator, and whether it answers."""
    if not settings.uses_simulator:
        return Availability(available=False, running=False, personas=[])
    try:
        async with SimulatorClient(simulator_address(settings)) as simulator:
            return Availability(available=True, running=True, personas=await simulator.personas())
    except SimulatorUnavailable:
        return Availability(available=True, running=False, personas=[])


async def people(database: Database, search: str | None, limit: int) -> list[HandsetPerson]:
    """Leads with a number, those with a thread first."""
    async with database.transaction() as session:
        rows = await repository.people(session, search, limit)
    return [HandsetPerson.model_validate(row) for row in rows]


async def look(database: Database, simulator: SimulatorClient, phone: str) -> Handset:
    """What is on the handset.

    Raises:
        InvalidInput: not a number.
        NoNumberOfOurs, SimulatorUnavailable
    """
    return await _handset(database, simulator, _checked(phone))


async def pick_up(database: Database, simulator: SimulatorClient, phone: str) -> Handset:
    """Take the handset in hand: the person at the screen answers, unless a persona was chosen for this number before.

    Raises:
        InvalidInput: not a number.
        NoNumberOfOurs, SimulatorUnavailable
    """
    await _silence(simulator, _checked(phone))
    return await _handset(database, simulator, phone)


async def write_text(database: Database, simulator: SimulatorClient, phone: str, body: str) -> HandsetText:
    """The person texts us.

    Raises:
        InvalidInput: not a number, or a text that the carrier can't take.
        NoNumberOfOurs, SimulatorUnavailable
    """
    person = await _silence(simulator, _checked(phone))
    our_number = await _our_number(database, simulator, phone, person["thread"])
    return _text(await simulator.text(phone, our_number, body))


async def choose_persona(database: Database, simulator: SimulatorClient, phone: str, persona: str | None) -> Handset:
    """Let somebody else play the person.

    Raises:
        InvalidInput: not a number, or no such persona.
        NoNumberOfOurs, SimulatorUnavailable
    """
    await simulator.change_person(_checked(phone), persona=persona)
    return await _handset(database, simulator, phone)


async def switch(database: Database, simulator: SimulatorClient, phone: str, *, delivers: bool) -> Handset:
    """Switch the handset on or off.

    Raises:
        InvalidInput: not a number.
        NoNumberOfOurs, SimulatorUnavailable
    """
    await simulator.change_person(_checked(phone), delivers=delivers)
    return await _handset(database, simulator, phone)


def _checked(phone: str) -> str:
    if not E164.fullmatch(phone):
        raise InvalidInput.on("path.phone", "is no number in E.164", "Write it as +12125550100.")
    return phone


async def _silence(simulator: SimulatorClient, phone: str) -> Record:
    """Keep the person's script from answering beside the person at the screen."""
    person = await simulator.person(phone)
    return person if person["persona_is_chosen"] else await simulator.change_person(phone, persona=MANUAL)


async def _handset(database: Database, simulator: SimulatorClient, phone: str) -> Handset:
    person = await simulator.person(phone)
    faults = await simulator.faults()
    return Handset(
        phone=phone,
        our_number=await _our_number(database, simulator, phone, person["thread"]),
        persona=person["persona"],
        persona_is_chosen=person["persona_is_chosen"],
        delivers=person["delivers"],
        opted_out=bool(person["opted_out"]),
        faults={name: value for name, value in faults.items() if value and name != NOT_MISBEHAVING},
        texts=[_text(record) for record in person["thread"]],
    )


async def _our_number(database: Database, simulator: SimulatorClient, phone: str, thread: list[Record]) -> str:
    """The number that wrote or was written to last; without any, the one that we would write from."""
    used = next((ours for record in reversed(thread) if (ours := _ours(record))), None)
    if used is not None:
        return used
    owned = await simulator.numbers()
    async with database.transaction() as session:
        addresses = await repository.sender_addresses(session, phone)
    found = next((address for address in addresses if address in owned), None)
    if found is None:
        raise NoNumberOfOurs("None of our senders is a number of the simulated carrier.", remedy="Add or enable a sender.")
    return found


def _ours(record: Record) -> str | None:
    """Our side of a text; None while a messaging service has not chosen the number."""
    number: str | None = record["to"] if record["direction"] == "inbound" else record["from"]
    return number


def _text(record: Record) -> HandsetText:
    is_written = record["direction"] == "inbound"
    arrived = is_written or record["status"] == DELIVERED
    moment = record["history"][-1][1] if arrived else record["created"]
    return HandsetText(
        sid=record["sid"],
        direction="written" if is_written else "received",
        our_number=_ours(record),
        body=record["body"],
        media_urls=list(record["media"]),
        status=record["status"],
        arrived=arrived,
        error_code=record["error_code"],
        segments=record["segments"],
        at=datetime.fromtimestamp(moment, UTC),
        by_carrier=record["origin"] == "carrier",
    )
