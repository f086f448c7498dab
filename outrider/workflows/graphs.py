"""The graphs that work a campaign's leads, by the three ways in which a workflow is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outrider.workflows.compiler import CompiledWorkflow, Compiler
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.shipped import shipped_workflow


def create_campaign_lead_graph() -> CompiledWorkflow:
    """The standard workflow: validate, write one text, finish."""
    return Compiler().compile(shipped_workflow("standard").definition)


def create_a2a_campaign_lead_graph() -> CompiledWorkflow:
    """Two agents: a creative one drafts and hands over, a deterministic one checks and makes final."""
    return Compiler().compile(shipped_workflow("a2a").definition)


def create_dynamic_campaign_lead_graph(workflow_config: Mapping[str, Any]) -> CompiledWorkflow:
    """What a user drew.

    Raises:
        InvalidWorkflow: the definition has problems; names each.
    """
    return Compiler().compile(WorkflowDefinition.model_validate(workflow_config))
