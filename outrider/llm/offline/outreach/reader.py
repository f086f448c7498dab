"""Reads a description sentence by sentence into steps and the ways between them.

A condition holds to the end of its sentence, or to “otherwise”. What is not understood is kept word for word; a condition that is
not understood becomes a way that nobody takes until a person writes its condition.
"""

from __future__ import annotations

import re

from outrider.llm.offline.outreach.actions import read_action
from outrider.llm.offline.outreach.amounts import hours_of
from outrider.llm.offline.outreach.conditions import read_condition
from outrider.llm.offline.outreach.deciding import IT, About, Condition
from outrider.llm.offline.outreach.drawing import Drawing, opposite
from outrider.llm.offline.outreach.finishing import fill_shares, keep_hours, listen, place_before, tell_of_unqualified
from outrider.llm.offline.outreach.languages import Spoken, spoken
from outrider.llm.offline.outreach.phrases import Phrases
from outrider.llm.offline.outreach.rhythm import again, how_often, repeat, stripped, when
from outrider.llm.offline.outreach.shares import begin_share, is_share
from outrider.llm.offline.outreach.steps import LONGEST, Clause
from outrider.llm.offline.outreach.tree import OTHERWISE, REPLIED, TEXTS, TOUCHES, Block, Step, steps_of
from outrider.llm.offline.outreach.words import (
    AB,
    AND,
    AND_ACTION,
    APPROVED_TEXT,
    AT_FIRST,
    BEFORE,
    BEFORE_FRONT,
    BULLET,
    DAY,
    DIVIDED,
    ELSE,
    ELSE_INSIDE,
    FILTERS,
    FIRST,
    FOR_SOME,
    GERUNDS,
    GOES_ON,
    HOURS,
    IF_INSIDE,
    MARGINAL,
    MODIFIER,
    MOST_STEPS,
    MOVED,
    NEGATED,
    NOUN_FOLLOWS,
    OPENER,
    OPENER_INSIDE,
    QUESTION,
    RECEIVED_FIRST,
    RECEIVES,
    ROUNDS,
    SENTENCES,
    SEPARATOR,
    SETTING_STOP,
    SHARE,
    SHORT,
    SKIPS,
    SPOKEN,
    STOPPED,
    TAIL,
    THIRD,
    UNTIL_ANSWER,
    WHENEVER,
)


