"""What a failed call to an OpenAI-compatible server means: every exception of the SDK and its transport → `ModelError`.

Status and error codes: https://platform.openai.com/docs/guides/error-codes. `Retry-After`: RFC 9110, section 10.2.3;
`retry-after-ms` is OpenAI's and Azure's finer form of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import httpx2
import openai
import orjson

from outrider.llm.base import (
    ModelError,
    ModelNotAuthenticated,
    ModelQuotaExceeded,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)

CALL_FAILURES = (openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, OSError)
"""All that a call raises when the server or the way to it is at fault. (`TimeoutError` is an `OSError`.)"""

_OUT_OF_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_LONGEST_QUOTE = 200


def model_error(error: Exception, name: str) -> ModelError:
    """The named error for one of `CALL_FAILURES`. `name` is the model's, `provider:model`."""
    if isinstance(error, openai.APIStatusError):
        return _named(error, name)
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelRefused(f"{name}: the content filter stopped the answer.")
    if isinstance(error, (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException)) and not _lost_connection(error):
        return ModelTimeout(f"{name} did not answer in time.", remedy="Raise OUTRIDER_MODEL_TIMEOUT if this model needs longer.")
    if isinstance(error, (openai.APIResponseValidationError, openai.LengthFinishReasonError)):
        return ModelUnavailable(f"{name} gave an answer that can't be read.")
    if isinstance(error, (openai.APIConnectionError, httpx2.HTTPError, aiohttp.ClientError, OSError)):
        return ModelUnavailable(
            f"{name} could not be reached ({_root(error)}).", remedy="Check OPENAI_BASE_URL and the way to it."
        )
    return ModelError(f"{name}: {type(error).__name__}.")


def status_error(response: httpx2.Response) -> openai.APIStatusError:
    """The SDK's error for an answer other than 200, made without the SDK's client."""
    try:
        body = orjson.loads(response.content)
    except ValueError:
        body = None
    error = body.get("error", body) if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIStatusError(str(message or response.reason_phrase), response=response, body=error)


def _named(error: openai.APIStatusError, name: str) -> ModelError:
    status = error.status_code
    retry_after = retry_after_seconds(error.response.headers)
    said = f"{name} answered {status}: {_quoted(error)}"
    if status in (401, 403):
        # The message is left out: servers repeat the key in it.
        return ModelNotAuthenticated(f"{name} refused the key ({status}).", remedy="Set OPENAI_API_KEY to a key that may use it.")
    if status == 402 or error.code in _OUT_OF_CREDIT or error.type in _OUT_OF_CREDIT:
        return ModelQuotaExceeded(said, remedy="Raise the limit or add credit in the provider's account.")
    if status == 429:
        return ModelRateLimited(said, retry_after=retry_after)
    if status == 404:
        return ModelRefused(said, remedy="Check the model's name (OUTRIDER_MODEL) and OPENAI_BASE_URL.")
    if status == 408:
        return ModelTimeout(said, retry_after=retry_after)
    if status == 409 or status >= 500:
        return ModelUnavailable(said, retry_after=retry_after)
    return ModelRefused(said)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the server asks us to wait, or None if it doesn't say or can't be understood. Header names in lower case."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    if value is None:
        return None
    seconds = _number(value)
    return _seconds_until(value) if seconds is None else seconds


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return max(number, 0.0) if math.isfinite(number) else None


def _seconds_until(http_date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _quoted(error: openai.APIStatusError) -> str:
    """The server's own words, short: a log line is no place for a page of HTML."""
    text = " ".join(error.message.split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def _lost_connection(error: BaseException) -> bool:
    """The SDK's aiohttp transport reports a connection that was refused or broken as a time-out in connecting."""
    return any(
        isinstance(cause, aiohttp.ClientConnectionError) and not isinstance(cause, aiohttp.ServerTimeoutError)
        for cause in _causes(error)
    )


def _root(error: BaseException) -> str:
    *_, first = _causes(error)
    return type(first).__name__
