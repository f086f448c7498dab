"""From cells to a person, or to the reason why not."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.leads.importing.cells import read_channels, read_moment
from outrider.leads.importing.columns import map_columns
from outrider.leads.importing.copying import NULL, content_of, prepared
from outrider.leads.importing.inspection import Inspection
from outrider.leads.importing.normalise import Normaliser
from outrider.leads.importing.options import ConsentForAll, ImportOptions
from outrider.leads.importing.plan import Batch, Plan
from outrider.leads.importing.rows import FileShape, Row
from outrider.leads.values import UnusableValue, read_email, read_language, read_score, read_tier


def plan_for(header: str, **options: Any) -> Plan:
    names = header.split(",")
    columns = map_columns(names, [], options.get("columns", {}), "US")
    return Inspection(FileShape("csv"), True, columns).plan(ImportOptions.model_validate(options), "leads.csv", "US", 7)


def batch_of(header: str, *lines: str, **options: Any) -> Batch:
    rows: list[Row] = [(number, next(csv.reader(io.StringIO(line)))) for number, line in enumerate(lines, start=2)]
    return Normaliser(plan_for(header, **options)).batch(rows)


def test_a_row_becomes_a_person() -> None:
    batch = batch_of(
        "First Name,Last Name,Mobile,Email,Company,State,Zip,Score,Tier,Language,Plan",
        "  Ann  Marie ,O'Neil,(415) 555-0101, ANN@X.Example ,ACME  Inc,California,94105,87%,tier b,Spanish,gold",
    )
    person = batch.rows[0].person
    assert (person.name, person.phone, person.email) == ("Ann Marie O'Neil", "+14155550101", "ann@x.example")
    assert (person.company, person.region, person.country, person.derived) == ("ACME Inc", "CA", "US", ("country",))
    assert (person.score, person.tier, person.language) == (87, "B", "es")
    assert (person.attributes, person.source) == ({"plan": "gold"}, "leads.csv")
    assert person.time_zones == ("America/Los_Angeles",)
    assert not batch.rejected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ann,,,", "neither a phone number nor an e-mail"),
        ("Ann,555-01,ann@x.example,", "phone: it is too short"),
        ("Ann,,not an address,", "email is not an e-mail address; there is neither"),
        ("Ann,202-555-0143,,,,extra", "the row has 6 cells, the header 4"),
        ("Ann,1.2026E+10,,", "spreadsheet rounded"),
    ],
)
def test_rows_of_nobody_who_could_be_reached_are_rejected(line: str, reason: str) -> None:
    batch = batch_of("Name,Phone,Email,Score", line)
    assert not batch.rows
    assert reason in batch.rejected[0].reason
    assert (batch.rejected[0].line, batch.rejected[0].kept) == (2, False)


@pytest.mark.parametrize(
    ("header", "line", "reason"),
    [
        ("Phone,Email", "202-555-0143,no address", "email is not an e-mail address"),
        ("Phone,Score", "202-555-0143,101", "score is not between 0 and 100"),
        ("Phone,Tier", "202-555-0143,Gold", "tier is not A, B, C or D"),
        ("Phone,Time zone", "202-555-0143,Mars", "time_zone is not an IANA time zone"),
        ("Phone,Country", "202-555-0143,Narnia", "country is not a known country"),
        ("Phone,Company", "202-555-0143," + "x" * 301, "company is longer than 300"),
        ("Phone,SMS consent", "202-555-0143,perhaps", "consent_sms is neither yes nor no"),
        ("Phone,Consent date", "202-555-0143,2199-01-01", "consent_at is not a date of the past"),
    ],
)
def test_other_values_that_cannot_be_used_are_left_out_or_reject_a_strict_row(header: str, line: str, reason: str) -> None:
    batch = batch_of(header, line)
    assert len(batch.rows) == 1
    assert batch.rejected[0].kept
    assert reason in batch.rejected[0].reason
    strict = batch_of(header, line, strict=True)
    assert not strict.rows
    assert not strict.rejected[0].kept


def test_cells_that_say_that_they_are_empty_are() -> None:
    batch = batch_of("Name,Phone,Email,Score", "Ann,n/a,ann@x.example,-")
    assert batch.rows[0].person.phone is None
    assert not batch.rejected


def test_the_country_of_the_row_reads_its_number() -> None:
    batch = batch_of("Phone,Country", "020 7946 0123,United Kingdom", "0911 123 4567,Germany", "202 555 0143,")
    assert [row.person.phone for row in batch.rows] == ["+442079460123", "+499111234567", "+12025550143"]


def test_of_several_phone_columns_the_mobile_one_is_preferred_and_the_others_are_kept() -> None:
    batch = batch_of("Home phone,Mobile,Work phone", "(202) 555-0143,+1 312 555 0199,", ",,415-555-0101")
    assert [row.person.phone for row in batch.rows] == ["+13125550199", "+14155550101"]
    assert batch.rows[0].person.attributes == {"home_phone": "(202) 555-0143"}


def test_a_number_that_is_invalid_gives_way_to_the_next() -> None:
    batch = batch_of("Mobile,Work phone", "12,415-555-0101")
    assert batch.rows[0].person.phone == "+14155550101"
    assert batch.rejected[0].kept


def test_marked_people_are_refused_and_named() -> None:
    batch = batch_of("Phone,Do not contact", "202-555-0143,yes", "312-555-0199,no", "415-555-0101,2026-01-02")
    assert batch.refused == ["+12025550143", "+14155550101"]
    assert len(batch.rows) == 1


def test_consent_columns() -> None:
    batch = batch_of(
        "Phone,SMS consent,Call consent,Consent type,Consent date,Consent source",
        "202-555-0143,yes,no,written,3/4/2026,https://x.example",
        "312-555-0199,2026-01-31,implied,,,",
        "415-555-0101,no,,written,,",
    )
    first, second, third = (row.grants for row in batch.rows)
    assert [(grant.channel, grant.kind, grant.obtained_at, grant.source, grant.line) for grant in first] == [
        ("sms", "written", datetime(2026, 3, 4, tzinfo=UTC), "https://x.example", 2)
    ]
    assert [(grant.channel, grant.kind) for grant in second] == [("sms", "express"), ("voice", "implied")]
    assert second[0].obtained_at == datetime(2026, 1, 31, tzinfo=UTC)
    assert third == ()


def test_a_channel_column_names_the_channels() -> None:
    batch = batch_of(
        "Phone,Consent channel,Consent kind", "202-555-0143,SMS and call,written", "312-555-0199,none,written", "415-555-0101,,"
    )
    assert [[grant.channel for grant in row.grants] for row in batch.rows] == [["sms", "voice"], [], []]


def test_consent_of_the_whole_file_holds_unless_the_row_says_no() -> None:
    everybody = {"channels": ["sms", "voice"], "kind": "written", "source": "form"}
    batch = batch_of("Phone,SMS consent", "202-555-0143,", "312-555-0199,no", "415-555-0101,implied", consent=everybody)
    kinds = [{grant.channel: grant.kind for grant in row.grants} for row in batch.rows]
    assert kinds == [{"sms": "written", "voice": "written"}, {"voice": "written"}, {"sms": "implied", "voice": "written"}]
    assert batch.rows[0].grants[0].line == 2


def test_a_bare_yes_never_counts_as_written() -> None:
    assert batch_of("Phone,Opt in", "202-555-0143,x").rows[0].grants[0].kind == "express"


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("2026-03-04", "US", (2026, 3, 4)),
        ("3/4/2026", "US", (2026, 3, 4)),
        ("3/4/2026", "GB", (2026, 4, 3)),
        ("31.1.26", "DE", (2026, 1, 31)),
        ("13/4/2026", "US", (2026, 4, 13)),
        ("Jan 31, 2026", "US", (2026, 1, 31)),
        ("31 January 2026", "GB", (2026, 1, 31)),
    ],
)
def test_dates_as_countries_write_them(text: str, country: str, expected: tuple[int, int, int]) -> None:
    assert read_moment(text, country) == datetime(*expected, tzinfo=UTC)


def test_dates_with_times() -> None:
    assert read_moment("2026-03-04T10:20:30+02:00", "US") == datetime(2026, 3, 4, 8, 20, 30, tzinfo=UTC)
    assert read_moment("3/4/2026 1:05 pm", "US") == datetime(2026, 3, 4, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "31/31/2026", "1066-10-14", "2199-01-01"])
def test_what_is_no_date_of_the_past_is_refused(text: str) -> None:
    with pytest.raises(UnusableValue):
        read_moment(text, "US")


def test_channels_in_words() -> None:
    assert read_channels("SMS/Email") == ("sms", "email")
    assert read_channels("both") == ("sms", "voice")
    assert read_channels("none") == ()
    with pytest.raises(UnusableValue):
        read_channels("pigeon")


@pytest.mark.parametrize(
    "address", ["ann@x.example", "mailto:Ann.Lee+tag@Sub.X-y.example", "<ann@x.example>", "josé@müller.example"]
)
def test_addresses(address: str) -> None:
    assert "@" in read_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "ann",
        "ann@x",
        "@x.example",
        "ann@@x.example",
        "ann..lee@x.example",
        "a b@x.example",
        "ann@-x.example",
        "a" * 65 + "@x.example",
        "ann@x.example.",
        "ann@1.2.3.4",
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(UnusableValue):
        read_email(address)


def test_scores_tiers_and_languages() -> None:
    assert [read_score(text) for text in ("0", "100", "87.0", " 87 %")] == [0, 100, 87, 87]
    assert [read_tier(text) for text in ("a", "Tier B", "TIER: c")] == ["A", "B", "C"]
    assert [read_language(text) for text in ("EN", "es_mx", "Français", "zh-Hant")] == ["en", "es-MX", "fr", "zh-Hant"]
    for text in ("87.5", "nan", "-1", "inf", "many"):
        with pytest.raises(UnusableValue):
            read_score(text)


lines = st.lists(st.lists(st.text(max_size=12), min_size=0, max_size=8), max_size=8)


@given(lines)
def test_any_cells_become_people_or_rejections_and_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    plan = plan_for("Name,Phone,Email,Score,SMS consent,Consent date,Plan")
    batch = Normaliser(plan).batch(list(enumerate(rows, start=2)))
    assert len(batch.rows) + batch.duplicates + sum(not row.kept for row in batch.rejected) == batch.read == len(rows)


nasty = st.text(st.sampled_from("ab\\\t\n\r,\"{}é日'"), max_size=10)


@given(name=nasty, note=nasty, value=nasty)
def test_copied_text_reads_back_as_it_was(name: str, note: str, value: str) -> None:
    plan = plan_for("Name,Phone,Notes,Plan")
    batch = Normaliser(plan).batch([(2, [name, "202-555-0143", note, value])])
    row = prepared(batch, plan, 0)[0][0]
    person = batch.rows[0].person
    fields = row[3].decode().split("\t")
    assert len(fields) == len(person)
    for text, expected in zip(fields, person, strict=True):
        if isinstance(expected, str):
            assert _uncopied(text) == expected
        elif expected is None:
            assert text == NULL
    assert content_of(row) == batch.rows[0]


def _uncopied(text: str) -> str:
    """The text form of COPY read back, as PostgreSQL does it."""
    escapes = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    return re.sub(r"\\(.)", lambda match: escapes[match.group(1)], text)


def test_consent_for_all_names_each_channel_once() -> None:
    grants = ConsentForAll.model_validate({"channels": ["sms", "sms"], "kind": "written"}).grants()
    assert [grant.channel for grant in grants] == ["sms"]


def test_the_demo_file_gives_five_hundred_leads(request: pytest.FixtureRequest) -> None:
    from outrider.leads.importing.inspection import inspect_file

    file = Path(request.config.rootpath) / "examples" / "demo_leads.csv"
    _, inspection, _ = inspect_file(file, ImportOptions(), "US")
    from outrider.leads.importing.production import Production, batches

    plan = inspection.plan(ImportOptions(), file.name, "US")
    found = list(batches(Production(file, inspection.shape, plan, 1, 10_000)))
    assert len(found) == 1
    assert len(found[0][0]) == 500
