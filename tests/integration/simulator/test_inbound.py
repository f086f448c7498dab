from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from simulator.testing import RunningSimulator
from simulator.wordings import SCRIPTS, STOP_WISHES

from .conftest import ANN, OURS, OURS_TOO, Hook, Product


def twiml(text: str, content_type: str = "text/xml", status: int = 200) -> object:
    return lambda hook: (status, content_type, text)


def test_the_webhook_is_complete_and_signed(simulator: RunningSimulator, product: Product) -> None:
    sid = simulator.text(ANN, "Héllo 👋 & more", media=["http://x.test/a.jpg"])["sid"]
    counters = simulator.wait_until_idle()
    [hook] = product.at("/inbound")
    assert hook.form == {
        "AccountSid": simulator.account_sid,
        "ApiVersion": "2010-04-01",
        "Body": "Héllo 👋 & more",
        "From": ANN,
        "FromCity": "NEW YORK",
        "FromCountry": "US",
        "FromState": "NY",
        "FromZip": "10001",
        "MediaContentType0": "image/jpeg",
        "MediaUrl0": "http://x.test/a.jpg",
        "MessageSid": sid,
        "NumMedia": "1",
        "NumSegments": "1",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": OURS,
        "ToCity": "WASHINGTON",
        "ToCountry": "US",
        "ToState": "DC",
        "ToZip": "20001",
    }
    assert RequestValidator(simulator.auth_token).validate(hook.url, hook.form, hook.headers["X-Twilio-Signature"])
    assert hook.headers["I-Twilio-Idempotency-Token"]
    assert (counters["inbound_received"], counters["inbound_webhooks_ok"]) == (1, 1)


def test_it_is_in_the_list_at_once(simulator: RunningSimulator, twilio: Client) -> None:
    sid = simulator.text(ANN, "hello")["sid"]
    [message] = twilio.messages.list(to=OURS)
    assert (message.sid, message.direction, message.status, message.from_, message.body) == (
        sid,
        "inbound",
        "received",
        ANN,
        "hello",
    )
    assert message.date_sent is not None


