"""Every failure that Outrider names, and the HTTP answer it becomes.

OutriderError                    500
├── InvalidInput                 422  the request names a field that can't be used
├── NotAuthenticated             401
├── PermissionDenied             403
├── NotFound                     404
├── Conflict                     409  the thing is not in a state that allows this
├── TooLarge                     413
├── LimitExceeded                429
├── Unavailable                  503  a part that we need does not answer
├── ConfigurationError           500  a setting is wrong; stops the start
└── ProviderError                502  a provider failed; `retryable` says whether to try again
    (channels.base.CarrierError and llm.base.ModelError derive from it)

Product folders derive their own named errors from these. The web application renders each as
`application/problem+json` (RFC 9457) in one handler.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import BaseModel


class FieldProblem(BaseModel):
    """One field that can't be used, and what to do about it."""

    field: str
    """Path of the field in the request, dotted: `body.leads.0.phone`."""
    problem: str
    remedy: str = ""


class OutriderError(Exception):
    """Base of every error that Outrider raises on purpose."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, remedy: str = "", fields: list[FieldProblem] | None = None, **extra: Any):
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.fields = fields or []
        self.extra = extra

    @property
    def slug(self) -> str:
        """Stable identifier of the error, used as the problem's `type`: `campaign-already-running`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


class InvalidInput(OutriderError):
    status = 422
    title = "The request can't be used as it is"

    @classmethod
    def on(cls, field: str, problem: str, remedy: str = "") -> InvalidInput:
        """The common case: exactly one field is at fault."""
        return cls(f"{field}: {problem}", remedy=remedy, fields=[FieldProblem(field=field, problem=problem, remedy=remedy)])


class NotAuthenticated(OutriderError):
    status = 401
    title = "Sign in first"


class PermissionDenied(OutriderError):
    status = 403
    title = "Not allowed"


class NotFound(OutriderError):
    status = 404
    title = "Not found"


class Conflict(OutriderError):
    status = 409
    title = "Not possible in the present state"


class TooLarge(OutriderError):
    status = 413
    title = "Too large"


class LimitExceeded(OutriderError):
    status = 429
    title = "Too many requests"


class Unavailable(OutriderError):
    status = 503
    title = "Temporarily unavailable"


class ConfigurationError(OutriderError):
    title = "A setting is wrong"


class ProviderError(OutriderError):
    """A provider (carrier, model, CRM) failed or refused."""

    status = 502
    title = "A provider failed"

    def __init__(self, detail: str, *, retryable: bool, retry_after: float | None = None, **extra: Any):
        super().__init__(detail, **extra)
        self.retryable = retryable
        self.retry_after = retry_after
        """Seconds the provider asks us to wait, if it said so."""
