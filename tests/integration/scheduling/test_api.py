"""`/api/calendars` and `/api/bookings`, the lead's timeline and the funnel."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from icalendar import Calendar as ICalendar
from pydantic import SecretStr

from outrider.config import Settings
from outrider.db.engine import Database
from tests.stand_ins.caldav import PASSWORD, USER, CalDavServer
from tests.worlds import World, client_of


async def first_calendar(api: AsyncClient) -> dict[str, Any]:
    calendar: dict[str, Any] = (await api.get("/api/calendars")).json()[0]
    return calendar


async def a_slot(api: AsyncClient, calendar_id: int, number: int = 0) -> str:
    slot: str = (await api.get(f"/api/calendars/{calendar_id}/slots")).json()["slots"][number]["starts_at"]
    return slot


async def booked(api: AsyncClient, lead_id: int, number: int = 0, **values: Any) -> dict[str, Any]:
    calendar = await first_calendar(api)
    wish = {"calendar_id": calendar["id"], "lead_id": lead_id, "starts_at": await a_slot(api, calendar["id"], number), **values}
    answer = await api.post("/api/bookings", json=wish)
    assert answer.status_code == 201, answer.text
    booking: dict[str, Any] = answer.json()
    return booking


class TestCalendars:
    async def test_the_first_one_is_there(self, api: AsyncClient) -> None:
        calendar = await first_calendar(api)
        assert (calendar["kind"], calendar["time_zone"], calendar["slot_minutes"]) == ("built_in", "UTC", 30)
        assert calendar["working_hours"]["monday"] == [{"start": "09:00", "end": "17:00"}]
        assert calendar["working_hours"]["sunday"] == []

    async def test_it_is_in_the_installations_zone(self, settings: Settings, database: Database) -> None:
        async with client_of(settings.model_copy(update={"time_zone": "Asia/Kolkata"}), database) as api:
            assert (await first_calendar(api))["time_zone"] == "Asia/Kolkata"

    async def test_create_change_delete(self, api: AsyncClient) -> None:
        made = await api.post("/api/calendars", json={"name": "Olga", "owner_email": "olga@example.com", "campaign_ids": [3]})
        assert made.status_code == 201, made.text
        path = f"/api/calendars/{made.json()['id']}"
        changed = await api.patch(path, json={"slot_minutes": 45, "most_per_day": 4, "owner_email": None})
        assert (changed.json()["slot_minutes"], changed.json()["owner_email"]) == (45, None)
        assert (await api.delete(path)).status_code == 204
        assert (await api.get(path)).status_code == 404

    async def test_the_only_calendar_stays(self, api: AsyncClient) -> None:
        calendar = await first_calendar(api)
        answer = await api.delete(f"/api/calendars/{calendar['id']}")
        assert answer.status_code == 409 and answer.json()["type"].endswith("calendar-in-use")

    async def test_one_with_meetings_stays(self, api: AsyncClient, world: World) -> None:
        await booked(api, (await world.lead()).id)
        await api.post("/api/calendars", json={"name": "Other"})
        assert (await api.delete(f"/api/calendars/{(await first_calendar(api))['id']}")).status_code == 409

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"time_zone": "Mars/Olympus"}, "body.time_zone"),
            ({"working_hours": {"monday": [{"start": "12:00", "end": "09:00"}]}}, "body.working_hours.monday.0"),
            ({"slot_minutes": 0}, "body.slot_minutes"),
            ({"slot_minutes": None}, "body.slot_minutes"),
            ({"title_template": "With {{lead.shoe}}"}, "body.title_template"),
            ({"account": "nobody"}, "body.account"),
            ({"owner_email": "no address"}, "body.owner_email"),
            ({"name": "a\nb"}, "body.name"),
        ],
    )
    async def test_what_cant_be_used_is_named(self, api: AsyncClient, change: dict[str, Any], field: str) -> None:
        calendar = await first_calendar(api)
        answer = await api.patch(f"/api/calendars/{calendar['id']}", json=change)
        assert answer.status_code == 422, answer.text
        assert field in [one["field"] for one in answer.json()["fields"]]

    async def test_the_same_name_twice(self, api: AsyncClient) -> None:
        await first_calendar(api)
        assert (await api.post("/api/calendars", json={"name": "Meetings"})).status_code == 409

    async def test_slots_are_shown_in_any_zone(self, api: AsyncClient) -> None:
        path = f"/api/calendars/{(await first_calendar(api))['id']}/slots"
        shown = (await api.get(path, params={"time_zone": "Asia/Kathmandu"})).json()
        assert shown["time_zone"] == "Asia/Kathmandu" and shown["slots"][0]["starts_at"].endswith("+05:45")
        assert (await api.get(path, params={"time_zone": "Mars"})).status_code == 422
        assert (await api.get(path, params={"since": "2190-01-01T00:00:00Z"})).json()["slots"] == []

    async def test_the_built_in_calendar_is_reached(self, api: AsyncClient) -> None:
        calendar = await first_calendar(api)
        assert (await api.post(f"/api/calendars/{calendar['id']}/test")).json()["ok"] is True


class TestOutside:
    @pytest.fixture
    async def server(self) -> AsyncIterator[CalDavServer]:
        async with CalDavServer() as server:
            yield server

    @pytest.fixture
    async def api(self, settings: Settings, database: Database, server: CalDavServer) -> AsyncIterator[AsyncClient]:
        account = {"kind": "caldav", "url": f"{server.url}/dav/ann/", "user": USER, "password": PASSWORD}
        chosen = settings.model_copy(update={"calendar_accounts": SecretStr(json.dumps({"office": account}))})
        async with client_of(chosen, database) as client:
            yield client

    async def test_accounts_are_named_and_secrets_kept(self, api: AsyncClient) -> None:
        accounts = await api.get("/api/calendars/accounts")
        assert accounts.json() == [{"name": "office", "kind": "caldav", "host": "127.0.0.1"}]
        made = await api.post("/api/calendars", json={"name": "Work", "account": "office", "external_id": "work"})
        report = await api.get("/api/settings")
        assert not any(PASSWORD in answer.text for answer in (accounts, made, report))
        assert made.json()["kind"] == "caldav"

    async def test_a_connection_test_tells_what_is_wrong(self, api: AsyncClient, server: CalDavServer) -> None:
        made = (await api.post("/api/calendars", json={"name": "Work", "account": "office", "external_id": "work"})).json()
        path = f"/api/calendars/{made['id']}"
        good = (await api.post(f"{path}/test")).json()
        assert (good["ok"], good["name"], good["can_write"]) == (True, "Ann’s work", True)
        server.privileges = "<d:privilege><d:read/></d:privilege>"
        assert "only read" in (await api.post(f"{path}/test")).json()["problem"]
        await api.patch(path, json={"external_id": "none"})
        bad = (await api.post(f"{path}/test")).json()
        assert not bad["ok"] and "no such calendar" in bad["problem"]
        assert (await api.patch(path, json={"external_id": "../bob"})).status_code == 422

    async def test_before_the_first_copy_nothing_is_free(self, api: AsyncClient) -> None:
        made = (await api.post("/api/calendars", json={"name": "Work", "account": "office", "external_id": "work"})).json()
        shown = (await api.get(f"/api/calendars/{made['id']}/slots")).json()
        assert shown["slots"] == [] and "not been read" in shown["problem"]


class TestBookings:
    async def test_a_person_books_moves_and_cancels(self, api: AsyncClient, world: World) -> None:
        lead = await world.lead(name="Ann Lee", email="ann@example.com")
        booking = await booked(api, lead.id, note="Bring the plans")
        assert (booking["status"], booking["lead_name"], booking["calendar_name"]) == ("booked", "Ann Lee", "Meetings")
        assert booking["title"] == "Meeting with Ann Lee" and booking["booked_by"] == "local operator"
        path = f"/api/bookings/{booking['id']}"
        to = datetime.fromisoformat(booking["starts_at"]) + timedelta(hours=2)
        moved = (await api.post(f"{path}/move", json={"starts_at": to.isoformat()})).json()
        assert (await api.get(path)).json()["moved_to_id"] == moved["id"]
        ended = (await api.post(f"/api/bookings/{moved['id']}/cancel", json={"reason": "ill"})).json()
        assert (ended["status"], ended["end_reason"], ended["ended_by"]) == ("cancelled", "ill", "local operator")
        assert (await api.post(f"{path}/move", json={"starts_at": to.isoformat()})).status_code == 409

    async def test_what_is_taken_is_refused(self, api: AsyncClient, world: World) -> None:
        lead, other = await world.leads(2)
        booking = await booked(api, lead.id)
        wish = {"calendar_id": booking["calendar_id"], "lead_id": other.id, "starts_at": booking["starts_at"]}
        answer = await api.post("/api/bookings", json=wish)
        assert answer.status_code == 409 and answer.json()["type"].endswith("slot-taken")

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"starts_at": "2020-01-01T09:00:00Z"}, 422),
            ({"starts_at": "2199-01-01T09:00:00Z"}, 422),
            ({"starts_at": "9999-12-31T23:59:59-14:00"}, 422),
            ({"starts_at": "2030-01-01T09:00:00"}, 422),
            ({"lead_id": 10**12}, 404),
            ({"calendar_id": 10**12}, 404),
            ({"minutes": 0}, 422),
            ({"conversation_id": 10**12}, 404),
        ],
    )
    async def test_what_cant_be_booked(self, api: AsyncClient, world: World, change: dict[str, Any], status: int) -> None:
        calendar = await first_calendar(api)
        wish = {"calendar_id": calendar["id"], "lead_id": (await world.lead()).id, "starts_at": await a_slot(api, calendar["id"])}
        answer = await api.post("/api/bookings", json=wish | change)
        assert answer.status_code == status, answer.text

    async def test_lists_are_filtered_and_paged(self, api: AsyncClient, world: World) -> None:
        one, other = await world.leads(2)
        for number in range(3):
            await booked(api, one.id, number, campaign_id=7)
        last = await booked(api, other.id, 3)
        await api.post(f"/api/bookings/{last['id']}/cancel", json={})

        async def listed(**filters: Any) -> list[int]:
            return [item["id"] for item in (await api.get("/api/bookings", params=filters)).json()["items"]]

        everything = await listed(sort="starts_at")
        assert len(everything) == 4 and await listed() == everything[::-1]
        assert await listed(lead_id=one.id, sort="starts_at") == everything[:3] == await listed(campaign_id=7, sort="starts_at")
        assert await listed(status="cancelled") == [last["id"]]
        now = datetime.now(UTC)
        assert await listed(until=now.isoformat()) == [] and len(await listed(since=now.isoformat())) == 4
        page = (await api.get("/api/bookings", params={"limit": 3, "sort": "starts_at"})).json()
        rest = (await api.get("/api/bookings", params={"limit": 3, "sort": "starts_at", "cursor": page["next_cursor"]})).json()
        assert [item["id"] for item in page["items"] + rest["items"]] == everything and rest["next_cursor"] is None

    async def test_the_file_for_a_calendar(self, api: AsyncClient, world: World) -> None:
        booking = await booked(api, (await world.lead(name="Ann", email="ann@example.com")).id)
        answer = await api.get(f"/api/bookings/{booking['id']}/ics")
        assert answer.headers["content-type"].startswith("text/calendar")
        event: Any = ICalendar.from_ical(answer.text).walk("VEVENT")[0]
        assert event["DTSTART"].dt == datetime.fromisoformat(booking["starts_at"])

    async def test_the_timeline_and_the_funnel_count_it(self, api: AsyncClient, world: World) -> None:
        await world.sender()
        lead, other = await world.leads(2, name="Ann")
        await world.queue(*(world.intent(one, purpose="campaign") for one in (lead, other)))
        await world.execute("UPDATE messages SET state = 'sent', sent_at = now() - interval '1 hour', purpose = 'campaign'")
        booking = await booked(api, lead.id)
        gone = await booked(api, other.id, 1)
        await api.post(f"/api/bookings/{gone['id']}/cancel", json={"reason": "ill"})
        funnel = {step["step"]: step["leads"] for step in (await api.get("/api/dashboard")).json()["funnel"]}
        assert (funnel["reached"], funnel["booked"]) == (2, 1)
        entry = (await api.get(f"/api/leads/{lead.id}/timeline")).json()["items"][0]
        assert (entry["kind"], entry["id"], entry["data"]["title"]) == ("meeting_booked", booking["id"], "Meeting with Ann")
        kinds = [item["kind"] for item in (await api.get(f"/api/leads/{other.id}/timeline")).json()["items"]]
        assert kinds[:2] == ["meeting_cancelled", "meeting_booked"]
