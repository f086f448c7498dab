from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outrider.leads.importing.merge import Gathered, merged, stronger
from outrider.leads.importing.plan import Grant, Normalised
from outrider.leads.person import Person, completed

texts = st.one_of(st.none(), st.sampled_from(["Ann", "Bob", "two words", "ü"]))
phones = st.one_of(st.none(), st.sampled_from(["+12025550143", "+13125550199", "+442079460123", "+18505550100"]))
emails = st.sampled_from(["a@x.example", "b@x.example", "c@y.example"])
notes = st.one_of(st.none(), st.sampled_from(["called", "called\ntwice", "twice", "wants a quote"]))


@st.composite
def people(draw: st.DrawFn) -> Person:
    return completed(
        Person(
            name=draw(texts) or "",
            phone=draw(phones),
            email=draw(emails),
            company=draw(texts),
            notes=draw(notes),
            region=draw(st.sampled_from([None, "CA", "NY"])),
            postal_code=draw(st.sampled_from([None, "94105", "10001"])),
            country=draw(st.sampled_from([None, "US", "CA"])),
            time_zone=draw(st.sampled_from([None, "Europe/Paris"])),
            attributes=draw(st.dictionaries(st.sampled_from("ab"), st.sampled_from("12"))),
            score=draw(st.sampled_from([None, 0, 50])),
            tier=draw(st.sampled_from([None, "A"])),
        )
    )


@given(people(), people())
def test_merging_again_changes_nothing(stored: Person, new: Person) -> None:
    once = merged(stored, new)
    assert merged(once, new) == once


@given(people())
def test_a_person_merged_with_itself_or_with_nothing_stays(person: Person) -> None:
    assert merged(person, person) == person
    assert merged(person, Person()) == person


@given(people(), people())
def test_new_values_win_and_empty_ones_erase_nothing(stored: Person, new: Person) -> None:
    joined = merged(stored, new)
    for field in ("name", "email", "company", "time_zone", "score", "tier", "postal_code"):
        given_value = getattr(new, field)
        expected = getattr(stored, field) if given_value in (None, "") else given_value
        assert getattr(joined, field) == expected
    assert joined.phone == stored.phone or new.phone
    assert joined.attributes == {**stored.attributes, **new.attributes}
    assert all(part in (joined.notes or "") for part in (stored.notes, new.notes) if part)


def test_a_state_that_was_given_outlives_one_that_the_number_tells() -> None:
    stored = completed(Person(phone="+12125550143", region="CA", country="US"))
    assert merged(stored, completed(Person(phone="+12125550143", name="Ann"))).region == "CA"


def test_notes_that_would_grow_too_long_are_not_appended() -> None:
    stored = Person(email="a@x.example", notes="x" * 19_990)
    assert merged(stored, Person(email="a@x.example", notes="more than ten")).notes == stored.notes


def _row(line: int, **values: str | None) -> Normalised:
    return Normalised(line, completed(Person(**values)), ())  # type: ignore[arg-type]


def _gathered(*rows: Normalised, keep_first: bool = False) -> list[tuple[str | None, str | None, str]]:
    gathered = Gathered(keep_first=keep_first)
    for row in rows:
        gathered.add(row)
    return [(row.person.phone, row.person.email, row.person.name) for row in gathered.rows]


ONE, OTHER = "+12025550143", "+13125550199"


def test_the_same_phone_is_the_same_person() -> None:
    assert _gathered(_row(2, phone=ONE, name="Ann"), _row(3, phone=ONE, email="a@x.example")) == [(ONE, "a@x.example", "Ann")]


def test_the_same_address_is_the_same_person_if_one_side_has_no_phone() -> None:
    assert _gathered(_row(2, email="a@x.example", name="Ann"), _row(3, phone=ONE, email="a@x.example")) == [
        (ONE, "a@x.example", "Ann")
    ]
    assert _gathered(_row(2, phone=ONE, email="a@x.example"), _row(3, email="a@x.example", name="Ann")) == [
        (ONE, "a@x.example", "Ann")
    ]


def test_people_who_share_an_address_stay_two() -> None:
    assert len(_gathered(_row(2, phone=ONE, email="info@x.example"), _row(3, phone=OTHER, email="info@x.example"))) == 2


def test_a_person_found_by_address_is_then_found_by_phone() -> None:
    rows = (_row(2, email="a@x.example"), _row(3, phone=ONE, email="a@x.example"), _row(4, phone=ONE, name="Ann"))
    assert _gathered(*rows) == [(ONE, "a@x.example", "Ann")]


def test_skipping_keeps_the_first_row_as_it_is() -> None:
    assert _gathered(_row(2, phone=ONE, name="Ann"), _row(3, phone=ONE, name="Bob"), keep_first=True) == [(ONE, None, "Ann")]


def _grant(kind: str, line: int) -> Grant:
    return Grant("sms", kind, None, None, None, line)


def test_the_stronger_consent_counts_and_of_equal_ones_the_first() -> None:
    assert stronger((_grant("implied", 1),), (_grant("written", 2),))[0].kind == "written"
    assert stronger((_grant("written", 1),), (_grant("implied", 2),))[0].line == 1
    assert stronger((_grant("express", 1),), (_grant("express", 2),))[0].line == 1
