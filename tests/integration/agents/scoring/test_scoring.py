"""From the outcomes of an installation to scores of its leads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select

import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
from outrider.agents.base import Factor, FactorFinding, QualificationFactors
from outrider.agents.scoring import repository, service
from outrider.agents.scoring.features import features_of
from outrider.agents.scoring.jobs import keep_up, score_leads, train_scorer, train_weekly
from outrider.agents.scoring.learning.artifact import read_artifact
from outrider.agents.scoring.learning.table import columns_of
from outrider.agents.scoring.models import LeadScore, ModelStatus, Outcome, ScoreModel
from outrider.agents.scoring.prior import blended, prior_of
from outrider.agents.scoring.schemas import ScoringSettingsIn
from outrider.agents.team.qualifying import qualify
from outrider.db.engine import Database
from outrider.jobs import JobContext
from tests.integration.agents.scoring.conftest import Past
from tests.worlds import run_due_jobs

WEEK = timedelta(days=7)


LEARNED: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
"""Artifact and report by the number of leads with a past: it is the same past in every test, and training takes a process."""


async def trained(database: Database, context: JobContext, leads: int) -> int:
    """A scorer that has learned from so many leads, who were contacted before."""
    async with database.transaction() as session:
        model = await service.begin_training(session, "test")
    if leads in LEARNED:
        async with database.transaction() as session:
            await service.end_training(session, model.id, *LEARNED[leads])
        return model.id
    await train_scorer(context, model.id)
    async with database.transaction() as session:
        kept = select(ScoreModel.artifact, ScoreModel.report).where(ScoreModel.id == model.id)
        LEARNED[leads] = (await session.execute(kept)).one()._tuple()
    return model.id


async def scores(database: Database) -> dict[int, LeadScore]:
    async with database.transaction() as session:
        return {row.lead_id: row for row in (await session.scalars(select(LeadScore))).all()}


async def test_from_outcomes_to_scores_over_the_api(
    api: AsyncClient, past: Past, context: JobContext, database: Database
) -> None:
    await past.contacted(1, 900)
    await past.fresh(2001, 2060)
    before = (await api.get("/api/scoring")).json()
    assert (before["outcomes"]["known"], before["active"], before["outcomes"]["missing"]) == (900, None, [])

    asked = await api.post("/api/scoring/train")
    assert (asked.status_code, asked.json()["status"]) == (202, "training")
    assert (await api.post("/api/scoring/train")).status_code == 409
    await run_due_jobs(context)
    model = (await api.get(f"/api/scoring/models/{asked.json()['id']}")).json()
    report = model["report"]
    assert (model["status"], report["folds"], report["refusals"]) == ("offered", "time", [])
    assert report["importance"][0]["label"] == "Industry"
    assert report["chosen"]["log_loss"] < report["baseline"]["log_loss"]
    assert report["gain"]["low"] > 0

    assert (await api.get("/api/scoring/leads/2001")).json() == {"score": None}
    activated = await api.post(f"/api/scoring/models/{model['id']}/activate")
    assert activated.json()["status"] == "active"
    await run_due_jobs(context)
    assert (await api.get("/api/scoring")).json()["scored"] == 960
    good, bad = [(await api.get(f"/api/scoring/leads/{lead}")).json()["score"] for lead in (2001, 2002)]
    assert good["score"] > 60 > 45 > bad["score"]
    assert good["probability"] > 2 * bad["probability"]
    strongest = good["parts"][0]
    assert (strongest["label"], strongest["value"]) == ("Industry", "manufacturing")
    assert strongest["points"] > 5
    for one in (good, bad):
        assert one["base"] + sum(part["points"] for part in one["parts"]) + one["rest"] == pytest.approx(one["score"], abs=1.5)
    assert (await api.get("/api/scoring/leads/999999")).status_code == 404


async def test_replies_that_follow_nothing_are_not_offered(api: AsyncClient, past: Past, context: JobContext) -> None:
    await past.contacted(1, 900, much=25, little=25)
    model = (await api.post("/api/scoring/train")).json()
    await run_due_jobs(context)
    refused = (await api.get(f"/api/scoring/models/{model['id']}")).json()
    assert refused["status"] == "refused"
    assert any("beat the average" in reason for reason in refused["report"]["refusals"])
    denied = await api.post(f"/api/scoring/models/{model['id']}/activate")
    assert denied.status_code == 409
    assert "not offered" in denied.json()["detail"]


async def test_too_few_outcomes_say_how_many_are_missing(api: AsyncClient, past: Past, context: JobContext) -> None:
    await past.contacted(1, 30)
    state = (await api.get("/api/scoring")).json()
    assert state["outcomes"]["missing"][0].startswith("470 more")
    model = (await api.post("/api/scoring/train")).json()
    await run_due_jobs(context)
    failed = (await api.get(f"/api/scoring/models/{model['id']}")).json()
    assert (failed["status"], failed["report"]) == ("refused", None)
    assert "successes" in failed["problem"]


async def test_leads_too_young_for_an_outcome_are_left_out(past: Past, database: Database) -> None:
    await past.contacted(1, 120)
    async with database.transaction() as session:
        # The last contact was 21 days ago.
        all_known = await repository.known_outcomes(session, Outcome.REPLIED, timedelta(days=20), datetime.now(UTC), 1000)
        some = await repository.known_outcomes(session, Outcome.REPLIED, timedelta(days=40), datetime.now(UTC), 1000)
        counts = await repository.count_outcomes(session, Outcome.REPLIED, timedelta(days=40), datetime.now(UTC))
    assert len(all_known) == 120
    assert max(one.contacted_at for one in some) <= datetime.now(UTC) - timedelta(days=40)
    assert (counts.known, counts.too_young) == (len(some), 120 - len(some))
    assert 0 < len(some) < 120


async def test_a_wish_to_stop_is_no_reply_and_whoever_wrote_first_was_not_contacted(past: Past, database: Database) -> None:
    await past.contacted(1, 12, much=100, little=100)
    await past.execute("""
        INSERT INTO suppressions (phone, reason, message_id)
        SELECT '+13125550000', 'stop', min(id) FROM messages WHERE direction = 'in' AND lead_id = 4
    """)
    await past.execute("UPDATE messages SET created_at = now() - interval '80 days' WHERE direction = 'in' AND lead_id = 5")
    await past.execute("UPDATE messages SET created_at = now() WHERE direction = 'in' AND lead_id = 6")
    async with database.transaction() as session:
        known = await repository.known_outcomes(session, Outcome.REPLIED, WEEK, datetime.now(UTC), 100)
    did = {one.lead_id: one.did for one in known}
    assert (did[3], did[4], 5 in did, did[6]) == (True, False, False, False)


@pytest.mark.parametrize("outcome", [Outcome.QUALIFIED, Outcome.BOOKED])
async def test_other_outcomes(past: Past, database: Database, outcome: Outcome) -> None:
    await past.contacted(1, 4)
    await past.execute("""
        INSERT INTO qualifications (lead_id, score, tier, reasoning, source, created_at)
        SELECT lead_id, 80, CASE WHEN lead_id = 1 THEN 'A' ELSE 'C' END, '',
            CASE WHEN lead_id = 3 THEN 'company' ELSE 'conversation' END, sent_at + interval '1 day'
        FROM messages WHERE direction = 'out' AND lead_id < 4
    """)
    await past.execute("""
        INSERT INTO calendars (id, name, kind, time_zone, working_hours) OVERRIDING SYSTEM VALUE
        VALUES (1, 'c', 'built_in', 'UTC', '{}')
    """)
    await past.execute("""
        INSERT INTO bookings (calendar_id, lead_id, starts_at, ends_at, span, time_zone, title, booked_by, uid, delivery_state,
            invitation_state, created_at)
        SELECT 1, 1, now(), now() + interval '1 hour', int8range(1, 2), 'UTC', '', 'agent', 'u', 'not_needed', 'not_sent',
            sent_at + interval '1 day' FROM messages WHERE direction = 'out' AND lead_id = 1
    """)
    async with database.transaction() as session:
        known = await repository.known_outcomes(session, outcome, WEEK, datetime.now(UTC), 100)
    assert {one.lead_id for one in known if one.did} == {1}


async def test_what_changed_after_the_contact_is_refused(past: Past, database: Database) -> None:
    await past.contacted(1, 2)
    await past.fresh(3, 3)
    for industry in ("Software", "Mining"):
        await past.execute("UPDATE leads SET industry = :industry, attributes = '{\"budget\": 5}'", industry=industry)
    await past.execute("UPDATE leads SET score = 90, tier = 'A' WHERE id = 2")
    await past.execute("""
        INSERT INTO lead_facts (lead_id, subject, name, value, confidence, provider, observed_at)
        SELECT 1, 'company', name, value, 0.5, 'apollo', at FROM (VALUES
            ('employees', '40', now() - interval '80 days'), ('employees', '900', now()), ('funding_stage', 'seed', now())
        ) AS v (name, value, at)
    """)
    async with database.transaction() as session:
        first, _, fresh = await repository.snapshots(session, [1, 2, 3])
    values = features_of(first)
    assert (values["industry"], values.get("attributes.budget"), values["attributes.plan"]) == ("retail", None, "pro")
    assert (values["fact.employees"], "fact.funding_stage" in values) == (40.0, False)
    assert set(first.late_facts) == {"employees", "funding_stage"}
    assert first.is_corrected
    assert (features_of(fresh)["industry"], fresh.is_corrected) == ("mining", False)


async def test_leads_are_scored_by_what_was_learned(past: Past, database: Database, context: JobContext) -> None:
    """What the training saw and what the scoring sees are the same values, and give the same probabilities."""
    await past.contacted(1, 700)
    model_id = await trained(database, context, 700)
    async with database.transaction() as session:
        await service.activate(session, model_id)
    await past.execute("UPDATE leads SET industry = 'changed since' WHERE id % 2 = 0")
    await score_leads(context, model_id)
    stored = await scores(database)
    async with database.transaction() as session:
        artifact = read_artifact(await repository.artifact_of(session, model_id))
        snapshots = await repository.snapshots(session, list(range(1, 701)))
    expected = artifact.probabilities(columns_of([features_of(one) for one in snapshots]), 700)
    assert [stored[one.lead_id].probability for one in snapshots] == pytest.approx(list(expected), abs=1e-12)
    assert len({round(row.probability, 6) for row in stored.values()}) > 5


async def test_new_and_changed_leads_are_scored_within_a_minute(past: Past, database: Database, context: JobContext) -> None:
    await past.contacted(1, 700)
    model_id = await trained(database, context, 700)
    async with database.transaction() as session:
        await service.activate(session, model_id)
    await keep_up.function(context)
    assert await scores(database) == {}, "the job that scores everybody comes first"
    await score_leads(context, model_id)
    await past.fresh(5001, 5001)
    await past.execute("UPDATE leads SET updated_at = now() WHERE id = 5001")
    await keep_up.function(context)
    first = (await scores(database))[5001]
    await past.execute("UPDATE leads SET industry = 'Retail', updated_at = now() WHERE id = 5001")
    await keep_up.function(context)
    second = (await scores(database))[5001]
    assert first.score > second.score
    assert len(await scores(database)) == 701


async def test_activating_rolling_back_and_stopping(
    api: AsyncClient, past: Past, database: Database, context: JobContext
) -> None:
    await past.contacted(1, 700)
    first, second, third = [await trained(database, context, 700) for _ in range(3)]

    async def statuses() -> list[str]:
        models = {model["id"]: model["status"] for model in (await api.get("/api/scoring/models")).json()}
        return [models[one] for one in (first, second, third)]

    assert (await api.post("/api/scoring/rollback")).status_code == 409
    for one in (first, second):
        await api.post(f"/api/scoring/models/{one}/activate")
    assert await statuses() == ["previous", "active", "offered"]
    await api.post(f"/api/scoring/models/{third}/activate")
    assert await statuses() == ["retired", "previous", "active"]
    await run_due_jobs(context)
    assert {row.model_id for row in (await scores(database)).values()} == {third}
    assert (await api.post("/api/scoring/rollback")).json()["id"] == second
    assert await statuses() == ["retired", "active", "retired"]
    await run_due_jobs(context)
    assert {row.model_id for row in (await scores(database)).values()} == {second}
    assert (await api.post("/api/scoring/deactivate")).json()["active"] is None
    assert await statuses() == ["retired", "previous", "retired"]
    assert (await api.get("/api/scoring/leads/1")).json() == {"score": None}
    async with database.transaction() as session:
        assert await prior_of(session, 1) is None


async def test_the_weekly_training(past: Past, database: Database, context: JobContext) -> None:
    await past.contacted(1, 700)
    now = datetime.now(UTC)
    async with database.transaction() as session:
        await service.change_settings(session, ScoringSettingsIn(weekly=True, weekday=(now.weekday() + 1) % 7, hour=now.hour))
    await train_weekly.function(context)
    async with database.transaction() as session:
        assert await repository.latest(session, 5) == []
        await service.change_settings(session, ScoringSettingsIn(weekday=now.weekday(), activate_by_itself=True))
    await train_weekly.function(context)
    await train_weekly.function(context)
    await run_due_jobs(context)
    async with database.transaction() as session:
        (model,) = await repository.latest(session, 5)
        assert (model.status, model.requested_by) == (ModelStatus.ACTIVE, "weekly schedule")
    assert len(await scores(database)) == 700


async def test_a_stored_scorer_that_somebody_tampered_with_is_refused(
    past: Past, database: Database, context: JobContext
) -> None:
    await past.contacted(1, 700)
    model_id = await trained(database, context, 700)
    async with database.transaction() as session:
        await service.activate(session, model_id)
    await past.execute("UPDATE score_models SET artifact = jsonb_set(artifact, '{spec,features}', '[]')")
    with pytest.raises(Exception, match="can't be used"):
        await score_leads(context, model_id)
    assert await scores(database) == {}


async def test_the_prior_counts_where_the_lead_has_said_nothing(past: Past, database: Database, context: JobContext) -> None:
    await past.contacted(1, 700)
    await past.fresh(2001, 2002)
    model_id = await trained(database, context, 700)
    async with database.transaction() as session:
        await service.activate(session, model_id)
    await score_leads(context, model_id)
    async with database.transaction() as session:
        good, bad = await prior_of(session, 2001), await prior_of(session, 2002)
    assert good is not None
    assert bad is not None
    nothing = qualify(QualificationFactors())
    assert blended(nothing, good).score > nothing.score > blended(nothing, bad).score
    assert "Industry manufacturing: +" in blended(nothing, good).reasoning
    everything = QualificationFactors(
        findings={factor: FactorFinding(factor=factor, strength=0.5, summary="s", quote="q") for factor in Factor}
    )
    assert blended(qualify(everything), good) == qualify(everything)
    assert blended(nothing, None) == nothing
