"""Phone numbers: every spelling that lists hold, and the short way against `phonenumbers` itself."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outrider.leads.phones import UnusablePhone, _north_american, parse_phone
from outrider.leads.places import _area_codes


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("(202) 555-0143", "US", "+12025550143"),
        ("1-202-555-0143", "US", "+12025550143"),
        ("+1 202.555.0143", "DE", "+12025550143"),
        ("tel:+1-202-555-0143", "US", "+12025550143"),
        ("Tel: 202 555 0143", "US", "+12025550143"),
        ("'2025550143", "US", "+12025550143"),
        ("\u200b+12025550143\u00a0", "US", "+12025550143"),
        ("2025550143.0", "US", "+12025550143"),
        ("12025550143,00", "US", "+12025550143"),
        ("1.2025550143E+10", "US", "+12025550143"),
        ("1,2025550143e10", "US", "+12025550143"),
        ("001 202 555 0143", "US", "+12025550143"),
        ("202-555-0143 / 301-555-0199", "US", "+12025550143"),
        ("no number; 301-555-0199", "US", "+13015550199"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("+44 (0)20 7946 0123", "US", "+442079460123"),
        ("0034 600 123 456", "US", "+34600123456"),
        ("+52 1 55 1234 5678", "US", "+525512345678"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("٢٠٢٥٥٥٠١٤٣", "US", "+12025550143"),
    ],
)
def test_spellings(text: str, region: str, e164: str) -> None:
    assert parse_phone(text, region).e164 == e164


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no number"),
        ("call me", "not a phone number"),
        ("555-0143", "too short"),
        ("202 555 0143 99999", "too long"),
        ("+1 000 555 0143", "no such number"),
        ("+999 202 555 0143", "country code"),
        ("1.2026E+10", "spreadsheet rounded"),
        ("202555014.0", "too short"),
    ],
)
def test_what_is_no_number_says_why(text: str, reason: str) -> None:
    with pytest.raises(UnusablePhone, match=reason):
        parse_phone(text, "US")


def test_an_extension_is_kept_apart() -> None:
    phone = parse_phone("(202) 555-0143 ext. 12", "US")
    assert (phone.e164, phone.extension) == ("+12025550143", "12")


def test_a_number_tells_its_place() -> None:
    assert parse_phone("+14165550143", "US")[1:4] == ("CA", "ON", ("America/Toronto",))
    assert parse_phone("+18505550143", "US").zones == ("America/New_York", "America/Chicago"), "an area code in two zones"
    assert parse_phone("+447400123456", "US").zones == ("Europe/London",), "mobile numbers tell their country only"
    assert parse_phone("+870773111632", "US").country is None


def _by_the_library(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


FORMATS = ("{}{}{}", "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "1{}{}{}", "1 {} {} {}", "+1{}{}{}", "+1 ({}) {}-{}", " +1.{}.{}.{} ")


@settings(max_examples=1500)
@given(
    area=st.one_of(st.sampled_from(sorted(_area_codes())), st.integers(0, 999).map("{:03}".format)),
    exchange=st.integers(0, 999).map("{:03}".format),
    line=st.integers(0, 9999).map("{:04}".format),
    form=st.sampled_from(FORMATS),
    region=st.sampled_from(["US", "CA", "JM", "GB", "ES", "DE"]),
)
@example(area="983", exchange="250", line="0143", form="{}{}{}", region="US")
def test_the_short_way_agrees_with_the_library(area: str, exchange: str, line: str, form: str, region: str) -> None:
    text = form.format(area, exchange, line)
    found = _north_american(text.strip(), region)
    # Two zeros at the beginning are read as the + that they stand for in most of the world.
    expected = _by_the_library(f"+{text[2:]}" if text.startswith("00") else text, region)
    if found is not None:
        assert found.e164 == expected
        assert found.country == phonenumbers.region_code_for_number(phonenumbers.parse(found.e164))
    try:
        assert parse_phone(text, region).e164 == expected
    except UnusablePhone:
        assert expected is None


@given(text=st.text(alphabet="+-() .0123456789xE/;", max_size=24), region=st.sampled_from(["US", "CA", "GB"]))
def test_whatever_the_short_way_takes_the_library_takes_too(text: str, region: str) -> None:
    found = _north_american(text.strip(), region)
    if found is not None:
        assert found.e164 == _by_the_library(text, region)


def test_every_area_code_of_the_table_is_one() -> None:
    for code, place in _area_codes().items():
        for exchange in ("200", "555", "999"):
            number = phonenumbers.parse(f"+1{code}{exchange}0143")
            assert phonenumbers.is_valid_number(number), code
            assert phonenumbers.region_code_for_number(number) == place.country, code


def test_no_area_code_is_missing_from_the_table() -> None:
    for code in range(200, 1000):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=code * 10_000_000 + 5_550_143)
        geographic = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE
        if geographic and phonenumbers.region_code_for_number(number) in ("US", "CA") and code != 983:
            assert str(code) in _area_codes()


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_says_why_not(text: str) -> None:
    try:
        phone = parse_phone(text, "US")
    except UnusablePhone as reason:
        assert str(reason)
    else:
        assert parse_phone(phone.e164, "DE").e164 == phone.e164
