from __future__ import annotations

from decimal import Decimal

import pytest

from outrider.llm.base import ChatMessage, ChatRequest, ModelRefused
from outrider.llm.offline import OfflineModel

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
    with pytest.raises(ModelRefused, match="only for sms, reply") as caught:
        await OfflineModel().complete(ChatRequest(PROMPT, purpose="poem"))
    assert not caught.value.retryable and "OUTRIDER_MODEL" in caught.value.remedy
