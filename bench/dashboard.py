"""The dashboard over a million texts, 300,000 leads and 40 campaigns of 90 days, over HTTP from one API process.

First what each query takes by itself, then what people feel: several of them with the dashboard open, each asking again as
live events make the web application ask.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles

import aiohttp
from sqlalchemy.ext.asyncio import AsyncSession

from bench.harness import Context, Measurement, database
from bench.history import CAMPAIGNS, fill_history
from bench.lead_list import api_process, fill
from outrider.analytics import counts, repository
from outrider.campaigns.progress import read_detailed_stats
from outrider.db.engine import Database

TEXTS, QUICK_TEXTS = 1_000_000, 20_000
LEADS, QUICK_LEADS = 300_000, 6_000
DAYS, ZONE = 30, "America/New_York"
ROUNDS = 3
PEOPLE = 8
PAUSE_SECONDS = 1.0
SECONDS, QUICK_SECONDS = 20, 4
GOAL_P99_MS = 250
PATHS = (
    f"/api/dashboard?days={DAYS}&time_zone={ZONE}",
    "/api/conversations?has_written=true&status=open",
    "/api/conversations/counts?has_written=true",
    "/api/conversations?view=needs_person",
)


async def run(context: Context) -> dict[str, Measurement]:
    texts, leads = context.scaled(TEXTS, QUICK_TEXTS), context.scaled(LEADS, QUICK_LEADS)
    async with database(context.folder) as opened:
        began = time.perf_counter()
        await fill(opened, leads)
        sql = await opened.connect()
        try:
            filled = await fill_history(sql, texts, leads)
            latest = await sql.fetchval("SELECT max(id) FROM campaigns")
        finally:
            await sql.close()
        context.say(f"{filled:,} texts in {time.perf_counter() - began:.0f} s")
        alone = await _queries(opened, latest)
        async with api_process(context.folder, opened.dsn) as address:
            first = await _look(address, PATHS[0])
            times = await _people(address, [*PATHS, f"/api/campaigns/{latest - 5}"], context.scaled(SECONDS, QUICK_SECONDS))
    dashboard, everything = times[PATHS[0]], [value for values in times.values() for value in values]
    context.say(f"first look {first:,.0f} ms, then p50 {median(dashboard):,.0f} ms, p99 {_p99(dashboard):,.0f} ms")
    return {
        "dashboard_p99": Measurement(
            samples=[_p99(dashboard)],
            unit="ms",
            goal=GOAL_P99_MS,
            higher_is_better=False,
            details={
                "texts": filled,
                "leads": leads,
                "campaigns": CAMPAIGNS,
                "people": PEOPLE,
                "first_look_ms": first,
                "p50_ms": median(dashboard),
                "requests_per_second": len(everything) / context.scaled(SECONDS, QUICK_SECONDS),
                **{f"p99_ms_{path.partition('?')[0]}": _p99(values) for path, values in times.items() if path != PATHS[0]},
                **{f"alone_ms_{name}": value for name, value in alone.items()},
            },
        )
    }


async def _queries(opened: Database, campaign_id: int) -> dict[str, float]:
    """Milliseconds of each part of the page without any other load, the fastest of some rounds."""
    async with opened.transaction() as session:
        periods = (await counts.count(session, ZONE, DAYS)).periods
    parts: dict[str, Callable[[AsyncSession], Awaitable[object]]] = {
        "texts": lambda session: repository.texts(session, periods),
        "models": lambda session: repository.model_work(session, periods),
        "replied": lambda session: repository.replied(session, periods),
        "opted_out": lambda session: repository.opted_out(session, periods),
        "funnel": lambda session: repository.funnel(session, periods),
        "standing": repository.standing,
        "active_campaigns": repository.active_campaigns,
        "campaign_page": lambda session: read_detailed_stats(session, campaign_id - 5),
    }
    return {name: min([await _timed(opened, part) for _ in range(ROUNDS)]) for name, part in parts.items()}


async def _timed(opened: Database, part: Callable[[AsyncSession], Awaitable[object]]) -> float:
    async with opened.transaction() as session:
        began = time.perf_counter()
        await part(session)
        return (time.perf_counter() - began) * 1000


async def _look(address: str, path: str) -> float:
    async with aiohttp.ClientSession(address) as session:
        return await _get(session, path)


async def _people(address: str, paths: list[str], seconds: float) -> dict[str, list[float]]:
    """Milliseconds by path, of people who each look at everything in turn."""
    times: dict[str, list[float]] = {path: [] for path in paths}
    until = time.perf_counter() + seconds

    async def person(number: int) -> None:
        await asyncio.sleep(number * PAUSE_SECONDS / PEOPLE)
        while time.perf_counter() < until:
            for path in paths:
                times[path].append(await _get(session, path))
            await asyncio.sleep(PAUSE_SECONDS)

    async with aiohttp.ClientSession(address) as session:
        await asyncio.gather(*(person(number) for number in range(PEOPLE)))
    return times


async def _get(session: aiohttp.ClientSession, path: str) -> float:
    began = time.perf_counter()
    async with session.get(path) as answer:
        body = await answer.read()
        assert answer.status == 200, body[:500]
    return (time.perf_counter() - began) * 1000


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]
