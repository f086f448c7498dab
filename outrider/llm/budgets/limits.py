"""Limits: where they come from, and what is said when one is reached."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from outrider.config import Settings
from outrider.llm.base import BudgetExhausted
from outrider.llm.budgets.models import Scope
from outrider.llm.budgets.purses import Purse, Standing

SETTINGS: Mapping[Scope, str] = {
    Scope.DAY: "budget_day",
    Scope.MONTH: "budget_month",
    Scope.CONVERSATION: "budget_conversation",
}
"""The setting that gives the limit while nobody has set one."""

_WORDS = {
    Scope.DAY: ("The budget for language models of {limit} a day", "Raise it under Budgets, or go on tomorrow (UTC)."),
    Scope.MONTH: ("The budget for language models of {limit} a month", "Raise it under Budgets, or go on next month (UTC)."),
    Scope.CONVERSATION: ("The budget for language models of {limit} for one conversation", "Raise it under Budgets."),
    Scope.CAMPAIGN: ("The campaign's budget of {limit}", "Raise it and resume the campaign."),
}


def default_limits(settings: Settings) -> dict[Scope, Decimal | None]:
    """The limits of the settings."""
    return {scope: getattr(settings, field) for scope, field in SETTINGS.items()}


def exhausted(purse: Purse, standing: Standing) -> BudgetExhausted:
    """The error that says which budget does not pay for a call."""
    words, remedy = _WORDS[purse.scope]
    detail = f"{words.format(limit=dollars(standing.limit or Decimal(0)))} is used up"
    left = (standing.limit or Decimal(0)) - standing.spent
    if left > 0:
        detail += f": the {dollars(left)} that are left don't pay for another call"
    return BudgetExhausted(f"{detail}.", remedy=remedy, scope=purse.scope.value, subject_id=purse.subject_id)


def dollars(amount: Decimal) -> str:
    """`$12.50`; small amounts with the digits that matter."""
    if amount >= Decimal("0.01") or not amount:
        return f"${amount:,.2f}"
    return f"${amount:.8f}".rstrip("0")
