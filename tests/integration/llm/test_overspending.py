"""Sixteen processes and one small budget; some are killed in the middle of calls that somebody has to pay."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg

from outrider.db.engine import Database
from outrider.llm.budgets import repository as rows
from tests.worlds import World

PROCESSES = 16
LIMIT = Decimal(15_000)
"""Dollars; a call costs one to thirty-one, and thirty-one at most."""
ROOT = Path(__file__).parents[3]


async def test_no_death_makes_a_budget_be_exceeded(world: World, database: Database, tmp_path: Path) -> None:
    draw, all_died = random.Random(7), tmp_path / "all died"
    bills = [tmp_path / f"bill {number}" for number in range(PROCESSES)]
    alive = [await _start(database.dsn, bill, all_died) for bill in bills]
    killed: list[asyncio.subprocess.Process] = []
    sql = await asyncpg.connect(database.dsn)
    while any(process.returncode is None for process in alive):
        await asyncio.sleep(draw.uniform(0.02, 0.1))
        spending = [
            process
            for process, bill in zip(alive, bills, strict=True)
            if process.returncode is None and process not in killed and bill.stat().st_size
        ]
        # Nothing is awaited between that look and the blow: whoever ends meanwhile can't be sent a signal.
        if spending and len(killed) < PROCESSES // 2:
            killed.append(draw.choice(spending))
            killed[-1].send_signal(signal.SIGKILL)
            bills.append(tmp_path / f"bill {len(bills)}")
            alive.append(await _start(database.dsn, bills[-1], all_died))
        if len(killed) == PROCESSES // 2:
            all_died.touch()
        spent = await sql.fetchval("SELECT spent FROM budget_guards WHERE scope = 'installation_day'")
        assert (spent or 0) <= LIMIT

    async with database.transaction() as session:
        lost = await rows.lose(session, datetime.now(UTC) + timedelta(hours=1))
    billed = sum(Decimal(line) for bill in bills for line in bill.read_text().split())
    ledger = await sql.fetchval("SELECT sum(cost) FROM model_calls")
    guards = [row["spent"] for row in await sql.fetch("SELECT spent FROM budget_guards")]
    await sql.close()

    assert len(killed) == PROCESSES // 2 and lost > 0, "somebody died in the middle of a call"
    assert billed <= ledger <= LIMIT
    assert guards == [ledger, ledger]
    assert ledger > LIMIT - 32, "all of the budget can be spent"


async def _start(dsn: str, bill: Path, all_died: Path) -> asyncio.subprocess.Process:
    bill.touch()
    arguments = ["-m", "tests.integration.llm.spender", dsn, str(LIMIT), str(bill), str(all_died)]
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL)
