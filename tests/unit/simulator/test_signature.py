from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from simulator.signature import sign_body, sign_form

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


def test_published_vector_of_a_form() -> None:
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    assert sign_form("12345", URL, params) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_published_vector_of_repeated_values() -> None:
    params = {"Sid": "CA123", "SidAccount": "AC123", "Digits": ["5678", "1234", "1234"]}
    assert sign_form("12345", URL, params) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_published_vector_of_a_json_body() -> None:
    url, signature = sign_body("12345", URL, b'{"property": "value", "boolean": true}')
    assert url == f"{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    assert signature == "a9nBmqA0ju/hNViExpshrM61xv4="


@given(params=st.dictionaries(st.text(min_size=1), st.text()), path=st.sampled_from(["", "/a?b=c", "/x?token=%2B1&y="]))
def test_the_official_validator_agrees(params: dict[str, str], path: str) -> None:
    url = f"http://127.0.0.1:8000{path}"
    assert RequestValidator("token").validate(url, params, sign_form("token", url, params))
    assert not RequestValidator("other").validate(url, params, sign_form("token", url, params))
