"""What can be wrong with a definition."""

from __future__ import annotations

from outrider.errors import FieldProblem, InvalidInput


class InvalidWorkflow(InvalidInput):
    title = "The workflow can't be used as it is"


class WorkflowProblem(FieldProblem):
    node: str | None = None
    """Id of the node to look at; of a sub-workflow's node its path. None if it is about the whole workflow."""

    def within(self, field: str, node: str | None = None) -> WorkflowProblem:
        """The same problem of a definition that lies in `field`, of the node `node` if it is a sub-workflow's."""
        path = self.node if node is None else "/".join(part for part in (node, self.node) if part)
        return self.model_copy(update={"field": f"{field}.{self.field}", "node": path})
