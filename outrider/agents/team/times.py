"""What a lead means by “the second one”, “Tuesday afternoon” or “next week”: rules in code, in the lead's own time zone.

English, Spanish and French. A time that these rules do not understand is none: the scheduler then asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.agents.base import Slot
from outrider.agents.scheduling.openings import PartOfDay, part_of
from outrider.llm.offline.language import fold

LONGEST_READ = 500
FAR = timedelta(days=21)
"""Nobody fixes a call that far ahead by text; it is a wish to hear from us then."""

DAY_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lunes lundi", "tuesday tues tue martes mardi", "wednesday wed miercoles mercredi",
            "thursday thurs thur thu jueves jeudi", "friday fri viernes vendredi", "saturday sat sabado samedi",
            "sunday sun domingo dimanche",
        )
    )
    for name in names.split()
}  # fmt: skip
MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero janvier", "february feb febrero fevrier", "march mar marzo mars", "april apr abril avril",
            "may mayo mai", "june jun junio juin", "july jul julio juillet", "august aug agosto aout",
            "september sept sep septiembre septembre", "october oct octubre octobre", "november nov noviembre novembre",
            "december dec diciembre decembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS, _MONTHS = "|".join(DAY_NAMES), "|".join(MONTH_NAMES)

ORDINAL = re.compile(
    r"(?<!at )(?<!\ba )(?<!\bun )(?<!\bune )(?<!\bin a )\b(?:the |el |la |le |option |number |numero |no\.? |#)?"
    r"(first|1st|earlier|earliest|soonest|second|2nd|middle|third|3rd|last|latest|later one|primer[oa]?|segund[oa]"
    r"|tercer[oa]?|ultim[oa]"
    r"|premiere?|deuxieme|seconde?|troisieme|derniere?)\b(?! (?:of|thing|week|year|month|quarter|time (?:i|we)|semana|semaine"
    r"|mes|ano|cosa|annee))"
)
NUMBERED = re.compile(r"(?:\b(?:option|number|numero|choice|opcion|choix)\s?|#)([1-9])\b|^\W{0,3}([1-9])\W{0,3}$")
PLACES = {
    1: "first 1st earlier earliest soonest primer primero primera premier premiere",
    2: "second 2nd middle segundo segunda deuxieme seconde",
    3: "third 3rd tercer tercero tercera troisieme",
    -1: "last latest ultimo ultima dernier derniere",
}
PLACE_OF = {name: place for place, names in PLACES.items() for name in names.split()} | {"later one": -1}

TODAY = re.compile(
    r"\b(?:today|tonight|this (?:morning|afternoon|evening)|hoy|esta (?:tarde|noche|manana)|aujourd'hui|ce (?:matin|soir)"
    r"|cet apres-midi)\b"
)
DAY_AFTER = re.compile(r"\b(?:(?:the )?day after tomorrow|pasado manana|apres-demain)\b")
TOMORROW = re.compile(r"\b(?:tomorrow|tmrw|tmr|demain)\b|(?<!la )(?<!esta )(?<!pasado )\bmanana\b")
THIS_WEEK = re.compile(r"\b(?:this week|esta semana|cette semaine)\b")
NEXT_WEEK = re.compile(r"\b(?:next week|(?:la )?(?:proxima semana|semana que viene|semana proxima)|(?:la )?semaine prochaine)\b")
NEXT_MONTH = re.compile(r"\b(?:next month|(?:el )?(?:proximo mes|mes que viene)|(?:le )?mois prochain)\b")
LATER_THAN_THAT = re.compile(
    r"\b(?:next (?:quarter|year|spring|summer|fall|autumn)|after (?:the )?(?:holidays?|summer|new year|christmas|easter)"
    r"|(?:el )?(?:ano que viene|"
    r"proximo ano)|l'annee prochaine|apres les (?:vacances|fetes)|a la rentree)\b"
)
IN_SOME = re.compile(
    r"\b(?:in|en|dans) (?:about |around |unos |unas |environ )?(a few|a couple of|a couple|an?|one|une?|quelques|unos|unas"
    r"|two|three|four|six|dos|tres|cuatro|seis|"
    r"deux|trois|quatre|\d{1,2}) (days?|weeks?|months?|dias?|semanas?|mes(?:es)?|jours?|semaines?|mois)\b"
)
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "a few": 3, "a couple of": 2, "a couple": 2, "quelques": 3, "unos": 3,
    "unas": 3, "two": 2, "dos": 2, "deux": 2, "three": 3, "tres": 3, "trois": 3, "four": 4, "cuatro": 4, "quatre": 4, "six": 6,
    "seis": 6,
}  # fmt: skip
WEEKDAY = re.compile(rf"\b(?:(next|proximo) )?({_DAYS})\b( next| que viene| proximo| prochain)?")
MONTH_DAY = re.compile(
    rf"\b(?:({_MONTHS})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?|(?:el |le )?(\d{{1,2}})(?:st|nd|rd|th|er)?(?: of"
    rf"| de)? ({_MONTHS}))\b"
)
DAY_OF_MONTH = re.compile(
    r"\bthe (\d{1,2})(?:st|nd|rd|th)\b|\bel (?:dia )?(\d{1,2})\b(?! ?(?:h|:))|\ble (\d{1,2})\b(?! ?(?:h|:))"
)
IN_MONTH = re.compile(rf"\b(?:in|en|until|till|hasta|jusqu'en) ({_MONTHS})\b")

PART_OF_DAY: dict[PartOfDay, re.Pattern[str]] = {
    "afternoon": re.compile(r"\b(?:afternoons?|after lunch|pm please|(?:por|de|en) la tarde|esta tarde|apres-midi)\b"),
    "evening": re.compile(r"\b(?:evenings?|tonight|after work|(?:por|de|en) la noche|esta noche|soir|soiree)\b"),
    "morning": re.compile(r"(?<!good )\bmornings?\b|\b(?:por|de|en) la manana\b|\besta manana\b|\bmatin(?:ee)?\b"),
}
HOUR = re.compile(
    r"\b(?:(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))? ?(am|pm|a\.m\.?|p\.m\.?|o'clock)(?!\w)|([01]?\d|2[0-3]):([0-5]\d)|([01]?\d"
    r"|2[0-3]) ?h(?:eures?|rs?)? ?([0-5]\d)?\b"
    r"|(?:at|around|about|a las|a la|sobre las|hacia las|vers) (1[0-2]|0?[1-9]|1[3-9]|2[0-3])\b(?![:.]\d))"
)
NOON = re.compile(r"\b(?:noon|midday|mediodia|midi)\b(?! (?:et|y))")
AFTER_HOUR = re.compile(r"\b(?:after|past|from|despues de las?|a partir de las?|apres|a partir de)\s+\S{0,3}\d")
BEFORE_HOUR = re.compile(r"\b(?:before|by|until|antes de las?|avant)\s+\S{0,3}\d")
ACCEPTS = re.compile(
    r"\b(?:yes|yep|yeah|yup|sure|ok(?:ay)?|works?|perfect|great|sounds good|good for me|fine|book(?: it| me)?|confirm(?:ed)?"
    r"|see you|(?:talk|speak) (?:soon|then)|until then|deal|lets do (?:it|that)|"
    r"let's do (?:it|that)|that time|i can do|do it|si|vale|perfecto|de acuerdo|me va bien|me viene bien|genial|confirmo"
    r"|reserve|reservelo|claro|oui|d'accord|parfait|"
    r"ca marche|ca me va|me convient|c'est bon|entendu|volontiers|je confirme)\b|[👍👌✅]"
)
DECLINES = re.compile(
    r"\b(?:none of|neither|doesn't|don't|dont|doesnt|can't|cant|cannot|won't|not (?:possible|available|free|good)|no good"
    r"|any other|other times?|something else|"
    r"ningun[oa]?|no puedo|no me (?:va|viene)|otr[oa]s? (?:hora|dia|momento)|aucun\w?|ne (?:me )?convien\w+ pas"
    r"|je ne peux pas|peux pas|pas possible|autre (?:jour|heure|moment|creneau))\b"
)


@dataclass(frozen=True, slots=True)
class TimeWish:
    """When the lead would like it, as far as they said. Times are aware."""

    place: int | None = None
    """The one of the times offered, counted from 1; -1 is the last."""
    after: datetime | None = None
    before: datetime | None = None
    """The window of days that they named."""
    part_of_day: PartOfDay | None = None
    at: time | None = None
    """The hour that they named."""
    is_exact: bool = False
    """`at` is the very time; not “after three”."""
    accepts: bool = False
    """They agree to what was offered."""
    declines: bool = False

    @property
    def names_day(self) -> bool:
        return self.after is not None

    @property
    def says_anything(self) -> bool:
        return self.place is not None or self.names_day or self.part_of_day is not None or self.at is not None

    def exact(self, zone: ZoneInfo) -> datetime | None:
        """The very moment, if a day and an hour were named."""
        if not self.is_exact or self.at is None or self.after is None or self.before is None:
            return None
        first, last = self.after.astimezone(zone), self.before.astimezone(zone)
        if last - first > timedelta(days=1, hours=2):
            return None
        return datetime.combine(first.date(), self.at, zone)

    def is_far(self, now: datetime) -> bool:
        """The day lies so far ahead that no call is fixed for it now."""
        return self.after is not None and self.after - now > FAR


def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; UTC for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def understand(text: str, now: datetime, zone: ZoneInfo) -> TimeWish:
    """The wish in a lead's words, said at `now` in `zone`."""
    folded = fold(text[:LONGEST_READ])
    here = now.astimezone(zone)
    at, is_exact = _hour(folded)
    part = next((part for part, pattern in PART_OF_DAY.items() if pattern.search(folded)), None)
    wish = TimeWish(
        place=_place(folded),
        part_of_day=part if at is None else None,
        at=at,
        is_exact=is_exact,
        declines=DECLINES.search(folded) is not None,
    )
    wish = replace(wish, accepts=not wish.declines and ACCEPTS.search(folded) is not None)
    window = _window(folded, here, at)
    if window is None:
        return wish
    first, last = (datetime.combine(day, time(), zone).astimezone(UTC) for day in window)
    return replace(wish, after=max(first, now.astimezone(UTC)), before=last)


