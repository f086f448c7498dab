from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from outrider.llm.base import AnswerUnusable, ChatMessage, ChatReply, ChatRequest, ModelUnavailable, StreamPart
from outrider.llm.structured import complete_as


class Reading(BaseModel):
    mood: Literal["glad", "angry"]
    score: int = Field(ge=0, le=10)


class Answers:
    """A model that gives one object after the other."""

    name = "answers:1"

    def __init__(self, *answers: dict[str, Any] | Exception):
        self.answers = list(answers)
        self.asked: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return ChatReply(str(answer), "m", "p", 10, 5, cost=Decimal("0.01"), latency_seconds=1.0, data=answer)

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        yield await self.complete(request)

    async def aclose(self) -> None: ...


GOOD = {"mood": "glad", "score": 3}
BAD = {"mood": "bored by +12025550143", "score": 11}
REQUEST = ChatRequest([ChatMessage("user", "How does she feel?")], purpose="read")


async def test_the_schema_is_asked_for_and_the_answer_is_the_model() -> None:
    model = Answers(GOOD)
    found, reply = await complete_as(model, REQUEST, Reading)
    assert found == Reading(mood="glad", score=3) and reply.input_tokens == 10
    output = model.asked[0].output
    assert output is not None and output.name == "Reading" and set(output.schema["properties"]) == {"mood", "score"}
    assert REQUEST.output is None and model.asked[0].purpose == "read"


async def test_a_wrong_answer_is_corrected_once_and_both_are_paid() -> None:
    model = Answers(BAD, GOOD)
    found, reply = await complete_as(model, REQUEST, Reading)
    assert found.score == 3 and (reply.input_tokens, reply.output_tokens, reply.cost) == (20, 10, Decimal("0.02"))
    assert reply.latency_seconds == 2.0
    question, said, problem = model.asked[1].messages
    assert question == REQUEST.messages[0] and said.role == "assistant" and "bored" in said.content
    assert problem.role == "user" and "mood" in problem.content and "score" in problem.content


async def test_what_is_no_object_at_all_is_corrected_too() -> None:
    model = Answers(AnswerUnusable("It is no JSON."), GOOD)
    found, reply = await complete_as(model, REQUEST, Reading)
    assert found.mood == "glad" and reply.input_tokens == 10
    assert "It is no JSON." in model.asked[1].messages[-1].content


async def test_two_wrong_answers_are_unusable_and_the_error_repeats_none_of_their_text() -> None:
    model = Answers(BAD, BAD)
    with pytest.raises(AnswerUnusable, match="score") as caught:
        await complete_as(model, REQUEST, Reading)
    assert len(model.asked) == 2 and caught.value.retryable and "+1202" not in str(caught.value)


async def test_a_failure_of_the_model_goes_up() -> None:
    with pytest.raises(ModelUnavailable):
        await complete_as(Answers(ModelUnavailable("down")), REQUEST, Reading)
