"""What runs tell people outside: decisions that wait, and what a step was made to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import asyncpg
from pydantic import PrivateAttr
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.events.facts import Fact, Severity, Target, notify
from outrider.workflows.intents import Notify
from outrider.workflows.runs.applying import Asked, applies
from outrider.workflows.telling import tell_effect

APPROVALS = "/approvals"
SOMEBODY = "A lead without a name"


class ApprovalWaits(Fact):
    """A run waits for a person's decision. Those of one step that many runs come to at once are told of together."""

    name = "run.approval_waits"
    label = "A workflow waits for a decision"
    severity = Severity.WARNING

    approval_id: int
    """The first of them."""
    run_id: int
    lead_id: int
    lead_name: str
    campaign_id: int
    campaign_name: str
    subject: str
    """What is to be decided."""
    assignee: str
    count: int
    """How many decisions wait since then; 1 for one alone."""

    @classmethod
    def of(cls, rows: Sequence[Any]) -> ApprovalWaits:
        """
        Args:
            rows: new approvals of one step, with the names of lead and campaign.
        """
        first = rows[0]
        return cls(
            approval_id=first.id,
            run_id=first.run_id,
            lead_id=first.lead_id,
            lead_name=first.lead_name,
            campaign_id=first.campaign_id,
            campaign_name=first.campaign_name,
            subject=first.title,
            assignee=first.assignee,
            count=len(rows),
        )

    def title(self) -> str:
        return self.subject if self.count == 1 else f"{self.count} decisions wait: {self.subject} …"

    def detail(self) -> str:
        asked = f" {self.assignee} is asked." if self.assignee else ""
        return f"{self.lead_name or SOMEBODY}, campaign “{self.campaign_name}”.{asked}"

    def link(self) -> str:
        return f"{APPROVALS}?run_approval={self.approval_id}" if self.count == 1 else APPROVALS

    def key(self) -> str:
        return f"run_approval:{self.approval_id}"

    def targets(self) -> Sequence[Target]:
        return (Target("email", self.assignee),) if _is_address(self.assignee) else ()


class EffectUnsure(Fact):
    """Nobody knows whether something happened that a workflow asked for; told once an hour for each step of a campaign."""

    name = "run.effect_unsure"
    label = "A workflow’s step may or may not have happened"
    severity = Severity.WARNING

    effect_id: int
    """The first of that hour."""
    run_id: int
    lead_id: int
    lead_name: str
    campaign_id: int
    campaign_name: str
    node_id: str
    kind: str
    """What was to be done: `webhook_once`, `book_meeting` …"""
    what: str
    """The same in a sentence."""
    reason: str
    """Why nobody knows."""
    hour: str
    """In UTC: `2026-02-03T14`."""

    @classmethod
    def of(cls, row: asyncpg.Record) -> EffectUnsure:
        """
        Args:
            row: the effect, with the names of lead and campaign.
        """
        names = ("run_id", "lead_id", "lead_name", "campaign_id", "campaign_name", "node_id", "kind")
        return cls(
            effect_id=row["id"],
            what=tell_effect(row["kind"], row["payload"]),
            reason=row["error"] or "",
            hour=f"{row['told_at'].astimezone(UTC):%Y-%m-%dT%H}",
            **{name: row[name] for name in names},
        )

    def title(self) -> str:
        return f"Did this happen? {self.what}"

    def detail(self) -> str:
        reason = f"{self.reason} Somebody who knows has to say so.".strip()
        return f"{self.lead_name or SOMEBODY}, campaign “{self.campaign_name}”. {reason}"

    def link(self) -> str:
        return f"/runs/{self.run_id}?{urlencode({'step': self.node_id})}"

    def key(self) -> str:
        return f"run_effects:{self.campaign_id}:{self.node_id}:{self.hour}"


class WorkflowNotice(Fact):
    """A step of a workflow was made to tell this."""

    name = "workflow.notice"
    label = "Message of a workflow"

    run_id: int
    lead_id: int
    campaign_id: int
    node_id: str
    subject: str
    body: str
    urgent: bool
    noted_at: datetime
    _targets: tuple[Target, ...] = PrivateAttr(())
    _key: str = PrivateAttr("")

    @classmethod
    def of(cls, asked: Asked[Notify]) -> WorkflowNotice:
        run, intent = asked.asker.run, asked.intent
        fact = cls(
            run_id=run.run_id,
            lead_id=run.lead_id,
            campaign_id=run.campaign_id,
            node_id=intent.node_id,
            subject=intent.title,
            body=intent.body,
            urgent=intent.urgent,
            noted_at=datetime.now(UTC),
        )
        fact._targets = tuple(Target(channel, address) for channel, address in intent.to)
        # A replay of the run asks for it by the same name, and tells nobody twice.
        fact._key = f"notice:{asked.dedupe_key}"
        return fact

    def title(self) -> str:
        return f"Urgent: {self.subject}" if self.urgent else self.subject

    def detail(self) -> str:
        return self.body

    def link(self) -> str:
        return f"/runs/{self.run_id}"

    def key(self) -> str:
        return self._key

    def targets(self) -> Sequence[Target]:
        return self._targets

    def level(self) -> Severity:
        return Severity.CRITICAL if self.urgent else self.severity


@applies(Notify)
async def tell(session: AsyncSession, asked: Sequence[Asked[Notify]]) -> None:
    await notify(session, *(WorkflowNotice.of(one) for one in asked))


def _is_address(text: str) -> bool:
    local, _, host = text.partition("@")
    return bool(local) and "." in host and " " not in text
