"""Any other system: it posts leads to us, we post contacts, activities, outcomes and opt-outs to it, both signed.

Each message has an id that a repetition has, too (`webhook-id`), so that the receiver can tell it from a new one. The
receiver answers 2xx; to `contact.upserted` it may answer `{"external_id": "…"}`, else our key is the contact's id there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from outrider.integrations.crm.accounts import WebhookAccount
from outrider.integrations.crm.base import (
    Activity,
    Changes,
    Contact,
    ContactMissing,
    ContactWrite,
    CrmAccount,
    CrmNotAuthenticated,
    CrmRefused,
    CrmTraits,
    Gone,
    Position,
    RemoteField,
    Written,
)
from outrider.integrations.crm.http import CrmHttp, Pace, zulu
from outrider.integrations.crm.signatures import signed_headers

WHO = "The CRM's webhook"
LONGEST_ID = 200
LONGEST_MESSAGE_ID = 250


class WebhookCrm:
    traits = CrmTraits(polls=False, page=50)

    def __init__(self, account: WebhookAccount):
        self._account = account
        self._http = CrmHttp(WHO, Pace(account.requests_per_second))

    async def check(self) -> CrmAccount:
        await self._post("ping", "ping", {})
        return CrmAccount("Webhook", str(self._account.url.host))

    async def prepare(self) -> None:
        """It keeps our keys as it likes; there is nothing to make."""

    async def fields(self) -> Sequence[RemoteField]:
        return []

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        return Changes([], None, more=False)

    async def gone(self, since: datetime) -> Sequence[Gone]:
        return []

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        return []

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        return [await self._upsert(one) for one in contacts]

    async def log(self, activity: Activity) -> str:
        await self._post("activity.logged", f"activity:{activity.key}", {
            "key": activity.key, "external_id": activity.external_id, "kind": activity.kind, "at": zulu(activity.at),
            "ends_at": zulu(activity.ends_at) if activity.ends_at else None,
            "direction": "inbound" if activity.is_inbound else "outbound", "subject": activity.subject, "body": activity.body,
        })  # fmt: skip
        return activity.key

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        message = {"external_id": external_id, "values": dict(values)}
        await self._post("contact.fields_set", f"fields:{external_id}:{_digest(values)}", message)

    async def opt_out(self, external_id: str, at: datetime) -> None:
        message = {"external_id": external_id, "at": zulu(at)}
        await self._post("contact.opted_out", f"opt-out:{external_id}:{int(at.timestamp())}", message)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _upsert(self, contact: ContactWrite) -> Written:
        message = {"key": contact.key, "external_id": contact.external_id, "values": dict(contact.values)}
        try:
            answer = await self._post("contact.upserted", f"contact:{contact.key}:{_digest(contact.values)}", message)
        except (CrmNotAuthenticated, ContactMissing):
            raise
        except CrmRefused as refusal:
            return Written(contact.key, None, refusal.detail)
        told = answer.get("external_id")
        named = str(told)[:LONGEST_ID] if isinstance(told, str | int) and told else None
        return Written(contact.key, contact.external_id or named or contact.key)

    async def _post(self, event: str, message_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
        body = orjson.dumps({"type": event, "data": data})
        secret = self._account.secret.get_secret_value()
        headers = signed_headers(secret, quote(message_id, safe=":")[:LONGEST_MESSAGE_ID], body) | {
            "content-type": "application/json"
        }
        response = await self._http.ask("POST", str(self._account.url), headers=headers, content=body)
        if response.is_success:
            return _object(response)
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            remedy = "Give both sides the same secret in OUTRIDER_CRM_ACCOUNTS."
            raise CrmNotAuthenticated(f"{WHO} refuses our signature.", remedy=remedy)
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE) and "external_id" in data:
            raise ContactMissing(f"{WHO} has no contact {data['external_id']}.")
        raise CrmRefused(f"{WHO} answered {response.status_code} to {event}.")


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _digest(values: Mapping[str, str]) -> str:
    return hashlib.sha256(orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
