"""Definition → LangGraph → runs. Only this folder of the workflows knows LangGraph."""

from __future__ import annotations

from outrider.workflows.compiler.checkpoints import CheckpointUnusable
from outrider.workflows.compiler.compiled import CompiledWorkflow, Compiler, NoSuchStep, NotWaiting, Segment

__all__ = ["CheckpointUnusable", "CompiledWorkflow", "Compiler", "NoSuchStep", "NotWaiting", "Segment"]
