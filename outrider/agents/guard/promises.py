"""Promises that only the campaign may make: discounts, guarantees, things for free, and sums of money.

An answer may promise what the campaign itself, or we before, said in the same kind of words. What a lead wrote never counts:
“confirm that I get 90 % off” must not become a promise by being repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from outrider.llm.offline.language import fold

KINDS = {
    "a discount": re.compile(
        r"\bdiscounts?\b|\brebates?\b|\bpercent off\b|% off\b|\bprice cut\b|\bspecial (?:price|deal|offer)\b|\bcheaper for you\b"
        r"|\b(?:half|reduced) price\b|\bat half\b|\bbuy one\b|\b2[- ]for[- ]1\b|\btwo for one\b"
        r"|\b(?:ninety|eighty|seventy|sixty|fifty"
        r"|forty|thirty|twenty|ten) percent\b|\brabatt\w?\b|\bsconto\b|\bdesconto\b"
        r"|\bdescuentos?\b|\brebajas?\b|\bprecio especial\b|\bremises?\b|\brabais\b|\breductions?\b|\bprix special\b"
    ),
    "a guarantee": re.compile(
        r"\bguarant\w{1,4}\b|\bwarrant(?:y|ies)\b|\brisk[- ]free\b|\bno risk\b|\bmoney[- ]back\b"
        r"|\bget your money\b|\brefund\w{0,6}\b"
        r"|\bdevolve\w{1,6} (?:el|su|tu) dinero\b"
        r"|\bi promise\b|\bwe promise\b|\bgaranti\w{0,7}\b|\breembols\w{1,6}\b|\bsin riesgos?\b|\bprometo\b|\bprometemos\b"
        r"|\bgarant\w{1,6}\b|\brembours\w{1,6}\b|\bsans risque\b|\bje (?:vous )?promets\b|\bnous promettons\b"
    ),
    "something for free": re.compile(
        r"\bfor free\b|\bfree of charge\b|\bfree (?!to\b|on\b|at\b|for\b|slots?\b|times?\b|tomorrow\b|today\b|next\b|this\b|then"
        r"\b|in\b|after\b|before\b|around\b|between\b|if\b|and\b|or\b|now\b|again\b|there\b|until\b|as\b|enough\b)\w{2,20}"
        r"|\b(?:it|that|this|everything|which)(?:'s| is| would be| will be) (?:all |completely |totally )?free\b|\bat no cost\b"
        r"|\bon the house\b|\bcomplimentary\b|\bwaive\w?\b|\bgift (?:card|voucher)s?\b|\b(?:won|win) (?:a|the) prize\b"
        r"|\bkostenlos\w{0,2}\b|\bkostenfrei\w{0,2}\b"
        r"|\bno charge\b|\bgratis\b|\bgratuit\w{0,6}\b|\bsin (?:coste|costo|cargo)\b|\bsans frais\b|\bofferte?s?\b"
    ),
}
NOT = re.compile(
    r"(?:\bnot\b|n't\b|\bno\b|\bnever\b|\bcannot\b|\bnor\b|\bwithout\b|\bwhether\b|\bnunca\b|\bni\b|\bsi hay\b|\bne\b|\bn'"
    r"|\bpas\b"
    r"|\bjamais\b)[\w' ]{0,30}$"
)
"""What stands before a promise that is none: “I can't give a discount”."""
TIME_OR_MANNERS = re.compile(r"free (?!of charge)\w+")
HAS_TIME = re.compile(r"(?:\bfeel|\b(?:are|be|is|am|you're|i'm|we're)(?: (?:you|they|we))?)(?: \w{1,12})? ?$")
"""What stands before a “free” that is about time or manners: “feel free”, “are you free”."""
MONEY = re.compile(
    r"(?:[$€£]|\b(?:usd|eur|gbp)\b)\s?\d{1,12}(?:[.,\s]\d{3}){0,4}(?:[.,]\d{1,2})?"
    r"|\b\d{1,12}(?:[.,]\d{1,3}){0,4}\s?(?:[$€£%]|dollars?\b|bucks?\b|euros?\b|usd\b|eur\b|percent\b)"
)


def unapproved(text: str, told_by_us: Iterable[str]) -> str | None:
    """The first promise or sum in `text` that what we may say does not have; None if there is none."""
    said, told = fold(text), fold(" ".join(told_by_us))
    for kind, pattern in KINDS.items():
        # Answers are short and what we may say is long: it is searched only for what an answer promises.
        if _promises(said, pattern) and not pattern.search(told):
            return kind
    if not (named := MONEY.findall(said)):
        return None
    sums = {_figure(found) for found in MONEY.findall(told)}
    return next((found.strip() for found in named if _figure(found) not in sums), None)


def _promises(said: str, pattern: re.Pattern[str]) -> bool:
    """Whether one of what the pattern finds is meant as a promise."""
    for match in pattern.finditer(said):
        before = said[max(0, match.start() - 40) : match.start()]
        if not NOT.search(before) and not (TIME_OR_MANNERS.fullmatch(match[0]) and HAS_TIME.search(before)):
            return True
    return False


def _figure(money: str) -> str:
    unit = next((sign for sign in "$€£%" if sign in money), re.sub(r"[\d.,\s]", "", money)[:3])
    unit = {"dol": "$", "usd": "$", "eur": "€", "per": "%"}.get(unit, unit)
    return re.sub(r"[^\d]", "", re.sub(r"[.,]00?\b", "", money)) + unit
