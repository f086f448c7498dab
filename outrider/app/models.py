"""`/api/models`: the language models of this installation, and whether they answer."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from outrider.auth.permissions import Permission, require
from outrider.config import Settings
from outrider.errors import ConfigurationError, LimitExceeded
from outrider.llm.base import BudgetExhausted, ChatMessage, ChatReply, ChatRequest, ModelError
from outrider.llm.build import OFFLINE, ModelRegistry, default_model_name
from outrider.llm.limited import at_once
from outrider.llm.pricing import price

router = APIRouter(prefix="/api/models", tags=["models"])

PRICED_TOKENS = 1000
PER_MILLION = 1_000_000 // PRICED_TOKENS
PATIENCE = 2.0
"""A test waits this many times the model's own time-out, retries included."""
MOST_TESTS = 10
TESTS_PERIOD = 60.0
"""Seconds in which there are at most `MOST_TESTS` calls of models that cost money."""
QUESTION = "Write one friendly text message of at most 20 words that asks Ann Example whether a short call suits her this week."
CONTEXT = {
    "lead": {"id": 1, "name": "Ann Example"},
    "campaign": {"description": "A short call this week", "sender_name": "Outrider"},
}


class ModelOut(BaseModel):
    """A configured model."""

    name: str
    """`provider:model`, or `offline`."""
    provider: str
    is_default: bool
    """Used wherever none is named."""
    is_fallback: bool
    is_offline: bool
    """Writes by rules; it is no language model."""
    calls_at_once: int | None
    """Of its provider, in one process; None without a limit."""
    input_price: Decimal | None
    """US dollars per million input tokens; None if the price list does not know the model."""
    output_price: Decimal | None
    problem: str | None
    """Why it can't be used as configured."""
    remedy: str | None


class ModelTestIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(max_length=120)] | None = None
    """`provider:model`; None is the installation's own."""


class ModelTest(BaseModel):
    """How one real call went."""

    model: str
    ok: bool
    seconds: float
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    """US dollars."""
    price_known: bool = True
    sample: str | None = None
    """What it wrote."""
    error: str | None = None
    """What went wrong, in plain words."""
    remedy: str | None = None


class TooManyTests(LimitExceeded):
    """Models were tested so often that the money is better kept."""

    title = "Too many tests of models"


class Allowance:
    """How often models may be tried, whoever asks: a test is a call that somebody pays for."""

    def __init__(self) -> None:
        self._begun: deque[float] = deque(maxlen=MOST_TESTS)

    def take(self, now: float) -> None:
        """Count a test that begins.

        Args:
            now: seconds of a clock that never goes back.

        Raises:
            TooManyTests: there were too many; `retry_after` says when one is possible again.
        """
        if len(self._begun) == MOST_TESTS and (wait := self._begun[0] + TESTS_PERIOD - now) > 0:
            seconds = math.ceil(wait)
            raise TooManyTests(
                f"Models were tested {MOST_TESTS} times within a minute, and each test costs money.",
                remedy=f"Test again in {seconds} second{'' if seconds == 1 else 's'}.",
                retry_after=seconds,
            )
        self._begun.append(now)


@router.get("", dependencies=[Depends(require(Permission.CAMPAIGNS_READ))])
async def list_models(request: Request) -> list[ModelOut]:
    """The configured models: the default one, its fallbacks, and the offline model, which is always there."""
    settings: Settings = request.app.state.settings
    default = default_model_name(settings)
    fallbacks = [*settings.fallback_models, *([OFFLINE] if settings.offline_fallback else [])]
    names = dict.fromkeys([default, *fallbacks, OFFLINE])
    return [_shown(request.app.state.models, settings, name, default, fallbacks) for name in names]


@router.post("/test", dependencies=[Depends(require(Permission.SETTINGS_WRITE))])
async def test_model(request: Request, wanted: ModelTestIn) -> ModelTest:
    """Ask a model for one short text. Its failure is an answer of this call, not an error of it.

    Raises:
        TooManyTests: only of models that may cost money.
    """
    models: ModelRegistry = request.app.state.models
    settings: Settings = request.app.state.settings
    name = wanted.model or models.default_name
    clock = asyncio.get_running_loop()
    began = clock.time()
    try:
        model = models.get(name)
        if name != OFFLINE:
            request.app.state.model_tests.take(began)
        async with asyncio.timeout(PATIENCE * settings.model_timeout):
            reply = await model.complete(
                ChatRequest([ChatMessage("user", QUESTION)], max_tokens=200, purpose="sms", context=CONTEXT, fresh=True)
            )
    except (ModelError, BudgetExhausted, ConfigurationError) as error:
        return _failure(name, clock.time() - began, f"{error.title}: {error.detail}", error.remedy)
    except TimeoutError:
        return _failure(
            name, clock.time() - began, "The model did not answer in time.", "Check its address, or wait and try again."
        )
    return _success(name, clock.time() - began, reply)


def _success(name: str, seconds: float, reply: ChatReply) -> ModelTest:
    return ModelTest(
        model=name,
        ok=True,
        seconds=round(seconds, 3),
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cost=reply.cost,
        price_known=reply.price_known,
        sample=reply.text,
    )


def _failure(name: str, seconds: float, error: str, remedy: str) -> ModelTest:
    return ModelTest(model=name, ok=False, seconds=round(seconds, 3), error=error, remedy=remedy or None)


def _shown(models: ModelRegistry, settings: Settings, name: str, default: str, fallbacks: list[str]) -> ModelOut:
    problem, remedy = None, None
    try:
        models.get(name)
    except ConfigurationError as error:
        problem, remedy = error.detail, error.remedy or None
    provider, _, model = name.partition(":")
    is_offline = name == OFFLINE
    return ModelOut(
        name=name,
        provider=provider,
        is_default=name == default,
        is_fallback=name in fallbacks and name != default,
        is_offline=is_offline,
        calls_at_once=None if is_offline else at_once(settings.model_concurrency, provider),
        input_price=_per_million(price(provider, model, PRICED_TOKENS, 0)) if not is_offline else Decimal(0),
        output_price=_per_million(price(provider, model, 0, PRICED_TOKENS)) if not is_offline else Decimal(0),
        problem=problem,
        remedy=remedy,
    )


def _per_million(dollars: Decimal | None) -> Decimal | None:
    return None if dollars is None else dollars * PER_MILLION
