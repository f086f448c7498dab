"""Answers as Pydantic models: the schema goes to the model, its answer is validated, and a wrong one is corrected once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from outrider.llm.base import AnswerUnusable, ChatMessage, ChatModel, ChatReply, ChatRequest, OutputFormat

T = TypeVar("T", bound=BaseModel)

_MOST_PROBLEMS = 10
"""More at once don't help a model to do better."""


async def complete_as(model: ChatModel, request: ChatRequest, shape: type[T]) -> tuple[T, ChatReply]:
    """The model's answer as a `shape`, and the reply that it came in.

    An answer that is no `shape` is shown to the model once more, with what is wrong about it; the reply is then that of
    the second answer, with the tokens, cost and time of both.

    Raises:
        AnswerUnusable: neither answer is a `shape`.
        ModelError, BudgetExhausted: as `ChatModel.complete`.
    """
    asked = replace(request, output=output_format(shape))
    first: ChatReply | None = None
    try:
        first = await model.complete(asked)
        return _read(first, shape), first
    except AnswerUnusable as error:
        corrected = replace(asked, messages=[*request.messages, *_correction(first, error)])
    second = await model.complete(corrected)
    return _read(second, shape), (second if first is None else _both(first, second))


@cache
def output_format(shape: type[BaseModel]) -> OutputFormat:
    """What a request asks for to get a `shape`."""
    return OutputFormat(name=shape.__name__.strip("_")[:64], schema=shape.model_json_schema())


def _read(reply: ChatReply, shape: type[T]) -> T:
    if reply.data is None:
        raise AnswerUnusable(f"{reply.model} gave no {shape.__name__}.")
    try:
        return shape.model_validate(reply.data)
    except ValidationError as error:
        problems = "; ".join(_problem(item["loc"], item["msg"]) for item in error.errors()[:_MOST_PROBLEMS])
        raise AnswerUnusable(f"{reply.model} gave no usable {shape.__name__}: {problems}.") from error


def _problem(place: Sequence[int | str], message: str) -> str:
    # What the model wrote is left out: it may hold a lead's own words, and this goes to logs.
    return f"{'.'.join(map(str, place)) or 'the whole'}: {message}"


def _correction(reply: ChatReply | None, error: AnswerUnusable) -> list[ChatMessage]:
    said = [ChatMessage("assistant", reply.text)] if reply is not None and reply.text else []
    return [
        *said,
        ChatMessage("user", f"That answer can't be used. {error.detail} Answer again, with the corrected object only."),
    ]


def _both(first: ChatReply, second: ChatReply) -> ChatReply:
    return replace(
        second,
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        cached_input_tokens=first.cached_input_tokens + second.cached_input_tokens,
        cost=first.cost + second.cost,
        latency_seconds=first.latency_seconds + second.latency_seconds,
        usage_estimated=first.usage_estimated or second.usage_estimated,
        price_known=first.price_known and second.price_known,
    )
