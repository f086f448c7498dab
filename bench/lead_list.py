"""Latency of the list of leads: a million of them, twenty clients at once over HTTP, one API process.

Each client does what people do with such a list: opens it in some order, pages on, searches for a word or a number, filters,
looks at one lead; then it pauses for a moment, shorter than people would. Without any pause the same clients show what the
process can do at most. The baseline serves the same requests from the same tables and indexes with the queries of a
tutorial: ILIKE for the search, OFFSET for the pages.
"""

from __future__ import annotations

import asyncio
import gc
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import aiohttp

from bench.harness import Context, Measurement, database, free_port, isolated
from bench.people import FIRST, LAST, PLACES, SOURCES, TRADES
from bench.processes import process, python
from outrider.cli.supervisor import parts_of, running
from outrider.config import read_settings
from outrider.db.engine import Database

LEADS, QUICK_LEADS = 1_000_000, 20_000
CLIENTS = 20
SECONDS, QUICK_SECONDS = 30, 4
BUSY_SECONDS, QUICK_BUSY_SECONDS = 15, 3
LONGEST_PAUSE = 0.6
"""Seconds between two deeds of a client, at most."""
MOST_PAGES = 6
SORTS = ("created_at", "updated_at", "name", "company", "score")
GOAL_P99_MS = 150
NEXT = re.compile(rb'"next_cursor":"([^"]+)"')

DRAW = "(hashint8extended(i, {seed}) & 1073741823)"
"""A number that depends on nothing but the row's and the column's: columns must be independent, as they are in life."""
FIRST_NAME = f"($1::text[])[1 + {DRAW.format(seed=1)} % array_length($1, 1)]"
LAST_NAME = f"($2::text[])[1 + {DRAW.format(seed=2)} % array_length($2, 1)]"
TRADE = f"($3::text[])[1 + {DRAW.format(seed=3)} % array_length($3, 1)]"
PLACE = f"1 + {DRAW.format(seed=4)} % array_length($4, 1)"
FILL = f"""
    INSERT INTO leads (name, phone, email, company, title, industry, company_size, city, region, country, time_zones, derived,
                       attributes, source, score, tier, created_at, updated_at)
    SELECT {FIRST_NAME} || ' ' || {LAST_NAME},
           '+1' || (2000000000 + i * 7919 % 7999999993),
           lower({LAST_NAME}) || i || '@' || lower({TRADE}) || i % 4999 || '.example',
           {LAST_NAME} || ' ' || {TRADE} || CASE WHEN i % 2 = 0 THEN ' LLC' ELSE ' Inc' END,
           CASE i % 3 WHEN 0 THEN 'Owner' WHEN 1 THEN 'Sales Manager' ELSE 'Office Manager' END,
           {TRADE}, CASE WHEN i % 2 = 0 THEN '1-10' ELSE '11-50' END,
           ($4::text[])[{PLACE}], ($5::text[])[{PLACE}], CASE WHEN ($5::text[])[{PLACE}] IN ('ON', 'BC') THEN 'CA' ELSE 'US' END,
           ARRAY['America/New_York'], '{{}}',
           jsonb_build_object('plan', 'p' || {DRAW.format(seed=5)} % 50, 'seats', {DRAW.format(seed=6)} % 1000),
           ($6::text[])[1 + {DRAW.format(seed=7)} % array_length($6, 1)],
           CASE WHEN {DRAW.format(seed=8)} % 10 > 0 THEN ({DRAW.format(seed=9)} % 101)::smallint END,
           CASE WHEN {DRAW.format(seed=8)} % 20 > 0 THEN substr('ABCD', 1 + ({DRAW.format(seed=10)} % 4)::int, 1) END,
           now() - make_interval(secs => ($7::bigint - i) / 10.0),
           now() - make_interval(secs => {DRAW.format(seed=11)} % $7::bigint / 10.0)
    FROM generate_series($8::bigint, $9::bigint) AS i
"""
CONSENTS = f"""
    INSERT INTO lead_consents (lead_id, channel, kind)
    SELECT i, 'sms', 'written' FROM (SELECT id AS i FROM leads) AS l WHERE {DRAW.format(seed=12)} % 10 < 7
"""
MEMBERS = f"""
    INSERT INTO lead_lists (name) VALUES ('Half'), ('Some');
    INSERT INTO lead_list_members (list_id, lead_id)
        SELECT 1, i FROM (SELECT id AS i FROM leads) AS l WHERE {DRAW.format(seed=13)} % 2 = 0;
    INSERT INTO lead_list_members (list_id, lead_id)
        SELECT 2, i FROM (SELECT id AS i FROM leads) AS l WHERE {DRAW.format(seed=14)} % 1000 = 7;
"""
SECONDARY_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename IN ('leads', 'lead_consents', 'lead_list_members') AND indexname NOT LIKE 'pk\\_%'
"""
ROWS_PER_INSERT = 50_000


@dataclass(slots=True)
class Figures:
    """Latencies in milliseconds, by what was asked for."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0

    def note(self, kind: str, milliseconds: float) -> None:
        self.by_kind.setdefault(kind, []).append(milliseconds)

    @property
    def all(self) -> list[float]:
        return [value for values in self.by_kind.values() for value in values]

    @property
    def rate(self) -> float:
        return len(self.all) / self.seconds

    @property
    def p50(self) -> float:
        return median(self.all)

    @property
    def p99(self) -> float:
        return _p99(self.all)


