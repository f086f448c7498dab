"""The exchange between a model and its tools: it asks, they answer, until it has its own answer or the rounds are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from pydantic import BaseModel

from outrider.agents.base import AgentIntent, CostMetrics, Slot, ToolUse
from outrider.agents.tools.base import RunAuthority
from outrider.agents.tools.box import ToolBox
from outrider.llm.base import ChatMessage, ChatModel, ChatReply, ChatRequest
from outrider.llm.structured import complete_as

T = TypeVar("T", bound=BaseModel)

MOST_ROUNDS = 4
"""Times that a model may ask for tools before it has to answer."""
MOST_CALLS = 4
"""Tools in one round; further ones are refused."""


@dataclass(slots=True)
class Thought(Generic[T]):
    """What a model answered, and what was done on the way there."""

    reply: ChatReply
    messages: list[ChatMessage]
    """The whole exchange before the answer."""
    value: T | None = None
    """The answer as an object, where one was asked for."""
    tool_uses: list[ToolUse] = field(default_factory=list)
    intents: list[AgentIntent] = field(default_factory=list)
    offered_slots: list[Slot] | None = None
    """What `find_slots` offered last; None if it was not used."""
    cost: CostMetrics = field(default_factory=CostMetrics)


async def think(
    model: ChatModel,
    request: ChatRequest,
    tools: ToolBox,
    authority: RunAuthority,
    allowed: Sequence[str] = (),
    *,
    most_rounds: int = MOST_ROUNDS,
) -> Thought[BaseModel]:
    """Let `model` answer `request`, with the tools named in `allowed` as far as the authority's agent may have them.

    Raises:
        ModelError, BudgetExhausted: as `ChatModel.complete`.
    """
    specifications = tools.specifications(authority, allowed)
    asked = replace(request, tools=specifications)
    thought: Thought[BaseModel] = Thought(await model.complete(asked), list(request.messages))
    thought.cost += cost_of(thought.reply)
    rounds = 0
    while thought.reply.tool_calls and rounds < most_rounds:
        rounds += 1
        await _run_calls(thought, tools, authority, allowed)
        is_last = rounds == most_rounds
        asked = replace(asked, messages=list(thought.messages), tool_choice="none" if is_last else "auto")
        thought.reply = await model.complete(asked)
        thought.cost += cost_of(thought.reply)
    return thought


async def think_as(
    model: ChatModel,
    request: ChatRequest,
    shape: type[T],
    tools: ToolBox,
    authority: RunAuthority,
    allowed: Sequence[str] = (),
) -> Thought[T]:
    """As `think`, with an answer of the given shape in `Thought.value`: the tools come first, the answer is asked for last.

    Raises:
        AnswerUnusable: twice it was no `shape`.
        ModelError, BudgetExhausted: as `ChatModel.complete`.
    """
    thought: Thought[T] | None = None
    if tools.specifications(authority, allowed):
        gathered = await think(model, request, tools, authority, allowed)
        if gathered.tool_uses:
            request = replace(request, messages=gathered.messages)
        thought = Thought(
            gathered.reply, gathered.messages, None, gathered.tool_uses, gathered.intents, gathered.offered_slots, gathered.cost
        )
    value, reply = await complete_as(model, request, shape)
    if thought is None:
        thought = Thought(reply, list(request.messages))
    thought.value, thought.reply = value, reply
    thought.cost += cost_of(reply)
    return thought


def cost_of(reply: ChatReply) -> CostMetrics:
    return CostMetrics(input_tokens=reply.input_tokens, output_tokens=reply.output_tokens, cost=reply.cost, model_calls=1)


async def _run_calls(thought: Thought[BaseModel], tools: ToolBox, authority: RunAuthority, allowed: Sequence[str]) -> None:
    """One after another: a later call may stand on an earlier one's result."""
    reply = thought.reply
    thought.messages.append(ChatMessage("assistant", reply.text, tool_calls=reply.tool_calls))
    for place, call in enumerate(reply.tool_calls):
        outcome = await tools.run(call, authority, allowed if place < MOST_CALLS else ())
        thought.tool_uses.append(outcome.use)
        thought.intents.extend(outcome.intents)
        if outcome.offered:
            thought.offered_slots = list(outcome.offered)
        thought.messages.append(ChatMessage("tool", outcome.said, tool_call_id=call.id))
