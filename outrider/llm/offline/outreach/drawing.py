"""The workflow while it is read: where the next step goes, and which decision a condition is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from outrider.llm.offline.outreach.deciding import IT, NEGATIVE, POSITIVE, About, Condition
from outrider.llm.offline.outreach.phrases import Phrases, plain
from outrider.llm.offline.outreach.tree import (
    LISTENING,
    OTHERWISE,
    REACHED,
    REPLIED,
    TIMEOUT,
    TOUCHES,
    UNREACHED,
    Block,
    Step,
    blocks_of,
    steps_of,
)
from outrider.llm.offline.outreach.words import DAYS_FOR_AN_ANSWER

NO_SPAN = f"how long to wait for an answer isn't said; it is {DAYS_FOR_AN_ANSWER} days"


@dataclass(slots=True)
class Decision:
    """The latest one, to which “otherwise” and “if they do” refer."""

    step: Step
    condition: Condition
    inside: Block
    """Where the step stands."""


class Drawing:
    """Understanding of one description: `main`, `stops_on_reply`, `not_understood`, `left_out`, `notes`."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self.main = Block([Step("validate")])
        self.block = self.main
        self.stops_on_reply = True
        self.not_understood: list[str] = []
        self.left_out: list[str] = []
        self.notes: list[str] = []
        self.on_reply: list[Step] = []
        self.decision: Decision | None = None
        self.split: Step | None = None
        self.occasion = ""
        self.hours: dict[str, Any] | None = None
        self.last_sentence: list[Step] = []
        self.day = 0
        self.count = 1
        self.before: list[tuple[Step, Block, str]] = []
        """Steps that belong before something: where they stand for now, and the words for their place."""
        self.front = ""
        self.fresh: Step | None = None
        self.said: list[Step] = []
        """The steps of this sentence, and the latest of them."""
        self.after_opt_out: list[tuple[Block, str]] = []
        """What was wanted for somebody who opted out, whose run is over."""
        self.unspanned: Step | None = None
        """The latest wait for an answer of which nobody said how long it is."""
        self.latest: dict[str, Step] = {}
        """The latest step of each kind, and the latest touch as `touch`."""

    def add(self, step: Step) -> Step:
        self.block.steps.append(step)
        self.count += 1
        self.fresh = self.latest[step.kind] = step
        self.said.append(step)
        if step.kind in TOUCHES:
            self.latest["touch"] = step
        return step

    def join_hours(self, hours: dict[str, Any]) -> bool:
        """Whether the last step is a wait for a span, which now ends within the hours."""
        last = self.block.steps[-1] if self.block.steps else None
        if last is None or last.kind != "wait" or "mode" in last.data:
            return False
        last.data["within"] = hours
        return True

    def listens(self) -> bool:
        """Whether the last step waits for an answer that nothing was said about."""
        last = self.block.steps[-1] if self.block.steps else None
        return last is not None and last.kind == LISTENING and REPLIED not in last.ways

    def open(self, condition: Condition, words: str) -> None:
        """What follows is for those of whom the condition holds."""
        self.notes += condition.notes
        if condition.about is About.AS_BEFORE and self.decision is not None:
            self.switch(condition.holds)
            return
        if condition.expression.startswith(f"{IT} "):
            condition = self.about_it(condition)
        match condition.about:
            case About.OPT_OUT:
                self.block = Block()
                self.after_opt_out.append((self.block, words))
            case About.FAILED if "webhook" in self.latest:
                self.after("webhook", condition, words)
            case About.REPLY:
                self.reply(condition, words)
            case About.INTEREST:
                self.interest(condition, words)
            case About.CALL | About.WRONG_NUMBER:
                self.after("voice", condition, words)
            case About.APPROVAL:
                self.after("approval", condition, words)
            case About.QUALIFIED:
                self.after("qualify", condition, words)
            case About.BOOKED:
                self.booked(condition, words)
            case _:
                self.branch(condition, words, is_entered=True)

    def about_it(self, condition: Condition) -> Condition:
        """“It is below 40” is about what the condition before compared."""
        before = self.decision.condition.expression if self.decision is not None else ""
        for value, known in (("lead.score", "lead.score != null && "), ("number(lead.company_size)", "")):
            if value in before:
                return replace(condition, expression=f"{known}{value}{condition.expression.removeprefix(IT)}")
        return replace(condition, about=About.UNKNOWN, expression="")

    def latest_of(self, kind: str) -> Step | None:
        """The step of this kind that a condition is about: a call only if nobody was written to since."""
        found = self.latest.get(kind)
        return None if kind == "voice" and found is not self.latest.get("touch") else found

    def reply(self, condition: Condition, words: str, is_text: bool = False) -> None:
        outcome = REPLIED if condition.holds else TIMEOUT
        last = self.block.steps[-1] if self.block.steps else None
        known = self.decision.step if self.decision is not None else None
        if last is not None and last.kind == "voice" and condition.span is None and not is_text:
            self.notes.append(f"“{words}” is read as: whether the call is answered")
            self.after("voice", _as(condition, about=About.CALL), words)
            return
        if last is not None and last.kind == "wait" and "mode" not in last.data:
            last.kind = LISTENING
            step = last
        elif last is not None and last.kind == LISTENING and outcome not in last.ways:
            step = last
        elif known is not None and known.kind == LISTENING and outcome not in known.ways and not self.touched_since(known):
            step = known
        else:
            step = Step(LISTENING, condition.span or {"amount": DAYS_FOR_AN_ANSWER, "unit": "days"}, words)
            if condition.span is None:
                self.notes.append(NO_SPAN)
                self.unspanned = step
            self.add(step)
        self.decision = Decision(step, condition, self.block)
        self.enter(step, (outcome,), outcome)
        if condition.holds:
            self.earlier_waits(step)

    def waits_so_long(self, wait: Step) -> bool:
        """Whether the wait tells how long an answer is waited for: “if they don't answer, call after two days”."""
        step = self.unspanned
        if step is None or step.ways.get(TIMEOUT) is not self.block or self.block.steps or "amount" not in wait.data:
            return False
        step.data, self.unspanned = {"amount": wait.data["amount"], "unit": wait.data["unit"]}, None
        self.notes.remove(NO_SPAN)
        return True

    def touched_since(self, step: Step) -> bool:
        for block in blocks_of(self.main):
            if step in block.steps:
                return any(one.kind in TOUCHES for one in block.steps[block.steps.index(step) + 1 :])
        return True

    def earlier_waits(self, listening: Step) -> None:
        """An answer that comes sooner is looked after in the same way."""
        for block in blocks_of(self.main):
            if listening in block.steps:
                for step in block.steps[: block.steps.index(listening)]:
                    if step.kind == "wait" and "mode" not in step.data:
                        step.kind = LISTENING
                        step.ways[REPLIED] = listening.ways[REPLIED]

    def interest(self, condition: Condition, words: str) -> None:
        """Among those who answered, the words of their answer decide."""
        known = self.decision
        if (
            condition.expression == ""
            and known is not None
            and known.condition.about is About.INTEREST
            and known.condition.holds is not condition.holds
            and OTHERWISE not in known.step.ways
        ):
            no = "yes" if condition.holds else "no"
            if all(case["name"] != "no" for case in known.step.data["cases"]):
                said = f"conversation.last_text.matches({_regex(NEGATIVE)})"
                known.step.data["cases"].append(
                    {
                        "name": "no",
                        "label": plain(condition.words)[:60].strip(),
                        "condition": said if not condition.holds else "false",
                    }
                )
            self.enter(known.step, ("no",), "not interested" if no == "no" else "interested")
            return
        if not (known is not None and self.block is not self.main and self.occasion == REPLIED):
            self.reply(Condition(About.REPLY, span=condition.span), words, is_text=True)
            step = self.decision.step if self.decision else None
            assert step is not None
            inside = step.ways[REPLIED]
            if inside.steps and inside.steps[-1].kind == "branch":
                self.block = inside
        if condition.expression:
            expression = condition.expression
        else:
            said = "conversation.last_text"
            expression = f"{said}.matches({_regex(POSITIVE)}) && !{said}.matches({_regex(NEGATIVE)})"
            expression = expression if condition.holds else f"{said}.matches({_regex(NEGATIVE)})"
            note = (
                "whether they are interested is told by the words of their answer "
                "(yes, sure, interested …); see the condition in the Branch step"
            )
            if note not in self.notes:
                self.notes.append(note)
        self.branch(Condition(About.INTEREST, condition.holds, expression, condition.words), words, is_entered=True)
        self.occasion = "interested" if condition.holds else "not interested"

    def after(self, kind: str, condition: Condition, words: str) -> None:
        """The outcome of a call, an approval or a qualification."""
        step = self.latest_of(kind)
        while step is not None and kind == "voice" and not condition.holds and (tried := step.ways.get(UNREACHED[0])) is not None:
            if not tried.steps or tried.steps[-1].kind != "voice":
                break
            step = tried.steps[-1]
        if step is None:
            step = Step(
                kind,
                {
                    "actions": [{"name": "approved", "label": "Go on"}, {"name": "rejected", "label": "Stop"}],
                    "title": "Go on with {{ lead.name | this lead }}?",
                }
                if kind == "approval"
                else {},
                words,
            )
            self.add(step)
        if condition.about is About.WRONG_NUMBER:
            outcomes: tuple[str, ...] = ("wrong_number",)
        elif kind == "webhook":
            outcomes = ("failed",)
        elif kind == "voice":
            outcomes = (REACHED,) if condition.holds else UNREACHED
        elif kind == "approval":
            outcomes = ("approved",) if condition.holds else ("rejected",)
        else:
            outcomes = ("qualified",) if condition.holds else ("not_qualified",)
        self.decision = Decision(step, condition, self.block)
        self.enter(step, outcomes, "unreached" if outcomes == UNREACHED else outcomes[0])

    def booked(self, condition: Condition, words: str) -> None:
        if self.latest_of("book_meeting") is None:
            self.branch(
                Condition(
                    About.FACTS,
                    expression=f"conversation.meeting {'!=' if condition.holds else '=='} null",
                    words=condition.words,
                ),
                words,
                is_entered=True,
            )
            return
        step = self.latest_of("book_meeting")
        assert step is not None
        self.decision = Decision(step, condition, self.block)
        self.enter(step, ("booked",) if condition.holds else ("no_time", "taken"), "booked" if condition.holds else "")

    def branch(self, condition: Condition, words: str, is_entered: bool = False) -> Step:
        expression = condition.expression
        if not expression:
            expression = "false"
            self.not_understood.append(words)
            self.notes.append(
                f"the condition “{plain(self.phrases.shown(condition.words))}” has still to be written; until then nobody "
                f"takes that way"
            )
        label = self.phrases.shown(condition.words)
        step = Step(
            "branch", {"cases": [{"name": "yes", "label": plain(label)[:60].strip() or "Yes", "condition": expression}]}, words
        )
        self.add(step)
        self.decision = Decision(step, condition, self.block)
        if is_entered:
            self.enter(step, ("yes",), "")
        return step

    def enter(self, step: Step, outcomes: tuple[str, ...], occasion: str) -> None:
        block = step.ways.get(outcomes[0]) or Block()
        step.ways |= dict.fromkeys(outcomes, block)
        self.block, self.occasion = block, occasion or self.occasion

    def switch(self, holds: bool) -> None:
        """The way of the latest decision that is taken if what decides `holds`."""
        decision = self.decision
        assert decision is not None
        step = decision.step
        match step.kind:
            case "wait_for_reply":
                outcomes: tuple[str, ...] = (REPLIED,) if holds else (TIMEOUT,)
            case "voice":
                outcomes = (REACHED,) if holds else UNREACHED
            case "approval":
                outcomes = ("approved",) if holds else ("rejected",)
            case "qualify":
                outcomes = ("qualified",) if holds else ("not_qualified",)
            case "book_meeting":
                outcomes = ("booked",) if holds else ("no_time", "taken")
            case "webhook":
                outcomes = ("failed",) if holds else ("done",)
            case _:
                outcomes = ("yes",) if holds is decision.condition.holds else (OTHERWISE,)
        self.enter(step, outcomes, "unreached" if outcomes == UNREACHED else outcomes[0])
        if decision.condition.about is About.INTEREST and outcomes == (OTHERWISE,):
            # Who does not answer is not interested either.
            for _, listening in steps_of(self.main):
                way = listening.ways.get(REPLIED)
                if listening.kind == LISTENING and way is not None and step in way.steps and TIMEOUT not in listening.ways:
                    listening.ways[TIMEOUT] = self.block
            self.occasion = "not interested"


def opposite(condition: Condition) -> Condition:
    expression = f"!({condition.expression})" if condition.about is About.FACTS and condition.expression else condition.expression
    return Condition(
        condition.about,
        not condition.holds if condition.about is not About.FACTS else condition.holds,
        expression,
        condition.words,
        condition.span,
        condition.notes,
    )


def _as(condition: Condition, *, holds: bool | None = None, about: About | None = None) -> Condition:
    return Condition(
        about or condition.about,
        condition.holds if holds is None else holds,
        condition.expression,
        condition.words,
        condition.span,
        condition.notes,
    )


def _regex(pattern: str) -> str:
    """The pattern as expressions write it."""
    return f"r'{pattern}'"
