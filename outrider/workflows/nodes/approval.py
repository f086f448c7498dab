"""Approval: a person decides how the run goes on."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from outrider.workflows.nodes.base import Handle, HandleList, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.naming import OutcomeName, ensure_different
from outrider.workflows.nodes.wait import zone_of
from outrider.workflows.runs.answers import fitted
from outrider.workflows.timing import Unit, after
from outrider.workflows.waiting import Wait, WaitKind

TIMED_OUT = "timed_out"


class Action(BaseModel):
    """One thing that the person may decide."""

    model_config = ConfigDict(extra="forbid")

    name: OutcomeName = Field(title="Outcome", description="Name of the way that the run then takes.")
    label: str = Field("", max_length=60, title="Button", description="What the button says; the name, if it is empty.")


class FormField(BaseModel):
    """Something that the person fills in or corrects."""

    model_config = ConfigDict(extra="forbid")

    name: OutcomeName = Field(title="Name", description="Later steps read it as `steps.<id>.answers.<name>`.")
    label: str = Field("", max_length=120, title="Label", description="What the form says; the name, if it is empty.")
    type: Literal["text", "number", "boolean", "choice", "date"] = Field("text", title="Kind")
    required: bool = Field(False, title="Required")
    options: list[str] = Field(
        default_factory=list, max_length=50, title="Choices", description="What can be chosen, for a choice."
    )
    value: Any = Field(None, title="Filled in with", description="What stands there at first; often an expression.")

    @model_validator(mode="after")
    def _is_complete(self) -> FormField:
        if self.type == "choice" and not self.options:
            raise ValueError(f"the choice {self.name!r} has nothing to choose from")
        return self


class ApprovalParams(NodeParams):
    title: str = Field(
        "A decision about {{ lead.name | a lead }}",
        min_length=1,
        max_length=200,
        title="Title",
        description="What is to be decided, in one line.",
    )
    body: str = Field(
        "",
        max_length=8_000,
        title="What they need to know",
        description="Facts for the decision, as in `Score {{ lead.score }}, answered: {{ conversation.last_text }}`.",
        json_schema_extra={"format": "textarea"},
    )
    assignee: str = Field(
        "",
        max_length=200,
        title="Who decides",
        description="A name, a role or a team, in words; an e-mail address is written to. Empty asks everybody.",
        json_schema_extra={"x-options": "users"},
    )
    actions: list[Action] = Field(
        min_length=1,
        max_length=8,
        title="Decisions",
        description="Each is a button, and a way to leave this step.",
    )
    form: list[FormField] = Field(
        default_factory=list, max_length=20, title="Form", description="What the person fills in with the decision."
    )
    amount: float | None = Field(
        2, gt=0, le=400, title="Time-out", description="How long the decision is waited for; empty waits as long as it takes."
    )
    unit: Unit = Field(Unit.DAYS, title="Unit", description="Days and weeks keep the time of day where the lead is.")

    @field_validator("actions")
    @classmethod
    def _actions_differ(cls, actions: list[Action]) -> list[Action]:
        ensure_different([action.name for action in actions], taken=(TIMED_OUT,))
        return actions

    @field_validator("form")
    @classmethod
    def _fields_differ(cls, form: list[FormField]) -> list[FormField]:
        ensure_different([field.name for field in form])
        return form

    def prefilled(self) -> list[dict[str, Any]]:
        """The form as the approval keeps it. A value that does not fit its field is left out: the person fills it in."""
        fields = [field.model_dump() for field in self.form]
        return [field | {"label": field["label"] or field["name"], "value": fitted(field, field["value"])} for field in fields]


class ApprovalOutput(BaseModel):
    action: str
    """Name of the decision; empty when nobody decided in time."""
    answers: dict[str, Any]
    """What was filled in, by the name of the field."""
    by: str
    """Who decided."""
    at: str
    """When, in ISO 8601."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, ApprovalParams)
    params = call.params
    due_at = None if params.amount is None else after(call.context.now(), params.amount, params.unit, zone_of(call.context.lead))
    actions = [{"name": action.name, "label": action.label or action.name} for action in params.actions]
    details = {
        "title": " ".join(params.title.split()),
        "body": params.body,
        "assignee": params.assignee.strip(),
        "actions": actions,
        "form": params.prefilled(),
    }
    answer = await call.wait(Wait(WaitKind.APPROVAL, due_at, details))
    if answer.event != "decided":
        output = {"action": "", "answers": {}, "by": "", "at": ""}
        return NodeResult(TIMED_OUT, "Nobody decided in time", level="WARNING", output=output)
    chosen, by = str(answer.data.get("action", "")), str(answer.data.get("by", ""))
    label = next((action["label"] for action in actions if action["name"] == chosen), chosen)
    output = {"action": chosen, "answers": answer.data.get("answers", {}), "by": by, "at": str(answer.data.get("at", ""))}
    return NodeResult(chosen, f"{by or 'Somebody'} decided “{label}”", output=output)


SPECIFICATION = NodeSpecification(
    kind="approval",
    name="approval",
    label="Approval",
    icon="user-check",
    description="A person decides how the run goes on, and may fill in a form.",
    docs=(
        "The run waits until somebody takes one of the **decisions**; each is a way to leave this step. It appears under "
        "approvals and among what needs a person, and whoever asked for it is notified. The **form** may be filled in "
        "beforehand by expressions; what the person leaves there is in `steps.<id>.answers`, the decision in "
        "`steps.<id>.action`, who took it in `steps.<id>.by`. A decision counts once, whoever clicks how often. When nobody "
        "decides in time, the run leaves by **Nobody decided**."
    ),
    category="people",
    handles=(Handle(TIMED_OUT, "Nobody decided", "The time is over, or the step is switched off.", otherwise="finalize"),),
    handles_from=HandleList("actions", otherwise="finalize"),
    run=run,
    params=ApprovalParams,
    pauses=True,
    output=ApprovalOutput,
    example={
        "title": "Offer a discount to {{ lead.name }}?",
        "body": "{{ lead.company | No company }}, score {{ lead.score }}.",
        "assignee": "Sales",
        "actions": [{"name": "approved", "label": "Offer it"}, {"name": "rejected", "label": "Don't"}],
        "form": [{"name": "discount", "label": "Discount in %", "type": "number", "required": True, "value": 10}],
        "amount": 2,
        "unit": "days",
    },
)
