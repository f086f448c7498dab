from __future__ import annotations

from decimal import Decimal

import pytest

from outrider.llm.base import ChatModel, ChatReply, ChatRequest, ModelError, ModelRateLimited, ModelRefused, ModelUnavailable
from outrider.llm.counted import CallObserved, Counted
from outrider.llm.retrying import Retrying

REPLY = ChatReply("hi", "m", "p", 3, 1, cost=Decimal("0.1"))
REQUEST = ChatRequest([], purpose="sms")


class Script:
    """A model that goes through a list of outcomes."""

    name = "script:1"

    def __init__(self, *outcomes: ModelError | ChatReply):
        self._outcomes = list(outcomes)
        self.calls = 0
        self.closed = False

    async def complete(self, request: ChatRequest) -> ChatReply:
        outcome = self._outcomes[self.calls]
        self.calls += 1
        if isinstance(outcome, ModelError):
            raise outcome
        return outcome

    async def aclose(self) -> None:
        self.closed = True


class Clock:
    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def retrying(model: ChatModel, clock: Clock, *, times: int = 3, chance: float = 0.0) -> Retrying:
    return Retrying(model, times, sleep=clock.sleep, chance=lambda: chance)


async def test_a_passing_failure_is_tried_again_after_growing_waits() -> None:
    clock, model = Clock(), Script(*[ModelUnavailable("down")] * 3, REPLY)
    assert await retrying(model, clock).complete(REQUEST) is REPLY
    assert clock.waits == [0.5, 1.0, 2.0]


async def test_chance_shortens_a_wait_by_half_at_most() -> None:
    clock = Clock()
    await retrying(Script(ModelUnavailable("down"), REPLY), clock, chance=1.0).complete(REQUEST)
    assert clock.waits == [0.25]


async def test_the_last_failure_goes_up() -> None:
    clock, model = Clock(), Script(*[ModelUnavailable(str(number)) for number in range(3)])
    with pytest.raises(ModelUnavailable, match="2"):
        await retrying(model, clock, times=2).complete(REQUEST)
    assert model.calls == 3 and len(clock.waits) == 2


async def test_a_refusal_is_final() -> None:
    clock, model = Clock(), Script(ModelRefused("no"), REPLY)
    with pytest.raises(ModelRefused):
        await retrying(model, clock).complete(REQUEST)
    assert model.calls == 1 and not clock.waits


@pytest.mark.parametrize(("chance", "wait"), [(0.0, 7.0), (1.0, 7.7)])
async def test_the_providers_wait_is_kept_and_never_shortened(chance: float, wait: float) -> None:
    clock = Clock()
    await retrying(Script(ModelRateLimited("slow", retry_after=7.0), REPLY), clock, chance=chance).complete(REQUEST)
    assert clock.waits == [pytest.approx(wait)]


async def test_a_provider_that_asks_for_long_gets_no_second_request() -> None:
    clock, model = Clock(), Script(ModelRateLimited("slow", retry_after=3600), REPLY)
    with pytest.raises(ModelRateLimited) as caught:
        await retrying(model, clock).complete(REQUEST)
    assert caught.value.retry_after == 3600 and not clock.waits and model.calls == 1


async def test_no_retries_means_one_call() -> None:
    model = Script(ModelUnavailable("down"), REPLY)
    with pytest.raises(ModelUnavailable):
        await retrying(model, Clock(), times=0).complete(REQUEST)
    assert model.calls == 1


async def test_counted_tells_of_success_and_failure() -> None:
    seen: list[CallObserved] = []
    model = Counted(Script(ModelRateLimited("slow"), REPLY), seen.append)
    with pytest.raises(ModelRateLimited):
        await model.complete(REQUEST)
    await model.complete(REQUEST)
    assert [(call.outcome, call.model, call.purpose) for call in seen] == [
        ("model-rate-limited", "script:1", "sms"),
        ("ok", "script:1", "sms"),
    ]
    assert (seen[1].input_tokens, seen[1].output_tokens, seen[1].cost) == (3, 1, Decimal("0.1")) and seen[1].seconds > 0


async def test_wrappers_pass_on_name_and_close() -> None:
    model = Script()
    wrapped = Retrying(Counted(model, lambda _: None), 1)
    assert wrapped.name == "script:1"
    await wrapped.aclose()
    assert model.closed
