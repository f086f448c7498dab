"""The wordings by which people ask to be left alone, to be texted again, or for help. Data for `keywords`.

United States law accepts a revocation "by any reasonable means" (47 CFR 64.1200(a)(10)), so what is plausibly one
counts as one. What must not count is the same words with another object ("stop by tomorrow"), their negation ("don't
stop"), and a wish about time or channel ("don't call before nine, text me").
"""

from __future__ import annotations

from outrider.channels.wordings import english, french, spanish
from outrider.channels.wordings.rules import Phrases, Wish, Wording

PHRASES: tuple[Phrases, ...] = (*english.PHRASES, *spanish.PHRASES, *french.PHRASES)
WORDINGS: tuple[Wording, ...] = tuple(
    sorted((*english.WORDINGS, *spanish.WORDINGS, *french.WORDINGS), key=lambda rule: rule.wish is not Wish.OPT_OUT)
)
"""Opting out first: where several wishes are plausible, it wins."""
COURTESY = english.COURTESY | spanish.COURTESY | french.COURTESY

CARRIER_KEYWORDS: dict[str, Wish] = {
    **dict.fromkeys(("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"), Wish.OPT_OUT),
    **dict.fromkeys(("START", "YES", "UNSTOP"), Wish.OPT_IN),
    **dict.fromkeys(("HELP", "INFO"), Wish.HELP),
}
"""Words on which Twilio acts by itself when they are the whole text (docs/messaging/tutorials/advanced-opt-out)."""

CARRIER_OPT_OUT_TYPES: dict[str, Wish] = {"STOP": Wish.OPT_OUT, "START": Wish.OPT_IN, "HELP": Wish.HELP}
"""Values of Twilio's OptOutType."""
