"""What pays for a call: one purse per budget that it falls under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.llm.base import CallScope
from outrider.llm.budgets.models import Scope

LIFETIME = date(1970, 1, 1)
"""Period of a budget that never starts anew."""
INSTALLATION = 0


@dataclass(frozen=True, slots=True, order=True)
class Purse:
    """One budget's period."""

    scope: Scope
    subject_id: int
    period: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a purse is gone."""

    spent: Decimal
    """US dollars, those reserved for calls under way included."""
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A budget of a part, for those who look at it."""

    subject_id: int
    name: str
    limit: Decimal
    spent: Decimal
    """Computed from rows."""


class BudgetPart(Protocol):
    """Budgets that are kept elsewhere, as those of campaigns, which pay for texts too. The composition root hands it in."""

    @property
    def scope(self) -> Scope:
        """Of its purses."""

    def purses(self, scope: CallScope) -> Sequence[Purse]:
        """Those that pay for calls on this account."""

    async def add(self, session: AsyncSession, amounts: Mapping[Purse, Decimal]) -> Mapping[Purse, Standing]:
        """Add US dollars (negative ones give back) and tell how the purses stand then. Those without a limit may be left out.

        Locks the purses until the transaction ends, in an order that is always the same.
        """

    async def listed(self, session: AsyncSession) -> Sequence[Listed]:
        """Budgets that are in use now, the latest first."""


def installation_purses(scope: CallScope, moment: datetime) -> list[Purse]:
    """The installation's own purses of a call that is made at `moment`."""
    today = moment.astimezone(UTC).date()
    own = [Purse(Scope.DAY, INSTALLATION, today), Purse(Scope.MONTH, INSTALLATION, today.replace(day=1))]
    if scope.conversation_id is not None:
        own.append(Purse(Scope.CONVERSATION, scope.conversation_id, LIFETIME))
    return own
