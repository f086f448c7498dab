"""The marketing agent: a plan over the channels that may be used, with each touch written. It plans; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import AgentParts, agent
from outrider.agents.sales.asking import ask, book_of, cost_of, system_prompt
from outrider.agents.sales.contacts import Contact, contact_of
from outrider.agents.sales.drafts import NO_CHANNEL, NO_OFFER, Unsendable, checked_text, offers, usable
from outrider.agents.sales.evidence import EvidenceBook
from outrider.agents.sales.results import MarketingPlan, PlanDraft, Refusal, Touch, TouchDraft

TASK = """Plan at most five touches over the channels in `channels`, the first on day 0, at least two days apart, and write \
each. Texts and subjects are in the language with the code `language`, everything else is in English. Name in `evidence` the \
entries that make a touch personal."""
MOST_TOUCHES = 5
DAYS_BETWEEN = 2


@agent
class MarketingAgent(Agent):
    agent_type: ClassVar[AgentType] = AgentType.MARKETING
    result_type = MarketingPlan
    tools: ClassVar[Sequence[str]] = ("get_lead_facts", "search_campaign_facts")
    seconds_goal: ClassVar[float] = 4.0

    def __init__(self, configuration: AgentConfiguration, parts: AgentParts):
        super().__init__(configuration)
        self._parts = parts

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        book = book_of(self.configuration, context, self._parts)
        contact = await contact_of(self._parts, context)
        channels = usable(contact)
        if not channels or not offers(context):
            result = MarketingPlan(unavailable=contact.unavailable(), reason=NO_OFFER if channels else NO_CHANNEL)
            return AgentResponse(
                agent_type=self.agent_type, result=result.model_dump(mode="json"), reason=result.reason, confidence=1.0
            )
        growth = context.results.get(AgentType.GROWTH_ANALYSIS) or {}
        data = {
            "asked": user_input,
            "channels": channels,
            "first_name": (str(context.lead.get("name") or "").split() or [""])[0],
            "angle": (growth.get("angle") or {}).get("text"),
            "question": growth.get("question"),
        }
        draft, reply = await ask(
            self._parts.models, self.configuration, context, book, PlanDraft, purpose="marketing", task=TASK, data=data
        )
        result = self._checked(draft, book, contact, context)
        return AgentResponse(
            agent_type=self.agent_type,
            result=result.model_dump(mode="json"),
            reason=f"{len(result.touches)} touches over {', '.join(result.channels) or 'no channel'}.",
            model=reply.model,
            cost=cost_of(reply),
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return bool(context.lead)

    def get_system_prompt(self, context: WorkflowContext) -> str:
        return system_prompt(self.configuration, context)

    def _checked(self, draft: PlanDraft, book: EvidenceBook, contact: Contact, context: WorkflowContext) -> MarketingPlan:
        plan = MarketingPlan(strategy=book.sayable(draft.strategy), unavailable=contact.unavailable())
        for touch in sorted(draft.touches, key=lambda touch: touch.day):
            if len(plan.touches) == MOST_TOUCHES:
                plan.refused.append(Refusal(what=book.sayable(touch.purpose), reason=f"more than {MOST_TOUCHES} touches"))
                continue
            try:
                plan.touches.append(self._touch(touch, plan, book, context))
            except Unsendable as error:
                plan.refused.append(Refusal(what=book.sayable(touch.purpose), reason=str(error)))
        plan.channels = list(dict.fromkeys(touch.channel for touch in plan.touches))
        return plan

    def _touch(self, draft: TouchDraft, plan: MarketingPlan, book: EvidenceBook, context: WorkflowContext) -> Touch:
        if draft.channel in plan.unavailable:
            raise Unsendable(f"{draft.channel}: {plan.unavailable[draft.channel]}")
        used = book.of(draft.evidence)
        text, segments = checked_text(draft.text, draft.channel, used, context, book)
        if draft.subject:
            checked_text(draft.subject, draft.channel, used, context, book)
        earliest = plan.touches[-1].day + DAYS_BETWEEN if plan.touches else 0
        return Touch(
            day=max(draft.day, earliest) if plan.touches else 0,
            channel=draft.channel,
            purpose=book.sayable(draft.purpose),
            subject=draft.subject,
            text=text,
            segments=segments,
            personalised_by=used,
        )
