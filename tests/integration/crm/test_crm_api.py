"""Connections over the API, the signed webhook, and spreadsheets in and out."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import text

from outrider.config import Settings, get_settings
from outrider.db.engine import Database
from outrider.integrations.crm.base import ContactWrite
from outrider.integrations.crm.build import Crms, build_crms
from outrider.integrations.crm.local import LocalCrm
from outrider.integrations.crm.signatures import signed_headers
from outrider.integrations.sheets.accounts import GoogleSheetsAccount
from outrider.integrations.sheets.build import Spreadsheets, build_spreadsheets
from outrider.jobs import JobContext
from outrider.leads.models import Lead
from tests.contracts.test_sheets import PEM
from tests.integration.crm.conftest import SECRET
from tests.worlds import World, run_due_jobs

MAPPING = [
    {"remote": "first_name", "field": "first_name"},
    {"remote": "last_name", "field": "last_name"},
    {"remote": "phone", "field": "phone"},
    {"remote": "email", "field": "email"},
    {"remote": "opted_out", "field": "do_not_contact", "direction": "in"},
]


@pytest.fixture
def settings(tmp_path: Any, database: Database) -> Settings:
    accounts = {"theirs": {"kind": "webhook", "url": "http://127.0.0.1:9/hook", "secret": SECRET}}
    return Settings(home=tmp_path, _env_file=None, crm_accounts=SecretStr(orjson.dumps(accounts).decode()))


@pytest.fixture
def context(database: Database, settings: Settings) -> JobContext:
    parts = {Settings: settings, Crms: build_crms(settings, database), Spreadsheets: build_spreadsheets(settings)}
    return JobContext(database, parts)


async def connected(api: AsyncClient, account: str = "local", **values: Any) -> dict[str, Any]:
    answer = await api.post("/api/crm/connections", json={"name": "CRM", "account": account, "mapping": MAPPING} | values)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_life_of_a_connection(api: AsyncClient, database: Database, context: JobContext, world: World) -> None:
    accounts = (await api.get("/api/crm/accounts")).json()
    assert [one["name"] for one in accounts["accounts"]] == ["local", "theirs"] and "whsec" not in str(accounts)
    there = LocalCrm(database)
    values = {"first_name": "Ann", "phone": "+13125550001"}
    await there.upsert([ContactWrite("x", values), ContactWrite("y", {"first_name": "Bad", "phone": "12"})])
    one = await connected(api, options={"list_name": "CRM people"})
    path = f"/api/crm/connections/{one['id']}"
    assert (await api.post(f"{path}/test")).json()["detail"] == "2 contacts"
    fields = (await api.get(f"{path}/fields")).json()
    assert {"remote": "phone", "field": "phone"}.items() <= next(m for m in fields["suggested"] if m["field"] == "phone").items()
    assert next(f for f in fields["remote"] if f["name"] == "phone")["sample"] == "+13125550001"
    preview = (await api.post(f"{path}/preview", json={"mapping": MAPPING})).json()["rows"]
    assert [row["verdict"] for row in preview] == ["ok", "rejected"] and preview[0]["lead"]["name"] == "Ann"
    assert not await world.rows(Lead)

    assert (await api.post(f"{path}/backfill", json={"action": "pause"})).status_code == 409
    assert (await api.post(f"{path}/backfill", json={"action": "start"})).json()["backfill"] == "running"
    await run_due_jobs(context)
    shown = (await api.get(path)).json()
    assert (shown["backfill"], shown["backfill_read"], shown["links"], shown["open_problems"]) == ("done", 2, 1, 1)
    log = (await api.get(f"{path}/log")).json()["items"]
    assert log[0]["action"] == "backfill" and log[0]["counts"]["created"] == 1
    (problem,) = (await api.get(f"/api/crm/problems?connection_id={one['id']}")).json()["items"]
    decide = f"/api/crm/problems/{problem['id']}/decide"
    assert (await api.post(decide, json={"decision": "theirs"})).status_code == 422
    assert (await api.post(decide, json={"decision": "dismiss"})).json()["decision"] == "dismiss"
    assert (await api.post(decide, json={"decision": "dismiss"})).status_code == 404
    assert (await api.patch(path, json={"state": "paused", "direction": "in"})).json()["state"] == "paused"
    assert (await api.post("/api/crm/connections", json={"name": "CRM", "account": "local"})).status_code == 409
    assert (await api.post("/api/crm/connections", json={"name": "x", "account": "none"})).status_code == 422
    twice = [{"remote": "a", "field": "email"}, {"remote": "b", "field": "email"}]
    assert (await api.patch(path, json={"mapping": twice})).status_code == 422
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404 and len(await world.rows(Lead)) == 1


def signed(body: dict[str, Any], message_id: str = "m1", secret: str = SECRET, now: int | None = None) -> dict[str, Any]:
    content = orjson.dumps(body)
    return {"content": content, "headers": signed_headers(secret, message_id, content, now=now)}


async def test_another_system_posts_leads_signed(api: AsyncClient, world: World) -> None:
    one = await connected(api, "theirs")
    path = one["webhook_path"]
    contact = {"external_id": "c1", "values": {"first_name": "Ann", "phone": "+13125550001"}}
    for _ in range(2):
        answer = await api.post(path, **signed({"contacts": [contact]}))
        assert answer.status_code == 200, answer.text
    assert len(await world.rows(Lead)) == 1 and answer.json()["unchanged"] == 1
    wrong = signed({"contacts": [contact]})
    for attempt in (
        wrong | {"content": wrong["content"] + b" "},
        wrong | {"headers": {}},
        signed({"contacts": [contact]}, now=int(time.time()) - 4000),
        signed({"contacts": [contact]}, secret="whsec_" + "WFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFg="),
    ):
        assert (await api.post(path, **attempt)).status_code == 401
    assert (await api.post("/webhooks/crm/999999", **signed({"contacts": [contact]}))).status_code == 401
    assert (await api.post(path, **signed({"contacts": "x"}))).status_code == 422
    stop = {"external_id": "c1", "values": {"first_name": "Ann", "phone": "+13125550001", "opted_out": True}}
    answer = await api.post(path, **signed({"contacts": [stop]}))
    assert answer.json()["opted_out"] == 1 and [row.phone for row in await world.suppressions()] == ["+13125550001"]
    assert (await api.post(path, **signed({"contacts": [{"external_id": "c1", "deleted": True}]}))).json()["gone"] == 1


async def test_ten_thousand_contacts(api: AsyncClient, database: Database, context: JobContext, capsys: Any) -> None:
    async with database.transaction() as session:
        await session.execute(
            text("""
            INSERT INTO crm_local_contacts (contact, changed_at)
            SELECT jsonb_build_object('first_name', 'P' || n, 'last_name', 'L', 'email', 'p' || n || '@example.com',
                'phone', '+1312' || (2000000 + n)), now() - interval '1 day' FROM generate_series(1, 10000) AS n
        """)
        )
    one = await connected(api)
    await api.post(f"/api/crm/connections/{one['id']}/backfill", json={"action": "start"})
    started = time.perf_counter()
    await run_due_jobs(context)
    seconds = time.perf_counter() - started
    async with database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM leads"))).scalar_one() == 10_000
    with capsys.disabled():
        print(f"\n10,000 contacts in {seconds:.1f} s, {10_000 / seconds:,.0f}/s")
    assert seconds < 120


class TestSheets:
    async def test_a_range_is_an_ordinary_import(
        self, api: AsyncClient, context: JobContext, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OUTRIDER_HOME", str(settings.home))
        get_settings.cache_clear()
        folder = settings.home / "sheets" / "team"
        folder.mkdir(parents=True)
        (folder / "Leads.csv").write_text("Name,Phone\nAnn,(312) 555-0001\nBad,12\n")
        given = {"account": "local", "spreadsheet": "team", "cells": "Leads"}
        preview = (await api.post("/api/sheets/preview", json=given)).json()
        assert [row["verdict"] for row in preview["rows"]] == ["ok", "rejected"]
        answer = await api.post("/api/sheets/import", json=given | {"options": {"list_name": "Sheet"}})
        assert answer.status_code == 202, answer.text
        await run_due_jobs(context)
        report = (await api.get(f"/api/leads/imports/{answer.json()['id']}")).json()
        assert (report["status"], report["rows_created"], report["rows_rejected"]) == ("completed", 1, 1)
        assert (await api.post("/api/sheets/preview", json=given | {"spreadsheet": "../../etc"})).status_code == 502
        assert (await api.post("/api/sheets/preview", json=given | {"account": "none"})).status_code == 409
        get_settings.cache_clear()
        assert not [path for path in (settings.home / "uploads").glob("*") if path.is_file()]

    @pytest.mark.parametrize("mode", ["append", "update"])
    async def test_results_are_written_once_however_often_and_never_as_formulas(
        self, api: AsyncClient, context: JobContext, settings: Settings, world: World, mode: str
    ) -> None:
        lead = await world.lead(name='=HYPERLINK("http://evil")', phone="+13125550001")
        campaign = (await api.get("/api/campaigns")).json()["items"]
        assert campaign == []
        created = await api.post("/api/campaigns", json={"name": "C"})
        campaign_id = created.json()["id"]
        await world.execute("INSERT INTO campaign_leads (campaign_id, lead_id) VALUES (:c, :l)", c=campaign_id, l=lead.id)
        given = {"campaign_id": campaign_id, "spreadsheet": "team", "sheet": "Results", "mode": mode, "every_minutes": 60}
        export = (await api.post("/api/sheets/exports", json=given)).json()
        await run_due_jobs(context)
        for _ in range(2):
            assert (await api.post(f"/api/sheets/exports/{export['id']}/run")).status_code == 202
            await run_due_jobs(context)
        lines = (settings.home / "sheets" / "team" / "Results.csv").read_text().splitlines()
        assert len(lines) == 2 and "'=HYPERLINK" in lines[1]
        (shown,) = (await api.get("/api/sheets/exports")).json()["items"]
        assert shown["problem"] is None and shown["exported_at"] and shown["due_at"]
        assert (await api.delete(f"/api/sheets/exports/{export['id']}")).status_code == 204
        assert (await api.post("/api/sheets/exports", json=given | {"campaign_id": 99999})).status_code == 422

    async def test_an_export_waits_for_an_account_that_is_left_alone(
        self, api: AsyncClient, context: JobContext, world: World, tmp_path: Path
    ) -> None:
        key = tmp_path / "key.json"
        key.write_text(json.dumps({"client_email": "bot@example.com", "private_key": PEM}))
        url = "http://127.0.0.1:1"
        account = GoogleSheetsAccount(service_account_file=key, api_url=url, token_url=f"{url}/token")
        spreadsheets = Spreadsheets({"google": account}, tmp_path)
        api._transport.app.state.spreadsheets = spreadsheets  # type: ignore[attr-defined]
        context = JobContext(world.database, {**context.parts, Spreadsheets: spreadsheets})
        campaign_id = (await api.post("/api/campaigns", json={"name": "C"})).json()["id"]
        given = {"campaign_id": campaign_id, "account": "google", "spreadsheet": "book", "sheet": "Results"}
        export_id = (await api.post("/api/sheets/exports", json=given)).json()["id"]
        for _ in range(6):
            await api.post(f"/api/sheets/exports/{export_id}/run")
            await run_due_jobs(context)
        (shown,) = (await api.get("/api/sheets/exports")).json()["items"]
        assert shown["problem"].startswith("The spreadsheet account google failed too often and is left alone for a while. Last:")
        assert shown["due_at"] > datetime.now(UTC).isoformat(), "nobody was asked, so that it is still due"
        await spreadsheets.aclose()
