"""Budgets that go to their end, told to people outside."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.facts import Fact, Severity, notify
from outrider.llm.budgets.models import Scope
from outrider.llm.budgets.purses import Purse, Standing

OF = {Scope.DAY: "today's budget", Scope.MONTH: "this month's budget", Scope.CAMPAIGN: "a campaign's budget"}


class BudgetReached(Fact):
    """Half, four fifths or all of a budget for models is spent: the day's, the month's or a campaign's."""

    name = "budget.reached"
    label = "Budget at 50, 80 or 100 %"
    severity = Severity.WARNING

    scope: Scope
    subject_id: int
    """The campaign; 0 for the whole installation."""
    period: str
    """Its first day, ISO 8601."""
    percent: int
    spent: Decimal
    """US dollars."""
    limit: Decimal

    def title(self) -> str:
        return f"{self.percent} % of {OF.get(self.scope, 'a budget')} for models is spent"

    def detail(self) -> str:
        end = " Calls that cost money stop until there is more." if self.percent >= 100 else ""
        return f"${self.spent:.2f} of ${self.limit:.2f}.{end}"

    def link(self) -> str:
        return f"/campaigns/{self.subject_id}" if self.scope == Scope.CAMPAIGN else "/settings/budget"

    def key(self) -> str:
        return f"budget:{self.scope}:{self.subject_id}:{self.period}:{self.percent}:{self.limit.normalize()}"


async def tell_reached(session: AsyncSession, purse: Purse, standing: Standing, percents: Iterable[int]) -> None:
    """Tell of the highest threshold. A conversation's budget is told by the conversation, which then needs a person."""
    percent = max(percents, default=0)
    if standing.limit is None or not percent or purse.scope == Scope.CONVERSATION:
        return
    fact = BudgetReached(
        scope=purse.scope, subject_id=purse.subject_id, period=purse.period.isoformat(), percent=percent, spent=standing.spent,
        limit=standing.limit,
    )  # fmt: skip
    await notify(session, fact)
