"""Asks again after a passing failure, no sooner than the provider wants."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from outrider.llm.base import ChatModel, ChatReply, ChatRequest, ModelError, Restarted, StreamPart, Wrapper, ending

log = structlog.get_logger(__name__)

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


class Retrying(Wrapper):
    """Repeats a call that failed with a retryable error, up to `max_retries` times.

    It waits as long as the provider asks (`retry_after`) and up to a tenth longer, otherwise 0.5 s, 1 s, 2 s … of
    which up to half is taken off: chance keeps many callers who failed together from coming back together ("equal
    jitter", AWS Architecture Blog, "Exponential Backoff And Jitter"). A provider that asks for more than 30 s gets no
    second request from here: the error goes up, and with it `retry_after`, to whoever can put the work off.
    """

    def __init__(
        self,
        model: ChatModel,
        max_retries: int,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ):
        super().__init__(model)
        self._max_retries = max_retries
        self._sleep = sleep
        self._chance = chance

    async def complete(self, request: ChatRequest) -> ChatReply:
        for attempt in range(self._max_retries):
            try:
                return await self.wrapped.complete(request)
            except ModelError as error:
                await self._pause(error, attempt)
        return await self.wrapped.complete(request)

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        """An answer that broke off is begun anew, which `Restarted` tells."""
        for attempt in range(self._max_retries + 1):
            has_begun = False
            try:
                async with ending(self.wrapped.stream(request)) as parts:
                    async for part in parts:
                        has_begun = True
                        yield part
                return
            except ModelError as error:
                if attempt == self._max_retries:
                    raise
                await self._pause(error, attempt)
                if has_begun:
                    yield Restarted(error.detail)

    async def _pause(self, error: ModelError, attempt: int) -> None:
        """Wait before the next attempt.

        Raises:
            ModelError: the given one, if asking again is of no use, or not so soon.
        """
        if not error.retryable or (error.retry_after or 0) > LONGEST_WAIT_SECONDS:
            raise error
        wait = self._wait(error, attempt)
        log.info("model_retried", model=self.name, error=error.slug, attempt=attempt + 1, wait_seconds=round(wait, 3))
        await self._sleep(wait)

    def _wait(self, error: ModelError, attempt: int) -> float:
        if error.retry_after is not None:
            return error.retry_after * (1 + self._chance() / 10)
        longest: float = min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
        return longest * (1 - self._chance() / 2)
