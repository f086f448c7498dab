"""What `/api/runs` takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from outrider.campaigns.schemas import Strict
from outrider.conversations.schemas import MessageOut
from outrider.workflows.models import EffectState, RunStatus
from outrider.workflows.runs.answers import unstorable
from outrider.workflows.runs.approval_schemas import RunApprovalOut
from outrider.workflows.waiting import WaitKind


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs."""

    lead_id: int | None = None
    campaign_id: int | None = None
    workflow_id: int | None = None
    version: int | None = None
    statuses: tuple[RunStatus, ...] = ()
    node_id: str | None = None
    """Waits or failed there."""
    passed: str | None = None
    """Came there."""
    error: str | None = None
    """Part of why it failed."""
    search: str | None = None
    """Words of the lead: name, company, number."""
    is_dry: bool | None = None
    replay_of: int | None = None
    effect: EffectState | None = None
    """One of its effects is in this state."""


class RunPlace(BaseModel):
    """Where a run stands still."""

    node_id: str
    kind: WaitKind
    due_at: datetime | None


class RunSummary(BaseModel):
    id: int
    status: RunStatus
    stop_reason: str | None
    """Why it was stopped or cancelled: `replied`, `opted_out` …"""
    lead_id: int | None
    lead_name: str
    """Empty if the lead was deleted."""
    lead_company: str | None
    campaign_id: int | None
    campaign_name: str | None
    workflow_id: int | None
    """None for a definition of the campaign's own."""
    workflow_name: str | None
    workflow_version: int | None
    attempt: int
    step_count: int
    """Visits to nodes."""
    input_tokens: int
    output_tokens: int
    cost: Decimal
    """US dollars of model calls."""
    is_dry: bool
    """A replay whose effects were only shown."""
    replay_of: int | None
    replay_from: str | None
    error: str | None
    error_node: str | None
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    waits: list[RunPlace]


class RunStepOut(BaseModel):
    """One visit to a node, or the moment at which it paused."""

    id: int
    seq: int
    node_id: str
    """Path of the node: `outer/inner` within a sub-workflow."""
    node_name: str
    visit: int
    outcome: str
    level: str
    message: str
    error: str | None
    input: dict[str, Any] | None
    output: dict[str, Any] | None
    ms: float
    tokens: int
    cost: Decimal
    details: dict[str, Any]
    created_at: datetime
    state: dict[str, Any] | None
    """What expressions see as `steps` after it; None where the run's states together are too large to be shown."""


class RunWaitOut(_FromRow):
    id: int
    node_id: str
    visit: int
    kind: WaitKind
    due_at: datetime | None
    details: dict[str, Any]
    answer: dict[str, Any] | None
    created_at: datetime


class RunEffectOut(_FromRow):
    id: int
    node_id: str
    visit: int
    kind: str
    title: str
    """What it is, in a sentence."""
    payload: dict[str, Any]
    """Without secrets."""
    state: EffectState
    answer_wanted: bool
    result: dict[str, Any] | None
    attempts: int
    error: str | None
    due_at: datetime | None
    decided_by: str | None
    created_at: datetime
    finished_at: datetime | None


class RunText(MessageOut):
    node_id: str | None
    """The node that asked for it."""


class RunIntent(BaseModel):
    """Something that a dry run would have done."""

    node_id: str
    kind: str
    title: str
    details: dict[str, Any]


class RunTurn(BaseModel):
    """One message to or from the model."""

    role: str
    content: str
    metadata: dict[str, Any]
    created_at: datetime


class RunReplay(BaseModel):
    id: int
    status: RunStatus
    is_dry: bool
    replay_from: str | None
    started_at: datetime


class RunDetail(RunSummary):
    definition: dict[str, Any] | None
    """Of the version that it runs; None if that is gone."""
    model: str | None
    trace_id: str
    conversation_id: int | None
    time_zone: str
    """The lead's."""
    newer_version: int | None
    """Number of the published version, if that is a newer one."""
    steps: list[RunStepOut]
    waits: list[RunWaitOut]  # type: ignore[assignment]  # more of each than a list shows
    texts: list[RunText]
    effects: list[RunEffectOut]
    approvals: list[RunApprovalOut]
    transcript: list[RunTurn]
    intents: list[RunIntent]
    """Of a dry replay."""
    replays: list[RunReplay]
    seconds: float
    """Of work in its steps, without waiting."""


class ReplayIn(Strict):
    """Where a run shall begin anew."""

    from_node: Annotated[str, Field(max_length=300, pattern=r"^[^/\x00]+(/[^/\x00]+)*$")]
    """Path of the node; what earlier steps brought is kept."""
    visit: Annotated[int, Field(ge=1, le=50)] | None = None
    """Which visit to that node; None is the latest."""
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """A version of the same workflow; None is the run's own."""
    dry: bool = True
    """Show what would happen; otherwise it happens, but for what happened before."""


class EffectSettlement(Strict):
    """What became of an effect, as somebody knows who looked."""

    happened: bool
    result: Annotated[dict[str, Any], Field(max_length=100)] | None = None
    """What came of it, as the run's later steps read it; only of one that happened."""

    @field_validator("result")
    @classmethod
    def _can_be_stored(cls, result: dict[str, Any] | None) -> dict[str, Any] | None:
        if (problem := unstorable(result)) is not None:
            raise ValueError(problem)
        return result

    @model_validator(mode="after")
    def _came_of_it(self) -> EffectSettlement:
        if self.result and not self.happened:
            raise ValueError("nothing comes of what did not happen: leave the result out")
        return self
