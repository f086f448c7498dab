"""The graphs by their three names."""

from __future__ import annotations

import pytest

from outrider.workflows.graphs import (
    create_a2a_campaign_lead_graph,
    create_campaign_lead_graph,
    create_dynamic_campaign_lead_graph,
)
from outrider.workflows.validation import InvalidWorkflow
from tests.unit.workflows.engine import new_context, visited

CONFIG = {
    "nodes": [{"id": "1", "type": "validate"}, {"id": "2", "type": "sms"}, {"id": "3", "type": "finalize"}],
    "edges": [{"source": "1", "target": "2"}, {"source": "2", "target": "3"}],
}


async def test_each_graph_works_a_lead() -> None:
    standard = await create_campaign_lead_graph().start(new_context())
    two = await create_a2a_campaign_lead_graph().start(new_context())
    drawn = await create_dynamic_campaign_lead_graph(CONFIG).start(new_context())

    assert visited(standard) == ["validate", "sms", "finalize"]
    assert visited(two) == ["validate", "creative", "handoff", "check", "send", "end"]
    assert visited(drawn) == ["1", "2", "3"]
    assert {segment.status for segment in (standard, two, drawn)} == {"completed"}


def test_what_is_no_workflow_is_refused() -> None:
    with pytest.raises(InvalidWorkflow, match="no node type"):
        create_dynamic_campaign_lead_graph({**CONFIG, "nodes": [{"id": "1", "type": "pigeon"}, *CONFIG["nodes"][1:]]})
