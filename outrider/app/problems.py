"""Errors as `application/problem+json` (RFC 9457): what is wrong, where, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, SerializeAsAny
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from outrider.db.idempotency import Replay
from outrider.errors import Conflict, FieldProblem, InvalidInput, NotFound, OutriderError, ProviderError, Unavailable

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
PROBLEM_URN = "urn:outrider:problem:"
NUMBER_TOO_LARGE = "22003"
BUSY_SECONDS = 5
"""After which it is worth asking again when the pool had no connection."""
BAD_TEXT = ("22021", "22P05")
FOREIGN_KEY = "23503"
CONSTRAINTS = {FOREIGN_KEY: "refers to something that does not exist", "23505": "exists already", "23514": "is out of range"}
STILL_USED = re.compile(r'update or delete on table "([^"]+)" violates .+ on table "([^"]+)"')
"""How PostgreSQL says that a row can't go because others refer to it: the row's table and theirs."""

REMEDIES = {
    "missing": "Add the field.",
    "extra_forbidden": "Remove the field.",
    "string_type": "Use a text.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "Write at most {max_length} characters.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "greater_than": "Use more than {gt}.",
    "greater_than_equal": "Use {ge} or more.",
    "less_than": "Use less than {lt}.",
    "less_than_equal": "Use {le} or less.",
    "int_type": "Use a whole number.",
    "int_parsing": "Use a whole number.",
    "int_from_float": "Use a whole number.",
    "float_type": "Use a number.",
    "float_parsing": "Use a number.",
    "decimal_type": "Use a number.",
    "decimal_parsing": "Use a number.",
    "bool_type": "Use true or false.",
    "bool_parsing": "Use true or false.",
    "list_type": "Give a list.",
    "dict_type": "Give an object.",
    "model_type": "Give an object.",
    "model_attributes_type": "Give an object.",
    "datetime_type": "Use a time in ISO 8601, as in 2026-05-31T15:00:00Z.",
    "datetime_parsing": "Use a time in ISO 8601, as in 2026-05-31T15:00:00Z.",
    "datetime_from_date_parsing": "Use a time in ISO 8601, as in 2026-05-31T15:00:00Z.",
    "timezone_aware": "Add the zone, as in 2026-05-31T15:00:00Z.",
    "string_unicode": "Leave out characters that are no Unicode text.",
}
"""By Pydantic's kind of refusal, with the names of its context."""


class Problem(BaseModel):
    """The body of every error answer."""

    type: str
    """Stable name of the kind of problem: `urn:outrider:problem:campaign-already-running`."""
    title: str
    status: int
    detail: str
    remedy: str = ""
    fields: list[SerializeAsAny[FieldProblem]] = []
    """Those of a workflow name their node, too."""


def problem_response(error: OutriderError) -> JSONResponse:
    problem = Problem(
        type=f"{PROBLEM_URN}{error.slug}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        remedy=error.remedy,
        fields=error.fields,
    )
    content: dict[str, Any] = problem.model_dump() | error.extra
    wait = error.retry_after if isinstance(error, ProviderError) else error.extra.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    return JSONResponse(content, status_code=error.status, media_type=MEDIA_TYPE, headers=headers)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, OutriderError)
    if error.status >= 500:
        log.warning("request_failed", path=request.url.path, error=error.detail)
    return problem_response(error)


async def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(validation_problem(error.errors()))


def validation_problem(errors: Sequence[Any]) -> InvalidInput:
    """What Pydantic refused, as a problem that names every field."""
    fields = [_field(item) for item in errors]
    named = ", ".join(field.field for field in fields[:5])
    return InvalidInput(f"The request has a problem in {named}.", fields=fields)


def _field(item: Any) -> FieldProblem:
    path = ".".join(str(part) for part in item["loc"])
    if item["type"] == "json_invalid":
        return FieldProblem(field="body", problem="is not valid JSON", remedy=str(item.get("ctx", {}).get("error", "")))
    return FieldProblem(field=path, problem=item["msg"].removeprefix("Value error, "), remedy=_remedy(item))


def _remedy(item: Any) -> str:
    """What to do about a refusal of Pydantic; "" for kinds whose message says it already."""
    facts = item.get("ctx") or {}
    if expected := facts.get("expected"):
        return f"Use {expected}."
    if facts.get("min_length") == 1:
        return "Don't leave it empty."
    return REMEDIES.get(item["type"], "").format_map(facts)


