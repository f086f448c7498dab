from __future__ import annotations

from typing import Any

import pytest

from outrider.campaigns.rehearsal import uses_template
from outrider.workflows.definition import WorkflowDefinition

END = {"id": "end", "type": "finalize"}


def definition(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": [{"id": "first", "type": kind, "data": data}, END], "edges": [{"source": "first", "target": "end"}]}


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("sms", {}, True),
        ("sms", {"template": "Hi {{first_name}}"}, False),
        ("sms", {"disabled": True}, False),
        ("send_template", {"text": "Hi"}, False),
        ("sub_workflow", {"workflow_id": 7, "definition": definition("sms", {})}, True),
        ("sub_workflow", {"workflow_id": 7, "definition": definition("send_template", {"text": "Hi"})}, False),
    ],
)
def test_who_writes_by_the_campaigns_template(kind: str, data: dict[str, Any], expected: bool) -> None:
    assert uses_template(WorkflowDefinition.model_validate(definition(kind, data))) is expected
