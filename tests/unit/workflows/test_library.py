"""Kinds of nodes from installed packages: they join the library, and broken ones don't keep the product from starting."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from outrider.workflows.nodes import SPECIFICATIONS, library
from outrider.workflows.nodes.base import Handle, NodeCall, NodeResult, NodeSpecification


async def run(call: NodeCall) -> NodeResult:
    return NodeResult("next", "")


THEIRS = NodeSpecification(
    "theirs", "theirs", "Theirs", "dot", "", "", category="data", handles=(Handle("next", "Next", ""),), run=run
)
VALIDATE_AGAIN = SPECIFICATIONS["validate"]
NOT_ONE = "a text"


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
    ],
)
def test_a_broken_one_is_shown_with_the_reason(monkeypatch: pytest.MonkeyPatch, value: str, says: str) -> None:
    found = load(monkeypatch, "broken", value)

    assert says in found["broken"].unavailable and "'broken'" in found["broken"].unavailable
    assert found["validate"] is SPECIFICATIONS["validate"]


def test_a_broken_one_takes_no_name_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load(monkeypatch, "sms", "no_such_package:NODE")

    assert found["sms"] is SPECIFICATIONS["sms"] and found["sms (installed)"].unavailable
