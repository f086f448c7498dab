"""The sales agents' work by rules: sums up, judges, plans and writes from the evidence it is given, and says nothing else.

Every statement repeats an entry of the evidence and names it. Texts to a lead are in the lead's language (`language`), as far
as it is spoken here; statements and notes for our own staff are in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outrider.llm.offline.approaches import approach_for
from outrider.llm.offline.intents import is_in, language_of
from outrider.llm.offline.tasks import task

Entry = Mapping[str, Any]

LONGEST_QUOTE = 120
LONGEST_STATEMENT = 280
LONGEST_TOPIC = 110
PURPOSES = ("Say who writes and why", "Give one useful fact", "Ask whether it fits", "Leave the door open")
COMMON = frozenset({"with", "that", "this", "your", "from", "they", "their"})
_HIRING = re.compile(
    r"\b(?:hiring|hire|vacan\w*|recruit\w*|headcount|contrata\w*|emplead\w*|recrut\w*|embauch\w*)\b", re.IGNORECASE
)
_EXPANSION = re.compile(
    r"\b(?:expan\w*|new (?:office|site|store|plant|location|branch)\w*|opens?|opened|opening|abr(?:e|en|ió|ieron)|apertura\w*"
    r"|amplía\w*|ouvr\w*|ouvert\w*|agrandi\w*)\b",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"\b(?:launch\w*|new (?:product|service|platform)\w*|releas\w*|lanza\w*|lanc(?:e|ent|é|ement)\w*"
    r"|nuev[oa] (?:producto|servicio)\w*|nouveau (?:produit|service)\w*)\b",
    re.IGNORECASE,
)
_REGULATION = re.compile(
    r"\b(?:r[eé]gulat\w*|compliance|law|directiv\w*|permit\w*|certif\w*|normativ\w*|ley|loi|réglement\w*)\b", re.IGNORECASE
)


@task("enrich")
def sum_up(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """One statement on the company, one on its size and place, one on the person: as far as there is evidence."""
    known = _Known(context)
    return {"statements": [statement for statement in (_company(known), _figures(known), _person(known)) if statement]}


@task("qualify_company")
def judge(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """How much of what the company says about itself our offer names: words in common, and nothing more."""
    known = _Known(context)
    offer = _words(" ".join(str(part or "") for part in context.get("our_offer", {}).values()))
    shared = [entry for entry in known.about("industry", "description", "keyword", "offer") if _words(entry["value"]) & offer]
    reasons = [_claim(f"Our offer names what they do: {_cut(entry['value'], LONGEST_QUOTE)}", entry) for entry in shared[:3]]
    return {"fit": min(1.0, 0.4 * len(shared)), "reasons": reasons}


@task("growth")
def analyse(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Signals and competitors as the evidence names them; an angle only where there is a signal."""
    known = _Known(context)
    signals = list(_signals(known))
    angle = None
    if signals:
        moves = f"What moves there may need attention now: {signals[0]['text']}"
        angle = {"text": moves[:LONGEST_STATEMENT], "evidence": signals[0]["evidence"]}
    return {
        "market_opportunity": [_claim(f"They work in {entry['value']}.", entry) for entry in known.about("industry")[:1]],
        "competitors": [
            {"name": entry["value"][:120], **_claim(f"{entry['value'][:120]} is named as a competitor.", entry)}
            for entry in known.about("competitor")[:8]
        ],
        "growth_signals": signals,
        "angle": angle,
        "question": approach_for(context.get("language")).question if angle else "",
    }


