"""The outreach as it was understood: steps in blocks, some of which fork, and how it is written down as an outline.

A way of a fork is a block. After its last step it goes on behind the fork, unless the block ends the run. A way that somebody
took who answered or was reached goes on there only if nobody is written to or called any more.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

END = "end"
TOUCHES = frozenset({"sms", "send_template", "voice"})
TEXTS = frozenset({"sms", "send_template"})
LISTENING = "wait_for_reply"
REPLIED, TIMEOUT = "replied", "timeout"
REACHED, UNREACHED = "reached", ("no_answer", "voicemail", "timed_out")
OTHERWISE = "otherwise"
_QUIET = frozenset({"tag", "list", "update_lead", "notify", "crm_sync", "webhook"})
"""What may still be done with somebody who is not to be bothered any more."""


@dataclass(eq=False, slots=True)
class Block:
    """Steps one after the other."""

    steps: list[Step] = field(default_factory=list)
    ends: bool = False
    """The run is over after the last one."""


@dataclass(eq=False, slots=True)
class Step:
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    """What it was read from."""
    ways: dict[str, Block] = field(default_factory=dict)
    """Outcomes that lead somewhere of their own."""
    id: str = ""

    def outcomes(self) -> tuple[str, ...]:
        """All that have to lead somewhere; empty is the ordinary one."""
        match self.kind:
            case "wait_for_reply":
                return REPLIED, TIMEOUT
            case "branch":
                return (*(case["name"] for case in self.data["cases"]), OTHERWISE)
            case "split":
                return tuple(variant["name"] for variant in self.data["variants"])
            case "approval":
                return (*(action["name"] for action in self.data["actions"]), "timed_out")
            case "voice":
                return REACHED, *(way for way in self.ways if way != REACHED)
            case "qualify":
                return "qualified", *(way for way in self.ways if way != "qualified")
            case "webhook":
                return "done", *(way for way in self.ways if way != "done")
            case "book_meeting":
                return "booked", *(way for way in self.ways if way != "booked")
            case _:
                return ("",)


def blocks_of(first: Block) -> Iterator[Block]:
    """Each block once: a block before those that its steps lead to."""
    seen, known = [first], {id(first)}
    for block in seen:
        yield block
        for step in block.steps:
            for way in step.ways.values():
                if id(way) not in known:
                    known.add(id(way))
                    seen.append(way)


def steps_of(first: Block) -> Iterator[tuple[Block, Step]]:
    for block in blocks_of(first):
        for step in block.steps:
            yield block, step


def ordinals(main: Block, kinds: Container[str]) -> dict[Step, int]:
    """Which one of these kinds each step is on its way, from 1: the two texts of an A/B test are both the first."""
    found: dict[Step, int] = {}

    def walk(block: Block, number: int) -> int:
        for step in block.steps:
            if step.kind in kinds:
                number += 1
            found[step] = number
            number = max([number, *(walk(way, number) for way in step.ways.values())])
        return number

    walk(main, 0)
    return found


def written(main: Block) -> tuple[list[dict[str, Any]], list[str]]:
    """The steps of an outline, and the words of those that no way leads to, which are left out."""
    steps = [step for _, step in steps_of(main)]
    for number, step in enumerate(steps, 1):
        step.id = f"{step.kind}_{number}"
    targets: dict[str, dict[str, str]] = {}
    begin = _lead(main, END, True, targets, {})
    reached, waiting = set[str](), [begin]
    while waiting:
        if (found := waiting.pop()) != END and found not in reached:
            reached.add(found)
            waiting += targets[found].values()
    outline = [
        {
            "id": step.id,
            "type": step.kind,
            "parameters": [{"name": name, "value": json.dumps(value, ensure_ascii=False)} for name, value in step.data.items()],
            "ways": [{"outcome": outcome, "to": target} for outcome, target in targets[step.id].items()],
        }
        for step in steps
        if step.id in reached
    ]
    return outline, [step.words for step in steps if step.id not in reached and step.words]


def _lead(block: Block, after: str, is_quiet: bool, targets: dict[str, dict[str, str]], known: dict[int, str]) -> str:
    """Fills `targets` with where the outcomes of the block's steps lead.

    Args:
        after: where it goes on behind the block.
        is_quiet: nobody is written to or called from there on.

    Returns:
        The block's first step, or where it goes on if it has none.
    """
    if id(block) in known:
        return known[id(block)]
    following = END if block.ends else after
    is_quiet = block.ends or is_quiet
    for step in reversed(block.steps):
        is_told = bool(step.ways)
        targets[step.id] = {}
        for outcome in step.outcomes():
            stays = is_told and is_quiet if outcome in (REPLIED, REACHED) and _is_over(step) else True
            is_refused = step.kind == "approval" and outcome != "approved"
            behind = following if stays and not is_refused else END
            way = step.ways.get(outcome)
            targets[step.id][outcome] = behind if way is None else _lead(way, behind, is_quiet, targets, known)
        following, is_quiet = step.id, is_quiet and step.kind in _QUIET
    known[id(block)] = following
    return following


def _is_over(step: Step) -> bool:
    """Whether somebody who answered here has had the last text of the sequence."""
    return step.kind == LISTENING or any(way in step.ways for way in (*UNREACHED, REACHED))
