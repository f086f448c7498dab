"""What models cost is one figure, wherever it is shown."""

from __future__ import annotations

from decimal import Decimal

from httpx import AsyncClient

from outrider.conversations.models import Conversation
from outrider.llm.base import ChatReply, ChatRequest, ModelTimeout
from outrider.llm.budgeted import Budgeted, Metered
from outrider.llm.offline import OfflineModel
from outrider.llm.pricing import Rate, Tariff
from outrider.llm.retrying import Retrying
from outrider.workflows.models import Run
from tests.integration.campaigns.conftest import World
from tests.worlds import OneModel

HALF = Decimal("0.5")
DEAR = Tariff("test", "dear", Rate(Decimal(0), Decimal(500_000)), most_tokens=1)
"""Half a dollar is the most that a call may cost."""


class AnswersAtTheSecondAttempt(OfflineModel):
    """Times out first, and nobody tells what that cost."""

    attempts = 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.attempts += 1
        if self.attempts == 1:
            raise ModelTimeout("It took too long.")
        return ChatReply("Hello!", "dear", "test", 10, 1, cost=HALF)


async def test_an_attempt_that_failed_after_it_was_paid_counts_everywhere(world: World, api: AsyncClient) -> None:
    async def at_once(_: float) -> None: ...

    model = Retrying(Metered(AnswersAtTheSecondAttempt(), DEAR), 1, sleep=at_once)
    world.use(OneModel(Budgeted(model, world.ledger, DEAR)))
    campaign_id = await world.started(1, budget=Decimal(100))
    await world.work()
    await world.ledger.flush()

    (run,) = await world.rows(Run)
    assert run.cost == HALF, "the run knows only of the attempt that answered"
    costs = (await api.get("/api/budgets/costs", params={"days": 1})).json()["costs"]
    on_budgets_page = sum(Decimal(one["cost"]) for one in costs)
    dashboard = (await api.get("/api/dashboard")).json()
    campaign = (await api.get(f"/api/campaigns/{campaign_id}")).json()
    (thread,) = await world.rows(Conversation)
    (insight,) = (await api.get(f"/api/threads/{thread.id}/insights")).json()["items"]

    assert on_budgets_page == 2 * HALF
    assert Decimal(dashboard["models_today"]["cost"]) == on_budgets_page
    shown_day = {cost["kind"]: Decimal(cost["dollars"]) for cost in dashboard["daily"][-1]["costs"]}
    assert shown_day["models"] == on_budgets_page
    assert Decimal(campaign["stats"]["models_cost"]) == on_budgets_page
    assert Decimal(insight["cost"]) == on_budgets_page
    assert (await world.campaign_row(campaign_id)).spent == on_budgets_page, "the campaign's budget paid for it, too"
