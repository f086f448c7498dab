"""Outgoing webhooks against receivers on loopback: signatures that an independent library verifies, and no way inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from outrider.errors import InvalidInput
from outrider.integrations.notifications.webhook import (
    CallFailed,
    DeliveryFailed,
    WebhookSender,
    is_plainly_refused,
    new_secret,
    signed,
)
from tests.stand_ins.http import Answer, HttpStandIn

BODY = b'{"type":"meeting.booked","data":{"name":"J\xc3\xbcrgen"}}'


async def test_a_receiver_can_verify_what_it_gets() -> None:
    secret, other = new_secret(), new_secret()
    async with HttpStandIn(lambda _: Answer(204, b"")) as server:
        sender = WebhookSender(allows_private=True)
        done = await sender.deliver(f"{server.url}/hooks?x=1", BODY, message_id="msg_1", secrets=[secret])
        await sender.aclose()
    [heard] = server.heard
    assert (done.status, heard.path, heard.body) == (204, "/hooks?x=1", BODY)
    assert Webhook(secret).verify(heard.body, dict(heard.headers)) == json.loads(BODY)
    for wrong, body in ((other, heard.body), (secret, heard.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong).verify(body, dict(heard.headers))


def test_while_a_secret_is_replaced_both_verify() -> None:
    old, new = new_secret(), new_secret()
    headers = signed(BODY, "msg_1", [new, old], datetime.now(UTC))
    assert Webhook(old).verify(BODY, headers) == Webhook(new).verify(BODY, headers)


@pytest.mark.parametrize(
    ("answer", "status", "retryable"),
    [
        (Answer(500, b"oops"), 500, True),
        (Answer(404, b""), 404, True),
        (Answer(302, b"", {"location": "http://127.0.0.1:1/"}), 302, True),
        (Answer(410, b""), 410, False),
        (Answer(200, b"x", is_cut=True), None, True),
        (None, None, True),
    ],
)
async def test_what_is_no_success_is_a_failure_that_says_what_came(
    answer: Answer | None, status: int | None, retryable: bool
) -> None:
    async with HttpStandIn(lambda _: answer) as server:
        sender = WebhookSender(allows_private=True, seconds=30.0 if answer else 0.3)
        with pytest.raises(DeliveryFailed) as caught:
            await sender.deliver(server.url, BODY, message_id="msg_1", secrets=[new_secret()])
        await sender.aclose()
    assert (caught.value.answer_status, caught.value.retryable) == (status, retryable)
    assert len(server.heard) == 1, "one attempt is one request; redirects are not followed"


async def test_a_receiver_says_when_to_come_again_and_can_say_no_book() -> None:
    async with HttpStandIn(lambda _: Answer(503, b"\x00\xff" * 100_000, {"retry-after": "120"})) as server:
        sender = WebhookSender(allows_private=True)
        with pytest.raises(DeliveryFailed) as caught:
            await sender.deliver(server.url, BODY, message_id="msg_1", secrets=[new_secret()])
        await sender.aclose()
    assert caught.value.retry_after == 120
    assert len(caught.value.answer) <= 4000
    assert "\x00" not in caught.value.answer


async def test_a_receiver_that_is_away_may_come_back() -> None:
    sender = WebhookSender(allows_private=True)
    with pytest.raises(DeliveryFailed) as caught:
        await sender.deliver("http://127.0.0.1:1/", BODY, message_id="msg_1", secrets=[new_secret()])
    assert caught.value.retryable
    await sender.aclose()


INSIDE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fd00::1",
    "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "168.63.129.16",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_no_name_leads_inside(address: str) -> None:
    """Neither when the address is entered, nor later, when its name leads elsewhere."""
    asked: list[str] = []

    async def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34", address] if len(asked) == 1 else [address]

    sender = WebhookSender(resolver=resolver)
    with pytest.raises(InvalidInput):
        await sender.check_host("https://hooks.example.com/")
    with pytest.raises(DeliveryFailed) as caught:
        await sender.deliver("https://hooks.example.com/", BODY, message_id="m", secrets=[new_secret()])
    assert not caught.value.retryable
    assert asked == ["hooks.example.com"] * 2
    await sender.aclose()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.1.2.3", "169.254.169.254", "2852039166",
        "0xa9.254.169.254", "0.0.0.0", "localhost", "[::1]", "[::]",
        "[fd00:ec2::254]", "[fe80::1]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]",
    ],
)  # fmt: skip
async def test_no_address_leads_inside_however_it_is_written(host: str) -> None:
    """By the system's own resolver, which takes more forms than people write."""
    sender = WebhookSender()
    with pytest.raises(CallFailed, match="is not a public address") as caught:
        await sender.call("GET", f"https://{host}/latest/meta-data", body=None, headers={}, seconds=60, most_bytes=10)
    await sender.aclose()
    assert (caught.value.was_sent, caught.value.retryable) == (False, False)
    assert is_plainly_refused(host, allows_private=False), "what the call refuses shows before it"


async def test_a_call_carries_no_password_of_its_address() -> None:
    sender = WebhookSender(allows_private=True)
    with pytest.raises(CallFailed, match="The address has a user, a password") as caught:
        await sender.call("GET", "https://maya:secret@example.com/", body=None, headers={}, seconds=60, most_bytes=10)
    await sender.aclose()
    assert (caught.value.was_sent, caught.value.retryable) == (False, False)
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize("address", ["169.254.169.254", "168.63.129.16", "fd00:ec2::254", "::ffff:169.254.169.254"])
async def test_a_cloud_is_never_asked_about_its_machine(address: str) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return [address]

    with pytest.raises(InvalidInput):
        await WebhookSender(allows_private=True, resolver=resolver).check_host("http://inside.example/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "https://", "example.com", "https://user:pw@example.com/", "http://example.com/",
        "https://example.com/#part", "https://exa mple.com/\r\nX: 1", "https://[::1", "https://example.com:99999/",
        "javascript:alert(1)", "https://ex\u00e4mple.com/", "https://example.com/" + "x" * 2000,
    ],
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(InvalidInput):
        WebhookSender().check_url(url)


async def test_a_name_that_can_not_be_found_now_may_be_entered() -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    sender = WebhookSender(resolver=resolver)
    await sender.check_host("https://soon.example.com/")
    with pytest.raises(DeliveryFailed) as caught:
        await sender.deliver("https://soon.example.com/", BODY, message_id="m", secrets=[new_secret()])
    assert caught.value.retryable
    await asyncio.sleep(0)
