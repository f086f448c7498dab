"""What a failed call to an OpenAI-compatible server means: every exception of the SDK and its transport → `ModelError`.

Status and error codes: https://platform.openai.com/docs/guides/error-codes.
"""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import orjson

from outrider.llm.base import ModelError, ModelRateLimited, ModelRefused, ModelUnavailable
from outrider.llm.providers.failures import (
    TRANSPORT_FAILURES,
    Access,
    lost_connection,
    out_of_credit,
    quoted,
    status_failure,
    timed_out,
    transport_failure,
    unreachable,
    unreadable,
)

CALL_FAILURES = (openai.OpenAIError, *TRANSPORT_FAILURES)
"""All that a call raises when the server or the way to it is at fault."""

OPENAI = Access(key="Set OPENAI_API_KEY to a key that may use it.", address="OPENAI_BASE_URL")

_OUT_OF_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_REFUSALS = frozenset({"content_filter", "content_policy_violation", "invalid_request_error"})


def model_error(error: Exception, name: str, access: Access = OPENAI) -> ModelError:
    """The named error for one of `CALL_FAILURES`. `name` is the model's, `provider:model`."""
    if isinstance(error, openai.APIStatusError):
        if _is_out_of_credit(error):
            return out_of_credit(f"{name} answered {error.status_code}: {quoted(error.message)}")
        return status_failure(error.status_code, name, access, error.message, error.response.headers)
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelRefused(f"{name}: the content filter stopped the answer.")
    if isinstance(error, (openai.APIResponseValidationError, openai.LengthFinishReasonError)):
        return unreadable(name)
    if isinstance(error, openai.APITimeoutError) and not lost_connection(error):
        return timed_out(name)
    if isinstance(error, openai.APIConnectionError):
        return unreachable(error, name, access)
    if isinstance(error, openai.APIError):
        return _reported(error, name)
    if isinstance(error, TRANSPORT_FAILURES):
        return transport_failure(error, name, access)
    return ModelError(f"{name}: {type(error).__name__}.")


def status_error(response: httpx2.Response) -> openai.APIStatusError:
    """The SDK's error for an answer other than 200, made without the SDK's client. The body must have been read."""
    try:
        body = orjson.loads(response.content)
    except ValueError:
        body = None
    error = body.get("error", body) if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIStatusError(str(message or response.reason_phrase), response=response, body=error)


def stream_error(response: httpx2.Response, error: Any) -> openai.APIError:
    """The SDK's error for one that is reported in the middle of a stream that began well."""
    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIError(str(message), response.request, body=error)


def _reported(error: openai.APIError, name: str) -> ModelError:
    """An error that the server reports without a status."""
    said, kinds = f"{name} broke off: {quoted(error.message)}", {error.code, error.type}
    if _is_out_of_credit(error):
        return out_of_credit(said)
    if kinds & _REFUSALS:
        return ModelRefused(said)
    return ModelRateLimited(said) if "rate_limit_exceeded" in kinds else ModelUnavailable(said)


def _is_out_of_credit(error: openai.APIError) -> bool:
    return error.code in _OUT_OF_CREDIT or error.type in _OUT_OF_CREDIT or getattr(error, "status_code", None) == 402
