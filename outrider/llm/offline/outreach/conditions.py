"""What stands behind “if”, “when” and “those who”, read as a condition of a workflow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from outrider.llm.offline.outreach.amounts import SPAN, SPAN_ONLY, find_span
from outrider.llm.offline.outreach.phrases import NAME, Phrases


class About(StrEnum):
    """What decides."""

    REPLY = "reply"
    INTEREST = "interest"
    """The words of an answer."""
    CALL = "call"
    WRONG_NUMBER = "wrong number"
    APPROVAL = "approval"
    QUALIFIED = "qualified"
    BOOKED = "booked"
    FACTS = "facts"
    """Of the lead and the conversation, by an expression."""
    OPT_OUT = "opt-out"
    FAILED = "failed"
    """A call of a web address."""
    AS_BEFORE = "as before"
    """“If they do”, “if not”: the condition before it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    about: About
    holds: bool = True
    """False for “don't answer”, “is rejected”."""
    expression: str = ""
    words: str = ""
    span: dict[str, Any] | None = None
    """“within two days”."""
    notes: tuple[str, ...] = field(default=())
    """What was assumed."""


IT = "it"
"""Stands in an expression for what the condition before compared."""
POSITIVE = (
    r"(?i)\b(yes|yeah|yep|sure|ok|okay|interested|interesting|sounds good|tell me more|call me|please|why not|let.?s"
    r"|si|s\u00ed|ja|gern|gerne|oui|claro|me interesa)\b"
)
NEGATIVE = r"(?i)\b(no|not|nope|don.?t|stop|never|nein|nicht|kein|non|pas)\b"

_SUBJECT = (
    r"(?:(?:(?:(?:the|any|a|each|every|that|this|their|all) )?(?:leads?|persons?|people|prospects?|contacts?|customers?|recipients?|ones?"
    r"|company|companies|firms?|business|businesses|organi[sz]ations?|clients?)|they|he|she|it|someone|somebody|anyone|anybody|everyone|we|you|i)\s+)?"
)
_STILL = r"(?:still |really |actually |even )?"
_NOT = r"(?:do(?:es)?(?:n't| not)|did(?:n't| not)|have(?:n't| not)|has(?:n't| not)|wo(?:n't)|will not|never|are not|aren't|is not|isn't|not)"
_ANSWERS = (
    r"(?:repl(?:y|ies|ied|ying)|answer(?:s|ed|ing)?|respon[ds]\w{0,4}|react(?:s|ed|ing)?"
    r"|(?:write|writes|wrote|written|text|texts|texted|message|messages|get|gets|got|come|comes|came|hear|hears|heard) back)"
)
_OBJECT = r"(?: (?:to )?(?:us|me|you|the (?:first |second |last )?(?:text|message)|it|that|this|from them|from him|from her))*"
_TIME = rf"(?:[ ,]+(?:yet|at all|so far|by then|in time|still|within|after|for|in|during|by|{SPAN_ONLY}|that time|the next day))*"
_BE = r"(?:is |are |'s |'re |was |were |has been |have been |gets? |be )"
_MORE = r"(?:above|over|more than|greater than|higher than|bigger than|larger than|better than|exceeds?|beyond|>)"
_LEAST = r"(?:at least|from|not less than|no less than|minimum(?: of)?|>=|≥)"
_LESS = r"(?:below|under|less than|fewer than|lower than|smaller than|worse than|<)"
_MOST = r"(?:at most|not more than|no more than|maximum(?: of)?|up to|<=|≤)"
_COMPARED = rf"(?P<sign>{_LEAST}|{_MOST}|{_MORE}|{_LESS}|exactly|equal to|equals|is|=)? ?(?P<number>\d{{1,7}})(?P<after> or (?:more|higher|above|less|fewer|below|lower))?"
_LANGUAGES = {
    "english": "en",
    "german": "de",
    "spanish": "es",
    "french": "fr",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
}
_FIELDS = {
    "industry": "industry", "sector": "industry", "city": "city", "town": "city", "title": "title", "job title": "title", "role": "title",
    "position": "title", "job": "title", "company": "company", "name": "name", "time zone": "time_zone", "consent": "consent",
}  # fmt: skip
_ROLES = r"owner|ceo|cto|cfo|coo|manager|director|founder|co-founder|president|vp|head|partner|buyer|engineer|marketer|assistant|consultant"

Reading = Callable[["re.Match[str]", Phrases], Condition | None]


