"""Rows per second of a CSV file into leads, and the memory of the importing processes.

The file is realistic: twenty columns, 10% of the rows in messy spellings, 2% that can't be used, 3% about somebody named
before; consent for most, and everybody put into a list. The baseline is how a tutorial would do it: one row after the
other, `phonenumbers` for each, one object of the ORM each, a commit now and then; without consents, lists, merging or an
account of what was rejected, and into the same table.

`python -m bench.import_rows DSN FILE` is the importing process; it prints its figures as JSON.
"""

from __future__ import annotations

import asyncio
import csv
import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import phonenumbers
import psutil
import uvloop
from phonenumbers.timezone import time_zones_for_number
from sqlalchemy import text

from bench.harness import Context, Measurement, database
from bench.people import write_people
from bench.processes import process, python
from outrider.db.engine import Database
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.run import import_file
from outrider.leads.models import Lead
from outrider.telemetry import configure_logging

ROWS, QUICK_ROWS = 1_000_000, 20_000
KNOWN_ROWS = 100_000
"""Rows of the second file, all about people who are leads by then."""
NAIVE_ROWS, QUICK_NAIVE_ROWS = 5_000, 1_000
NAIVE_COMMIT = 500
GOAL = 10_000
LARGEST_MEMORY_MB = 300
WATCH_SECONDS = 0.1
Json = dict[str, Any]


async def run(context: Context) -> dict[str, Measurement]:
    count = context.scaled(ROWS, QUICK_ROWS)
    file, known = context.folder / "people.csv", context.folder / "known.csv"
    await asyncio.to_thread(write_people, file, count)
    await asyncio.to_thread(_copy_head, file, known, min(KNOWN_ROWS, count // 2))
    context.say(f"{count:,} rows, {file.stat().st_size / 1e6:,.0f} MB")
    async with database(context.folder) as opened:
        naive = await _naive(opened, file, context.scaled(NAIVE_ROWS, QUICK_NAIVE_ROWS))
        context.say(f"row by row: {naive:,.0f} rows/s")
        first = await _import(context, opened.dsn, file)
        context.say(f"import: {first['rows_per_second']:,.0f} rows/s, at most {first['memory_mb']:,.0f} MB")
        again = await _import(context, opened.dsn, known)
        context.say(f"people who are known: {again['rows_per_second']:,.0f} rows/s")
        async with opened.transaction() as session:
            leads = int((await session.execute(text("SELECT count(*) FROM leads"))).scalar_one())
    _check(first, again, leads, count)
    return {
        "import_rows": Measurement(
            samples=[first["rows_per_second"]],
            unit="rows/s",
            goal=GOAL,
            baseline=naive,
            baseline_name="row by row through the ORM",
            details={
                "rows": count,
                "leads": leads,
                "rejected": first["rows_rejected"],
                "duplicates": first["rows_duplicate"],
                "seconds": first["seconds"],
                "rows_per_second_known_people": again["rows_per_second"],
            },
        ),
        "import_memory": Measurement(
            samples=[first["memory_mb"]],
            unit="MB",
            goal=LARGEST_MEMORY_MB,
            higher_is_better=False,
            details={"of": "the importing process and its children together at their peak, without PostgreSQL"},
        ),
    }


def _copy_head(source: Path, target: Path, rows: int) -> None:
    with source.open("rb") as read, target.open("wb") as write:
        write.writelines(islice(read, rows + 1))


async def _import(context: Context, dsn: str, file: Path) -> Json:
    """Import in a process of its own and watch its memory."""
    async with process(*python("bench.import_rows", dsn, str(file)), log=context.folder / "import.log") as importing:
        watching = asyncio.create_task(_peak_memory(psutil.Process(importing.pid)))
        assert importing.stdout is not None
        output = await importing.stdout.read()
        watching.cancel()
        figures: Json = json.loads(output)
        return {**figures, "memory_mb": _peaks.pop(importing.pid)}


_peaks: dict[int, float] = {}


async def _peak_memory(root: psutil.Process) -> None:
    """Keep the largest resident memory of a process and its children, in megabytes."""
    while True:
        try:
            sizes = [member.memory_info().rss for member in (root, *root.children(recursive=True))]
        except psutil.NoSuchProcess:
            sizes = []
        _peaks[root.pid] = max(_peaks.get(root.pid, 0.0), sum(sizes) / 1e6)
        await asyncio.sleep(WATCH_SECONDS)


def _check(first: Json, again: Json, leads: int, count: int) -> None:
    """A fast import of the wrong leads would be worth nothing."""
    assert first["rows_read"] == count, first
    assert first["rows_created"] == leads, (first, leads)
    assert first["rows_created"] + first["rows_duplicate"] + first["rows_rejected"] == count, first
    assert again["rows_created"] == 0, again
    assert again["rows_updated"] <= again["rows_read"] // 10, again


async def _naive(opened: Database, file: Path, count: int) -> float:
    """Rows per second of the baseline; its leads are removed again."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(islice(csv.DictReader(lines), count))
    began = time.perf_counter()
    for first in range(0, len(rows), NAIVE_COMMIT):
        async with opened.transaction() as session:
            seen: set[str] = set()
            for row in rows[first : first + NAIVE_COMMIT]:
                lead = _naive_lead(row)
                if lead is None or lead.phone in seen or await _is_known(session, lead.phone):
                    continue
                seen.add(lead.phone or "")
                session.add(lead)
                await session.flush()
    rate = len(rows) / (time.perf_counter() - began)
    async with opened.transaction() as session:
        await session.execute(text("TRUNCATE leads CASCADE"))
    return rate


async def _is_known(session: Any, phone: str | None) -> bool:
    return (await session.execute(text("SELECT 1 FROM leads WHERE phone = :phone"), {"phone": phone})).first() is not None


def _naive_lead(row: dict[str, str]) -> Lead | None:
    try:
        number = phonenumbers.parse(row["Mobile Phone"], "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return Lead(
        name=f"{row['First Name']} {row['Last Name']}".strip(),
        phone=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        email=row["Email"].strip().lower(),
        company=row["Company"],
        title=row["Job Title"],
        industry=row["Industry"],
        company_size=row["Company Size"],
        city=row["City"],
        region=row["State"],
        postal_code=row["Zip"],
        country="US",
        time_zones=list(time_zones_for_number(number)),
        attributes={"plan": row["Plan"], "annual_revenue": row["Annual Revenue"]},
        source=row["Lead Source"],
        score=int(row["Lead Score"].rstrip("%")),
        tier=row["Tier"],
        notes=row["Notes"] or None,
    )


async def _import_and_report(dsn: str, file: Path) -> None:
    opened = Database(dsn, pool_size=2)
    began = time.perf_counter()
    report = await import_file(opened, file, ImportOptions(list_name="Bench"))
    seconds = time.perf_counter() - began
    await opened.aclose()
    figures = report.model_dump(include={"rows_read", "rows_created", "rows_updated", "rows_duplicate", "rows_rejected"})
    sys.stdout.write(json.dumps({**figures, "seconds": seconds, "rows_per_second": report.rows_read / seconds}) + "\n")


if __name__ == "__main__":
    configure_logging("WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_import_and_report(sys.argv[1], Path(sys.argv[2])))
