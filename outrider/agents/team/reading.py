"""Reads what a lead wrote: one structured call of a model, corrected by rules in code that hold whatever it says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from outrider.agents.base import CostMetrics, Factor, LeadIntent, Reading, WorkflowContext
from outrider.agents.guard.fencing import RULE, fenced
from outrider.agents.team.qualifying import said
from outrider.agents.team.signals import find_signals
from outrider.agents.team.times import understand, zone_of
from outrider.agents.tools.loop import cost_of
from outrider.llm.base import AnswerUnusable, CallScope, ChatMessage, ChatModel, ChatRequest
from outrider.llm.offline.intents import LANGUAGES, latest_language
from outrider.llm.structured import complete_as

PURPOSE = "read"
MOST_TEXTS = 12
"""Earlier texts that help to understand the latest."""
MOST_TOKENS = 900
UNREAD_CONFIDENCE = 0.5
"""Of a reading that only the rules made because no model gave one."""
SHORT_QUESTION = 8
"""Words of a question that names a time while times are offered: “Tuesday afternoon?” is about nothing else."""
BY_RULE = 0.9
"""Confidence of an intent that a rule is sure of."""

INSTRUCTIONS = f"""You read text messages that a sales lead sent to a company, and say what they mean. You answer nothing.
Read `latest`, the lead's newest texts together, in the light of `thread`.
- `intent`: what they want now. When they want several things, the one that has to be answered first; wanting no more texts, the \
wrong person, and a time for a meeting go before anything else. `tells` is an answer to our question or news about themselves.
- `objection`: if they raise a doubt, the key of that entry of `objections` which it is; null if it is none of them.
- `findings`: what `latest` tells about budget, authority, need, timeline, metrics, decision_criteria, decision_process or \
champion. `quote` is copied from `latest` letter for letter. `strength` runs from -1 (speaks clearly against a purchase) to 1 \
(clearly for it). Only what they said, never what you suppose; no finding is the usual case.
- `asks_for_person`, `is_angry`, `threatens_legally`, `asks_whether_ai`: true only if the words show it.
- `named_time`: their words for a day or an hour. `picked_slot`: the number of the entry of `offered` that they take.
- `language`: ISO 639-1 code of `latest`.
- `confidence`: how sure you are that the intent is right, from 0 to 1. Below 0.35 a person reads it instead.
{RULE}"""
"""Factors are named as in `base.Factor`."""

TELLS_LANGUAGE = 3
"""Words from which on a model may say that a lead changed to a language that the rules don't read."""
OPT_OUT_LIKE = (LeadIntent.WANTS_NO_TEXTS, LeadIntent.WRONG_PERSON, LeadIntent.NOT_INTERESTED)


async def read(model: ChatModel, context: WorkflowContext, heard: str) -> tuple[Reading, CostMetrics]:
    """What `heard`, the lead's latest texts, means.

    A model that gives no usable reading leaves it to the rules, with little confidence: the conversation goes on.

    Raises:
        ModelError: the model can't be reached; BudgetExhausted: nobody pays.
    """
    try:
        reading, reply = await complete_as(model, request(context, heard), Reading)
        cost = cost_of(reply)
    except AnswerUnusable:
        reading, cost = Reading(language=context.language, confidence=UNREAD_CONFIDENCE), CostMetrics()
    return corrected(reading, context, heard), cost


def request(context: WorkflowContext, heard: str) -> ChatRequest:
    thread = [{"author": message.author, "body": message.body} for message in context.conversation_history[-MOST_TEXTS:]]
    objections = [{"key": one.key, "name": one.name, "examples": one.examples[:4]} for one in context.objections]
    zone = zone_of(context.time_zone)
    offered = [
        {"number": number, "starts_at": slot.starts_at.astimezone(zone).isoformat(timespec="minutes")}
        for number, slot in enumerate(context.offered_slots, 1)
    ]
    data = {
        "latest": heard,
        "thread": thread,
        "about": context.briefing.description,
        "we_asked_about": context.asked_factor,
        "objections": objections,
        "offered": offered,
        "has_meeting": context.meeting is not None,
        "now": context.now.astimezone(zone).isoformat(timespec="minutes"),
    }
    lead_id = context.lead.get("id")
    return ChatRequest(
        messages=[ChatMessage("system", INSTRUCTIONS), ChatMessage("user", fenced(data))],
        temperature=0.0,
        max_tokens=MOST_TOKENS,
        purpose=PURPOSE,
        scope=CallScope(context.briefing.campaign_id, context.conversation_id, lead_id if isinstance(lead_id, int) else None),
        metadata={"trace_id": context.call_id},
        context={**data, "texts": _texts(heard), "language": context.language, "factors": list(Factor)},
    )


def corrected(reading: Reading, context: WorkflowContext, heard: str) -> Reading:
    """The reading with what the rules know for sure: they add signals and take back what nobody said."""
    signals = find_signals(heard, context.language)
    lead_texts = [message.body for message in context.conversation_history if message.author == "lead"]
    known = {objection.key for objection in context.objections}
    objection = reading.objection if reading.objection in known else None
    offered = len(context.offered_slots)
    picked = reading.picked_slot if reading.picked_slot and reading.picked_slot <= offered else None
    intent = _intent(reading, context, heard)
    changes = {
        "asks_for_person": reading.asks_for_person or signals.asks_for_person,
        "is_angry": reading.is_angry or signals.is_angry,
        "threatens_legally": reading.threatens_legally or signals.threatens_legally,
        "asks_whether_ai": reading.asks_whether_ai or signals.asks_whether_ai,
        "findings": said(reading.findings, [heard, *_texts(heard), *lead_texts]),
        "objection": objection,
        "picked_slot": picked,
        "language": _language(reading, context, heard),
        "intent": intent,
        "confidence": reading.confidence if intent is reading.intent else max(reading.confidence, BY_RULE),
    }
    return reading.model_copy(update=changes)


def _language(reading: Reading, context: WorkflowContext, heard: str) -> str:
    """That of the latest text that tells one. A model is heard where the rules can't tell or don't read the language that it
    names, and only of texts that are long enough: “ok” changes nothing."""
    told = latest_language(_texts(heard), "")
    is_telling = len(heard.split()) >= TELLS_LANGUAGE
    if is_telling and (not told or reading.language not in LANGUAGES):
        return reading.language
    return told or context.language


def _intent(reading: Reading, context: WorkflowContext, heard: str) -> LeadIntent:
    """The intent as read; a time that is taken while times are offered is one, whatever a model makes of it."""
    if reading.intent in OPT_OUT_LIKE or not context.offered_slots:
        return reading.intent
    wish = understand(heard, context.now, zone_of(context.time_zone))
    if wish.place is not None and reading.intent not in (LeadIntent.OBJECTION, LeadIntent.QUESTION):
        return LeadIntent.PICKS_TIME
    names_time = wish.names_day or wish.at is not None or wish.part_of_day is not None
    if reading.intent is LeadIntent.QUESTION and names_time and len(heard.split()) <= SHORT_QUESTION:
        return LeadIntent.PICKS_TIME
    if reading.intent is LeadIntent.UNCLEAR and (wish.says_anything or wish.accepts or wish.declines):
        return LeadIntent.PICKS_TIME
    return reading.intent


def _texts(heard: str) -> Sequence[str]:
    return [text for text in re.split(r"\n\n", heard) if text]
