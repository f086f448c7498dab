"""A sender's rate holds for all deliverers together, and is used."""

from __future__ import annotations

import asyncio
from typing import Any

from outrider.channels.base import Accepted, DeliveryStatus, OutgoingText
from outrider.conversations.deliverer import Deliverer

RATE = 60.0
COUNT = 300
ALLOWANCE = 5
"""Texts that may go before their moment."""


async def test_two_deliverers_share_one_rate(world: Any, sending: Any, run: Any, until: Any) -> None:
    await world.sender(rate=RATE)
    leads = await world.leads(COUNT)
    moments: list[float] = []

    class Carrier:
        async def send_text(self, text: OutgoingText) -> Accepted:
            moments.append(asyncio.get_running_loop().time())
            return Accepted(f"SM{int(text.to):032x}", DeliveryStatus.QUEUED, 1, None)

    await world.queue(*[world.intent(lead) for lead in leads])
    began = asyncio.get_running_loop().time()
    async with run(*[Deliverer(world.database, Carrier(), sending(), [], "http://127.0.0.1:8000") for _ in range(2)]):
        await until(
            lambda: _posted(moments),
        )
    for count, moment in enumerate(moments, 1):
        assert count <= RATE * (moment - began + 1.0) + ALLOWANCE, f"{count} in {moment - began:.2f} s"


async def _posted(moments: list[float]) -> bool:
    return len(moments) == COUNT
