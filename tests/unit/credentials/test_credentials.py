"""Where a secret may be sent, what carries it, and that it is hidden where somebody repeats it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from outrider.credentials.hosts import is_allowed, new_hosts, read_host
from outrider.credentials.models import CredentialKind
from outrider.credentials.secrets import HIDDEN, opened, to_keep
from outrider.errors import InvalidInput


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://api.example.com/v1?x=1", ["api.example.com"]),
        ("https://API.Example.com/", ["api.example.com"]),
        ("https://api.example.com:443/", ["api.example.com"]),
        ("https://api.example.com/", ["api.example.com:443"]),
        ("https://api.example.com:8443/", ["other.example", "api.example.com:8443"]),
        ("https://eu.api.example.com/", ["*.example.com"]),
        ("http://127.0.0.1:81/", ["127.0.0.1:81"]),
        ("https://[::1]:81/", ["[::1]:81"]),
    ],
)
def test_where_a_secret_may_be_sent(url: str, hosts: list[str]) -> None:
    assert is_allowed(url, hosts)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://api.example.com.evil.example/", ["api.example.com"]),
        ("https://api.example.com@evil.example/", ["api.example.com"]),
        ("https://evil.example/?api.example.com", ["api.example.com"]),
        ("https://evil.example#api.example.com", ["api.example.com"]),
        ("https://apiXexample.com/", ["api.example.com"]),
        ("https://example.com/", ["*.example.com"]),
        ("https://evilexample.com/", ["*.example.com"]),
        ("https://api.example.com:8443/", ["api.example.com"]),
        ("https://api.example.com/", ["api.example.com:8443"]),
        ("https://api.example.com./", ["api.example.com"]),
        ("ftp://api.example.com/", ["api.example.com"]),
        ("https://api.example.com:99999/", ["api.example.com"]),
        ("https://[::1", ["api.example.com"]),
        ("api.example.com", ["api.example.com"]),
        ("", ["api.example.com"]),
        ("https://api.example.com/", []),
    ],
)
def test_where_it_may_not(url: str, hosts: list[str]) -> None:
    assert not is_allowed(url, hosts)


@pytest.mark.parametrize(
    ("text", "host"), [(" API.example.com ", "api.example.com"), ("*.Example.com:8443", "*.example.com:8443")]
)
def test_hosts_are_kept_in_one_form(text: str, host: str) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.com", "*.1.2.3", "https://a.example", "a.example/x", "a b.example", "-a.example", "a..example", "a.example:0",
     "a.example:70000", "a.*.example", "user@a.example", "bücher.example", "a" * 64 + ".example", "x." * 130 + "b",
     "a\n.b"],
)  # fmt: skip
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as|too wide"):
        read_host(text)


def test_which_hosts_go_beyond_those_there_were() -> None:
    known = ["*.example.com", "one.example"]
    assert new_hosts(["a.example.com", "*.b.example.com", "one.example", "*.example.com"], known) == []
    wider = ["example.com", "a.example.com:81", "*.one.example", "*.com.example", "one.example:443"]
    assert new_hosts(wider, known) == wider


@pytest.mark.parametrize(
    ("kind", "value", "username", "header", "sent"),
    [
        ("header", " key-1234\n", None, "x-api-key", "key-1234"),
        ("bearer", "Bearer abc.def", None, "authorization", "Bearer abc.def"),
        ("bearer", "abc.def", None, "authorization", "Bearer abc.def"),
        ("basic", "pass:word", "maya", "authorization", "Basic " + b64encode(b"maya:pass:word").decode()),
        ("basic", "", "sk_live_1", "authorization", "Basic " + b64encode(b"sk_live_1:").decode()),
        ("basic", "pässword", "maya", "authorization", "Basic " + b64encode("maya:pässword".encode()).decode()),
    ],
)
def test_what_carries_a_secret(kind: str, value: str, username: str | None, header: str, sent: str) -> None:
    form = CredentialKind(kind)
    secret = opened("Name", form, "X-Api-Key" if kind == "header" else "", to_keep(form, value, username))
    assert secret.headers == {header: sent}


@pytest.mark.parametrize(
    ("kind", "value", "username"),
    [
        ("header", " ", None), ("header", "a\r\nX-Evil: 1", None), ("header", "schlüssel", None), ("header", "key", "maya"),
        ("bearer", "Bearer ", None), ("bearer", "a\x00b", None), ("basic", "pw", None), ("basic", "pw", "ma:ya"),
        ("basic", "p\nw", "maya"), ("basic", "pw", "m\ud800"),
    ],
)  # fmt: skip
def test_secrets_that_can_not_be_sent_are_refused_and_not_repeated(kind: str, value: str, username: str | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_keep(CredentialKind(kind), value, username)
    assert refused.value.remedy and "Evil" not in str(refused.value) and "schlüssel" not in refused.value.detail


def test_answers_are_kept_without_the_secret() -> None:
    secret = opened("Key", CredentialKind.BEARER, "", 'to"ken-12345')
    assert secret.hide('you sent Bearer to"ken-12345') == f"you sent Bearer {HIDDEN}"
    answered = {"headers": {'Authorization to"ken-12345': ['Bearer to"ken-12345', 7, None]}}
    assert secret.hide(answered) == {"headers": {f"Authorization {HIDDEN}": [f"Bearer {HIDDEN}", 7, None]}}
    assert secret.hide({"ok": True}) == {"ok": True}
    digits = opened("Key", CredentialKind.HEADER, "X-Key", "12345678")
    assert "12345678" not in str(digits.hide({"number": 12345678}))
    basic = opened("Key", CredentialKind.BASIC, "", "sk_live_42:x")
    for told in ("sk_live_42", "sk_live_42:x", b64encode(b"sk_live_42:x").decode()):
        assert basic.hide([told]) == [HIDDEN]
    assert basic.hide("text") == "text", "a part of one letter is no secret"
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    assert secret.hide(deep) == HIDDEN


def test_a_secret_does_not_show_itself() -> None:
    assert "token-12345" not in repr(opened("Key", CredentialKind.BEARER, "", "token-12345"))
