"""Every query on scorers, scores and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.scoring.features import FACTS, FIELDS, Snapshot
from outrider.agents.scoring.models import LeadScore, ModelStatus, Outcome, ScoreModel, ScoringSettings

# A first contact is a text that left, and not the answer to a wish to stop. Whoever wrote to us first was not contacted by us.
CONTACTED = """
    contacted AS (
        SELECT lead_id, min(sent_at) AS at FROM messages
        WHERE direction = 'out' AND sent_at IS NOT NULL AND purpose <> 'compliance' GROUP BY lead_id
    ),
    approached AS (
        SELECT contacted.lead_id, contacted.at FROM contacted
        WHERE NOT EXISTS (
            SELECT 1 FROM messages WHERE messages.lead_id = contacted.lead_id AND direction = 'in' AND created_at < contacted.at
        )
    )
"""
DONE = {
    Outcome.REPLIED: """
        SELECT 1 FROM messages AS done WHERE done.lead_id = approached.lead_id AND done.direction = 'in'
        AND done.created_at BETWEEN approached.at AND approached.at + :waiting
        AND done.id NOT IN (SELECT message_id FROM suppressions WHERE reason = 'stop' AND message_id IS NOT NULL)
    """,
    Outcome.QUALIFIED: """
        SELECT 1 FROM qualifications AS done WHERE done.lead_id = approached.lead_id AND done.tier IN ('A','B')
        AND done.source = 'conversation' AND done.created_at BETWEEN approached.at AND approached.at + :waiting
    """,
    Outcome.BOOKED: """
        SELECT 1 FROM bookings AS done WHERE done.lead_id = approached.lead_id
        AND done.created_at BETWEEN approached.at AND approached.at + :waiting
    """,
}
CURRENT = ", ".join(f"'{name}', leads.{name}" for name in FIELDS)
SNAPSHOTS = text(f"""
    SELECT leads.id, leads.created_at, coalesce(earlier.fields, jsonb_build_object({CURRENT})) AS fields,
        earlier.lead_id IS NOT NULL AS is_corrected, first.sent_at, campaigns.name AS campaign, said.facts, said.late
    FROM leads
    LEFT JOIN LATERAL (
        SELECT sent_at, campaign_id FROM messages
        WHERE lead_id = leads.id AND direction = 'out' AND sent_at IS NOT NULL AND purpose <> 'compliance'
        ORDER BY sent_at, id LIMIT 1
    ) AS first ON true
    LEFT JOIN earlier_lead_values AS earlier ON earlier.lead_id = leads.id
    LEFT JOIN campaigns ON campaigns.id = first.campaign_id
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(name, value) FILTER (WHERE NOT is_late) AS facts,
            array_agg(DISTINCT name) FILTER (WHERE is_late) AS late
        FROM (
            SELECT DISTINCT ON (name, is_late) name, value, is_late FROM (
                SELECT name, value, confidence, id, observed_at >= coalesce(first.sent_at, 'infinity') AS is_late
                FROM lead_facts WHERE lead_id = leads.id AND name = ANY(:names)
            ) AS dated ORDER BY name, is_late, confidence DESC, id
        ) AS best
    ) AS said ON true
    WHERE leads.id = ANY(:ids) ORDER BY leads.id
""")  # noqa: S608  (our own constants)
KEEP_SCORES = text("""
    INSERT INTO lead_scores (lead_id, model_id, probability, score, base, parts, rest, scored_at)
    SELECT given.lead_id, :model_id, given.probability, given.score, given.base, CAST(given.parts AS jsonb), given.rest,
        :scored_at
    FROM unnest(CAST(:ids AS bigint[]), CAST(:probabilities AS double precision[]), CAST(:scores AS smallint[]),
        CAST(:bases AS double precision[]), CAST(:parts AS text[]), CAST(:rests AS double precision[]))
        AS given (lead_id, probability, score, base, parts, rest)
    JOIN leads ON leads.id = given.lead_id
    ON CONFLICT (lead_id) DO UPDATE SET model_id = excluded.model_id, probability = excluded.probability,
        score = excluded.score, base = excluded.base, parts = excluded.parts, rest = excluded.rest, scored_at = excluded.scored_at
""")
UNSCORED = text("""
    SELECT leads.id FROM leads LEFT JOIN lead_scores ON lead_scores.lead_id = leads.id
    WHERE leads.id > :after AND lead_scores.model_id IS DISTINCT FROM :model_id ORDER BY leads.id LIMIT :most
""")
STALE = text("""
    SELECT leads.id FROM leads LEFT JOIN lead_scores ON lead_scores.lead_id = leads.id
    WHERE leads.updated_at > :since AND leads.id > :after
    AND (lead_scores.model_id IS DISTINCT FROM :model_id OR lead_scores.scored_at < leads.updated_at)
    ORDER BY leads.id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """What became of a lead within the waiting time after the first contact."""

    lead_id: int
    contacted_at: datetime
    did: bool


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    known: int
    successes: int
    too_young: int


async def settings(session: AsyncSession, *, for_change: bool = False) -> ScoringSettings:
    """The one row, made where it is missing."""
    row = await session.get(ScoringSettings, 1, with_for_update=for_change or None)
    if row is None:
        await session.execute(insert(ScoringSettings).values(id=1).on_conflict_do_nothing())
        row = await session.get_one(ScoringSettings, 1, with_for_update=for_change or None)
    return row


