"""The scorer of leads: how much of what can be known it finds, how well its probabilities hold, and how fast it scores.

On a generated set the true probabilities are known, so that the attainable AUC is. On a public set it is not; name your own copy
of one with OUTRIDER_BENCH_LABELLED (see docs/scoring.md):

    OUTRIDER_BENCH_LABELLED=bank-full.csv OUTRIDER_BENCH_LABEL=y python -m bench scorer
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from bench.generated import generated
from bench.harness import Context, Measurement, database
from outrider.agents.scoring import repository, service
from outrider.agents.scoring.jobs import score_leads
from outrider.agents.scoring.labelled import read_labelled
from outrider.agents.scoring.learning.metrics import auc, calibration_error, reliability
from outrider.agents.scoring.learning.training import Report, train
from outrider.agents.scoring.models import ModelStatus, Outcome, ScoreModel
from outrider.jobs import JobContext

# Taken at the import: a bench runs without the settings of whoever starts it, and in a folder of its own.
LABELLED = os.environ.get("OUTRIDER_BENCH_LABELLED")
LABELLED_PATH = Path(LABELLED).resolve() if LABELLED else None
LABEL = os.environ.get("OUTRIDER_BENCH_LABEL", "y")
AUC_LOSS_GOAL = 0.02
CALIBRATION_GOAL = 0.02
FRESH_ROWS = 20_000
LEADS = """
    INSERT INTO leads (name, phone, industry, company_size, source, region, country, attributes)
    SELECT 'Lead ' || n, '+1312' || (2000000 + n), (ARRAY['Manufacturing', 'Retail', 'Software', 'Health'])[1 + n % 4],
        (ARRAY['1-10', '11-50', '51-200', '201-1,000'])[1 + n % 4], (ARRAY['fair', 'web'])[1 + n % 2], 'IL', 'US',
        jsonb_build_object('job', (ARRAY['admin', 'retired', 'student'])[1 + n % 3], 'seats', n % 90)
    FROM generate_series(1, $1) AS n
"""


async def run(context: Context) -> dict[str, Measurement]:
    measured = await asyncio.to_thread(_on_generated, context)
    measured |= await _scoring(context)
    if LABELLED_PATH is None:
        context.say("no public set: name your copy of one with OUTRIDER_BENCH_LABELLED (docs/scoring.md says where to find one)")
        return measured
    report = await asyncio.to_thread(_on_file, LABELLED_PATH)
    context.say(f"{LABELLED_PATH.name}: {report.rows:,} rows; left out as leaks: {_leaks(report) or 'none'}")
    details = {"rows": report.rows, "low": report.auc.low, "high": report.auc.high, "leaks": _leaks(report)}
    measured["scorer_auc_public"] = Measurement([report.auc.value], "AUC", higher_is_better=True, details=details)
    return measured


def _on_generated(context: Context) -> dict[str, Measurement]:
    rows = context.scaled(40_000, 4_000)
    began = time.monotonic()
    trained = train(generated(rows, seed=1).table)
    seconds = time.monotonic() - began
    fresh = generated(FRESH_ROWS, seed=2)
    labels = np.asarray(fresh.table.labels, dtype=float)
    probabilities = trained.artifact.probabilities(fresh.table.columns, fresh.table.size)
    attainable, found = auc(fresh.probabilities, labels), auc(probabilities, labels)
    details = {
        "attainable": attainable, "found": found, "rows": rows, "training_seconds": seconds,
        "kind": trained.report.kind, "leaks": _leaks(trained.report),
    }  # fmt: skip
    error = calibration_error(reliability(probabilities, labels))
    return {
        "scorer_auc_lost": Measurement(
            [attainable - found], "AUC below the attainable", goal=AUC_LOSS_GOAL, higher_is_better=False, details=details
        ),
        "scorer_calibration_error": Measurement([error], "mean distance", goal=CALIBRATION_GOAL, higher_is_better=False),
    }


async def _scoring(context: Context) -> dict[str, Measurement]:
    """Leads in the database scored by the worker's job, with the memory that the worker's side takes."""
    leads = context.scaled(200_000, 10_000)
    artifact = (await asyncio.to_thread(train, generated(4_000, seed=3).table)).artifact.model_dump(mode="json")
    for feature in artifact["spec"]["features"]:
        feature["name"] = {"job": "attributes.job", "channel": "source", "noise": "attributes.seats"}.get(
            feature["name"], feature["name"]
        )
    async with database(context.folder) as opened:
        connection = await opened.connect()
        await connection.execute(LEADS, leads)
        await connection.execute("ANALYZE leads")
        await connection.close()
        async with opened.transaction() as session:
            await repository.settings(session)
            model = ScoreModel(
                status=ModelStatus.OFFERED, outcome=Outcome.REPLIED, waiting_days=7, requested_by="bench", artifact=artifact,
                trained_at=datetime.now(UTC),
            )  # fmt: skip
            session.add(model)
            await session.flush()
            await service.activate(session, model.id)
        before, began = _memory_mb(), time.monotonic()
        await score_leads(JobContext(opened), model.id)
        seconds = time.monotonic() - began
        async with opened.transaction() as session:
            scored = await repository.count_scored(session, model.id)
        if scored != leads:
            raise RuntimeError(f"{scored:,} of {leads:,} leads were scored")
        grown = _memory_mb() - before
    details = {"leads": leads, "seconds": seconds, "worker_grew_mb": grown}
    return {"scorer_leads_per_second": Measurement([leads / seconds], "leads/s", higher_is_better=True, details=details)}


def _memory_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def _on_file(path: Path) -> Report:
    return train(read_labelled(path, LABEL).table).report


def _leaks(report: Report) -> str:
    return ", ".join(leak.feature for leak in report.leaks if leak.is_left_out)
