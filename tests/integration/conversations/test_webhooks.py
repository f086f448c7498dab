"""The carrier's webhooks over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from outrider.config import SIMULATOR_AUTH_TOKEN
from outrider.conversations.models import Message
from simulator.signature import sign_form

PUBLIC = "http://127.0.0.1:8000"
MESSAGES, STATUS = "/webhooks/twilio/messages", "/webhooks/twilio/status"
TEXT = {
    "MessageSid": "SM" + "1" * 32,
    "SmsSid": "SM" + "1" * 32,
    "AccountSid": "AC" + "5" * 32,
    "From": "+14155550123",
    "To": "+12025550143",
    "Body": "Tell me more",
    "NumMedia": "0",
    "FromCity": "",
    "Something": "new",
}


@pytest.fixture
def post(api: Any) -> Any:
    async def send(path: str, params: dict[str, str], *, signature: str | None = None, base: str = PUBLIC, **headers: str) -> Any:
        signed = signature if signature is not None else sign_form(SIMULATOR_AUTH_TOKEN, base + path, params)
        return await api.post(
            path,
            content=urlencode(params),
            headers={"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signed} | headers,
        )

    return send


async def test_a_text_is_taken_in_before_the_answer(world: Any, post: Any) -> None:
    await world.sender()
    answer = await post(MESSAGES, TEXT)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    assert [message.body for message in await world.messages()] == ["Tell me more"]
    assert (await post(MESSAGES, TEXT)).status_code == 200
    assert len(await world.messages()) == 1


async def test_a_get_is_signed_over_its_address(world: Any, api: Any) -> None:
    await world.sender()
    path = f"{MESSAGES}?{urlencode(TEXT)}"
    answer = await api.get(path, headers={"x-twilio-signature": sign_form(SIMULATOR_AUTH_TOKEN, PUBLIC + path, {})})
    assert answer.status_code == 200
    assert len(await world.messages()) == 1


async def test_a_status_finds_its_text(world: Any, post: Any) -> None:
    await world.sender()
    (message_id,) = await world.queue(world.intent(await world.lead()))
    token = "a" * 32
    await world.execute(
        "UPDATE messages SET state = 'sending', attempt_token = :token, lease_until = now() + interval '1 minute'", token=token
    )
    answer = await post(f"{STATUS}?token={token}", {"MessageSid": "SM" + "2" * 32, "MessageStatus": "delivered"})
    assert answer.status_code == 200
    message = await world.message(message_id)
    assert (message.state, message.carrier_sid, message.delivery_status) == ("sent", "SM" + "2" * 32, "delivered")


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({"signature": ""}, {}),
        ({"signature": "bm90aGluZw=="}, {}),
        ({"base": "https://outrider.example.com"}, {"x-forwarded-host": "outrider.example.com", "x-forwarded-proto": "https"}),
        ({"base": "http://localhost"}, {}),
    ],
)
async def test_what_the_carrier_did_not_sign_is_refused(
    world: Any, post: Any, changes: dict[str, str], headers: dict[str, str]
) -> None:
    for path, params in ((MESSAGES, TEXT), (STATUS, {"MessageSid": "SM" + "1" * 32, "MessageStatus": "sent"})):
        answer = await post(path, params, **changes, **headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:outrider:problem:invalid-signature")
    assert await world.messages() == []


async def test_an_altered_text_is_refused(world: Any, post: Any) -> None:
    signature = sign_form(SIMULATOR_AUTH_TOKEN, PUBLIC + MESSAGES, TEXT)
    assert (await post(MESSAGES, TEXT | {"Body": "STOP"}, signature=signature)).status_code == 403
    assert await world.suppressions() == []


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        (MESSAGES, {key: value for key, value in TEXT.items() if key != "From"}, "From"),
        (MESSAGES, TEXT | {"MessageSid": "x", "SmsSid": ""}, "MessageSid"),
        (STATUS, {"MessageSid": "SM" + "1" * 32}, "MessageStatus"),
        (STATUS, {"MessageSid": "SM" + "1" * 32, "MessageStatus": "sent", "ErrorCode": "abc"}, "ErrorCode"),
    ],
)
async def test_a_malformed_callback_is_named(post: Any, path: str, params: dict[str, str], field: str) -> None:
    answer = await post(path, params)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]


async def test_bodies_of_other_kinds_are_no_server_error(api: Any) -> None:
    for content, kind in (
        (b"{}", "application/json"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"", ""),
        (b"a=" + b"x" * 1000, "text/plain"),
    ):
        answer = await api.post(MESSAGES, content=content, headers={"content-type": kind, "x-twilio-signature": "x"})
        assert answer.status_code == 403


async def test_many_callbacks_at_once_are_all_taken_in(world: Any, post: Any) -> None:
    await world.sender()
    lead = await world.lead()
    texts = [
        TEXT | {"From": lead.phone, "MessageSid": f"SM{n:032x}", "SmsSid": f"SM{n:032x}", "Body": f"Text {n}"} for n in range(60)
    ]
    answers = await asyncio.gather(*[post(MESSAGES, text) for text in texts for _ in range(3)])
    assert {answer.status_code for answer in answers} == {200}
    assert len(await world.messages(Message.direction == "in")) == 60
    assert (await world.conversation(lead)).inbound_count == 60
