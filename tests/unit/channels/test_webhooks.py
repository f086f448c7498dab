"""Only what the carrier signed for this very address is believed, and what it says is read or refused by name."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
from multidict import MultiDict

from outrider.channels.base import DeliveryStatus, InboundText, StatusUpdate
from outrider.channels.webhooks import (
    EMPTY_TWIML,
    TWIML_CONTENT_TYPE,
    InvalidSignature,
    TwilioSignature,
    parse_inbound,
    parse_status,
)
from outrider.errors import ConfigurationError, InvalidInput, PermissionDenied

TOKEN = "12345"
PUBLIC = "https://outrider.example.com"
PATH = "/webhooks/twilio/messages"
FORM = "application/x-www-form-urlencoded"
SID = "SM" + "0a" * 16
INBOUND = [
    ("MessageSid", SID), ("SmsSid", SID), ("AccountSid", "AC" + "1" * 32), ("From", "+12025550199"), ("To", "+12025550143"),
    ("Body", " Hi & “you” + 100% \n"), ("NumMedia", "0"), ("NumSegments", "1"), ("FromCity", ""), ("SmsStatus", "received"),
]  # fmt: skip
Pairs = list[tuple[str, str]]


def sign(url: str, pairs: Pairs = [], token: str = TOKEN, algorithm: str = "sha1") -> str:  # noqa: B006
    """Twilio's rule, written again: URL, then each name in byte order with its distinct values in order."""
    text = url + "".join(name + value for name in sorted(dict(pairs)) for value in sorted({v for n, v in pairs if n == name}))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), algorithm).digest()).decode()


def verify(
    pairs: Pairs = INBOUND,
    *,
    signed: Pairs | None = None,
    public: str = PUBLIC,
    path: str = PATH,
    url: str = PUBLIC + PATH,
    content_type: str | None = FORM,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    **signing: str,
) -> Any:
    """Verify a request whose signature was made for `url` and `signed`, and which arrived with `path` and `pairs`."""
    if headers is None:
        headers = {"X-Twilio-Signature": sign(url, pairs if signed is None else signed, **signing)}
    return TwilioSignature(TOKEN, public).verify(path, headers, urlencode(pairs).encode() if body is None else body, content_type)


# Vectors published with twilio-python


def test_twilios_form_vector() -> None:
    body = urlencode(
        {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309", "To": "+18005551212"}
    ).encode()
    params = TwilioSignature("12345", "https://mycompany.com").verify(
        "/myapp.php?foo=1&bar=2", {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}, body, FORM
    )
    assert params["CallSid"] == "CA1234567890ABCDE"


def test_twilios_json_vector() -> None:
    digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    body = b'{"property": "value", "boolean": true}'
    params = TwilioSignature("12345", "https://mycompany.com").verify(
        f"/myapp.php?foo=1&bar=2&bodySHA256={digest}",
        {"X-Twilio-Signature": "a9nBmqA0ju/hNViExpshrM61xv4="},
        body,
        "application/json",
    )
    assert list(params) == []


def test_repeated_keys_are_signed_and_kept() -> None:
    pairs = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    assert verify(pairs).getall("Digits") == ["5678", "1234", "1234"]


# Genuine requests


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"content_type": "application/x-www-form-urlencoded; charset=UTF-8"},
        {"content_type": "Application/X-WWW-Form-Urlencoded"},
        {"public": PUBLIC + "/"},
        {"url": "https://outrider.example.com:443" + PATH},
        {"public": PUBLIC + ":8443"},  # Twilio signs now with the port and now without
        {"public": PUBLIC + ":443", "url": PUBLIC + ":443" + PATH},
        {"public": "http://h.test:8000", "url": "http://h.test:8000" + PATH},
        {"public": PUBLIC + "/crm", "url": PUBLIC + "/crm" + PATH},
        {"path": PATH + "?token=a%20b&x=", "url": PUBLIC + PATH + "?token=a%20b&x="},
        {"path": PATH + "/", "url": PUBLIC + PATH + "/"},
        {"pairs": [*INBOUND, ("BrandNewField", "x"), ("Empty", "")]},
        {"pairs": [*INBOUND, ("MediaUrl0", "https://a.test/1"), ("MediaUrl0", "https://a.test/2")]},
    ],
    ids=str,
)
def test_genuine_requests_are_believed(request_: dict[str, Any]) -> None:
    pairs = request_.get("pairs", INBOUND)
    assert list(verify(**request_).items()) == pairs


