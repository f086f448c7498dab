"""What a condition is about, and how its words become an expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from outrider.llm.offline.outreach.amounts import find_span
from outrider.llm.offline.outreach.phrases import Phrases


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

MORE = r"(?:above|over|more than|greater than|higher than|bigger than|larger than|better than|exceeds?|beyond|>)"
LEAST = r"(?:at least|from|not less than|no less than|minimum(?: of)?|>=|≥)"
LESS = r"(?:below|under|less than|fewer than|lower than|smaller than|worse than|<)"
MOST = r"(?:at most|not more than|no more than|maximum(?: of)?|up to|<=|≤)"
LANGUAGES = {
    "english": "en",
    "german": "de",
    "spanish": "es",
    "french": "fr",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
}
FIELDS = {
    "industry": "industry",
    "sector": "industry",
    "city": "city",
    "town": "city",
    "title": "title",
    "job title": "title",
    "role": "title",
    "position": "title",
    "job": "title",
    "company": "company",
    "name": "name",
    "time zone": "time_zone",
    "consent": "consent",
}


Reading = Callable[["re.Match[str]", Phrases], Condition | None]


def literal(text: str) -> str:
    """A text as expressions write it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def outcome(about: About, holds: bool = True) -> Reading:
    return lambda match, _: Condition(about, holds, span=find_span(match[0]))


def facts(expression: str, *notes: str) -> Reading:
    return lambda match, _: Condition(About.FACTS, expression=expression, notes=notes)


def compared(value: str, missing: str = "") -> Reading:
    def read(match: re.Match[str], _: Phrases) -> Condition:
        sign, after = (match["sign"] or "").lower(), (match["after"] or "").lower()
        if re.fullmatch(LEAST, sign) or re.search("more|higher|above", after):
            shown = ">="
        elif re.fullmatch(MOST, sign) or after:
            shown = "<="
        elif re.fullmatch(MORE, sign):
            shown = ">"
        else:
            shown = "<" if re.fullmatch(LESS, sign) else "=="
        return Condition(About.FACTS, expression=f"{missing}{value} {shown} {int(match['number'])}")

    return read


def between(value: str, missing: str) -> Reading:
    def read(match: re.Match[str], _: Phrases) -> Condition:
        low, high = sorted((int(match["low"]), int(match["high"])))
        return Condition(About.FACTS, expression=f"{missing}{value} >= {low} && {value} <= {high}")

    return read


def named(form: str, is_not: str = "negated", *notes: str) -> Reading:
    def read(match: re.Match[str], phrases: Phrases) -> Condition | None:
        name = phrases.name(match["name"])
        if not name:
            return None
        said = form.format(literal(name), literal(name.lower()))
        return Condition(About.FACTS, expression=f"!({said})" if match.groupdict().get(is_not) else said, notes=notes)

    return read


def of_field(match: re.Match[str], phrases: Phrases) -> Condition | None:
    name, named = phrases.name(match["name"]), match["field"].lower()
    if not name:
        return None
    if named == "language":
        code = LANGUAGES.get(name.lower(), name.lower() if len(name) == 2 else "")
        said = f"lead.language == {literal(code)}" if code else ""
    elif named == "tier":
        tiers = re.findall(r"\b[abcd]\b", name.lower())
        said = f"lead.tier in [{', '.join(literal(tier.upper()) for tier in tiers)}]" if tiers else ""
    elif match["match"] and re.match("contain|include|mention", match["match"].lower()):
        said = f"lower(lead.{FIELDS[named]}).contains({literal(name.lower())})"
    else:
        said = f"lower(lead.{FIELDS[named]}) == {literal(name.lower())}"
    return Condition(About.FACTS, expression=f"!({said})" if match["negated"] else said) if said else None


def language(match: re.Match[str], _: Phrases) -> Condition | None:
    code = LANGUAGES.get(match["name"].lower())
    return Condition(About.FACTS, expression=f"lead.language == '{code}'") if code else None


def says(match: re.Match[str], phrases: Phrases) -> Condition | None:
    said = phrases.name(match["name"])
    if not said:
        return None
    if said.lower() in ("yes", "ok", "sure"):
        return Condition(About.INTEREST)
    if said.lower() in ("no", "no thanks"):
        return Condition(About.INTEREST, holds=False)
    return Condition(About.INTEREST, expression=f"lower(conversation.last_text).contains({literal(said.lower())})")


def attribute(match: re.Match[str], phrases: Phrases) -> Condition | None:
    name, value = phrases.name(match["attribute"]), phrases.name(match["name"])
    if not name or not value:
        return None
    shown = value if re.fullmatch(r"\d{1,9}|true|false", value) else literal(value)
    said = f"lead.attributes[{literal(name)}] == {shown}"
    return Condition(About.FACTS, expression=f"!({said})" if match["negated"] else said)


def on_list(match: re.Match[str], phrases: Phrases) -> Condition | None:
    name = phrases.name(match["name"] or match["named"])
    if not name:
        return None
    said = f"{literal(name)} in lead.lists"
    return Condition(About.FACTS, expression=f"!({said})" if match["negated"] else said)


def tiers(words: str) -> Condition:
    named = ", ".join(literal(tier.upper()) for tier in re.findall(r"\b[a-d]\b", words.lower()))
    return Condition(About.FACTS, expression=f"lead.tier in [{named}]")


def email(match: re.Match[str]) -> Condition:
    lacks = match["lacks"] or match["without"] is not None or (match["negated"] or "").lower() == "no"
    return Condition(About.FACTS, expression=f"default(lead.email, '') {'==' if lacks else '!='} ''")
