from __future__ import annotations

from collections import Counter

import pytest

from simulator.errors import BadControl
from simulator.optout import STOP_WORDS
from simulator.personas import DEFAULT_MIX, MANUAL, PERSONAS, Behaviour, People, asks_to_stop
from simulator.wordings import SCRIPTS, STOP_KEYWORDS, STOP_WISHES

NUMBERS = [f"+1212555{index:04}" for index in range(4000)]


def people(seed: int = 7, **changes: object) -> People:
    return People(seed, Behaviour().changed(changes))


def test_the_same_seed_meets_the_same_people() -> None:
    first, again, other = people(7), people(7), people(8)
    assert [first.persona(number) for number in NUMBERS] == [again.persona(number) for number in NUMBERS]
    assert [first.reply(number, 0, "") for number in NUMBERS] == [again.reply(number, 0, "") for number in NUMBERS]
    assert [first.persona(number) for number in NUMBERS] != [other.persona(number) for number in NUMBERS]


def test_the_mix_is_met() -> None:
    shares = Counter(people().persona(number) for number in NUMBERS)
    assert set(DEFAULT_MIX) == set(PERSONAS) - {MANUAL}
    for persona, share in DEFAULT_MIX.items():
        assert shares[persona] / len(NUMBERS) == pytest.approx(share, abs=0.02)


def test_a_mix_need_not_add_up_to_one() -> None:
    shares = Counter(people(mix={"stop": 3, "silence": 1}).persona(number) for number in NUMBERS)
    assert shares["stop"] / len(NUMBERS) == pytest.approx(0.75, abs=0.03)
    assert set(shares) == {"stop", "silence"}


def test_an_override_wins() -> None:
    assert people(mix={"silence": 1}, overrides={NUMBERS[0]: "stop"}).persona(NUMBERS[0]) == "stop"


@pytest.mark.parametrize("persona", SCRIPTS)
def test_every_conversation_ends(persona: str) -> None:
    everyone = people(mix={persona: 1})
    for number in NUMBERS[:50]:
        replies = [everyone.reply(number, turn, "How about 10:00 am?") for turn in range(8)]
        assert replies[0] is not None
        assert replies[len(SCRIPTS[persona]) :] == [None] * (8 - len(SCRIPTS[persona]))


def test_an_interested_person_asks_the_price_and_then_takes_an_offered_time() -> None:
    everyone = people(mix={"interested": 1})
    for number in NUMBERS[:50]:
        without = everyone.reply(number, 1, "It's $99 a month.")
        offered = everyone.reply(number, 1, "It's $99 a month. Tuesday 10am or 2:30 pm?")
        assert without in SCRIPTS["interested"][1].wordings
        assert offered in SCRIPTS["interested"][1].if_times_offered


@pytest.mark.parametrize("persona", ["silence", "landline", "unreachable", "filtered"])
def test_some_never_answer(persona: str) -> None:
    assert {people(mix={persona: 1}).reply(number, 0, "hi") for number in NUMBERS[:50]} == {None}


def test_undeliverable_people_have_their_codes() -> None:
    def codes(persona: str) -> set[int | None]:
        everyone = people(mix={persona: 1})
        return {everyone.delivery_error(number) for number in NUMBERS[:100]}

    assert codes("landline") == {30006}
    assert codes("unreachable") == {30003, 30005}
    assert codes("filtered") == {30007}
    assert codes("interested") == {None}


def test_reply_probability_silences_that_share() -> None:
    everyone = people(mix={"question": 1}, reply_probability=0.3)
    answered = sum(everyone.reply(number, 0, "hi") is not None for number in NUMBERS)
    assert answered / len(NUMBERS) == pytest.approx(0.3, abs=0.03)


def test_the_wordings_of_stop_fall_into_two_kinds() -> None:
    assert all(word.upper() in STOP_WORDS for word in STOP_KEYWORDS)
    assert not any(wish.strip().upper() in STOP_WORDS for wish in STOP_WISHES)
    assert all(map(asks_to_stop, STOP_KEYWORDS + STOP_WISHES))
    assert not asks_to_stop("non-stop service?")


@pytest.mark.parametrize(
    "changes",
    [
        {"mood": 1},
        {"mix": {}},
        {"mix": {"angry": 1}},
        {"mix": {"stop": 0}},
        {"mix": {"stop": -1}},
        {"overrides": {"5550100": "stop"}},
        {"overrides": {"+12125550100": "angry"}},
        {"reply_probability": 1.5},
        {"reply_delay": [5]},
        {"reply_delay": [5, 1]},
        {"reply_delay": [True, 5]},
    ],
)
def test_unusable_settings_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadControl):
        Behaviour().changed(changes)
