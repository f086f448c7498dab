"""One clause → the step that its verb asks for, with everything that the clause says about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from outrider.llm.offline.outreach.amounts import SPAN, find_span, hours_of, moment_of
from outrider.llm.offline.outreach.phrases import ADDRESS, LINK, QUOTE, Phrases, plain, template
from outrider.llm.offline.outreach.tree import Step

LONGEST = 1_500
"""Characters of a clause: nobody asks for one step in more."""
FOLLOW_UP = "Follow up briefly on the earlier text, without pressure."


@dataclass(slots=True)
class Clause:
    """What is to be read, and around what."""

    text: str
    """Without filling words at its beginning."""
    original: str
    """In the person's words and language."""
    phrases: Phrases
    is_received: bool = False
    """It says what somebody gets: “a call”."""
    was_texted: bool = False
    """A text came before it."""
    occasion: str = ""
    """What is known about the lead at this place: `replied`, `timeout`, `interested` …"""
    notes: list[str] = field(default_factory=list)
    """What was assumed."""

    def quote(self) -> str | None:
        return self.phrases.first("q", self.text)

    def words(self) -> str:
        return plain(self.phrases.shown(self.original))


Reading = Callable[[Clause, "re.Match[str]"], Step | None]

WHO = (
    (
        r"(?P<who>(?:my |the |our |a |an )?[\w.-]+(?: (?!to\b|has\b|must\b|should\b|needs\b|approv|decid|sign|"
        r"confirm|check|review|call|phone|ring|first\b|before\b|by\b)[\w.-]+){0,3}|"
    )
    + ADDRESS
    + r")"
)
_NO_CHANNEL = re.compile(
    r"\b(?:e-?mails?|mail|linkedin|whatsapp|letters?|fax|postcards?|telegram|instagram|facebook|tweet)\b", re.I
)
_FILLERS = re.compile(
    r"\b(?:them|him|her|it|the|an?|leads?|people|again|please|just|once|more|now|too|also|then|to|and|with|"
    r"for|of|another|second|third|first|next|last|final|"
    r"one|text|sms|messages?|call|phone|up|new|all|each|every|everyone|back|out|directly|immediately|right|"
    r"away|time|so|short|quick|reminder|follow|follow-up|"
    r"by|person|human|task|their|that|this|at|in|on)\b",
    re.I,
)
_TITLES = {
    "replied": "{{ lead.name | A lead }} answered",
    "interested": "{{ lead.name | A lead }} is interested",
    "timeout": "{{ lead.name | A lead }} did not answer",
    "rejected": "{{ lead.name | A lead }} was rejected",
    "unreached": "{{ lead.name | A lead }} could not be reached",
}
_TAGS = {
    "replied": "replied",
    "interested": "interested",
    "not interested": "not interested",
    "timeout": "no reply",
    "unreached": "not reached",
}
FIELDS = {
    "title": "title",
    "job title": "title",
    "company": "company",
    "industry": "industry",
    "city": "city",
    "region": "region",
    "notes": "notes",
    "note": "notes",
    "source": "source",
    "tier": "tier",
    "score": "score",
}


def _rest(clause: Clause, match: re.Match[str]) -> str:
    """What the clause says beyond its verb, in the person's words; empty if that is nothing of weight."""
    left = clause.text[match.end() :].strip(" ,.")
    said = re.sub(f"{QUOTE}|{LINK}|{ADDRESS}", " ", left)
    return plain(clause.phrases.shown(left)) if re.search(r"\w{2,}", _FILLERS.sub(" ", said)) else ""


def sms(clause: Clause, match: re.Match[str]) -> Step | None:
    quote = clause.quote()
    if quote:
        text, strange = template(quote)
        clause.notes += [f"“{one}” in the text stands for nothing that is known here and was left as it is" for one in strange]
        return Step("send_template", {"text": text})
    if _NO_CHANNEL.search(clause.text):
        return None
    rest = _rest(clause, match)
    if rest or re.search(r"\b(?:ask|invite|thank|offer|introduce|greet|friendly|polite|short|long)", clause.text, re.I):
        wanted = f"What this text is for: {clause.words()}."
        return Step("sms", {"prompt": f"{wanted} {FOLLOW_UP}" if clause.was_texted else wanted})
    return Step("sms", {"prompt": FOLLOW_UP} if clause.was_texted else {})


