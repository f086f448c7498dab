from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletion

from outrider.llm.base import (
    ModelError,
    ModelNotAuthenticated,
    ModelQuotaExceeded,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from outrider.llm.providers.failures import retry_after_seconds
from outrider.llm.providers.openai_errors import CALL_FAILURES, model_error, status_error

URL = httpx2.Request("POST", "http://model.example/v1/chat/completions")


def answered(status: int, body: str = '{"error": {"message": "said so"}}', **headers: str) -> openai.APIStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status_error(httpx2.Response(status, content=body, headers=named, request=URL))


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, ModelRefused, False),
        (401, ModelNotAuthenticated, False),
        (402, ModelQuotaExceeded, False),
        (403, ModelNotAuthenticated, False),
        (404, ModelRefused, False),
        (408, ModelTimeout, True),
        (409, ModelUnavailable, True),
        (413, ModelRefused, False),
        (422, ModelRefused, False),
        (429, ModelRateLimited, True),
        (500, ModelUnavailable, True),
        (502, ModelUnavailable, True),
        (503, ModelUnavailable, True),
        (529, ModelUnavailable, True),
    ],
)
def test_statuses(status: int, kind: type[ModelError], retryable: bool) -> None:
    error = model_error(answered(status), "openai:m")
    assert type(error) is kind and error.retryable is retryable and "openai:m" in error.detail


def test_every_error_of_the_sdk_is_mapped() -> None:
    """One instance of every public error class of the SDK that a call can raise."""
    response = httpx2.Response(500, request=URL)
    made: list[Exception] = [
        openai.APIConnectionError(request=URL),
        openai.APITimeoutError(request=URL),
        openai.APIResponseValidationError(response, None),
        openai.APIError("x", URL, body=None),
        openai.OpenAIError("x"),
        openai.LengthFinishReasonError(completion=ChatCompletion.model_construct(usage=None)),
        openai.ContentFilterFinishReasonError(),
        httpx2.ReadTimeout("x"),
        httpx2.ConnectError("x"),
        httpx2.RemoteProtocolError("x"),
        aiohttp.ClientPayloadError("x"),
        ConnectionResetError(),
        TimeoutError(),
    ]
    for error in made:
        assert isinstance(error, CALL_FAILURES) and isinstance(model_error(error, "m"), ModelError), error
    classes = [kind for kind in list(vars(openai).values()) if isinstance(kind, type) and issubclass(kind, openai.APIStatusError)]
    assert len(classes) > 8
    for kind in classes:
        message = () if kind is openai.OAuthError else ("x",)  # that one writes its own
        error = kind(*message, response=response, body=None)
        assert isinstance(model_error(error, "m"), ModelError)


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached"])
def test_an_empty_account_is_not_a_rate_limit(code: str) -> None:
    error = model_error(answered(429, f'{{"error": {{"message": "no credit", "code": "{code}"}}}}'), "openai:m")
    assert type(error) is ModelQuotaExceeded and not error.retryable


def test_a_refused_key_names_the_setting_and_not_the_key() -> None:
    error = model_error(answered(401, '{"error": {"message": "Incorrect API key provided: sk-abcdef"}}'), "openai:m")
    assert "OPENAI_API_KEY" in error.remedy and "sk-abcdef" not in f"{error.detail} {error.remedy}"


@pytest.mark.parametrize(
    "body", ["", "<html>" + "x" * 10_000, "[]", "null", '{"error": "plain"}', '{"message": "top"}', '"text"']
)
def test_any_body_is_quoted_briefly(body: str) -> None:
    error = model_error(answered(400, body), "openai:m")
    assert isinstance(error, ModelRefused) and len(error.detail) < 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "250"}, 0.25),
        ({"retry_after_ms": "250", "retry_after": "7"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "7"}, 7.0),
        ({"retry_after": "-3"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(answered(429, **headers).response.headers) == seconds


def test_retry_after_as_a_date() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=20)
    for text in (format_datetime(moment, usegmt=True), format_datetime(moment.astimezone())):
        seconds = retry_after_seconds({"retry-after": text})
        assert seconds is not None and 18 < seconds <= 20


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_retry_after_reaches_the_error(status: int) -> None:
    assert model_error(answered(status, retry_after="9"), "m").retry_after == 9.0


def test_a_broken_connection_is_no_timeout() -> None:
    """The SDK's aiohttp transport reports both as a time-out in connecting."""
    broken = httpx2.ConnectTimeout("x")
    broken.__cause__ = aiohttp.ServerDisconnectedError()
    slow = httpx2.ConnectTimeout("x")
    slow.__cause__ = aiohttp.ConnectionTimeoutError()
    assert isinstance(model_error(broken, "m"), ModelUnavailable) and isinstance(model_error(slow, "m"), ModelTimeout)
