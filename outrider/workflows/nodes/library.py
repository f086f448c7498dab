"""Finds the kinds of nodes: the modules of this folder, and the entry points `outrider.nodes` of installed packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import structlog

from outrider.workflows.nodes.base import Handle, NodeCall, NodeFailed, NodeResult, NodeSpecification

log = structlog.get_logger(__name__)

GROUP = "outrider.nodes"


def load() -> dict[str, NodeSpecification]:
    """All specifications by type. An installed package that can't be used is listed as unavailable, with the reason."""
    found = {specification.kind: specification for specification in own_specifications()}
    for point in entry_points(group=GROUP):
        specification = _installed(point, taken=found)
        found[specification.kind] = specification
    return found


def own_specifications() -> Iterator[NodeSpecification]:
    """Those of this folder."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        specification = getattr(importlib.import_module(f"{package}.{module.name}"), "SPECIFICATION", None)
        if isinstance(specification, NodeSpecification):
            yield specification


def _installed(point: EntryPoint, taken: dict[str, NodeSpecification]) -> NodeSpecification:
    try:
        specification = point.load()
        if not isinstance(specification, NodeSpecification):
            raise TypeError(f"{point.value} is no NodeSpecification.")
        if specification.kind in taken:
            raise ValueError(f"There is already a node type {specification.kind!r}.")
    except Exception as error:  # A package of somebody else may fail in any way; it must not keep the product from starting.
        log.exception("node_package_unusable", name=point.name, value=point.value)
        return _broken(point, f"{type(error).__name__}: {error}", taken)
    return specification


def _broken(point: EntryPoint, reason: str, taken: dict[str, NodeSpecification]) -> NodeSpecification:
    unavailable = f"The installed node {point.name!r} ({point.value}) can't be used: {reason}"

    async def run(call: NodeCall) -> NodeResult:
        raise NodeFailed(unavailable, kind="unavailable")

    kind = point.name if point.name not in taken else f"{point.name} (installed)"
    return NodeSpecification(
        kind=kind,
        name=kind,
        label=point.name,
        icon="circle-alert",
        description="A node from an installed package that can't be used.",
        docs=unavailable,
        category="integrations",
        handles=(Handle("next", "Next", ""),),
        run=run,
        unavailable=unavailable,
    )
