"""What people text back. Each persona has its turns; each turn has several wordings."""

from __future__ import annotations

from typing import NamedTuple


class Turn(NamedTuple):
    """One answer of a person."""

    wordings: tuple[str, ...]
    if_times_offered: tuple[str, ...] = ()
    """Used instead when the text received proposes a time."""


STOP_KEYWORDS = ("STOP", "stop", "Stop", "Unsubscribe", "QUIT", "End", "CANCEL", "StopAll", "revoke", "OptOut")
"""The carrier itself acts on these."""

STOP_WISHES = (
    "STOP PLEASE",
    "please stop texting me",
    "Stop.",
    "stop!!",
    "Remove my number",
    "take me off your list",
    "remove me from your list pls",
    "Unsubscribe me",
    "opt out",
    "Do not contact me again",
    "don't text me anymore",
    "Leave me alone",
    "no more messages please",
    "Quit texting this number",
    "lose my number",
    "I never signed up for this, delete my info",
    "no me escriban más",
    "Por favor, dejen de mandarme mensajes",
    "No quiero recibir más mensajes",
    "arrêtez de m'envoyer des messages",
    "Ne me contactez plus s'il vous plaît",
    "désinscrivez-moi",
)
"""Only the product can understand these; the carrier sees ordinary texts."""

SCRIPTS: dict[str, tuple[Turn, ...]] = {
    "interested": (
        Turn(
            (
                "Yes, I'm interested. What does it cost?",
                "Sounds interesting, tell me more. How much is it?",
                "Sure! What's the price?",
                "hi yes we were looking for exactly this. pricing?",
                "Ok I'm curious. What would that cost for a team of 12?",
            )
        ),
        Turn(
            (
                "That works for us. Can we talk tomorrow?",
                "Fair enough. When could we have a call?",
                "ok good, let's set up a call this week",
            ),
            if_times_offered=(
                "The first one works for me",
                "Tuesday at 10 works",
                "I can do the earlier one",
                "Yes, book it please",
            ),
        ),
        Turn(
            ("Thursday at 2pm would be good", "Tomorrow at 10am is fine"),
            if_times_offered=("Yes, that time is perfect", "The first slot please", "Works for me, see you then"),
        ),
        Turn(("Great, thanks!", "Perfect 👍", "Thank you, talk soon")),
    ),
    "question": (
        Turn(
            (
                "How does it work?",
                "Does it integrate with Salesforce?",
                "Who are you exactly?",
                "What's included?",
                "Is there a free trial?",
                "Where did you get my number?",
            )
        ),
        Turn(("Ok. And how long does setup take?", "How is that different from what others do?", "and is there a contract?")),
        Turn(("Thanks, let me think about it.", "Ok, I'll discuss it with my partner.", "Got it, thanks")),
    ),
    "objection": (
        Turn(
            (
                "Sounds too expensive for us",
                "We already work with somebody else",
                "We don't have budget this quarter",
                "Not sure we need this",
                "we tried something like that, didn't work",
            )
        ),
        Turn(("Hmm ok. Do you have any references?", "Maybe. What would we save?", "I'd have to ask my boss")),
        Turn(("Ok, you can send me some information", "Alright, we could have a short call", "No, I don't think so, but thanks")),
    ),
    "later": (
        Turn(
            (
                "Busy right now, text me next week",
                "I'm driving",
                "Not now, maybe in a month",
                "In a meeting, can you try me tomorrow?",
            )
        ),
        Turn(("Yes next week is better", "ok")),
    ),
    "wrong_number": (
        Turn(
            (
                "Wrong number",
                "You have the wrong person",
                "This isn't him, wrong number",
                "I think you have the wrong number, who is this?",
            )
        ),
    ),
    "stop": (Turn(STOP_KEYWORDS + STOP_WISHES),),
    "help": (Turn(("HELP", "Help", "INFO", "info")),),
}
