"""Checkpoints of paused runs: small, plain, and refused when they can't be trusted."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import ormsgpack
import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from outrider.workflows.compiler import CheckpointUnusable
from outrider.workflows.compiler.checkpoints import RunMemory, dump, load
from outrider.workflows.waiting import Answer, PausedWait, Wait, WaitKind
from tests.unit.workflows.engine import TWO, Kinds, compiled, definition, go_on, kinds, new_context

PAUSED = ("a:step p:pause f:finalize", "a>p p>f")


@dataclass
class Foreign:
    """A class of our own, which no checkpoint may bring to life."""

    value: int


@pytest.fixture(autouse=True)
def library() -> Iterator[Kinds]:
    with kinds() as made:
        yield made


async def paused() -> bytes:
    segment = await compiled(*PAUSED).start(new_context())
    assert segment.checkpoint is not None
    return segment.checkpoint


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (b"", "damaged"),
        (b"nonsense", "damaged"),
        (zlib.compress(b"\xc1"), "damaged"),
        (zlib.compress(ormsgpack.packb([1, 2])), "another version"),
        (zlib.compress(ormsgpack.packb({"format": 99})), "another version"),
        (zlib.compress(ormsgpack.packb({"format": 1, "entry": ""})), "parts of it are missing"),
        (zlib.compress(ormsgpack.packb({"format": 1, "entry": "", "graphs": {"": [1]}, "waits": []})), "parts of it are missing"),
        (zlib.compress(ormsgpack.packb({"format": 1, "entry": "", "graphs": {"": [{}, {}, []]}, "waits": []})), "are missing"),
    ],
)
async def test_what_is_no_checkpoint_is_refused_by_name(broken: bytes, says: str) -> None:
    with pytest.raises(CheckpointUnusable, match=says):
        await compiled(*PAUSED).resume(new_context(), broken, {"p#1": Answer("decided")})


async def test_a_flipped_byte_never_crashes() -> None:
    good = await paused()
    workflow = compiled(*PAUSED)
    for place in range(0, len(good), 7):
        damaged = bytearray(good)
        damaged[place] ^= 0xFF
        with pytest.raises(CheckpointUnusable):
            await workflow.resume(new_context(), bytes(damaged), {"p#1": Answer("decided")})


async def test_a_checkpoint_of_another_workflow_is_refused() -> None:
    good = await paused()
    for other in (compiled("a:step f:finalize", "a>f"), compiled("a:step q:pause f:finalize", "a>q q>f")):
        with pytest.raises(CheckpointUnusable):
            await other.resume(new_context(), good, {"p#1": Answer("decided")})


async def test_classes_of_ours_are_not_brought_to_life() -> None:
    packed = JsonPlusSerializer().dumps_typed({"format": 1, "entry": Foreign(3), "graphs": {}, "waits": []})[1]

    assert not isinstance(load(zlib.compress(packed)).entry, Foreign)


async def test_a_paused_run_is_small_and_keeps_no_branch_that_is_over() -> None:
    workflow = compiled("k:parallel l:pause r:pause j:join p:pause f:finalize", "k.left>l l>j k.right>r r>j j>p p>f", k=TWO)
    first = await workflow.start(new_context())
    assert first.checkpoint is not None and len(load(first.checkpoint).graphs) == 3
    second = await go_on(workflow, first, "l#1")
    assert second.checkpoint is not None and len(load(second.checkpoint).graphs) == 2
    third = await go_on(workflow, second, "r#1")
    assert third.checkpoint is not None and len(load(third.checkpoint).graphs) == 1
    assert max(len(segment.checkpoint or b"") for segment in (first, second, third)) < 2048


async def test_a_sub_workflow_that_went_on_and_ended_is_not_kept() -> None:
    inner = definition("p:pause f:finalize", "p>f").as_json()
    workflow = compiled("w:sub_workflow q:pause f:finalize", "w>q q>f", w={"workflow_id": 1, "definition": inner})
    first = await workflow.start(new_context())
    second = await go_on(workflow, first, "w/p#1")

    assert first.checkpoint is not None and second.checkpoint is not None
    assert (len(load(first.checkpoint).graphs), list(load(second.checkpoint).graphs)) == (2, [""])


async def test_going_round_does_not_let_it_grow() -> None:
    workflow = compiled("s:step p:pause f:finalize", "s>p p.again>p p.next>f")
    segment = await workflow.start(new_context())
    sizes: list[int] = []
    while segment.checkpoint is not None and len(sizes) < 40:
        sizes.append(len(segment.checkpoint))
        segment = await go_on(workflow, segment, segment.waits[0].interrupt_id, Answer("failed", {"text": os.urandom(8).hex()}))

    assert max(sizes) - sizes[1] < 100


def test_waits_keep_their_time_and_kind() -> None:
    due, at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 23, 9, 15, tzinfo=UTC)
    memory = RunMemory(entry="a/b", native={"w#3": "native"})
    memory.waits = {"w#3": PausedWait("w#3", "w", 3, Wait(WaitKind.REPLY, due, {"much": "text"}), at)}
    found = load(dump(memory, []))

    assert found.waits == {"w#3": PausedWait("w#3", "w", 3, Wait(WaitKind.REPLY, due), at, is_new=False)}
    assert (found.entry, found.native) == ("a/b", {"w#3": "native"})