class Reader:
    """Understanding of one description; `drawing` holds what came of it."""

    def __init__(self, text: str) -> None:
        self.phrases = Phrases(text)
        self.drawing = Drawing(self.phrases)
        self.front = ""
        """Of “before texting, …”: what the following steps stand before."""

    def read(self) -> None:
        language = spoken(self.phrases.text)
        for sentence in SENTENCES.split(self.phrases.text):
            if sentence.strip():
                self._sentence(language.read(sentence))
        fill_shares(self.drawing)
        place_before(self.drawing)
        for block, words in self.drawing.after_opt_out:
            if block.steps:
                self.drawing.not_understood += [words, *(step.words for step in block.steps)]
        listen(self.drawing)
        keep_hours(self.drawing)
        tell_of_unqualified(self.drawing)

    def _sentence(self, said: Spoken) -> None:
        self.drawing.block, self.drawing.occasion, self.front, was_split = self.drawing.main, "", "", self.drawing.split
        self.drawing.fresh, self.drawing.said = None, []
        before, started = self.drawing.count, [*self.drawing.main.steps]
        text, place = said.text, 0
        if (bullet := BULLET.match(text)) is not None:
            place = bullet.end()
        if (day := DAY.match(text, place)) is not None:
            self._on_day(day)
            place = day.end()
        while place < len(text):
            place = self._next(said, place)
        if self.drawing.count == before and was_split is self.drawing.split:
            self.drawing.split = None
        added = [step for step in self.drawing.main.steps if step not in started]
        if added:
            self.drawing.last_sentence = added

    def _next(self, said: Spoken, place: int) -> int:
        """Read what begins at `place`; where it ends."""
        text = said.text
        if (
            gap := SEPARATOR.match(text, place)
            or AND.match(text, place)
            or re.compile(r"\s+|[^\w\ue000\ue001#+@%]").match(text, place)
        ) and gap.end() > place:
            return gap.end()
        if (front := BEFORE_FRONT.match(text, place)) is not None:
            self.front = front[0].removeprefix("before").strip(" ,")
            return front.end()
        if (divided := DIVIDED.match(text, place)) is not None and SHARE.search(text, divided.end()):
            return divided.end()
        if (test := AB.match(text, place)) is not None:
            self._test(test, said)
            return test.end()
        if (share := SHARE.match(text, place)) is not None and is_share(self.drawing, share):
            begin_share(self.drawing, share)
            end = share.end()
            if (
                share["verb"]
                and re.match("gets?|receives?|be|are|is|have|has|to|with|:", share["verb"], re.I)
                and end < len(text)
            ):
                return self._clause_at(said, end, is_received=True)
            return end if end < len(text) else self._empty_share(said, share.start(), end)
        if (over := ELSE.match(text, place)) is not None and over.end() > place:
            if self.drawing.decision is not None:
                self.drawing.switch(not self.drawing.decision.condition.holds)
                return over.end()
            self._miss(said, place, len(text))
            return len(text)
        if GOES_ON.match(text, place) and re.search(r"\b(?:repl|answer|respon|write back|react)", text[place:], re.I):
            self.drawing.stops_on_reply = False
            comma = text.find(",", place)
            return comma if comma > 0 else len(text)
        if (opener := SHORT.match(text, place) or OPENER.match(text, place) or FOR_SOME.match(text, place)) is not None:
            return self._condition_at(said, opener)
        return self._clause_at(said, place)

    def _condition_at(self, said: Spoken, opener: re.Match[str]) -> int:
        condition, end = read_condition(said.text, opener.end(), self.phrases)
        decision = self.drawing.decision
        if (
            condition.about is About.FACTS
            and decision is not None
            and self.drawing.block.steps
            and decision.step.ways.get("yes") is self.drawing.block
            and decision.step.kind == "branch"
            and re.search(r"(?:,|\bbut|\bor)\s*$", said.text[: opener.start()])
        ):
            # “If it is above 70 call, if it is below 40 …” are cases side by side.
            condition = self.drawing.about_it(condition) if condition.expression.startswith(f"{IT} ") else condition
            self.drawing.switch(not decision.condition.holds)
        if not said.text[end:].strip(" ,:"):
            # Nothing follows that could depend on it.
            self._miss(said, opener.start(), end)
            return len(said.text)
        if re.match(r"unless\b", opener[0], re.I):
            condition = opposite(condition)
        self.drawing.open(condition, self.phrases.shown(said.original(opener.start(), end)))
        received = RECEIVES.match(said.text, end + len(said.text[end:]) - len(said.text[end:].lstrip(" ,:")))
        if received is not None and received.end() > end and said.text[received.end() :].strip():
            return self._clause_at(said, received.end(), is_received=True)
        return end

    def _clause_at(self, said: Spoken, place: int, is_received: bool = False) -> int:
        text = said.text
        end = self._clause_end(text, place)
        trailing = (None if QUESTION.search(text[place:end]) else OPENER.match(text, end)) or (
            OPENER.match(text, end + len(text[end:]) - len(text[end:].lstrip(", "))) if text[end : end + 1] == "," else None
        )
        inner = OPENER_INSIDE.search(text, place, end)
        if inner is not None and QUESTION.search(text[place : inner.start()]):
            inner = None
        if inner is not None and inner.start() > place:
            end, trailing = inner.start(), inner
        if trailing is not None and trailing.start() > place:
            condition, after = read_condition(text, trailing.end(), self.phrases)
            rest = text[after:].strip()
            directly = text[end : trailing.start()].strip() == ""
            if directly or not rest or ELSE.match(rest.lstrip(", ")):
                if re.match(r"unless\b", trailing[0], re.I):
                    condition = opposite(condition)
                tail = TAIL.match(text, after)
                clause = text[place:end] + (f" {tail['tail']}" if tail else "")
                if tail:
                    after = tail.end()
                self._trailing(clause.strip(), condition, trailing[0], said, place, after, is_received)
                return after
        if not self._take(text[place:end], said, place, end, is_received):
            self._miss(said, place, end)
        return max(end, place + 1)

    def _clause_end(self, text: str, place: int) -> int:
        """Where the clause that begins at `place` ends: before what separates, begins another action, or is a condition."""
        most = min(len(text), place + LONGEST)
        found = [most]
        for pattern in (SEPARATOR, AND_ACTION, ELSE_INSIDE, IF_INSIDE):
            at = place + 1
            while (match := pattern.search(text, at, most)) is not None:
                if pattern is SEPARATOR:
                    over = _no_end(text, place, match)
                else:
                    is_asked = pattern is IF_INSIDE and QUESTION.search(text[place : match.start()])
                    over = match.end() if is_asked else 0
                if not over:
                    found.append(match.start())
                    break
                at = over
        return min(found)

    def _trailing(
        self, clause: str, condition: Condition, opener: str, said: Spoken, place: int, end: int, is_received: bool
    ) -> None:
        """An action with its condition behind it: “tag the ones who answer”."""
        reply = condition.about in (About.REPLY, About.OPT_OUT, About.BOOKED)
        if reply and condition.holds and SETTING_STOP.match(stripped(clause)):
            return
        if GOES_ON.match(stripped(clause)) and condition.about is About.REPLY:
            self.drawing.stops_on_reply = False
            return
        if condition.about is About.OPT_OUT:
            self._miss(said, place, end)
            return
        only = re.match(r"\s*(?:but )?only\b", clause, re.I) or re.match(r"\s*only\b", opener, re.I)
        kept, occasion = self.drawing.block, self.drawing.occasion
        if (
            condition.about is About.REPLY
            and condition.holds
            and not is_received
            and (WHENEVER.search(opener) or not self.drawing.listens())
        ):
            self.drawing.block, self.drawing.occasion = Block(self.drawing.on_reply), REPLIED
            taken = self._take(clause, said, place, end, is_received)
            self.drawing.block, self.drawing.occasion = kept, occasion
            if not taken:
                self._miss(said, place, end)
            return
        if only and condition.about in (About.FACTS, About.UNKNOWN):
            step = self.drawing.branch(condition, self.phrases.shown(said.original(place, end)))
            step.ways[OTHERWISE] = Block(ends=True)
            if not FILTERS.match(stripped(clause)) and not self._take(clause, said, place, end, is_received):
                self._miss(said, place, end)
            return
        if SKIPS.match(stripped(clause)) and condition.about is About.FACTS:
            step = self.drawing.branch(condition, self.phrases.shown(said.original(place, end)))
            step.ways["yes"] = Block(ends=True)
            return
        if SKIPS.match(stripped(clause)):
            self._miss(said, place, end)
            return
        steps = self.drawing.count
        self.drawing.open(condition, self.phrases.shown(said.original(place, end)))
        taken = self._take(clause, said, place, end, is_received)
        if not taken or self.drawing.count == steps:
            self._miss(said, place, end)
        decision = self.drawing.decision
        self.drawing.block, self.drawing.occasion = kept, occasion
        self.drawing.decision = decision

    def _take(self, clause: str, said: Spoken, place: int, end: int, is_received: bool = False) -> bool:
        """Whether the clause was understood; its steps then stand at the end of the present block."""
        whole, original = clause.strip(" ,"), said.original(place, end)
        if not whole or MARGINAL.fullmatch(whole):
            return True
        if self.drawing.block.ends and self.drawing.block is self.drawing.main:
            self.drawing.left_out.append(self.phrases.shown(original))
            return True
        if STOPPED.match(stripped(whole)):
            self.drawing.block.ends = True
            return True
        if self.drawing.stops_on_reply and UNTIL_ANSWER.match(whole):
            return True
        if (rounds := ROUNDS.match(stripped(whole))) is not None and repeat(self.drawing, rounds["rest"]):
            return True
        if (hours := HOURS.fullmatch(f" {stripped(whole)}")) is not None:
            self.drawing.hours = hours_of(hours[0])
            return self.drawing.hours is not None
        return self._act(whole, original, is_received)

    def _act(self, whole: str, original: str, is_received: bool) -> bool:
        """Whether the clause names a step; it then stands in the drawing, with the waits and rounds that the clause names."""
        drawing = self.drawing
        text, place = self._placed(whole)
        if (received_first := RECEIVED_FIRST.match(text)) is not None:
            text, is_received = text[received_first.end() :], True
        text = stripped(text)
        if (third := THIRD.match(text)) is not None:
            text = GERUNDS[third[1].lower()] + text[third.end() :]
        if NEGATED.match(text):
            return False
        received = None if is_received else RECEIVES.match(text)
        if received is not None and text[received.end() :].strip():
            text, is_received = stripped(text[received.end() :]), True
        text, waits = when(drawing, text)
        if waits and drawing.waits_so_long(waits[0]):
            waits = waits[1:]
        text, rounds, between = how_often(drawing, text)
        text = text.strip(" ,")
        if self._is_spoken(text):
            return True
        shown = self.phrases.shown(original)
        was_texted = any(step.kind in TEXTS for _, step in steps_of(drawing.main))
        words = original if not waits and rounds == 1 else self.phrases.shown(text)
        clause = Clause(text, words, self.phrases, is_received, was_texted, drawing.occasion)
        step = read_action(clause)
        if step is None or drawing.count + len(waits) + 2 * rounds <= MOST_STEPS:
            drawing.notes += clause.notes
        else:
            drawing.left_out.append(shown)
            return True
        if step is None:
            return False
        step.words = shown
        if step.kind == "validate":
            drawing.main.steps[0].data |= step.data
        elif step.data.get("mode") == "business_hours" and drawing.join_hours(step.data["within"]):
            pass
        elif place and step.kind in MOVED:
            self._put_before(step, "this" if place == FIRST and step.kind == "approval" else place)
        else:
            for one in (*waits, step):
                drawing.add(one)
            for _ in range(rounds - 1):
                again(drawing, step, between or {"amount": 1, "unit": "days"})
        return True

    def _placed(self, text: str) -> tuple[str, str]:
        """The clause without the words for its place (“before the second text”), and these."""
        if (first := AT_FIRST.search(text)) is not None:
            return text[: first.start()], FIRST
        if (before := BEFORE.search(text)) is not None and before.start() > 0:
            return text[: before.start()], before["what"].strip() or "this"
        if not self.front and (approved := APPROVED_TEXT.search(text)) is not None:
            return text, approved[1]
        return text, self.front

    def _is_spoken(self, text: str) -> bool:
        """Whether it is what to say in the call that the sentence names before it; the call's script then holds it."""
        call = self.drawing.fresh
        if call is None or call.kind != "voice" or not SPOKEN.match(text) or "\ue000" in text:
            return False
        said = self.phrases.shown(text)
        call.data["script"] = f"{call.data['script']}, {said}" if "script" in call.data else said[:1].upper() + said[1:]
        return True

    def _put_before(self, step: Step, words: str) -> None:
        drawing = self.drawing
        steps = drawing.block.steps
        if words == FIRST:
            # “Enrich and qualify first” means both.
            drawing.before += [(one, drawing.block, words) for one in steps if one in drawing.said and one.kind in MOVED]
        if words == "this" and steps and steps[-1].kind in TOUCHES:
            steps.insert(len(steps) - 1, step)
            drawing.latest[step.kind] = step
            drawing.count += 1
        else:
            drawing.before.append((drawing.add(step), drawing.block, words))

    def _miss(self, said: Spoken, place: int, end: int) -> None:
        words = self.phrases.shown(said.original(place, end))
        if not MARGINAL.fullmatch(words):
            self.drawing.not_understood.append(words)

    def _empty_share(self, said: Spoken, place: int, end: int) -> int:
        self._miss(said, place, end)
        return end

    def _test(self, test: re.Match[str], said: Spoken) -> None:
        split = self.drawing.add(Step("split", {"variants": []}, test[0]))
        around = self.drawing.block
        for name, quote in (("a", test["first"]), ("b", test["second"])):
            split.data["variants"].append({"name": name, "label": f"Text {name.upper()}", "weight": 50})
            self.drawing.block = split.ways.setdefault(name, Block())
            self._act(f"send {quote}", self.phrases.shown(test[0]), False)
        self.drawing.block = around

    def _on_day(self, match: re.Match[str]) -> None:
        day = int(match["number"]) * (7 if match["unit"].lower() == "week" else 1)
        self.drawing.day = self.drawing.day or (day if day <= 1 else 7 if match["unit"].lower() == "week" else 1)
        if day > self.drawing.day:
            self.drawing.add(Step("wait", {"amount": min(day - self.drawing.day, 365), "unit": "days"}, match[0].strip()))
        self.drawing.day = max(day, self.drawing.day)


def _no_end(text: str, place: int, match: re.Match[str]) -> int:
    """Where to look on, if what looks like a separator belongs to the clause; else 0."""
    if (modifier := MODIFIER.match(text, match.start())) is not None:
        return modifier.end()
    separator, following = match[0].strip().lower(), text[match.end() : match.end() + 1]
    if separator in ("next", "then", "also") and NOUN_FOLLOWS.search(text[place : match.start()]):
        return match.end()
    is_clock = text[match.start() - 1].isdigit() and following.isdigit()
    return match.end() if separator == ":" and (following == "\ue000" or is_clock) else 0
