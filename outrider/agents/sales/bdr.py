"""The BDR agent: proposes the next step with a lead and writes it, for a person to approve, change or reject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import AgentParts, agent
from outrider.agents.sales.approvals.flow import begin
from outrider.agents.sales.asking import ask, book_of, cost_of, system_prompt
from outrider.agents.sales.contacts import contact_of
from outrider.agents.sales.drafts import NO_CHANNEL, NO_OFFER, Unsendable, checked_text, offers, usable
from outrider.agents.sales.results import BdrDraft, BdrPlan

TASK = """Sum up who this is and why they fit, propose the one next step over a channel in `channels`, and write it ready \
to send. Text and subject are in the language with the code `language`, everything else is in English. `checks`: what the \
person should look at before they approve."""
WANTED = ("title", "industry", "employees", "description")


@agent
class BdrAgent(Agent):
    agent_type: ClassVar[AgentType] = AgentType.BDR
    result_type = BdrPlan
    tools: ClassVar[Sequence[str]] = ("get_lead_facts", "search_campaign_facts")
    seconds_goal: ClassVar[float] = 2.0

    def __init__(self, configuration: AgentConfiguration, parts: AgentParts):
        super().__init__(configuration)
        self._parts = parts

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        book = book_of(self.configuration, context, self._parts)
        contact = await contact_of(self._parts, context)
        channels = usable(contact)
        if not channels:
            closed = "; ".join(f"{channel}: {why}" for channel, why in contact.unavailable().items())
            return self._nothing(f"{NO_CHANNEL} ({closed})")
        if not offers(context):
            return self._nothing(NO_OFFER)
        marketing = context.results.get(AgentType.MARKETING) or {}
        growth = context.results.get(AgentType.GROWTH_ANALYSIS) or {}
        data = {
            "asked": user_input,
            "channels": channels,
            "first_name": (str(context.lead.get("name") or "").split() or [""])[0],
            "planned": (marketing.get("touches") or [None])[0],
            "angle": (growth.get("angle") or {}).get("text"),
            "question": growth.get("question"),
        }
        draft, reply = await ask(
            self._parts.models, self.configuration, context, book, BdrDraft, purpose="bdr", task=TASK, data=data
        )
        used = book.of(draft.evidence)
        try:
            if draft.channel not in channels:
                raise Unsendable(f"goes over {draft.channel}, which may not be used")
            text, segments = checked_text(draft.text, draft.channel, used, context, book)
            if draft.subject:
                checked_text(draft.subject, draft.channel, used, context, book)
        except Unsendable as error:
            return self._nothing(f"The draft {error}.", reply.model)
        summary, dropped = book.checked(draft.summary)
        plan = BdrPlan(
            state="awaiting_approval",
            summary=summary,
            channel=draft.channel,
            when_days=draft.when_days,
            why=book.sayable(draft.why),
            subject=draft.subject,
            text=text,
            segments=segments,
            personalised_by=used,
            checks=[check for check in draft.checks if book.may_say(check)],
            unknown=[name for name in WANTED if not book.about(name)],
            flow=await begin(draft.channel, text),
            dropped=dropped,
        )
        return AgentResponse(
            agent_type=self.agent_type,
            result=plan.model_dump(mode="json"),
            reason=f"Proposes a step over {draft.channel}; it waits for a person's approval.",
            model=reply.model,
            cost=cost_of(reply),
        )

    def can_handle(self, context: WorkflowContext) -> bool:
        return bool(context.lead)

    def get_system_prompt(self, context: WorkflowContext) -> str:
        return system_prompt(self.configuration, context)

    def _nothing(self, why: str, model: str | None = None) -> AgentResponse:
        plan = BdrPlan(state="nothing_to_propose", reason=why)
        return AgentResponse(
            agent_type=self.agent_type, result=plan.model_dump(mode="json"), reason=why, confidence=0.0, model=model
        )
