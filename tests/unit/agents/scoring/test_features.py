"""What is known about a lead, as named values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from outrider.agents.scoring.features import Snapshot, features_of, label_of

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def snapshot(at: datetime | None = None, **fields: Any) -> Snapshot:
    return Snapshot(lead_id=1, created_at=CREATED, fields=fields, contacted_at=at)


def test_the_first_text_is_timed_by_the_leads_own_clock() -> None:
    # 03:30 UTC on a Tuesday is Monday evening in Chicago.
    at = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    values = features_of(snapshot(at, time_zones=["America/Chicago"]))
    assert (values["weekday"], values["part_of_day"], values["days_known"]) == ("Monday", "night", 61.0)
    assert features_of(snapshot(at, time_zone="Nowhere/Land"))["weekday"] == "Tuesday"
    assert features_of(snapshot())["weekday"] is None


@pytest.mark.parametrize(
    ("title", "position"),
    [("Co-Founder & CEO", "owner"), ("CTO", "chief"), ("SVP Sales", "vice president"), ("Head of IT", "director"),
     ("Shift Supervisor", "manager"), ("Nurse", "other"), ("", None), (None, None), ("Coffee roaster", "other")],
)  # fmt: skip
def test_positions(title: str | None, position: str | None) -> None:
    assert features_of(snapshot(title=title))["title"] == position


@pytest.mark.parametrize(
    ("size", "employees"), [("51-200", 200.0), ("1,600", 1600.0), ("5001+", 5001.0), ("many", None), (None, None)]
)
def test_sizes(size: str | None, employees: float | None) -> None:
    assert features_of(snapshot(company_size=size))["employees"] == employees


def test_attributes_are_numbers_or_categories() -> None:
    values = features_of(snapshot(attributes={"seats": "1,200", "plan": " Pro ", "vip": True, "list": [1], "price": 9}))
    assert values["attributes.seats"] == 1200.0
    assert (values["attributes.plan"], values["attributes.vip"], values["attributes.price"]) == ("pro", "yes", 9.0)
    assert values["attributes.list"] is None
    assert features_of(snapshot(email="a@gmail.com"))["mail"] == "private"


def test_features_have_names_for_people() -> None:
    assert label_of("employees") == "Company size"
    assert label_of("attributes.plan_name") == "Plan name"
    assert label_of("fact.funding_stage") == "Funding stage (from providers)"
