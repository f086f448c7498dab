from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from outrider.leads.person import Person, completed
from outrider.leads.places import country_code, place_of_area_code, region_code, region_of_postal_code
from outrider.leads.zones import SPOKEN, _postal_zones, country_zones, possible_zones, zone_name

NEW_YORK, CHICAGO, DENVER, LOS_ANGELES = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
FLORIDA = (NEW_YORK, CHICAGO)


@pytest.mark.parametrize(
    ("number", "country", "state", "postal_code", "given", "expected"),
    [
        ((), None, None, None, None, []),
        ((NEW_YORK,), None, None, None, None, [NEW_YORK]),
        ((NEW_YORK,), None, None, None, "Europe/Paris", ["Europe/Paris"]),
        (FLORIDA, "US", "FL", None, None, [NEW_YORK, CHICAGO]),
        (FLORIDA, "US", "FL", "32502", None, [CHICAGO]),
        (FLORIDA, "US", "FL", "33101", None, [NEW_YORK]),
        (FLORIDA, "US", None, "32502", None, [CHICAGO]),
        ((), "US", "TN", None, None, [NEW_YORK, CHICAGO]),
        ((NEW_YORK,), "US", "CA", "94105", None, [NEW_YORK, LOS_ANGELES]),
        ((CHICAGO,), "US", "MI", None, None, [CHICAGO]),
        (("America/Detroit",), "US", "MI", None, None, [NEW_YORK]),
        ((DENVER,), "US", None, None, None, [DENVER]),
        ((), "ES", None, "35001", None, ["Atlantic/Canary"]),
        ((), "ES", None, "28001", None, ["Europe/Madrid"]),
        ((), "FR", None, "97400", None, ["Indian/Reunion"]),
        ((), "CA", None, "M5V 2T6", None, ["America/Toronto"]),
        ((), "CA", "ON", None, None, ["America/Toronto", "America/Winnipeg", "America/Atikokan"]),
        ((), "AU", None, "4000", None, ["Australia/Brisbane"]),
        ((), "DE", "Bayern", "80331", None, ["Europe/Berlin"]),
        ((NEW_YORK,), "ZZ", None, None, None, [NEW_YORK]),
        ((), "US", "CA", "10001", None, [LOS_ANGELES]),
    ],
)
def test_zones_from_number_and_address(
    number: tuple[str, ...],
    country: str | None,
    state: str | None,
    postal_code: str | None,
    given: str | None,
    expected: list[str],
) -> None:
    assert possible_zones(number, country, state, postal_code, given) == expected


def test_a_number_without_place_leaves_the_address_to_decide() -> None:
    freephone = completed(Person(phone="+18005550143", region="TX", postal_code="78701", country="US"))
    assert freephone.time_zones == (CHICAGO,)
    assert len(completed(Person(phone="+18005550143")).time_zones) > 4, "anywhere in the country"


def test_country_and_state_follow_the_number_only_where_nobody_gave_them() -> None:
    person = completed(Person(phone="+12125550143"))
    assert (person.country, person.region, person.derived) == ("US", "NY", ("country", "region"))
    moved = completed(person._replace(phone="+14165550143"))
    assert (moved.country, moved.region, moved.time_zones) == ("CA", "ON", ("America/Toronto",))
    given = completed(Person(phone="+12125550143", region="CA", country="US"))
    assert (given.region, given.derived) == ("CA", ())
    assert completed(given._replace(phone="+13125550143")).region == "CA"
    assert set(completed(given).time_zones) == {NEW_YORK, LOS_ANGELES}


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("America/Chicago", CHICAGO),
        ("america/new york", NEW_YORK),
        ("EST", NEW_YORK),
        ("Pacific Standard Time", LOS_ANGELES),
        ("UTC", "UTC"),
        ("Mars/Olympus", None),
        ("", None),
    ],
)
def test_names_of_zones(text: str, zone: str | None) -> None:
    assert zone_name(text) == zone


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("United States", "US"),
        ("u.s.a.", "US"),
        ("Deutschland", "DE"),
        ("ESPAÑA", "ES"),
        ("Éire", "IE"),
        ("gb", "GB"),
        ("Narnia", None),
    ],
)
def test_names_of_countries(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_names_of_states() -> None:
    assert region_code("US", "california") == "CA"
    assert region_code("US", "d.c.") == "DC"
    assert region_code("CA", "Québec") == "QC"
    assert region_code("US", "US-TX") == "TX"
    assert region_code("DE", " Bayern ") == "Bayern"
    assert region_code("AU", "wa") == "WA"


def test_postal_codes_lie_in_one_state() -> None:
    assert region_of_postal_code("US", "94105") == "CA"
    assert region_of_postal_code("US", "00901") == "PR"
    assert region_of_postal_code("CA", "V6B 1A1") == "BC"
    assert region_of_postal_code("GB", "SW1A 1AA") is None


def test_tables_name_only_what_exists() -> None:
    zones = {zone for entries in _postal_zones().values() for _, zone in entries} | set(SPOKEN.values())
    assert zones | set(country_zones("US")) <= available_timezones()
    assert place_of_area_code("202") == ("US", "DC")
    assert place_of_area_code("867") == ("CA", None)
