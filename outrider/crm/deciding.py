"""What becomes of a field that differs on the two sides.

Each link remembers, per field, the value that both sides last agreed on. Who differs from it has changed the field since;
only when both have, the field's rule decides. So our own write, when it comes back in their list of changes, is no change:
it equals what was agreed on. An empty value erases nothing, on neither side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Values = Mapping[str, str]


@dataclass(slots=True)
class Decided:
    take: list[str] = field(default_factory=list)
    """Fields whose value of theirs is ours from now on."""
    conflicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Fields that a person decides: ours and theirs."""
    base: dict[str, str] = field(default_factory=dict)
    """What is agreed on from now on."""


def decide(base: Values, ours: Values, theirs: Values, rules: Mapping[str, str], *, theirs_is_newer: bool) -> Decided:
    """Compare both sides field by field."""
    decided = Decided(base=dict(base))
    for name, rule in rules.items():
        own, other, agreed = ours.get(name), theirs.get(name), base.get(name)
        if other is None:
            continue
        if other == own:
            decided.base[name] = other
            continue
        if other == agreed:
            continue  # only we changed it; it waits to be written there
        both_changed = own is not None and own != agreed
        wins = own is None or (rule != "keep" if not both_changed else _theirs_wins(rule, newer=theirs_is_newer))
        if both_changed and rule == "ask":
            assert own is not None
            decided.conflicts[name] = (own, other)
        elif wins:
            decided.take.append(name)
            decided.base[name] = other
        elif both_changed and rule != "keep":
            # Ours wins: seen from what they have now, ours is the change.
            decided.base[name] = other
    return decided


def to_write(base: Values, ours: Values, rules: Mapping[str, str], undecided: frozenset[str] = frozenset()) -> list[str]:
    """Fields that are to be written on their side.

    Args:
        undecided: fields that wait for a person.
    """
    return [
        name
        for name, rule in rules.items()
        if name in ours and ours[name] != base.get(name) and name not in undecided and not (rule == "keep" and base.get(name))
    ]


def _theirs_wins(rule: str, *, newer: bool) -> bool:
    return rule == "theirs" or (rule == "newest" and newer)
