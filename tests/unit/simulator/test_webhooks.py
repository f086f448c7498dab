from __future__ import annotations

import pytest

from simulator.webhooks import ConnectionPolicy, is_webhook_url


def test_the_default_policy_retries_failed_connections_once() -> None:
    address, policy = ConnectionPolicy.of("http://x.test/hook?a=1")
    assert address == "http://x.test/hook?a=1"
    assert (policy.connect_seconds, policy.read_seconds, policy.total_seconds) == (5, 15, 15)
    assert (policy.retries, policy.retried) == (1, {"ct"})


def test_the_fragment_overrides_within_twilios_bounds() -> None:
    address, policy = ConnectionPolicy.of("http://x.test/hook#ct=200&rt=99999&tt=1&rc=9&rp=5xx,ct")
    assert address == "http://x.test/hook"
    assert (policy.connect_seconds, policy.read_seconds, policy.total_seconds) == (0.2, 15, 0.1)
    assert (policy.retries, policy.retried) == (5, {"ct", "5xx"})


def test_all_means_every_kind_and_nonsense_means_the_default() -> None:
    assert ConnectionPolicy.of("http://x.test/#rp=all")[1].retried == {"ct", "rt", "4xx", "5xx"}
    assert ConnectionPolicy.of("http://x.test/#rc=many")[1].retries == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x?token=a%20b", "https://a.test", "http://[::1]:80/x"])
def test_usable_addresses(url: str) -> None:
    assert is_webhook_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/status",
        "ftp://a.test/",
        "http://",
        "http:///x",
        "http://my_host/x",
        "http://a.test/a b",
        "http://a:0/",
        "http://a:999999/",
    ],
)
def test_unusable_addresses(url: str) -> None:
    assert not is_webhook_url(url)
