"""Finds the kinds of nodes: the modules of this folder, and the entry points `outrider.nodes` of installed packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from inspect import iscoroutinefunction
from pathlib import Path

import structlog

from outrider.workflows.nodes.base import ERROR, Handle, NodeCall, NodeFailed, NodeParams, NodeResult, NodeSpecification

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
        _ensure_consistent(specification)
    except Exception as error:  # A package of somebody else may fail in any way; it must not keep the product from starting.
        log.exception("node_package_unusable", name=point.name, value=point.value)
        return _broken(point, f"{type(error).__name__}: {error}", taken)
    return specification


def _ensure_consistent(specification: NodeSpecification) -> None:
    """
    Raises:
        TypeError, ValueError: the engine could not run such a node as its specification says.
    """
    if not (isinstance(specification.params, type) and issubclass(specification.params, NodeParams)):
        raise TypeError("`params` is no subclass of NodeParams.")
    if not iscoroutinefunction(specification.run):
        raise TypeError("`run` is no `async def` function.")
    if specification.ends_run:
        raise ValueError("Only Finalize ends a run (`ends_run`).")
    if not specification.handles and specification.handles_from is None:
        raise ValueError("There is no way to leave it (`handles`).")
    names = [handle.name for handle in specification.handles]
    if len(set(names)) < len(names) or ERROR in names:
        raise ValueError(f"`handles` name an outcome twice; {ERROR!r} is there for every node.")
    if specification.is_pure and (specification.pauses or specification.has_effects):
        raise ValueError("A node that waits or has effects is not pure (`is_pure`).")


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
