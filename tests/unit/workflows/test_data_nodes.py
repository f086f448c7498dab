"""Nodes that change the lead, tell the staff, and bring things to CRMs."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from outrider.errors import InvalidInput
from outrider.leads.changing import CHANGEABLE, read_changes
from outrider.leads.tags import read_tags, tags_of
from outrider.llm.offline import OfflineModel
from outrider.workflows.context import Services
from outrider.workflows.expressions.resolving import problems
from outrider.workflows.intents import ChangeLead, ListLead, Notify, SyncCrm, TagLead
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.nodes.base import NodeFailed
from outrider.workflows.nodes.update_lead import LeadField
from tests.unit.workflows.visits import visit
from tests.worlds import OneModel


class TwoCrms:
    async def names(self) -> list[str]:
        return ["HubSpot", "Sheet"]


CONNECTED = Services(OneModel(OfflineModel()), crms=TwoCrms())


def test_all_fields_that_may_change_can_be_chosen() -> None:
    assert set(get_args(LeadField)) == set(CHANGEABLE)


async def test_update_lead_sets_fields_and_attributes() -> None:
    data = {
        "fields": [
            {"field": "score", "value": "{{ double(lead.score) + 12.4 }}"},
            {"field": "company", "value": "{{ lead.company }} Inc."},
            {"field": "city", "value": "{{ lead.attributes.missing }}"},
        ],
        "attributes": [{"name": "plan", "value": "basic"}, {"name": "calls", "value": "{{ 1 + 2 }}"}],
    }
    result = await visit("update_lead", data)
    changes = {"score": 82, "company": "Leeworks Inc.", "attributes.plan": "basic", "attributes.calls": 3}
    assert result.intents == [ChangeLead("here", changes)]
    assert result.output == {"changed": changes}


async def test_update_lead_clears_only_when_told() -> None:
    data = {"fields": [{"field": "city", "value": "{{ lead.attributes.missing }}"}]}
    assert (await visit("update_lead", data)).intents == []
    assert (await visit("update_lead", data | {"when_empty": "clear"})).intents == [ChangeLead("here", {"city": None})]


@pytest.mark.parametrize(
    ("field", "value"), [("country", "Atlantis"), ("score", 120), ("tier", "Z"), ("email", "nobody"), ("time_zone", "Mars/Base")]
)
async def test_update_lead_fails_by_name_on_what_can_not_be_used(field: str, value: Any) -> None:
    with pytest.raises(NodeFailed, match=field):
        await visit("update_lead", {"fields": [{"field": field, "value": value}]})


def test_the_number_can_not_be_changed() -> None:
    with pytest.raises(InvalidInput, match="phone"):
        read_changes({"phone": "+13125550101"}, "US")
    assert problems(SPECIFICATIONS["update_lead"].params, {"fields": [{"field": "phone", "value": "1"}]})


async def test_tags_are_given_and_taken() -> None:
    result = await visit("tag", {"add": ["{{ lead.attributes.plan }}", " big,  deal "], "remove": ["vip", "other"]})
    assert result.intents == [TagLead("here", ("pro", "big deal"), ("vip", "other"))]
    assert result.output == {"tags": ["pro", "big deal"]}


async def test_lists_are_joined_and_left() -> None:
    lead = {"lists": ["New", "Spring"]}
    result = await visit("list", {"add": ["{{ lead.industry }} leads", ""], "remove": ["New"]}, lead=lead)
    assert result.intents == [ListLead("here", ("Roofing leads",), ("New",))]
    assert result.output == {"lists": ["Spring", "Roofing leads"]}


def test_tags_are_read_from_what_files_bring() -> None:
    assert tags_of({"tags": "vip, big , vip"}) == tags_of({"tags": ["vip", "big"]}) == ["vip", "big"]
    assert tags_of({}) == tags_of({"tags": None}) == []
    assert read_tags(["a\nb", "", "x" * 80]) == ["a b", "x" * 60]


async def test_notify_tells_whom_it_names() -> None:
    to = [
        {"channel": "email", "address": " Ann@Acme.example "}, {"channel": "sms", "address": "+1 (202) 555-0143"},
        {"channel": "slack"}, {"channel": "slack"},
    ]  # fmt: skip
    result = await visit(
        "notify", {"title": "{{ lead.name }}\nis hot", "body": "Score {{ lead.score }}", "to": to, "urgent": True}
    )
    told = (("email", "ann@acme.example"), ("sms", "+12025550143"), ("slack", ""))
    assert result.intents == [Notify("here", "Ann Lee is hot", "Score 70", told, True)]


@pytest.mark.parametrize("to", [{"channel": "email", "address": "{{ lead.name }}"}, {"channel": "sms", "address": "0143"}])
async def test_notify_fails_where_nobody_can_be_reached(to: dict[str, str]) -> None:
    with pytest.raises(NodeFailed, match="to: "):
        await visit("notify", {"title": "Hello", "to": [to]})


async def test_crm_sync_goes_to_the_connected_ones() -> None:
    result = await visit("crm_sync", {"subject": "Hot", "body": "{{ lead.name }}"}, services=CONNECTED)
    assert result.intents == [SyncCrm("here", (), "Hot", "Ann Lee", True)]
    assert result.output == {"crms": ["HubSpot", "Sheet"]}
    chosen = await visit("crm_sync", {"connections": ["Sheet"]}, services=CONNECTED)
    assert chosen.output == {"crms": ["Sheet"]}


async def test_crm_sync_says_that_none_is_connected() -> None:
    result = await visit("crm_sync", {})
    assert (result.handle, result.level, result.intents) == ("not_connected", "WARNING", [])
    with pytest.raises(NodeFailed, match="'Salesforce'"):
        await visit("crm_sync", {"connections": ["Salesforce"]}, services=CONNECTED)


@pytest.mark.parametrize("kind", ["update_lead", "tag", "list"])
def test_a_step_that_changes_nothing_is_refused(kind: str) -> None:
    assert problems(SPECIFICATIONS[kind].params, {})
