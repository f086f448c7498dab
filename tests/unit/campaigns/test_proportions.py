from __future__ import annotations

import pytest

from outrider.campaigns.runs.proportions import Share, chance, judge, leads_needed, wilson

LABELS = {"a": "Short", "b": "Long"}


def test_wilsons_interval() -> None:
    """Of 4 of 20, at 90 %."""
    low, high = wilson(4, 20, 0.9)
    assert (round(low, 3), round(high, 3)) == (0.093, 0.378)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10)[0] == pytest.approx(0.0) and wilson(10, 10)[1] == pytest.approx(1.0)


def test_the_chance_of_a_difference() -> None:
    assert chance(Share("a", 40, 500), Share("b", 60, 500)) == pytest.approx(0.0350, abs=0.0005)
    assert chance(Share("a", 5, 10), Share("b", 5, 10)) == pytest.approx(1.0)
    assert chance(Share("a", 0, 10), Share("b", 0, 10)) == 1.0


def test_leads_that_are_needed() -> None:
    assert leads_needed(0.08, 0.12) == pytest.approx(882, abs=3)
    assert leads_needed(0.1, 0.2) < leads_needed(0.1, 0.15)


def test_a_clear_difference_is_told_with_its_certainty() -> None:
    verdict = judge([Share("a", 40, 500), Share("b", 60, 500)], LABELS, "answers")
    assert (verdict.winner, verdict.is_clear) == ("b", True)
    assert verdict.text == "Long answers more often: 12 % against 8 %, sure to 96 %."


def test_an_unclear_one_says_how_many_more() -> None:
    verdict = judge([Share("a", 4, 50), Share("b", 6, 50)], LABELS, "answers")
    assert not verdict.is_clear and verdict.text.startswith("Too early to tell") and "more leads needed" in verdict.text
    few = judge([Share("a", 0, 4), Share("b", 4, 4)], LABELS, "answers")
    assert not few.is_clear
    assert "not every variant" in judge([Share("a", 0, 0), Share("b", 4, 4)], LABELS, "answers").text
    assert "No difference" in judge([Share("a", 1, 4), Share("b", 1, 4)], LABELS, "answers").text


def test_many_variants_need_more_certainty() -> None:
    two = [Share("a", 40, 500), Share("b", 60, 500)]
    assert judge(two, LABELS, "answers").is_clear
    assert not judge([*two, Share("c", 40, 500)], LABELS, "answers").is_clear