async def run(context: Context) -> dict[str, Measurement]:
    # A full collection would halt all clients for a quarter of a second, and count as latency of what they measure.
    gc.freeze()
    count, seconds = context.scaled(LEADS, QUICK_LEADS), context.scaled(SECONDS, QUICK_SECONDS)
    async with database(context.folder) as opened:
        began = time.perf_counter()
        await fill(opened, count)
        context.say(f"{count:,} leads in {time.perf_counter() - began:.0f} s")
        async with api_process(context.folder, opened.dsn) as address:
            await _load(address, count, 3.0)  # warms caches, and compiles every query once
            ours = await _load(address, count, seconds, pause=LONGEST_PAUSE)
            busy = await _load(address, count, context.scaled(BUSY_SECONDS, QUICK_BUSY_SECONDS))
        _say(context, "ours", ours)
        _say(context, "ours without a pause", busy)
        async with _baseline(context.folder, opened.dsn) as address:
            naive = await _load(address, count, seconds, pause=LONGEST_PAUSE, by_cursor=False)
        _say(context, "ILIKE and OFFSET", naive)
    return {
        "lead_list_p50": Measurement(
            samples=[ours.p50],
            unit="ms",
            baseline=naive.p50,
            baseline_name="ILIKE and OFFSET",
            higher_is_better=False,
            details={"leads": count, "clients": CLIENTS, "requests_per_second": ours.rate},
        ),
        "lead_list_p99": Measurement(
            samples=[ours.p99],
            unit="ms",
            goal=GOAL_P99_MS,
            baseline=naive.p99,
            baseline_name="ILIKE and OFFSET",
            higher_is_better=False,
            details={f"p99_ms_{kind}": _p99(values) for kind, values in sorted(ours.by_kind.items())},
        ),
        "lead_list_rate": Measurement(
            samples=[busy.rate],
            unit="requests/s",
            baseline=naive.rate,
            baseline_name="ILIKE and OFFSET",
            details={"p50_ms": busy.p50, "p99_ms": busy.p99, "api_processes": 1},
        ),
    }


def _say(context: Context, name: str, figures: Figures) -> None:
    context.say(f"{name}: p50 {figures.p50:,.0f} ms, p99 {figures.p99:,.0f} ms, {figures.rate:,.0f} requests/s")
    for kind, values in sorted(figures.by_kind.items()):
        context.say(f"  {kind}: {len(values):,} × p50 {median(values):,.0f} ms, p99 {_p99(values):,.0f} ms")


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98] if len(values) > 1 else values[0]


