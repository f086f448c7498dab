"""What the dry runs take and give."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from outrider.campaigns.schemas import Id, Strict
from outrider.workflows.definition import NodeId, WorkflowDefinition
from outrider.workflows.waiting import AnswerEvent

MOST_LEADS = 20
NodePath = Annotated[str, Field(min_length=1, max_length=300)]
Output = dict[str, Any]


class WaitAnswer(Strict):
    """How a wait shall end."""

    event: AnswerEvent
    data: dict[str, Any] = Field(default_factory=dict)
    """Of a reply its `text`; of a decision its `action` and `answers`; of an effect its result."""


class DryRunIn(Strict):
    """A definition, the leads to try it on, and what shall happen where it waits."""

    config: WorkflowDefinition
    lead_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_LEADS)] | None = None
    """These leads; otherwise some of the list, of the campaign, or of all."""
    list_id: Id | None = None
    campaign_id: Id | None = None
    """Whose texts, prompts and model are used; None tries it outside of any campaign."""
    sample: Annotated[int, Field(ge=1, le=MOST_LEADS)] = 3
    """How many leads, unless they are named."""
    answers: dict[NodePath, WaitAnswer] = Field(default_factory=dict, max_length=500)
    """By node, or `node#2` for its second visit. Without one, time passes, nobody replies, a decision is the first that can be
    taken, and effects succeed."""
    pins: dict[NodePath, Output] = Field(default_factory=dict, max_length=500)
    """Results that stand in for nodes, which are then not run."""
    pin_handles: dict[NodePath, NodeId] = Field(default_factory=dict, max_length=500)
    """Ways by which pinned nodes are left; the ordinary one otherwise."""


class DryStep(BaseModel):
    """One visit to a node, or the moment at which it paused."""

    node_id: str
    visit: int
    seq: int
    outcome: str
    """Way by which it was left; empty where it paused, and at the end."""
    message: str
    level: str
    input: Output
    """Its parameters, with their expressions worked out."""
    output: Output
    details: Output
    """What its kind of node tells besides, such as `warnings`."""
    ms: float
    tokens: int
    cost: Decimal
    error: str | None
    at: datetime
    """By the clock of the dry run, which waits put forward."""


class DryText(BaseModel):
    """A text that would be sent."""

    node_id: str
    body: str
    segments: int


class DryIntent(BaseModel):
    """Something that would be done."""

    node_id: str
    kind: str
    title: str
    details: Output


class DryRun(BaseModel):
    """The workflow's run for one lead."""

    lead_id: int
    lead_name: str
    status: str
    """`completed`, `failed` or `waiting`."""
    error: str | None
    error_node: str | None
    steps: list[DryStep]
    texts: list[DryText]
    intents: list[DryIntent]
    """Everything that it would ask for, texts as well, in order."""
    tokens: int
    cost: Decimal
    """US dollars of its model calls."""
    seconds: float


class DryRunReport(BaseModel):
    runs: list[DryRun]
    tokens: int
    cost: Decimal


class NodeRunIn(Strict):
    """One node to run, with what earlier steps are to have brought."""

    data: Output
    lead_id: Id
    campaign_id: Id | None = None
    node_id: NodeId | None = None
    """Its id in the workflow; of a split, it decides which lead gets which variant."""
    steps: dict[NodePath, Output] = Field(default_factory=dict, max_length=500)
    """Results of earlier steps, by node."""
    answer: WaitAnswer | None = None
    """How it ends, if it waits."""


class NodeRun(BaseModel):
    step: DryStep
    texts: list[DryText]
    intents: list[DryIntent]


class ExpressionIn(BaseModel):
    """An expression, or a text with expressions between `{{` and `}}`."""

    expression: Annotated[str, Field(max_length=8000)]
    lead_id: Id
    campaign_id: Id | None = None
    node_id: NodePath | None = None
    """Where it stands; steps of a sub-workflow are seen from inside it."""
    config: WorkflowDefinition | None = None
    """To tell steps that there are from slips."""
    steps: dict[NodePath, Output | None] = Field(default_factory=dict, max_length=500)
    """Results of earlier steps, by node."""

    @model_validator(mode="before")
    @classmethod
    def _may_have_empty_parts(cls, given: Any) -> Any:
        return {key: value for key, value in given.items() if value is not None} if isinstance(given, dict) else given


class ExpressionValue(BaseModel):
    """What an expression comes to for the lead."""

    value: Any
    type: str
    """`text`, `number`, `yes or no`, `time`, `duration`, `list`, `map` or `nothing`."""
    text: str
    """As it would stand in a text."""
    warnings: list[str]
