"""The verdict on a trial: the carrier's and the receiver's books, and our rows against those of a run nobody disturbed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.chaos.audit import Check
from tests.chaos.record import CarrierRecord, read_record
from tests.chaos.workflows.laboratory import Laboratory, Trial

STEPS = """
    SELECT r.lead_id, r.id AS run_id, p.seq, p.node_id, p.visit, p.outcome, p.level FROM runs AS r
    JOIN processing_logs AS p ON p.run_id = r.id WHERE r.campaign_id = $1
"""
TEXTS = (
    "SELECT lead_id, phone, body, state, run_id, dedupe_key FROM messages WHERE direction = 'out' AND lead_id = ANY($1::bigint[])"
)
EFFECTS = "SELECT lead_id, node_id, visit, kind, state, idempotency_key FROM run_effects WHERE campaign_id = $1"
LEFT_OPEN = {
    "runs that are not over": "SELECT id FROM runs WHERE campaign_id = $1 AND (status <> 'completed' OR finished_at IS NULL)",
    "runs still leased": "SELECT id FROM runs WHERE campaign_id = $1 AND (token IS NOT NULL OR checkpoint IS NOT NULL)",
    "waits left open": "SELECT id FROM run_waits WHERE campaign_id = $1",
    "approvals left open": "SELECT id FROM run_approvals WHERE campaign_id = $1 AND status = 'waiting'",
    "effects not done": "SELECT id FROM run_effects WHERE campaign_id = $1 AND state <> 'done'",
    "leads not settled": "SELECT id FROM campaign_leads WHERE campaign_id = $1 AND status <> 'completed'",
    "leads with several runs": "SELECT lead_id FROM runs WHERE campaign_id = $1 GROUP BY lead_id HAVING count(*) > 1",
    "campaign not completed": "SELECT id FROM campaigns WHERE id = $1 AND status <> 'completed'",
    "texts not sent": "SELECT id FROM messages WHERE campaign_id = $1 AND direction = 'out' AND state <> 'sent'",
    "jobs given up": "SELECT id FROM pgqueuer WHERE status = 'failed' AND $1::bigint IS NOT NULL",
}


Deed = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a trial's runs did."""

    by_lead: dict[int, frozenset[tuple[Deed, int]]]
    """Steps, texts and effects with how often each was done, by the place of the lead among the trial's leads."""
    gaps: tuple[int, ...]
    """Runs whose steps are not numbered one after the other."""

    def usual(self, place: int) -> set[frozenset[tuple[Deed, int]]]:
        """What leads did who answer, or who don't, as the lead in this place. Several ways are usual where a step draws lots."""
        return {deeds for other, deeds in self.by_lead.items() if other % 2 == place % 2}


async def read_deeds(laboratory: Laboratory, trial: Trial) -> Deeds:
    place = {lead_id: number for number, lead_id in enumerate(trial.lead_ids)}
    found: defaultdict[int, Counter[Deed]] = defaultdict(Counter)
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for row in await laboratory.sql.fetch(STEPS, trial.campaign_id):
        found[place[row["lead_id"]]]["step", row["node_id"], row["visit"], row["outcome"], row["level"]] += 1
        numbers[row["run_id"]].append(row["seq"])
    for row in await laboratory.sql.fetch(TEXTS, trial.lead_ids):
        if row["run_id"] is not None:
            found[place[row["lead_id"]]]["text", row["dedupe_key"].partition("/")[2]] += 1
    for row in await laboratory.sql.fetch(EFFECTS, trial.campaign_id):
        found[place[row["lead_id"]]]["effect", row["node_id"], row["visit"], row["kind"]] += 1
    gaps = tuple(run_id for run_id, steps in numbers.items() if sorted(steps) != list(range(len(steps))))
    return Deeds({number: frozenset(found[number].items()) for number in place.values()}, gaps)


async def audit(laboratory: Laboratory, trial: Trial, expected: Deeds) -> list[Check]:
    """Every promise, counted. `expected` is what an undisturbed trial of the same workflow did."""
    deeds, record = await read_deeds(laboratory, trial), await read_record(laboratory.carrier)
    open_rows = [
        _check(name, [row[0] for row in await laboratory.sql.fetch(statement, trial.campaign_id)])
        for name, statement in LEFT_OPEN.items()
    ]
    return [
        Check("came to rest in time", int(trial.rested), 1),
        *open_rows,
        _check("leads whose steps, texts or effects are not the usual ones", _unusual(deeds, expected)),
        _check("runs with a gap between steps", deeds.gaps),
        *await _at_the_carrier(laboratory, trial, record),
        *await _at_the_receiver(laboratory, trial),
    ]


async def _at_the_carrier(laboratory: Laboratory, trial: Trial, record: CarrierRecord) -> Iterable[Check]:
    rows = await laboratory.sql.fetch(TEXTS, trial.lead_ids)
    phones = {row["phone"] for row in rows}
    meant = Counter((row["phone"], row["body"]) for row in rows if row["state"] == "sent")
    has = Counter({text: count for text, count in record.creates.items() if text[0] in phones})
    return [
        _check("texts at the carrier too often", list((has - meant).items())),
        _check("texts that the carrier never got", list((meant - has).items())),
    ]


async def _at_the_receiver(laboratory: Laboratory, trial: Trial) -> Iterable[Check]:
    """An effect may come again only if a worker died while it carried it out: nobody knows then whether it came."""
    rows = await laboratory.sql.fetch(EFFECTS, trial.campaign_id)
    calls = laboratory.receiver.calls
    told = {row["idempotency_key"]: calls[row["idempotency_key"]] for row in rows if row["idempotency_key"] in calls}
    wanted = [row["idempotency_key"] for row in rows if row["kind"] == "chaos_call" or row["kind"] == "webhook"]
    too_often = [key for key, bodies in told.items() if len(bodies) > 1 + trial.working_at_deaths[key]]
    return [
        _check("effects that nobody got", [key for key in wanted if key not in told]),
        _check("effects done again though known", too_often),
        _check("effects that differ under one key", [key for key, bodies in told.items() if len(set(bodies)) > 1]),
    ]


def _unusual(deeds: Deeds, expected: Deeds) -> list[str]:
    broken = []
    for place, done in deeds.by_lead.items():
        usual = expected.usual(place)
        if done not in usual:
            nearest = min(usual, key=lambda other: len(done ^ other))
            broken.append(f"lead {place}: more {sorted(map(str, done - nearest))}, less {sorted(map(str, nearest - done))}")
    return broken


def _check(name: str, broken: Sequence[Any]) -> Check:
    return Check(name, len(broken), 0, tuple(str(one) for one in broken[:3]))
