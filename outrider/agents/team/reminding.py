"""Whoever asks or doubts while times are on offer is answered, and then shortly reminded of the times."""

from __future__ import annotations

from outrider.agents.base import AgentResponse, AgentType, LeadIntent, WorkflowContext, WorkflowState
from outrider.agents.team.sentences import listed_slots, say, speaks
from outrider.agents.team.speaking import reading_of, slots_ahead
from outrider.agents.team.times import zone_of

ANSWER_ONLY = (
    "Answer what they want to know in one or two sentences and ask nothing: after your answer they are reminded of the times "
    "for a call that are on offer."
)
ASKS = frozenset(
    {
        LeadIntent.QUESTION, LeadIntent.PRICE_QUESTION, LeadIntent.WHO_ARE_YOU, LeadIntent.WHERE_FROM, LeadIntent.OBJECTION,
    }
)  # fmt: skip
REMINDS = frozenset({AgentType.CONVERSATION, AgentType.OBJECTION_HANDLER})


def is_reminded(context: WorkflowContext) -> bool:
    """Whether the answer to this turn ends with the times on offer."""
    return reading_of(context).intent in ASKS and speaks(context.language) and bool(slots_ahead(context))


def with_reminder(response: AgentResponse, context: WorkflowContext, most_characters: int) -> AgentResponse:
    """The checked answer with the reminder after it, in words that were not written before; as it is where none is due.

    What was offered is put as a question, for somebody else may have taken it: whoever takes it then hears so.
    """
    is_over = response.next_state is WorkflowState.CLOSED or response.person_reason is not None
    if response.text is None or is_over or response.agent_type not in REMINDS or not is_reminded(context):
        return response
    times = listed_slots(slots_ahead(context), zone_of(context.time_zone), context.language)
    ours = "\n".join(message.body for message in context.conversation_history if message.author == "us")
    for key in ("still_open", "still_open_again", "still_open_short"):
        reminder = say(context.language, key, times=times)
        if reminder not in ours and len(response.text) + 1 + len(reminder) <= most_characters:
            return response.model_copy(update={"text": f"{response.text} {reminder}"})
    return response
