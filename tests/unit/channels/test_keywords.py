"""Who asks to stop is heard in any wording; who does not ask is not silenced."""

from __future__ import annotations

from pathlib import Path

import pytest

from outrider.channels.keywords import Recognised, Wish, normalise, recognise
from outrider.channels.wordings import CARRIER_KEYWORDS, PHRASES, WORDINGS
from outrider.channels.wordings.rules import Wording
from tests.clocks import takes_less

TEXTS = Path(__file__).parent / "texts"
CARRIER_SPELLINGS = "STOP|stop|Stop|sToP| stop\n|UNSUBSCRIBE|End|quit|STOPALL|Revoke|optout|CANCEL"


def texts(name: str) -> list[str]:
    """One text per line."""
    return (TEXTS / f"{name}.txt").read_text().splitlines()


def wish(body: str) -> Wish | None:
    found = recognise(body)
    return found.wish if found else None


@pytest.mark.parametrize("body", CARRIER_SPELLINGS.split("|"))
def test_a_keyword_alone_is_what_the_carrier_acts_on(body: str) -> None:
    assert recognise(body) == Recognised(Wish.OPT_OUT, "carrier_keyword", body.strip().upper(), "en")


@pytest.mark.parametrize(
    ("body", "expected"),
    [("START", Wish.OPT_IN), ("yes", Wish.OPT_IN), (" Unstop\n", Wish.OPT_IN), ("help", Wish.HELP), ("INFO", Wish.HELP)],
)
def test_keywords_for_coming_back_and_help(body: str, expected: Wish) -> None:
    assert recognise(body) == Recognised(expected, "carrier_keyword", body.strip().upper(), "en")


@pytest.mark.parametrize(
    ("body", "language"),
    [(body, language) for language in ("en", "es", "fr") for body in texts(f"opt_out.{language}")],
)
def test_a_wish_to_stop_is_heard_in_any_wording(body: str, language: str) -> None:
    found = recognise(body)
    assert found is not None, normalise(body)
    assert (found.wish, found.by) == (Wish.OPT_OUT, "wording")
    assert found.language == language or "stop" in found.matched


@pytest.mark.parametrize("body", texts("opt_in"))
def test_a_wish_to_come_back(body: str) -> None:
    assert wish(body) is Wish.OPT_IN


@pytest.mark.parametrize("body", texts("help"))
def test_a_call_for_help(body: str) -> None:
    assert wish(body) is Wish.HELP


@pytest.mark.parametrize("body", ["", "   ", "👍", "?!", *texts("nothing")])
def test_an_ordinary_text_is_no_wish(body: str) -> None:
    assert recognise(body) is None


@pytest.mark.parametrize(("verdict", "expected"), [("STOP", Wish.OPT_OUT), ("start", Wish.OPT_IN), ("HELP", Wish.HELP)])
def test_the_carriers_verdict_is_never_overruled(verdict: str, expected: Wish) -> None:
    assert recognise("I'll stop by tomorrow", verdict) == Recognised(expected, "carrier_keyword", verdict.upper(), "en")


def test_an_unknown_verdict_leaves_the_text_to_decide() -> None:
    assert recognise("please stop texting me", "NEW").by == "wording"  # type: ignore[union-attr]
    assert recognise("see you tomorrow", "NEW") is None


def test_opting_out_wins_over_coming_back_and_help() -> None:
    assert wish("Help, how do I stop these texts? Resubscribe my sister.") is Wish.OPT_OUT


@pytest.mark.parametrize("word", CARRIER_KEYWORDS)
def test_punctuation_makes_a_keyword_our_business(word: str) -> None:
    found = recognise(f"{word}.")
    assert found is not None
    assert (found.wish, found.by) == (CARRIER_KEYWORDS[word], "wording")


@pytest.mark.parametrize("rule", WORDINGS, ids=lambda rule: rule.example)
def test_every_wording_recognises_its_own_example(rule: Wording) -> None:
    found = recognise(rule.example)
    assert found is not None
    assert (found.wish, found.language) == (rule.wish, rule.language)


def test_every_phrase_is_written_as_normalised() -> None:
    phrases = [phrase for group in PHRASES for phrase in group.phrases]
    assert [phrase for phrase in phrases if normalise(phrase) != [phrase]] == []


@pytest.mark.parametrize(
    "body",
    ["stop " * 400, "don't " * 300 + "stop", "no me " * 300, "a " * 800 + "stop", "please " * 250, "'" * 1600, "ne m " * 400],
)
def test_a_long_text_takes_no_long_time(body: str) -> None:
    assert takes_less(0.5, lambda: recognise(body))