@pytest.mark.parametrize("name", ["X-Twilio-Signature", "x-twilio-signature", "X-TWILIO-SIGNATURE"])
def test_header_names_in_any_case(name: str) -> None:
    verify(headers={name: sign(PUBLIC + PATH, INBOUND)})


def test_a_get_is_proven_by_its_address_and_read_from_the_query() -> None:
    path = f"{PATH}?{urlencode(INBOUND)}"
    params = verify([], path=path, url=PUBLIC + path, content_type=None)
    assert list(params.items()) == INBOUND


@pytest.mark.parametrize(
    "settings", ["key=webhooks_sharedkey_1,algorithm=HMAC_SHA256", "algorithm=hmac_sha256", "algorithm=HMAC_SHA256 , key=k"]
)
def test_the_sha256_variant(settings: str) -> None:
    signature = sign(PUBLIC + PATH, INBOUND, algorithm="sha256")
    verify(headers={"X-Twilio-Signature": signature, "X-Twilio-Webhooks-Signature-Settings": settings})


def json_request(body: bytes = b'{"a": 1}', *, hashed: bytes | None = None, **more: str) -> dict[str, Any]:
    path = f"{PATH}?bodySHA256={hashlib.sha256(body if hashed is None else hashed).hexdigest()}"
    return {"path": path, "url": PUBLIC + path, "body": body, "content_type": "application/json", "signed": [], **more}


@pytest.mark.parametrize("body", [b'{"a": 1}', b"[]", '{"ü": "ß"}'.encode(), b"\xff\xfe not utf-8", b"<x/>"])
def test_a_body_of_another_type_is_proven_by_its_hash(body: bytes) -> None:
    assert list(verify(**json_request(body))) == []


def json_with_query(query: str) -> dict[str, Any]:
    path = f"{PATH}?{query}"
    return {"path": path, "url": PUBLIC + path, "body": b"{}", "content_type": "application/json", "signed": []}


# Attacks

LONGER = [("Body", "x" * 1600) if name == "Body" else (name, value) for name, value in INBOUND]
CHANGED = [("From", "+12025550100") if name == "From" else (name, value) for name, value in INBOUND]
SHA256 = "X-Twilio-Webhooks-Signature-Settings"
GENUINE = sign(PUBLIC + PATH, INBOUND)

