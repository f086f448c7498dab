"""Turns to the next model when one fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import structlog

from outrider.llm.base import ChatModel, ChatReply, ChatRequest, ModelError, Restarted, StreamPart, TextDelta, Wrapper, ending

log = structlog.get_logger(__name__)


class Fallback(Wrapper):
    """Asks the models one after the other until one answers. Bears the name of the first.

    When all fail, the first failure that may pass goes up, or else the first: that tells the caller whether to ask again.
    """

    def __init__(self, model: ChatModel, *others: ChatModel):
        super().__init__(model)
        self._models = (model, *others)

    async def complete(self, request: ChatRequest) -> ChatReply:
        failures: list[ModelError] = []
        for model in self._models:
            try:
                return await model.complete(request)
            except ModelError as error:
                self._note(model, error, failures)
        raise _worth_telling(failures)

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        """An answer that broke off after text is begun anew by the next model, which `Restarted` tells."""
        failures: list[ModelError] = []
        has_text = False
        for model in self._models:
            if has_text:
                yield Restarted(failures[-1].detail)
                has_text = False
            try:
                async with ending(model.stream(request)) as parts:
                    async for part in parts:
                        has_text = isinstance(part, TextDelta) or (has_text and not isinstance(part, Restarted))
                        yield part
                return
            except ModelError as error:
                self._note(model, error, failures)
        raise _worth_telling(failures)

    async def aclose(self) -> None:
        for model in self._models:
            await model.aclose()

    def _note(self, model: ChatModel, error: ModelError, failures: list[ModelError]) -> None:
        failures.append(error)
        if len(failures) < len(self._models):
            log.warning("model_fell_back", model=model.name, to=self._models[len(failures)].name, error=error.slug)


def _worth_telling(failures: Sequence[ModelError]) -> ModelError:
    return next((error for error in failures if error.retryable), failures[0])
