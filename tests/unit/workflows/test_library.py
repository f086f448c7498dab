"""Kinds of nodes from installed packages: they join the library, and broken ones don't keep the product from starting."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest
from pydantic import BaseModel

from outrider.workflows.nodes import SPECIFICATIONS, library
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification


async def run(call: NodeCall) -> NodeResult:
    return NodeResult("next", "")


THEIRS = NodeSpecification(
    "theirs", "theirs", "Theirs", "dot", "", "", category="data", handles=(Handle("next", "Next", ""),), run=run
)
VALIDATE_AGAIN = SPECIFICATIONS["validate"]
NOT_ONE = "a text"
OTHER_PARAMS = replace(THEIRS, params=BaseModel)  # type: ignore[arg-type]
NOT_ASYNC = replace(THEIRS, run=lambda call: NodeResult("next", ""))  # type: ignore[arg-type,return-value]
ANOTHER_END = replace(THEIRS, ends_run=True)
NO_WAY_OUT = replace(THEIRS, handles=())
TWO_ERRORS = replace(THEIRS, handles=(Handle("error", "Error", ""),))
TWICE = replace(THEIRS, handles=(Handle("next", "Next", ""), Handle("next", "Again", "")))
PURE_WAIT = replace(THEIRS, is_pure=True, pauses=True)


def load(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> dict[str, NodeSpecification]:
    monkeypatch.setattr(library, "entry_points", lambda group: [EntryPoint(name, value, group)])
    return library.load()


def test_a_kind_of_an_installed_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load(monkeypatch, "theirs", f"{__name__}:THEIRS")

    assert found["theirs"] is THEIRS and {"validate", "sms", "finalize"} <= found.keys()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("no_such_package:NODE", "ModuleNotFoundError"),
        (f"{__name__}:MISSING", "AttributeError"),
        (f"{__name__}:NOT_ONE", "is no NodeSpecification"),
        (f"{__name__}:VALIDATE_AGAIN", "already a node type 'validate'"),
        (f"{__name__}:OTHER_PARAMS", "no subclass of NodeParams"),
        (f"{__name__}:NOT_ASYNC", "no `async def` function"),
        (f"{__name__}:ANOTHER_END", "Only Finalize"),
        (f"{__name__}:NO_WAY_OUT", "no way to leave"),
        (f"{__name__}:TWO_ERRORS", "there for every node"),
        (f"{__name__}:TWICE", "an outcome twice"),
        (f"{__name__}:PURE_WAIT", "is not pure"),
    ],
)
def test_a_broken_one_is_shown_with_the_reason(monkeypatch: pytest.MonkeyPatch, value: str, says: str) -> None:
    found = load(monkeypatch, "broken", value)

    assert says in found["broken"].unavailable and "'broken'" in found["broken"].unavailable
    assert found["validate"] is SPECIFICATIONS["validate"]


def test_a_broken_one_takes_no_name_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load(monkeypatch, "sms", "no_such_package:NODE")

    assert found["sms"] is SPECIFICATIONS["sms"] and found["sms (installed)"].unavailable
