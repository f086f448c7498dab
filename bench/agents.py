"""What a turn of the agents takes besides the model: from the job that answers to the text that waits to be sent.

The model answers at once, so that all that is measured is ours: two transactions, the graph, the guard, memory and effects.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from statistics import median, quantiles

import psutil

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from bench.harness import Context, Measurement, cpu_seconds, database, isolated
from outrider.agents.factory import AgentParts
from outrider.agents.scheduling.slots import SlotFinder
from outrider.agents.team.graph import ConversationTeam
from outrider.agents.turn import answer_conversation
from outrider.campaigns.briefings import CampaignBriefings
from outrider.config import get_settings
from outrider.conversations.models import Conversation
from outrider.conversations.turns import TurnEnd
from outrider.db.engine import Database
from outrider.evals.judged import Judged, Purse
from outrider.evals.scripts import ScriptBriefing, ScriptLead
from outrider.evals.stage import Stage
from outrider.llm.base import ChatReply, ChatRequest, StreamPart, in_one_piece

GOAL_MS = 15.0
AT_ONCE = 32
"""Short jobs that one worker runs side by side."""
READING = {"intent": "question", "confidence": 0.9, "language": "en"}
BRIEFING = ScriptBriefing(description="A roof check for homeowners. It takes 15 minutes by phone.", sender_name="Maya")


class Instant:
    """Reads and writes in no time."""

    name = "offline:instant"

    def get(self, name: str | None = None) -> Instant:
        return self

    async def complete(self, request: ChatRequest) -> ChatReply:
        if request.output is not None:
            return ChatReply("", "instant", "offline", 500, 30, data=READING)
        # The campaign's first text is another one: what was said already is not said again.
        said = "It is about your roof. Would you like to hear more?" if request.purpose == "reply" else "Hi, this is Maya."
        return ChatReply(said, "instant", "offline", 500, 30)

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        return in_one_piece(ChatReply("Hi", "instant", "offline", 1, 1))

    async def aclose(self) -> None: ...


async def run(context: Context) -> dict[str, Measurement]:
    with isolated(context.folder):
        async with database(context.folder, pool_size=20) as opened:
            return await _turns(context, opened)


async def _turns(context: Context, opened: Database) -> dict[str, Measurement]:
    alone, together = context.scaled(300, 40), context.scaled(600, 64)
    settings = get_settings()
    models = Instant()
    stage = Stage(opened, settings, Judged(models, None, Purse()))
    rows = [{"phone": f"+1312{5560000 + number}"} for number in range(alone + together)]
    await stage.open(ScriptLead(name="Ann Lee"), BRIEFING, *rows)
    for row in rows:
        stage.phone = row["phone"]
        await stage.receive("What is this about?")
    threads = [one.id for one in await stage.rows(Conversation, Conversation.inbound_count > 0)]
    team = ConversationTeam(AgentParts(models=models, slots=SlotFinder(opened, settings), database=opened))
    postgres = psutil.Process(int((context.folder / "postgres" / "postmaster.pid").read_text().split()[0]))

    for thread in threads[:20]:  # the first turns fill caches that a worker has filled
        await _turn(opened, team, thread)
    cpu, its = time.process_time(), cpu_seconds(postgres)
    waits = [await _turn(opened, team, thread) for thread in threads[20:alone]]
    own, theirs = (time.process_time() - cpu) / len(waits), (cpu_seconds(postgres) - its) / len(waits)
    rate = await _together(opened, team, threads[alone:])
    if handed_over := await stage.rows(Conversation, Conversation.handled_by == "person"):
        raise AssertionError(f"{len(handed_over)} conversations went to a person: that is another way through the code.")
    p95 = quantiles(waits, n=20)[18] * 1000
    context.say(f"a turn takes {median(waits) * 1000:.1f} ms, 95 % of them at most {p95:.1f} ms; {rate:.0f} turns/s per worker")
    load = os.getloadavg()[0]
    return {
        "agent_turn_overhead": Measurement(
            samples=[p95],
            unit="ms p95",
            goal=GOAL_MS,
            higher_is_better=False,
            details={
                "p50_ms": median(waits) * 1000,
                "worker_cpu_ms": own * 1000,
                "postgres_cpu_ms": theirs * 1000,
                "load_average": load,
                "turns": len(waits),
            },
        ),
        "agent_turns_per_second": Measurement(
            samples=[rate], unit="turns/s", details={"at_once": AT_ONCE, "load_average": load, "turns": together}
        ),
    }


async def _turn(opened: Database, team: ConversationTeam, thread: int) -> float:
    began = time.perf_counter()
    ended = await answer_conversation(opened, team, CampaignBriefings(), thread, 8)
    if ended is not TurnEnd.DONE:
        raise AssertionError(f"A turn ended {ended}.")
    return time.perf_counter() - began


async def _together(opened: Database, team: ConversationTeam, threads: Sequence[int]) -> float:
    """Turns per second of one process that has as many under way as a worker."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(thread: int) -> None:
        async with slots:
            await _turn(opened, team, thread)

    began = time.perf_counter()
    await asyncio.gather(*(one(thread) for thread in threads))
    return len(threads) / (time.perf_counter() - began)
