from __future__ import annotations

from collections import Counter

import pytest

from simulator.errors import BadControl
from simulator.faults import Faults


def fates(faults: Faults, name: str, occasions: int = 2000) -> list[bool]:
    return [faults.strikes(name) for _ in range(occasions)]


def test_the_seed_decides_and_the_share_is_met() -> None:
    counted: Counter[str] = Counter()
    first = fates(Faults(7, counted, {"429": 0.1}), "429")
    assert first == fates(Faults(7, Counter(), {"429": 0.1}), "429")
    assert first != fates(Faults(8, Counter(), {"429": 0.1}), "429")
    assert sum(first) == counted["429"]
    assert sum(first) / len(first) == pytest.approx(0.1, abs=0.03)


def test_switches_do_not_disturb_each_other() -> None:
    alone = Faults(7, Counter(), {"429": 0.1})
    both = Faults(7, Counter(), {"429": 0.1, "list_fails": 0.5})
    fates(both, "list_fails", 10)
    assert fates(alone, "429") == fates(both, "429")


def test_off_means_never() -> None:
    counted: Counter[str] = Counter()
    faults = Faults(7, counted)
    assert not any(fates(faults, "500_after_accept"))
    assert faults.callback_copies() == 1
    assert faults.extra_callback_delay() == 0
    assert not counted


@pytest.mark.parametrize(
    "values", [{"gremlins": 1}, {"429": 1.1}, {"429": -0.1}, {"429": True}, {"429": "1"}, {"callback_duplicates": 21}]
)
def test_a_bad_value_changes_nothing(values: dict[str, float]) -> None:
    faults = Faults(7, Counter())
    before = faults.as_dict()
    with pytest.raises(BadControl):
        faults.set({"list_fails": 1, **values})
    assert faults.as_dict() == before
