"""The node library: every kind of node a workflow can be built from."""

from __future__ import annotations

from collections.abc import Mapping

from outrider.workflows.nodes.base import NodeSpecification
from outrider.workflows.nodes.library import load

SPECIFICATIONS: Mapping[str, NodeSpecification] = load()
"""By type: those of this folder, then those of installed packages."""
