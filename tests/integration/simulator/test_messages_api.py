from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from simulator.testing import RunningSimulator

from .conftest import ANN, OURS, OURS_TOO, Rerouted


def test_a_created_message_has_every_property(simulator: RunningSimulator) -> None:
    path = f"/2010-04-01/Accounts/{simulator.account_sid}/Messages"
    response = simulator.client.post(
        f"{path}.json",
        auth=(simulator.account_sid, simulator.auth_token),
        data={"To": "+1 (212) 555-0100", "From": OURS, "Body": "Hi Ann"},
    )
    body = response.json()
    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert re.fullmatch("SM[0-9a-f]{32}", body["sid"])
    created = parsedate_to_datetime(body["date_created"])
    assert abs(created - datetime.now(UTC)) < timedelta(seconds=5)
    assert body == {
        "account_sid": simulator.account_sid,
        "api_version": "2010-04-01",
        "body": "Hi Ann",
        "date_created": body["date_created"],
        "date_sent": None,
        "date_updated": body["date_created"],
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": OURS,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": body["sid"],
        "status": "queued",
        "subresource_uris": {"media": f"{path}/{body['sid']}/Media.json"},
        "to": ANN,
        "uri": f"{path}/{body['sid']}.json",
    }


def test_a_delivered_message_has_date_and_price(simulator: RunningSimulator, twilio: Client) -> None:
    sid = twilio.messages.create(to=ANN, from_=OURS, body="a" * 161).sid
    simulator.wait_until_idle()
    message = twilio.messages(sid).fetch()
    assert (message.status, message.num_segments, message.price, message.price_unit) == ("delivered", "2", "-0.01660", "USD")
    assert message.date_sent >= message.date_created
    assert simulator.messages()[0]["history"][-1][0] == "delivered"


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"body": "x" * 1601}, 400, 21617),
        ({"body": ""}, 400, 21602),
        ({"to": ""}, 400, 21604),
        ({"to": "12345"}, 400, 21211),
        ({"to": "+15005550001"}, 400, 21211),
        ({"to": "+15005550002"}, 400, 21612),
        ({"to": "+15005550003"}, 400, 21408),
        ({"to": "+15005550004"}, 400, 21610),
        ({"to": "+15005550009"}, 400, 21614),
        ({"to": OURS}, 400, 21266),
        ({"from_": ""}, 400, 21603),
        ({"from_": "Acme"}, 400, 21212),
        ({"from_": "+12125550111"}, 400, 21606),
        ({"from_": "+15005550001"}, 400, 21212),
        ({"from_": "+15005550007"}, 400, 21606),
        ({"from_": "+15005550008"}, 400, 21611),
        ({"messaging_service_sid": "MG" + "0" * 32}, 400, 21705),
        ({"validity_period": 0}, 400, 21624),
        ({"validity_period": 36001}, 400, 21624),
        ({"validity_period": "soon"}, 400, 21624),
        ({"status_callback": "/status"}, 400, 21609),
        ({"status_callback": "http://my_host/status"}, 400, 21609),
    ],
)
def test_refusals(simulator: RunningSimulator, twilio: Client, parameters: dict[str, object], status: int, code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**({"to": ANN, "from_": OURS, "body": "hi"} | parameters))
    assert (refused.value.status, refused.value.code) == (status, code)
    counters = simulator.counters()
    assert counters["creates_refused"] == {str(code): 1}
    assert counters["messages"] == 0


def test_the_form_of_an_error(simulator: RunningSimulator) -> None:
    response = simulator.client.post(
        f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
        auth=(simulator.account_sid, simulator.auth_token),
        data={"To": "123", "From": OURS, "Body": "hi"},
    )
    assert response.json() == {
        "code": 21211,
        "message": "The 'To' number 123 is not a valid phone number.",
        "more_info": "https://www.twilio.com/docs/errors/21211",
        "status": 400,
    }


def test_the_magic_sender_always_works(twilio: Client) -> None:
    assert twilio.messages.create(to=ANN, from_="+15005550006", body="hi").status == "queued"


