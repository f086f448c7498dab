"""Files of fictional people for the benches: realistic columns, part of them in every spelling that lists are full of."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "First Name", "Last Name", "Mobile Phone", "Email", "Company", "Job Title", "Industry", "Company Size", "City", "State",
    "Zip", "Country", "Lead Source", "Lead Score", "Tier", "SMS Consent", "Consent Date", "Notes", "Plan", "Annual Revenue",
)  # fmt: skip
FIRST = (
    "Amara", "Benjamin", "Chloe", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Imani", "Jasper", "Keiko", "Liam", "Maya",
    "Noah", "Olivia", "Priya", "Quentin", "Rosa", "Samuel", "Tessa", "Uma", "Victor", "Wanda", "Xavier", "Yara", "Zoe",
    "André", "Beatriz", "José", "Müge", "Sofía", "Łukasz",
)  # fmt: skip
LAST = (
    "Abbott", "Baker", "Castillo", "Delgado", "Eriksen", "Fletcher", "García", "Hoffmann", "Ibrahim", "Jensen", "Kowalski",
    "Lindqvist", "Moreau", "Nakamura", "O'Brien", "Petrov", "Quinn", "Ramirez", "Schäfer", "Thompson", "Underwood", "Vargas",
    "Whitfield", "Xu", "Yildiz", "Zimmermann",
)  # fmt: skip
TRADES = ("Roofing", "Dental", "Logistics", "Software", "Bakery", "Solar", "Legal", "Fitness", "Landscaping", "Insurance")
PLACES = (
    ("New York", "NY", "10001", ("212", "646", "917")), ("Austin", "TX", "78701", ("512", "737")),
    ("Miami", "FL", "33101", ("305", "786")), ("Chicago", "IL", "60601", ("312", "773")),
    ("Denver", "CO", "80202", ("303", "720")), ("Phoenix", "AZ", "85001", ("602", "480")),
    ("Los Angeles", "CA", "90001", ("213", "310", "323")), ("Seattle", "WA", "98101", ("206", "425")),
    ("Boise", "ID", "83702", ("208",)), ("Nashville", "TN", "37201", ("615", "629")), ("Boston", "MA", "02108", ("617", "857")),
    ("Anchorage", "AK", "99501", ("907",)), ("Honolulu", "HI", "96801", ("808",)), ("Atlanta", "GA", "30301", ("404", "678")),
    ("Toronto", "ON", "M5H 2N2", ("416", "647")), ("Vancouver", "BC", "V6B 1A1", ("604", "778")),
)  # fmt: skip
TITLES = ("Owner", "Chief Executive Officer", "Head of Operations", "Sales Manager", "Office Manager", "Purchasing Director")
SOURCES = ("webinar", "trade fair", "website form", "referral", "partner list")
SIZES = ("1-10", "11-50", "51-200", "201-1000", "1000+")

MESSY, INVALID, DUPLICATE = 0.10, 0.02, 0.03


def write_people(path: Path, count: int, seed: int = 7) -> None:
    """A CSV file of `count` rows: 10% with messy spellings, 2% that can't be used, 3% about somebody named before."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(people(count, seed))


def people(count: int, seed: int = 7) -> Iterator[list[str]]:
    """The rows of such a file; the same seed gives the same rows."""
    draw = random.Random(seed)
    for number in range(count):
        chance = draw.random()
        named = draw.randrange(number) if chance < DUPLICATE and number else number
        row = _person(named, draw)
        if DUPLICATE <= chance < DUPLICATE + INVALID:
            row[2] = draw.choice(("555-12", "n/a 12", "+1 000 000 0000", "2025550", "none given"))
        elif chance < DUPLICATE + INVALID + MESSY:
            _make_messy(row, draw)
        yield row


def phone_digits(number: int) -> str:
    """Ten digits, another number for every person of a file."""
    place = PLACES[number % len(PLACES)]
    area = place[3][number // len(PLACES) % len(place[3])]
    rest = (number // len(PLACES) // len(place[3]) * 7919 + number * 31) % 8_000_000 + 2_000_000
    return f"{area}{rest:07}"


def _person(number: int, draw: random.Random) -> list[str]:
    first, last = FIRST[number * 7 % len(FIRST)], LAST[number * 11 % len(LAST)]
    city, state, code, _ = PLACES[number % len(PLACES)]
    trade = TRADES[number * 3 % len(TRADES)]
    digits = phone_digits(number)
    domain = f"{last.lower().replace(chr(39), '')}-{trade.lower()}{number % 4999}.example"
    return [
        first, last, f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", f"{first}.{last}{number}@{domain}".lower(),
        f"{last} {trade} {'Inc' if number % 2 else 'LLC'}", draw.choice(TITLES), trade, draw.choice(SIZES), city, state, code,
        "Canada" if state in ("ON", "BC") else "United States", draw.choice(SOURCES), str(number * 13 % 101), "ABCD"[number % 4],
        "yes" if number % 5 else "no", f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        f"Asked about {trade.lower()} in spring, wants a call back" if number % 3 == 0 else "",
        draw.choice(("starter", "growth", "scale")), str(number % 900 * 1000),
    ]  # fmt: skip


def _make_messy(row: list[str], draw: random.Random) -> None:
    digits = "".join(filter(str.isdigit, row[2]))
    row[2] = draw.choice((
        f"+1 {digits[:3]} {digits[3:6]} {digits[6:]}", f"1-{digits[:3]}-{digits[3:6]}-{digits[6:]}", f"tel:+1{digits}",
        f"{digits[:3]}.{digits[3:6]}.{digits[6:]} ext. 12", f"'{digits}", f"{digits}.0", f"  {digits}  ",
        f"1.{digits}E+10", f"001 {digits}", f"+1 ({digits[:3]}) {digits[3:6]} - {digits[6:]}",
    ))  # fmt: skip
    row[3] = f" {row[3].upper()} "
    row[0] = f" {row[0].upper()}  "
    row[13] = f"{row[13]}%"
    row[15] = draw.choice(("YES", "x", "1", "Opted in", "true"))
