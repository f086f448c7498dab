"""What the pre-flight counts, warns of and refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from outrider.campaigns import service
from outrider.campaigns.control import CampaignBlocked
from outrider.campaigns.preflight import check_before_start
from outrider.campaigns.schemas import PreflightReport
from outrider.errors import ConfigurationError
from outrider.leads.models import ConsentKind
from outrider.llm.base import ChatModel
from outrider.llm.offline import OfflineModel
from tests.integration.campaigns.conftest import World
from tests.worlds import OneModel

NOON_IN_CHICAGO = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)
TEMPLATE = "Hi {{first_name}}, Maya here about {{company|your company}}. Reply STOP to opt out."


async def check(world: World, campaign_id: int, at: datetime = NOON_IN_CHICAGO) -> PreflightReport:
    async with world.database.transaction() as session:
        campaign = await service.find_campaign(session, campaign_id)
        return await check_before_start(session, campaign, world.settings, world.models, now=at)


def codes(findings: list[Any]) -> set[str]:
    return {finding.code for finding in findings}


async def test_a_campaign_in_order(world: World) -> None:
    report = await check(world, await world.campaign(await world.leads(10, name="Ann Lee"), sms_template=TEMPLATE))

    assert (report.can_start, report.blockers, codes(report.warnings)) == (True, [], {"offline_model"})
    assert (report.audience.total, report.audience.reachable, report.audience.excluded) == (10, 10, {})
    assert (report.timing.sendable_now, report.timing.later_today, report.senders) == (10, 0, 1)
    assert (report.cost.segments, report.cost.texts, report.cost.models) == (10, Decimal("0.0830"), 0)
    assert report.samples[0].body.endswith("about your company. Reply STOP to opt out.")
    assert (report.uses_template, report.timing.waits_seconds) == (True, 0)


async def test_who_is_left_out_and_why(world: World) -> None:
    leads = [
        *await world.leads(2),
        *await world.leads(1, phone=None, email="a@example.com"),
        *await world.leads(2, consent=None),
        *await world.leads(1, consent=ConsentKind.IMPLIED),
        *await world.leads(1, phone="+13125550199"),
    ]
    await world.execute("INSERT INTO suppressions (phone, reason) VALUES ('+13125550199', 'stop')")
    await world.execute("INSERT INTO lead_lists (id, name) OVERRIDING SYSTEM VALUE VALUES (9, 'Fair')")
    await world.execute("INSERT INTO lead_list_members SELECT 9, id FROM leads WHERE id <= :last", last=leads[1].id)
    campaign_id = await world.campaign(leads, audience={"list_ids": [9]})

    report = await check(world, campaign_id)

    assert (report.audience.total, report.audience.reachable, report.audience.duplicates) == (7, 2, 2)
    assert report.audience.excluded == {"invalid_number": 1, "outside_consent": 3, "suppressed": 1}
    assert codes(report.warnings) >= {"excluded_invalid_number", "excluded_outside_consent", "excluded_suppressed"}


async def test_the_launch_does_what_the_preflight_said(world: World) -> None:
    leads = [*await world.leads(3), *await world.leads(2, consent=None), *await world.leads(1, phone=None, email="a@example.com")]
    campaign_id = await world.campaign(leads)
    report = await check(world, campaign_id)
    await world.start(campaign_id)
    await world.work()

    statuses = await world.statuses(campaign_id)
    assert statuses.pop("waiting") == report.audience.reachable
    assert statuses == {str(reason): count for reason, count in report.audience.excluded.items()}


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"agent_type": "voice"}, "calls_unavailable", "agent_type"),
        ({"agent_type": "both"}, "calls_unavailable", "agent_type"),
        ({"sms_template": "x" * 1500}, "every_run_fails", None),
    ],
)
async def test_what_blocks_the_start(world: World, values: dict[str, Any], code: str, field: str | None) -> None:
    campaign_id = await world.campaign(await world.leads(2), **values)
    (blocker,) = (await check(world, campaign_id)).blockers
    assert (blocker.code, blocker.field, bool(blocker.remedy)) == (code, field, True)

    with pytest.raises(CampaignBlocked) as refused:
        await world.start(campaign_id)
    assert refused.value.extra["blockers"][0]["code"] == code
    assert await world.status(campaign_id) == "draft"


async def test_nobody_to_reach_blocks(world: World) -> None:
    nobody = await world.campaign()
    without_consent = await world.campaign(await world.leads(2, consent=None))

    assert codes((await check(world, nobody)).blockers) == {"no_leads"}
    assert codes((await check(world, without_consent)).blockers) == {"nobody_reachable"}


async def test_no_sender_blocks(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(1))
    await world.execute("UPDATE senders SET enabled = false")

    assert codes((await check(world, campaign_id)).blockers) == {"no_sender"}


async def test_a_model_without_its_key_blocks(world: World) -> None:
    class Unconfigured(OneModel):
        def get(self, name: str | None = None) -> ChatModel:
            raise ConfigurationError("OPENAI_API_KEY is not set.", remedy="Set it.")

    world.use(Unconfigured(OfflineModel()))
    (blocker,) = (await check(world, await world.campaign(await world.leads(1)))).blockers

    assert (blocker.code, blocker.message, blocker.remedy, blocker.field) == (
        "model_unusable",
        "OPENAI_API_KEY is not set.",
        "Set it.",
        "model",
    )


async def test_a_workflow_that_became_unusable_blocks(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(1))
    await world.execute("UPDATE workflows SET config = jsonb_set(config, '{nodes,0,type}', '\"voice\"')")

    assert codes((await check(world, campaign_id)).blockers) == {"workflow_unusable"}


async def test_hours_without_any_overlap_block(world: World) -> None:
    leads = await world.leads(2, time_zones=["America/New_York", "Asia/Tokyo"], country=None, region=None)
    campaign_id = await world.campaign(leads, quiet_hours={"start": "10:00", "end": "12:00"})

    assert codes((await check(world, campaign_id)).blockers) == {"no_common_hours"}


async def test_leads_asleep_wait_and_it_says_until_when(world: World) -> None:
    leads = [*await world.leads(2), *await world.leads(3, time_zones=["America/Los_Angeles"], region="CA")]
    report = await check(world, await world.campaign(leads), at=NOON_IN_CHICAGO.replace(hour=14))

    assert (report.timing.sendable_now, report.timing.later_today) == (2, 3)
    assert report.timing.next_opening == NOON_IN_CHICAGO.replace(hour=15)
    assert "outside_hours" in codes(report.warnings)


async def test_a_schedule_is_checked_for_its_own_time(world: World) -> None:
    night = NOON_IN_CHICAGO + timedelta(hours=14)
    campaign_id = await world.campaign(await world.leads(2), scheduled_at=night)

    report = await check(world, campaign_id)

    assert (report.timing.sendable_now, report.timing.later_today) == (0, 2)


async def test_a_slow_sender_makes_it_long(world: World) -> None:
    await world.execute("UPDATE senders SET segments_per_second = 0.001")
    report = await check(world, await world.campaign(await world.leads(200)))

    assert report.timing.seconds and report.timing.seconds > 200 / 0.001
    assert "long_sending" in codes(report.warnings)


async def test_a_budget_that_does_not_reach(world: World) -> None:
    report = await check(world, await world.campaign(await world.leads(10), budget=Decimal("0.05")))

    (warning,) = [finding for finding in report.warnings if finding.code == "over_budget"]
    assert "$0.08; the budget of $0.05 covers about 60%" in warning.message and report.can_start


async def test_a_priced_model_is_estimated(world: World) -> None:
    class Named(OfflineModel):
        name = "openai:gpt-4o-mini"  # type: ignore[assignment]

    world.use(OneModel(Named()))
    report = await check(world, await world.campaign(await world.leads(10)))

    assert Decimal("0.0001") < report.cost.models < Decimal("0.01")
    assert report.cost.total == report.cost.texts + report.cost.models
    assert "offline_model" not in codes(report.warnings)


async def test_texts_are_looked_at(world: World) -> None:
    report = await check(
        world, await world.campaign(await world.leads(2), sms_template="Hi {{name}} 🎉 see bit.ly/abc", sender_name="")
    )

    assert codes(report.warnings) >= {"no_opt_out_words", "public_shortener", "costly_characters"}
    assert report.samples[0].encoding == "UCS-2"


OWN_WORDS: dict[str, Any] = {
    "nodes": [
        {"id": "first", "type": "send_template", "data": {"text": "Hi {{ lead.first_name }}"}},
        {"id": "wait", "type": "wait_for_reply", "data": {"amount": 2, "unit": "days"}},
        {"id": "second", "type": "send_template", "data": {"text": "Still there? Reply STOP to opt out."}},
        {"id": "end", "type": "finalize"},
    ],
    "edges": [
        {"source": "first", "target": "wait"},
        {"source": "wait", "target": "end", "sourceHandle": "replied"},
        {"source": "wait", "target": "second", "sourceHandle": "timeout"},
        {"source": "second", "target": "end"},
    ],
}


async def test_a_workflow_with_words_of_its_own_is_put_right_in_the_workflow(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(3), workflow_config=OWN_WORDS, sms_template="Hi {{ frist_name }}")
    report = await check(world, campaign_id)

    (found,) = [warning for warning in report.warnings if warning.code == "no_opt_out_words"]
    assert (report.uses_template, found.field) == (False, "workflow_config") and "closing line" in found.remedy
    assert found.message == "The first text doesn't say how to opt out.", "the second one may never be sent"
    assert "empty_placeholder" not in codes(report.warnings), "nobody reads the template"
    assert "long_sending" not in codes(report.warnings), "the senders are not what it waits for"
    assert (report.cost.segments, report.cost.segments_per_lead) == (6, 2.0)
    assert timedelta(days=2) <= timedelta(seconds=report.timing.waits_seconds) < timedelta(days=2, hours=2)
    assert report.timing.finished_at and report.timing.finished_at >= NOON_IN_CHICAGO + timedelta(days=2)


async def test_who_is_not_told_how_to_opt_out_is_counted(world: World) -> None:
    leads = [*await world.leads(2, attributes={"end": "Reply STOP to opt out"}), *await world.leads(1)]
    first = {"id": "first", "type": "send_template", "data": {"text": "Hi. {{ lead.attributes.end | Bye }}"}}
    config = {"nodes": [first, {"id": "end", "type": "finalize"}], "edges": [{"source": "first", "target": "end"}]}
    report = await check(world, await world.campaign(leads, workflow_config=config))

    (found,) = [warning for warning in report.warnings if warning.code == "no_opt_out_words"]
    assert found.message == "For 1 of 3 leads the first text doesn't say how to opt out."


async def test_a_placeholder_that_nobody_fills_is_named(world: World) -> None:
    leads = await world.leads(2, attributes={"plan": "Gold"})
    template = "Hi {{ frist_name }} of {{company|your company}}, {{plan}} from {{sender_name}}. STOP to opt out"
    report = await check(world, await world.campaign(leads, sms_template=template))

    (warning,) = [finding for finding in report.warnings if finding.code == "empty_placeholder"]
    assert warning.message == "{{frist_name}} is empty for all 2 leads of the sample."


async def test_leads_without_a_name_are_counted_and_fail_in_the_rehearsal(world: World) -> None:
    leads = [*await world.leads(3), *await world.leads(1, name="")]
    report = await check(world, await world.campaign(leads))

    assert report.audience.without_name == 1
    assert "The workflow failed for 1 of 4 leads of the sample: The lead has no name." in [w.message for w in report.warnings]


async def test_other_campaigns_under_way_are_named(world: World) -> None:
    leads = await world.leads(3)
    other = await world.campaign(leads[:2])
    await world.start(other)

    report = await check(world, await world.campaign(leads))

    assert report.audience.in_other_campaigns == 2 and report.can_start
    assert "in_other_campaigns" in codes(report.warnings)


async def test_nothing_is_stored_and_nothing_is_sent(world: World) -> None:
    campaign_id = await world.campaign(await world.leads(2))
    await check(world, campaign_id)

    assert (await world.statuses(campaign_id), await world.texts(campaign_id), await world.queue()) == ({"pending": 2}, [], {})
