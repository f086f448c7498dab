"""The handset over HTTP, with the real simulator as the carrier."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from outrider.channels.base import OutgoingText
from outrider.channels.build import build_carrier
from outrider.config import Settings
from outrider.db.engine import Database
from simulator.testing import RunningSimulator, running_simulator
from tests.worlds import World, application

OURS, OURS_TOO = "+12025550143", "+13105550186"
TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "token"}


@pytest.fixture(scope="module")
def simulator_process() -> Iterator[RunningSimulator]:
    with running_simulator(rate=1000) as simulator:
        yield simulator


@pytest.fixture
def simulator(simulator_process: RunningSimulator) -> RunningSimulator:
    """Everybody answers at once, unless told otherwise."""
    simulator_process.reset()
    simulator_process.set_personas(mix={"interested": 1}, reply_delay=[0, 0])
    return simulator_process


@pytest.fixture
def served(database: Database) -> Callable[..., Any]:
    @asynccontextmanager
    async def serve(**values: Any) -> AsyncIterator[AsyncClient]:
        app = application(Settings(_env_file=None, **values), database)
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client

    return serve


@pytest.fixture
async def api(served: Any, simulator: RunningSimulator) -> AsyncIterator[AsyncClient]:
    async with served(TWILIO_API_BASE_URL=simulator.base_url) as client:
        yield client


async def we_send(simulator: RunningSimulator, person: str, body: str = "Hi Ann") -> None:
    carrier = build_carrier(Settings(_env_file=None, TWILIO_API_BASE_URL=simulator.base_url))
    try:
        await carrier.send_text(OutgoingText(person, body, from_number=OURS_TOO))
    finally:
        await carrier.aclose()


async def test_it_is_there_while_the_simulator_is_the_carrier(api: AsyncClient) -> None:
    shown = (await api.get("/api/handset")).json()
    assert (shown["available"], shown["running"]) == (True, True)
    assert {"manual", "interested", "stop"} <= set(shown["personas"])


async def test_with_a_real_carrier_there_is_none(served: Any) -> None:
    async with served(**TWILIO) as api:
        assert (await api.get("/api/handset")).json() == {"available": False, "running": False, "personas": []}
        for method, path, body in (
            ("GET", "people", None),
            ("GET", "people/+12125550100", None),
            ("POST", "people/+12125550100/pick-up", None),
            ("POST", "people/+12125550100/texts", {"body": "x"}),
            ("PUT", "people/+12125550100/persona", {"persona": "stop"}),
            ("PUT", "people/+12125550100/reachable", {"delivers": False}),
        ):
            answer = await api.request(method, f"/api/handset/{path}", json=body)
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:outrider:problem:no-simulator"), path


async def test_a_stopped_simulator_is_said_clearly(served: Any, world: World) -> None:
    with running_simulator() as gone:
        address = gone.base_url
    async with served(TWILIO_API_BASE_URL=address) as api:
        assert (await api.get("/api/handset")).json() == {"available": True, "running": False, "personas": []}
        assert (await api.get("/api/handset/people")).status_code == 200
        for call in (api.get("/api/handset/people/+12125550100"), api.post("/api/handset/people/+12125550100/pick-up")):
            answer = await call
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:outrider:problem:simulator-unavailable")
            assert "outrider up" in answer.json()["remedy"]


async def test_people_with_a_thread_come_first(api: AsyncClient, world: World) -> None:
    await world.sender()
    leads = await world.leads(4, company="Acme")
    await world.lead(name="No Number", phone=None, email="x@example.com")
    for lead in (leads[2], leads[1]):
        await world.queue(world.intent(lead))

    async def names(**params: Any) -> list[str]:
        answer = await api.get("/api/handset/people", params=params)
        assert answer.status_code == 200, answer.text
        return [person["name"] for person in answer.json()]

    assert await names() == ["Lead 1", "Lead 2", "Lead 3", "Lead 0"]
    assert await names(limit=3) == ["Lead 1", "Lead 2", "Lead 3"]
    assert await names(limit=2) == ["Lead 1", "Lead 2"]
    assert await names(search="lead 3") == await names(search=leads[3].phone[-5:]) == ["Lead 3"]
    first = (await api.get("/api/handset/people")).json()[0]
    assert (first["lead_id"], first["phone"], first["company"]) == (leads[1].id, leads[1].phone, "Acme")
    assert first["conversation_id"] == (await world.conversation(leads[1])).id


async def test_picked_up_the_script_is_silent(api: AsyncClient, world: World, simulator: RunningSimulator) -> None:
    await world.sender()
    ann = "+12125550100"
    before = (await api.get(f"/api/handset/people/{ann}")).json()
    assert (before["persona"], before["persona_is_chosen"], before["texts"]) == ("interested", False, []), (
        "looking changes nothing"
    )
    picked_up = (await api.post(f"/api/handset/people/{ann}/pick-up")).json()
    assert (picked_up["persona"], picked_up["our_number"], picked_up["delivers"]) == ("manual", OURS, True)
    await we_send(simulator, ann)
    simulator.wait_until_idle()
    (text,) = (await api.get(f"/api/handset/people/{ann}")).json()["texts"]
    assert (text["direction"], text["body"], text["status"], text["arrived"], text["our_number"]) == (
        "received", "Hi Ann", "delivered", True, OURS_TOO,
    )  # fmt: skip
    written = await api.post(f"/api/handset/people/{ann}/texts", json={"body": "Who is this?"})
    assert written.status_code == 201, written.text
    assert (written.json()["direction"], written.json()["our_number"]) == ("written", OURS_TOO), "to the number that wrote"
    assert [text["body"] for text in simulator.recipient(ann)["thread"]] == ["Hi Ann", "Who is this?"]
    assert datetime.fromisoformat(written.json()["at"]).tzinfo is not None


async def test_writing_silences_the_script_too(api: AsyncClient, world: World, simulator: RunningSimulator) -> None:
    await world.sender()
    await api.post("/api/handset/people/+12125550100/texts", json={"body": "Hello"})
    assert simulator.recipient("+12125550100")["persona"] == "manual"


async def test_a_chosen_persona_stays(api: AsyncClient, world: World, simulator: RunningSimulator) -> None:
    await world.sender()
    ann = "/api/handset/people/+12125550100"
    assert (await api.put(f"{ann}/persona", json={"persona": "question"})).json()["persona"] == "question"
    assert (await api.post(f"{ann}/pick-up")).json()["persona"] == "question"
    shown = (await api.put(f"{ann}/persona", json={"persona": None})).json()
    assert (shown["persona"], shown["persona_is_chosen"]) == ("interested", False)
    refused = await api.put(f"{ann}/persona", json={"persona": "robot"})
    assert refused.status_code == 422
    assert "robot" in refused.json()["detail"]


async def test_a_handset_that_is_off_gets_nothing(api: AsyncClient, world: World, simulator: RunningSimulator) -> None:
    await world.sender()
    ann = "/api/handset/people/+12125550100"
    assert (await api.put(f"{ann}/reachable", json={"delivers": False})).json()["delivers"] is False
    await we_send(simulator, "+12125550100")
    simulator.wait_until_idle()
    (text,) = (await api.get(ann)).json()["texts"]
    assert (text["arrived"], text["status"], text["error_code"]) == (False, "undelivered", 30003)


async def test_it_shows_what_the_carrier_does(api: AsyncClient, world: World, simulator: RunningSimulator) -> None:
    await world.sender()
    ann = "/api/handset/people/+12125550100"
    simulator.set_faults(callback_drop=0.5)
    await api.post(f"{ann}/texts", json={"body": "STOP"})
    shown = (await api.get(ann)).json()
    assert (shown["opted_out"], shown["faults"]) == (True, {"callback_drop": 0.5})
    assert [(text["direction"], text["by_carrier"]) for text in shown["texts"]] == [("written", False), ("received", True)]


async def test_without_a_sender_there_is_nobody_to_text(api: AsyncClient) -> None:
    answer = await api.post("/api/handset/people/+12125550100/texts", json={"body": "Hello"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:no-number-of-ours")


@pytest.mark.parametrize("phone", ["ann", "12125550100", "+0123", "+1212555010x", "+12125550100%00"])
async def test_what_is_no_number_is_refused(api: AsyncClient, phone: str) -> None:
    for call in (api.get(f"/api/handset/people/{phone}"), api.post(f"/api/handset/people/{phone}/pick-up")):
        answer = await call
        assert answer.status_code == 422, answer.text
        assert answer.json()["fields"][0]["field"] == "path.phone"


async def test_an_empty_text_is_refused(api: AsyncClient, world: World) -> None:
    await world.sender()
    for body in ("", "  ", "x" * 1601):
        assert (await api.post("/api/handset/people/+12125550100/texts", json={"body": body})).status_code == 422
