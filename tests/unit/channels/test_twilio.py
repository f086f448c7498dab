"""The Twilio adapter on the wire: what it sends, how often, for how long, and what it makes of every kind of answer."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest

from outrider.channels.base import (
    Accepted,
    DeliveryStatus,
    ErrorClass,
    OutgoingText,
    Refused,
    Unknown,
)
from outrider.channels.twilio import Transport, TwilioCarrier
from outrider.errors import ConfigurationError
from tests.clocks import LoopClock, until
from tests.unit.channels.twilio_account import ACCOUNT, CREATE, TEXT, MakeRow

# What goes out


async def test_a_send_is_one_form_post_with_basic_auth(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    standin.answer(answers.json(row()))
    await carrier.send_text(TEXT)
    [request] = standin.requests
    assert (request.method, request.target) == ("POST", CREATE)
    assert request.headers["authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:secret".encode()).decode()
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["user-agent"].startswith("twilio-python/")
    assert request.form == {
        "To": TEXT.to,
        "From": "+12025550143",
        "Body": TEXT.body,
        "StatusCallback": TEXT.status_callback,
        "ValidityPeriod": "3600",
    }


async def test_a_messaging_service_stands_in_for_the_number(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow
) -> None:
    service = "MG" + "b" * 32
    standin.answer(answers.json(row(status="accepted", num_segments="0", messaging_service_sid=service)))
    outcome = await carrier.send_text(OutgoingText("+12025550199", "Hi", None, service))
    assert standin.requests[0].form == {"To": "+12025550199", "MessagingServiceSid": service, "Body": "Hi"}
    assert outcome == Accepted("SM" + "1" * 32, DeliveryStatus.ACCEPTED, None, None)


@pytest.mark.parametrize(("asked", "sent"), [(1, "1"), (0, "1"), (-5, "1"), (36_000, "36000"), (90_000, "36000")])
async def test_the_validity_period_stays_within_the_carriers_limits(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow, asked: int, sent: str
) -> None:
    standin.answer(answers.json(row()))
    await carrier.send_text(OutgoingText("+1", "x", "+2", validity_seconds=asked))
    assert standin.requests[0].form["ValidityPeriod"] == sent


async def test_a_body_that_utf8_cannot_hold_is_still_sent(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow
) -> None:
    standin.answer(answers.json(row()))
    assert isinstance(await carrier.send_text(OutgoingText("+1", "a\ud800b", "+2")), Accepted)
    assert standin.requests[0].form["Body"] == "a?b"


def test_a_text_needs_a_sender() -> None:
    with pytest.raises(ValueError, match="from_number"):
        OutgoingText("+1", "x")


async def test_connections_are_reused(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    opened = 0
    serve = standin.serve

    async def counted(*streams: Any) -> None:
        nonlocal opened
        opened += 1
        await serve(*streams)

    standin.serve = counted
    standin.answer(answers.json(row()))
    for _ in range(5):
        await carrier.send_text(TEXT)
    assert (len(standin.requests), opened) == (5, 1)


async def test_the_transport_sends_json_as_json_and_lists_as_repeated_fields(standin: Any, answers: Any) -> None:
    standin.answer(answers.json({}))
    transport = Transport(standin.base_url, 1.0, 4)
    content = "https://content.twilio.com/v1/Content?Page=1"
    await transport.request("POST", content, {"b": "+1"}, {"x": {"y": [1]}}, {"Content-Type": "application/json"})
    await transport.request("POST", "https://api.twilio.com/p", None, {"MediaUrl": ["a", "b"]}, None, timeout=0.5)
    await transport.aclose()
    first, second = standin.requests
    assert (first.target, json.loads(first.body)) == ("/v1/Content?Page=1&b=%2B1", {"x": {"y": [1]}})
    assert second.body == b"MediaUrl=a&MediaUrl=b"


async def test_a_carrier_works_again_after_closing(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    standin.answer(answers.json(row()))
    await carrier.aclose()
    await carrier.send_text(TEXT)
    await carrier.aclose()
    assert isinstance(await carrier.send_text(TEXT), Accepted)


def test_a_carrier_can_be_built_outside_an_event_loop() -> None:
    TwilioCarrier(ACCOUNT, "secret")


@pytest.mark.parametrize("base_url", ["127.0.0.1:8010", "ftp://x", "http://", "/x"])
def test_a_base_url_that_is_none_stops_the_start(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="http"):
        TwilioCarrier(ACCOUNT, "secret", base_url=base_url)


@pytest.mark.parametrize(("sid", "token"), [("", "x"), ("AC1", ""), ("AC1", "  ")])
def test_empty_credentials_stop_the_start(sid: str, token: str) -> None:
    with pytest.raises(ConfigurationError, match="credential"):
        TwilioCarrier(sid, token)


# Accepted


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Accepted("SM" + "1" * 32, DeliveryStatus.QUEUED, 1, None)),
        (
            {"status": "sent", "num_segments": "3", "price": "-0.02490"},
            Accepted("SM" + "1" * 32, DeliveryStatus.SENT, 3, Decimal("0.02490")),
        ),
        ({"status": "scheduled"}, Accepted("SM" + "1" * 32, DeliveryStatus.ACCEPTED, 1, None)),
        ({"status": "something new"}, Accepted("SM" + "1" * 32, DeliveryStatus.ACCEPTED, 1, None)),
        ({"num_segments": "?", "price": "free"}, Accepted("SM" + "1" * 32, DeliveryStatus.QUEUED, None, None)),
    ],
)
async def test_a_created_message_is_accepted_whatever_else_it_says(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow, changes: dict[str, Any], expected: Accepted
) -> None:
    standin.answer(answers.json(row(**changes)))
    assert await carrier.send_text(TEXT) == expected


# Refused: surely not accepted


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, 21211, ErrorClass.PERMANENT),
        (400, 21610, ErrorClass.OPT_OUT),
        (400, 21606, ErrorClass.SENDER),
        (400, 21611, ErrorClass.RETRYABLE),
        (401, 20003, ErrorClass.SENDER),
        (404, 20404, ErrorClass.SENDER),
        (429, 20429, ErrorClass.RETRYABLE),
        (429, 99999, ErrorClass.RETRYABLE),
        (400, 99999, ErrorClass.UNKNOWN_CODE),
    ],
)
async def test_a_4xx_is_a_refusal(
    standin: Any, carrier: TwilioCarrier, answers: Any, status: int, code: int, expected: ErrorClass
) -> None:
    standin.answer(answers.json({"code": code, "message": "No.", "more_info": "https://…", "status": status}, status))
    assert await carrier.send_text(TEXT) == Refused(code, expected, "No.", None)
    assert len(standin.requests) == 1


async def test_an_rfc_9457_refusal_is_read_too(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    problem = {"type": "https://…", "title": "Opted out", "status": 400, "code": 21610, "detail": "They said stop."}
    standin.answer(answers.json(problem, 400))
    assert await carrier.send_text(TEXT) == Refused(21610, ErrorClass.OPT_OUT, "They said stop.", None)


async def test_phone_numbers_in_the_carriers_words_are_masked(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    standin.answer(answers.json({"code": 21211, "message": "Invalid 'To' Phone Number: +12025550199", "status": 400}, 400))
    outcome = await carrier.send_text(TEXT)
    assert isinstance(outcome, Refused)
    assert "Invalid 'To' Phone Number" in outcome.message
    assert "2025550199" not in outcome.message


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("1.5", 1.5), ("-3", 0.0), ("soon", None), ("nan", None), ("inf", None), (None, None)],
)
async def test_retry_after_in_seconds(
    standin: Any, carrier: TwilioCarrier, answers: Any, header: str | None, seconds: float | None
) -> None:
    headers = {"Retry-After": header} if header else {}
    standin.answer(answers.json({"code": 20429, "message": "Slow down"}, 429, headers=headers))
    assert await carrier.send_text(TEXT) == Refused(20429, ErrorClass.RETRYABLE, "Slow down", seconds)
    assert len(standin.requests) == 1


async def test_retry_after_as_a_date(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    standin.answer(answers.json({"code": 20429, "message": "x"}, 429, headers={"Retry-After": date}))
    outcome = await carrier.send_text(TEXT)
    assert isinstance(outcome, Refused)
    assert outcome.retry_after is not None and 30 < outcome.retry_after <= 90


async def test_answers_to_concurrent_sends_are_not_mixed_up(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    standin.answer(
        *(answers.json({"code": 20429, "message": str(n)}, 429, headers={"Retry-After": str(n)}) for n in range(1, 41))
    )
    outcomes = await asyncio.gather(*(carrier.send_text(TEXT) for _ in range(40)))
    assert sorted(float(o.message) for o in outcomes) == sorted(o.retry_after for o in outcomes) == list(range(1, 41))  # type: ignore[union-attr, type-var]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"<html>nginx</html>", ErrorClass.SENDER),
        (403, b"", ErrorClass.SENDER),
        (401, b"who?", ErrorClass.SENDER),
        (429, b"busy", ErrorClass.RETRYABLE),
        (408, b"", ErrorClass.RETRYABLE),
        (400, b"[]", ErrorClass.UNKNOWN_CODE),
        (422, b'{"code": "abc"}', ErrorClass.UNKNOWN_CODE),
    ],
)
async def test_a_refusal_that_is_not_twilios_has_no_code(
    standin: Any, carrier: TwilioCarrier, answers: Any, status: int, body: bytes, expected: ErrorClass
) -> None:
    standin.answer(answers.raw(status, body, {"Content-Type": "text/html"}))
    outcome = await carrier.send_text(TEXT)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.error_class) == (None, expected)


async def test_nobody_listening_is_a_refusal() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    carrier = TwilioCarrier(ACCOUNT, "secret", base_url=address, timeout=1)
    outcome = await carrier.send_text(TEXT)
    await carrier.aclose()
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.error_class) == (None, ErrorClass.RETRYABLE)


async def test_a_name_that_does_not_resolve_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fail)
    carrier = TwilioCarrier(ACCOUNT, "secret", base_url="http://carrier.invalid", timeout=1)
    outcome = await carrier.send_text(TEXT)
    await carrier.aclose()
    assert isinstance(outcome, Refused)
    assert outcome.error_class is ErrorClass.RETRYABLE


async def test_a_connection_that_is_never_accepted_is_a_refusal_in_half_the_time() -> None:
    """A listener whose queue is full: the connection attempt hangs, and nothing was sent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        carrier = TwilioCarrier(ACCOUNT, "secret", base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60)
        clock, loop = LoopClock(), asyncio.get_running_loop()
        began, sending = loop.time(), asyncio.create_task(carrier.send_text(TEXT))
        await asyncio.sleep(0.05)
        clock.skip(20)
        await asyncio.sleep(0.05)
        assert not sending.done()
        clock.skip(10)
        outcome, took = await sending, loop.time() - began
        await carrier.aclose()
        for filler in fillers:
            filler.close()
    assert isinstance(outcome, Refused)
    assert outcome.error_class is ErrorClass.RETRYABLE
    assert took < 60