def test_the_answer_may_send_texts(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    product.answer = lambda hook: (200, "application/xml", "<Response><Message>Hi!</Message><Message>There</Message></Response>")
    simulator.text(ANN, "hello")
    counters = simulator.wait_until_idle()
    assert (counters["twiml_replies"], counters["creates_requested"], counters["delivered"]) == (2, 0, 2)
    replies = simulator.messages(direction="outbound-reply")
    assert [(message["to"], message["from"], message["body"]) for message in replies] == [
        (ANN, OURS, "Hi!"),
        (ANN, OURS, "There"),
    ]


@pytest.mark.parametrize(
    ("content_type", "text", "code"),
    [
        ("application/json", '{"ok": true}', "12300"),
        ("text/xml", "<Response>", "12100"),
        ("text/xml", "<Response><Say>x</Say></Response>", "12200"),
    ],
)
def test_bad_answers_are_counted(simulator: RunningSimulator, product: Product, content_type: str, text: str, code: str) -> None:
    product.answer = lambda hook: (200, content_type, text)
    simulator.text(ANN, "hello")
    counters = simulator.wait_until_idle()
    assert counters["webhook_errors"] == {code: 1}
    assert counters["inbound_webhooks_ok"] == 1


def test_a_failing_webhook_is_lost_but_listed(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    product.answer = lambda hook: (500, "text/plain", "")
    simulator.text(ANN, "hello")
    counters = simulator.wait_until_idle()
    assert (counters["inbound_webhooks_failed"], counters["inbound_webhooks_ok"], counters["inbound_webhooks_retried"]) == (
        1,
        0,
        0,
    )
    assert counters["webhook_errors"] == {"11200": 1}
    assert len(product.hooks) == 1
    assert [message.body for message in twilio.messages.list(to=OURS)] == ["hello"]


def test_a_refused_connection_is_tried_once_more(simulator: RunningSimulator) -> None:
    simulator.set_numbers({OURS: {"sms_url": "http://127.0.0.1:9/inbound"}})
    simulator.text(ANN, "hello")
    counters = simulator.wait_until_idle()
    assert (counters["inbound_webhooks_failed"], counters["inbound_webhooks_retried"]) == (1, 1)


def test_a_keyword_blocks_confirms_and_still_reaches_the_webhook(
    simulator: RunningSimulator, twilio: Client, product: Product
) -> None:
    simulator.text(ANN, " Stop ")
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=ANN, from_=OURS, body="one more thing")
    assert (refused.value.status, refused.value.code) == (400, 21610)
    assert twilio.messages.create(to=ANN, from_=OURS_TOO, body="another sender").status == "queued"
    assert twilio.messages.create(to="+12125550101", from_=OURS, body="another person").status == "queued"
    counters = simulator.wait_until_idle()
    assert product.at("/inbound")[0].form["OptOutType"] == "STOP"
    assert (counters["opted_out"], counters["opt_outs"], counters["auto_replies"]) == (1, 1, 1)
    assert counters["creates_refused"] == {"21610": 1}
    [confirmation] = [message for message in twilio.messages.list(to=ANN) if message.direction == "outbound-reply"]
    assert "unsubscribed" in confirmation.body
    assert counters["delivered"] == 2


def test_start_lifts_the_block(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    for text in ("STOP", "stop", "Yes"):
        simulator.text(ANN, text)
    assert twilio.messages.create(to=ANN, from_=OURS, body="welcome back").status == "queued"
    counters = simulator.wait_until_idle()
    assert sorted(hook.form.get("OptOutType", "") for hook in product.at("/inbound")) == ["START", "STOP", "STOP"]
    assert (counters["opted_out"], counters["opt_outs"], counters["opt_ins"], counters["auto_replies"]) == (0, 1, 1, 2)


def test_help_is_answered_by_the_carrier(simulator: RunningSimulator, product: Product) -> None:
    simulator.text(ANN, "help")
    counters = simulator.wait_until_idle()
    assert product.at("/inbound")[0].form["OptOutType"] == "HELP"
    assert (counters["opted_out"], counters["auto_replies"]) == (0, 1)


def test_a_reply_to_a_blocked_person_is_refused(simulator: RunningSimulator, product: Product) -> None:
    product.answer = lambda hook: (200, "text/xml", "<Response><Message>Sorry to see you go</Message></Response>")
    simulator.text(ANN, "STOP")
    counters = simulator.wait_until_idle()
    assert (counters["twiml_replies"], counters["twiml_replies_refused"]) == (0, {"21610": 1})


@pytest.mark.parametrize("wish", STOP_WISHES[:3])
def test_texts_after_an_acknowledged_wish_are_counted(simulator: RunningSimulator, twilio: Client, wish: str) -> None:
    simulator.text(ANN, wish)
    simulator.wait_until_idle()
    assert simulator.counters()["opted_out"] == 0
    twilio.messages.create(to=ANN, from_=OURS, body="but wait")
    twilio.messages.create(to="+12125550101", from_=OURS, body="hi")
    assert simulator.counters()["creates_after_stop"] == 1
    assert simulator.recipient(ANN)["creates_after_stop"] == 1


def test_a_wish_that_the_product_never_got_is_not_held_against_it(
    simulator: RunningSimulator, twilio: Client, product: Product
) -> None:
    product.answer = lambda hook: (500, "text/plain", "")
    simulator.text(ANN, "remove my number")
    simulator.wait_until_idle()
    twilio.messages.create(to=ANN, from_=OURS, body="hi")
    assert simulator.counters()["creates_after_stop"] == 0
    assert simulator.recipient(ANN)["asked_to_stop_at"] is not None


def test_a_conversation_runs_its_script_and_ends(simulator: RunningSimulator, twilio: Client, product: Product) -> None:
    def talkative(hook: Hook) -> tuple[int, str, str]:
        return 200, "text/xml", f"<Response><Message>Re {hook.form['MessageSid']}: Tuesday 10:00 am?</Message></Response>"

    product.answer = talkative
    simulator.set_personas(overrides={ANN: "interested"})
    twilio.messages.create(to=ANN, from_=OURS, body="Hi Ann, interested?")
    counters = simulator.wait_until_idle()
    said = [message["body"] for message in simulator.messages(direction="inbound")]
    assert len(said) == len(SCRIPTS["interested"])
    assert said[1] in SCRIPTS["interested"][1].if_times_offered
    assert counters["persona_replies"] == counters["twiml_replies"] == len(said)
    thread = simulator.recipient(ANN)["thread"]
    assert [message["direction"] for message in thread][:3] == ["outbound-api", "inbound", "outbound-reply"]


def test_people_answer_one_at_a_time(simulator: RunningSimulator, twilio: Client) -> None:
    simulator.set_personas(overrides={ANN: "later"}, reply_delay=[30, 30])
    for index in range(3):
        twilio.messages.create(to=ANN, from_=OURS, body=f"text {index}")
    assert simulator.wait_until_idle()["persona_replies"] == 1
