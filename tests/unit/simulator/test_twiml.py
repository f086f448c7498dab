from __future__ import annotations

import pytest

from simulator.twiml import BadTwiml, TwimlMessage, read_answer


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/xml", b"<Response/>"),
        ("text/xml; charset=utf-8", b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'),
        ("text/html", b"<Response/>"),
        ("application/json", b""),
        ("", b" \n"),
    ],
)
def test_answers_that_ask_for_nothing(content_type: str, content: bytes) -> None:
    assert read_answer(content_type, content) == []


def test_messages() -> None:
    content = """<Response><Message>Hi &amp; hello</Message>
      <Message to="+12125550101" statusCallback="http://x.test/s"><Body>é</Body><Media>http://x.test/p.png</Media></Message></Response>"""
    assert read_answer("text/xml", content.encode()) == [
        TwimlMessage("Hi & hello"),
        TwimlMessage("é", ("http://x.test/p.png",), "+12125550101", status_callback="http://x.test/s"),
    ]


def test_a_plain_text_is_sent_as_it_is() -> None:
    assert read_answer("text/plain; charset=utf-8", b" ok ") == [TwimlMessage("ok")]


@pytest.mark.parametrize(
    ("content_type", "content", "code"),
    [
        ("application/json", b"{}", 12300),
        ("", b"<Response/>", 12300),
        ("text/xml", b"<Response>", 12100),
        ("text/xml", b"\xff\xfe<", 12100),
        ("text/xml", b"ok", 12100),
        ("text/xml", b"<response/>", 12100),
        ("text/xml", b"<Response>" + b" " * 70000 + b"</Response>", 12100),
        ("text/xml", b"<Response><message>hi</message></Response>", 12200),
        ("text/xml", b"<Response><Say>hi</Say></Response>", 12200),
    ],
)
def test_answers_that_twilio_reports(content_type: str, content: bytes, code: int) -> None:
    with pytest.raises(BadTwiml) as caught:
        read_answer(content_type, content)
    assert caught.value.code == code
