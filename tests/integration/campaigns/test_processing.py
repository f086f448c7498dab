"""From the start of a campaign to its end: launch, chunks, results, and what deliveries twice or deaths in between change."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from asyncpg import ConnectionDoesNotExistError
from sqlalchemy import text

from outrider.campaigns import jobs, process
from outrider.campaigns.models import CampaignLead, ConversationMessage
from outrider.campaigns.process import fail_campaign
from outrider.conversations.models import OutboxState
from outrider.llm.base import ChatReply, ChatRequest, ModelTimeout
from outrider.llm.budgets.models import BudgetAlert, ModelCall
from outrider.llm.offline import OfflineModel
from outrider.llm.pricing import Rate, Tariff
from outrider.workflows.models import Run, Step
from tests.clocks import PATIENCE
from tests.integration.campaigns.conftest import World
from tests.worlds import OneModel

KILL_WHO_WAITS = text("""
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
""")


class Failing(OfflineModel):
    async def complete(self, request: ChatRequest) -> ChatReply:
        raise ModelTimeout("The model did not answer within 30 s.")


class Gated(OfflineModel):
    """Answers only when the test opens the gate; counts who waits."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked = 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked += 1
        await self.gate.wait()
        return await super().complete(request)

    async def reached(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.asked < count:
                await asyncio.sleep(0.01)


DEAR = Tariff("test", "dear", Rate(Decimal(0), Decimal(500_000)), most_tokens=1)
"""Half a dollar a call."""


class Dear(OfflineModel):
    async def complete(self, request: ChatRequest) -> ChatReply:
        return ChatReply("Hello!", "dear", "test", 10, 10, cost=Decimal("0.5"))


async def test_a_campaign_from_start_to_end(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(5))
    await world.start(campaign_id)

    assert await world.status(campaign_id) == "pending"
    await world.work()
    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("processing", {"waiting": 5})
    await world.settle(campaign_id)

    shown = await world.shown(campaign_id)
    assert (shown.status, shown.completed_at is not None, shown.workflow_version_id is not None) == ("completed", True, True)
    assert (shown.stats.total_leads, shown.stats.completed, shown.stats.sms_sent, shown.stats.success_rate) == (5, 5, 5, 100.0)
    texts = await world.texts(campaign_id)
    lead = (await world.rows(CampaignLead))[0]
    assert texts[0].dedupe_key == f"campaign_lead:{lead.id}/1:sms"
    assert (texts[0].run_id, texts[0].body) == (lead.run_id, lead.sms_message)


async def test_everything_a_run_said_is_kept(world: World) -> None:
    await world.started(2)
    await world.work()

    lead = (await world.rows(CampaignLead))[0]
    logs = await world.rows(Step, Step.campaign_lead_id == lead.id)
    assert [(log.level, log.node_name, log.message) for log in logs] == [
        ("INFO", "validate", "Lead validated"),
        ("INFO", "sms_agent", "SMS generated successfully"),
        ("INFO", "finalize", "Processing complete"),
    ]
    assert logs[1].tokens > 0 and logs[1].log_metadata["model"] == "offline:offline"
    transcript = await world.rows(ConversationMessage, ConversationMessage.campaign_lead_id == lead.id)
    assert [message.role for message in transcript] == ["system", "user", "assistant"]
    run = (await world.rows(Run))[0]
    assert (run.id, run.subject_id, run.trace_id, run.status) == (lead.run_id, lead.id, lead.trace_id, "completed")


async def test_leads_that_may_not_be_texted_are_skipped_with_their_reason(world: World) -> None:
    leads = [
        *await world.leads(1),
        *await world.leads(1, phone=None, email="a@example.com"),
        *await world.leads(1, consent=None),
        *await world.leads(1, phone="+13125550199"),
    ]
    await world.execute("INSERT INTO suppressions (phone, reason) VALUES ('+13125550199', 'stop')")
    campaign_id = await world.campaign(leads)
    await world.start(campaign_id)
    await world.work()

    expected = {"waiting": 1, "invalid_number": 1, "outside_consent": 1, "suppressed": 1}
    assert await world.statuses(campaign_id) == expected
    assert len(await world.texts(campaign_id)) == 1


async def test_consent_is_not_asked_for_where_it_is_not_required(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(2, consent=None), require_consent=False)
    await world.start(campaign_id)
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 2}


