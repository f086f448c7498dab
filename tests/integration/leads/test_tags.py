"""Tags mean the same wherever they come from and wherever they are asked for."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from outrider.db.engine import Database
from tests.integration.leads.test_import import imported


async def lead(api: AsyncClient, number: int, tags: Any) -> int:
    person = {"name": f"Lead {number}", "phone": f"+1312555{number:04}", "attributes": {"tags": tags, "plan": "gold"}}
    created = await api.post("/api/leads", json=person)
    assert created.status_code == 201, created.text
    return int(created.json()["id"])


async def tags_of(api: AsyncClient, lead_id: int) -> Any:
    return (await api.get(f"/api/leads/{lead_id}")).json()["attributes"].get("tags")


async def found(api: AsyncClient, *pairs: str) -> set[int]:
    answer = await api.get("/api/leads", params={"attribute": pairs})
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["items"]}


@pytest.mark.parametrize(
    ("given", "kept"),
    [(["vip", "roof"], ["vip", "roof"]), ("vip, roof; vip", ["vip", "roof"]), ("vip", ["vip"]), (" ,;", None), ([], None),
     (7, ["7"])],
)  # fmt: skip
async def test_tags_are_kept_as_a_list_of_words(api: AsyncClient, given: Any, kept: Any) -> None:
    lead_id = await lead(api, 1, given)
    assert await tags_of(api, lead_id) == kept
    await api.patch(f"/api/leads/{lead_id}", json={"attributes": {"tags": "other, new"}})
    assert await tags_of(api, lead_id) == ["other", "new"]


async def test_the_list_of_leads_is_filtered_by_a_single_tag(api: AsyncClient) -> None:
    first, second, third = await lead(api, 1, ["vip", "roof"]), await lead(api, 2, "roof, solar"), await lead(api, 3, ["viper"])
    assert await found(api, "tags:roof") == {first, second}
    assert await found(api, "tags:roof", "tags:vip") == {first}
    assert await found(api, "tags:vipe") == set() and await found(api, "plan:gold") == {first, second, third}
    assert (await api.get("/api/leads/values/attributes.tags")).json()["values"] == ["roof", "solar", "vip", "viper"]
    assert (await api.get("/api/leads/values/attributes.plan")).json()["values"] == ["gold"]
    offered = await api.get("/api/workflows/options", params={"of": "tags"})
    assert [one["label"] for one in offered.json()] == ["roof", "solar", "vip", "viper"]


async def test_a_file_brings_tags_and_takes_them_along(api: AsyncClient, database: Database, tmp_path: Path) -> None:
    await imported(database, tmp_path, 'Name,Phone,Tags\nAnn,+13125550101,"vip, roof"\nBo,+13125550102,solar;roof\n')
    ann, bo = sorted((await api.get("/api/leads")).json()["items"], key=lambda one: one["name"])
    assert (await tags_of(api, ann["id"]), await tags_of(api, bo["id"])) == (["vip", "roof"], ["solar", "roof"])
    assert await found(api, "tags:roof") == {ann["id"], bo["id"]}

    file = (await api.get("/api/leads/export.csv")).content.decode("utf-8-sig")
    cells = {row["name"]: row["tags"] for row in csv.DictReader(io.StringIO(file))}
    assert cells == {"Ann": "vip, roof", "Bo": "solar, roof"}
    await imported(database, tmp_path, file)
    assert (await tags_of(api, ann["id"]), await tags_of(api, bo["id"])) == (["vip", "roof"], ["solar", "roof"])