def pick(offered: Sequence[Slot], wish: TimeWish, zone: ZoneInfo) -> Slot | None:
    """The one of the times offered that the wish means; None if it means none of them, or leaves open which."""
    if not offered or wish.declines:
        return None
    if wish.place is not None:
        place = len(offered) if wish.place == -1 else wish.place
        return offered[place - 1] if place <= len(offered) else None
    if wish.says_anything:
        fitting = [slot for slot in offered if _fits(slot, wish, zone)]
        return fitting[0] if len(fitting) == 1 else None
    return offered[0] if wish.accepts and len(offered) == 1 else None


def _fits(slot: Slot, wish: TimeWish, zone: ZoneInfo) -> bool:
    here = slot.starts_at.astimezone(zone)
    if wish.after is not None and wish.before is not None and not wish.after <= slot.starts_at < wish.before:
        return False
    if wish.at is not None and wish.is_exact and here.time() != wish.at:
        return False
    return wish.part_of_day is None or part_of(here) == wish.part_of_day


def _place(folded: str) -> int | None:
    if found := NUMBERED.search(folded):
        return int(found[1] or found[2])
    if found := ORDINAL.search(folded):
        return PLACE_OF.get(found[1])
    return None


def _hour(folded: str) -> tuple[time | None, bool]:
    """The hour named, and whether it is the very time."""
    found = HOUR.search(folded)
    if found is None:
        return (time(12), True) if NOON.search(folded) else (None, False)
    twelve, minutes, half, hour24, minutes24, hour_h, minutes_h, bare = found.groups()
    hour, minute = int(twelve or hour24 or hour_h or bare), int(minutes or minutes24 or minutes_h or 0)
    if half and half[0] in "ap":
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    elif (twelve or bare) and hour < 8:
        hour += 12  # nobody means three in the night
    elif (hour_h or hour24) and hour < 7:
        hour += 12
    loose = AFTER_HOUR.search(folded) or BEFORE_HOUR.search(folded)
    return time(hour % 24, minute), loose is None