def voice(clause: Clause, match: re.Match[str]) -> Step | None:
    if re.match(r"call (?:it|off)\b(?! back)", clause.text, re.I):
        return None
    data: dict[str, Any] = {}
    who = match.groupdict().get("who")
    if not who and (
        by := re.search(r"\b(?:by|for|to) (?P<who>(?:my |the |our )?[\w.-]+(?: [\w.-]+)?|" + ADDRESS + ")", clause.text, re.I)
    ):
        who = by["who"]
    if who and not re.fullmatch(
        (
            r"(?:a |an |some)?(?:person|human|someone|somebody|one|them|him|her|us|me|we|i|lead|the lead|body|agent|"
            r"ask|know|talk|say|see|offer|find|check|follow|discuss|book|answer)(?: .*)?"
        ),
        who.strip(),
        re.I,
    ):
        data["assignee"] = _person(clause, who)
    if (within := re.search(rf"\bwithin {SPAN}", clause.text, re.I)) and (span := find_span(within[0])):
        data |= span
    if quote := clause.quote():
        data["script"] = plain(quote)
    elif not who and (rest := _rest(clause, match)) and not within:
        data["script"] = f"{rest[:1].upper()}{rest[1:]}"
    return Step("voice", data)


def _person(clause: Clause, who: str) -> str:
    address = clause.phrases.first("e", who)
    return address or clause.phrases.name(re.sub(r"^(?:my|the|our|an?) ", "", who.strip(), flags=re.I))


def approval(clause: Clause, match: re.Match[str]) -> Step | None:
    who = ""
    for form in (
        rf"\b(?:let|have|ask|get|make) {WHO} (?:to )?(?:approv|sign|decid|confirm|check|review|ok|accept|release|look)",
        (
            rf"\b{WHO} (?:(?:has|have|had|must|should|needs?|will|can|may|wants?)(?: to)? )?(?:first )?(?:approv|sign|"
            rf"decid|confirm|check|review|ok|accept|release)"
        ),
        rf"\b(?:approval|sign-?off|permission|ok|okay|approved|released|go-ahead|green light) (?:of|from|by) {WHO}",
        rf"\b{WHO}'s? (?:approval|sign-?off|permission|ok|okay|go-ahead)",
        rf"\bask {WHO} for (?:approval|sign-?off|permission)",
    ):
        if (found := re.search(form, clause.text, re.I)) is not None:
            who = found["who"].strip()
            break
    data: dict[str, Any] = {
        "title": "Go on with {{ lead.name | this lead }}?",
        "actions": [{"name": "approved", "label": "Go on"}, {"name": "rejected", "label": "Stop"}],
    }
    if re.fullmatch(
        (
            r"(?:for|me|i|we|us|you|it|they|them|ask|wait for|manual|human|an?|that|somebody|someone|a person|a human|"
            r"one|after|let)?(?: .*)?"
        ),
        who,
        re.I,
    ) and not re.match(r"(?:my|the|our) ", who, re.I):
        if re.match(r"(?:me|i|my)$", who, re.I):
            clause.notes.append("everybody is asked for the approval, because your name isn't known here")
        who = ""
    if who:
        data["assignee"] = _person(clause, who)
    if (within := re.search(rf"\bwithin {SPAN}", clause.text, re.I)) and (span := find_span(within[0])):
        data |= span
    return Step("approval", data)


def tagging(clause: Clause, match: re.Match[str]) -> Step | None:
    names = _names(clause, match["name"])
    if not names:
        names = [_TAGS.get(clause.occasion, "contacted")]
        clause.notes.append(f"the tag isn't named; it is “{names[0]}”")
    return Step("tag", {"remove" if match.groupdict().get("remove") else "add": names})


def on_lists(clause: Clause, match: re.Match[str]) -> Step | None:
    names = _names(clause, match["name"] or match.groupdict().get("named"))
    return Step("list", {"remove" if match.groupdict().get("remove") else "add": names}) if names else None


def _names(clause: Clause, words: str | None) -> list[str]:
    cut = re.sub(r"\b(?:as well|too|again|please|instead)\b\s*$", "", (words or "").strip(), flags=re.I)
    parts = re.split(r"\s*(?:,|&|\band\b)\s*", cut) if "\ue000" not in cut or re.search(r"\band\b|,", cut) else [cut]
    return [name for name in dict.fromkeys(clause.phrases.name(part) for part in parts) if name][:10]


def notify(clause: Clause, match: re.Match[str]) -> Step | None:
    said = clause.quote()
    words = clause.words()
    title = (
        plain(said) if said else _TITLES.get(clause.occasion) or f"{{{{ lead.name | A lead }}}}: {words[:1].lower()}{words[1:]}"
    )
    data: dict[str, Any] = {"title": " ".join(title.split())[:198]}
    if clause.occasion in ("replied", "interested"):
        data["body"] = "{{ conversation.last_text }}"
    to: list[dict[str, str]] = []
    address, channel = clause.phrases.first("e", clause.text), re.search(r"#[\w-]{1,80}", clause.text)
    if address:
        to.append({"channel": "email", "address": address})
    elif re.search(r"\b(?:e-?mail|mail)\b", clause.text, re.I):
        clause.notes.append(
            "no e-mail address is named to tell them at; add it to the Notify step, until then it is told in the application"
        )
    if channel or re.search(r"\bslack\b", clause.text, re.I):
        to.append({"channel": "slack", "address": channel[0] if channel else ""})
    number = re.search(r"\+[1-9]\d{6,14}\b", clause.text)
    if number:
        to.append({"channel": "sms", "address": number[0]})
    if to:
        data["to"] = to
    if re.search(r"\b(?:urgent\w*|immediately|at once|right away|asap)\b", clause.text, re.I):
        data["urgent"] = True
    return Step("notify", data)


