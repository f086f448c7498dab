"""What the operator's pages ask for: settings, models, the queue, the first steps."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy import text

from outrider.app.configuration import GROUPS, shown_value
from outrider.channels.webhooks import TwilioSignature
from outrider.cli.supervisor import parts_of
from outrider.config import Settings, read_settings
from outrider.db.engine import Database
from outrider.jobs import JobContext
from tests.worlds import World, client_of, run_due_jobs

SECRET = "s3cret-value-qzx7"


@pytest.fixture
async def twilio(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """An installation with an account, a key that nobody accepts, and a database address with a password."""
    configured = settings.model_copy(
        update={
            "twilio_account_sid": "AC" + "1" * 32,
            "twilio_auth_token": SecretStr(SECRET),
            "openai_api_key": SecretStr(SECRET),
            "openai_base_url": "http://127.0.0.1:1/v1",
            "database_url": f"postgresql://outrider:{SECRET}@db.example:5432/outrider?password={SECRET}",
            "public_url": "https://outrider.example.com",
            "fallback_models": ["openai:gpt-4o", "nobody:model"],
            "model_max_retries": 0,
        }
    )
    async with client_of(configured, database) as client:
        yield client


def test_every_setting_is_shown_and_says_what_it_means() -> None:
    shown = [field for fields in GROUPS.values() for field in fields]
    assert sorted([*shown, "supplied"]) == sorted(Settings.model_fields)
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


async def test_settings_with_their_names_and_defaults(api: AsyncClient) -> None:
    report = (await api.get("/api/settings")).json()
    settings = {one["name"]: one for group in report["groups"] for one in group["settings"]}
    assert (settings["OUTRIDER_PORT"]["value"], settings["OUTRIDER_PORT"]["is_default"]) == ("8000", True)
    assert settings["OUTRIDER_HOME"]["is_default"] is False
    assert settings["OUTRIDER_QUIET_HOURS"]["how_to_change"].startswith("Set OUTRIDER_QUIET_HOURS to enforced or off in ")
    assert settings["TWILIO_AUTH_TOKEN"] | {"meaning": "", "how_to_change": ""} == {
        "name": "TWILIO_AUTH_TOKEN", "value": None, "is_secret": True, "is_set": False, "is_default": True, "meaning": "",
        "how_to_change": "",
    }  # fmt: skip
    assert (report["carrier"]["kind"], report["carrier"]["is_reachable_from_outside"]) == ("simulator", False)
    assert report["model"] == {"name": "offline", "is_offline": True, "fallbacks": []}


async def test_what_the_supervisor_supplies_is_no_change(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("OUTRIDER_") or name in ("DATABASE_URL", "PUBLIC_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OUTRIDER_PORT", "8123")
    (api, *_) = parts_of(read_settings(), "postgresql://localhost/embedded", workers=1)
    for name, value in api.environment.items():
        monkeypatch.setenv(name, value)
    async with client_of(read_settings(), database) as client:
        report = (await client.get("/api/settings")).json()
    settings = {one["name"]: one for group in report["groups"] for one in group["settings"]}
    assert settings["DATABASE_URL"]["value"] == "postgresql://localhost/embedded"
    names = ("DATABASE_URL", "PUBLIC_URL", "OUTRIDER_SIMULATOR_PORT", "OUTRIDER_PORT")
    assert [settings[name]["is_default"] for name in names] == [True, True, True, False]


async def test_no_secret_is_shown(twilio: AsyncClient) -> None:
    answer = await twilio.get("/api/settings")
    assert SECRET not in answer.text and SECRET[-4:] not in answer.text
    settings = {one["name"]: one for group in answer.json()["groups"] for one in group["settings"]}
    assert (settings["TWILIO_AUTH_TOKEN"]["is_set"], settings["TWILIO_AUTH_TOKEN"]["value"]) == (True, None)
    assert settings["DATABASE_URL"]["value"] == "postgresql://db.example:5432/outrider"
    carrier = answer.json()["carrier"]
    assert (carrier["kind"], carrier["is_reachable_from_outside"]) == ("twilio", True)
    assert [webhook["url"] for webhook in carrier["webhooks"]] == [
        "https://outrider.example.com/webhooks/twilio/messages",
        "https://outrider.example.com/webhooks/twilio/status",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, None), (8000, "8000"), (["a", "b"], "a, b"), ("redis://:pw@cache:6379/0", "redis://cache:6379/0"), ("", "")],
)
def test_values_as_text(value: Any, shown: str | None) -> None:
    assert shown_value(value) == shown


async def test_hours_of_the_law(api: AsyncClient) -> None:
    hours = (await api.get("/api/settings")).json()["quiet_hours"]
    places = {place["place"]: place["hours"] for place in hours["stricter"]}
    assert hours["default"] == [{"days": "every day", "start": "08:00", "end": "21:00"}]
    assert places["US-TX"] == [
        {"days": "Monday to Saturday", "start": "09:00", "end": "21:00"},
        {"days": "Sunday", "start": "12:00", "end": "21:00"},
    ]


async def test_the_last_call_of_each_webhook_is_known(api: AsyncClient, settings: Settings, world: World) -> None:
    await world.sender()
    body = {"MessageSid": "SM" + "a" * 32, "From": "+13125550100", "To": "+12025550143", "Body": "Hello"}
    signature = TwilioSignature(settings.carrier_auth_token, settings.public_url)
    headers = {
        "X-Twilio-Signature": signature._validator.compute_signature(f"{settings.public_url}/webhooks/twilio/messages", body)
    }
    assert (await api.post("/webhooks/twilio/messages", data=body, headers=headers)).status_code == 200
    messages, status = (await api.get("/api/settings")).json()["carrier"]["webhooks"]
    assert messages["last_received"] is not None and status["last_received"] is None
    assert (await api.post("/webhooks/twilio/status", data=body)).status_code == 403
    assert (await api.get("/api/settings")).json()["carrier"]["webhooks"][1]["last_received"] is None


async def test_models(api: AsyncClient, twilio: AsyncClient) -> None:
    (offline,) = (await api.get("/api/models")).json()
    assert (offline["name"], offline["is_default"], offline["is_offline"], offline["problem"]) == ("offline", True, True, None)
    default, fallback, unusable, rules = (await twilio.get("/api/models")).json()
    assert (default["name"], default["provider"], default["is_default"]) == ("openai:gpt-4o-mini", "openai", True)
    assert (float(default["input_price"]), float(default["output_price"])) == (0.15, 0.6)
    assert (fallback["is_fallback"], fallback["is_default"], rules["is_offline"]) == (True, False, True)
    assert "can be used" in unusable["problem"] and unusable["input_price"] is None


async def test_a_model_that_answers(api: AsyncClient) -> None:
    tested = (await api.post("/api/models/test", json={})).json()
    assert (tested["ok"], tested["model"], tested["error"]) == (True, "offline", None)
    assert tested["sample"] and tested["output_tokens"] > 0


@pytest.mark.parametrize("model", [None, "openai:gpt-4o", "nobody:model", "nonsense", "openai:"])
async def test_a_model_that_fails_is_an_answer(twilio: AsyncClient, model: str | None) -> None:
    answer = await twilio.post("/api/models/test", json={"model": model})
    assert answer.status_code == 200
    assert (answer.json()["ok"], answer.json()["sample"]) == (False, None)
    assert answer.json()["error"] and SECRET not in answer.text


async def add_jobs(database: Database) -> list[int]:
    """Two failed jobs, one that runs, one due and one for later; returns the failed ones."""
    async with database.transaction() as session:
        await session.execute(
            text("""
                INSERT INTO pgqueuer (priority, status, entrypoint, payload, execute_after, attempts)
                VALUES (0, 'failed', 'leads.import', '{"import_id": 7}', now(), 8), (0, 'failed', 'leads.delete', NULL, now(), 8),
                    (0, 'picked', 'leads.import', NULL, now(), 0),
                    (0, 'queued', 'leads.import', NULL, now() - interval '1 hour', 0),
                    (0, 'queued', 'leads.import', NULL, now() + interval '1 hour', 0)
            """)
        )
        failed = list((await session.execute(text("SELECT id FROM pgqueuer WHERE status = 'failed' ORDER BY id"))).scalars())
        await session.execute(
            text("""
                INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, traceback)
                VALUES (:id, 'exception', 0, 'leads.import', jsonb_build_object(
                    'exception_type', 'FileGone', 'exception_message', 'people.csv is no longer there.'))
            """),
            {"id": failed[0]},
        )
    return failed


async def test_the_queue(api: AsyncClient, database: Database) -> None:
    empty = (await api.get("/api/jobs")).json()
    assert empty == {"waiting": 0, "scheduled": 0, "running": 0, "failed": 0, "oldest_waiting": None, "jobs": []}
    await add_jobs(database)
    queue = (await api.get("/api/jobs")).json()
    assert {key: queue[key] for key in ("waiting", "scheduled", "running", "failed")} == {
        "waiting": 1, "scheduled": 1, "running": 1, "failed": 2,
    }  # fmt: skip
    assert [(job["name"], job["failed"]) for job in queue["jobs"]] == [("leads.delete", 1), ("leads.import", 1)]
    assert queue["oldest_waiting"] == queue["jobs"][1]["oldest_waiting"] is not None


async def test_failed_jobs_by_page(api: AsyncClient, database: Database) -> None:
    first, second = await add_jobs(database)
    page = (await api.get("/api/jobs/failed", params={"limit": 1})).json()
    rest = (await api.get("/api/jobs/failed", params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [page["items"][0]["id"], rest["items"][0]["id"], rest["next_cursor"]] == [second, first, None]
    assert (page["items"][0]["error"], page["items"][0]["arguments"]) == (None, {})
    assert rest["items"][0]["error"] == "FileGone: people.csv is no longer there."
    assert rest["items"][0]["arguments"] == {"import_id": 7}


async def test_failed_jobs_are_put_back_or_given_up(api: AsyncClient, database: Database) -> None:
    first, second = await add_jobs(database)
    assert (await api.post("/api/jobs/requeue", json={"ids": [first, 999]})).status_code == 404
    assert (await api.get("/api/jobs")).json()["failed"] == 2
    assert (await api.post("/api/jobs/requeue", json={"ids": [first]})).json() == {"requeued": 1}
    assert (await api.delete(f"/api/jobs/failed/{first}")).status_code == 404
    assert (await api.delete(f"/api/jobs/failed/{second}")).status_code == 204
    assert (await api.get("/api/jobs")).json()["failed"] == 0


async def test_all_failed_jobs_are_put_back(api: AsyncClient, database: Database) -> None:
    await add_jobs(database)
    assert (await api.post("/api/jobs/requeue", json={"all": True})).json() == {"requeued": 2}
    assert (await api.post("/api/jobs/requeue", json={"all": True})).json() == {"requeued": 0}
    for wrong in ({}, {"ids": [1], "all": True}):
        assert (await api.post("/api/jobs/requeue", json=wrong)).status_code == 422


async def test_the_first_steps(api: AsyncClient, world: World) -> None:
    assert (await api.get("/api/setup")).json() == {
        "has_leads": False, "has_campaigns": False, "has_sent": False, "carrier": "simulator", "model": "offline",
        "model_is_offline": True, "can_load_demo": True,
    }  # fmt: skip
    await world.leads(1)
    state = (await api.get("/api/setup")).json()
    assert (state["has_leads"], state["can_load_demo"]) == (True, False)


async def test_the_demo_is_loaded_once(api: AsyncClient, database: Database) -> None:
    first = await api.post("/api/demo")
    again = await api.post("/api/demo", json={})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() | {"created": False} == again.json()
    assert await run_due_jobs(JobContext(database)) == 1

    demo = first.json()
    report = (await api.get(f"/api/leads/imports/{demo['import_id']}")).json()
    assert (report["status"], report["rows_rejected"] < 20) == ("completed", True)
    campaign = (await api.get(f"/api/campaigns/{demo['campaign_id']}")).json()
    assert (campaign["status"], campaign["audience"]["list_ids"]) == ("draft", [demo["list_id"]])
    assert (await api.get(f"/api/lists/{demo['list_id']}")).json()["lead_count"] == 500
    assert (await api.post("/api/demo")).json()["created"] is False


async def test_the_demo_does_not_mix_with_real_people_unasked(api: AsyncClient, world: World) -> None:
    await world.leads(1)
    refused = await api.post("/api/demo")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:outrider:problem:not-empty")
    assert (await api.post("/api/demo", json={"anyway": True})).status_code == 201
