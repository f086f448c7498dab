"""Trying a campaign out: who would be reached, what they would read, and that nothing of it leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select

from outrider.agents.models import AgentExecution
from outrider.campaigns.models import CampaignLead
from outrider.campaigns.trials import service
from outrider.campaigns.trials.schemas import Audience, PreviewIn, TrialIn
from outrider.conversations.models import Message, Suppression, SuppressionReason
from outrider.errors import InvalidInput
from outrider.leads.models import ConsentKind
from outrider.llm.base import CallScope, ChatReply, ChatRequest, ModelTimeout
from outrider.llm.budgeted import Budgeted, Metered
from outrider.llm.pricing import Rate, Tariff
from outrider.workflows.context import Services
from outrider.workflows.models import Run, Step
from tests.integration.campaigns.conftest import World
from tests.worlds import OneModel


class Writer:
    """A language model that answers what it is told to, and looks whether somebody waits for it with a transaction open."""

    name = "openai:gpt-4o-mini"

    def __init__(self, world: World, text: str = "Hi, it is Maya.", error: Exception | None = None):
        self.world, self.text, self.error = world, text, error
        self.open_transactions: list[int] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'"
        connection = await self.world.database.connect()
        try:
            self.open_transactions.append(await connection.fetchval(statement))
        finally:
            await connection.close()
        if self.error:
            raise self.error
        return ChatReply(self.text, "gpt-4o-mini", "openai", input_tokens=100, output_tokens=10, cost=Decimal("0.002"))

    async def aclose(self) -> None:
        pass


async def suppress(world: World, phone: str | None) -> None:
    async with world.database.transaction() as session:
        session.add(Suppression(phone=phone, reason=SuppressionReason.STOP))


async def count(world: World, model: Any) -> int:
    async with world.database.transaction() as session:
        return int((await session.execute(select(func.count()).select_from(model))).scalar_one())


async def preview(api: AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await api.post("/api/campaigns/preview", json={"sender_name": "Maya", "description": "A free roof check"} | wanted)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_audience_is_counted_by_reason(world: World, api: AsyncClient) -> None:
    good, stopped = await world.leads(4), await world.leads(2)
    silent = await world.leads(5, consent=None)
    nowhere = await world.leads(1, phone=None, email="ann@example.com")
    for lead in stopped:
        await suppress(world, lead.phone)
    everybody = [lead.id for lead in (*good, *stopped, *silent, *nowhere)]
    report = (await api.post("/api/campaigns/audience", json={"audience": {"lead_ids": everybody}})).json()
    assert (report["total"], report["reachable"]) == (12, 4)
    assert report["excluded"] == {"suppressed": 2, "outside_consent": 5, "invalid_number": 1}
    assert {reason: len(leads) for reason, leads in report["examples"].items()} == {
        "suppressed": 2, "outside_consent": 3, "invalid_number": 1,
    }  # fmt: skip
    assert report["examples"]["invalid_number"][0]["id"] == nowhere[0].id
    assert {lead["id"] for lead in report["reachable_examples"]} < {lead.id for lead in good}

    lenient = {"audience": {"lead_ids": everybody}, "require_consent": False}
    assert (await api.post("/api/campaigns/audience", json=lenient)).json()["reachable"] == 9


async def test_an_audience_by_filter_and_of_nobody(world: World, api: AsyncClient) -> None:
    await world.leads(3, company="Acme")
    await world.leads(2, company="Other")
    wanted = {"audience": {"filter": {"company": "Acme"}}}
    assert (await api.post("/api/campaigns/audience", json=wanted)).json()["reachable"] == 3
    nobody = (await api.post("/api/campaigns/audience", json={"audience": {}})).json()
    assert (nobody["total"], nobody["excluded"], nobody["examples"]) == (0, {}, {})


async def test_the_preview_counts_as_the_campaigns_preflight(world: World, api: AsyncClient) -> None:
    leads = [*await world.leads(4), *await world.leads(3, consent=None), *await world.leads(2, name="")]
    ids = [lead.id for lead in leads]
    campaign = await world.campaign(audience={"lead_ids": ids})
    preflight = (await api.get(f"/api/campaigns/{campaign}/preflight")).json()["audience"]
    report = (await api.post("/api/campaigns/audience", json={"audience": {"lead_ids": ids}})).json()
    assert {key: report[key] for key in preflight} == preflight


async def test_a_preview_is_what_the_lead_would_read(world: World, api: AsyncClient) -> None:
    ann = (await world.leads(1, name="Ann Lee", company="Acme"))[0]
    template = "Hi {{first_name}} – {{sender_name}} here. Is {{company}} “hiring”? {{plan|Soon}}"
    shown = await preview(api, sms_template=template, lead_ids=[ann.id])
    (lead,) = shown["leads"]
    (text,) = lead["texts"]
    assert text["body"] == 'Hi Ann - Maya here. Is Acme "hiring"? Soon'
    assert (text["encoding"], text["segments"], text["characters"], text["units"]) == ("GSM-7", 1, 42, 42)
    assert (float(text["cost"]), text["plain_body"], text["costly_characters"]) == (0.0083, text["body"], [])
    assert (lead["outcome"], lead["excluded"], lead["model"], shown["is_offline"]) == ("completed", None, lead["model"], True)


async def test_costly_characters_are_named_with_the_plain_text(world: World, api: AsyncClient) -> None:
    ann = (await world.leads(1))[0]
    workflow = (await api.get("/api/workflows")).json()["items"]
    config = next(one["config"] for one in workflow if one["name"] == "standard")
    for node in config["nodes"]:
        if node["type"] == "sms":
            node["data"]["plain_characters"] = False
    shown = await preview(api, sms_template="Hello “you” – 🙂", lead_ids=[ann.id], workflow_config=config)
    (text,) = shown["leads"][0]["texts"]
    assert (text["encoding"], text["costly_characters"]) == ("UCS-2", ["“", "”", "–", "🙂"])
    assert text["plain_body"] == 'Hello "you" - 🙂'


async def test_slips_and_gaps_in_placeholders(world: World, api: AsyncClient) -> None:
    ann = await world.leads(1, name="Ann Lee", company="Acme", attributes={"Roof area": 12})
    bob = await world.leads(1, name="Bob Ray")
    await world.leads(1, attributes={"plan": "gold"})
    template = "{{frist_name}} {{first_name}} {{company}} {{roof_area}} {{plan}} {{titel|boss}} {{what?}} {{campaign_name}}"
    shown = await preview(api, name="Spring", sms_template=template, lead_ids=[ann[0].id, bob[0].id])
    assert shown["unknown_placeholders"] == ["frist_name", "titel", "what?"]
    assert shown["leads"][0]["empty_placeholders"] == ["frist_name", "plan"]
    assert shown["leads"][1]["empty_placeholders"] == ["frist_name", "company", "roof_area", "plan"]


async def test_others_of_the_audience_are_shown(world: World, api: AsyncClient) -> None:
    leads = [lead.id for lead in await world.leads(5)]
    await world.leads(3, consent=None)
    seen: list[int] = []
    offset: int | None = 0
    while offset is not None:
        shown = await preview(api, audience={"lead_ids": leads}, count=2, offset=offset)
        seen += [lead["lead"]["id"] for lead in shown["leads"]]
        offset = shown["next_offset"]
    assert sorted(seen) == leads


async def test_a_lead_that_may_not_be_texted_is_shown_with_its_reason(world: World, api: AsyncClient) -> None:
    (ann,) = await world.leads(1)
    (bob,) = await world.leads(1, consent=ConsentKind.IMPLIED)
    await suppress(world, ann.phone)
    shown = await preview(api, lead_ids=[bob.id, ann.id, bob.id])
    assert [(lead["lead"]["id"], lead["excluded"]) for lead in shown["leads"]] == [
        (bob.id, "outside_consent"), (ann.id, "suppressed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"lead_ids": [1], "audience": {}},
        {"lead_ids": [999]},
        {"lead_ids": []},
        {"audience": {}, "count": 6},
        {"lead_ids": [1] * 6},
    ],
)
async def test_a_preview_of_nobody_in_particular_is_refused(world: World, api: AsyncClient, wanted: dict[str, Any]) -> None:
    assert (await api.post("/api/campaigns/preview", json=wanted)).status_code == 422


async def test_a_model_that_is_missing_fails_each_lead_in_plain_words(world: World, api: AsyncClient) -> None:
    (ann,) = await world.leads(1)
    (lead,) = (await preview(api, lead_ids=[ann.id], model="nobody:model"))["leads"]
    assert (lead["outcome"], lead["texts"]) == ("failed", [])
    assert "nobody:model" in lead["error"]


async def test_no_transaction_is_open_while_a_model_thinks(world: World) -> None:
    leads = await world.leads(3)
    writer = Writer(world)
    wanted = PreviewIn(audience=Audience(lead_ids=[lead.id for lead in leads]))
    shown = await service.preview(world.database, Services(OneModel(writer)), world.settings, wanted)
    assert writer.open_transactions == [0, 0, 0]
    assert {lead.texts[0].body for lead in shown.leads} == {writer.text}
    assert not shown.is_offline


async def test_what_models_cost_stays_in_the_figures(world: World) -> None:
    leads = await world.leads(2)
    campaign = await world.campaign(leads)
    tariff = Tariff("openai", "gpt-4o-mini", Rate(Decimal(0), Decimal(200)), most_tokens=10)
    models = OneModel(Budgeted(Metered(Writer(world), tariff), world.ledger, tariff))
    report = await service.test(world.database, Services(models), world.settings, campaign, TrialIn())
    await world.ledger.flush()
    assert (float(report.model_cost), report.input_tokens, report.output_tokens) == (0.004, 200, 20)
    rows = await world.rows(AgentExecution)
    assert [(row.agent_type, row.campaign_id, float(row.cost), row.success) for row in rows] == [
        ("campaign_test", campaign, 0.002, True)
    ] * 2
    assert float((await world.shown(campaign)).stats.models_cost) == 0.004


async def test_a_test_is_charged_to_its_campaign(world: World) -> None:
    leads = await world.leads(2)
    campaign = await world.campaign(leads)
    asked: list[CallScope] = []

    class Listening(Writer):
        async def complete(self, request: ChatRequest) -> ChatReply:
            asked.append(request.scope)
            return await super().complete(request)

    await service.test(world.database, Services(OneModel(Listening(world))), world.settings, campaign, TrialIn())
    assert sorted(asked, key=lambda scope: scope.lead_id or 0) == [CallScope(campaign, lead_id=lead.id) for lead in leads]


async def test_a_test_runs_the_whole_workflow_and_leaves_nothing_behind(world: World, api: AsyncClient) -> None:
    campaign = await world.campaign(await world.leads(6), sms_template="Hi {{first_name}}")
    report = (await api.post(f"/api/campaigns/{campaign}/test")).json()
    assert (len(report["leads"]), report["completed"], report["failed"]) == (3, 3, 0)
    assert round(float(report["texts_cost"]), 4) == round(3 * 0.0083, 4)
    for lead in report["leads"]:
        assert [step["node"] for step in lead["steps"]] == ["validate", "sms_agent", "finalize"]
        assert [entry["role"] for entry in lead["transcript"]] == ["system", "user", "assistant"]
        assert lead["texts"][0]["body"].startswith("Hi ")
    for model in (Message, Run, Step, AgentExecution):
        assert await count(world, model) == 0
    assert await world.queue() == {}
    assert {lead.status for lead in await world.rows(CampaignLead)} == {"pending"}


SCORED = {
    "nodes": [
        {
            "id": "b",
            "type": "branch",
            "data": {"cases": [{"name": "warm", "condition": "lead.score >= 60 && 'vip' in lead.tags"}]},
        },
        {"id": "w", "type": "wait", "data": {"mode": "time_of_day", "time_of_day": "09:00", "days": ["monday"]}},
        {
            "id": "t",
            "type": "send_template",
            "data": {"text": "Hi {{ lead.tier }} of {{ lead.lists[0] }} in {{ lead.time_zone }}"},
        },
        {"id": "f", "type": "finalize"},
    ],
    "edges": [
        {"source": "b", "target": "w", "sourceHandle": "warm"},
        {"source": "b", "target": "f", "sourceHandle": "otherwise"},
        {"source": "w", "target": "t"},
        {"source": "t", "target": "f"},
    ],
}


async def test_a_trial_knows_of_a_lead_what_its_run_will_know(world: World, api: AsyncClient) -> None:
    (ann,) = await world.leads(1, score=80, tier="A", time_zone="America/Chicago", attributes={"tags": ["vip"]})
    await world.execute("INSERT INTO lead_lists (name) VALUES ('Fair')")
    await world.execute("INSERT INTO lead_list_members (list_id, lead_id) SELECT id, :lead FROM lead_lists", lead=ann.id)
    campaign = await world.campaign([ann], workflow_config=SCORED)

    (tried,) = (await api.post(f"/api/campaigns/{campaign}/test")).json()["leads"]
    (shown,) = (await preview(api, lead_ids=[ann.id], workflow_config=SCORED))["leads"]
    rehearsed = (await api.get(f"/api/campaigns/{campaign}/preflight")).json()["samples"]
    for texts in (tried["texts"], shown["texts"], rehearsed):
        assert [text["body"] for text in texts] == ["Hi A of Fair in America/Chicago"]


async def test_a_failing_model_is_the_outcome_of_the_lead(world: World) -> None:
    (ann,) = await world.leads(1)
    campaign = await world.campaign()
    models = OneModel(Writer(world, error=ModelTimeout("The model did not answer within 30 s.")))
    report = await service.test(world.database, Services(models), world.settings, campaign, TrialIn(lead_ids=[ann.id]))
    assert (report.failed, report.leads[0].error) == (1, "The model did not answer within 30 s.")
    assert [step.level for step in report.leads[0].steps][1] == "ERROR"
    assert [row.success for row in await world.rows(AgentExecution)] == [False]


async def test_a_campaign_without_reachable_leads_can_not_be_tried(world: World, api: AsyncClient) -> None:
    campaign = await world.campaign(await world.leads(2, consent=None))
    answer = await api.post(f"/api/campaigns/{campaign}/test", json={"sample": 2})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "body.lead_ids")
    assert (await api.post("/api/campaigns/999/test")).status_code == 404
    with pytest.raises(InvalidInput, match="999"):
        await service.test(world.database, Services(world.models), world.settings, campaign, TrialIn(lead_ids=[999]))


async def test_results_leave_as_a_file_that_is_harmless(world: World, api: AsyncClient) -> None:
    named = await world.leads(1, name='=HYPERLINK("http://evil.example")', company="+1")
    campaign = await world.campaign([*named, *await world.leads(2)])
    await world.execute(
        "UPDATE campaign_leads SET status = 'skipped', skip_reason = 'budget' WHERE lead_id = :id", id=named[0].id
    )
    answer = await api.get(f"/api/campaigns/{campaign}/export.csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="campaign-{campaign}.csv"'
    header, first, *rest = answer.text.removeprefix("\ufeff").splitlines()
    assert header.startswith("campaign_lead_id,lead_id,name,phone,company,status,skip_reason")
    assert "'=HYPERLINK" in first and ",'+1," in first and ",skipped,budget," in first
    assert len(rest) == 2
    only = await api.get(f"/api/campaigns/{campaign}/export.csv", params={"status": "pending"})
    assert len(only.text.splitlines()) == 3
    assert (await api.get("/api/campaigns/999/export.csv")).status_code == 404
