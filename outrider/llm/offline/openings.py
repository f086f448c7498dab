"""The first text to a lead: personal, from a named sender, one segment, and with the way out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outrider.llm.offline.facts import Facts
from outrider.llm.offline.intents import language_of
from outrider.llm.offline.language import Language, Openings
from outrider.llm.offline.tasks import task
from outrider.llm.offline.templates import render

SEGMENT = 160
"""Characters in one segment of the GSM-7 alphabet."""

_ONE_SEPTET = frozenset(
    " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@$_!\"#%&'()*+,-./:;<=>?¡¿£¥§ÄÖÑÜäöñüàèéùìòÇØøÅåÆæßÉ\n"
)
"""The part of GSM-7's basic alphabet (3GPP TS 23.038) that occurs in texts of ours. One outside character would
make the whole text UCS-2, of which a segment holds only 70."""
_SPELT = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "€": "EUR"}
    | {"œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d"}
)
"""Spellings that decomposing the character doesn't give."""


@task("sms")
def write_opening(context: Mapping[str, Any]) -> str:
    """A text to the lead of `context` ({lead, campaign, thread}).

    A campaign's template is rendered as it is. Otherwise the text is put together from the facts: the most personal
    one that fits in a segment. The first text of a thread says how to opt out.
    """
    facts = Facts.of(context)
    language = language_of(str(facts.campaign.get("language") or facts.lead.get("language") or ""))
    template = facts.campaign.get("template") or facts.campaign.get("sms_template")
    if template:
        return render(str(template), facts.values, language.fallbacks)
    return _compose(facts, language)


def _compose(facts: Facts, language: Language) -> str:
    words = {
        "first": _spelt(facts.first_name),
        "sender": _spelt(facts.sender_name),
        "us": _spelt(facts.sender_company),
        "company": _spelt(facts.company),
        "title": _spelt(facts.title),
        "industry": _spelt(facts.industry),
        "topic": _spelt(facts.topic_phrase),
        "statement": _spelt(facts.topic[:1].upper() + facts.topic[1:]),
    }
    texts = (_spelt(" ".join(filter(None, parts)).format_map(words)) for parts in _drafts(facts, words, language))
    return next(text for text in texts if len(text) <= SEGMENT)


def _drafts(facts: Facts, words: Mapping[str, str], language: Language) -> Iterator[Sequence[str]]:
    """The parts of a text, from the most personal draft to one that surely fits."""
    openings = language.openings
    end = "" if facts.thread else openings.opt_out
    hello = facts.choice(openings.hello if words["first"] else openings.hello_stranger, "hello")
    who = facts.choice(_introductions(words, openings), "who")
    if not words["topic"]:
        yield hello, who, facts.choice(openings.no_topic, "topic"), end
    about = facts.choice(_topics(facts, openings), "topic")
    for needed, hooks in openings.hooks.items():
        if all(words[name] for name in needed):
            yield from ((hello, who, about, facts.choice(hooks, "hook", turn), end) for turn in range(len(hooks)))
    yield hello, who, about, end
    yield hello, who, facts.choice(openings.no_topic, "topic"), end
    yield facts.choice(openings.from_company if words["us"] else openings.hello_stranger, "who"), end


def _introductions(words: Mapping[str, str], openings: Openings) -> Sequence[str]:
    if words["sender"]:
        return openings.from_person if words["us"] else openings.from_person_alone
    return openings.from_company if words["us"] else [""]


def _topics(facts: Facts, openings: Openings) -> Sequence[str]:
    if facts.topic_is_sentence:
        return ["{statement}."]
    return openings.again if facts.thread else openings.about


def _spelt(text: str) -> str:
    """The text in one-septet characters; empty if it is written in another script ("王伟"), so that it is left out."""
    if all(character in _ONE_SEPTET for character in text):
        return text
    spelt = [c if c in _ONE_SEPTET else unicodedata.normalize("NFKD", c)[0] for c in text.translate(_SPELT)]
    return "".join(spelt) if all(c in _ONE_SEPTET for c in spelt) else ""