async def test_lists_ids_and_filters_name_everybody_once(world: World) -> None:
    leads = await world.leads(4, company="Acme")
    await world.leads(1, company="Other")
    await world.execute("INSERT INTO lead_lists (id, name) OVERRIDING SYSTEM VALUE VALUES (9, 'Fair')")
    await world.execute("INSERT INTO lead_list_members SELECT 9, id FROM leads WHERE id <= :last", last=leads[1].id)
    audience = {"list_ids": [9], "lead_ids": [leads[1].id], "filter": {"company": "Acme"}}
    campaign_id = await world.campaign([leads[0]], audience=audience)
    await world.start(campaign_id)
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 4}


async def test_a_failing_model_fails_the_lead_with_its_reason_and_retry_works(world: World) -> None:
    world.use(OneModel(Failing()))
    campaign_id = await world.started(3)
    await world.work()

    shown = await world.shown(campaign_id)
    assert (shown.status, shown.stats.failed) == ("completed", 3)
    assert shown.stats.failures == {"The model did not answer within 30 s.": 3}
    assert await world.texts(campaign_id) == []

    world.use(OneModel(OfflineModel()))
    assert await world.retry(campaign_id) == 3
    assert await world.status(campaign_id) == "processing"
    await world.work()
    await world.settle(campaign_id)

    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("completed", {"completed": 3})
    assert {lead.attempt for lead in await world.rows(CampaignLead)} == {2}
    assert Counter(run.status for run in await world.rows(Run)) == {"failed": 3, "completed": 3}


async def test_a_refusal_of_the_carrier_fails_the_lead_and_retry_writes_a_new_text(world: World) -> None:
    campaign_id = await world.started(1)
    await world.work()
    await world.settle(campaign_id, OutboxState.FAILED, reason="refused", error_code=21211, error_message="Invalid 'To' number")

    (lead,) = await world.rows(CampaignLead)
    assert (lead.status, lead.error_message) == ("failed", "Invalid 'To' number (carrier code 21211)")
    assert await world.retry(campaign_id) == 1
    await world.work()

    assert [sent.dedupe_key for sent in await world.texts(campaign_id)] == [f"campaign_lead:{lead.id}/{n}:sms" for n in (1, 2)]


async def test_retrying_skips_who_may_not_be_texted_any_more(world: World) -> None:
    world.use(OneModel(Failing()))
    campaign_id = await world.started(2)
    await world.work()
    lead = (await world.rows(CampaignLead))[0]
    await world.execute(
        "INSERT INTO suppressions (phone, reason) SELECT phone, 'stop' FROM leads WHERE id = :id", id=lead.lead_id
    )

    await world.retry(campaign_id)

    assert await world.statuses(campaign_id) == {"suppressed": 1, "pending": 1}


@pytest.mark.parametrize("worked", [0, 1])
async def test_retrying_a_campaign_that_failed_works_what_it_left_behind(world: World, worked: int) -> None:
    world.settings = world.settings.model_copy(update={"chunk_size": 1})
    world.use(OneModel(Failing()))
    campaign_id = await world.started(3)
    await world.work(most=worked)
    async with world.database.transaction() as session:
        await fail_campaign(session, campaign_id, "The workflow is gone.")
    await world.work()
    assert (await world.status(campaign_id), (await world.statuses(campaign_id)).get("failed", 0)) == ("failed", worked)

    world.use(OneModel(OfflineModel()))
    assert await world.retry(campaign_id) == 3
    await world.work()
    await world.settle(campaign_id)

    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("completed", {"completed": 3})


async def test_retrying_nothing_changes_nothing(world: World) -> None:
    campaign_id = await world.started(1)
    await world.work()
    await world.settle(campaign_id)

    assert await world.retry(campaign_id) == 0
    assert await world.status(campaign_id) == "completed"


async def test_a_launch_delivered_twice_changes_nothing_twice(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(3))
    await world.start(campaign_id)
    await jobs.launch(world.context, campaign_id)
    await jobs.launch(world.context, campaign_id)

    assert (await world.queue())["campaigns.process_chunk"] == 1
    await world.work()
    assert len(await world.texts(campaign_id)) == 3


async def test_a_chunk_delivered_twice_changes_nothing_twice(world: World) -> None:
    campaign_id = await world.started(5)
    chunk = await world.chunk()
    await jobs.process_chunk(world.context, **chunk)
    await jobs.process_chunk(world.context, **chunk)

    assert (len(await world.texts(campaign_id)), len(await world.rows(Run))) == (5, 5)


async def test_a_chunk_delivered_while_the_first_delivery_still_runs_counts_once(world: World) -> None:
    """The worker was taken for dead and was not: its results come too late and are dropped."""
    model = Gated()
    world.use(OneModel(model))
    campaign_id = await world.started(4)
    chunk = await world.chunk()
    first = asyncio.create_task(jobs.process_chunk(world.context, **chunk))
    await model.reached(4)
    await jobs.process_chunk(world.context, **chunk)
    second = asyncio.create_task(world.work())
    await model.reached(5)
    model.gate.set()
    await asyncio.gather(first, second)

    assert await world.statuses(campaign_id) == {"waiting": 4}
    assert (len(await world.texts(campaign_id)), len(await world.rows(Run))) == (4, 4)