def literal(text: str) -> str:
    """A text as expressions write it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _outcome(about: About, holds: bool = True) -> Reading:
    return lambda match, _: Condition(about, holds, span=find_span(match[0]))


def _facts(expression: str, *notes: str) -> Reading:
    return lambda match, _: Condition(About.FACTS, expression=expression, notes=notes)


def _compared(value: str, missing: str = "") -> Reading:
    def read(match: re.Match[str], _: Phrases) -> Condition:
        sign, after = (match["sign"] or "").lower(), (match["after"] or "").lower()
        if re.fullmatch(_LEAST, sign) or re.search("more|higher|above", after):
            shown = ">="
        elif re.fullmatch(_MOST, sign) or after:
            shown = "<="
        elif re.fullmatch(_MORE, sign):
            shown = ">"
        else:
            shown = "<" if re.fullmatch(_LESS, sign) else "=="
        return Condition(About.FACTS, expression=f"{missing}{value} {shown} {int(match['number'])}")

    return read


def _between(value: str, missing: str) -> Reading:
    def read(match: re.Match[str], _: Phrases) -> Condition:
        low, high = sorted((int(match["low"]), int(match["high"])))
        return Condition(About.FACTS, expression=f"{missing}{value} >= {low} && {value} <= {high}")

    return read


def _named(form: str, is_not: str = "negated", *notes: str) -> Reading:
    def read(match: re.Match[str], phrases: Phrases) -> Condition | None:
        name = phrases.name(match["name"])
        if not name:
            return None
        said = form.format(literal(name), literal(name.lower()))
        return Condition(About.FACTS, expression=f"!({said})" if match.groupdict().get(is_not) else said, notes=notes)

    return read


def _field(match: re.Match[str], phrases: Phrases) -> Condition | None:
    name, named = phrases.name(match["name"]), match["field"].lower()
    if not name:
        return None
    if named == "language":
        code = _LANGUAGES.get(name.lower(), name.lower() if len(name) == 2 else "")
        said = f"lead.language == {literal(code)}" if code else ""
    elif named == "tier":
        tiers = re.findall(r"\b[abcd]\b", name.lower())
        said = f"lead.tier in [{', '.join(literal(tier.upper()) for tier in tiers)}]" if tiers else ""
    elif match["match"] and re.match("contain|include|mention", match["match"].lower()):
        said = f"lower(lead.{_FIELDS[named]}).contains({literal(name.lower())})"
    else:
        said = f"lower(lead.{_FIELDS[named]}) == {literal(name.lower())}"
    return Condition(About.FACTS, expression=f"!({said})" if match["negated"] else said) if said else None


def _language(match: re.Match[str], _: Phrases) -> Condition | None:
    code = _LANGUAGES.get(match["name"].lower())
    return Condition(About.FACTS, expression=f"lead.language == '{code}'") if code else None


def _says(match: re.Match[str], phrases: Phrases) -> Condition | None:
    said = phrases.name(match["name"])
    if not said:
        return None
    if said.lower() in ("yes", "ok", "sure"):
        return Condition(About.INTEREST)
    if said.lower() in ("no", "no thanks"):
        return Condition(About.INTEREST, holds=False)
    return Condition(About.INTEREST, expression=f"lower(conversation.last_text).contains({literal(said.lower())})")


def _attribute(match: re.Match[str], phrases: Phrases) -> Condition | None:
    name, value = phrases.name(match["attribute"]), phrases.name(match["name"])
    if not name or not value:
        return None
    shown = value if re.fullmatch(r"\d{1,9}|true|false", value) else literal(value)
    said = f"lead.attributes[{literal(name)}] == {shown}"
    return Condition(About.FACTS, expression=f"!({said})" if match["negated"] else said)


_SCORE_OF = rf"{_SUBJECT}(?:(?:has|have|with|got) )?(?:(?:a|the|their|its|his|her|lead) )*(?:lead )?scor(?:e|es|ed|ing)\b(?: of| is| are|'s| was)*(?: (?:a|points?))?"
_KNOWN = "lead.score != null && "
_N = r"(?P<negated>(?: not|n't)?)"
_READINGS: tuple[tuple[str, Reading], ...] = (
    (r"(?:they|he|she|the lead|someone|anyone|who)?\s*(?:opts? out|unsubscribes?|(?:say|write|text|repl(?:y|ies)|answer)s?(?: with)? [“\"']?stop[”\"']?)", _outcome(About.OPT_OUT)),
    (rf"{_SUBJECT}(?:(?:reply|replies|answers?|says?|writes?|responds?)(?: with)?|(?:the |their )?(?:reply|answer|response|text) (?:contains|includes|mentions|says|has|is)) (?:the words? )?(?P<name>yes|no thanks|no|ok|sure|\ue000q\d+\ue001)", _says),
    (rf"{_SUBJECT}(?:(?:reply|answer|respond|react)\w* )(?:positively|with interest|in a positive way)|(?:the |their )?(?:reply|answer|response) is positive", _outcome(About.INTEREST)),
    (rf"{_SUBJECT}(?:(?:reply|answer|respond|react)\w* )(?:negatively)|(?:the |their )?(?:reply|answer|response) is negative", _outcome(About.INTEREST, holds=False)),
    (rf"{_SUBJECT}{_BE}?(?:not|n't|no longer|un)[ -]?(?:really |very )?interest(?:ed|s)?(?: in (?:it|this|that|us|a \w+))?|{_SUBJECT}(?:aren't|isn't) interested|{_SUBJECT}(?:show|have)s? no interest|{_SUBJECT}(?:declines?|refuses?)(?= )", _outcome(About.INTEREST, holds=False)),
    (rf"{_SUBJECT}{_BE}?(?:(?:really|very|seem|seems|sound|sounds|show|shows|express|expresses|have|has) )*interest(?:ed|s)?(?: in (?:it|this|that|us|a \w+))?|{_SUBJECT}wants? (?:to (?:know|hear|learn) more|more|a meeting|to (?:talk|meet))", _outcome(About.INTEREST)),
    (rf"(?:nobody|no one|no-one|{_SUBJECT}{_NOT}) (?:picks?(?: it)? up|answers? the (?:phone|call)|(?:be |is |was |are |been )?reached|take(?:s|n)? the call|on the phone)|{_SUBJECT}(?:can(?:'t|not)|could(?:n't| not)) (?:be reached|reach (?:them|him|her)|get hold of (?:them|him|her))|(?:the call |it )?(?:goes|went) to (?:the )?voicemail|voicemail|(?:the )?(?:line|call) is (?:busy|unanswered|not answered)", _outcome(About.CALL, holds=False)),
    (rf"{_SUBJECT}(?:picks?(?: it)? up|answers? the (?:phone|call)|{_BE}reached|take the call)|{_SUBJECT}reach (?:them|him|her)|(?:the )?call (?:succeeds|is answered|works)", _outcome(About.CALL)),
    (r"(?:the |their |it is |it's |a )*(?:phone )?(?:number is wrong|wrong number)", _outcome(About.WRONG_NUMBER)),
    (rf"(?:{_SUBJECT}(?:{_BE})?(?:not approved|rejected|declined|denied|turned down)|{NAME}? ?(?:{_NOT} (?:approve|agree)|rejects?|denies|refuses)(?: (?:it|this|that))?)", _outcome(About.APPROVAL, holds=False)),
    (rf"(?:{_SUBJECT}(?:{_BE})?(?:approved|accepted)|{NAME}? ?(?:approves?|agrees?|gives? (?:the )?(?:ok|okay|green light|permission))(?: (?:it|this|that))?)", _outcome(About.APPROVAL)),
    (rf"{_SUBJECT}{_BE}?{_NOT} ?(?:be )?qualif(?:y|ied)|{_SUBJECT}{_BE}?unqualified", _outcome(About.QUALIFIED, holds=False)),
    (rf"{_SUBJECT}{_BE}?qualif(?:y|ies|ied)", _outcome(About.QUALIFIED)),
    (rf"{_SUBJECT}{_NOT} (?:book|booked)(?: (?:a|the) (?:meeting|time|call|demo))?|no (?:time|slot|appointment) (?:is|was) (?:free|available|found)|(?:nothing|no time) is free|{_SUBJECT}(?:have|has) no (?:meeting|appointment)|no meeting (?:is|was) booked", _outcome(About.BOOKED, holds=False)),
    (rf"(?:a|the) (?:meeting|appointment|demo|call) (?:is|was|has been|gets) booked|{_SUBJECT}(?:have |has )?books?(?:ed)? (?:a|the) (?:meeting|time|call|demo)|{_SUBJECT}(?:have|has) a (?:meeting|appointment)", _outcome(About.BOOKED)),
    (rf"{_SUBJECT}{_STILL}{_NOT}(?: yet| even| ever| still)? {_ANSWERS}{_OBJECT}{_TIME}|(?:there(?:'s| is| was) |we (?:get|got|receive|hear) |i (?:get|hear) |{_SUBJECT}gives? )?{_STILL}(?:no|without (?:an? )?) ?(?:answer|reply|response|reaction)(?: comes| came| arrives| back)?{_TIME}|(?:nobody|no one|nothing|none)(?: of them)? (?:{_ANSWERS}|comes back){_TIME}|{_SUBJECT}(?:stays?|remains?|keeps?|{_BE})? ?(?:silent|quiet|unanswered){_TIME}|{_SUBJECT}ghosts? us|we (?:don't|do not) hear (?:back|anything)(?: from (?:them|him|her))?{_TIME}", _outcome(About.REPLY, holds=False)),
    (rf"{_SUBJECT}(?:do |does |did |has |have |ever |actually |finally )*{_ANSWERS}{_OBJECT}{_TIME}|(?:there(?:'s| is| was) |we (?:get|got|receive) |{_SUBJECT}gives? )?(?:an?|any|the|their) (?:answer|reply|response)(?: comes| came| arrives)?(?: in| back)?{_TIME}", _outcome(About.REPLY)),
    (rf"{_SCORE_OF} (?:is )?(?:between|from) (?P<low>\d{{1,3}}) (?:and|to) (?P<high>\d{{1,3}})(?: points)?", _between("lead.score", _KNOWN)),
    (rf"{_SCORE_OF} {_COMPARED}(?: points)?", _compared("lead.score", _KNOWN)),
    (rf"(?:{_SUBJECT}|(?:the|their) )(?:(?:size|headcount)(?: of the company)?(?: is)?|(?:has|have|with|employs?|counts?)|{_BE})?\s?between (?P<low>\d{{1,6}}) and (?P<high>\d{{1,6}}) (?:people|employees|staff|persons|workers|heads|seats)", _between("number(lead.company_size)", "")),
    (rf"(?:{_SUBJECT}|(?:the|their) )(?:company |firm )?(?:(?:size|headcount)(?: of the company)?(?: is)?|has|have|with|employs?|counts?|is|are)?\s?{_COMPARED} (?:people|employees|staff|persons|workers|heads|seats)(?: (?:strong|there|work(?:ing)? (?:there|for (?:it|them))))?", _compared("number(lead.company_size)")),
    (rf"(?:it|that|the number)(?: is|'s) {_COMPARED}", _compared(IT)),
    (r"(?:it|the (?:call|webhook|request|address)|that)(?: call)? (?:fails|failed|does(?:n't| not) (?:work|answer)|is not reachable|can't be reached)", _outcome(About.FAILED)),
    (rf"(?:the |their )?(?:company size|headcount|number of employees)(?: is)? {_COMPARED}", _compared("number(lead.company_size)")),
    (rf"{_SUBJECT}(?:(?P<negated>{_NOT}|without|(?:has|have) no) ?(?:have |has )?|(?:has|have|with|carry|carries) )(?:the |a )?tag (?P<name>{NAME})", _named("{0} in lead.tags")),
    (rf"{_SUBJECT}(?:is|are|was|were|has|have)?\s?(?P<negated>not |n't |never )?(?:been )?(?:tagged|labell?ed|marked)(?: as| with)? (?P<name>{NAME})", _named("{0} in lead.tags")),
    (rf"{_SUBJECT}{_BE}?(?P<negated>not |n't )?(?:on|in) (?:the |my |our )?(?:list (?P<name>{NAME})|(?P<named>{NAME}) list)", lambda match, phrases: _on_list(match, phrases)),
    (rf"{_SUBJECT}(?:speaks?|talks?|{_BE}speaking) (?P<name>{'|'.join(_LANGUAGES)})", _language),
    (rf"(?:(?:the|their|his|her|its|with|whose) )*(?:lead's |company's )?(?P<field>{'|'.join(sorted((*_FIELDS, 'language', 'tier'), key=len, reverse=True))}) (?P<match>is|=|equals|contains|includes|mentions|in)(?P<negated> not|n't)? (?:in )?(?P<name>(?:tier )?{NAME}(?: or [A-D]\b)?)", _field),
    (rf"{_SUBJECT}{_BE}?(?:in )?tier (?P<field>)(?P<match>)(?P<negated>)(?P<name>[A-D](?:(?:,| or|, or) [A-D])*)\b", lambda match, _: _tiers(match["name"])),
    (rf"{_SUBJECT}(?:(?:has|have|with) (?P<negated>no|an?|their)|(?P<lacks>{_NOT}) have an?|without (?P<without>)an?) ?e-?mail(?: address)?", lambda match, _: _email(match)),
    (rf"{_SUBJECT}{_BE}(?:an? |the )?(?P<name>{_ROLES})s?\b", lambda match, _: Condition(About.FACTS, expression=f"lower(lead.title).contains({literal(match['name'].lower())})", notes=(f"“{match['name']}” is looked for in the lead's title",))),
    (rf"{_SUBJECT}(?:works?|{_BE})(?P<negated>not |n't )?\s?in (?:the )?(?P<name>{NAME}) (?:industry|sector|business)", _named("lower(lead.industry) == {1}")),
    (rf"{_SUBJECT}(?:lives?|{_BE}(?P<negated>not |n't )?(?:based |located )?|comes? from|sits?|from) ?(?:in |from )(?P<name>[A-Z][\w.-]+(?: [A-Z][\w.-]+)?)", _named("lower(lead.city) == {1}", "negated", "the place is looked for in the lead's city")),
    (rf"(?:(?:the|their|its) )?(?:attribute|field) (?P<attribute>{NAME}) (?:is|=|equals)(?P<negated> not|n't)? (?P<name>{NAME})", _attribute),
    (rf"{_SUBJECT}(?:do|does|did|have|has)(?P<negated>n't| not)\b(?! \w+ (?:a|an|the))", lambda match, _: Condition(About.AS_BEFORE, holds=False)),
    (r"not\b|no\b(?= ?[,:]|$)", lambda match, _: Condition(About.AS_BEFORE, holds=False)),
    (rf"{_SUBJECT}(?:do|does|did)\b|so\b|yes\b", lambda match, _: Condition(About.AS_BEFORE)),
)  # fmt: skip


def _on_list(match: re.Match[str], phrases: Phrases) -> Condition | None:
    name = phrases.name(match["name"] or match["named"])
    if not name:
        return None
    said = f"{literal(name)} in lead.lists"
    return Condition(About.FACTS, expression=f"!({said})" if match["negated"] else said)


def _tiers(words: str) -> Condition:
    named = ", ".join(literal(tier.upper()) for tier in re.findall(r"\b[a-d]\b", words.lower()))
    return Condition(About.FACTS, expression=f"lead.tier in [{named}]")


def _email(match: re.Match[str]) -> Condition:
    lacks = match["lacks"] or match["without"] is not None or (match["negated"] or "").lower() == "no"
    return Condition(About.FACTS, expression=f"default(lead.email, '') {'==' if lacks else '!='} ''")


_COMPILED = tuple((re.compile(pattern, re.I), reading) for pattern, reading in _READINGS)
_BOTH = re.compile(r"\s+(?P<word>and|or)\s+(?:if\s+|who\s+|that\s+|whose\s+)?", re.I)
_ENDINGS = frozenset({About.REPLY, About.OPT_OUT, About.BOOKED})
"""“Stop when they answer or opt out.”"""
_UNTIL = re.compile(r"[,:]|\bthen\b", re.I)


def read_condition(text: str, place: int, phrases: Phrases) -> tuple[Condition, int]:
    """The condition that begins at `place`, and where it ends. One that is not understood reaches to the next comma."""
    found = _one(text, place, phrases)
    if found is None:
        over = _UNTIL.search(text, place)
        end = over.start() if over else len(text)
        return Condition(About.UNKNOWN, words=text[place:end].strip()), end
    condition, end = found
    words, expression, notes = text[place:end], condition.expression, list(condition.notes)
    while condition.about is About.FACTS and (both := _BOTH.match(text, end)) is not None:
        further = _one(text, both.end(), phrases)
        if further is None or further[0].about is not About.FACTS:
            break
        sign = "&&" if both["word"].lower() == "and" else "||"
        expression = f"({expression}) {sign} ({further[0].expression})"
        notes, end = [*notes, *further[0].notes], further[1]
        words = text[place:end]
    while condition.about in _ENDINGS and (both := _BOTH.match(text, end)) is not None:
        further = _one(text, both.end(), phrases)
        if further is None or further[0].about not in _ENDINGS:
            break
        end = further[1]
    if len(expression) > 900:
        return Condition(About.UNKNOWN, words=words.strip()), end
    return (
        Condition(condition.about, condition.holds, expression, words.strip(), condition.span, tuple(notes)),
        end,
    )


def _one(text: str, place: int, phrases: Phrases) -> tuple[Condition, int] | None:
    for pattern, reading in _COMPILED:
        match = pattern.match(text, place)
        if match is not None and match.end() > place and not text[match.end() : match.end() + 1].isalnum():
            condition = reading(match, phrases)
            if condition is not None:
                return condition, match.end()
    return None
