"""Split: sends each lead one of several ways by weight, always the same one (A/B test)."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict, Field, field_validator

from outrider.workflows.nodes.base import HandleList, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.nodes.naming import OutcomeName, ensure_different


class Variant(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: OutcomeName
    label: str = Field("", max_length=60, description="What the variant is called on the canvas and in its results.")
    weight: float = Field(1, gt=0, le=1000, description="Share of the leads, relative to the other variants.")


class SplitParams(NodeParams):
    variants: list[Variant] = Field(min_length=2, max_length=10)

    @field_validator("variants")
    @classmethod
    def _have_different_names(cls, variants: list[Variant]) -> list[Variant]:
        ensure_different([variant.name for variant in variants])
        return variants


class SplitOutput(BaseModel):
    variant: str
    """Name of the variant that the lead got."""


def share_of(key: str) -> float:
    """A number in [0, 1) that depends on nothing but `key`, evenly spread over keys."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7]) / 2**56


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, SplitParams)
    variants = call.params.variants
    place = share_of(f"{call.context.campaign_id}:{call.node_id}:{call.context.lead_id}") * sum(v.weight for v in variants)
    chosen = variants[-1]
    for variant in variants:
        place -= variant.weight
        if place < 0:
            chosen = variant
            break
    return NodeResult(chosen.name, f"Variant “{chosen.label or chosen.name}”", output={"variant": chosen.name})


SPECIFICATION = NodeSpecification(
    kind="split",
    name="split",
    label="Split (A/B)",
    icon="split",
    description="Sends each lead one of several ways by weight; the same lead always goes the same way.",
    docs=(
        "Compares wordings, times or whole sequences. It depends on the campaign, this step and the lead alone, so that a "
        "lead that is worked again gets the same one. The results of each variant, with their uncertainty, are shown on the "
        "campaign's workflow."
    ),
    category="logic",
    handles=(),
    handles_from=HandleList("variants"),
    run=run,
    params=SplitParams,
    is_pure=True,
    output=SplitOutput,
    example={"variants": [{"name": "a", "label": "A", "weight": 1}, {"name": "b", "label": "B", "weight": 1}]},
)
