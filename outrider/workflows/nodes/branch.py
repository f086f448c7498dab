"""Branch: the first condition that holds decides the way."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from outrider.workflows.expressions.language import BadExpression, parse
from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.nodes.base import Handle, HandleList, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.naming import OutcomeName, ensure_different

OTHERWISE = "otherwise"


def _condition(source: str) -> str:
    try:
        parse(source)
    except BadExpression as error:
        raise ValueError(" ".join(filter(None, (error.detail, error.remedy)))) from error
    return source


Condition = Annotated[str, AfterValidator(_condition)]


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: OutcomeName
    label: str = Field("", max_length=60, description="What the way is called on the canvas.")
    condition: Condition = Field(
        max_length=1000,
        description="An expression that is true or false, as in `lead.score >= 60 && !conversation.replied`.",
        json_schema_extra={**NO_EXPRESSIONS, "x-format": "condition"},
    )


class BranchParams(NodeParams):
    cases: list[Case] = Field(min_length=1, max_length=20, description="Looked at from the first to the last.")

    @field_validator("cases")
    @classmethod
    def _have_different_names(cls, cases: list[Case]) -> list[Case]:
        ensure_different([case.name for case in cases], taken=(OTHERWISE,))
        return cases


class BranchOutput(BaseModel):
    case: str
    """Name of the way that was taken."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, BranchParams)
    names, warnings = call.names, []
    for case in call.params.cases:
        found = parse(case.condition).evaluate(names)
        if found.warning:
            warnings.append(found.warning)
        if found.value is True:
            return _taken(case.name, case.label or case.name, warnings)
    return _taken(OTHERWISE, "otherwise", warnings)


def _taken(name: str, label: str, warnings: list[str]) -> NodeResult:
    return NodeResult(
        name,
        f"Took the way “{label}”",
        level="WARNING" if warnings else "INFO",
        output={"case": name},
        details={"warnings": warnings} if warnings else {},
    )


SPECIFICATION = NodeSpecification(
    kind="branch",
    name="branch",
    label="Branch",
    icon="git-branch",
    description="Chooses the way by conditions on the lead, the conversation and earlier steps.",
    docs=(
        "The **cases** are looked at from the first to the last; the first whose condition is true decides. If none is, the run "
        "leaves by **otherwise**. A condition on something that is missing for a lead is not true; the step then shows a warning."
    ),
    category="logic",
    handles=(Handle(OTHERWISE, "Otherwise", "None of the conditions holds."),),
    handles_from=HandleList("cases"),
    run=run,
    params=BranchParams,
    is_pure=True,
    output=BranchOutput,
    example={"cases": [{"name": "warm", "label": "Warm", "condition": "lead.score != null && lead.score >= 60"}]},
)
