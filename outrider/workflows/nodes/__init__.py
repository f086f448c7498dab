"""The node library: every kind of node a workflow can be built from."""

from __future__ import annotations

from outrider.workflows.nodes import finalize, sms, validate, voice
from outrider.workflows.nodes.base import NodeSpecification

SPECIFICATIONS: dict[str, NodeSpecification] = {
    module.SPECIFICATION.kind: module.SPECIFICATION for module in (validate, sms, voice, finalize)
}
