"""Shares of leads, compared: how sure a share is, and whether one is larger than another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

SURE = 0.95
POWER = 0.8
FEWEST = 5
"""Expected answers, and expected silences, below which the test's normal approximation does not hold."""
Z = NormalDist()


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    name: str
    count: int
    of: int

    @property
    def rate(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    winner: str | None
    """Name of the best share; None if there is none."""
    is_clear: bool
    text: str


def wilson(count: int, of: int, sure: float = SURE) -> tuple[float, float]:
    """The interval in which the true share lies with probability `sure`.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.
    """
    if of == 0:
        return 0.0, 1.0
    z, rate = Z.inv_cdf((1 + sure) / 2), count / of
    middle, scale = rate + z * z / (2 * of), 1 + z * z / of
    half = z * sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def chance(first: Share, second: Share) -> float:
    """How likely two equal shares would differ at least so much by chance (two-sided): the pooled two-proportion z-test.

    Source: NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3 "How can we determine whether two processes produce the same
    proportion of defectives?".
    """
    if not first.of or not second.of:
        return 1.0
    pooled = (first.count + second.count) / (first.of + second.of)
    error = sqrt(pooled * (1 - pooled) * (1 / first.of + 1 / second.of))
    return 2 * (1 - Z.cdf(abs(first.rate - second.rate) / error)) if error else 1.0


def leads_needed(first: float, second: float, sure: float = SURE, power: float = POWER) -> int:
    """Leads of each variant with which a difference of this size is found with probability `power`.

    Source: J. L. Fleiss, "Statistical Methods for Rates and Proportions", 2nd edition (1981), formula 3.14.
    """
    mean = (first + second) / 2
    alpha, beta = Z.inv_cdf((1 + sure) / 2), Z.inv_cdf(power)
    spread = alpha * sqrt(2 * mean * (1 - mean)) + beta * sqrt(first * (1 - first) + second * (1 - second))
    return ceil((spread / (first - second)) ** 2)


def judge(shares: Sequence[Share], labels: dict[str, str], does: str, *, fewest_win: bool = False) -> Verdict:
    """Which variant does best, in plain words. With more than two, the chance of each comparison is multiplied (Bonferroni).

    Args:
        does: what is counted, as in "gets answers".
        fewest_win: what is counted is unwanted, so that the smallest share is the best.
    """
    ranked = sorted(shares, key=lambda share: share.rate, reverse=not fewest_win)
    if len(ranked) < 2 or not all(share.of for share in ranked):
        return Verdict(None, False, "Too early to tell: not every variant has had a lead yet.")
    best, others = ranked[0], ranked[1:]
    next_best = others[0]
    if best.rate == next_best.rate:
        return Verdict(None, False, f"No difference so far: {_percent(best.rate)} each.")
    by_chance = min(1.0, max(chance(best, other) for other in others) * len(others))
    compared = f"{_percent(best.rate)} against {_percent(next_best.rate)}"
    often = f"{does} {'less' if fewest_win else 'more'} often"
    if by_chance < 1 - SURE and all(_is_enough(best, other) for other in others):
        sure = min(99.9, (1 - by_chance) * 100)
        said = f"{sure:.1f}" if sure > 99 else f"{sure:.0f}"
        return Verdict(best.name, True, f"{labels[best.name]} {often}: {compared}, sure to {said} %.")
    needed = leads_needed(best.rate, next_best.rate)
    more = sum(max(0, needed - share.of) for share in (best, next_best)) or FEWEST
    text = f"Too early to tell: {labels[best.name]} {often} so far, {compared}; about {more:,} more leads needed."
    return Verdict(best.name, False, text)


def _is_enough(first: Share, second: Share) -> bool:
    pooled = (first.count + second.count) / (first.of + second.of)
    return min(first.of, second.of) * min(pooled, 1 - pooled) >= FEWEST


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f} %".replace(".0 %", " %")
