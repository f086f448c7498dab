"""What all CRMs share: the circuit breaker, signatures of webhooks, accounts."""

from __future__ import annotations

from typing import Any

import pytest

from outrider.circuit import Circuit
from outrider.db.engine import Database
from outrider.integrations.crm.accounts import read_crm_accounts
from outrider.integrations.crm.base import (
    CrmUnavailable,
)
from outrider.integrations.crm.breaker import Breaker
from outrider.integrations.crm.local import LocalCrm
from outrider.integrations.crm.signatures import is_genuine, signed_headers


async def test_the_breaker_opens_lets_one_call_try_and_closes(database: Database) -> None:
    clock = [0.0]
    crm = LocalCrm(database)
    guarded = Breaker(crm, Circuit("local", refusal=CrmUnavailable, now=lambda: clock[0]))
    calls: list[int] = []

    async def failing() -> Any:
        calls.append(1)
        raise CrmUnavailable("no answer")

    crm.check = failing  # type: ignore[method-assign]
    for _ in range(8):
        with pytest.raises(CrmUnavailable):
            await guarded.check()
    assert len(calls) == 5
    clock[0] = 16.0
    with pytest.raises(CrmUnavailable):
        await guarded.check()
    assert len(calls) == 6
    clock[0] = 40.0
    with pytest.raises(CrmUnavailable) as caught:
        await guarded.check()
    assert len(calls) == 6 and caught.value.retry_after
    del crm.check  # type: ignore[attr-defined]
    clock[0] = 100.0
    assert (await guarded.check()).name
    assert (await guarded.check()).name


def test_signatures_follow_the_specification() -> None:
    # The example of the specification's own libraries.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = signed_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", body, now=1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert is_genuine(secret, headers, body, now=1614265330)
    assert not is_genuine(secret, headers, body + b" ", now=1614265330)
    assert not is_genuine(secret, headers, body, now=1614265330 + 301)
    assert not is_genuine(secret, headers | {"webhook-id": "other"}, body, now=1614265330)
    assert is_genuine(secret, headers | {"webhook-signature": "v1,AAAA " + headers["webhook-signature"]}, body, now=1614265330)
    assert not is_genuine(secret, {}, body)


def test_accounts_are_read_and_no_secret_is_repeated() -> None:
    from pydantic import SecretStr

    from outrider.errors import ConfigurationError

    given = '{"h": {"kind": "hubspot", "token": "pat-secret"}}'
    assert set(read_crm_accounts(SecretStr(given))) == {"h", "local"}
    for wrong in (
        '{"h": {"kind": "hubspot", "token": "pat-secret", "api_url": "http://internal.example"}}',
        '{"h": {"kind": "webhook", "url": "https://x.example", "secret": "pat-secret"}}',
        '{"h": "pat-secret"}',
    ):
        with pytest.raises(ConfigurationError) as caught:
            read_crm_accounts(SecretStr(wrong))
        assert "pat-secret" not in caught.value.detail and "OUTRIDER_CRM_ACCOUNTS" in caught.value.detail
