"""Placeholders of a template that nobody will ever fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from outrider.llm.offline import render
from outrider.llm.offline.facts import Facts
from outrider.workflows.context import LeadData, RunContext
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes.sms import SmsParams, offline_context

PLACEHOLDER = re.compile(r"\{\{([^{}|]*+)(?:\|[^{}]*+)?\}\}")
"""Any placeholder, with or without a fallback."""
FULL_LEAD: LeadData = {
    "id": 1,
    "name": "Ann Example",
    "phone": "+12025550100",
    "email": "ann@example.com",
    "company": "Example",
    "title": "Owner",
    "industry": "Retail",
    "city": "Springfield",
    "language": "en",
    "attributes": {},
}


def unknown_placeholders(templates: Sequence[str], context: RunContext, attributes: Sequence[str]) -> list[str]:
    """Names that are no field of a lead, none of its attributes and nothing that the campaign says: slips.

    Args:
        context: of any lead; the campaign's part of it counts.
        attributes: names that leads have.
    """
    lead: LeadData = {**FULL_LEAD, "attributes": dict.fromkeys(attributes, "x")}
    full = replace(context, lead=lead, campaign=replace(context.campaign, sender_name="x", description="x"))
    known = Facts.of(offline_context(full, SmsParams())).values
    written = dict.fromkeys(name.strip() for template in templates for name in PLACEHOLDER.findall(template))
    return [name for name in written if _is_empty(name, known)]


def templates_of(definition: WorkflowDefinition, campaigns: str | None) -> list[str]:
    """Every template that the workflow writes from: the campaign's, and those of single steps."""
    own = [node.data.get("template") for node in definition.nodes]
    return [template for template in (campaigns, *own) if isinstance(template, str) and template]


def _is_empty(name: str, known: dict[str, str]) -> bool:
    """A name that the renderer can't read stays as it was written."""
    filled = render(f"{{{{{name}}}}}", known, {})
    return not filled or "{{" in filled
