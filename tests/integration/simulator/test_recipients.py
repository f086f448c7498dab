"""Single people: who plays them, and whether their handset is on."""

from __future__ import annotations

import time
from typing import Any

import pytest
from twilio.rest import Client

from simulator.testing import RunningSimulator

from .conftest import ANN, OURS

BOB = "+12125550101"


def sends(twilio: Client, person: str, body: str = "hi") -> None:
    twilio.messages.create(to=person, from_=OURS, body=body)


def thread(simulator: RunningSimulator, person: str) -> list[tuple[str, str, int | None]]:
    return [(text["direction"], text["status"], text["error_code"]) for text in simulator.recipient(person)["thread"]]


def test_a_handset_that_is_off_gets_nothing(simulator: RunningSimulator, twilio: Client) -> None:
    assert simulator.set_recipient(ANN, delivers=False)["delivers"] is False
    for person in (ANN, BOB):
        sends(twilio, person)
    simulator.wait_until_idle()
    assert thread(simulator, ANN) == [("outbound-api", "undelivered", 30003)]
    assert thread(simulator, BOB) == [("outbound-api", "delivered", None)]
    assert simulator.recipient(ANN)["persona"] == "silence", "the person is the same"
    simulator.set_recipient(ANN, delivers=True)
    sends(twilio, ANN, "again")
    simulator.wait_until_idle()
    assert thread(simulator, ANN)[1] == ("outbound-api", "delivered", None)


def test_somebody_else_can_play_a_person(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_personas(reply_delay=[0, 0])
    assert simulator.recipient(ANN)["persona_is_chosen"] is False
    shown = simulator.set_recipient(ANN, persona="interested")
    assert (shown["persona"], shown["persona_is_chosen"], shown["delivers"]) == ("interested", True, True)
    sends(twilio, ANN)
    simulator.wait(lambda counters: counters["persona_replies"] == 1)
    shown = simulator.set_recipient(ANN, persona=None)
    assert (shown["persona"], shown["persona_is_chosen"]) == ("silence", False)


def test_a_person_played_by_hand_never_answers_by_itself(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_personas(mix={"interested": 1}, reply_delay=[0, 0])
    simulator.set_recipient(ANN, persona="manual")
    sends(twilio, ANN)
    simulator.wait_until_idle()
    assert [direction for direction, _, _ in thread(simulator, ANN)] == ["outbound-api"]
    simulator.text(ANN, "I write myself")
    assert [direction for direction, _, _ in thread(simulator, ANN)] == ["outbound-api", "inbound"]


def test_an_answer_under_way_is_dropped_when_somebody_else_takes_the_part(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_personas(mix={"interested": 1}, reply_delay=[30, 30])
    sends(twilio, ANN)
    simulator.wait(lambda counters: counters["delivered"] == 1)
    simulator.set_recipient(ANN, persona="manual")
    time.sleep(0.5)
    simulator.wait_until_idle()
    assert simulator.counters()["persona_replies"] == 0


@pytest.mark.parametrize(
    "body", [{"persona": "robot"}, {"persona": 7}, {"delivers": "no"}, {"delivers": None}, {"speed": 1}, [], "x"], ids=str
)
def test_bad_changes_are_refused_and_change_nothing(simulator: RunningSimulator, body: Any) -> None:
    answer = simulator.client.put(f"/simulator/recipients/{ANN}", json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert simulator.recipient(ANN)["persona_is_chosen"] is False
    assert simulator.client.put("/simulator/recipients/ann", json={}).status_code == 400


def test_all_personas_are_listed(simulator: RunningSimulator) -> None:
    personas = simulator.client.get("/simulator/personas").json()["personas"]
    assert {"manual", "silence", "interested", "landline"} <= set(personas)
