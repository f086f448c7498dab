"""A process that asks a model for as long as the budget pays: started many times, and killed at any moment."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from outrider.config import Settings
from outrider.db.engine import Database
from outrider.llm.base import BudgetExhausted, ChatReply, ChatRequest
from outrider.llm.budgeted import Budgeted, Metered
from outrider.llm.budgets.ledger import Ledger
from tests.scripted_model import REPLY, REQUEST, TARIFF, Scripted

AT_ONCE = 4
UNHINDERED = 16
"""Calls that are answered at once. Later ones are not before all have died who are to die: until then the budget lasts."""


class Paid(Scripted):
    """Writes a bill, as a provider would: also for calls of which nobody hears the answer."""

    def __init__(self, bill: str, all_died: Path):
        super().__init__()
        self._bill, self._billed, self._all_died = os.open(bill, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 0, all_died

    async def complete(self, request: ChatRequest) -> ChatReply:
        cost = Decimal(random.randint(1, 31))
        os.write(self._bill, f"{cost}\n".encode())
        self._billed += 1
        await asyncio.sleep(random.random() * 0.05)
        while self._billed > UNHINDERED and not self._all_died.exists():
            await asyncio.sleep(0.01)
        return replace(REPLY, cost=cost)


async def main(dsn: str, limit: str, bill: str, all_died: str) -> None:
    database = Database(dsn, pool_size=2)
    settings = Settings(_env_file=None, budget_day=Decimal(limit), budget_conversation=None)
    ledger = Ledger(database, settings, patience=1.0)
    model = Budgeted(Metered(Paid(bill, Path(all_died)), TARIFF), ledger, TARIFF)

    async def spend() -> None:
        try:
            while True:
                await model.complete(REQUEST)
        except BudgetExhausted:
            return

    await asyncio.gather(*(spend() for _ in range(AT_ONCE)))
    await ledger.aclose()
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
