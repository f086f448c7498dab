from __future__ import annotations

import pytest

from simulator.optout import OptOuts

PERSON, OTHER, SCOPE = "+12125550100", "+12125550101", "+12025550143"


@pytest.mark.parametrize(
    "text", ["STOP", "stop", " Stop \n", "unsubscribe", "END", "quit", "StopAll", "REVOKE", "optout", "Cancel"]
)
def test_single_words_in_any_case_block_one_person_at_one_sender(text: str) -> None:
    opt_outs = OptOuts()
    assert opt_outs.apply(PERSON, SCOPE, text, toll_free=False) == ("STOP", True)
    assert opt_outs.is_blocked(PERSON, SCOPE)
    assert not opt_outs.is_blocked(OTHER, SCOPE)
    assert not opt_outs.is_blocked(PERSON, "+13105550186")


@pytest.mark.parametrize("text", ["STOP PLEASE", "please stop", "stop.", "non-stop", "arrêtez", "", "ENDE"])
def test_anything_else_is_an_ordinary_text(text: str) -> None:
    opt_outs = OptOuts()
    assert opt_outs.apply(PERSON, SCOPE, text, toll_free=False) == (None, False)
    assert len(opt_outs) == 0


def test_a_second_stop_is_not_confirmed_again() -> None:
    opt_outs = OptOuts()
    opt_outs.apply(PERSON, SCOPE, "STOP", toll_free=False)
    assert opt_outs.apply(PERSON, SCOPE, "QUIT", toll_free=False) == ("STOP", False)
    assert len(opt_outs) == 1


@pytest.mark.parametrize("text", ["START", "yes", "Unstop"])
def test_start_words_lift_a_block(text: str) -> None:
    opt_outs = OptOuts()
    opt_outs.apply(PERSON, SCOPE, "STOP", toll_free=False)
    assert opt_outs.apply(PERSON, SCOPE, text, toll_free=False) == ("START", True)
    assert not opt_outs.is_blocked(PERSON, SCOPE)


def test_yes_means_nothing_special_to_who_is_not_blocked_or_texts_a_toll_free_number() -> None:
    opt_outs = OptOuts()
    assert opt_outs.apply(PERSON, SCOPE, "Yes", toll_free=False) == (None, False)
    opt_outs.apply(PERSON, SCOPE, "STOP", toll_free=True)
    assert opt_outs.apply(PERSON, SCOPE, "Yes", toll_free=True) == (None, False)
    assert opt_outs.is_blocked(PERSON, SCOPE)


def test_help_blocks_nothing() -> None:
    opt_outs = OptOuts()
    assert opt_outs.apply(PERSON, SCOPE, "info", toll_free=False) == ("HELP", True)
    assert len(opt_outs) == 0
