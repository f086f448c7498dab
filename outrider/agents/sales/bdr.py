"""The BDR agent: proposes the next step with a lead and writes it, for a person to approve, change or reject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from outrider.agents.base import AgentResponse, AgentType, WorkflowContext
from outrider.agents.factory import agent
from outrider.agents.sales.agent import SalesAgent
from outrider.agents.sales.approvals.flow import begin
from outrider.agents.sales.contacts import contact_of
from outrider.agents.sales.drafts import NO_CHANNEL, NO_OFFER, Unsendable, checked_draft, offers, usable, written_about
from outrider.agents.sales.results import BdrDraft, BdrPlan
from outrider.llm.base import ChatReply

TASK = """Sum up who this is and why they fit, propose the one next step over a channel in `channels`, and write it ready \
to send. Text and subject are in the language with the code `language`, everything else is in English. `checks`: what the \
person should look at before they approve."""
WANTED = ("title", "industry", "employees", "description")


@agent
class BdrAgent(SalesAgent):
    agent_type: ClassVar[AgentType] = AgentType.BDR
    result_type = BdrPlan
    tools: ClassVar[Sequence[str]] = ("get_lead_facts", "search_campaign_facts")
    seconds_goal: ClassVar[float] = 2.0

    async def process(self, context: WorkflowContext, user_input: str) -> AgentResponse:
        book = self._book(context)
        contact = await contact_of(self._parts, context)
        channels = usable(contact)
        if not channels:
            closed = "; ".join(f"{channel}: {why}" for channel, why in contact.unavailable().items())
            return self._nothing(f"{NO_CHANNEL} ({closed})")
        if not offers(context):
            return self._nothing(NO_OFFER)
        marketing = context.results.get(AgentType.MARKETING) or {}
        data = {
            "asked": user_input,
            "channels": channels,
            "planned": (marketing.get("touches") or [None])[0],
            **written_about(context),
        }
        draft, reply = await self._ask(context, book, BdrDraft, purpose="bdr", task=TASK, data=data)
        used = book.of(draft.evidence)
        try:
            if draft.channel not in channels:
                raise Unsendable(f"goes over {draft.channel}, which may not be used")
            text, segments = checked_draft(draft, used, context, book)
        except Unsendable as error:
            return self._nothing(f"The draft {error}.", reply)
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
        return self._response(plan, f"Proposes a step over {draft.channel}; it waits for a person's approval.", reply)

    def _nothing(self, why: str, reply: ChatReply | None = None) -> AgentResponse:
        plan = BdrPlan(state="nothing_to_propose", reason=why)
        return self._response(plan, why, reply=reply, confidence=0.0)
