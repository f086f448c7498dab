"""The marketing agent: a plan over the channels that may be used, with each touch written. It plans; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from outrider.agents.base import AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import agent
from outrider.agents.sales.agent import SalesAgent
from outrider.agents.sales.contacts import Contact, contact_of
from outrider.agents.sales.drafts import NO_CHANNEL, NO_OFFER, Unsendable, checked_draft, offers, usable, written_about
from outrider.agents.sales.evidence import EvidenceBook
from outrider.agents.sales.results import MarketingPlan, PlanDraft, Refusal, Touch, TouchDraft

TASK = """Plan at most five touches over the channels in `channels`, the first on day 0, at least two days apart, and write \
each. Texts and subjects are in the language with the code `language`, everything else is in English. Name in `evidence` the \
entries that make a touch personal."""
MOST_TOUCHES = 5
DAYS_BETWEEN = 2


@agent
class MarketingAgent(SalesAgent):
    agent_type: ClassVar[AgentType] = AgentType.MARKETING
    result_type = MarketingPlan
    tools: ClassVar[Sequence[str]] = ("get_lead_facts", "search_campaign_facts")
    seconds_goal: ClassVar[float] = 4.0

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        book = self._book(context)
        contact = await contact_of(self._parts, context)
        channels = usable(contact)
        if not channels or not offers(context):
            result = MarketingPlan(unavailable=contact.unavailable(), reason=NO_OFFER if channels else NO_CHANNEL)
            return self._response(result, result.reason, confidence=1.0)
        data = {
            "asked": user_input,
            "channels": channels,
            **written_about(context),
        }
        draft, reply = await self._ask(context, book, PlanDraft, purpose="marketing", task=TASK, data=data)
        result = self._checked(draft, book, contact, context)
        reason = f"{len(result.touches)} touches over {', '.join(result.channels) or 'no channel'}."
        return self._response(result, reason, reply)

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
        text, segments = checked_draft(draft, used, context, book)
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
