from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.channels.segments import count_segments
from outrider.llm.offline import write_opening

CAMPAIGN = {"name": "Fleet Q3", "offer": "a free fleet review", "sender_name": "Ada", "sender_company": "Northwind"}
LEAD = {"id": 1, "name": "Maria Silva", "company": "Acme", "title": "CFO", "industry": "Logistics"}


def opening(lead: dict[str, Any] | None = None, campaign: dict[str, Any] | None = None, **context: Any) -> str:
    return write_opening(
        {"lead": LEAD if lead is None else lead, "campaign": CAMPAIGN if campaign is None else campaign, **context}
    )


def test_it_is_personal_and_says_who_writes_why_and_how_to_stop() -> None:
    text = opening()
    for part in ("Maria", "Ada", "Northwind", "a free fleet review", "Acme", "CFO", "STOP"):
        assert part in text


@pytest.mark.parametrize("missing", ["name", "company", "title", "industry"])
def test_a_missing_fact_leaves_no_hole(missing: str) -> None:
    text = opening({**LEAD, missing: None})
    assert str(LEAD[missing]) not in text
    assert "None" not in text and "  " not in text and " ," not in text and "{" not in text


def test_it_is_the_same_for_one_lead_and_varied_among_leads() -> None:
    texts = [opening({**LEAD, "id": number}) for number in range(40)]
    assert texts == [opening({**LEAD, "id": number}) for number in range(40)]
    assert len(set(texts)) > 10
    assert opening({**LEAD, "id": None, "phone": "+12025550143"}) != opening({**LEAD, "id": None, "phone": "+12025550150"})


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("MARIA SILVA", "Maria"),
        ("maria", "Maria"),
        ("Dr. Maria Silva", "Maria"),
        ("Silva, Maria", "Maria"),
        ("Jo McAllister", "Jo"),
    ],
)
def test_first_names(name: str, first: str) -> None:
    assert f" {first}," in opening({**LEAD, "name": name})


@pytest.mark.parametrize("name", ["", "maria@acme.com", "12025550143", "王伟"])
def test_what_is_no_name_is_not_used_as_one(name: str) -> None:
    assert opening({"id": 1, "name": name}).split(",")[0] in ("Hi", "Hello")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"offer": "", "description": "Introduce our new CRM. Be brief."}, "our new CRM"),
        ({"offer": "Our new fleet review"}, "our new fleet review"),
        ({"offer": "We cut energy bills by a third."}, "We cut energy bills by a third. "),
        ({"offer": "Salesforce migrations"}, "Salesforce migrations"),
    ],
)
def test_the_topic_reads_well(facts: dict[str, str], said: str) -> None:
    assert said in opening(campaign={**CAMPAIGN, **facts})


def test_without_a_topic_it_invents_none() -> None:
    text = opening(campaign={"sender_name": "Ada"})
    assert "about" not in text and "STOP" in text


def test_a_campaign_without_sender_is_known_by_its_name() -> None:
    assert "Spring Sale" in opening(campaign={"name": "Spring Sale"})


@pytest.mark.parametrize(
    ("code", "said"), [("es", "Responda STOP"), ("fr", "STOP pour"), ("de", "Reply STOP"), ("fr-CA", "STOP pour")]
)
def test_languages(code: str, said: str) -> None:
    assert said in opening({**LEAD, "language": code})


def test_a_later_text_follows_up_without_the_opt_out_line() -> None:
    text = opening(thread=[{"author": "workflow", "body": "Hi"}])
    assert "STOP" not in text and "follow" in text.lower()


def test_a_template_is_rendered_as_it_is() -> None:
    campaign = {**CAMPAIGN, "template": "Dear {{first_name}} — {{offer}}! {{lead.title}}"}
    assert opening(campaign=campaign) == "Dear Maria — a free fleet review! CFO"


def test_a_template_may_name_attributes() -> None:
    lead = {**LEAD, "attributes": {"Fleet Size": 12, "first_name": "Mallory"}}
    assert opening(lead, {**CAMPAIGN, "template": "{{first_name}}, {{fleet_size}} vans"}) == "Maria, 12 vans"


def test_a_lead_without_name_does_not_get_the_campaigns() -> None:
    assert opening({"id": 1}, {**CAMPAIGN, "template": "Hi {{name}}, {{campaign_name}}"}) == "Hi there, Fleet Q3"


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_longer_facts_make_another_text_and_not_a_longer_one(language: str) -> None:
    for length in range(1, 81):
        text = opening({**LEAD, "company": "A" * length, "language": language}, {**CAMPAIGN, "sender_company": "N" * length})
        assert count_segments(text).segments == 1 and "STOP" in text


anything = st.one_of(st.none(), st.text(max_size=200), st.integers())
people = st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "name", "company", "title", "industry", "phone"), anything))
campaigns = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("name", "offer", "description", "sender_name", "sender_company"), anything)
)


@settings(max_examples=300)
@given(people, campaigns, st.sampled_from(["en", "es", "fr", None]))
def test_whatever_the_data_one_segment_with_the_way_out(
    lead: dict[str, Any], campaign: dict[str, Any], language: str | None
) -> None:
    text = write_opening({"lead": {**lead, "language": language}, "campaign": campaign})
    counted = count_segments(text)
    assert counted.encoding == "GSM-7" and counted.segments == 1, text
    assert "STOP" in text
