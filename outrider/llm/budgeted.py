"""Calls that are paid for before they are made, and the books in which each attempt is entered.

`Budgeted` stands outside: it opens an account for a call and closes it. `Metered` stands next to the model, inside everything
that asks again or elsewhere: each attempt that may cost something has a reservation of its own, so that retries and
fallbacks can't spend what nobody reserved.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from outrider.errors import OutriderError
from outrider.llm.base import (
    CHARACTERS_PER_TOKEN,
    AnswerUnusable,
    Attempt,
    CallScope,
    ChatModel,
    ChatReply,
    ChatRequest,
    ModelError,
    ModelTimeout,
    StreamPart,
    TextDelta,
    Wrapper,
    ending,
    estimated_input_tokens,
)
from outrider.llm.pricing import Tariff

OK = "ok"
RUN_ID = "trace_id"
"""Key of `ChatRequest.metadata` under which an agent's run names itself."""
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call before it is made."""

    model: str
    """`provider:model`."""
    purpose: str = ""
    scope: CallScope = field(default_factory=CallScope)
    run_id: str | None = None
    """The agent's run that asks."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended, and what it took."""

    model: str
    outcome: str
    """`ok`, `cancelled`, or the slug of the error."""
    cost: Decimal = Decimal(0)
    seconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    usage_estimated: bool = False
    price_known: bool = True
    from_cache: bool = False
    trace_id: str | None = None


class Reservation(Protocol):
    """Money that is kept for one attempt."""

    @property
    def amount(self) -> Decimal:
        """US dollars."""


class Books(Protocol):
    """Where money is reserved and attempts are entered."""

    async def reserve(self, call: Call, amount: Decimal) -> Reservation:
        """
        Raises:
            BudgetExhausted: a budget does not pay for it.
            BooksUnavailable: nobody can tell.
        """

    def settle(self, reservation: Reservation, result: Result) -> None:
        """Enter the attempt that the reservation was for. Does not wait until that is written."""

    def note(self, call: Call, result: Result) -> None:
        """Enter an attempt that cost nothing. Does not wait until that is written."""


class Account:
    """Pays for one call with all its attempts, which come one after the other."""

    def __init__(self, books: Books, call: Call):
        self._books = books
        self._call = call
        self._reservation: Reservation | None = None
        self._failed: Result | None = None
        """The latest attempt, if it cost nothing: its reservation pays for the next one."""

    async def begin(self, amount: Decimal) -> None:
        """Reserve what the next attempt may cost, if it isn't.

        Raises:
            BudgetExhausted
        """
        if amount and (self._reservation is None or self._reservation.amount < amount):
            self.close()
            self._reservation = await self._books.reserve(self._call, amount)
        elif self._failed is not None:
            self._books.note(self._call, self._failed)
            self._failed = None

    def end(self, result: Result) -> None:
        """Enter how the attempt ended."""
        if self._reservation is not None and (result.cost or result.outcome == OK):
            self._books.settle(self._reservation, result)
            self._reservation = None
        elif self._reservation is not None:
            self._failed = result
        else:
            self._books.note(self._call, result)

    def close(self, outcome: str = CANCELLED) -> None:
        """Give back what is reserved and was not spent.

        Args:
            outcome: how the call ended, if no attempt was made with it.
        """
        if self._reservation is not None:
            self._books.settle(self._reservation, self._failed or Result(self._call.model, outcome))
        self._reservation = self._failed = None


class Budgeted(Wrapper):
    """Reserves what the call may cost, and settles what it did cost."""

    def __init__(self, model: ChatModel, books: Books, tariff: Tariff):
        super().__init__(model)
        self._books = books
        self._tariff = tariff

    async def complete(self, request: ChatRequest) -> ChatReply:
        async with self._paid(request) as paid:
            return await self.wrapped.complete(paid)

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        async with self._paid(request) as paid, ending(self.wrapped.stream(paid)) as parts:
            async for part in parts:
                yield part

    @asynccontextmanager
    async def _paid(self, request: ChatRequest) -> AsyncIterator[ChatRequest]:
        account = Account(self._books, Call(self.name, request.purpose, request.scope, request.metadata.get(RUN_ID)))
        outcome = CANCELLED
        try:
            await account.begin(self._tariff.most(request))
            yield replace(request, account=account)
            outcome = OK
        except OutriderError as error:
            outcome = error.slug
            raise
        finally:
            account.close(outcome)


@dataclass(slots=True)
class _Metered(Attempt):
    """An attempt under way."""

    is_streamed: bool = False
    written: int = 0
    """Characters of its text so far."""
    began: float = field(default_factory=time.perf_counter)


class Metered(Wrapper):
    """Enters each attempt into the account of its call; a request without one passes.

    An attempt that ends without a reply may have been charged all the same. One that timed out, that was given up, or whose
    answer is unusable counts with the most that it can have cost; one whose stream broke off with what was sent and written
    until then, estimated; one that the provider answered with an error costs nothing.
    """

    def __init__(self, model: ChatModel, tariff: Tariff):
        super().__init__(model)
        self._tariff = tariff

    async def complete(self, request: ChatRequest) -> ChatReply:
        async with self._entered(request, _Metered()) as attempt:
            attempt.reply = await self.wrapped.complete(self._tariff.limited(request))
            return attempt.reply

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        async with (
            self._entered(request, _Metered(is_streamed=True)) as attempt,
            ending(self.wrapped.stream(self._tariff.limited(request))) as parts,
        ):
            async for part in parts:
                if isinstance(part, TextDelta):
                    attempt.written += len(part.text)
                elif isinstance(part, ChatReply):
                    attempt.reply = part
                yield part

    @asynccontextmanager
    async def _entered(self, request: ChatRequest, attempt: _Metered) -> AsyncIterator[_Metered]:
        account = request.account
        if not isinstance(account, Account):
            yield attempt
            return
        await account.begin(self._tariff.most(request))
        outcome, error = CANCELLED, None
        try:
            yield attempt
            outcome = OK
        except ModelError as failure:
            outcome, error = failure.slug, failure
            raise
        finally:
            account.end(self._result(request, attempt, outcome, error))

    def _result(self, request: ChatRequest, attempt: _Metered, outcome: str, error: ModelError | None) -> Result:
        seconds = time.perf_counter() - attempt.began
        if (reply := attempt.reply) is not None:
            # Whoever stops listening after the whole answer has had it.
            return Result(
                model=self.name,
                outcome=OK,
                cost=reply.cost,
                seconds=seconds,
                input_tokens=reply.input_tokens,
                output_tokens=reply.output_tokens,
                cached_input_tokens=reply.cached_input_tokens,
                usage_estimated=reply.usage_estimated,
                price_known=reply.price_known,
                trace_id=reply.trace_id,
            )
        return self._without_reply(request, attempt, outcome, error, seconds)

    def _without_reply(
        self, request: ChatRequest, attempt: _Metered, outcome: str, error: ModelError | None, seconds: float
    ) -> Result:
        if isinstance(error, ModelError) and not isinstance(error, (ModelTimeout, AnswerUnusable)) and not attempt.written:
            return Result(self.name, outcome, seconds=seconds)
        read, written = estimated_input_tokens(request.messages), -(-attempt.written // CHARACTERS_PER_TOKEN)
        is_visible = attempt.is_streamed and not isinstance(error, AnswerUnusable) and not request.tools and not request.output
        if is_visible:
            cost = self._tariff.price(read, written)
        else:
            cost, written = self._tariff.most(request), request.max_tokens or self._tariff.most_tokens
        return Result(self.name, outcome, cost, seconds, input_tokens=read, output_tokens=written, usage_estimated=True)
