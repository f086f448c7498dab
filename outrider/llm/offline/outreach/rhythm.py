"""When and how often a step is wanted."""

from __future__ import annotations

import re
from typing import Any

from outrider.llm.offline.outreach.amounts import find_span, hours_of, moment_of, number
from outrider.llm.offline.outreach.drawing import Drawing
from outrider.llm.offline.outreach.steps import FOLLOW_UP
from outrider.llm.offline.outreach.tree import (
    LISTENING,
    TEXTS,
    UNREACHED,
    Block,
    Step,
)
from outrider.llm.offline.outreach.words import AT, EVERY, HOURS, LATER, MANY_TIMES, MOST_ROUNDS, MOST_STEPS, PREFIX


def when(drawing: Drawing, text: str) -> tuple[str, list[Step]]:
    """The clause without the time that it names, and the waits that this means."""
    if re.match(r"(?:wait|pause|hold|delay|book|schedule|arrange|set ?up|give|set|let)\b", text, re.I):
        return text, []
    waits: list[Step] = []
    for pattern in (LATER, HOURS, AT):
        match = pattern.search(f" {text}")
        if match is None or not (rest := f" {text}"[: match.start()] + " " + f" {text}"[match.end() :]).strip(" ,"):
            continue
        if "\ue000" in match[0]:
            continue
        if pattern is LATER:
            span = find_span(match[0]) or (
                {"amount": 1, "unit": "weeks"} if "week" in match[0].lower() else {"amount": 1, "unit": "days"}
            )
            data: dict[str, Any] | None = span
        elif pattern is HOURS:
            hours = hours_of(match[0])
            data = {"mode": "business_hours", "within": hours} if hours else None
        else:
            data = moment_of(match[0])
        if data is None:
            continue
        if "within" in data and not waits and drawing.join_hours(data["within"]):
            text = stripped(" ".join(rest.split()))
            continue
        waits.append(Step("wait", data))
        text = stripped(" ".join(rest.split()))
    return text, waits


def how_often(drawing: Drawing, text: str) -> tuple[str, int, dict[str, Any] | None]:
    """The clause without “three times” and “every two days”, how many rounds, and the span between them."""
    between: dict[str, Any] | None = None
    if re.match(r"(?:wait|book|offer|propose|set|tag|put)\b", text, re.I):
        return text, 1, None
    if (every := EVERY.search(text)) is not None:
        unit = (every["day"] or every["once"] or "").lower()
        between = {
            "hour": {"amount": 1, "unit": "hours"},
            "day": {"amount": 1, "unit": "days"},
            "week": {"amount": 1, "unit": "weeks"},
            "other day": {"amount": 2, "unit": "days"},
        }.get(unit) or find_span(every[0])
        text = text[: every.start()] + text[every.end() :]
    rounds = 1
    if (times := MANY_TIMES.search(text)) is not None:
        rounds = 2 if times["twice"] else int(number(times["times"]))
        text = text[: times.start()] + text[times.end() :]
    elif between is not None:
        rounds = 3
        drawing.notes.append("how often isn't said; it is three times")
    if rounds > MOST_ROUNDS:
        drawing.notes.append(f"{rounds} times became {MOST_ROUNDS}, the most that is drawn")
    return re.sub(r"\b(?:until|till) (?:they|he|she|we) \w+.*$", "", text), max(1, min(rounds, MOST_ROUNDS)), between


def again(drawing: Drawing, step: Step, between: dict[str, Any]) -> None:
    data = {"prompt": step.data.get("prompt") or FOLLOW_UP} if step.kind == "sms" else {**step.data}
    copy = Step(step.kind, data, step.words)
    if step.kind == "voice":
        last = next(one for one in reversed(drawing.block.steps) if one.kind == "voice")
        inside = Block([Step("wait", {**between}, step.words), copy])
        last.ways |= dict.fromkeys(UNREACHED, inside)
        drawing.count += 2
        drawing.block = inside
        return
    if step.kind in TEXTS:
        drawing.add(Step("wait", {**between}, step.words))
    drawing.add(copy)


def repeat(drawing: Drawing, rest: str) -> bool:
    """Unrolls what was described last."""
    match = MANY_TIMES.search(f" {rest}")
    every = EVERY.search(f" {rest}")
    if match is None and every is None and rest.strip(" ,"):
        return False
    rounds = 2 if match is None or match["twice"] else int(number(match["times"]))
    inside = (
        [step for step in drawing.block.steps if step.kind != "validate"]
        if drawing.block is drawing.main and drawing.main.steps[-1] not in drawing.last_sentence
        else drawing.last_sentence
    )
    inside = [step for step in inside if step in drawing.block.steps] or [
        step for step in drawing.block.steps if step.kind != "validate"
    ]
    if not inside or any(step.ways for step in inside):
        return False
    if rounds > MOST_ROUNDS:
        drawing.notes.append(f"{rounds} times became {MOST_ROUNDS}, the most that is drawn")
    for _ in range(min(rounds, MOST_ROUNDS) - 1):
        if drawing.count + len(inside) + 1 > MOST_STEPS:
            drawing.notes.append("not all repetitions fit into a draft")
            break
        if every is not None and (span := find_span(every[0])) and not any(step.kind in ("wait", LISTENING) for step in inside):
            drawing.add(Step("wait", span))
        elif not any(step.kind in ("wait", LISTENING) for step in inside):
            drawing.add(Step("wait", {"amount": 1, "unit": "days"}))
        for step in inside:
            data = {"prompt": FOLLOW_UP} if step.kind == "sms" and not step.data else {**step.data}
            drawing.add(Step(step.kind, data, step.words))
    return True


def stripped(clause: str) -> str:
    text = clause.strip(" ,")
    while (match := PREFIX.match(text)) is not None and match.end():
        text = text[match.end() :]
    return text
