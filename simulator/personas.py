"""Who the people at the far end are, and how they answer.

Everything about a person follows from the seed and the number, so a second simulator with the same seed meets the same people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, TypeVar

from simulator.errors import BadControl
from simulator.numbers import normalize
from simulator.wordings import SCRIPTS, STOP_KEYWORDS, STOP_WISHES

Choice = TypeVar("Choice")

UNDELIVERABLE = {"landline": (30006,), "unreachable": (30003, 30005), "filtered": (30007,)}
"""Personas that no text reaches, with the codes that it ends with."""
SILENT = "silence"
MANUAL = "manual"
"""Somebody writes for this person through the control plane; the person never answers by itself."""
PERSONAS = (*SCRIPTS, SILENT, MANUAL, *UNDELIVERABLE)
SWITCHED_OFF = 30003
"""Code of texts to a handset that is switched off."""

DEFAULT_MIX = {
    "interested": 0.24,
    "question": 0.15,
    "objection": 0.12,
    "later": 0.08,
    "wrong_number": 0.03,
    "stop": 0.06,
    "help": 0.02,
    "silence": 0.22,
    "landline": 0.03,
    "unreachable": 0.03,
    "filtered": 0.02,
}

_OFFERS_TIME = re.compile(r"\b\d{1,2}(:\d{2})?\s?([ap]\.?m\b|h\b|uhr\b)|\b\d{1,2}:\d{2}\b", re.IGNORECASE)
_STOP_TEXTS = frozenset(text.casefold() for text in (*STOP_KEYWORDS, *STOP_WISHES))


def asks_to_stop(body: str) -> bool:
    """Whether a text is one of the wordings that a person of ours uses to end the conversation."""
    return body.strip().casefold() in _STOP_TEXTS


@dataclass(frozen=True)
class Behaviour:
    """How the network and the people behave; delays in seconds of life, before the speed factor."""

    mix: Mapping[str, float] = field(default_factory=lambda: DEFAULT_MIX)
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Personas of single numbers, whatever the mix says."""
    reply_probability: float = 1.0
    """Share of the talkative people who answer at all."""
    reply_delay: tuple[float, float] = (5.0, 60.0)
    send_delay: tuple[float, float] = (0.2, 1.0)
    """From the head of the queue to the network."""
    delivery_delay: tuple[float, float] = (0.5, 4.0)
    """From the network to the handset."""
    sending_share: float = 0.2
    """Share of messages whose brief `sending` status is reported too."""

    def changed(self, values: Mapping[str, Any]) -> Behaviour:
        """A copy with the named values changed; `overrides` are added to the present ones.

        Raises:
            BadControl: an unknown name or an unusable value.
        """
        changes: dict[str, Any] = {}
        for name, value in values.items():
            if name not in _READERS:
                raise BadControl(f"{name}: no such setting; use one of {', '.join(_READERS)}")
            changes[name] = _READERS[name](name, value)
        if "overrides" in changes:
            changes["overrides"] = {**self.overrides, **changes["overrides"]}
        return replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _READERS}


class People:
    """Answers every question about a person from the seed and the number."""

    def __init__(self, seed: int, behaviour: Behaviour):
        self._key = seed.to_bytes(16, "big", signed=True)
        self.behaviour = behaviour
        self.switched_off: set[str] = set()
        """Numbers whose handset no text reaches, whoever they are."""

    def fraction(self, number: str, purpose: str) -> float:
        """An even number in [0, 1) that is always the same for this seed, person and purpose."""
        digest = blake2b(f"{number}|{purpose}".encode(), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest, "big") / 2**64

    def persona(self, number: str) -> str:
        override = self.behaviour.overrides.get(number)
        if override is not None:
            return override
        mix = self.behaviour.mix
        mark = self.fraction(number, "persona") * sum(mix.values())
        for name, share in mix.items():
            mark -= share
            if mark < 0:
                return name
        return max(mix, key=lambda name: mix[name])

    def cast(self, number: str, persona: str | None) -> None:
        """Give a person a persona of their own; None leaves it to the mix again.

        Raises:
            BadControl: no such persona.
        """
        others = {one: given for one, given in self.behaviour.overrides.items() if one != number}
        given = {} if persona is None else _read_overrides("persona", {number: persona})
        self.behaviour = replace(self.behaviour, overrides=others | given)

    def delivery_error(self, number: str) -> int | None:
        """Code that every text to this person ends with, or None if texts arrive."""
        if number in self.switched_off:
            return SWITCHED_OFF
        codes = UNDELIVERABLE.get(self.persona(number))
        return self._pick(codes, number, "error") if codes else None

    def reply(self, number: str, turn: int, received: str) -> str | None:
        """What the person answers to the text received, or None for silence.

        Args:
            turn: how many answers this person has given in this thread; scripts end, so no conversation goes on for ever.
        """
        script = SCRIPTS.get(self.persona(number), ())
        if turn >= len(script) or self.fraction(number, "talkative") >= self.behaviour.reply_probability:
            return None
        part = script[turn]
        wordings = part.if_times_offered if part.if_times_offered and _OFFERS_TIME.search(received) else part.wordings
        return self._pick(wordings, number, f"turn {turn}")

    def reply_delay(self, number: str, turn: int) -> float:
        shortest, longest = self.behaviour.reply_delay
        return shortest + (longest - shortest) * self.fraction(number, f"delay {turn}")

    def _pick(self, choices: Sequence[Choice], number: str, purpose: str) -> Choice:
        return choices[int(self.fraction(number, purpose) * len(choices))]


def _read_mix(name: str, value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping) or not value:
        raise BadControl(f"{name}: must be an object of persona → share")
    unknown = sorted(set(value) - set(PERSONAS))
    if unknown:
        raise BadControl(f"{name}: no such persona {unknown[0]!r}; use {', '.join(PERSONAS)}")
    shares = {persona: _read_number(f"{name}.{persona}", share, highest=1e9) for persona, share in value.items()}
    if not sum(shares.values()):
        raise BadControl(f"{name}: the shares must add up to more than 0")
    return shares


def _read_overrides(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise BadControl(f"{name}: must be an object of number → persona")
    for number, persona in value.items():
        if normalize(number) != number:
            raise BadControl(f"{name}: {number!r} is not a phone number in E.164; write it as +12025550143")
        if persona not in PERSONAS:
            raise BadControl(f"{name}.{number}: no such persona {persona!r}; use {', '.join(PERSONAS)}")
    return dict(value)


def _read_share(name: str, value: Any) -> float:
    return _read_number(name, value, highest=1.0)


def _read_range(name: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise BadControl(f"{name}: must be [shortest, longest] in seconds")
    shortest, longest = (_read_number(name, part, highest=86400.0) for part in value)
    if shortest > longest:
        raise BadControl(f"{name}: the shortest delay is longer than the longest")
    return shortest, longest


def _read_number(name: str, value: Any, *, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        raise BadControl(f"{name}: must be a number from 0 to {highest:g}")
    return float(value)


_READERS = {
    "mix": _read_mix,
    "overrides": _read_overrides,
    "reply_probability": _read_share,
    "reply_delay": _read_range,
    "send_delay": _read_range,
    "delivery_delay": _read_range,
    "sending_share": _read_share,
}