async def fill(opened: Database, count: int) -> None:
    connection = await opened.connect()
    try:
        # Indexes that are built at the end are built in a quarter of the time.
        indexes = await connection.fetch(SECONDARY_INDEXES)
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        lists = [list(FIRST), list(LAST), list(TRADES)]
        lists += [[city for city, *_ in PLACES], [state for _, state, *_ in PLACES], list(SOURCES)]
        for first in range(1, count + 1, ROWS_PER_INSERT):
            await connection.execute(FILL, *lists, count, first, min(first + ROWS_PER_INSERT - 1, count))
        await connection.execute(CONSENTS)
        await connection.execute(MEMBERS)
        for index in indexes:
            await connection.execute(index["indexdef"])
        # As autovacuum would do within minutes: figures for the planner, the map of visible rows.
        for table in ("leads", "lead_consents", "lead_list_members"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


@asynccontextmanager
async def api_process(folder: Path, dsn: str) -> AsyncIterator[str]:
    """The product's API process alone."""
    port = free_port()
    with isolated(folder, {"OUTRIDER_PORT": str(port), "OUTRIDER_LOG_LEVEL": "WARNING"}):
        settings = read_settings()
        parts = [part for part in parts_of(settings, dsn, workers=0) if part.name == "api"]
        async with running(parts, settings, folder / "api.log"):
            yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def _baseline(folder: Path, dsn: str) -> AsyncIterator[str]:
    port = free_port()
    async with process(*python("bench.baselines.offset_list", dsn, str(port)), log=folder / "baseline.log"):
        await _until_listening(port)
        yield f"http://127.0.0.1:{port}"


async def _until_listening(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("the baseline does not listen")


async def _load(address: str, count: int, seconds: float, *, pause: float = 0.0, by_cursor: bool = True) -> Figures:
    figures = Figures()
    began = time.perf_counter()
    timeout = aiohttp.ClientTimeout(total=120)
    connector = aiohttp.TCPConnector(limit=CLIENTS)
    async with aiohttp.ClientSession(address, timeout=timeout, connector=connector) as session:
        clients = [_Client(session, figures, random.Random(number), count, pause, by_cursor) for number in range(CLIENTS)]
        await asyncio.gather(*(client.work(began + seconds) for client in clients))
    figures.seconds = time.perf_counter() - began
    return figures


class _Client:
    """One person in front of the list."""

    def __init__(
        self, session: aiohttp.ClientSession, figures: Figures, draw: random.Random, count: int, pause: float, by_cursor: bool
    ):
        self._session, self._figures, self._draw, self._count = session, figures, draw, count
        self._pause, self._by_cursor = pause, by_cursor

    async def work(self, until: float) -> None:
        deeds: list[Callable[[], Awaitable[None]]] = [self._browse, self._search, self._filter, self._look]
        while time.perf_counter() < until:
            (deed,) = self._draw.choices(deeds, weights=[3, 3, 4, 2])
            await deed()
            await asyncio.sleep(self._draw.uniform(0, self._pause))

    async def _browse(self) -> None:
        query = {"sort": self._sort()}
        for page in range(1, 1 + self._draw.randint(1, MOST_PAGES)):
            body = await self._list("open" if page == 1 else "page", query)
            if not self._by_cursor:
                query["page"] = str(page)
            elif following := NEXT.search(body):
                query["cursor"] = following.group(1).decode()
            else:
                return

    async def _search(self) -> None:
        draw = self._draw
        number = draw.randrange(1, self._count)
        text = draw.choice(
            (
                draw.choice(FIRST)[:3],
                draw.choice(LAST)[:4],
                f"{draw.choice(FIRST)} {draw.choice(LAST)[:3]}",
                f"{draw.choice(LAST)} {draw.choice(TRADES)[:4]}",
                f"{draw.choice(LAST).lower()}{number}",
                str(2_000_000_000 + number * 7919 % 7_999_999_993)[-5:],
                f"+1{2_000_000_000 + number * 7919 % 7_999_999_993}",
            )
        )
        await self._list("search", {"search": text, "sort": draw.choice(("-created_at", self._sort()))})

    async def _filter(self) -> None:
        draw = self._draw
        filters: tuple[dict[str, str], ...] = (
            {"tier": draw.choice("ABCD"), "industry": draw.choice(TRADES)},
            {"country": "US", "region": draw.choice(PLACES)[1]},
            {"score_min": "90", "source": draw.choice(SOURCES)},
            {"score_min": "20", "score_max": "22", "has_email": "true"},
            {"company": f"{draw.choice(LAST)} {draw.choice(TRADES)} LLC"},
            {"attribute": f"plan:p{draw.randrange(50)}"},
            {"attribute": f"seats:{draw.randrange(1000)}", "tier": "A"},
            {"consent": "sms", "industry": draw.choice(TRADES)},
            {"list_id": draw.choice("12"), "tier": draw.choice("ABCD")},
            {"has_phone": "false"},
        )
        await self._list("filter", {**draw.choice(filters), "sort": self._sort()})

    async def _look(self) -> None:
        await self._get("look", f"/api/leads/{self._draw.randrange(1, self._count)}")

    def _sort(self) -> str:
        return self._draw.choice(("", "-")) + self._draw.choice(SORTS)

    async def _list(self, kind: str, query: dict[str, str]) -> bytes:
        return await self._get(kind, f"/api/leads?{urlencode({**query, 'limit': '50'})}")

    async def _get(self, kind: str, path: str) -> bytes:
        began = time.perf_counter()
        async with self._session.get(path) as answer:
            body = await answer.read()
            assert answer.status == 200, body[:500]
        self._figures.note(kind, (time.perf_counter() - began) * 1000)
        return body
