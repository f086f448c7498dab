"""The objections that ship with Outrider. An installation's copy of the same key stands in their place."""

from __future__ import annotations

from outrider.agents.contract import Objection

SHIPPED = (
    Objection(
        key="price",
        name="Too expensive",
        examples=["Sounds too expensive for us", "We can't afford that", "That's a lot of money", "We don't have the budget"],
        guidance=(
            "Agree that it has to be worth the money. Do not defend the price and offer nothing off. Ask what it would have to "
            "bring for it to be worth it, or offer a short call that shows what it would mean for them in figures. If they have "
            "no budget now, ask when they plan the next one."
        ),
        sample_answer="Fair point: it has to be worth the money. What would it have to bring you for that to be the case?",
    ),
    Objection(
        key="timing",
        name="Not now",
        examples=["Not now", "Maybe next quarter", "We're too busy at the moment", "This isn't the right time"],
        guidance=(
            "Respect it at once and ask nothing that needs thought. Find out when a better time would be, and only if it is not "
            "said yet. If they name one, take it; do not talk them into an earlier one."
        ),
        sample_answer="That's fine, no rush at all. When would be a better time to come back to this?",
    ),
    Objection(
        key="competitor",
        name="Works with somebody else",
        examples=["We already work with somebody else", "We use a competitor", "We have a supplier", "Under contract elsewhere"],
        guidance=(
            "Respect the choice and say nothing about the other provider. Ask what they would like to be better about it, if "
            "anything, or when the contract ends. If they are content, leave it there."
        ),
        sample_answer="Makes sense, there's no need to change what works. Is there anything you wish it did better?",
    ),
    Objection(
        key="already_have_one",
        name="Already has a solution",
        examples=["We already have one", "We do this in-house", "We just bought one", "We've got that covered"],
        guidance=(
            "Take it as good news. Ask how happy they are with it, in one open question; if they just bought, ask nothing and "
            "leave the door open."
        ),
        sample_answer="Good to hear that you have it covered. Out of interest: how happy are you with it?",
    ),
    Objection(
        key="trust",
        name="Doubts who we are or whether it works",
        examples=["Is this a scam?", "How do I know this is real?", "Sounds too good to be true", "Who says it works?"],
        guidance=(
            "Say plainly who is writing and on whose behalf, and that doubt is reasonable. Point to something they can check by "
            "themselves if the facts name it. Ask for no data. Offer that a colleague calls them or that they reply STOP."
        ),
        sample_answer=(
            "A fair question to ask. You can take your time and check us first; nothing is signed by text. "
            "What would you want to see before you trust it?"
        ),
    ),
    Objection(
        key="bad_experience",
        name="Tried something like it before",
        examples=["We tried something like that, didn't work", "We had a bad experience", "Been there, done that"],
        guidance=(
            "Take the experience seriously and ask what went wrong, in one question. Promise nothing about how it would be with "
            "us before you know."
        ),
        sample_answer="Thanks for being open about that. What went wrong that time?",
    ),
    Objection(
        key="no_need",
        name="Sees no need",
        examples=["Not sure we need this", "We don't need that", "I don't see the point", "Why would we want this?"],
        guidance=(
            "Do not contradict. Name in one sentence the situation in which it helps, from the facts, and ask whether that is "
            "theirs. If it is not, thank them and stop."
        ),
        sample_answer="Could well be that you don't. How do you handle this today?",
    ),
    Objection(
        key="not_the_right_person",
        name="Not the right person to decide",
        examples=["I'd have to ask my boss", "That's not my decision", "You'd have to talk to my partner", "I'm not in charge"],
        guidance=(
            "Thank them. Ask what the person who decides would want to know, or whether a short call with both would be best. "
            "Do not ask for somebody else's number or address."
        ),
        sample_answer="Of course. Would a short call with both of you be the simplest way?",
    ),
    Objection(
        key="no_time",
        name="No time",
        examples=["I don't have time for this", "Way too busy", "I'm swamped"],
        guidance="Be brief. Offer the one thing that costs them the least: a short call on a calmer day, or the gist by text.",
        sample_answer="I'll keep it short then. Would a quick call on a calmer day suit you better?",
    ),
    Objection(
        key="send_information",
        name="Just send something",
        examples=["Just send me some information", "Do you have a brochure?", "Email me the details"],
        guidance=(
            "Say the gist in one sentence from the facts, then ask what they would want to know most, so that what is sent fits. "
            "Ask for the address only if they want an e-mail and none is known."
        ),
        sample_answer="Gladly. What would you want to know most, so that I send the right thing?",
    ),
    Objection(
        key="contract",
        name="Afraid of being tied down",
        examples=["Is there a contract?", "I don't want to sign anything", "What if I want to quit?"],
        guidance="Answer from the facts only. If they do not name the terms, say that you do not know them and offer who does.",
        sample_answer="Understandable. Nothing is signed by text, and a colleague can tell you the exact terms on a call.",
    ),
)
"""Each once per key."""
