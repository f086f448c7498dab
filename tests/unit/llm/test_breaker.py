from __future__ import annotations

import asyncio

import pytest

from outrider.circuit import CircuitChanged, CircuitState
from outrider.llm.base import (
    CircuitOpen,
    ModelError,
    ModelNotAuthenticated,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from outrider.llm.breaker import Breaker, provider_circuit
from tests.scripted_model import REPLY, REQUEST, Scripted, heard


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class Bench:
    """A breaker around a model whose outcomes the test sets."""

    def __init__(self, failures: int = 3) -> None:
        self.clock = Clock()
        self.changes: list[CircuitChanged] = []
        self.circuit = provider_circuit(
            "script", failures=failures, pause_seconds=10.0, on_change=self.changes.append, now=self.clock
        )
        self.model = Scripted()
        self.breaker = Breaker(self.model, self.circuit)

    async def ask(self, outcome: object = REPLY) -> str:
        self.model.outcomes = [outcome]  # type: ignore[list-item]
        try:
            await self.breaker.complete(REQUEST)
        except ModelError as error:
            return error.slug
        return "ok"

    async def open(self) -> None:
        for _ in range(3):
            await self.ask(ModelUnavailable("down"))
        assert self.circuit.state is CircuitState.OPEN


@pytest.mark.parametrize("error", [ModelUnavailable("x"), ModelTimeout("x"), ModelRateLimited("x")])
async def test_a_provider_that_fails_again_and_again_is_left_alone(error: ModelError) -> None:
    bench = Bench()
    assert [await bench.ask(error) for _ in range(5)] == [error.slug] * 3 + ["circuit-open"] * 2
    assert bench.model.calls == 3
    with pytest.raises(CircuitOpen) as caught:
        await bench.breaker.complete(REQUEST)
    assert caught.value.retryable and caught.value.retry_after == 10.0


@pytest.mark.parametrize("error", [ModelRefused("x"), ModelNotAuthenticated("x")])
async def test_an_answer_is_no_failure_of_the_provider(error: ModelError) -> None:
    bench = Bench()
    for _ in range(10):
        await bench.ask(error)
    assert bench.circuit.state is CircuitState.CLOSED and bench.model.calls == 10


async def test_single_failures_of_a_busy_provider_do_not_open_it() -> None:
    bench = Bench()
    for number in range(40):
        await bench.ask(ModelTimeout("slow") if number % 3 == 0 else REPLY)
    assert bench.circuit.state is CircuitState.CLOSED


async def test_failures_of_long_ago_do_not_count() -> None:
    bench = Bench()
    for _ in range(6):
        await bench.ask(ModelUnavailable("down"))
        bench.clock.time += 40
    assert bench.circuit.state is CircuitState.CLOSED


async def test_after_the_pause_a_few_calls_try_it_and_close_it() -> None:
    bench = Bench()
    await bench.open()
    bench.clock.time += 10
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    bench.model.before = wait
    calls = [asyncio.create_task(bench.ask()) for _ in range(5)]
    await asyncio.sleep(0)
    assert bench.circuit.state is CircuitState.HALF_OPEN
    gate.set()
    assert sorted(await asyncio.gather(*calls)) == ["circuit-open"] * 3 + ["ok"] * 2
    assert bench.circuit.state is CircuitState.CLOSED
    assert [change.state for change in bench.changes] == ["open", "half_open", "closed"]


async def test_a_failed_trial_doubles_the_pause_and_recovery_forgets_it() -> None:
    bench = Bench()
    await bench.open()
    bench.clock.time += 10
    assert await bench.ask(ModelTimeout("slow")) == "model-timeout"
    bench.clock.time += 19
    assert await bench.ask() == "circuit-open"
    bench.clock.time += 1
    assert [await bench.ask(), await bench.ask()] == ["ok", "ok"]
    await bench.open()
    assert bench.changes[-1].pause_seconds == 10.0


async def test_a_trial_that_is_given_up_makes_room_for_another() -> None:
    bench = Bench()
    await bench.open()
    bench.clock.time += 10

    async def forever() -> None:
        await asyncio.Event().wait()

    bench.model.before = forever
    for _ in range(4):
        call = asyncio.create_task(bench.ask())
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
    bench.model.before = None
    assert [await bench.ask(), await bench.ask()] == ["ok", "ok"]


async def test_a_call_from_before_says_nothing_about_now() -> None:
    bench = Bench()
    late = bench.circuit.enter()
    await bench.open()
    bench.clock.time += 10
    await bench.ask()
    bench.circuit.leave(late, ModelTimeout("at last"))
    assert await bench.ask() == "ok" and bench.circuit.state is CircuitState.CLOSED


async def test_a_problem_that_waiting_does_not_heal_is_told_at_once_and_taken_back() -> None:
    bench = Bench()
    await bench.ask(ModelNotAuthenticated("The key is wrong."))
    await bench.ask(ModelNotAuthenticated("The key is wrong."))
    await bench.ask(ModelTimeout("slow"))
    assert [change.problem for change in bench.changes] == ["The model provider refused the key: The key is wrong."]
    await bench.ask()
    assert bench.changes[-1].problem is None and len(bench.changes) == 2


async def test_streams_count_too() -> None:
    bench = Bench()
    bench.model.outcomes = [[ModelUnavailable("down")]]
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await heard(bench.breaker.stream(REQUEST))
    with pytest.raises(CircuitOpen):
        await heard(bench.breaker.stream(REQUEST))
    assert bench.model.calls == 3
