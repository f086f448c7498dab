"""What the Twilio carrier reads back: lists, single messages, the account."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest

from outrider.channels.base import (
    CarrierAccount,
    CarrierMessage,
    CarrierRefused,
    CarrierUnavailable,
    ErrorClass,
)
from outrider.channels.twilio import TwilioCarrier
from tests.clocks import LoopClock
from tests.unit.channels.twilio_account import ACCOUNT, CREATE, MakeRow


async def test_a_list_is_read_page_by_page(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    following = f"{CREATE}?To=%2B12025550199&PageSize=2&Page=1&PageToken=PASM2"
    standin.answer(
        answers.json({"messages": [row(sid="SM" + c * 32) for c in "ab"], "next_page_uri": following}, 200),
        answers.json({"messages": [row(sid="SM" + "c" * 32)], "next_page_uri": None}, 200),
    )
    found = [message.carrier_sid async for message in carrier.list_messages(to="+12025550199", from_="+12025550143")]
    assert found == ["SM" + c * 32 for c in "abc"]
    first, second = standin.requests
    assert first.query == {"To": "+12025550199", "From": "+12025550143", "PageSize": "200"}
    assert second.target == following


async def test_a_row_is_read_whole(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    changes = {
        "direction": "inbound", "status": "received", "price": "-0.00790", "num_segments": "2", "error_code": 30007,
        "date_sent": "Thu, 06 Nov 2025 05:00:01 -0500", "messaging_service_sid": "MG" + "b" * 32,
    }  # fmt: skip
    standin.answer(answers.json({"messages": [row(**changes)], "next_page_uri": ""}, 200))
    [message] = [message async for message in carrier.list_messages()]
    assert message == CarrierMessage(
        carrier_sid="SM" + "1" * 32,
        direction="inbound",
        from_="+12025550143",
        to="+12025550199",
        body="Hello",
        status="received",
        error_code=30007,
        created_at=datetime(2025, 11, 6, 10, tzinfo=UTC),
        sent_at=datetime(2025, 11, 6, 10, 0, 1, tzinfo=UTC),
        segments=2,
        price=Decimal("0.00790"),
        messaging_service_sid="MG" + "b" * 32,
    )
    assert message.is_inbound


def dated(row: MakeRow, letter: str, created: int, sent: int | None) -> dict[str, Any]:
    def date(second: int) -> str:
        return format_datetime(datetime(2025, 11, 6, 10, 0, second, tzinfo=UTC))

    return row(sid="SM" + letter * 32, date_created=date(created), date_sent=None if sent is None else date(sent))


async def test_since_is_applied_to_the_creation_and_ends_the_paging(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow
) -> None:
    """Queued (unsent) and late-sent texts stand between others; a page that is wholly older ends the list."""
    pages = [
        [dated(row, "a", 30, None)],
        [dated(row, "b", 5, 40)],
        [dated(row, "c", 20, 21), dated(row, "d", 20, None), dated(row, "e", 3, 4)],
        [dated(row, "f", 2, 3)],
        [dated(row, "0", 25, None)],
    ]
    standin.answer(
        *(answers.json({"messages": page, "next_page_uri": f"{CREATE}?Page={n + 1}"}, 200) for n, page in enumerate(pages))
    )
    since = datetime(2025, 11, 6, 10, 0, 20, 900_000, tzinfo=UTC)
    found = [message.carrier_sid[2] async for message in carrier.list_messages(since=since)]
    assert found == ["a", "c", "d"]
    assert len(standin.requests) == 4


async def test_the_next_page_is_on_the_same_host(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    """Credentials go nowhere else, whatever the answer says."""
    standin.answer(
        answers.json({"messages": [row()], "next_page_uri": "http://evil.test/2010-04-01/steal.json?Page=1"}, 200),
        answers.json({"messages": [], "next_page_uri": None}, 200),
    )
    assert len([message async for message in carrier.list_messages()]) == 1
    assert standin.requests[1].target == "/2010-04-01/steal.json?Page=1"


async def test_a_failing_page_raises_after_the_rows_before_it(
    standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow
) -> None:
    standin.answer(
        answers.json({"messages": [row()], "next_page_uri": f"{CREATE}?Page=1"}, 200),
        answers.raw(503, headers={"Retry-After": "2"}),
    )
    found = []
    with pytest.raises(CarrierUnavailable) as raised:
        async for message in carrier.list_messages():
            found.append(message)  # noqa: PERF401  the rows before the failure count
    assert len(found) == 1
    assert (raised.value.retryable, raised.value.retry_after) == (True, 2.0)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500}, {"status": 429}, {"status": 302}, {"status": 200, "body": b"<html>"}, {"status": 200, "body": b"[]"},
        {"status": 200, "body": b'{"messages": []}'}, {"status": 200, "body": b'{"messages": [{}], "next_page_uri": null}'},
        {"status": 200, "body": b'{"messages": [null], "next_page_uri": null}'},
        {"status": 0, "reset": True}, {"is_silent": True},
    ],
    ids=str,
)  # fmt: skip
async def test_a_list_that_cannot_be_read_is_worth_another_try(
    standin: Any, carrier: TwilioCarrier, answers: Any, answer: dict[str, Any]
) -> None:
    time_out = LoopClock()
    standin.on_silence = lambda: time_out.skip(60)
    standin.answer(answers.raw(**answer))
    with pytest.raises(CarrierUnavailable) as raised:
        _ = [message async for message in carrier.list_messages(to="+12025550199")]
    assert raised.value.retryable
    assert "2025550199" not in str(raised.value)


async def test_a_refused_list_is_not_worth_another_try(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    standin.answer(answers.json({"code": 20003, "message": "Authenticate", "status": 401}, 401))
    with pytest.raises(CarrierRefused) as raised:
        _ = [message async for message in carrier.list_messages()]
    assert (raised.value.retryable, raised.value.code, raised.value.error_class) == (False, 20003, ErrorClass.SENDER)
    assert "TWILIO_AUTH_TOKEN" in str(raised.value)


async def test_one_message_by_its_sid(standin: Any, carrier: TwilioCarrier, answers: Any, row: MakeRow) -> None:
    standin.answer(answers.json(row(status="delivered"), 200))
    message = await carrier.fetch_message("SM" + "1" * 32)
    assert message is not None
    assert message.status == "delivered"
    assert standin.requests[0].target == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'1' * 32}.json"


async def test_a_sid_cannot_leave_its_place_in_the_path(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    standin.answer(answers.json({"code": 20404, "message": "Not found", "status": 404}, 404))
    assert await carrier.fetch_message("../../x?y=") is None
    assert standin.requests[0].target == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/..%2F..%2Fx%3Fy=.json"


async def test_a_404_that_is_not_twilios_does_not_mean_that_the_message_is_missing(
    standin: Any, carrier: TwilioCarrier, answers: Any
) -> None:
    standin.answer(answers.raw(404, b"<html>"))
    with pytest.raises(CarrierRefused):
        await carrier.fetch_message("SM" + "1" * 32)


async def test_the_account_behind_the_credentials(standin: Any, carrier: TwilioCarrier, answers: Any) -> None:
    standin.answer(answers.json({"sid": ACCOUNT, "friendly_name": "Acme", "status": "suspended", "type": "Trial"}, 200))
    account = await carrier.check()
    assert account == CarrierAccount(ACCOUNT, "Acme", "suspended", "Trial")
    assert not account.is_active
    assert standin.requests[0].target == f"/2010-04-01/Accounts/{ACCOUNT}.json"
