"""Numbers, spans, times of day and days in plain English, as the parameters of waits."""

from __future__ import annotations

import re
from typing import Any

NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fourteen": 14,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "a couple of": 2,
    "a few": 3,
    "another": 1,
    "several": 3,
    "half an": 0.5,
    "half a": 0.5,
    "once": 1,
    "twice": 2,
}
ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "last": -1,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "5th": 5,
}
_WORDS = "|".join(sorted((word for word in NUMBERS if word not in ("once", "twice")), key=len, reverse=True))
AMOUNT = rf"(?:\d{{1,5}}(?:\.\d+)?|{_WORDS})"
UNIT = r"(?:min(?:ute)?s?|hours?|hrs?|(?:business |working |work |calendar )?days?|weeks?|months?|h|d)"
SPAN = rf"(?P<amount>{AMOUNT})(?: more)?[ -]?(?P<unit>{UNIT})\b"
SPAN_ONLY = rf"{AMOUNT}(?: more)?[ -]?{UNIT}\b"
TIMES = (
    rf"(?:(?:up to |at most |a maximum of |a total of |no more than )?(?P<times>{AMOUNT}) times(?: in total|"
    rf" at most)?|(?P<twice>twice))"
)
CLOCK = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s?(?P<half>a\.?m\.?|p\.?m\.?|o'clock|uhr)?(?![\w%])"
CLOCK_ONLY = re.sub(r"\?P<\w+>", "?:", CLOCK)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = "|".join(WEEKDAYS)
DAYS = (
    rf"(?:weekdays?|(?:work|working|business) ?days?|weekends?|every day|(?:{_DAY})s?(?:(?:,? and |,? or |, |"
    rf" to | through |-)(?:{_DAY})s?)*)"
)
BUSINESS = r"(?:business|office|working|opening|work) hours"
BETWEEN = (
    r"between (?P<from>\d{1,2})(?:[:.](?P<from_minute>\d{2}))?\s?(?P<from_half>a\.?m\.?|"
    r"p\.?m\.?)? and (?P<to>\d{1,2})(?:[:.](?P<to_minute>\d{2}))?\s?(?P<to_half>a\.?m\.?|p\.?m\.?)?(?![\w%])"
)
PARTS = {"morning": "09:00", "afternoon": "14:00", "evening": "18:00", "noon": "12:00", "lunchtime": "12:00"}
MOST_DAYS = 365
MOST_OF_A_UNIT = 400


def number(words: str) -> float:
    found = words.strip().lower()
    return NUMBERS.get(found) or (float(found) if re.fullmatch(r"\d+(?:\.\d+)?", found) else 1)


def span_of(match: re.Match[str]) -> dict[str, Any]:
    """`{amount, unit}` of a match of `SPAN`, a year at most. A month is 30 days, a working day a day."""
    amount, unit = number(match["amount"]), match["unit"].lower().split()[-1]
    name = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[unit[0]]
    if unit.startswith("month"):
        amount, name = amount * 30, "days"
    if name == "weeks" and amount * 7 > MOST_DAYS:
        amount, name = MOST_DAYS, "days"
    # Nothing waits for more than 400 of a unit.
    if name == "minutes" and amount > MOST_OF_A_UNIT:
        amount, name = amount / 60, "hours"
    if name == "hours" and amount > MOST_OF_A_UNIT:
        amount, name = round(amount / 24), "days"
    kept = round(max(0.1, min(amount, MOST_DAYS)), 1)
    return {"amount": int(kept) if kept == int(kept) else kept, "unit": name}


def find_span(words: str) -> dict[str, Any] | None:
    found = re.search(rf"\b{SPAN}", words, re.I)
    return span_of(found) if found else None


def clock(hour: str, minute: str | None, half: str | None) -> str | None:
    """`09:30`; None if there is no such time."""
    at, past = int(hour), int(minute or 0)
    kind = (half or "").lower()[:1]
    if kind == "p" and at < 12:
        at += 12
    if kind == "a" and at == 12:
        at = 0
    return f"{at:02}:{past:02}" if at < 24 and past < 60 else None


def days(words: str) -> list[str]:
    """The days that the words name; none if they name none."""
    text = words.lower()
    if re.search(r"\b(?:weekdays?|(?:work|working|business) ?days?)\b", text):
        return list(WEEKDAYS[:5])
    if re.search(r"\bweekends?\b", text):
        return list(WEEKDAYS[5:])
    named = [WEEKDAYS.index(name) for name in re.findall(rf"\b({_DAY})s?\b", text)]
    if len(named) == 2 and re.search(rf"(?:{_DAY})s?(?: to | through |-)(?:{_DAY})", text) and named[0] < named[1]:
        named = list(range(named[0], named[1] + 1))
    return [WEEKDAYS[place] for place in sorted(set(named))] or (list(WEEKDAYS) if "every day" in text else [])


def hours_of(words: str) -> dict[str, Any] | None:
    """`{days, start, end}` of “in business hours” or “between 9 and 17”; None if the words are about something else."""
    between = re.search(BETWEEN, words, re.I)
    if between:
        start = clock(between["from"], between["from_minute"], between["from_half"])
        late = between["to_half"] or ("p" if int(between["to"]) <= int(between["from"]) else None)
        end = clock(between["to"], between["to_minute"], late)
        if start is None or end is None or start >= end:
            return None
        return {"days": days(words) or list(WEEKDAYS[:5]), "start": start, "end": end}
    if re.search(rf"\b{BUSINESS}\b", words, re.I):
        return {"days": days(words) or list(WEEKDAYS[:5]), "start": "09:00", "end": "17:00"}
    return None


def moment_of(words: str) -> dict[str, Any] | None:
    """Parameters of a wait until a time of day or a weekday: “at 9 on weekdays”, “until Monday”, “in the morning”."""
    named = days(words)
    at = re.search(rf"\b(?:at|until|till|by|from|around|about) (?:about |around )?{CLOCK}", words, re.I) or re.search(
        rf"\b{CLOCK.replace('o.clock|uhr)?', 'o.clock|uhr)')}", words, re.I
    )
    part = re.search(rf"\b(?:in the |until |that |at |next |this )?(?P<part>{'|'.join(PARTS)})s?\b", words, re.I)
    usual = PARTS[part["part"].lower()] if part else "09:00"
    time = clock(at["hour"], at["minute"], at["half"]) if at else usual
    if time is None or (at is None and part is None and not named):
        return None
    return {"mode": "time_of_day", "time_of_day": time, "days": named or list(WEEKDAYS)}