def test_credentials_and_addresses(simulator: RunningSimulator, twilio: Client) -> None:
    for account, token in ((simulator.account_sid, "wrong"), ("AC" + "1" * 32, simulator.auth_token)):
        stranger = Client(account, token, http_client=Rerouted(simulator.base_url, timeout=5))
        with pytest.raises(TwilioRestException) as refused:
            stranger.messages.create(to=ANN, from_=OURS, body="hi")
        assert (refused.value.status, refused.value.code) == (401, 20003)
    assert simulator.counters()["unauthorized"] == 2
    assert simulator.counters()["creates_requested"] == 0

    credentials = (simulator.account_sid, simulator.auth_token)
    assert simulator.client.get(f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json").status_code == 401
    for path in (
        f"/2010-04-01/Accounts/AC{'1' * 32}/Messages.json",
        "/2010-04-01/Nothing.json",
        "/2010-04-01/Accounts/x/Calls.json",
    ):
        response = simulator.client.get(path, auth=credentials)
        assert (response.status_code, response.json()["code"]) == (404, 20404)
    response = simulator.client.put(f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json", auth=credentials)
    assert (response.status_code, response.json()["code"]) == (405, 20004)
    with pytest.raises(TwilioRestException) as missing:
        twilio.messages("SM" + "0" * 32).fetch()
    assert (missing.value.status, missing.value.code) == (404, 20404)


def test_lists_are_newest_first_filtered_and_paged(simulator: RunningSimulator, twilio: Client) -> None:
    sent = [twilio.messages.create(to=f"+1212555{index:04}", from_=OURS, body=f"text {index}").sid for index in range(7)]
    answer = simulator.text("+12125550003", "hello")["sid"]
    simulator.wait_until_idle()
    assert [message.sid for message in twilio.messages.list()] == [answer, *reversed(sent)]
    assert [message.sid for message in twilio.messages.list(page_size=2)] == [answer, *reversed(sent)]
    assert [message.sid for message in twilio.messages.list(limit=3, page_size=2)] == [answer, *reversed(sent)][:3]
    assert [message.sid for message in twilio.messages.list(to="+12125550003")] == [sent[3]]
    assert [message.sid for message in twilio.messages.list(from_="+12125550003")] == [answer]
    assert [message.sid for message in twilio.messages.list(to=OURS)] == [answer]
    assert [message.sid for message in twilio.messages.list(from_=OURS, page_size=3)] == [*reversed(sent)]
    assert twilio.messages.list(from_=OURS_TOO) == []


def test_a_page_walk_stays_whole_while_messages_come_in(simulator: RunningSimulator, twilio: Client) -> None:
    sent = [twilio.messages.create(to=ANN, from_=OURS, body=f"text {index}").sid for index in range(6)]
    page = twilio.messages.page(page_size=2)
    seen = [message.sid for message in page]
    twilio.messages.create(to=ANN, from_=OURS, body="one more")
    while (page := page.next_page()) is not None:
        seen += [message.sid for message in page]
    assert seen == [*reversed(sent)]


def test_page_numbers_work_without_a_token(simulator: RunningSimulator, twilio: Client) -> None:
    sent = [twilio.messages.create(to=ANN, from_=OURS, body=f"text {index}").sid for index in range(5)]
    response = simulator.client.get(
        f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
        auth=(simulator.account_sid, simulator.auth_token),
        params={"PageSize": 2, "Page": 1, "To": ANN},
    ).json()
    assert [message["sid"] for message in response["messages"]] == [sent[2], sent[1]]
    assert (response["page"], response["page_size"], response["start"], response["end"]) == (1, 2, 2, 3)


def test_date_filters_count_the_sent_time_in_whole_seconds(simulator: RunningSimulator, twilio: Client) -> None:
    sid = twilio.messages.create(to=ANN, from_=OURS, body="hi").sid
    simulator.wait_until_idle()
    sent = twilio.messages(sid).fetch().date_sent
    second = timedelta(seconds=1)

    def found(**filters: datetime) -> int:
        return len(twilio.messages.list(**filters))

    assert found(date_sent_after=sent) == found(date_sent_before=sent) == found(date_sent=sent) == 1
    assert found(date_sent_after=sent + second) == found(date_sent_before=sent - second) == found(date_sent=sent + second) == 0
    assert found(date_sent_after=sent - second, date_sent_before=sent + second) == 1
    day = sent.date()
    assert found(date_sent=day) == found(date_sent_after=day) == 1
    assert found(date_sent_before=day) == found(date_sent=day - timedelta(days=1)) == 0
    with pytest.raises(TwilioException, match="20001"):
        twilio.messages.list(date_sent="yesterday")


def test_a_message_that_waits_in_the_queue_matches_no_date(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_numbers({OURS: {"rate": 0.01}})
    for index in range(2):
        twilio.messages.create(to=ANN, from_=OURS, body=f"text {index}")
    simulator.wait(lambda counters: counters["delivered"] == 1)
    assert len(twilio.messages.list(to=ANN)) == 2
    assert len(twilio.messages.list(to=ANN, date_sent_after=datetime.now(UTC) - timedelta(days=1))) == 1


def test_finished_messages_can_be_redacted_and_deleted(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_numbers({OURS_TOO: {"rate": 0.01}})
    finished, gone = (twilio.messages.create(to=ANN, from_=OURS, body="secret").sid for _ in range(2))
    _, waiting = (twilio.messages.create(to=ANN, from_=OURS_TOO, body="secret").sid for _ in range(2))
    simulator.wait(lambda counters: counters["delivered"] == 3)
    assert twilio.messages(finished).update(body="").body == ""
    assert twilio.messages(gone).delete() is True
    assert gone not in [message.sid for message in twilio.messages.list()]
    for change in (twilio.messages(waiting).delete, lambda: twilio.messages(waiting).update(body="")):
        with pytest.raises(TwilioRestException) as refused:
            change()
        assert refused.value.code == 20009
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages(waiting).update(status="canceled")
    assert refused.value.code == 30409


def test_account_and_numbers(simulator: RunningSimulator, twilio: Client, product: object) -> None:
    account = twilio.api.accounts(simulator.account_sid).fetch()
    assert (account.sid, account.status, account.type) == (simulator.account_sid, "active", "Full")
    numbers = twilio.incoming_phone_numbers.list()
    assert [number.phone_number for number in numbers] == [OURS, OURS_TOO]
    [number] = twilio.incoming_phone_numbers.list(phone_number=OURS_TOO)
    assert number.sms_url.endswith("/inbound")
    assert number.capabilities["sms"] is True
    assert twilio.incoming_phone_numbers(number.sid).update(sms_url="http://127.0.0.1:9/x").sms_url == "http://127.0.0.1:9/x"
    assert twilio.incoming_phone_numbers(number.sid).fetch().sms_url == "http://127.0.0.1:9/x"
    with pytest.raises(TwilioRestException) as refused:
        twilio.incoming_phone_numbers(number.sid).update(sms_url="nowhere")
    assert refused.value.code == 21502


def test_equal_texts_to_one_person_are_counted_as_duplicates(simulator: RunningSimulator, twilio: Client) -> None:
    for to, body in ((ANN, "hi"), (ANN, "hi"), (ANN, "hi!"), ("+12125550101", "hi"), ("+1 212 555 0100", "hi")):
        twilio.messages.create(to=to, from_=OURS, body=body)
    counters = simulator.counters()
    assert (counters["creates_accepted"], counters["duplicate_creates"]) == (5, 2)
    assert [message["duplicate"] for message in simulator.messages()] == [False, True, False, False, True]


def test_above_the_api_rate_of_a_number_comes_429(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_numbers({OURS: {"api_rate": 2}})
    url = f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    form = {"To": ANN, "From": OURS, "Body": "hi"}

    def create() -> httpx.Response:
        return simulator.client.post(url, auth=(simulator.account_sid, simulator.auth_token), data=form)

    responses = [create() for _ in range(4)]
    assert [response.status_code for response in responses] == [201, 201, 429, 429]
    assert responses[3].json()["code"] == 20429
    assert responses[3].headers["retry-after"] == "1"
    assert twilio.messages.create(to=ANN, from_=OURS_TOO, body="hi").status == "queued"
    assert simulator.counters()["creates_refused"] == {"20429": 2}
