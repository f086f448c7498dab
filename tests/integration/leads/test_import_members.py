"""Everybody in an import's file, whether or not the import changed them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from httpx import AsyncClient

from outrider.db.engine import Database
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.run import import_file

ANN, BO, CY = "+12025550143", "+12025550144", "+12025550145"


async def brought(database: Database, folder: Path, *rows: str, **options: Any) -> int:
    file = folder / "leads.csv"
    file.write_text("\n".join(("name,phone,company", *rows)) + "\n")
    return (await import_file(database, file, ImportOptions(**options))).id


async def people(api: AsyncClient, import_id: int) -> list[str]:
    found = (await api.get("/api/leads", params={"import_id": import_id, "sort": "name"})).json()["items"]
    count = (await api.post("/api/leads/count", json={"filter": {"import_id": import_id}})).json()["count"]
    assert count == len(found)
    return [lead["name"] for lead in found]


async def test_an_import_finds_those_it_left_as_they_were(api: AsyncClient, database: Database, tmp_path: Path) -> None:
    await api.post("/api/leads", json={"name": "Ann", "phone": ANN, "company": "Acme"})
    first = await brought(database, tmp_path, f"Ann,{ANN},Acme", f"Bo,{BO},Bolt")
    again = await brought(database, tmp_path, f"Ann,{ANN},Acme", f"Bo,{BO},Bolt", f"Cy,{CY},Cog")

    assert await people(api, first) == ["Ann", "Bo"]
    assert await people(api, again) == ["Ann", "Bo", "Cy"]


async def test_an_import_keeps_those_that_a_later_one_changed(api: AsyncClient, database: Database, tmp_path: Path) -> None:
    first = await brought(database, tmp_path, f"Ann,{ANN},Acme", f"Bo,{BO},Bolt")
    second = await brought(database, tmp_path, f"Ann,{ANN},Apex")
    third = await brought(database, tmp_path, f"Ann,{ANN},Arc")

    assert await people(api, first) == ["Ann", "Bo"]
    assert await people(api, second) == await people(api, third) == ["Ann"]


async def test_those_that_are_not_to_be_changed_belong_to_it_too(api: AsyncClient, database: Database, tmp_path: Path) -> None:
    await brought(database, tmp_path, f"Ann,{ANN},Acme")
    second = await brought(database, tmp_path, f"Ann,{ANN},Apex", f"Bo,{BO},Bolt", on_duplicate="skip")
    assert await people(api, second) == ["Ann", "Bo"]


async def test_a_campaign_for_an_import_reaches_everybody_in_the_file(
    api: AsyncClient, database: Database, tmp_path: Path
) -> None:
    await brought(database, tmp_path, f"Ann,{ANN},Acme", f"Bo,{BO},Bolt")
    again = await brought(database, tmp_path, f"Ann,{ANN},Acme", f"Bo,{BO},Bolt", f"Cy,{CY},Cog")

    audience = {"filter": {"import_id": again}}
    counted = (await api.post("/api/campaigns/audience", json={"audience": audience, "require_consent": False})).json()
    assert counted["total"] == counted["reachable"] == 3
