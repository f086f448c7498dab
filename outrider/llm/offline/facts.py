"""What the offline model may state: the facts of a request's context, cleaned for use in a sentence."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from outrider.llm.offline.intents import detect_language, language_of
from outrider.llm.offline.templates import LONGEST_VALUE, one_line

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "mme", "m", "sr", "sra", "don", "dona", "doña"})
_LONGEST_TOPIC = LONGEST_VALUE
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\s*[\n;]\s*")
_ORDERS_TO_US = re.compile(
    r"^(?:please )?(?:introduce|promote|announce|present|pitch|sell|market|advertise|offer(?:ing)?|outreach (?:about|for|on)"
    r"|reach out (?:to \w+ )?(?:about|regarding)|follow up (?:on|about)|tell (?:\w+ )+about|campaign (?:for|about))\s+",
    re.IGNORECASE,
)
"""A description is often an order to whoever writes ("Introduce our new plan"); what it is about follows."""
_SENTENCE_START = re.compile(
    r"^(?:we|our \w+ (?:is|are|helps?|saves?|cuts?)|you|get|save|try|book|join|discover|cut|grow|start|boost|reduce|increase|meet"
    r"|(?:\w+ ){1,3}(?:helps?|saves?|cuts|offers?|gives?|makes?|lets?|is|are|can|will))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON_START = re.compile(
    r"^(?:A|An|The|Our|Your|New|Free|Special|Limited|Discounts?|Un|Una|Une|El|La|Le|Les|Los|Nos|Notre|Nuestr[oa]s?)\b"
)


@dataclass(frozen=True)
class Facts:
    """The facts of one request. Whatever is missing is an empty string."""

    lead: Mapping[str, Any]
    campaign: Mapping[str, Any]
    thread: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Facts:
        return cls(context.get("lead") or {}, context.get("campaign") or {}, context.get("thread") or ())

    @cached_property
    def first_name(self) -> str:
        return _proper(_text(self.lead, "first_name") or _first_of(_text(self.lead, "name")))

    @property
    def company(self) -> str:
        return _text(self.lead, "company").rstrip(".,")

    @property
    def title(self) -> str:
        return _text(self.lead, "title")

    @property
    def industry(self) -> str:
        industry = _text(self.lead, "industry")
        return industry if any(c.isupper() for c in industry[1:]) else industry.lower()

    @property
    def sender_name(self) -> str:
        return _text(self.campaign, "sender_name")

    @property
    def sender_company(self) -> str:
        """Who we are; a campaign that doesn't say so is known by its own name."""
        return _text(self.campaign, "sender_company") or ("" if self.sender_name else _text(self.campaign, "name"))

    @cached_property
    def topic(self) -> str:
        """What this is about: the offer, or the start of the description."""
        for key in ("offer", "description"):
            text = _ORDERS_TO_US.sub("", str(self.campaign.get(key) or "").strip())
            sentence = " ".join(_SENTENCE_END.split(text, maxsplit=1)[0].split())
            if 0 < len(sentence) <= _LONGEST_TOPIC:
                return one_line(sentence).rstrip(" .!")
        return ""

    @property
    def topic_is_sentence(self) -> bool:
        return bool(_SENTENCE_START.search(self.topic))

    @property
    def topic_phrase(self) -> str:
        """The topic for use inside a sentence."""
        return self.topic[:1].lower() + self.topic[1:] if _COMMON_START.search(self.topic) else self.topic

    def stated(self, name: str) -> str:
        """A fact that the campaign states about itself, as in `price`, or its `facts` mapping; otherwise empty."""
        told = self.campaign.get("facts")
        return _text(self.campaign, name) or (_text(told, name) if isinstance(told, Mapping) else "")

    def can_say(self, text: str, code: str) -> bool:
        """Whether words of the campaign may stand in an answer of this language: an answer is in one language.

        A sentence that could be of any counts as one of the language that the campaign is described in; an amount is of all.
        """
        return _WORD.search(text) is None or detect_language(text, self._told_in or code) == language_of(code).code

    @cached_property
    def _told_in(self) -> str:
        """The language of the campaign's description; empty if it tells none."""
        stated = str(self.campaign.get("language") or "")[:2].lower()
        return detect_language(str(self.campaign.get("description") or ""), stated)

    @cached_property
    def values(self) -> dict[str, str]:
        """Everything that a template may name."""
        attributes = self.lead.get("attributes")
        own = (
            {key: str(value) for key, value in attributes.items() if value is not None} if isinstance(attributes, Mapping) else {}
        )
        campaign = {
            key: str(value) for key, value in self.campaign.items() if isinstance(value, (str, int, float)) and value != ""
        }
        lead = {key: str(value) for key, value in self.lead.items() if isinstance(value, (str, int, float)) and value != ""}
        last_name = _text(self.lead, "last_name") or _last_of(_text(self.lead, "name"))
        return {
            **{key.lower().replace(" ", "_"): value for key, value in own.items()},
            **{key: value for key, value in campaign.items() if key not in ("name", "template")},
            **lead,
            "first_name": self.first_name,
            "last_name": _proper(last_name),
            "campaign_name": _text(self.campaign, "name"),
        }

    def choice(self, options: Sequence[str], part: str, turn: int = 0) -> str:
        """One of the options: always the same for one lead, part of the text and turn, different among leads."""
        return options[(zlib.crc32(f"{part} {self._identity}".encode()) + turn) % len(options)]

    @cached_property
    def _identity(self) -> str:
        return str(self.lead.get("id") or self.lead.get("phone") or self.lead.get("name") or "")


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return one_line(str(value)) if isinstance(value, (str, int, float)) else ""


def _names(name: str) -> list[str]:
    """Given names first: `Silva, Dr. Maria` → `Maria Silva`."""
    family, comma, given = name.partition(",")
    words = (f"{given} {family}" if comma else name).split()
    return [word for word in words if word.rstrip(".").lower() not in _TITLES]


def _first_of(name: str) -> str:
    words = _names(name)
    return words[0] if words and "@" not in name and not any(c.isdigit() for c in name) else ""


def _last_of(name: str) -> str:
    words = _names(name)
    return words[-1] if len(words) > 1 else ""


def _proper(name: str) -> str:
    """`MARIA` and `maria` → `Maria`; `McAllister` stays."""
    return name.title() if len(name) > 2 and (name.isupper() or name.islower()) else name
