"""The numbers and messaging services that texts leave from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.config import Settings
from outrider.conversations.events import SendersChanged
from outrider.conversations.models import Sender, SenderKind
from outrider.conversations.repository import senders as rows
from outrider.conversations.schemas import SenderIn, SenderPatch
from outrider.errors import Conflict, InvalidInput, NotFound
from outrider.events.bus import publish

SIMULATOR_NUMBERS = ("+12025550143", "+13105550186")
"""The numbers that the shipped simulator owns by default."""
SIMULATOR_RATE = 250.0
LONG_CODE_RATE = 1.0
TOLL_FREE_RATE = 3.0
SERVICE_RATE = 3.0
"""Segments per second that the carrier lets an ordinary number, a toll-free one and a small registered campaign send."""

NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}")
SERVICE = re.compile(r"MG[0-9a-f]{32}")
TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}")


class SenderExists(Conflict):
    """There is a sender with this address."""


class SenderInUse(Conflict):
    """Texts refer to the sender, so it can't be deleted."""


async def ensure_default_senders(session: AsyncSession, settings: Settings) -> None:
    """Add the senders that the settings name, or the simulator's; those that exist stay as they are.

    Once a real account is configured, the simulator's numbers are taken out of use: nobody may be texted from them.
    """
    if settings.uses_simulator:
        for number in SIMULATOR_NUMBERS:
            await rows.add_if_missing(session, SenderKind.NUMBER, number, SIMULATOR_RATE)
        return
    await rows.disable_at(session, SIMULATOR_NUMBERS, "Belongs to the simulator; a real account is configured now.")
    for address in (settings.twilio_messaging_service_sid, settings.twilio_from_number):
        if address:
            await rows.add_if_missing(session, kind_of(address), address, default_rate(address))


async def list_senders(session: AsyncSession) -> tuple[Sequence[Sender], dict[int, int]]:
    """Every sender, and the number of texts that wait for each."""
    return await rows.all_senders(session), await rows.waiting_by_sender(session)


async def get_sender(session: AsyncSession, sender_id: int) -> Sender:
    """
    Raises:
        NotFound: no such sender.
    """
    sender = await session.get(Sender, sender_id)
    if sender is None:
        raise NotFound(f"There is no sender {sender_id}.")
    return sender


async def create_sender(session: AsyncSession, given: SenderIn) -> Sender:
    """
    Raises:
        SenderExists: change that one instead.
    """
    if await rows.sender_at(session, given.address) is not None:
        raise SenderExists(f"There is a sender {given.address} already.", remedy="Change that one.")
    sender = Sender(
        kind=kind_of(given.address),
        address=given.address,
        label=given.label,
        enabled=given.enabled,
        segments_per_second=given.segments_per_second or default_rate(given.address),
    )
    session.add(sender)
    await session.flush()
    await publish(session, SendersChanged([sender.id]))
    await session.refresh(sender)
    return sender


async def change_sender(session: AsyncSession, sender_id: int, patch: SenderPatch) -> Sender:
    """Change label, rate or use. Enabling a sender forgets why it was disabled.

    Raises:
        NotFound: no such sender.
    """
    sender = await get_sender(session, sender_id)
    for field, value in patch.model_dump(exclude_unset=True, exclude_none=True).items():
        setattr(sender, field, value)
    if patch.enabled:
        sender.disabled_reason = None
    await session.flush()
    await publish(session, SendersChanged([sender_id]))
    await session.refresh(sender)
    return sender


async def delete_sender(session: AsyncSession, sender_id: int) -> None:
    """
    Raises:
        NotFound: no such sender.
        SenderInUse: disable it instead.
    """
    sender = await get_sender(session, sender_id)
    if await rows.has_messages(session, sender_id):
        raise SenderInUse("Texts were sent from it, and they keep their sender.", remedy="Disable it instead.")
    await session.delete(sender)
    await session.flush()
    await publish(session, SendersChanged([sender_id]))


def kind_of(address: str) -> SenderKind:
    """
    Raises:
        InvalidInput: neither a number nor a messaging service.
    """
    if SERVICE.fullmatch(address):
        return SenderKind.MESSAGING_SERVICE
    if NUMBER.fullmatch(address):
        return SenderKind.NUMBER
    raise InvalidInput.on(
        "body.address",
        "is neither a phone number nor a messaging service",
        "Write +12025550143, a short code, or MG and 32 digits.",
    )


def default_rate(address: str) -> float:
    """Segments per second for a new sender: what carriers allow without further registration."""
    if SERVICE.fullmatch(address):
        return SERVICE_RATE
    return TOLL_FREE_RATE if TOLL_FREE.fullmatch(address) else LONG_CODE_RATE