def webhook(clause: Clause, match: re.Match[str]) -> Step | None:
    url = clause.phrases.first("u", clause.text)
    if not url or "{" in url or not re.match(r"https?://[^\s/]", url):
        clause.notes.append("a webhook needs its whole address (https://…)")
        return None
    method = re.search(r"\b(POST|PUT|PATCH|DELETE|GET)\b", clause.text)
    data: dict[str, Any] = {"method": method[0] if method else "POST", "url": url}
    if data["method"] not in ("GET", "DELETE"):
        data["body"] = {"name": "{{ lead.name }}", "phone": "{{ lead.phone }}", "email": "{{ lead.email }}"}
        clause.notes.append("the web address is told name, phone and e-mail of the lead")
    return Step("webhook", data)


def meeting(clause: Clause, _: re.Match[str]) -> Step | None:
    part = re.search(r"\b(morning|afternoon|evening)\b", clause.text, re.I)
    return Step("book_meeting", {"part_of_day": part[0].lower()} if part else {})


def qualify(clause: Clause, _: re.Match[str]) -> Step | None:
    least = re.search(r"\b(?:at least|from|above|over|minimum(?: of)?|threshold(?: of)?)\s+(\d{1,3})\b", clause.text, re.I)
    return Step("qualify", {"threshold": min(100, int(least[1]))} if least else {})


def crm(clause: Clause, _: re.Match[str]) -> Step | None:
    named = re.search(r"\b(hubspot|salesforce|pipedrive|zoho|dynamics)\b", clause.text, re.I)
    if named:
        clause.notes.append(f"what goes to {named[0]} goes to every connected CRM; choose the connection in the step")
    quote = clause.quote()
    return Step("crm_sync", {"subject": plain(quote)[:200]} if quote else {})


def update(clause: Clause, match: re.Match[str]) -> Step | None:
    name, value = clause.phrases.name(match["field"]).lower(), clause.phrases.name(match["name"])
    if not name or not value:
        return None
    known = FIELDS.get(name)
    if known == "tier" and not re.fullmatch(r"[A-Da-d]", value):
        return None
    if known == "score" and not (value.isascii() and value.isdigit() and int(value) <= 100):
        return None
    if known:
        shown: Any = int(value) if known == "score" else value.upper() if known == "tier" else value
        return Step("update_lead", {"fields": [{"field": known, "value": shown}]})
    return Step("update_lead", {"attributes": [{"name": re.sub(r"\W+", "_", name)[:60], "value": value}]})


def wait(clause: Clause, match: re.Match[str]) -> Step | None:
    text = clause.text
    if re.search(r"\b(?:repl(?:y|ies)|answers?|responses?|respond|reaction|write back|text back)\b", text, re.I):
        span = find_span(text)
        if span is None:
            clause.notes.append("how long to wait for an answer isn't said; it is three days")
        return Step("wait_for_reply", span or {"amount": 3, "unit": "days"})
    span, moment, hours = find_span(text), moment_of(text), hours_of(text)
    if hours is not None and span is None:
        return Step("wait", {"mode": "business_hours", "within": hours})
    if span is not None:
        return Step("wait", {**span, "within": hours} if hours else span)
    if moment is not None:
        return Step("wait", moment)
    if re.search(r"\b(?:tomorrow|(?:the )?next day|a day|overnight)\b", text, re.I):
        return Step("wait", {"amount": 1, "unit": "days"})
    if re.search(r"\b(?:a while|a bit|some time)\b", text, re.I) or not _rest(clause, match):
        clause.notes.append("how long to wait isn't said; it is one day")
        return Step("wait", {"amount": 1, "unit": "days"})
    return None


def validate(clause: Clause, _: re.Match[str]) -> Step | None:
    return Step("validate", {"require_email": True} if re.search(r"\be-?mail\b", clause.text, re.I) else {})


def bare(kind: str) -> Reading:
    return lambda clause, match: Step(kind, {})


def later(clause: Clause, _: re.Match[str]) -> Step | None:
    span = find_span(clause.text)
    if span is None and re.search(r"\bweek\b", clause.text, re.I):
        span = {"amount": 1, "unit": "weeks"}
    if span is None and re.search(r"\b(?:tomorrow|day)\b", clause.text, re.I) and not re.search(r"\bevery\b", clause.text, re.I):
        span = {"amount": 1, "unit": "days"}
    if span is not None:
        return Step("wait", span)
    hours, moment = hours_of(clause.text), moment_of(clause.text)
    if hours is not None:
        return Step("wait", {"mode": "business_hours", "within": hours})
    return Step("wait", moment) if moment is not None else None
