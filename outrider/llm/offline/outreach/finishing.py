"""What can only be done once all is read: steps that belong before others, answers, hours."""

from __future__ import annotations

import re

from outrider.llm.offline.outreach.amounts import ORDINALS
from outrider.llm.offline.outreach.drawing import Drawing
from outrider.llm.offline.outreach.steps import FOLLOW_UP
from outrider.llm.offline.outreach.tree import (
    LISTENING,
    REPLIED,
    TEXTS,
    TOUCHES,
    Block,
    Step,
    blocks_of,
    ordinals,
    steps_of,
)
from outrider.llm.offline.outreach.words import DAYS_FOR_AN_ANSWER


def tell_of_unqualified(drawing: Drawing) -> None:
    if any(step.kind == "qualify" and "not_qualified" not in step.ways for _, step in steps_of(drawing.main)):
        drawing.notes.append("the run ends for those who don't qualify")


def fill_shares(drawing: Drawing) -> None:
    """A share of the leads leaves others, who go on without what it gets."""
    for _, step in [*steps_of(drawing.main)]:
        variants = step.data.get("variants", [])
        if step.kind == "split" and len(variants) == 1:
            left = max(round(100 - variants[0]["weight"], 1), 0.1)
            variants.append({"name": "others", "label": f"Others: {left:g} %", "weight": left})


def place_before(drawing: Drawing) -> None:
    """Steps that were asked for before something go there."""
    firsts = 0
    for step, block, words in drawing.before:
        wanted, place = words.lower(), block.steps.index(step)
        if wanted == "first" or wanted.startswith("anything"):
            firsts += 1
            block.steps.remove(step)
            drawing.main.steps.insert(firsts, step)
            continue
        found = touches_meant(drawing, wanted, block, place)
        if found is None:
            is_call = re.search(r"\bcall", wanted) is not None
            block.steps.insert(
                place + 1, Step("voice" if is_call else "sms", {} if is_call else {"prompt": FOLLOW_UP}, step.words)
            )
        elif found:
            block.steps.remove(step)
            for number, (inside, touch) in enumerate(found):
                placed = step if number == 0 else Step(step.kind, {**step.data}, step.words, {**step.ways})
                inside.steps.insert(inside.steps.index(touch), placed)


def touches_meant(drawing: Drawing, words: str, block: Block, place: int) -> list[tuple[Block, Step]] | None:
    """The texts or calls that the words mean; None for one that is still to be drawn, nothing if it stands well where it is."""
    kinds = (
        frozenset({"voice"})
        if "call" in words
        else TEXTS
        if re.search(r"\b(?:text|sms|message|reminder|follow)", words)
        else TOUCHES
    )
    touches = [one for one in steps_of(drawing.main) if one[1].kind in kinds]
    if re.search(r"\b(?:each|every|all|any)\b", words):
        return touches
    if re.match(r"(?:an?|another)\b", words):
        return None if not any(inside is block and block.steps.index(touch) > place for inside, touch in touches) else []
    ordinal = next((ORDINALS[word] for word in words.split() if word in ORDINALS), None)
    if ordinal == -1:
        return touches[-1:]
    if ordinal is not None:
        known = ordinals(drawing.main, kinds)
        return [one for one in touches if known[one[1]] == ordinal] or None
    later = [one for one in touches if one[0] is block and block.steps.index(one[1]) > place]
    earlier = [one for one in touches if one[0] is block and one not in later]
    if not later and not earlier:
        return None if block is not drawing.main else touches[:1]
    return (earlier[-1:] or later[:1]) if re.match(r"(?:that|it)\b", words) else (later[:1] or earlier[-1:])


def listen(drawing: Drawing) -> None:
    """Every wait of the sequence listens if something is to be done with those who answer."""
    if not drawing.on_reply:
        return
    body = Block(drawing.on_reply)
    around = list(blocks_of(drawing.main))
    for block in around:
        for step in block.steps:
            if step.kind == "wait" and "mode" not in step.data:
                step.kind = LISTENING
            if step.kind == LISTENING:
                step.ways.setdefault(REPLIED, body)
    last = next((step for step in reversed(drawing.main.steps) if step.kind in TOUCHES or step.kind == LISTENING), None)
    if last is None or last.kind != LISTENING:
        listening = Step(LISTENING, {"amount": DAYS_FOR_AN_ANSWER, "unit": "days"}, "", {REPLIED: body})
        drawing.main.steps.insert(drawing.main.steps.index(last) + 1 if last is not None else len(drawing.main.steps), listening)
        drawing.notes.append(f"after the last text an answer is waited for {DAYS_FOR_AN_ANSWER} days")


def keep_hours(drawing: Drawing) -> None:
    if drawing.hours is None:
        return
    for block, step in list(steps_of(drawing.main)):
        if step.kind in ("wait", LISTENING, "voice") and "mode" not in step.data:
            step.data["within"] = drawing.hours
        if step.kind in TOUCHES and block is drawing.main:
            place = block.steps.index(step)
            if not any(one.kind in ("wait", LISTENING) for one in block.steps[:place]):
                block.steps.insert(place, Step("wait", {"mode": "business_hours", "within": drawing.hours}))