async def _http(_: Request, error: Exception) -> Response:
    """What the framework itself refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    code = error.status_code
    slug, title = {404: ("not-found", "Not found"), 405: ("method-not-allowed", "Method not allowed")}.get(
        code, (f"http-{code}", "The request failed")
    )
    problem = Problem(type=f"{PROBLEM_URN}{slug}", title=title, status=code, detail=str(error.detail))
    return JSONResponse(problem.model_dump(), status_code=code, media_type=MEDIA_TYPE, headers=dict(error.headers or {}))


async def _database(request: Request, error: Exception) -> Response:
    """What the database refuses because of its content is the caller's to mend; anything else is ours."""
    assert isinstance(error, DBAPIError)
    code = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", ""))
    constraint = _constraint_of(error)
    if code == FOREIGN_KEY and (used := STILL_USED.search(str(error.orig))):
        return problem_response(_still_used(*used.groups(), constraint=constraint))
    if code in CONSTRAINTS:
        return problem_response(Conflict(f"{constraint or 'A value'} {CONSTRAINTS[code]}.", constraint=constraint))
    if code == NUMBER_TOO_LARGE:
        return problem_response(InvalidInput("A number is too large.", remedy="Use a number below 9,223,372,036,854,775,808."))
    if code in BAD_TEXT:
        return problem_response(InvalidInput("A text holds a NUL character.", remedy="Remove it."))
    if isinstance(error.orig, OverflowError) or "out of int" in str(error.orig):
        return problem_response(NotFound("No such number."))
    if error.connection_invalidated or code.startswith(("08", "57P")):
        return problem_response(Unavailable("The database does not answer.", remedy="Try again in a moment."))
    return await _unexpected(request, error)


def _still_used(table: str, user: str, *, constraint: str | None) -> Conflict:
    users = user.replace("_", " ")
    return Conflict(
        f"This can't be deleted: {users} still refer to it.",
        remedy=f"Delete those {users} first, or have them refer to something else.",
        constraint=constraint,
        table=table,
        used_by=user,
    )


def _constraint_of(error: DBAPIError) -> str | None:
    found = re.search(r'constraint "([^"]+)"', str(error.orig))
    return found.group(1) if found else None


async def _unexpected(request: HTTPConnection, error: Exception) -> Response:
    """A WebSocket has no method."""
    log.error("unexpected_error", path=request.url.path, method=request.scope.get("method"), exc_info=error)
    return problem_response(
        OutriderError("An error on our side; it has been logged.", remedy="Try again; tell the operator if it stays.")
    )


async def _replay(_: Request, error: Exception) -> Response:
    assert isinstance(error, Replay)
    return Response(error.body, error.status, media_type=error.content_type, headers={"Idempotency-Replayed": "true"})


def install_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(OutriderError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(NoFreeConnection, _no_free_connection)
    app.add_exception_handler(Replay, _replay)
    app.add_exception_handler(OSError, _disconnected)
    app.add_exception_handler(asyncpg.PostgresError, _raw_database)
    app.add_exception_handler(asyncpg.InterfaceError, _raw_database)
    app.add_exception_handler(Exception, _unexpected)


async def _no_free_connection(request: Request, _: Exception) -> Response:
    """Every connection of the pool stayed in use for as long as a request waits for one."""
    log.warning("no_free_connection", path=request.url.path)
    return problem_response(
        Unavailable("Too much is asked of the database at once.", remedy="Try again in a moment.", retry_after=BUSY_SECONDS)
    )


async def _raw_database(request: Request, error: Exception) -> Response:
    """Errors of statements that run on the raw connection, or of connecting itself."""
    state = str(getattr(error, "sqlstate", "") or "")
    if isinstance(error, asyncpg.InterfaceError) or state.startswith(("08", "57P")):
        log.warning("database_unreachable", path=request.url.path, error=str(error))
        return problem_response(Unavailable("The database does not answer.", remedy="Try again in a moment."))
    return await _unexpected(request, error)


async def _disconnected(request: Request, error: Exception) -> Response:
    if isinstance(error, ConnectionError | TimeoutError):
        log.warning("database_unreachable", path=request.url.path, error=str(error))
        return problem_response(Unavailable("The database does not answer.", remedy="Try again in a moment."))
    return await _unexpected(request, error)
