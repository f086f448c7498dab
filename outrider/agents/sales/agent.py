"""What the agents of the sales team have in common: evidence, one question to a model, and a result with what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, WorkflowContext
from outrider.agents.factory import AgentParts
from outrider.agents.sales.asking import Answer, ask, book_of, cost_of, system_prompt
from outrider.agents.sales.evidence import EvidenceBook
from outrider.llm.base import ChatReply


class SalesAgent(Agent):
    """Base of the agents of the sales team."""

    def __init__(self, configuration: AgentConfiguration, parts: AgentParts):
        super().__init__(configuration)
        self._parts = parts

    def can_handle(self, context: WorkflowContext) -> bool:
        return bool(context.lead)

    def get_system_prompt(self, context: WorkflowContext) -> str:
        return system_prompt(self.configuration, context)

    def _book(self, context: WorkflowContext) -> EvidenceBook:
        return book_of(self.configuration, context, self._parts)

    async def _ask(
        self,
        context: WorkflowContext,
        book: EvidenceBook,
        shape: type[Answer],
        *,
        purpose: str,
        task: str,
        data: Mapping[str, Any],
    ) -> tuple[Answer, ChatReply]:
        """See `asking.ask`."""
        models = self._parts.models
        return await ask(models, self.configuration, context, book, shape, purpose=purpose, task=task, data=data)

    def _response(self, result: BaseModel, reason: str, reply: ChatReply | None = None, **more: Any) -> AgentResponse:
        """
        Args:
            reply: of the model, if it was asked: its name and cost are noted.
            more: further fields of the response.
        """
        if reply is not None:
            more |= {"model": reply.model, "cost": cost_of(reply)}
        return AgentResponse(agent_type=self.agent_type, result=result.model_dump(mode="json"), reason=reason, **more)
