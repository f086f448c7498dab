"""Note: a sticky note on the canvas. Runs never see it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from outrider.workflows.definition import NOTE
from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.nodes.base import NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification


class NoteParams(NodeParams):
    text: str = Field("", max_length=4000, description="What the note says, in Markdown.", json_schema_extra=NO_EXPRESSIONS)
    colour: Literal["yellow", "blue", "green", "pink", "grey"] = Field("yellow", description="Colour of the paper.")
    width: int = Field(240, ge=80, le=2000, description="Pixels.")
    height: int = Field(120, ge=40, le=2000, description="Pixels.")


async def run(call: NodeCall) -> NodeResult:
    raise NodeFailed("A note can't be run.", kind="crashed")


SPECIFICATION = NodeSpecification(
    kind=NOTE,
    name=NOTE,
    label="Note",
    icon="sticky-note",
    description="A note for people on the canvas.",
    docs="Explains a part of the workflow. It has no edges, takes no part in runs, and changing it makes no new version.",
    category="start & end",
    handles=(),
    run=run,
    params=NoteParams,
    example={"text": "Leads from the **spring fair**"},
)
