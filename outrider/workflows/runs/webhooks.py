"""Calls of web addresses that runs ask for, made after the commit.

Each attempt at one call carries the same `Idempotency-Key`, so that a receiver that knows it does what is asked once. With an
endpoint chosen the call is signed as the Standard Webhooks specification says; with a credential chosen it carries that one's
secret, which is read at the time of the call and written down nowhere. What is answered is data.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson

from outrider.config import Settings
from outrider.credentials.secrets import Secret
from outrider.credentials.service import CredentialNotFound, HostNotAllowed, secret_for
from outrider.db.engine import Database
from outrider.db.sealing import SecretUnreadable, sealer_of
from outrider.integrations.notifications.webhook import Called, CallFailed, WebhookSender, signed
from outrider.notifications.models import WebhookEndpoint
from outrider.notifications.sending import in_force
from outrider.workflows.runs.effects import EffectCall, EffectDelayed, EffectRefused, EffectUnknown, effect

WEBHOOK = "webhook"
"""Asked again after an unknown outcome, under the same key."""
WEBHOOK_ONCE = "webhook_once"
"""Left to a person after an unknown outcome."""
MOST_BYTES = 64 * 1024
NO_SECRET = Secret("", {}, ())
"""Of a call without a credential."""
NOT_TAKEN = frozenset({408, 425, 429, 503})
"""Statuses by which a receiver says that it did nothing yet."""


@effect(WEBHOOK, repeatable=True)
async def call_webhook(call: EffectCall) -> dict[str, Any]:
    return await _call(call, is_repeatable=True)


@effect(WEBHOOK_ONCE)
async def call_webhook_once(call: EffectCall) -> dict[str, Any]:
    return await _call(call, is_repeatable=False)


async def _call(call: EffectCall, *, is_repeatable: bool) -> dict[str, Any]:
    """Returns status and body of the answer.

    Raises:
        EffectRefused: the receiver refuses it, or did not take it at the last attempt.
        EffectDelayed: it was not taken.
        EffectUnknown: it may have been taken.
    """
    payload = call.payload
    is_last = call.attempt >= payload.get("attempts", 1)
    body = None if payload.get("body") is None else orjson.dumps(payload["body"])
    url, headers = await _address(call, body)
    secret = await _secret(call, url)
    try:
        answer = await call.part(WebhookSender).call(
            payload["method"],
            url,
            body=body,
            headers=headers | secret.headers,
            seconds=payload["seconds"],
            most_bytes=MOST_BYTES,
            follows=secret is NO_SECRET,
        )
    except CallFailed as error:
        if error.was_sent and not (is_last and is_repeatable):
            raise EffectUnknown(error.detail) from error
        if is_last or not error.retryable:
            raise EffectRefused(error.detail, result=_told(None)) from error
        raise EffectDelayed(error.detail) from error
    told = _told(answer, secret)
    if 200 <= answer.status < 300:
        return told
    is_redirect = 300 <= answer.status < 400 and secret is not NO_SECRET
    detail = f"The receiver answered {answer.status}{'; a credential follows no redirect' if is_redirect else ''}."
    is_open = answer.status in NOT_TAKEN or answer.status >= 500
    if not is_open or (is_last and (is_repeatable or answer.status in NOT_TAKEN)):
        raise EffectRefused(detail, result=told)
    raise EffectDelayed(detail) if answer.status in NOT_TAKEN else EffectUnknown(detail)


async def _address(call: EffectCall, body: bytes | None) -> tuple[str, dict[str, str]]:
    """Where the call goes, and its headers."""
    payload, endpoint_id = call.payload, call.payload.get("endpoint_id")
    headers = {name.lower(): value for name, value in payload.get("headers", {}).items()}
    headers["idempotency-key"] = call.idempotency_key
    if body is not None:
        headers.setdefault("content-type", "application/json")
    if endpoint_id is None:
        return payload["url"], headers
    async with call.part(Database).transaction() as session:
        endpoint = await session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None or not endpoint.enabled:
        why = "There is no such" if endpoint is None else "Somebody switched off the"
        raise EffectRefused(f"{why} outgoing webhook ({endpoint_id}).", result=_told(None))
    now = datetime.now(UTC)
    try:
        secrets = in_force(endpoint, now, sealer_of(call.part(Settings)))
    except SecretUnreadable as error:
        raise EffectDelayed(f"The signing secret can't be read. {error.detail}") from error
    return payload["url"] or endpoint.url, headers | signed(body or b"", message_id(call.idempotency_key), secrets, now)


async def _secret(call: EffectCall, url: str) -> Secret:
    """What the call carries besides; of the chosen credential, if there is one."""
    credential_id = call.payload.get("credential")
    if credential_id is None:
        return NO_SECRET
    try:
        async with call.part(Database).transaction() as session:
            return await secret_for(session, credential_id, url, sealer_of(call.part(Settings)))
    except (CredentialNotFound, HostNotAllowed) as error:
        raise EffectRefused(f"{error.detail} {error.remedy}", result=_told(None)) from error
    except SecretUnreadable as error:
        raise EffectDelayed(f"The credential can't be read. {error.detail} {error.remedy}") from error


def message_id(key: str) -> str:
    """`webhook-id` of a call: the same for every attempt."""
    return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _told(answer: Called | None, secret: Secret = NO_SECRET) -> dict[str, Any]:
    if answer is None:
        return {"status": None, "body": None, "is_cut": False}
    text = answer.body.decode("utf-8", errors="replace").replace("\x00", "\ufffd")
    return {"status": answer.status, "body": secret.hide(_read(answer, text)), "is_cut": answer.is_cut}


def _read(answer: Called, text: str) -> Any:
    """The body as JSON, if it says that it is and is whole; else as text."""
    kind = answer.content_type.partition(";")[0].strip().lower()
    # A NUL can't be stored as JSON; as a text its six characters can.
    if answer.is_cut or "\\u0000" in text or not (kind == "application/json" or kind.endswith("+json")):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
