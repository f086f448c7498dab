from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from outrider.llm.base import ChatMessage, ChatReply, ChatRequest, ModelRefused, OutputFormat, TextDelta
from outrider.llm.offline import OfflineModel, task, tasks

PROMPT = [ChatMessage("system", "You are Ada."), ChatMessage("user", "Who is this?")]


async def test_it_says_what_it_is_and_costs_nothing() -> None:
    reply = await OfflineModel().complete(ChatRequest(PROMPT, purpose="sms", context={"lead": {"name": "Maria"}}))
    assert (reply.provider, reply.model, reply.cost, reply.price_known) == ("offline", "offline", Decimal(0), True)
    assert reply.usage_estimated and reply.input_tokens == 3 + 3 and reply.output_tokens == -(-len(reply.text) // 4)


async def test_the_purpose_chooses_the_task() -> None:
    context = {"lead": {"name": "Maria"}, "thread": [{"author": "lead", "body": "How much is it?"}]}
    model = OfflineModel()
    assert "price" in (await model.complete(ChatRequest(PROMPT, purpose="reply", context=context))).text
    assert (await model.complete(ChatRequest(PROMPT, purpose="sms", context={**context, "thread": []}))).text.startswith("H")


async def test_without_context_it_answers_the_prompt() -> None:
    reply = await OfflineModel().complete(ChatRequest([ChatMessage("user", "How much is it?")]))
    assert "price" in reply.text


async def test_it_refuses_what_it_has_no_rules_for() -> None:
    with pytest.raises(ModelRefused, match=r"only for .*reply.*sms") as caught:
        await OfflineModel().complete(ChatRequest(PROMPT, purpose="poem"))
    assert not caught.value.retryable and "OUTRIDER_MODEL" in caught.value.remedy


SHAPE = OutputFormat("Reading", {"type": "object", "properties": {"mood": {"type": "string"}, "at": {"type": "string"}}})


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_TASKS", dict(tasks._TASKS))

    @task("weigh", "weigh_again")
    def read(context: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"mood": context["mood"], "at": datetime(2026, 5, 4, tzinfo=UTC)}


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("purpose", ["weigh", "weigh_again"])
async def test_a_task_of_another_file_answers_with_an_object(purpose: str) -> None:
    request = ChatRequest(PROMPT, purpose=purpose, output=SHAPE, context={"mood": "glad 👍"})
    reply = await OfflineModel().complete(request)
    assert reply.data == {"mood": "glad 👍", "at": "2026-05-04T00:00:00+00:00"}
    assert reply.text.startswith('{"mood":"glad') and reply.output_tokens > 0


@pytest.mark.usefixtures("reading")
async def test_what_kind_of_answer_a_task_gives_is_part_of_its_rules() -> None:
    with pytest.raises(ModelRefused, match="with an object"):
        await OfflineModel().complete(ChatRequest(PROMPT, purpose="weigh", context={"mood": "glad"}))
    with pytest.raises(ModelRefused, match="with a text"):
        await OfflineModel().complete(ChatRequest(PROMPT, purpose="reply", output=SHAPE))


@pytest.mark.usefixtures("reading")
def test_a_purpose_has_one_task() -> None:
    with pytest.raises(ValueError, match="“weigh”"):
        task("weigh")(lambda context: "")


async def test_it_streams_word_by_word() -> None:
    *words, reply = [part async for part in OfflineModel().stream(ChatRequest(PROMPT))]
    assert isinstance(reply, ChatReply) and len(words) > 3
    assert "".join(word.text for word in words if isinstance(word, TextDelta)) == reply.text