async def known_outcomes(
    session: AsyncSession, outcome: Outcome, waiting: timedelta, now: datetime, most: int
) -> list[KnownOutcome]:
    """The latest leads whose waiting time is over, with what they did in it. A success of a younger lead is no outcome yet:
    counting it without the failures that are still open would make young leads look better than they are."""
    statement = text(f"""
        WITH {CONTACTED} SELECT approached.lead_id, approached.at, EXISTS ({DONE[outcome]}) AS did FROM approached
        WHERE approached.at <= :matured ORDER BY approached.at DESC, approached.lead_id LIMIT :most
    """)  # noqa: S608  (our own constants)
    rows = await session.execute(statement, {"waiting": waiting, "matured": now - waiting, "most": most})
    return [KnownOutcome(*row) for row in rows]


async def count_outcomes(session: AsyncSession, outcome: Outcome, waiting: timedelta, now: datetime) -> OutcomeCounts:
    statement = text(f"""
        WITH {CONTACTED} SELECT count(*) FILTER (WHERE at <= :matured),
            count(*) FILTER (WHERE at <= :matured AND EXISTS ({DONE[outcome]})), count(*) FILTER (WHERE at > :matured)
        FROM approached
    """)  # noqa: S608  (our own constants)
    return OutcomeCounts(*(await session.execute(statement, {"waiting": waiting, "matured": now - waiting})).one())


async def snapshots(session: AsyncSession, lead_ids: Sequence[int]) -> list[Snapshot]:
    """The leads as they were known before the first contact, in the order of their ids."""
    rows = await session.execute(SNAPSHOTS, {"ids": list(lead_ids), "names": list(FACTS)})
    return [_snapshot(row) for row in rows]


def _snapshot(row: Row[Any]) -> Snapshot:
    return Snapshot(
        lead_id=row.id,
        created_at=row.created_at,
        fields=row.fields if isinstance(row.fields, dict) else orjson.loads(row.fields),
        facts=(row.facts if isinstance(row.facts, dict) else orjson.loads(row.facts)) if row.facts else {},
        contacted_at=row.sent_at,
        campaign=row.campaign,
        late_facts=tuple(row.late or ()),
        is_corrected=row.is_corrected,
    )


async def with_status(session: AsyncSession, status: ModelStatus) -> ScoreModel | None:
    """The latest one; of training, active and previous ones there is one at most."""
    query = select(ScoreModel).where(ScoreModel.status == status).order_by(ScoreModel.id.desc()).limit(1)
    return (await session.execute(query)).scalar_one_or_none()


async def latest(session: AsyncSession, most: int) -> Sequence[ScoreModel]:
    return (await session.execute(select(ScoreModel).order_by(ScoreModel.id.desc()).limit(most))).scalars().all()


async def lock_models(session: AsyncSession) -> None:
    """Changes of what is active happen one after the other."""
    await settings(session, for_change=True)


async def set_status(session: AsyncSession, model_id: int, status: ModelStatus, **values: Any) -> None:
    await session.execute(update(ScoreModel).where(ScoreModel.id == model_id).values(status=status, **values))


async def artifact_of(session: AsyncSession, model_id: int) -> dict[str, Any] | None:
    return (await session.execute(select(ScoreModel.artifact).where(ScoreModel.id == model_id))).scalar_one_or_none()


async def unscored(session: AsyncSession, model_id: int, after: int, most: int) -> list[int]:
    """Leads with an id above `after` that this scorer has not scored, by id."""
    rows = await session.execute(UNSCORED, {"model_id": model_id, "after": after, "most": most})
    return list(rows.scalars())


async def stale(session: AsyncSession, model_id: int, since: datetime, after: int, most: int) -> list[int]:
    """Of the leads that changed since then, those that were not scored afterwards."""
    rows = await session.execute(STALE, {"model_id": model_id, "since": since, "after": after, "most": most})
    return list(rows.scalars())


async def keep_scores(
    session: AsyncSession, model_id: int, scores: Sequence[tuple[int, dict[str, Any]]], scored_at: datetime
) -> None:
    """Store what the scorer says of each lead (`learning.artifact.Scored`) in place of what was said before."""
    said = [one for _, one in scores]
    await session.execute(
        KEEP_SCORES,
        {
            "model_id": model_id,
            "scored_at": scored_at,
            "ids": [lead_id for lead_id, _ in scores],
            "probabilities": [one["probability"] for one in said],
            "scores": [one["score"] for one in said],
            "bases": [one["base"] for one in said],
            "parts": [orjson.dumps(one["parts"]).decode() for one in said],
            "rests": [one["rest"] for one in said],
        },
    )


async def active_score(session: AsyncSession, lead_id: int) -> tuple[LeadScore, ScoreModel] | None:
    """The lead's score by the active scorer."""
    query = (
        select(LeadScore, ScoreModel)
        .join(ScoreModel, ScoreModel.id == LeadScore.model_id)
        .where(LeadScore.lead_id == lead_id, ScoreModel.status == ModelStatus.ACTIVE)
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row is not None else None


async def count_scored(session: AsyncSession, model_id: int) -> int:
    return (await session.execute(select(func.count()).where(LeadScore.model_id == model_id))).scalar_one()


async def note_scored_until(session: AsyncSession, at: datetime | None) -> None:
    await session.execute(update(ScoringSettings).where(ScoringSettings.id == 1).values(scored_until=at))
