"""What surrounds every route: problems, transactions, idempotent calls, limits.

A small application of its own stands for the routes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from sqlalchemy import text
from starlette.websockets import WebSocketDisconnect

from outrider.app.middleware import LARGEST_BODY, BodyLimit, Figures, KeptAnswers
from outrider.app.problems import install_problem_handlers, validation_problem
from outrider.db.engine import Database
from outrider.db.web import Transaction
from outrider.errors import Conflict, InvalidInput


class CupTaken(Conflict):
    """Somebody else has it."""


class Cup(BaseModel):
    label: str = Field(min_length=1)
    size: int = Field(ge=1)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    app.state.database = database
    install_problem_handlers(app)
    for layer in (KeptAnswers, BodyLimit, Figures):
        app.add_middleware(layer)
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE cups (id bigserial PRIMARY KEY, label text UNIQUE, size bigint)"))

    @app.post("/cups", status_code=201)
    async def create_cup(session: Transaction, cup: Cup) -> dict[str, int]:
        row = await session.execute(text("INSERT INTO cups (label, size) VALUES (:label, :size) RETURNING id"), cup.model_dump())
        return {"id": row.scalar_one()}

    @app.post("/cups/{name}/break")
    async def break_cup(session: Transaction, name: str) -> None:
        await session.execute(text("INSERT INTO cups (label, size) VALUES ('shard', 1)"))
        if name == "taken":
            raise CupTaken("The cup is taken.", remedy="Wait.")
        if name == "odd":
            raise InvalidInput.on("path.name", "is odd", "Use an even one.")
        raise RuntimeError("a defect with +12025550143 in it")

    @app.post("/cups/{cup}/parties")
    async def invite(session: Transaction, cup: int) -> None:
        await session.execute(text("INSERT INTO tea_parties (cup_id) VALUES (:cup)"), {"cup": cup})

    @app.delete("/cups/{cup}")
    async def delete_cup(session: Transaction, cup: int) -> None:
        await session.execute(text("DELETE FROM cups WHERE id = :cup"), {"cup": cup})

    async with AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://localhost") as client:
        yield client


async def count(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(*) FROM cups"))).scalar_one())


class Sizes(BaseModel):
    text: Annotated[str, Field(min_length=2, max_length=4)] = "ok"
    number: Annotated[int, Field(ge=1, lt=9)] = 1
    share: Annotated[float, Field(gt=0, le=1)] = 1
    tags: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    flag: bool = False
    price: Decimal = Decimal(1)
    inner: Cup | None = None
    facts: dict[str, int] = {}
    at: AwareDatetime | None = None


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"text": "a"}, "Write at least 2 characters."),
        ({"text": "abcde"}, "Write at most 4 characters."),
        ({"text": 5}, "Use a text."),
        ({"number": 0}, "Use 1 or more."),
        ({"number": 9}, "Use less than 9."),
        ({"number": "one"}, "Use a whole number."),
        ({"number": 1.5}, "Use a whole number."),
        ({"number": []}, "Use a whole number."),
        ({"share": 0}, "Use more than 0.0."),
        ({"share": 2}, "Use 1.0 or less."),
        ({"share": "half"}, "Use a number."),
        ({"tags": []}, "Don't leave it empty."),
        ({"tags": ["a", "b", "c"]}, "Give at most 2."),
        ({"tags": "a"}, "Give a list."),
        ({"flag": "maybe"}, "Use true or false."),
        ({"flag": []}, "Use true or false."),
        ({"price": "dear"}, "Use a number."),
        ({"inner": 7}, "Give an object."),
        ({"facts": 7}, "Give an object."),
        ({"at": "soon"}, "Use a time in ISO 8601, as in 2026-05-31T15:00:00Z."),
        ({"at": []}, "Use a time in ISO 8601, as in 2026-05-31T15:00:00Z."),
        ({"at": "2026-05-31T15:00:00"}, "Add the zone, as in 2026-05-31T15:00:00Z."),
    ],
)
def test_each_kind_of_refusal_says_what_to_do(given: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Sizes.model_validate(given)
    answer = validation_problem([{**error, "loc": ("body", *error["loc"])} for error in refused.value.errors()])
    assert [field.remedy for field in answer.fields] == [remedy]


async def test_a_problem_names_each_field_and_its_remedy(client: AsyncClient) -> None:
    answer = await client.post("/cups", json={"label": "", "colour": "red"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:outrider:problem:invalid-input"
    assert {field["field"]: field["remedy"] for field in problem["fields"]} == {
        "body.label": "Don't leave it empty.",
        "body.size": "Add the field.",
    }


@pytest.mark.parametrize("body", [b"{not json", b"", b"\xff\xfe", b"[1]", b"null"])
async def test_a_malformed_body_is_the_callers_problem(client: AsyncClient, body: bytes) -> None:
    answer = await client.post("/cups", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"].startswith("body")


async def test_named_errors_keep_their_status_and_name(client: AsyncClient) -> None:
    answer = await client.post("/cups/taken/break")
    assert (answer.status_code, answer.json()["type"], answer.json()["remedy"]) == (
        409,
        "urn:outrider:problem:cup-taken",
        "Wait.",
    )


@pytest.mark.parametrize("name", ["taken", "odd", "defect"])
async def test_an_error_rolls_the_request_back(client: AsyncClient, database: Database, name: str) -> None:
    await client.post(f"/cups/{name}/break")
    assert await count(database) == 0


async def test_a_defect_is_a_problem_without_details(client: AsyncClient) -> None:
    answer = await client.post("/cups/x/break")
    assert answer.status_code == 500
    assert "5550143" not in answer.text


async def test_a_taken_unique_value_is_a_conflict(client: AsyncClient) -> None:
    await client.post("/cups", json={"label": "blue", "size": 1})
    answer = await client.post("/cups", json={"label": "blue", "size": 2})
    assert answer.status_code == 409
    assert answer.json()["constraint"] == "cups_label_key"


async def test_a_row_in_use_says_what_still_uses_it(client: AsyncClient, database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE tea_parties (id bigserial PRIMARY KEY, cup_id bigint REFERENCES cups)"))
    cup = (await client.post("/cups", json={"label": "blue", "size": 1})).json()["id"]
    assert (await client.post(f"/cups/{cup}/parties")).status_code == 200
    answer = await client.delete(f"/cups/{cup}")
    assert (answer.status_code, answer.json()["detail"]) == (409, "This can't be deleted: tea parties still refer to it.")
    assert answer.json()["remedy"].startswith("Delete those tea parties first")
    missing = await client.post(f"/cups/{cup + 1}/parties")
    assert (missing.status_code, "does not exist" in missing.json()["detail"]) == (409, True)


def test_a_defect_behind_a_web_socket_stays_itself() -> None:
    app = FastAPI()
    install_problem_handlers(app)

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        raise ConnectionResetError("the database has gone") if "gone" in socket.query_params else OSError("a defect")

    for path in ("/live", "/live?gone"):
        with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect(path):
            pass


async def test_numbers_and_texts_that_the_database_refuses_are_the_callers_problem(client: AsyncClient) -> None:
    assert (await client.post("/cups", json={"label": "big", "size": 2**70})).status_code in (404, 422)
    assert (await client.post("/cups", json={"label": "nul\x00", "size": 1})).status_code == 422


async def test_unknown_paths_and_methods_are_problems_too(client: AsyncClient) -> None:
    missing, wrong = await client.get("/nowhere"), await client.delete("/cups")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:outrider:problem:not-found")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


async def test_a_repeated_call_with_the_same_key_is_carried_out_once(client: AsyncClient, database: Database) -> None:
    calls = [await client.post("/cups", json={"label": "green", "size": 1}, headers={"Idempotency-Key": "k1"}) for _ in range(3)]
    assert {call.status_code for call in calls} == {201}
    assert calls[0].json() == calls[1].json() == calls[2].json()
    assert calls[1].headers["idempotency-replayed"] == "true"
    assert await count(database) == 1


async def test_a_key_of_another_request_is_refused(client: AsyncClient) -> None:
    await client.post("/cups", json={"label": "green", "size": 1}, headers={"Idempotency-Key": "k1"})
    answer = await client.post("/cups", json={"label": "red", "size": 1}, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "header.Idempotency-Key"


async def test_a_failed_call_does_not_use_up_its_key(client: AsyncClient) -> None:
    assert (await client.post("/cups", json={"label": "green", "size": 0}, headers={"Idempotency-Key": "k1"})).status_code == 422
    assert (await client.post("/cups", json={"label": "green", "size": 1}, headers={"Idempotency-Key": "k1"})).status_code == 201


async def test_an_answer_that_was_lost_does_not_repeat_the_call(client: AsyncClient, database: Database) -> None:
    await client.post("/cups", json={"label": "green", "size": 1}, headers={"Idempotency-Key": "k1"})
    async with database.transaction() as session:
        await session.execute(text("UPDATE idempotency_keys SET status = NULL, body = NULL"))
    answer = await client.post("/cups", json={"label": "green", "size": 1}, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:outrider:problem:answer-lost")
    assert await count(database) == 1


async def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_so(client: AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 65536 + 2):
            yield b" " * 65536

    assert (await client.post("/cups", content=b" " * (LARGEST_BODY + 1))).status_code == 413
    assert (await client.post("/cups", content=chunks())).status_code == 413
