"""What a failed call means, whichever provider it went to: HTTP statuses and broken connections → `ModelError`.

`Retry-After`: RFC 9110, section 10.2.3; `retry-after-ms` is OpenAI's and Azure's finer form of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import httpx
import httpx2

from outrider.llm.base import (
    ModelError,
    ModelNotAuthenticated,
    ModelQuotaExceeded,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)

TRANSPORT_FAILURES = (httpx2.HTTPError, httpx.HTTPError, aiohttp.ClientError, OSError)
"""All that a call raises when the way to the server is at fault. (`TimeoutError` is an `OSError`.)"""

_LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Access:
    """How a provider is reached, for messages to the operator."""

    key: str
    """What to do about a refused key."""
    address: str
    """The setting that holds the server's address."""


def status_failure(status: int, name: str, access: Access, message: str, headers: Mapping[str, str]) -> ModelError:
    """The named error for an HTTP status that is no success. `name` is the model's, `provider:model`; `message` is the
    server's own; header names in lower case."""
    retry_after = retry_after_seconds(headers)
    said = f"{name} answered {status}: {quoted(message)}"
    if status in (401, 403):
        # The message is left out: servers repeat the key in it.
        return ModelNotAuthenticated(f"{name} refused the key ({status}).", remedy=access.key)
    if status == 402:
        return out_of_credit(said)
    if status == 429:
        return ModelRateLimited(said, retry_after=retry_after)
    if status == 404:
        return ModelRefused(said, remedy=f"Check the model's name (OUTRIDER_MODEL) and {access.address}.")
    if status == 408:
        return ModelTimeout(said, retry_after=retry_after)
    if status == 409 or status >= 500:
        return ModelUnavailable(said, retry_after=retry_after)
    return ModelRefused(said)


def transport_failure(error: Exception, name: str, access: Access) -> ModelError:
    """The named error for one of `TRANSPORT_FAILURES`, or for what an SDK made of one."""
    if isinstance(error, (TimeoutError, httpx2.TimeoutException, httpx.TimeoutException)) and not lost_connection(error):
        return timed_out(name)
    return unreachable(error, name, access)


def timed_out(name: str) -> ModelTimeout:
    return ModelTimeout(f"{name} did not answer in time.", remedy="Raise OUTRIDER_MODEL_TIMEOUT if this model needs longer.")


def unreachable(error: Exception, name: str, access: Access) -> ModelUnavailable:
    *_, first = _causes(error)
    return ModelUnavailable(
        f"{name} could not be reached ({type(first).__name__}).", remedy=f"Check {access.address} and the way to it."
    )


def unreadable(name: str) -> ModelUnavailable:
    return ModelUnavailable(f"{name} gave an answer that can't be read.")


def out_of_credit(said: str) -> ModelQuotaExceeded:
    return ModelQuotaExceeded(said, remedy="Raise the limit or add credit in the provider's account.")


def lost_connection(error: BaseException) -> bool:
    """The aiohttp transport reports a connection that was refused or broken as a time-out in connecting."""
    return any(
        isinstance(cause, aiohttp.ClientConnectionError) and not isinstance(cause, aiohttp.ServerTimeoutError)
        for cause in _causes(error)
    )


def quoted(message: str) -> str:
    """The server's own words, short: a log line is no place for a page of HTML."""
    text = " ".join(message.split())
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


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


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__
