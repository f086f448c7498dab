from __future__ import annotations

import time

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from simulator.testing import RunningSimulator

from .conftest import ANN, OURS, Hook, Product

FULL = ["queued", "sent", "delivered"]


def send(twilio: Client, product: Product, *, to: str = ANN, query: str = "", **more: object) -> str:
    sid = twilio.messages.create(to=to, from_=OURS, body="hi", status_callback=f"{product.url}/status{query}", **more).sid
    assert isinstance(sid, str)
    return sid


def test_callbacks_are_signed_and_in_order(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    simulator.set_personas(sending_share=0)
    sid = send(twilio, product, query="?attempt=a%2Bb&empty=")
    counters = simulator.wait_until_idle()
    hooks = product.at("/status")
    assert [hook.form["MessageStatus"] for hook in hooks] == FULL
    assert counters["callbacks_sent"] == 3
    validator = RequestValidator(simulator.auth_token)
    for hook in hooks:
        assert hook.url == f"{product.url}/status?attempt=a%2Bb&empty="
        assert validator.validate(hook.url, hook.form, hook.headers["X-Twilio-Signature"])
        expected = {
            "AccountSid": simulator.account_sid,
            "From": OURS,
            "To": ANN,
            "MessageSid": sid,
            "SmsSid": sid,
            "ApiVersion": "2010-04-01",
        }
        assert expected.items() <= hook.form.items()
        assert hook.form["SmsStatus"] == hook.form["MessageStatus"]
    assert len({hook.headers["I-Twilio-Idempotency-Token"] for hook in hooks}) == 3
    assert "ErrorCode" not in hooks[-1].form
    assert len(hooks[-1].form["RawDlrDoneDate"]) == 10


def test_sending_is_reported_for_its_share(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    simulator.set_personas(sending_share=1)
    sid = send(twilio, product)
    simulator.wait_until_idle()
    assert product.statuses(sid) == ["queued", "sending", "sent", "delivered"]


def test_without_an_address_nobody_is_told(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    twilio.messages.create(to=ANN, from_=OURS, body="hi")
    assert simulator.wait_until_idle()["delivered"] == 1
    assert product.hooks == []


@pytest.mark.parametrize(
    ("persona", "codes"), [("landline", {"30006"}), ("unreachable", {"30003", "30005"}), ("filtered", {"30007"})]
)
def test_unreachable_people(simulator: RunningSimulator, twilio: Client, product: Product, persona: str, codes: set[str]) -> None:
    simulator.set_personas(overrides={ANN: persona})
    sid = send(twilio, product)
    counters = simulator.wait_until_idle()
    last = product.at("/status")[-1].form
    assert last["MessageStatus"] == "undelivered"
    assert last["ErrorCode"] in codes
    assert counters["undelivered"] == 1
    assert counters["errors_by_code"] == {last["ErrorCode"]: 1}
    assert str(twilio.messages(sid).fetch().error_code) == last["ErrorCode"]


def test_a_number_sends_at_its_rate(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_numbers({OURS: {"rate": 20}})
    for index in range(10):
        twilio.messages.create(to=ANN, from_=OURS, body=f"text {index}")
    simulator.wait_until_idle()
    left = sorted(at for message in simulator.messages() for status, at in message["history"] if status == "sending")
    assert left[-1] - left[0] == pytest.approx(9 / 20, abs=0.1)


def test_a_message_expires_in_the_queue(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    simulator.set_numbers({OURS: {"rate": 0.1}})
    send(twilio, product)
    late = send(twilio, product, validity_period=1)
    simulator.wait(lambda counters: counters["failed"] == 1)
    message = twilio.messages(late).fetch()
    assert (message.status, message.error_code, message.price, message.date_sent) == ("failed", 30036, None, None)
    simulator.wait_until_idle()
    assert product.statuses(late) == ["queued", "failed"]


def test_a_full_queue_refuses(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_numbers({OURS: {"rate": 0.00005}})
    for index in range(2):
        twilio.messages.create(to=ANN, from_=OURS, body=f"text {index}")
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=ANN, from_=OURS, body="too much")
    assert refused.value.code == 21611


def test_refused_callbacks_are_counted_and_not_retried(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    product.answer = lambda hook: (500, "text/plain", "down")
    simulator.set_personas(sending_share=0)
    send(twilio, product)
    counters = simulator.wait_until_idle()
    assert (counters["callbacks_sent"], counters["callbacks_failed"], counters["callbacks_retried"]) == (0, 3, 0)
    assert len(product.hooks) == 3


def test_the_address_may_ask_for_retries(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    seen: list[str] = []

    def fail_once(hook: Hook) -> tuple[int, str, str]:
        seen.append(hook.headers["I-Twilio-Idempotency-Token"])
        return (503 if seen.count(seen[-1]) == 1 else 204), "text/plain", ""

    product.answer = fail_once
    simulator.set_personas(sending_share=0)
    send(twilio, product, query="?a=1#rc=2&rp=5xx")
    counters = simulator.wait_until_idle()
    assert (counters["callbacks_sent"], counters["callbacks_failed"], counters["callbacks_retried"]) == (3, 0, 3)
    assert len(set(seen)) == 3
    assert {hook.url for hook in product.hooks} == {f"{product.url}/status?a=1"}
    assert RequestValidator(simulator.auth_token).validate(
        product.hooks[0].url, product.hooks[0].form, product.hooks[0].headers["X-Twilio-Signature"]
    )


def test_a_slow_answer_times_out(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    def slow(hook: Hook) -> tuple[int, str, str]:
        time.sleep(0.6)
        return 204, "text/plain", ""

    product.answer = slow
    simulator.set_personas(sending_share=0)
    send(twilio, product, query="#rt=200")
    assert simulator.wait_until_idle()["callbacks_failed"] == 3


class TestServices:
    @pytest.fixture
    def service(self, twilio: Client, product: Product) -> str:
        service = twilio.messaging.v1.services.create(friendly_name="Sales", status_callback=f"{product.url}/status")
        for number in twilio.incoming_phone_numbers.list():
            service.phone_numbers.create(phone_number_sid=number.sid)
        sid = service.sid
        assert isinstance(sid, str)
        return sid

    def test_pool_and_settings(self, twilio: Client, service: str) -> None:
        assert [one.sid for one in twilio.messaging.v1.services.list()] == [service]
        assert twilio.messaging.v1.services(service).fetch().friendly_name == "Sales"
        pool = twilio.messaging.v1.services(service).phone_numbers
        assert len(pool.list()) == 2
        pool(pool.list()[0].sid).delete()
        assert len(pool.list()) == 1
        assert twilio.messaging.v1.services(service).update(friendly_name="Care").friendly_name == "Care"
        twilio.messaging.v1.services(service).delete()
        assert twilio.messaging.v1.services.list() == []

    def test_a_service_chooses_one_number_per_person(
        self, simulator: RunningSimulator, twilio: Client, product: Product, service: str
    ) -> None:
        simulator.set_personas(sending_share=0)
        people = [f"+1212555{index:04}" for index in range(10)] * 2
        created = [twilio.messages.create(to=to, messaging_service_sid=service, body="hi") for to in people]
        assert (created[0].status, created[0].from_, created[0].num_segments) == ("accepted", None, "0")
        assert created[0].messaging_service_sid == service
        simulator.wait_until_idle()
        assert product.statuses(created[0].sid) == ["accepted", *FULL]
        assert product.at("/status")[-1].form["MessagingServiceSid"] == service
        senders: dict[str, set[str]] = {}
        for message in simulator.messages():
            senders.setdefault(message["to"], set()).add(message["from"])
        assert {len(numbers) for numbers in senders.values()} == {1}
        assert len(set.union(*senders.values())) == 2

    def test_a_stop_blocks_the_whole_service(self, simulator: RunningSimulator, twilio: Client, service: str) -> None:
        simulator.text(ANN, "stop", to=OURS)
        for sender in ({"messaging_service_sid": service}, {"from_": OURS}, {"from_": "+13105550186"}):
            with pytest.raises(TwilioRestException) as refused:
                twilio.messages.create(to=ANN, body="hi", **sender)
            assert refused.value.code == 21610
        assert simulator.recipient(ANN)["opted_out"] == [service]

    def test_an_empty_pool_refuses(self, twilio: Client) -> None:
        empty = twilio.messaging.v1.services.create(friendly_name="Empty").sid
        with pytest.raises(TwilioRestException) as refused:
            twilio.messages.create(to=ANN, messaging_service_sid=empty, body="hi")
        assert refused.value.code == 21703

    def test_scheduled_messages_can_be_canceled(
        self, simulator: RunningSimulator, twilio: Client, product: Product, service: str
    ) -> None:
        def schedule(at: str) -> str:
            message = twilio.messages.create(to=ANN, messaging_service_sid=service, body="hi", schedule_type="fixed", send_at=at)
            assert message.status == "scheduled"
            return str(message.sid)

        in_an_hour = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        sid = schedule(in_an_hour)
        assert twilio.messages(sid).update(status="canceled").status == "canceled"
        simulator.wait(lambda counters: counters["callbacks_sent"] == 1)
        assert product.statuses(sid) == ["canceled"]
        for wrong in ("soon", "2020-01-01T00:00:00Z"):
            with pytest.raises(TwilioRestException) as refused:
                schedule(wrong)
            assert refused.value.code == 35114
