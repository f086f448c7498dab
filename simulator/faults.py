"""Switches that make the carrier misbehave, each from its own seeded sequence."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from simulator.errors import BadControl


class _Switch(NamedTuple):
    highest: float
    default: float
    meaning: str


_PROBABILITY = 1.0
_SECONDS = 3600.0

SWITCHES: dict[str, _Switch] = {
    "429": _Switch(_PROBABILITY, 0, "share of creates refused as too many requests"),
    "500_before_accept": _Switch(_PROBABILITY, 0, "share of creates answered 500, not accepted"),
    "reset_before_accept": _Switch(_PROBABILITY, 0, "share of creates whose connection is reset, not accepted"),
    "500_after_accept": _Switch(_PROBABILITY, 0, "share of creates answered 500 although accepted"),
    "timeout_after_accept": _Switch(_PROBABILITY, 0, "share of creates accepted and never answered"),
    "reset_after_accept": _Switch(_PROBABILITY, 0, "share of creates accepted whose connection is reset"),
    "timeout_seconds": _Switch(_SECONDS, 30, "how long an unanswered connection stays open"),
    "slow_seconds": _Switch(_SECONDS, 0, "delay before every answer of the API"),
    "list_lag_seconds": _Switch(_SECONDS, 0, "age at which a message appears in the list"),
    "list_fails": _Switch(_PROBABILITY, 0, "share of list requests answered 500"),
    "callback_duplicates": _Switch(20, 0, "how many times each status callback is delivered (0 and 1: once)"),
    "callback_shuffle": _Switch(_SECONDS, 0, "longest random extra delay of a status callback, seconds"),
    "callback_drop": _Switch(_PROBABILITY, 0, "share of status callbacks that are never sent"),
    "inbound_drop": _Switch(_PROBABILITY, 0, "share of inbound webhooks that are never sent"),
}


class Faults:
    """Present values and the seeded decisions drawn from them.

    Every switch draws from its own sequence, so the n-th create meets the same fate under the same seed whatever the
    other switches are set to.
    """

    def __init__(self, seed: int, injected: Counter[str], values: Mapping[str, float] | None = None):
        self._values = {name: switch.default for name, switch in SWITCHES.items()}
        self._random = {name: random.Random(f"{seed}:{name}") for name in SWITCHES}  # noqa: S311  repeatable on purpose
        self._injected = injected
        self.set(values or {})

    def set(self, values: Mapping[str, float]) -> None:
        """Change the named switches and leave the others.

        Raises:
            BadControl: an unknown switch or a value outside its range; nothing is changed.
        """
        self.check(values)
        self._values.update(values)

    @staticmethod
    def check(values: Mapping[str, float]) -> None:
        """Raise BadControl unless every name is a switch and every value lies in its range."""
        for name, value in values.items():
            if name not in SWITCHES:
                raise BadControl(f"{name}: no such fault; use one of {', '.join(SWITCHES)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= SWITCHES[name].highest:
                raise BadControl(f"{name}: must be a number from 0 to {SWITCHES[name].highest:g} ({SWITCHES[name].meaning})")

    def as_dict(self) -> dict[str, float]:
        return dict(self._values)

    def value(self, name: str) -> float:
        return self._values[name]

    def strikes(self, name: str) -> bool:
        """Decide whether this occasion is struck by the fault, and count it if so."""
        probability = self._values[name]
        if not probability or self._random[name].random() >= probability:
            return False
        self._injected[name] += 1
        return True

    def extra_callback_delay(self) -> float:
        """Seconds that a callback is held back to mix up the order; 0 when the switch is off."""
        longest = self._values["callback_shuffle"]
        if not longest:
            return 0.0
        self._injected["callback_shuffle"] += 1
        return self._random["callback_shuffle"].uniform(0.0, longest)

    def callback_copies(self) -> int:
        copies = max(1, round(self._values["callback_duplicates"]))
        if copies > 1:
            self._injected["callback_duplicates"] += copies - 1
        return copies