async def test_leads_of_a_dead_delivery_are_taken_by_the_next_one_of_the_same_chunk_only(world: World) -> None:
    campaign_id = await world.started(3)
    chunk = await world.chunk()
    await world.execute("UPDATE campaign_leads SET status = 'processing', chunk_token = :token", token=f"{chunk['chunk']}/dead")

    await jobs.process_chunk(world.context, **{**chunk, "chunk": "another"})
    assert await world.statuses(campaign_id) == {"processing": 3}
    await jobs.process_chunk(world.context, **chunk)
    assert await world.statuses(campaign_id) == {"pending": 3}, "they go on in smaller chunks"
    await world.work()
    assert await world.statuses(campaign_id) == {"waiting": 3}


async def test_leads_that_no_chunk_will_come_back_for_are_freed(world: World) -> None:
    campaign_id = await world.started(3)
    await world.execute("DELETE FROM pgqueuer")
    await world.execute("UPDATE campaign_leads SET status = 'processing', chunk_token = 'lost/1'")

    await jobs.free_abandoned_leads.function(world.context)
    assert await world.statuses(campaign_id) == {"processing": 3}
    await world.execute("UPDATE campaign_leads SET updated_at = now() - interval '11 minutes'")
    await jobs.free_abandoned_leads.function(world.context)
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 3}


async def test_many_chunks_run_side_by_side(world: World) -> None:
    world.settings = world.settings.model_copy(update={"chunk_size": 10})
    world.use(OneModel(OfflineModel()))
    campaign_id = await world.started(55)
    assert (await world.queue())["campaigns.process_chunk"] == 6

    await asyncio.gather(*(world.work() for _ in range(4)))

    assert await world.statuses(campaign_id) == {"waiting": 55}
    assert len({sent.campaign_lead_id for sent in await world.texts(campaign_id)}) == 55


async def test_a_scheduled_campaign_waits_for_its_time(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(1), scheduled_at=datetime.now(UTC) + timedelta(hours=1))
    await world.start(campaign_id)
    await world.work()
    assert (await world.status(campaign_id), (await world.queue())["campaigns.launch"]) == ("pending", 1)

    await jobs.launch(world.context, campaign_id)
    assert await world.status(campaign_id) == "pending"
    await world.execute("UPDATE campaigns SET scheduled_at = now() - interval '1 second'")
    await jobs.launch(world.context, campaign_id)

    assert await world.status(campaign_id) == "processing"


async def test_a_campaign_whose_every_lead_is_skipped_completes_at_its_launch(world: World) -> None:
    leads = await world.leads(2)
    campaign_id = await world.campaign(leads)
    await world.start(campaign_id)
    await world.execute("UPDATE lead_consents SET revoked_at = now()")
    await world.work()

    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("completed", {"outside_consent": 2})


async def test_a_used_up_budget_pauses_the_campaign_and_leaves_its_leads_pending(world: World) -> None:
    world.use_paid(Dear(), DEAR)
    campaign_id = await world.started(10, budget=Decimal("1.70"))
    await world.work()
    await world.ledger.flush()

    assert await world.statuses(campaign_id) == {"waiting": 3, "pending": 7}
    shown = await world.shown(campaign_id)
    assert shown.status == "paused"
    assert shown.status_reason and shown.status_reason.startswith("The campaign's budget of $1.70 is used up: the $0.20")
    assert shown.status_reason.endswith("Raise it and resume the campaign.")
    assert (await world.campaign_row(campaign_id)).spent == Decimal("1.5")
    assert sum(row.cost for row in await world.rows(ModelCall)) == Decimal("1.5")
    assert {(alert.scope, alert.threshold) for alert in await world.rows(BudgetAlert)} == {
        ("campaign", 50), ("campaign", 80), ("campaign", 100)
    }  # fmt: skip

    await world.resume(campaign_id)
    await world.work()
    assert (await world.status(campaign_id), await world.statuses(campaign_id)) == ("paused", {"waiting": 3, "pending": 7})
    await world.execute("UPDATE campaigns SET budget = 100")
    await world.resume(campaign_id)
    await world.work()
    await world.ledger.flush()
    assert await world.statuses(campaign_id) == {"waiting": 10}
    assert (await world.campaign_row(campaign_id)).spent == Decimal(5)