async def test_waiting_for_a_free_connection_is_a_refusal(standin: Any, answers: Any, row: MakeRow) -> None:
    standin.answer(answers.json(row(), delay=40))
    carrier = TwilioCarrier(ACCOUNT, "secret", base_url=standin.base_url, timeout=60, max_connections=1)
    clock = LoopClock()
    sending = [asyncio.create_task(carrier.send_text(TEXT)) for _ in range(2)]
    await until(lambda: standin.requests)
    clock.skip(30)
    second = await sending[1]
    clock.skip(10)
    first = await sending[0]
    await carrier.aclose()
    assert isinstance(first, Accepted)
    assert isinstance(second, Refused)
    assert len(standin.requests) == 1


# Unknown: never sent again


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 302, 307])
async def test_a_5xx_or_redirect_is_unknown_and_not_repeated(
    standin: Any, carrier: TwilioCarrier, answers: Any, status: int
) -> None:
    headers = {"Content-Type": "text/html", "Location": f"{standin.base_url}/elsewhere", "Retry-After": "1"}
    standin.answer(answers.raw(status, b"<html>Bad Gateway</html>", headers))
    assert await carrier.send_text(TEXT) == Unknown(f"The carrier answered {status}.")
    await asyncio.sleep(0.05)
    assert len(standin.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"", "reset": True, "status": 0},
        {"body": b'{"sid": "SM', "promise": 500, "reset": True},
        {"body": b"\x00\x01garbage"},
        {"body": b"<html>ok</html>"},
        {"body": b"[]"},
        {"body": b'{"status": "queued"}'},
        {"body": b'{"sid": ""}'},
        {"body": b'{"sid": null}'},
        {"body": b"", "status": 204},
    ],
    ids=str,
)
async def test_a_reset_or_an_unreadable_answer_is_unknown_and_not_repeated(
    standin: Any, carrier: TwilioCarrier, answers: Any, answer: dict[str, Any]
) -> None:
    standin.answer(answers.raw(**answer))
    assert isinstance(await carrier.send_text(TEXT), Unknown)
    await asyncio.sleep(0.05)
    assert len(standin.requests) == 1