def _window(folded: str, here: datetime, at: time | None) -> tuple[date, date] | None:
    """First day, and the day after the last one."""
    today = here.date()
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    if day := _date(folded, today):
        return day, day + timedelta(days=1)
    if DAY_AFTER.search(folded):
        return today + timedelta(days=2), today + timedelta(days=3)
    if found := WEEKDAY.search(folded):
        day = _weekday(DAY_NAMES[found[2]], today, here, at)
        is_next = found[1] or found[3] or NEXT_WEEK.search(folded)
        if is_next and day < monday:
            day += timedelta(days=7)
        return day, day + timedelta(days=1)
    if TODAY.search(folded):
        return today, today + timedelta(days=1)
    if TOMORROW.search(folded):
        return today + timedelta(days=1), today + timedelta(days=2)
    if NEXT_WEEK.search(folded):
        return monday, monday + timedelta(days=7)
    if THIS_WEEK.search(folded):
        return today, monday
    return _far_window(folded, today)


def _far_window(folded: str, today: date) -> tuple[date, date] | None:
    if found := IN_SOME.search(folded):
        count = NUMBERS.get(found[1]) or int(found[1])
        unit = 1 if found[2][0] in "dj" else 7 if found[2].startswith(("w", "sem")) else 30
        start = today + timedelta(days=count * unit)
        return start, start + timedelta(days=max(1, unit))
    if NEXT_MONTH.search(folded):
        start = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return start, start + timedelta(days=30)
    if found := IN_MONTH.search(folded):
        first = _in_future(today, MONTH_NAMES[found[1]], 1)
        return (first, first + timedelta(days=30)) if first else None
    if LATER_THAN_THAT.search(folded):
        return today + timedelta(days=90), today + timedelta(days=120)
    return None


def _weekday(wanted: int, today: date, here: datetime, at: time | None) -> date:
    """The next such day; today only for an hour that is still to come."""
    days = (wanted - today.weekday()) % 7
    if days == 0 and (at is None or at <= here.time()):
        days = 7
    return today + timedelta(days=days)


def _date(folded: str, today: date) -> date | None:
    if found := MONTH_DAY.search(folded):
        return _in_future(today, MONTH_NAMES[found[1] or found[4]], int(found[2] or found[3]))
    if found := DAY_OF_MONTH.search(folded):
        day = int(found[1] or found[2] or found[3])
        first = today.replace(day=1)
        for start in (first, (first + timedelta(days=32)).replace(day=1)):
            try:
                candidate = start.replace(day=day)
            except ValueError:
                continue
            if candidate >= today:
                return candidate
    return None


def _in_future(today: date, month: int, day: int) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate >= today:
            return candidate
    return None
