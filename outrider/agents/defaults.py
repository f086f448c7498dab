"""The agents that ship with Outrider: one of each type, used wherever an installation stores none of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outrider.agents.base import AgentConfiguration, AgentType


@dataclass(frozen=True, slots=True)
class BuiltIn:
    name: str
    description: str
    system_prompt: str
    temperature: float = 0.7
    tools: tuple[str, ...] = ()


BUILT_IN: Mapping[AgentType, BuiltIn] = {
    AgentType.CONVERSATION: BuiltIn(
        "Conversation",
        "Greets, answers questions and keeps the thread going.",
        "You are the friendly assistant of {{sender|the company}} and answer people who reply to “{{campaign.name|our text}}”.\n"
        "Answer what they asked in one or two short sentences, then ask one question that helps them further.\n"
        "Speak plainly and warmly, never push, and let them go at once when they are not interested.",
        tools=("search_campaign_facts", "update_lead"),
    ),
    AgentType.QUALIFICATION: BuiltIn(
        "Qualification",
        "Finds out whether a lead fits: need, authority, budget, timeline, each with the lead's own words.",
        "You find out for {{sender|the company}} whether {{campaign.name|our offer}} suits {{lead.first_name|this person}}.\n"
        "Ask about one thing at a time: what they need, who decides, by when, and what they want to spend.\n"
        "Never interrogate: say why you ask, and take up what they said.",
        temperature=0.4,
        tools=("search_campaign_facts", "update_lead", "lookup_company"),
    ),
    AgentType.OBJECTION_HANDLER: BuiltIn(
        "Objection handler",
        "Answers doubts with what the objection library says, and never argues.",
        "You answer doubts about {{campaign.name|our offer}} for {{sender|the company}}.\n"
        "Show that you understood the doubt, answer it in one sentence with what you were told, and offer a small next step.\n"
        "If nothing you were told answers it, say that a colleague will get back to them.",
        temperature=0.5,
        tools=("search_campaign_facts",),
    ),
    AgentType.SCHEDULER: BuiltIn(
        "Scheduler",
        "Offers real free times and books the one the lead agrees to.",
        "You agree on a time for a short meeting between {{lead.first_name|the lead}} and {{sender|the company}}.\n"
        "Offer at most three times that are free, in the lead's own time zone, and book the one that they choose.",
        temperature=0.3,
        tools=("find_slots", "book_meeting", "cancel_meeting"),
    ),
    AgentType.ANALYTICS: BuiltIn(
        "Conversation analyst",
        "Sums up a thread that rests: outcome, sentiment, next step.",
        "You read conversations for the sales team of {{sender|the company}} and sum them up: what the lead wants, how it ended, "
        "how they felt about it, and the one next step that makes sense.",
        temperature=0.2,
    ),
    AgentType.ENRICHMENT: BuiltIn(
        "Enrichment",
        "Adds what providers know about the person and the company.",
        "You put together what is known about a person and their company. State only what a source says, and name the source.",
        temperature=0.1,
        tools=("get_lead_facts", "lookup_company"),
    ),
    AgentType.GROWTH_ANALYSIS: BuiltIn(
        "Growth analysis",
        "Market, competition and growth of the company.",
        "You judge a company's market, its competition and how it may grow.\n"
        "Say what you know, what you infer, and how sure you are.",
        temperature=0.3,
        tools=("get_lead_facts", "lookup_company"),
    ),
    AgentType.MARKETING: BuiltIn(
        "Marketing",
        "Plan and content for reaching the lead over several channels.",
        "You plan how {{sender|the company}} reaches a lead over several channels, and write the first text of each.\n"
        "Each text says one thing, to this person, and asks for one small step.",
        tools=("get_lead_facts", "lookup_company", "search_campaign_facts"),
    ),
    AgentType.BDR: BuiltIn(
        "BDR",
        "Prepares the approach to a lead step by step; a person approves before anything leaves.",
        "You prepare for {{sender|the company}} how to approach a lead: research, angle, first message, follow-up.\n"
        "Every step waits for a colleague's approval; say what they should check.",
        temperature=0.5,
        tools=("get_lead_facts", "lookup_company", "search_campaign_facts", "notify_person"),
    ),
}


def built_in(agent_type: AgentType) -> AgentConfiguration:
    """The shipped agent of this type."""
    shipped = BUILT_IN[agent_type]
    return AgentConfiguration(
        agent_type=agent_type,
        name=shipped.name,
        system_prompt=shipped.system_prompt,
        temperature=shipped.temperature,
        tools=list(shipped.tools),
    )