@task("marketing")
def plan(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """A text or mail first, the other channels after it, each on one fact."""
    known = _Known(context)
    order = [channel for channel in ("sms", "email", "call", "sms", "email") if channel in context["channels"]]
    used = _personal(known)
    touches = []
    for number, channel in enumerate(order[: len(set(order)) + 1]):
        purpose = "Speak for two minutes" if channel == "call" else PURPOSES[number]
        touches.append({"day": 3 * number, "purpose": purpose, **_written(channel, number, context, used)})
    names = ", ".join(dict.fromkeys(order))
    return {"strategy": f"Short and by one fact at a time, over {names}; stop at the first answer.", "touches": touches}


@task("bdr")
def propose(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first touch of the plan, else a short opening over the best channel."""
    known = _Known(context)
    planned = context.get("planned")
    channels = context["channels"]
    if isinstance(planned, Mapping) and planned.get("channel") in channels:
        ids = [entry["id"] for entry in planned.get("personalised_by") or ()]
        step: Mapping[str, Any] = {name: planned.get(name) or "" for name in ("channel", "subject", "text")} | {"evidence": ids}
    else:
        step = _written("sms" if "sms" in channels else channels[0], 0, context, _personal(known))
    missing = [name for name in ("title", "industry", "description") if not known.about(name)]
    checks = ["Is this the right person to write to?", *([f"Not known: {', '.join(missing)}."] if missing else [])]
    if not _topic(context):
        checks.append("The campaign is described in another language than the lead's: say what it is about in theirs.")
    summary = [statement for statement in (_person(known), _company(known), _figures(known)) if statement]
    return {**step, "summary": summary, "when_days": 0, "why": "It is the quickest way to an answer.", "checks": checks}


class _Known:
    """The evidence by what it is about."""

    def __init__(self, context: Mapping[str, Any]):
        self._entries: Sequence[Entry] = context.get("evidence") or ()

    def about(self, *names: str) -> list[Entry]:
        return [entry for name in names for entry in self._entries if entry["about"] == name]

    def one(self, *names: str) -> Entry | None:
        return next(iter(self.about(*names)), None)


def _company(known: _Known) -> Mapping[str, Any] | None:
    name, does = known.one("company_name", "company"), known.one("description", "industry")
    if name is None or does is None:
        return None
    verb = "works in" if does["about"] == "industry" else "says of itself:"
    return _claim(f"{_cut(name['value'], 80)} {verb} {_cut(does['value'], LONGEST_QUOTE)}", name, does)


def _figures(known: _Known) -> Mapping[str, Any] | None:
    size, year = known.one("employees", "company_size"), known.one("founded_year")
    parts = [part for part in (size and f"{size['value']} employees", year and f"founded in {year['value']}") if part]
    return _claim(f"{', '.join(parts)}.", *[entry for entry in (size, year) if entry]) if parts else None


def _person(known: _Known) -> Mapping[str, Any] | None:
    title = known.one("title")
    return _claim(f"The person is {_cut(title['value'], 80)}.", title) if title else None


def _signals(known: _Known) -> Iterator[Mapping[str, Any]]:
    for entry in known.about("funding_round")[:2]:
        yield _signal("funding", f"Funding: {_cut(entry['value'], LONGEST_QUOTE)}", entry)
    for entry in known.about("headcount_growth")[:1]:
        yield _signal("hiring", f"Headcount over {_cut(entry['value'], LONGEST_QUOTE)}", entry)
    for entry in known.about("note")[:4]:
        kinds = {"hiring": _HIRING, "expansion": _EXPANSION, "product": _PRODUCT, "regulation": _REGULATION}
        kind = next((kind for kind, pattern in kinds.items() if pattern.search(entry["value"])), "other")
        yield _signal(kind, _cut(entry["value"], LONGEST_QUOTE), entry)


def _signal(kind: str, text: str, entry: Entry) -> Mapping[str, Any]:
    return {"kind": kind, **_claim(text, entry)}


def _personal(known: _Known) -> list[Entry]:
    """Facts that a stranger may mention without seeming to have spied."""
    return [entry for entry in known.about("company", "company_name", "industry") if entry["source"]][:2]


def _written(channel: str, number: int, context: Mapping[str, Any], used: Sequence[Entry]) -> Mapping[str, Any]:
    code = language_of(context.get("language")).code
    words = approach_for(code)
    name, sender = context.get("first_name") or "", context["our_offer"].get("sender") or words.our_team
    about = _topic(context)
    place = next((entry for entry in used if entry["about"] in ("company", "company_name")), None)
    # Providers name trades in English: in another language only what surely is in that language may be repeated.
    field = next((e for e in used if e["about"] == "industry" and is_in(e["value"], code, surely=code != "en")), None)
    where = words.at.format(place=_cut(place["value"], 50)) if place else ""
    given = {"name": name, "sender": sender, "about": about, "where": where}
    said = [entry["id"] for entry in (place,) if entry]
    if channel == "call":
        says = (words.call if about else words.call_without_topic).format_map(given)
        return {"channel": channel, "subject": "", "text": says, "evidence": said}
    greeting = (words.hello if name else words.hello_stranger).format_map(given)
    first, again = (words.first, words.again) if about else (words.first_without_topic, words.again_without_topic)
    says = (first if number == 0 else again).format_map(given)
    if channel == "sms":
        return {"channel": channel, "subject": "", "text": f"{greeting}, {says}", "evidence": said}
    because = words.because.format(field=_cut(field["value"], 60)) if field else ""
    mail = f"{greeting},\n\n{says[0].upper()}{says[1:]}{because}\n\n{sender}"
    subject = words.subject.format_map(given)[:80]
    return {"channel": channel, "subject": subject, "text": mail, "evidence": [*said, *([field["id"]] if field else [])]}


def _topic(context: Mapping[str, Any]) -> str:
    """What it is about, in the campaign's words; empty where they are in another language than the lead's."""
    offer = context["our_offer"]
    given = str(offer.get("description") or offer.get("name") or "")
    return _cut(given, LONGEST_TOPIC).rstrip(".") if is_in(given, language_of(context.get("language")).code) else ""


def _claim(text: str, *entries: Entry) -> Mapping[str, Any]:
    return {"text": text[:LONGEST_STATEMENT], "evidence": [entry["id"] for entry in entries]}


def _cut(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + "…"


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]{4,}", text)} - COMMON
