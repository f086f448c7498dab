from __future__ import annotations

import pytest

from outrider.agents.guard import HAND_OVER_MARK, LONGEST_ANSWER, check_answer


@pytest.mark.parametrize(
    "answer",
    [
        "Pay here: https://evil.example/pay",
        "See evil-site.com for more",
        "Write to refunds@evil.example",
        "Call me at +1 202 555 0199",
        "Call 202-555-0199 now",
        "Pay at cheap-roofs.shop/x today",
        "Pay at roofs.example.",
        "Look: t.me/roofs",
    ],
)
def test_addresses_that_nobody_told_the_model_never_leave(answer: str) -> None:
    checked = check_answer(answer, ["We fit solar panels."])
    assert checked.text is None
    assert checked.hand_over


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ("Book at https://sun.example/book", "Our page is https://sun.example/book"),
        ("I'll write to ada@example.com", "my mail is Ada@Example.com"),
        ("Great, 10:30 on 12 May works", ""),
        ("It is 4.5 kW, about 1200 per year", ""),
        ("Pick a time here: https://sun.example/book.", "Our page is https://sun.example/book"),
        ("Our page (sun.example/book) has it!", "See https://www.sun.example/book?from=text"),
        ("Call +1 (202) 555-0199", "Our line: 202-555-0199"),
        ("Gladly, Ms. Smith at 3 p.m.Then we call", ""),
        ("La llamada dura poco, p.ej. diez minutos", ""),
        ("Rated 4.8/5, from 9.30 to 17.00", ""),
    ],
)
def test_what_was_said_before_may_be_said_again(answer: str, known: str) -> None:
    checked = check_answer(answer, [known])
    assert (checked.text, checked.hand_over) == (answer, False)


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ("See sun.co", "Our page is sun.com"),
        ("See sun.example.evil.com", "Our page is sun.example"),
        ("See evil-sun.com", "Our page is sun.com"),
        ("See https://sun.example/pay", "Our page is https://sun.example/book"),
        ("Write to ada@example.co", "my mail is ada@example.com"),
        ("Write to a@example.com", "my mail is ada.a@example.com"),
        ("Call 202-555-0199", "Call 202-555-01999"),
        ("Call +44 202 555 0199", "Call 202 555 0199"),
    ],
)
def test_a_likeness_is_not_what_was_said(answer: str, known: str) -> None:
    assert check_answer(answer, [known]).text is None


@pytest.mark.parametrize(
    "mark", ["[[PERSON]]", "[[ person ]]", "[[Person]]", "[[person:]]", "[[person: cut o", "[[person: one bracket]", "[[person"]
)
def test_a_model_may_write_the_mark_carelessly(mark: str) -> None:
    checked = check_answer(f"A colleague will write. {mark}", [])
    assert (checked.text, checked.hand_over) == ("A colleague will write.", True)


def test_the_mark_hands_over_and_is_not_sent() -> None:
    mark = HAND_OVER_MARK.format(why="they want a  contract.")
    checked = check_answer(f"A colleague will write to you. {mark}", [])
    assert (checked.text, checked.hand_over) == ("A colleague will write to you.", True)
    assert checked.reason == "They want a contract."


@pytest.mark.parametrize("answer", ["", "  \n ", HAND_OVER_MARK])
def test_nothing_is_never_sent(answer: str) -> None:
    assert check_answer(answer, []).text is None
    assert check_answer(answer, []).hand_over


def test_a_long_answer_is_cut_at_a_sentence() -> None:
    text = check_answer("One sentence here. " * 40, []).text
    assert text is not None
    assert len(text) <= LONGEST_ANSWER
    assert text.endswith("here.")


def test_a_long_sentence_is_cut_at_a_word() -> None:
    text = check_answer("word " * 200, []).text
    assert text is not None
    assert len(text) <= LONGEST_ANSWER
    assert text.endswith("word…")


def test_the_same_words_are_never_said_twice() -> None:
    checked = check_answer("Sounds good!", [], ["Hi there", "Sounds good!"])
    assert (checked.text, checked.hand_over) == (None, True)
