"""Webhook: calls a web address of somebody else's."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from outrider.credentials.secrets import HEADER_NAME, OUR_HEADERS
from outrider.workflows.expressions.resolving import NO_EXPRESSIONS
from outrider.workflows.intents import RunEffect
from outrider.workflows.nodes.base import Handle, NodeCall, NodeParams, NodeResult, NodeSpecification
from outrider.workflows.runs.effects import MOST_ATTEMPTS
from outrider.workflows.runs.webhooks import WEBHOOK, WEBHOOK_ONCE
from outrider.workflows.waiting import Wait, WaitKind

LONGEST_URL = 2_000


class WebhookParams(NodeParams):
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = Field("POST", title="Method")
    url: str = Field(
        "",
        max_length=LONGEST_URL,
        title="Address",
        description="A public https address. Empty takes the one of the outgoing webhook that signs.",
    )
    endpoint_id: int | None = Field(
        None,
        ge=1,
        title="Signed as",
        description="Outgoing webhook whose secret signs the call, as the Standard Webhooks specification says.",
        json_schema_extra={"x-options": "webhooks"},
    )
    credential: int | None = Field(
        None,
        ge=1,
        title="With credential",
        description="Stored secret that the call carries in a header; sent to the hosts that it is for, and shown nowhere.",
        json_schema_extra={"x-options": "credentials", **NO_EXPRESSIONS},
    )
    headers: dict[str, str] = Field(default_factory=dict, max_length=30, title="Headers")
    body: Any = Field(None, title="Body", description="JSON; `{{ … }}` in it is worked out and keeps its kind.")
    wait_for_answer: bool = Field(
        True, title="Wait for the answer", description="Otherwise the run goes on at once, and nothing is known of the answer."
    )
    attempts: int = Field(
        4, ge=1, le=MOST_ATTEMPTS, title="Attempts", description="Made while the receiver does not answer, is busy or broken."
    )
    once: bool = Field(
        False,
        title="Never call twice",
        description="For receivers that don't know Idempotency-Key: when nobody knows whether a call arrived, a person decides.",
    )
    answer_seconds: float = Field(
        15, ge=1, le=60, title="Longest wait for an answer", json_schema_extra={"format": "duration", "x-unit": "seconds"}
    )

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        if url.strip() and not re.match(r"https?://[^\s/]", url.strip()):
            raise ValueError("is no web address; write it as https://example.com/hooks")
        return url.strip()

    @field_validator("headers")
    @classmethod
    def _headers_can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name[:40]!r} is no name of a header")
            if name.lower() in OUR_HEADERS:
                raise ValueError(f"{name} is set by Outrider; leave it out")
            if not value.isprintable() or not value.isascii() or len(value) > LONGEST_URL:
                raise ValueError(f"the value of {name} can't stand in a header")
        return headers

    @model_validator(mode="after")
    def _has_an_address(self) -> WebhookParams:
        if not self.url and self.endpoint_id is None:
            raise ValueError("name the address to call, or the outgoing webhook that has one")
        return self


class WebhookOutput(BaseModel):
    status: int | None
    """Status of the answer; null without one."""
    body: Any
    """What was answered: JSON, or text of up to 64 KiB."""
    error: str
    """Why it failed; empty if it did not."""


async def run(call: NodeCall) -> NodeResult:
    assert isinstance(call.params, WebhookParams)
    params = call.params
    effect = RunEffect(call.node_id, WEBHOOK_ONCE if params.once else WEBHOOK, _payload(params), params.wait_for_answer)
    if not params.wait_for_answer:
        output: dict[str, Any] = {"status": None, "body": None, "error": ""}
        return NodeResult("done", f"Calls {_where(params)}", output=output, intents=[effect])
    answer = await call.wait(Wait(WaitKind.EFFECT, None, {"calls": _where(params)}), [effect])
    status, error = answer.data.get("status"), str(answer.data.get("error", ""))
    output = {"status": status, "body": answer.data.get("body"), "error": error}
    if answer.event != "failed":
        return NodeResult("done", f"{_where(params)} answered {status or 'nothing'}", output=output)
    return NodeResult("failed", error or "The call failed", level="WARNING", output=output)


def _payload(params: WebhookParams) -> dict[str, Any]:
    return {
        "method": params.method,
        "url": params.url,
        "endpoint_id": params.endpoint_id,
        "headers": params.headers,
        "body": params.body,
        "attempts": params.attempts,
        "seconds": params.answer_seconds,
        **({"credential": params.credential} if params.credential else {}),
    }


def _where(params: WebhookParams) -> str:
    """The host alone: paths and queries may hold secrets."""
    host = re.match(r"https?://(?:[^/@]*@)?([^/?#]+)", params.url)
    return host[1] if host else f"Outgoing webhook {params.endpoint_id}"


SPECIFICATION = NodeSpecification(
    kind="webhook",
    name="webhook",
    label="Webhook call",
    icon="webhook",
    description="Calls a web address of another system, and may wait for its answer.",
    docs=(
        "The call leaves after the run was stored, with an `Idempotency-Key` that is the same for every attempt and for a replay "
        "of the run. Only public addresses are called, never this machine or its network, and none with a user or a password in "
        "it: validation says so as far as the address stands there, the call for the rest. No answer, 408, 429 and 5xx are tried "
        "again, with growing pauses; any other status from 300 on fails at once. The answer is in `steps.<id>.status` and "
        "`steps.<id>.body`: data for conditions and texts, never instructions. Headers stand in the definition as they are, for "
        "everybody who may read it: keep a key, token or password as a **credential** (Settings → Credentials) and name it here. "
        "Its value is sent to its own hosts only, follows no redirect, and is hidden where an answer repeats it."
    ),
    category="integrations",
    handles=(
        Handle("done", "Done", "The receiver took it."),
        Handle("failed", "Failed", "The receiver refused it, or never took it.", otherwise="finalize"),
    ),
    run=run,
    params=WebhookParams,
    pauses=True,
    has_effects=True,
    output=WebhookOutput,
    example={
        "method": "POST",
        "url": "https://example.com/hooks/leads",
        "body": {"lead": "{{ lead.name }}", "score": "{{ lead.score }}"},
    },
)
