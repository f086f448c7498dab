from __future__ import annotations

import asyncio

import pytest

from outrider.circuit import Circuit, CircuitChanged, CircuitRules, Circuits, CircuitState, Verdict
from outrider.errors import ProviderError


class Away(ProviderError):
    def __init__(self, detail: str = "no answer", *, retry_after: float | None = None):
        super().__init__(detail, retryable=True, retry_after=retry_after)


class No(ProviderError):
    def __init__(self) -> None:
        super().__init__("never", retryable=False)


class LeftAlone(Away):
    """Nobody was asked."""


class Bench:
    """A circuit whose calls end as the test says, by a clock that the test sets."""

    def __init__(self, **rules: object) -> None:
        self.now = 0.0
        self.changes: list[CircuitChanged] = []
        self.circuit = Circuit(
            "Acme",
            refusal=LeftAlone,
            rules=CircuitRules(**rules),  # type: ignore[arg-type]
            on_change=self.changes.append,
            now=lambda: self.now,
        )

    def call(self, *outcomes: BaseException | None) -> list[str]:
        return [self._one(outcome) for outcome in outcomes]

    def _one(self, outcome: BaseException | None) -> str:
        try:
            with self.circuit.call():
                if outcome is not None:
                    raise outcome
        except BaseException as error:
            return type(error).__name__
        return "ok"


def test_failures_in_a_row_open_it() -> None:
    bench = Bench(failures=3)
    assert bench.call(Away(), Away(), None, Away(), Away(), No(), Away(), Away()) == [
        "Away", "Away", "ok", "Away", "Away", "No", "Away", "Away",
    ]  # fmt: skip
    assert bench.circuit.state is CircuitState.CLOSED
    assert bench.call(Away(), None, None) == ["Away", "LeftAlone", "LeftAlone"]


def test_a_refusal_says_what_happened_and_when_to_come_again() -> None:
    bench = Bench(failures=1, pause_seconds=15)
    bench.call(Away("It answered 503."))
    bench.now = 5
    with pytest.raises(LeftAlone) as refused, bench.circuit.call():
        pytest.fail("an open circuit lets nothing pass")
    assert refused.value.retryable and refused.value.retry_after == 10
    assert refused.value.detail == "Acme failed too often and is left alone for a while. Last: It answered 503."


def test_failures_of_one_who_is_called_seldom_count_however_long_ago_they_are() -> None:
    bench = Bench(failures=3)
    for hour in range(3):
        bench.now = hour * 3600
        bench.call(Away())
    assert bench.circuit.state is CircuitState.OPEN


def test_the_pause_doubles_up_to_its_bound_and_begins_anew_after_recovery() -> None:
    bench = Bench(failures=1, pause_seconds=10, longest_pause_seconds=25)
    bench.call(Away())
    for pause in (10, 20, 25, 25):
        assert bench.changes[-1].pause_seconds == pause
        bench.now += pause - 1
        assert bench.call(None) == ["LeftAlone"]
        bench.now += 1
        assert bench.call(Away()) == ["Away"]
    bench.now += 25
    assert bench.call(None, None, Away()) == ["ok", "ok", "Away"]
    assert bench.changes[-1].pause_seconds == 10


def test_a_first_pause_beyond_the_longest_one_stays() -> None:
    bench = Bench(failures=1, pause_seconds=600)
    bench.call(Away())
    bench.now = 600
    bench.call(Away())
    assert bench.changes[-1].pause_seconds == 600


async def test_one_call_at_a_time_tries_and_one_given_up_makes_room() -> None:
    bench = Bench(failures=1, pause_seconds=10)
    bench.call(Away())
    bench.now = 10

    async def wait() -> None:
        with bench.circuit.call():
            await asyncio.Event().wait()

    trial = asyncio.create_task(wait())
    await asyncio.sleep(0)
    with pytest.raises(LeftAlone) as refused, bench.circuit.call():
        pytest.fail("the trial is under way")
    assert refused.value.retry_after == 1
    trial.cancel()
    await asyncio.gather(trial, return_exceptions=True)
    assert bench.circuit.state is CircuitState.HALF_OPEN and bench.call(None) == ["ok"]
    assert [change.state for change in bench.changes] == ["open", "half_open", "closed"]


def test_a_person_who_insists_is_let_pass_and_may_close_it() -> None:
    bench = Bench(failures=1, pause_seconds=10)
    bench.call(Away())
    with pytest.raises(Away), bench.circuit.call(insists=True):
        raise Away
    assert bench.changes[-1].pause_seconds == 20
    with bench.circuit.call(insists=True), bench.circuit.call(insists=True):
        assert bench.call(None) == ["LeftAlone"]
    assert bench.call(None) == ["ok"]


def test_a_mistake_of_ours_says_nothing_about_them() -> None:
    bench = Bench(failures=1)
    assert bench.call(KeyError("ours")) == ["KeyError"]
    assert bench.circuit.state is CircuitState.CLOSED


def test_a_caller_may_say_how_it_went_instead_of_raising() -> None:
    bench = Bench(failures=1, pause_seconds=10)
    with bench.circuit.call() as call:
        call.error = Away()
    bench.now = 10
    with bench.circuit.call() as call:
        call.was_made = False
    assert [change.state for change in bench.changes] == ["open", "half_open"], "nobody was asked, so nothing is known"
    assert bench.call(None) == ["ok"] and bench.changes[-1].state is CircuitState.CLOSED


def test_what_a_person_has_to_mend_is_told_and_opens_nothing() -> None:
    changes: list[CircuitChanged] = []
    circuit = Circuit("Acme", refusal=LeftAlone, judge=lambda _: Verdict.PROBLEM, on_change=changes.append)
    for _ in range(10):
        with pytest.raises(No), circuit.call():
            raise No
    with circuit.call():
        pass
    assert [change.problem for change in changes] == ["A provider failed: never", None]


def test_each_has_a_circuit_of_its_own_and_open_ones_are_kept_longer() -> None:
    circuits = Circuits(lambda name: Circuit(name, refusal=LeftAlone, rules=CircuitRules(failures=1)), most=3)
    with pytest.raises(Away), circuits.of("down").call():
        raise Away
    well, other = circuits.of("well"), circuits.of("other")
    assert circuits.of("well") is well
    circuits.of("new")
    assert circuits.of("down").state is CircuitState.OPEN and circuits.of("well") is well
    assert circuits.of("other") is not other