async def test_an_installation_without_money_pauses_its_campaigns(world: World) -> None:
    await world.execute("INSERT INTO budgets (scope, \"limit\") VALUES ('installation_day', 1)")
    world.use_paid(Dear(), DEAR)
    campaign_id = await world.started(4)
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 2, "pending": 2}
    shown = await world.shown(campaign_id)
    assert shown.status == "paused" and "of $1.00 a day is used up" in (shown.status_reason or "")


async def test_the_guard_and_the_rows_agree_on_what_models_cost(world: World) -> None:
    world.use_paid(Dear(), DEAR)
    campaign_id = await world.started(4, budget=Decimal(100))
    await world.work()
    await world.ledger.flush()
    before = (await world.campaign_row(campaign_id)).spent
    await jobs.settle_budgets.function(world.context)
    assert (await world.campaign_row(campaign_id)).spent == before == Decimal(2)


async def test_without_a_sender_the_campaign_pauses_and_says_why(world: World) -> None:
    campaign_id = await world.started(2)
    await world.execute("UPDATE senders SET enabled = false")
    await world.work()

    shown = await world.shown(campaign_id)
    assert (shown.status, shown.stats.pending) == ("paused", 2)
    assert shown.status_reason and "sender" in shown.status_reason
    await world.execute("UPDATE senders SET enabled = true")
    await world.resume(campaign_id)
    await world.work()
    assert await world.statuses(campaign_id) == {"waiting": 2}


async def test_a_workflow_that_became_unusable_fails_the_campaign(world: World) -> None:
    campaign_id = await world.started(2)
    await world.execute("UPDATE workflow_versions SET definition = jsonb_set(definition, '{nodes,0,type}', '\"uninstalled\"')")
    await world.work()

    shown = await world.shown(campaign_id)
    assert (shown.status, shown.stats.pending) == ("failed", 2)
    assert shown.status_reason and "no node type 'uninstalled'" in shown.status_reason


async def test_the_last_leads_settled_by_two_transactions_at_once_still_complete_the_campaign(world: World) -> None:
    campaign_id = await world.started(2)
    await world.work()
    one, other = await world.texts(campaign_id)
    from tests.integration.campaigns.conftest import settle_texts

    async with world.database.transaction() as first, world.database.transaction() as second:
        await settle_texts(first, [await first.merge(one)], OutboxState.SENT)
        await settle_texts(second, [await second.merge(other)], OutboxState.SENT)
    assert await world.statuses(campaign_id) == {"completed": 2}
    await jobs.complete_campaigns.function(world.context)

    assert await world.status(campaign_id) == "completed"


class Poisonous(OfflineModel):
    """Writes usual texts, but for one lead its server reports a model name that no column can hold."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        reply = await super().complete(request)
        return replace(reply, model="bad\x00name") if "Lead 3" in request.messages[1].content else reply


async def test_one_result_that_cannot_be_stored_does_not_take_the_others_with_it(world: World) -> None:
    world.use(OneModel(Poisonous()))
    campaign_id = await world.started(5)
    await world.work()

    assert await world.statuses(campaign_id) == {"waiting": 4, "failed": 1}
    assert (await world.shown(campaign_id)).stats.failures == {"The result holds characters that can't be stored.": 1}
    assert await world.queue() == {}


async def test_a_result_outlives_the_loss_of_its_connection_without_asking_the_model_again(world: World) -> None:
    model = Gated()
    world.use(OneModel(model))
    campaign_id = await world.started(3)
    working = asyncio.create_task(world.work())
    await model.reached(3)
    async with world.database.transaction() as other:
        await other.execute(text("LOCK TABLE processing_logs IN EXCLUSIVE MODE"))
        model.gate.set()
        killed = 0
        async with asyncio.timeout(PATIENCE):
            while not killed:
                await other.execute(text("SELECT pg_stat_clear_snapshot()"))
                killed = (await other.execute(KILL_WHO_WAITS)).scalar_one()
                await asyncio.sleep(0.02)
    await working

    assert await world.statuses(campaign_id) == {"waiting": 3}
    assert (model.asked, len(await world.rows(Run)), len(await world.texts(campaign_id))) == (3, 3, 3)


async def test_a_database_that_fails_for_a_moment_does_not_end_the_signs_of_life(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, enough = 0, asyncio.Event()

    async def keep(*given: object) -> None:
        nonlocal shown
        shown += 1
        if shown == 1:
            raise ConnectionDoesNotExistError("gone")
        enough.set()

    monkeypatch.setattr(process, "SIGN_OF_LIFE_SECONDS", 0.001)
    monkeypatch.setattr(process.rows, "keep", keep)
    async with process._showing_life(world.database, [1], "token"), asyncio.timeout(PATIENCE):
        await enough.wait()
