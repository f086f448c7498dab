"""Whoever wants it said at first contact that an automated assistant writes has it said once: by whatever writes first."""

from __future__ import annotations

from outrider.campaigns.models import Campaign
from outrider.campaigns.plan import read_plan
from outrider.config import Settings
from outrider.workflows.shipped import ensure_shipped_workflows
from tests.integration.agents.conftest import Talk
from tests.worlds import client_of

SAID = "I'm an automated assistant."


async def discloses_at_first_contact(talk: Talk, settings: Settings) -> None:
    async with client_of(settings, talk.world.database) as api:
        agent = {"name": "Maya", "system_prompt": "Be kind.", "guardrails": {"disclose_ai": "at_first_contact"}}
        made = await api.post("/api/agents", json=agent)
        assert made.status_code == 201, made.text
        await api.put(f"/api/agents/{made.json()['id']}/default", json={"is_default": True})


async def test_the_first_answer_says_it_and_no_later_one(talk: Talk, settings: Settings) -> None:
    await discloses_at_first_contact(talk, settings)
    talk.model.says = ["Gladly!", "Ten to noon."]
    for body in ("What is it about?", "And when?"):
        await talk.hears(body)
        await talk.answers()
    assert await talk.said() == [f"{SAID} Gladly!", "Ten to noon."]


async def test_a_first_text_that_said_it_is_enough(talk: Talk, settings: Settings) -> None:
    await discloses_at_first_contact(talk, settings)
    await talk.world.execute("UPDATE messages SET body = :body", body=f"{SAID} Hi Ann, a free roof check?")
    await talk.hears("What is it about?")
    await talk.answers()
    assert await talk.said() == ["Gladly!"]


async def test_the_campaigns_first_text_says_it_if_its_agent_wants_it(talk: Talk, settings: Settings) -> None:
    async def plans() -> bool:
        async with talk.world.database.transaction() as session:
            await ensure_shipped_workflows(session)
            plan = await read_plan(session, await session.get_one(Campaign, 1))
            return plan.discloses_ai

    assert await plans() is False
    await discloses_at_first_contact(talk, settings)
    assert await plans() is True