ATTACKS: dict[str, dict[str, Any]] = {
    "no signature": {"headers": {}},
    "empty signature": {"headers": {"X-Twilio-Signature": ""}},
    "blank signature": {"headers": {"X-Twilio-Signature": " "}},
    "signature cut": {"headers": {"X-Twilio-Signature": GENUINE[:-1]}},
    "signature longer": {"headers": {"X-Twilio-Signature": GENUINE + "="}},
    "signature in other letters": {"headers": {"X-Twilio-Signature": GENUINE.swapcase()}},
    "signature not ascii": {"headers": {"X-Twilio-Signature": "é" * len(GENUINE)}},
    "two signatures in one": {"headers": {"X-Twilio-Signature": f"{GENUINE},{GENUINE}"}},
    "signature under another header": {"headers": {"X-Hub-Signature": GENUINE}},
    "wrong token": {"token": "54321"},
    "empty token": {"token": ""},
    "token with a space": {"token": TOKEN + " "},
    "value changed": {"pairs": CHANGED, "signed": INBOUND},
    "value longer": {"pairs": LONGER, "signed": INBOUND},
    "value trimmed": {"pairs": [(n, v.strip()) for n, v in INBOUND], "signed": INBOUND},
    "field added": {"pairs": [*INBOUND, ("Extra", "1")], "signed": INBOUND},
    "empty field added": {"pairs": [*INBOUND, ("Extra", "")], "signed": INBOUND},
    "field removed": {"pairs": INBOUND[:-1], "signed": INBOUND},
    "empty field removed": {"pairs": [p for p in INBOUND if p[1]], "signed": INBOUND},
    "field renamed": {"pairs": [(n.replace("From", "from"), v) for n, v in INBOUND], "signed": INBOUND},
    "second value added": {"pairs": [*INBOUND, ("From", "+12025550100")], "signed": INBOUND},
    "second value removed": {"pairs": INBOUND, "signed": [*INBOUND, ("From", "+12025550100")]},
    "all fields removed": {"pairs": [], "signed": INBOUND},
    "query parameter added": {"path": PATH + "?token=x"},
    "query parameter removed": {"url": PUBLIC + PATH + "?token=x"},
    "query parameter changed": {"path": PATH + "?token=y", "url": PUBLIC + PATH + "?token=x"},
    "query order changed": {"path": PATH + "?b=1&a=1", "url": PUBLIC + PATH + "?a=1&b=1"},
    "query encoding changed": {"path": PATH + "?t=%2F", "url": PUBLIC + PATH + "?t=/"},
    "other path": {"path": "/webhooks/twilio/status"},
    "slash added": {"path": PATH + "/"},
    "slash removed": {"url": PUBLIC + PATH + "/"},
    "path in other letters": {"path": PATH.upper()},
    "path through a parent": {"path": "/webhooks/x/../twilio/messages"},
    "double slash": {"path": "/" + PATH},
    "absolute address as path": {"path": PUBLIC + PATH},
    "empty path": {"path": "", "url": PUBLIC},
    "user part smuggled in": {"path": "@evil.test/x", "url": PUBLIC + "@evil.test/x"},
    "signed for http, configured https": {"url": PUBLIC.replace("https", "http") + PATH},
    "signed for https, configured http": {"public": PUBLIC.replace("https", "http")},
    "signed for another host": {"url": "https://evil.example.com" + PATH},
    "signed for another port": {"url": PUBLIC + ":8443" + PATH},
    "another port configured": {"public": PUBLIC + ":8443", "url": PUBLIC + ":9443" + PATH},
    "host header points to the attacker": {
        "headers": {
            "X-Twilio-Signature": sign("https://evil.test" + PATH, INBOUND), "Host": "evil.test", "X-Forwarded-Host": "evil.test",
            "X-Forwarded-Proto": "https", "Forwarded": "host=evil.test;proto=https", "X-Original-URL": "https://evil.test" + PATH,
        },
    },
    "sha256 signature without its header": {"algorithm": "sha256"},
    "sha1 signature under the sha256 header": {"headers": {"X-Twilio-Signature": GENUINE, SHA256: "algorithm=HMAC_SHA256"}},
    "unknown algorithm": {"headers": {"X-Twilio-Signature": GENUINE, SHA256: "algorithm=NONE"}},
    "md5": {"headers": {"X-Twilio-Signature": sign(PUBLIC + PATH, INBOUND, algorithm="md5"), SHA256: "algorithm=HMAC_MD5"}},
    "json without hash": {"body": b'{"a": 1}', "content_type": "application/json", "signed": []},
    "json without hash or signature": {"body": b'{"a": 1}', "content_type": "application/json", "headers": {}},
    "json with another hash": json_request(hashed=b"{}"),
    "json hash empty": json_with_query("bodySHA256="),
    "json hash not ascii": json_with_query("bodySHA256=%C3%A9"),
    "json with right hash, unsigned": json_request(token="54321"),
    "json replaced under a signed hash": json_request(b'{"a": 2}', hashed=b'{"a": 1}'),
    "two hashes": json_with_query(f"bodySHA256=00&bodySHA256={hashlib.sha256(b'{}').hexdigest()}"),
    "two hashes, the right one first": json_with_query(f"bodySHA256={hashlib.sha256(b'{}').hexdigest()}&bodySHA256=00"),
    "form sent as json": {"content_type": "application/json"},
    "form sent as text": {"content_type": "text/plain"},
    "form without a type": {"content_type": None},
    "form as multipart": {"content_type": "multipart/form-data; boundary=x"},
    "body behind a signed address": {"signed": [], "content_type": "text/plain"},
    "form behind a signed address": {"signed": []},
    "form that is not utf-8": {"body": b"Body=%FF%FE", "signed": [("Body", "\ufffd\ufffd")]},
    "raw bytes that are not utf-8": {"body": b"Body=\xff", "signed": [("Body", "\ufffd")]},
    "too many fields": {"pairs": [(f"F{n}", "1") for n in range(1000)]},
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused(attack: str) -> None:
    with pytest.raises(InvalidSignature) as raised:
        verify(**ATTACKS[attack])
    assert raised.value.status == 403
    assert isinstance(raised.value, PermissionDenied)
    assert GENUINE not in str(raised.value) and TOKEN not in str(raised.value)


def test_the_baseline_of_the_attacks_is_genuine() -> None:
    verify(headers={"X-Twilio-Signature": GENUINE})


# Configuration


@pytest.mark.parametrize("token", ["", " ", "\n"])
def test_no_token_means_no_start(token: str) -> None:
    with pytest.raises(ConfigurationError, match="token"):
        TwilioSignature(token, PUBLIC)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "outrider.example.com",
        "ftp://x.test",
        "https://",
        "https://x.test:99999",
        "https://x.test:abc",
        "https://x.test:0",
        "https://x.test?a=1",
        "https://x.test/#ct=1",
        "https://u:p@x.test",
        "https://[::1",
    ],
)
def test_a_public_url_that_cannot_be_signed_for_means_no_start(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PUBLIC_URL"):
        TwilioSignature(TOKEN, url)


# What it says


def inbound(**changes: str | None) -> MultiDict[str]:
    merged: dict[str, str | None] = dict(INBOUND) | changes
    return MultiDict([(name, value) for name, value in merged.items() if value is not None])


def test_an_inbound_text() -> None:
    more = {
        "MessagingServiceSid": "MG" + "2" * 32,
        "OptOutType": "STOP",
        "FromCity": "AUSTIN",
        "FromState": "TX",
        "FromZip": "78701",
        "FromCountry": "US",
        "NumSegments": "2",
        "NumMedia": "2",
        "MediaUrl1": "https://b",
        "MediaUrl0": "https://a",
        "MediaUrl": "no",
    }
    assert parse_inbound(inbound(**more)) == InboundText(
        carrier_sid=SID,
        from_="+12025550199",
        to="+12025550143",
        body=" Hi & “you” + 100% \n",
        messaging_service_sid="MG" + "2" * 32,
        media_urls=("https://a", "https://b"),
        opt_out_type="STOP",
        city="AUSTIN",
        state="TX",
        zip="78701",
        country="US",
        segments=2,
    )


def test_an_inbound_text_with_the_bare_minimum() -> None:
    text = parse_inbound(MultiDict(MessageSid="MM" + "f" * 32, From="whatsapp:+12025550199", To="12345"))
    assert (text.body, text.media_urls, text.city, text.segments, text.opt_out_type) == ("", (), None, None, None)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("MessageSid", {"MessageSid": None, "SmsSid": None}),
        ("MessageSid", {"MessageSid": "SM123"}),
        ("MessageSid", {"MessageSid": "CA" + "0a" * 16}),
        ("MessageSid", {"MessageSid": SID + "\n"}),
        ("MessageSid", {"MessageSid": SID + "'; DROP"}),
        ("From", {"From": None}),
        ("From", {"From": "  "}),
        ("From", {"From": "+1 202"}),
        ("From", {"From": "+1\x002"}),
        ("From", {"From": "9" * 65}),
        ("To", {"To": None}),
        ("NumSegments", {"NumSegments": "many"}),
        ("NumSegments", {"NumSegments": "-1"}),
        ("NumSegments", {"NumSegments": "９"}),
        ("NumSegments", {"NumSegments": "9" * 30}),
    ],
)
def test_an_inbound_text_that_lacks_something_is_refused_by_name(field: str, changes: dict[str, str | None]) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_inbound(inbound(**changes))
    assert [problem.field for problem in raised.value.fields] == [field]


