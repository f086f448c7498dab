"""An edit of a lead that somebody else changed meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from outrider.db.engine import Database
from outrider.leads.importing.run import import_file

PHONE = "+12025550143"


@pytest.fixture
async def lead(api: AsyncClient) -> dict[str, Any]:
    created: dict[str, Any] = (
        await api.post("/api/leads", json={"name": "Ann", "phone": PHONE, "attributes": {"plan": "gold"}})
    ).json()
    return created


async def test_every_change_counts_and_one_that_changes_nothing_does_not(api: AsyncClient, lead: dict[str, Any]) -> None:
    address = f"/api/leads/{lead['id']}"
    assert lead["version"] == 1
    assert (await api.patch(address, json={"company": "Acme", "version": 1})).json()["version"] == 2
    assert (await api.patch(address, json={"company": "Acme", "version": 2})).json()["version"] == 2
    assert (await api.patch(address, json={"company": "Bolt"})).json()["version"] == 3
    assert (await api.get("/api/leads")).json()["items"][0]["version"] == 3


async def test_an_outdated_edit_is_refused_with_the_fields_that_changed(api: AsyncClient, lead: dict[str, Any]) -> None:
    address = f"/api/leads/{lead['id']}"
    await api.patch(address, json={"company": "Acme", "version": 1})
    await api.patch(address, json={"title": "CEO", "attributes": {"plan": None, "seats": 4}, "version": 2})

    refused = await api.patch(address, json={"company": "Bolt", "version": 1})
    assert refused.status_code == 409, refused.text
    problem = refused.json()
    assert problem["type"] == "urn:outrider:problem:lead-edited-meanwhile"
    changed = ["attributes.plan", "attributes.seats", "company", "title"]
    assert [field["field"] for field in problem["fields"]] == [f"body.{name}" for name in changed]
    assert (problem["version"], (await api.get(address)).json()["company"]) == (3, "Acme")

    later = (await api.patch(address, json={"company": "Bolt", "version": 2})).json()
    assert "company" not in later["detail"], "only what changed since that version is named"
    kept = await api.patch(address, json={"company": "Bolt", "version": problem["version"]})
    assert (kept.status_code, kept.json()["company"]) == (200, "Bolt")


async def test_of_two_edits_at_once_one_is_refused(api: AsyncClient, lead: dict[str, Any]) -> None:
    edits = [{"company": name, "version": 1} for name in ("Acme", "Bolt", "Cog")]
    answers = await asyncio.gather(*(api.patch(f"/api/leads/{lead['id']}", json=edit) for edit in edits))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_an_import_counts_as_somebody_else(
    api: AsyncClient, lead: dict[str, Any], database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(f"name,phone,company,plan\nAnn,{PHONE},Acme,silver\n")
    await import_file(database, file)

    refused = await api.patch(f"/api/leads/{lead['id']}", json={"title": "CEO", "version": 1})
    assert [field["field"] for field in refused.json()["fields"]] == ["body.attributes.plan", "body.company", "body.source"]
    await import_file(database, file)
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["version"] == 2, "the same file again changes nothing"


async def test_a_version_that_never_was_is_refused(api: AsyncClient, lead: dict[str, Any]) -> None:
    for version in (7, 0, "x"):
        answer = await api.patch(f"/api/leads/{lead['id']}", json={"name": "Bo", "version": version})
        assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "body.version")
