"""Reads a description sentence by sentence into steps and the ways between them.

A condition holds to the end of its sentence, or to “otherwise”. What is not understood is kept word for word; a condition that is
not understood becomes a way that nobody takes until a person writes its condition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from outrider.llm.offline.outreach.actions import FOLLOW_UP, OBJECT, Clause, read_action
from outrider.llm.offline.outreach.amounts import (
    AMOUNT,
    BETWEEN,
    BUSINESS,
    CLOCK_ONLY,
    DAYS,
    ORDINALS,
    SPAN,
    SPAN_ONLY,
    TIMES,
    find_span,
    hours_of,
    moment_of,
    number,
)
from outrider.llm.offline.outreach.conditions import IT, NEGATIVE, POSITIVE, About, Condition, read_condition
from outrider.llm.offline.outreach.languages import Spoken, spoken
from outrider.llm.offline.outreach.phrases import QUOTE, VERBS, Phrases, plain
from outrider.llm.offline.outreach.tree import (
    LISTENING,
    OTHERWISE,
    REACHED,
    REPLIED,
    TEXTS,
    TIMEOUT,
    TOUCHES,
    UNREACHED,
    Block,
    Step,
    blocks_of,
    ordinals,
    steps_of,
)

MOST_STEPS = 55
MOST_ROUNDS = 10
DAYS_FOR_AN_ANSWER = 3

_SENTENCES = re.compile(r"(?<![ap]\.m)(?<!e\.g)(?<!i\.e)[.!?]+(?=\s|$)|[;\n]+|\s*(?:->|=>|→|⇒|➜|•)\s*")
_BULLET = re.compile(
    r"^\s*(?:[-*•]|\(?\d{1,2}[.)]|step \d{1,2}\s*[:.)-]?|first(?:ly)?\s*[,:]|second(?:ly)?\s*[,:]|third(?:ly)?\s*[,:])\s+", re.I
)
_DAY = re.compile(r"\s*(?:on )?(?P<unit>day|week) (?P<number>\d{1,3})\s*[:,;-]?\s*", re.I)
_MODIFIER = re.compile(
    rf",\s*(?=(?:every|each) |once a |{SPAN_ONLY} (?:apart|between)|(?:up to|at most|a maximum of|a total of) {AMOUNT} times\b|{AMOUNT} times\b|twice\b)",
    re.I,
)
"""Belongs to what stands before it."""
_SPOKEN = re.compile(r"(?:ask|say|offer|tell (?:them|him|her)|introduce|find out|explain|talk|check|discuss|invite)\b", re.I)
"""Behind “call them and” it is what the call is about."""
_OPENER = re.compile(
    r"(?:even )?(?:(?:only )?(?:if|when|whenever|as soon as|in case)\b|(?:once|should|where)\b(?= (?:they|he|she|the|an?|it|we|approved|someone|somebody|nobody|no one|my|our)\b)|unless\b|"
    r"(?:to |for |with |of )?(?:only )?(?:those|the ones|the leads|leads|anyone|anybody|everyone|everybody|people|prospects|contacts|someone|all|companies|somebody)(?: of them| leads)?"
    r" (?:whose\b|who\b|that\b|which\b|(?=with\b|without\b|in tier|from [A-Z]|tagged\b|on the\b))|whoever\b|who\b)\s*",
    re.I,
)
_WHENEVER = re.compile(r"\b(?:whenever|anyone|anybody|as soon as|someone|at any time|everyone|everybody|whoever)\b", re.I)
_OTHERWISE = re.compile(
    r"(?:(?:but|and) )?(?:otherwise|or else|else|in all other cases|(?:for )?(?:all |the )?(?:others|everyone else|everybody else|rest)\b(?! of)(?=\s*[,:]|\s+(?:get|gets|should|just|simply|only))"
    r"|(?:the|all) other(?:s| leads)?\b(?=\s*[,:]|\s+(?:get|gets|should)))\s*(?:[,:]\s*)?(?:(?:get|gets|should (?:get|be))\s+)?",
    re.I,
)
_SEPARATOR = re.compile(
    r"\s*(?:[,:]|\s-+\s|\s\+\s|\b(?:and then|then|after that|afterwards|after which|next|finally|lastly|at the end|in the end|but|plus|and also|also|meanwhile|at the same time|in parallel)\b)\s*",
    re.I,
)
_AND = re.compile(r"\s*\b(?:and|or)\b\s*(?:then\s+|also\s+|finally\s+)?", re.I)
_ACTION = (
    rf"(?:(?:we |they |i |you |let's |please |them |also )*(?:should |will |must |then )?)(?:{VERBS}|contact|reach out|hand|pass|research|"
    r"look|score|rate|make|have|invite|thank|offer|introduce|greet|untag|drop|take|set ?up|arrange|mail|e-?mail|slack|"
    r"half|the (?:other half|rest|others)|\d{1,3} ?%|again|finish|quit|log|export|save|run|trigger|hit|greet|inform|warn|page|my \w+ (?:approves|has to)|repeat)\b"
)
_AND_ACTION = re.compile(rf"\s+(?:and|or)\s+(?=(?:then\s+|also\s+|finally\s+)?(?:{_ACTION}|{_OPENER.pattern}|otherwise))", re.I)
_SHARE = re.compile(
    r"(?:(?:send|text|give|let|for|to|with|show) )?(?:the )?(?:(?P<half>(?:one )?half\b)|(?P<percent>\d{1,3}(?:\.\d)?) ?(?:%|percent\b|per cent\b)|(?:one|a) (?P<part>third|quarter|fifth|tenth)\b"
    r"|(?P<rest>(?:other half|second half|rest|others|everyone else|remaining(?: half)?)\b(?! \d)|remaining \d{1,3} ?%|other \d{1,3} ?%))(?: of (?:the |all |these |our |my )?(?:leads|people|contacts|them|prospects|those|it|rest)?)?(?: leads)?"
    r"\s*(?:(?:should |will )?(?P<verb>gets?|receives?|be|are|is|has|have|:|with|goes|go|see|sees|to))?\s*",
    re.I,
)
_DIVIDED = re.compile(
    r"(?:split|divide|separate)\b(?: up)?(?: (?:the|all|our|these|them|leads|people|contacts|into|in|two|three|groups?|half|up|parts?))*\s*[:,-]?\s*",
    re.I,
)
_UNTIL_ANSWER = re.compile(
    r"(?:until|till) (?:they|he|she|someone|the lead|we get an?) ?(?:repl|answer|respon|react|opt)\w*(?: or .{1,30})?\s*$", re.I
)
_FILTERS = re.compile(
    r"(?:contact|include|consider|take|target|use|handle|work with|do this (?:for|with)|this is (?:for)?)\b(?: (?:only|the|leads|people|those|for|with))*\s*$",
    re.I,
)
_SKIPS = re.compile(
    r"(?:skip|exclude|ignore|leave out|leave|drop|(?:don't|do not|never) (?:text|contact|call|write to|message))\b(?: (?:out|the|all|any|leads|people|those|to))*\s*$",
    re.I,
)
_AB = re.compile(
    rf"(?:(?:do |run |make )?(?:an? )?(?:a/?b|ab|split)[- ]?test\w*|test|compare|try|send either|text either|alternate between)\b[^\ue000]{{0,60}}(?P<first>{QUOTE})[^\ue000]{{0,30}}?\b(?:against|versus|vs\.?|and|or|with|to)\b[^\ue000]{{0,20}}(?P<second>{QUOTE})",
    re.I,
)
_SETTING_STOP = re.compile(r"(?:please )?(?:stop|end|quit|cancel|no more|nothing more|finish|abort)\b(?! when approved)", re.I)
_GOES_ON = re.compile(
    r"(?:don't|do not|never) (?:stop|end|quit|cancel)\b|(?:keep|go|carry) (?:going|on|texting)\b|continue\b", re.I
)
_STOPPED = re.compile(
    r"(?:please )?(?:stop|end(?: it)?|finish|quit|abort|do nothing|no (?:further|more) \w+|nothing(?: (?:more|else|further|happens))?|that's (?:it|all)|we'?re done|leave (?:them|him|her|it)(?: alone| be)?|drop (?:them|it)|give up|they are done)"
    r"(?:\s+(?:there|here|it|everything|all|the|run|outreach|sequence|campaign|workflow|texting|writing|calling|them|him|her|alone|more|with|at|this|point|messages|texts|contact|now|immediately))*\s*$",
    re.I,
)
_PREFIX = re.compile(
    r"(?:please|then|also|just|now|finally|next|firstly|secondly|lastly|first of all|first|second|third|to start(?: with)?|again|maybe|perhaps|simply|immediately|directly|only|and|so|still|once more|instead|"
    r"(?:we|i|you|it) (?:want(?:s)? (?:you )?to|would like (?:you )?to|'d like (?:you )?to|should|will|can|need to|have to|must|start by|begin by|begin with)|i'd like (?:you )?to|we'd like to|i'll|we'll|let's|let us|can you|could you|you can|"
    r"(?:start|begin)(?: off)? (?:by|with)|make sure (?:to|that you|you)|try to|try (?=call|ring|text)|go ahead and|be sure to|remember to|followed by|calling it|"
    r"(?:they|he|she|them|the leads?|each lead|every lead|leads|everyone|those|it|who|these|we|i|you) (?:(?:should|will|shall|must|then|all|also) )*(?=(?:get|gets|receive|receives|be|is|are)\b)|(?:we|i|you|they|he|she) (?="
    + VERBS
    + r")|(?:we|i|you|they) (?:then|also) )\s*",
    re.I,
)
_RECEIVES = re.compile(r"(?:should |will )?(?:gets?|receives?|be|are|is)\b\s*(?:sent |to )?", re.I)
_NEGATED = re.compile(r"(?:don't|do not|never|not|no|avoid|without|nobody|no one)\b", re.I)
_GERUNDS = {"texting": "text", "calling": "call", "waiting": "wait", "sending": "send", "tagging": "tag", "enriching": "enrich", "qualifying": "qualify", "asking": "ask", "writing": "write", "messaging": "message", "phoning": "phone", "booking": "book", "putting": "put", "telling": "tell", "notifying": "notify", "texts": "text", "calls": "call", "waits": "wait", "sends": "send", "tags": "tag", "asks": "ask", "tells": "tell", "puts": "put", "notifies": "notify"}  # fmt: skip
_THIRD = re.compile(rf"(?:(?:we|i|it|you|the (?:system|agent|workflow)|someone|somebody) )?({'|'.join(_GERUNDS)})\b", re.I)
_LATER = re.compile(rf"\s*\b(?:(?:after|in) (?:another )?{SPAN}|{SPAN_ONLY} (?:later|after(?:wards)?)(?: that)?|(?:on )?the (?:next|following) (?:day|morning|week)|the day after|a day later|tomorrow)\b(?! (?:answer|repl))", re.I)  # fmt: skip
_HOURS = re.compile(rf"\s*,?\s*\b(?:but )?(?:only |always )*(?:in|during|within|at)? ?(?:the |our |normal |regular )?(?:{BUSINESS}|{BETWEEN})(?: (?:on|from) {DAYS})?(?: only)?\b", re.I)  # fmt: skip
_AT = re.compile(
    rf"\s*\b(?:only |always )*(?:(?:at|around) {CLOCK_ONLY}(?: in the (?:morning|afternoon|evening))?(?:,? (?:on|every) {DAYS}|,? {DAYS})?|on {DAYS}(?:,? (?:at|around) {CLOCK_ONLY}| in the (?:morning|afternoon|evening)| (?:mornings?|afternoons?|evenings?))?|in the (?:morning|afternoon|evening)(?: (?:on|of) {DAYS})?)(?: only)?",
    re.I,
)
_EVERY = re.compile(rf"\s*,?\s*\b(?:every|each) (?:(?P<day>day|week|hour|other day)|{SPAN})\b|\s*,?\s*\b(?:with )?(?:(?P<apart>{SPAN_ONLY}) (?:apart|between(?: them| each)?|in between))\b|\s*,?\s*\b(?:once a|a) (?P<once>day|week)\b", re.I)  # fmt: skip
_TIMES = re.compile(rf"\s*,?\s*(?:\bfor )?\b{TIMES}\b", re.I)
_ROUNDS = re.compile(rf"(?:(?:then )?(?:repeat|do|try|loop)(?: (?:this|that|it|the (?:same|whole thing|last (?:two )?steps?)|all of (?:this|that)|everything|these steps))*(?: again)?)\b(?P<rest>.*)$", re.I)  # fmt: skip
_BEFORE = re.compile(
    rf"\s*,?\s*\b(?:before|prior to|ahead of)\b(?P<what>(?: (?:sending|texting|calling|writing|contacting|messaging|that|it|they|them|anything(?: else)?|we|you|i|each|every|any|all|the|a|an|{'|'.join(ORDINALS)}|next|"
    r"texts?|calls?|messages?|sms|is|are|goes|go|gets?|out|sent|send|call|write|leave|leaves|leads?|follow-?up|other|of|one|happens|being|to|him|her|made|contact|reach|touch|reminder))*)\s*$",
    re.I,
)
_APPROVED_TEXT = re.compile(
    r"\bapproves?(?: of)? ((?:the|an?|each|every|all|any|this|that)\b(?: \w+){0,3}? (?:texts?|messages?|sms|calls?))\s*$", re.I
)
_BEFORE_FRONT = re.compile(r"before (?:anything(?: else)?|that|this|(?:sending|texting|calling|writing|contacting|messaging)[^,]{0,60}|(?:the|each|every|a) [^,]{0,40}|(?:we|you|i) [^,]{0,40})\s*,", re.I)  # fmt: skip
_TAIL = re.compile(r"\s+(?P<tail>(?:as|with|on|onto|to|by|in|via|about)\b[^,;:]*?)(?=\s*(?:$|[,;:]|\band\b|\bthen\b))", re.I)
_MARGINAL = re.compile(
    r"[\W_]*(?:(?:the|a|and|then|so|that|ok|okay|thanks?|please|thank you|hi|hello|also|there|finally|etc|it|them|of|to|in|on|for)[\W_]*)*",
    re.I,
)
_CONTEXT = {About.REPLY: (REPLIED, TIMEOUT), About.CALL: (REACHED, "unreached"), About.INTEREST: ("interested", "not interested")}


_MOVED = frozenset(
    {
        "approval",
        "enrichment",
        "qualify",
        "growth_analysis",
        "crm_sync",
        "tag",
        "list",
        "notify",
        "bdr",
        "creative_agent",
        "marketing_plan",
    }
)
"""What may be asked for before something else."""


@dataclass(slots=True)
class Decision:
    """The latest one, to which “otherwise” and “if they do” refer."""

    step: Step
    condition: Condition
    inside: Block
    """Where the step stands."""


class Reader:
    """Understanding of one description: `main`, `stops_on_reply`, `not_understood`, `left_out`, `notes`."""

    def __init__(self, text: str) -> None:
        self.phrases = Phrases(text)
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
        self.latest: dict[str, Step] = {}
        """The latest step of each kind, and the latest touch as `touch`."""

    def read(self) -> None:
        language = spoken(self.phrases.text)
        for sentence in _SENTENCES.split(self.phrases.text):
            if sentence.strip():
                self._sentence(language.read(sentence))
        self._fill_shares()
        self._place_before()
        for block, words in self.after_opt_out:
            if block.steps:
                self.not_understood += [words, *(step.words for step in block.steps)]
        self._listen()
        self._keep_hours()

    # One sentence ----------------------------------------------------------------------------------------------------------

    def _sentence(self, said: Spoken) -> None:
        self.block, self.occasion, self.front, was_split = self.main, "", "", self.split
        self.fresh, self.said = None, []
        before, started = self.count, [*self.main.steps]
        text, place = said.text, 0
        if (bullet := _BULLET.match(text)) is not None:
            place = bullet.end()
        if (day := _DAY.match(text, place)) is not None:
            self._on_day(day)
            place = day.end()
        while place < len(text):
            place = self._next(said, place)
        if self.count == before and was_split is self.split:
            self.split = None
        added = [step for step in self.main.steps if step not in started]
        if added:
            self.last_sentence = added

    def _next(self, said: Spoken, place: int) -> int:
        """Read what begins at `place`; where it ends."""
        text = said.text
        if (
            gap := _SEPARATOR.match(text, place)
            or _AND.match(text, place)
            or re.compile(r"\s+|[^\w\ue000\ue001#+@%]").match(text, place)
        ) and gap.end() > place:
            return gap.end()
        if (front := _BEFORE_FRONT.match(text, place)) is not None:
            self.front = front[0].removeprefix("before").strip(" ,")
            return front.end()
        if (divided := _DIVIDED.match(text, place)) is not None and _SHARE.search(text, divided.end()):
            return divided.end()
        if (test := _AB.match(text, place)) is not None:
            self._test(test, said)
            return test.end()
        if (share := _SHARE.match(text, place)) is not None and self._is_share(share):
            self._share(share)
            end = share.end()
            if (
                share["verb"]
                and re.match("gets?|receives?|be|are|is|have|has|to|with|:", share["verb"], re.I)
                and end < len(text)
            ):
                return self._clause_at(said, end, is_received=True)
            return end if end < len(text) else self._empty_share(said, share.start(), end)
        if (over := _OTHERWISE.match(text, place)) is not None and over.end() > place:
            if self.decision is not None:
                self._switch(not self.decision.condition.holds)
                return over.end()
            self._miss(said, place, len(text))
            return len(text)
        if _GOES_ON.match(text, place) and re.search(r"\b(?:repl|answer|respon|write back|react)", text[place:], re.I):
            self.stops_on_reply = False
            end = self._end_of(text, re.compile(r",").search(text, place))
            return end
        if (opener := _OPENER.match(text, place)) is not None:
            return self._condition_at(said, opener)
        return self._clause_at(said, place)

    @staticmethod
    def _end_of(text: str, match: re.Match[str] | None) -> int:
        return match.start() if match else len(text)

    def _condition_at(self, said: Spoken, opener: re.Match[str]) -> int:
        condition, end = read_condition(said.text, opener.end(), self.phrases)
        decision = self.decision
        if (
            condition.about is About.FACTS
            and decision is not None
            and self.block.steps
            and decision.step.ways.get("yes") is self.block
            and decision.step.kind == "branch"
            and re.search(r"(?:,|\bbut|\bor)\s*$", said.text[: opener.start()])
        ):
            # “If it is above 70 call, if it is below 40 …” are cases side by side.
            condition = self._about_it(condition) if condition.expression.startswith(f"{IT} ") else condition
            self._switch(not decision.condition.holds)
        if not said.text[end:].strip(" ,:"):
            # Nothing follows that could depend on it.
            self._miss(said, opener.start(), end)
            return len(said.text)
        if re.match(r"unless\b", opener[0], re.I):
            condition = _opposite(condition)
        self._open(condition, said, opener.start(), end)
        received = _RECEIVES.match(said.text, end + len(said.text[end:]) - len(said.text[end:].lstrip(" ,:")))
        if received is not None and received.end() > end and said.text[received.end() :].strip():
            return self._clause_at(said, received.end(), is_received=True)
        return end

    # One clause ------------------------------------------------------------------------------------------------------------

    def _clause_at(self, said: Spoken, place: int, is_received: bool = False) -> int:
        text = said.text
        end = self._clause_end(text, place)
        trailing = _OPENER.match(text, end) or (
            _OPENER.match(text, end + len(text[end:]) - len(text[end:].lstrip(", "))) if text[end : end + 1] == "," else None
        )
        inner = re.compile(rf"(?<=\s){_OPENER.pattern}", re.I).search(text, place, end)
        if inner is not None and inner.start() > place:
            end, trailing = inner.start(), inner
        if trailing is not None and trailing.start() > place:
            condition, after = read_condition(text, trailing.end(), self.phrases)
            rest = text[after:].strip()
            directly = text[end : trailing.start()].strip() == ""
            if directly or not rest or _OTHERWISE.match(rest.lstrip(", ")):
                if re.match(r"unless\b", trailing[0], re.I):
                    condition = _opposite(condition)
                tail = _TAIL.match(text, after)
                clause = text[place:end] + (f" {tail['tail']}" if tail else "")
                if tail:
                    after = tail.end()
                self._trailing(clause.strip(), condition, trailing[0], said, place, after, is_received)
                return after
        if not self._take(text[place:end], said, place, end, is_received):
            self._miss(said, place, end)
        return max(end, place + 1)

    def _clause_end(self, text: str, place: int) -> int:
        found = [len(text)]
        for pattern in (
            _SEPARATOR,
            _AND_ACTION,
            re.compile(r"\s(?:otherwise|or else|else)\b", re.I),
            re.compile(r"\s(?:if|when|once|unless|whenever)\b", re.I),
        ):
            at = place + 1
            while (match := pattern.search(text, at)) is not None:
                if (
                    pattern is _SEPARATOR
                    and re.match(r"\s*(?:next|then|also)\b", match[0], re.I)
                    and re.search(r"\b(?:the|a|until)\s*$", text[place : match.start()], re.I)
                ):
                    at = match.end()
                    continue
                if pattern is _SEPARATOR and (modifier := _MODIFIER.match(text, match.start())) is not None:
                    at = modifier.end()
                    continue
                if pattern is _SEPARATOR and match[0].strip() == ":" and text[match.end() : match.end() + 1] == "\ue000":
                    at = match.end()
                    continue
                if (
                    pattern is _SEPARATOR
                    and match[0].strip() == ":"
                    and re.search(r"\d$", text[: match.start()])
                    and text[match.end() : match.end() + 1].isdigit()
                ):
                    at = match.end()
                    continue
                found.append(match.start() + (1 if match[0][:1].isspace() and pattern not in (_SEPARATOR, _AND_ACTION) else 0))
                break
        return min(found)

    def _trailing(
        self, clause: str, condition: Condition, opener: str, said: Spoken, place: int, end: int, is_received: bool
    ) -> None:
        """An action with its condition behind it: “tag the ones who answer”."""
        reply = condition.about in (About.REPLY, About.OPT_OUT, About.BOOKED)
        if reply and condition.holds and _SETTING_STOP.match(self._stripped(clause)):
            return
        if _GOES_ON.match(self._stripped(clause)) and condition.about is About.REPLY:
            self.stops_on_reply = False
            return
        if condition.about is About.OPT_OUT:
            self._miss(said, place, end)
            return
        only = re.match(r"\s*(?:but )?only\b", clause, re.I) or re.match(r"\s*only\b", opener, re.I)
        kept, occasion = self.block, self.occasion
        if (
            condition.about is About.REPLY
            and condition.holds
            and not is_received
            and (_WHENEVER.search(opener) or not self._listens())
        ):
            self.block, self.occasion = Block(self.on_reply), REPLIED
            taken = self._take(clause, said, place, end, is_received)
            self.block, self.occasion = kept, occasion
            if not taken:
                self._miss(said, place, end)
            return
        if only and condition.about in (About.FACTS, About.UNKNOWN):
            step = self._branch(condition, self.phrases.shown(said.original(place, end)))
            step.ways[OTHERWISE] = Block(ends=True)
            if not _FILTERS.match(self._stripped(clause)) and not self._take(clause, said, place, end, is_received):
                self._miss(said, place, end)
            return
        if _SKIPS.match(self._stripped(clause)) and condition.about is About.FACTS:
            step = self._branch(condition, self.phrases.shown(said.original(place, end)))
            step.ways["yes"] = Block(ends=True)
            return
        if _SKIPS.match(self._stripped(clause)):
            self._miss(said, place, end)
            return
        steps = self.count
        self._open(condition, said, place, end)
        taken = self._take(clause, said, place, end, is_received)
        if not taken or self.count == steps:
            self._miss(said, place, end)
        decision = self.decision
        self.block, self.occasion = kept, occasion
        self.decision = decision

    def _stripped(self, clause: str) -> str:
        text = clause.strip(" ,")
        while (match := _PREFIX.match(text)) is not None and match.end():
            text = text[match.end() :]
        return text

    def _take(self, clause: str, said: Spoken, place: int, end: int, is_received: bool = False) -> bool:
        """Whether the clause was understood; its steps then stand at the end of the present block."""
        whole, original = clause.strip(" ,"), said.original(place, end)
        if not whole or _MARGINAL.fullmatch(whole):
            return True
        if self.block.ends:
            self.left_out.append(self.phrases.shown(original))
            return True
        if _STOPPED.match(self._stripped(whole)):
            self.block.ends = True
            return True
        if self.stops_on_reply and _UNTIL_ANSWER.match(whole):
            return True
        if (rounds := _ROUNDS.match(self._stripped(whole))) is not None and self._repeat(rounds["rest"]):
            return True
        if (hours := _HOURS.fullmatch(f" {self._stripped(whole)}")) is not None:
            self.hours = hours_of(hours[0])
            return self.hours is not None
        return self._act(whole, original, is_received)

    def _act(self, whole: str, original: str, is_received: bool) -> bool:
        text = whole
        is_first = re.search(r"\b(?:first|beforehand)\s*$", text, re.I) is not None
        text = re.sub(r"\s*\b(?:first|beforehand)\s*$", "", text, flags=re.I) if is_first else text
        place_words = self.front
        if (before := _BEFORE.search(text)) is not None and before.start() > 0:
            text, place_words = text[: before.start()], before["what"].strip() or "this"
        elif not place_words and (approved := _APPROVED_TEXT.search(text)) is not None:
            place_words = approved[1]
        text = self._stripped(text)
        if (third := _THIRD.match(text)) is not None:
            text = _GERUNDS[third[1].lower()] + text[third.end() :]
        if _NEGATED.match(text):
            return False
        if (
            not is_received
            and (received := _RECEIVES.match(text)) is not None
            and received.end()
            and text[received.end() :].strip()
        ):
            text, is_received = self._stripped(text[received.end() :]), True
        text, waits = self._when(text)
        text, rounds, between = self._how_often(text)
        text = text.strip(" ,")
        if self.fresh is not None and self.fresh.kind == "voice" and _SPOKEN.match(text) and "\ue000" not in text:
            said = self.phrases.shown(text)
            self.fresh.data["script"] = (
                f"{self.fresh.data['script']}, {said}" if "script" in self.fresh.data else said[:1].upper() + said[1:]
            )
            return True
        was_texted = any(step.kind in TEXTS for _, step in steps_of(self.main))
        clause = Clause(
            text,
            original if not waits and rounds == 1 else self.phrases.shown(text),
            self.phrases,
            is_received,
            was_texted,
            self.occasion,
        )
        step = read_action(clause)
        if step is None:
            if clause.notes:
                self.notes += clause.notes
            return False
        if self.count + len(waits) + 2 * rounds > MOST_STEPS:
            self.left_out.append(self.phrases.shown(original))
            return True
        self.notes += clause.notes
        step.words = self.phrases.shown(original)
        if step.kind == "validate":
            self.main.steps[0].data |= step.data
            return True
        if step.kind == "wait" and step.data.get("mode") == "business_hours" and self._join_hours(step.data["within"]):
            return True
        if (is_first or place_words) and step.kind in _MOVED:
            words = "first" if is_first and step.kind != "approval" else place_words or "this"
            if words == "first":
                self.before += [(one, self.block, words) for one in self.block.steps if one in self.said and one.kind in _MOVED]
            if words == "first" and not any(one.kind in TOUCHES for _, one in steps_of(self.main)):
                self._add(step)
                return True
            last = self.block.steps[-1] if self.block.steps else None
            if words == "this" and last is not None and last.kind in TOUCHES:
                self.block.steps.insert(len(self.block.steps) - 1, step)
                self.latest[step.kind] = step
                self.count += 1
            else:
                self.before.append((self._add(step), self.block, words))
            return True
        for wait in waits:
            self._add(wait)
        self._add(step)
        for _ in range(rounds - 1):
            self._again(step, between or {"amount": 1, "unit": "days"})
        return True

    def _when(self, text: str) -> tuple[str, list[Step]]:
        """The clause without the time that it names, and the waits that this means."""
        if re.match(r"(?:wait|pause|hold|delay|book|schedule|arrange|set ?up|give|set|let)\b", text, re.I):
            return text, []
        waits: list[Step] = []
        for pattern in (_LATER, _HOURS, _AT):
            match = pattern.search(f" {text}")
            if match is None or not (rest := f" {text}"[: match.start()] + " " + f" {text}"[match.end() :]).strip(" ,"):
                continue
            if "\ue000" in match[0]:
                continue
            if pattern is _LATER:
                span = find_span(match[0]) or (
                    {"amount": 1, "unit": "weeks"} if "week" in match[0].lower() else {"amount": 1, "unit": "days"}
                )
                data: dict[str, Any] | None = span
            elif pattern is _HOURS:
                hours = hours_of(match[0])
                data = {"mode": "business_hours", "within": hours} if hours else None
            else:
                data = moment_of(match[0])
            if data is None:
                continue
            if "within" in data and not waits and self._join_hours(data["within"]):
                text = self._stripped(" ".join(rest.split()))
                continue
            waits.append(Step("wait", data))
            text = self._stripped(" ".join(rest.split()))
        return text, waits

    def _how_often(self, text: str) -> tuple[str, int, dict[str, Any] | None]:
        """The clause without “three times” and “every two days”, how many rounds, and the span between them."""
        between: dict[str, Any] | None = None
        if re.match(r"(?:wait|book|offer|propose|set|tag|put)\b", text, re.I):
            return text, 1, None
        if (every := _EVERY.search(text)) is not None:
            unit = (every["day"] or every["once"] or "").lower()
            between = {
                "hour": {"amount": 1, "unit": "hours"},
                "day": {"amount": 1, "unit": "days"},
                "week": {"amount": 1, "unit": "weeks"},
                "other day": {"amount": 2, "unit": "days"},
            }.get(unit) or find_span(every[0])
            text = text[: every.start()] + text[every.end() :]
        rounds = 1
        if (times := _TIMES.search(text)) is not None:
            rounds = 2 if times["twice"] else int(number(times["times"]))
            text = text[: times.start()] + text[times.end() :]
        elif between is not None:
            rounds = 3
            self.notes.append("how often isn't said; it is three times")
        if rounds > MOST_ROUNDS:
            self.notes.append(f"{rounds} times became {MOST_ROUNDS}, the most that is drawn")
        return re.sub(r"\b(?:until|till) (?:they|he|she|we) \w+.*$", "", text), max(1, min(rounds, MOST_ROUNDS)), between

    def _again(self, step: Step, between: dict[str, Any]) -> None:
        data = {"prompt": step.data.get("prompt") or FOLLOW_UP} if step.kind == "sms" else {**step.data}
        copy = Step(step.kind, data, step.words)
        if step.kind == "voice":
            last = next(one for one in reversed(self.block.steps) if one.kind == "voice")
            inside = Block([Step("wait", {**between}, step.words), copy])
            last.ways |= dict.fromkeys(UNREACHED, inside)
            self.count += 2
            self.block = inside
            return
        if step.kind in TEXTS:
            self._add(Step("wait", {**between}, step.words))
        self._add(copy)

    def _repeat(self, rest: str) -> bool:
        """Unrolls what was described last."""
        match = _TIMES.search(f" {rest}")
        every = _EVERY.search(f" {rest}")
        if match is None and every is None and rest.strip(" ,"):
            return False
        rounds = 2 if match is None or match["twice"] else int(number(match["times"]))
        inside = (
            [step for step in self.block.steps if step.kind != "validate"]
            if self.block is self.main and self.main.steps[-1] not in self.last_sentence
            else self.last_sentence
        )
        inside = [step for step in inside if step in self.block.steps] or [
            step for step in self.block.steps if step.kind != "validate"
        ]
        if not inside or any(step.ways for step in inside):
            return False
        if rounds > MOST_ROUNDS:
            self.notes.append(f"{rounds} times became {MOST_ROUNDS}, the most that is drawn")
        for _ in range(min(rounds, MOST_ROUNDS) - 1):
            if self.count + len(inside) + 1 > MOST_STEPS:
                self.notes.append("not all repetitions fit into a draft")
                break
            if (
                every is not None
                and (span := find_span(every[0]))
                and not any(step.kind in ("wait", LISTENING) for step in inside)
            ):
                self._add(Step("wait", span))
            elif not any(step.kind in ("wait", LISTENING) for step in inside):
                self._add(Step("wait", {"amount": 1, "unit": "days"}))
            for step in inside:
                data = {"prompt": FOLLOW_UP} if step.kind == "sms" and not step.data else {**step.data}
                self._add(Step(step.kind, data, step.words))
        return True

    def _join_hours(self, hours: dict[str, Any]) -> bool:
        """Whether the last step is a wait for a span, which now ends within the hours."""
        last = self.block.steps[-1] if self.block.steps else None
        if last is None or last.kind != "wait" or "mode" in last.data:
            return False
        last.data["within"] = hours
        return True

    def _add(self, step: Step) -> Step:
        self.block.steps.append(step)
        self.count += 1
        self.fresh = self.latest[step.kind] = step
        self.said.append(step)
        if step.kind in TOUCHES:
            self.latest["touch"] = step
        return step

    def _miss(self, said: Spoken, place: int, end: int) -> None:
        words = self.phrases.shown(said.original(place, end))
        if not _MARGINAL.fullmatch(words):
            self.not_understood.append(words)

    # Ways ------------------------------------------------------------------------------------------------------------------

    def _open(self, condition: Condition, said: Spoken, place: int, end: int) -> None:
        """What follows is for those of whom the condition holds."""
        self.notes += condition.notes
        if condition.about is About.AS_BEFORE and self.decision is not None:
            self._switch(condition.holds)
            return
        if condition.expression.startswith(f"{IT} "):
            condition = self._about_it(condition)
        words = self.phrases.shown(said.original(place, end))
        match condition.about:
            case About.OPT_OUT:
                self.block = Block()
                self.after_opt_out.append((self.block, words))
            case About.FAILED if "webhook" in self.latest:
                self._after("webhook", condition, words)
            case About.REPLY:
                self._reply(condition, words)
            case About.INTEREST:
                self._interest(condition, words)
            case About.CALL | About.WRONG_NUMBER:
                self._after("voice", condition, words)
            case About.APPROVAL:
                self._after("approval", condition, words)
            case About.QUALIFIED:
                self._after("qualify", condition, words)
            case About.BOOKED:
                self._booked(condition, words)
            case _:
                self._branch(condition, words, is_entered=True)

    def _about_it(self, condition: Condition) -> Condition:
        """“It is below 40” is about what the condition before compared."""
        before = self.decision.condition.expression if self.decision is not None else ""
        for value, known in (("lead.score", "lead.score != null && "), ("number(lead.company_size)", "")):
            if value in before:
                return replace(condition, expression=f"{known}{value}{condition.expression.removeprefix(IT)}")
        return replace(condition, about=About.UNKNOWN, expression="")

    def _latest(self, kind: str) -> Step | None:
        """The step of this kind that a condition is about: a call only if nobody was written to since."""
        found = self.latest.get(kind)
        return None if kind == "voice" and found is not self.latest.get("touch") else found

    def _reply(self, condition: Condition, words: str, is_text: bool = False) -> None:
        outcome = REPLIED if condition.holds else TIMEOUT
        last = self.block.steps[-1] if self.block.steps else None
        known = self.decision.step if self.decision is not None else None
        if last is not None and last.kind == "voice" and condition.span is None and not is_text:
            self.notes.append(f"“{words}” is read as: whether the call is answered")
            self._after("voice", _as(condition, about=About.CALL), words)
            return
        if last is not None and last.kind == "wait" and "mode" not in last.data:
            last.kind = LISTENING
            step = last
        elif last is not None and last.kind == LISTENING and outcome not in last.ways:
            step = last
        elif known is not None and known.kind == LISTENING and outcome not in known.ways and not self._touched_since(known):
            step = known
        else:
            step = Step(LISTENING, condition.span or {"amount": DAYS_FOR_AN_ANSWER, "unit": "days"}, words)
            if condition.span is None:
                self.notes.append(f"how long to wait for an answer isn't said; it is {DAYS_FOR_AN_ANSWER} days")
            self._add(step)
        self.decision = Decision(step, condition, self.block)
        self._enter(step, (outcome,), outcome)
        if condition.holds:
            self._earlier_waits(step)

    def _touched_since(self, step: Step) -> bool:
        for block in blocks_of(self.main):
            if step in block.steps:
                return any(one.kind in TOUCHES for one in block.steps[block.steps.index(step) + 1 :])
        return True

    def _earlier_waits(self, listening: Step) -> None:
        """An answer that comes sooner is looked after in the same way."""
        for block in blocks_of(self.main):
            if listening in block.steps:
                for step in block.steps[: block.steps.index(listening)]:
                    if step.kind == "wait" and "mode" not in step.data:
                        step.kind = LISTENING
                        step.ways[REPLIED] = listening.ways[REPLIED]

    def _interest(self, condition: Condition, words: str) -> None:
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
            self._enter(known.step, ("no",), "not interested" if no == "no" else "interested")
            return
        if not (known is not None and self.block is not self.main and self.occasion == REPLIED):
            self._reply(Condition(About.REPLY, span=condition.span), words, is_text=True)
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
            note = "whether they are interested is told by the words of their answer (yes, sure, interested …); see the condition in the Branch step"
            if note not in self.notes:
                self.notes.append(note)
        self._branch(Condition(About.INTEREST, condition.holds, expression, condition.words), words, is_entered=True)
        self.occasion = "interested" if condition.holds else "not interested"

    def _after(self, kind: str, condition: Condition, words: str) -> None:
        """The outcome of a call, an approval or a qualification."""
        step = self._latest(kind)
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
            self._add(step)
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
        self._enter(step, outcomes, "unreached" if outcomes == UNREACHED else outcomes[0])

    def _booked(self, condition: Condition, words: str) -> None:
        if self._latest("book_meeting") is None:
            self._branch(
                Condition(
                    About.FACTS,
                    expression=f"conversation.meeting {'!=' if condition.holds else '=='} null",
                    words=condition.words,
                ),
                words,
                is_entered=True,
            )
            return
        step = self._latest("book_meeting")
        assert step is not None
        self.decision = Decision(step, condition, self.block)
        self._enter(step, ("booked",) if condition.holds else ("no_time", "taken"), "booked" if condition.holds else "")

    def _branch(self, condition: Condition, words: str, is_entered: bool = False) -> Step:
        expression = condition.expression
        if not expression:
            expression = "false"
            self.not_understood.append(words)
            self.notes.append(
                f"the condition “{plain(self.phrases.shown(condition.words))}” has still to be written; until then nobody takes that way"
            )
        label = self.phrases.shown(condition.words)
        step = Step(
            "branch", {"cases": [{"name": "yes", "label": plain(label)[:60].strip() or "Yes", "condition": expression}]}, words
        )
        self._add(step)
        self.decision = Decision(step, condition, self.block)
        if is_entered:
            self._enter(step, ("yes",), "")
        return step

    def _enter(self, step: Step, outcomes: tuple[str, ...], occasion: str) -> None:
        block = step.ways.get(outcomes[0]) or Block()
        step.ways |= dict.fromkeys(outcomes, block)
        self.block, self.occasion = block, occasion or self.occasion

    def _switch(self, holds: bool) -> None:
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
        self._enter(step, outcomes, "unreached" if outcomes == UNREACHED else outcomes[0])
        if decision.condition.about is About.INTEREST and outcomes == (OTHERWISE,):
            # Who does not answer is not interested either.
            for _, listening in steps_of(self.main):
                way = listening.ways.get(REPLIED)
                if listening.kind == LISTENING and way is not None and step in way.steps and TIMEOUT not in listening.ways:
                    listening.ways[TIMEOUT] = self.block
            self.occasion = "not interested"

    def _listens(self) -> bool:
        """Whether the last step waits for an answer that nothing was said about."""
        last = self.block.steps[-1] if self.block.steps else None
        return last is not None and last.kind == LISTENING and REPLIED not in last.ways

    # Shares ----------------------------------------------------------------------------------------------------------------

    def _is_share(self, share: re.Match[str]) -> bool:
        if share["rest"]:
            return self.split is not None and share["rest"].lower() != ""
        return bool(share["half"] or share["percent"] or share["part"])

    def _share(self, share: re.Match[str]) -> None:
        if share["rest"] or self.split is None or (share["half"] and len(self.split.data["variants"]) > 1):
            if not share["rest"]:
                self.split = self._add(Step("split", {"variants": []}, share[0]))
        assert self.split is not None
        variants = self.split.data["variants"]
        taken = sum(variant["weight"] for variant in variants)
        if share["percent"]:
            weight = float(share["percent"])
        elif share["part"]:
            weight = {"third": 33.3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}[share["part"].lower()]
        else:
            weight = 50.0 if share["half"] else max(100.0 - taken, 1.0)
        weight = max(0.1, min(weight, 100.0))
        name = "abcdefghij"[min(len(variants), 9)]
        if len(variants) < 10:
            shown = int(weight) if weight == int(weight) else round(weight, 1)
            variants.append({"name": name, "label": f"{name.upper()}: {shown} %", "weight": shown})
        self.block = self.split.ways.setdefault(name, Block())
        self.occasion = ""

    def _empty_share(self, said: Spoken, place: int, end: int) -> int:
        self._miss(said, place, end)
        return end

    def _test(self, test: re.Match[str], said: Spoken) -> None:
        split = self._add(Step("split", {"variants": []}, test[0]))
        around = self.block
        for name, quote in (("a", test["first"]), ("b", test["second"])):
            split.data["variants"].append({"name": name, "label": f"Text {name.upper()}", "weight": 50})
            self.block = split.ways.setdefault(name, Block())
            self._act(f"send {quote}", self.phrases.shown(test[0]), False)
        self.block = around

    # Afterwards ------------------------------------------------------------------------------------------------------------

    def _on_day(self, match: re.Match[str]) -> None:
        day = int(match["number"]) * (7 if match["unit"].lower() == "week" else 1)
        self.day = self.day or (day if day <= 1 else 7 if match["unit"].lower() == "week" else 1)
        if day > self.day:
            self._add(Step("wait", {"amount": min(day - self.day, 365), "unit": "days"}, match[0].strip()))
        self.day = max(day, self.day)

    def _fill_shares(self) -> None:
        """A share of the leads leaves others, who go on without what it gets."""
        for _, step in [*steps_of(self.main)]:
            variants = step.data.get("variants", [])
            if step.kind == "split" and len(variants) == 1:
                left = max(round(100 - variants[0]["weight"], 1), 0.1)
                variants.append({"name": "others", "label": f"Others: {left:g} %", "weight": left})

    def _place_before(self) -> None:
        """Steps that were asked for before something go there."""
        firsts = 0
        for step, block, words in self.before:
            wanted, place = words.lower(), block.steps.index(step)
            if wanted == "first" or wanted.startswith("anything"):
                firsts += 1
                block.steps.remove(step)
                self.main.steps.insert(firsts, step)
                continue
            found = self._wanted(wanted, block, place)
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

    def _wanted(self, words: str, block: Block, place: int) -> list[tuple[Block, Step]] | None:
        """The texts or calls that the words mean; None for one that is still to be drawn, nothing if it stands well where it is."""
        kinds = (
            frozenset({"voice"})
            if "call" in words
            else TEXTS
            if re.search(r"\b(?:text|sms|message|reminder|follow)", words)
            else TOUCHES
        )
        touches = [one for one in steps_of(self.main) if one[1].kind in kinds]
        if re.search(r"\b(?:each|every|all|any)\b", words):
            return touches
        if re.match(r"(?:an?|another)\b", words):
            return None if not any(inside is block and block.steps.index(touch) > place for inside, touch in touches) else []
        ordinal = next((ORDINALS[word] for word in words.split() if word in ORDINALS), None)
        if ordinal == -1:
            return touches[-1:]
        if ordinal is not None:
            known = ordinals(self.main, kinds)
            return [one for one in touches if known[one[1]] == ordinal] or None
        later = [one for one in touches if one[0] is block and block.steps.index(one[1]) > place]
        earlier = [one for one in touches if one[0] is block and one not in later]
        if not later and not earlier:
            return None if block is not self.main else touches[:1]
        return (earlier[-1:] or later[:1]) if re.match(r"(?:that|it)\b", words) else (later[:1] or earlier[-1:])

    def _listen(self) -> None:
        """Every wait of the sequence listens if something is to be done with those who answer."""
        if not self.on_reply:
            return
        body = Block(self.on_reply)
        around = [block for block in blocks_of(self.main)]
        for block in around:
            for step in block.steps:
                if step.kind == "wait" and "mode" not in step.data:
                    step.kind = LISTENING
                if step.kind == LISTENING:
                    step.ways.setdefault(REPLIED, body)
        last = next((step for step in reversed(self.main.steps) if step.kind in TOUCHES or step.kind == LISTENING), None)
        if last is None or last.kind != LISTENING:
            listening = Step(LISTENING, {"amount": DAYS_FOR_AN_ANSWER, "unit": "days"}, "", {REPLIED: body})
            self.main.steps.insert(self.main.steps.index(last) + 1 if last is not None else len(self.main.steps), listening)
            self.notes.append(f"after the last text an answer is waited for {DAYS_FOR_AN_ANSWER} days")

    def _keep_hours(self) -> None:
        if self.hours is None:
            return
        for block, step in list(steps_of(self.main)):
            if step.kind in ("wait", LISTENING, "voice") and "mode" not in step.data:
                step.data["within"] = self.hours
            if step.kind in TOUCHES and block is self.main:
                place = block.steps.index(step)
                if not any(one.kind in ("wait", LISTENING) for one in block.steps[:place]):
                    block.steps.insert(place, Step("wait", {"mode": "business_hours", "within": self.hours}))


def _opposite(condition: Condition) -> Condition:
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
    return f"r'{pattern}'"