@pytest.mark.parametrize(
    "slow",
    [{"is_silent": True}, {"trickle": 10.0, "body": b'{"sid": "SM11111111111111111111111111111111"}'}],
    ids=["silent", "trickling"],
)
async def test_the_time_limit_holds_to_the_last_byte(
    standin: Any, carrier: TwilioCarrier, answers: Any, slow: dict[str, Any]
) -> None:
    clock = LoopClock()
    standin.answer(answers.raw(**slow))
    sending = asyncio.create_task(carrier.send_text(TEXT))
    await until(lambda: standin.requests)
    for _ in range(4):
        clock.skip(10)
        await asyncio.sleep(0.05)
    assert not sending.done()
    clock.skip(20)
    assert isinstance(await sending, Unknown)
    assert len(standin.requests) == 1


async def test_a_reset_of_a_reused_connection_is_not_repeated(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow
) -> None:
    standin.answer(answers.json(row()), answers.raw(0, reset=True), answers.json(row()))
    assert isinstance(await carrier.send_text(TEXT), Accepted)
    assert isinstance(await carrier.send_text(TEXT), Unknown)
    assert len(standin.requests) == 2


async def test_reasons_show_neither_recipient_nor_token(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    time_out = LoopClock()
    standin.on_silence = lambda: time_out.skip(60)
    standin.answer(answers.raw(is_silent=True))
    outcome = await carrier.send_text(TEXT)
    assert "2025550199" not in repr(outcome) + repr(TEXT)
    assert "Anna" not in repr(TEXT)
