"""From findings to a score: weights, tiers, quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.agents.base import Factor, FactorFinding, QualificationFactors, Tier
from outrider.agents.team.qualifying import WEIGHTS, merged, next_to_ask, qualify, said, tier_of


def found(factor: Factor, strength: float, quote: str = "so it is") -> FactorFinding:
    return FactorFinding(factor=factor, strength=strength, summary="s", quote=quote)


def of(**strengths: float) -> QualificationFactors:
    return merged(QualificationFactors(), [found(Factor(name), strength) for name, strength in strengths.items()])


def test_the_weights_add_up() -> None:
    assert sum(WEIGHTS.values()) == 100 and set(WEIGHTS) == set(Factor)


@pytest.mark.parametrize(
    ("factors", "score", "tier"),
    [
        (of(), 30, "C"),
        (of(need=0.6), 44, "C"),
        (of(need=0.9, timeline=0.9), 61, "B"),
        (of(need=0.9, timeline=0.9, authority=1), 74, "B"),
        (of(need=0.9, timeline=0.9, authority=1, budget=0.8), 85, "A"),
        (of(need=-0.9), 23, "D"),
        (of(need=-0.9, timeline=1, authority=1, budget=1), 29, "D"),
        (of(**{str(factor): 1 for factor in Factor}), 100, "A"),
        (of(**{str(factor): -1 for factor in Factor}), 0, "D"),
    ],
)
def test_a_score_follows_from_what_was_said(factors: QualificationFactors, score: int, tier: str) -> None:
    judged = qualify(factors)
    assert (judged.score, judged.tier) == (score, tier)


def test_the_reasons_are_in_words_and_quote_the_lead() -> None:
    factors = merged(
        QualificationFactors(), [found(Factor.NEED, 0.9, "our bill is too high"), found(Factor.BUDGET, -0.9, "no money")]
    )
    reasoning = qualify(factors).reasoning
    assert "For: need (“our bill is too high”)" in reasoning and "Against: budget (“no money”)" in reasoning
    assert "Not known: timeline, authority" in reasoning


def test_a_quote_that_nobody_said_is_dropped() -> None:
    findings = [
        found(Factor.NEED, 1, "We’re looking for this"),
        found(Factor.BUDGET, 1, "we have a million"),
        found(Factor.TIMELINE, 1, "!"),
    ]
    kept = said(findings, ["Hi! we're  looking for THIS, since May"])
    assert [one.factor for one in kept] == [Factor.NEED]
    assert said([found(Factor.NEED, 1, "art")], ["we start"]) == [], "whole words"


def test_the_newest_word_holds_unless_it_says_nothing() -> None:
    first = of(need=0.9)
    assert merged(first, [found(Factor.NEED, -0.5)]).findings[Factor.NEED].strength == -0.5
    assert merged(first, [found(Factor.NEED, 0)]).findings[Factor.NEED].strength == 0.9


def test_one_thing_is_asked_after_the_other() -> None:
    assert next_to_ask(of()) is Factor.NEED
    assert next_to_ask(of(), Factor.NEED) is Factor.TIMELINE, "never twice in a row"
    assert next_to_ask(of(need=1, timeline=1, authority=0, budget=1)) is None


@given(st.dictionaries(st.sampled_from(Factor), st.floats(-1, 1)))
def test_every_score_is_one(strengths: dict[Factor, float]) -> None:
    judged = qualify(merged(QualificationFactors(), [found(factor, strength) for factor, strength in strengths.items()]))
    assert 0 <= judged.score <= 100 and judged.tier == tier_of(judged.score)


def test_more_of_a_good_thing_never_lowers_the_score() -> None:
    for factor in Factor:
        assert qualify(of(**{factor: 1})).score >= qualify(of(**{factor: 0})).score >= qualify(of(**{factor: -1})).score


def test_tiers_begin_where_they_are_said_to() -> None:
    assert [tier_of(score) for score in (100, 75, 74, 55, 54, 30, 29, 0)] == [*"AABBCCDD"] == [
        Tier.A, Tier.A, Tier.B, Tier.B, Tier.C, Tier.C, Tier.D, Tier.D,
    ]  # fmt: skip