def test_nul_characters_never_reach_the_database() -> None:
    text = parse_inbound(inbound(Body="a\x00b", FromCity="\x00", OptOutType="ST\x00OP", MediaUrl0="\x00"))
    assert (text.body, text.city, text.opt_out_type, text.media_urls) == ("ab", None, "STOP", ())


def test_what_nummedia_claims_does_not_matter() -> None:
    assert parse_inbound(inbound(NumMedia="999999999")).media_urls == ()
    many = {f"MediaUrl{number}": f"https://{number}" for number in range(99)}
    assert parse_inbound(inbound(**many)).media_urls == tuple(f"https://{number}" for number in range(10))


def status(**changes: str | None) -> MultiDict[str]:
    merged: dict[str, str | None] = {"MessageSid": SID, "MessageStatus": "delivered", "To": "+12025550199"} | changes
    return MultiDict([(name, value) for name, value in merged.items() if value is not None])


@pytest.mark.parametrize(
    ("params", "query", "expected"),
    [
        (status(), {"token": "t1"}, StatusUpdate(SID, DeliveryStatus.DELIVERED, None, "t1")),
        (status(), {}, StatusUpdate(SID, DeliveryStatus.DELIVERED, None, None)),
        (status(MessageStatus="failed", ErrorCode="30007"), {"token": ""}, StatusUpdate(SID, DeliveryStatus.FAILED, 30007, None)),
        (status(ErrorCode=""), {"token": "a\x00b"}, StatusUpdate(SID, DeliveryStatus.DELIVERED, None, "ab")),
        (MultiDict(SmsSid=SID, SmsStatus="sent"), {}, StatusUpdate(SID, DeliveryStatus.SENT, None, None)),
        (status(MessageStatus="scheduled"), {}, StatusUpdate(SID, DeliveryStatus.ACCEPTED, None, None)),
    ],
)  # fmt: skip
def test_a_status_update(params: MultiDict[str], query: dict[str, str], expected: StatusUpdate) -> None:
    assert parse_status(params, query) == expected


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("MessageSid", {"MessageSid": None}),
        ("MessageStatus", {"MessageStatus": None}),
        ("MessageStatus", {"MessageStatus": "received"}),
        ("MessageStatus", {"MessageStatus": "DELIVERED"}),
        ("ErrorCode", {"ErrorCode": "3000x"}),
    ],
)
def test_a_status_update_that_lacks_something_is_refused_by_name(field: str, changes: dict[str, str | None]) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_status(status(**changes), {})
    assert [problem.field for problem in raised.value.fields] == [field]


def test_the_empty_answer_is_twiml() -> None:
    assert ElementTree.fromstring(EMPTY_TWIML).tag == "Response"
    assert TWIML_CONTENT_TYPE == "text/xml"


def test_the_tests_own_signer_reads_forms_as_twilio_writes_them() -> None:
    assert parse_qsl(urlencode(INBOUND), keep_blank_values=True) == INBOUND
