"""Rows in the text form of PostgreSQL's COPY, made where the rows are normalised, so that writing them costs next to nothing."""

from __future__ import annotations

import pickle
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from outrider.leads.importing.plan import Batch, Grant, Normalised, Plan
from outrider.leads.person import Person

NULL = "\x02"
"""Stands for NULL; cleaned text never holds it."""
LEAD_COLUMNS = ["id", "import_id", "import_line", *Person._fields]
"""The first three are put before a prepared lead when its number is known."""
CONSENT_COLUMNS = ["lead_id", "channel", "kind", "method", "source", "obtained_at", "evidence"]

PreparedRow = tuple[int, str | None, str | None, bytes, tuple[bytes, ...], bytes]
"""Line, phone and e-mail; the lead and its consents for COPY; person and grants as `content_of` reads them."""

PreparedRejection = tuple[int, bool, str, str]
"""Line, whether the row was kept, the reason, the cells as JSON."""

PreparedBatch = tuple[list[PreparedRow], list[PreparedRejection], int, int, list[str], int]
"""Rows, rejections, rows read, rows merged into others, refused numbers, bytes of the file done.

Plain tuples are pickled fastest."""

_SEPARATOR = "\x01"


def prepared(batch: Batch, plan: Plan, done_bytes: int) -> PreparedBatch:
    rows = [_prepared_row(row, plan) for row in batch.rows]
    rejections = [(r.line, r.kept, r.reason, orjson.dumps(r.cells).decode()) for r in batch.rejected]
    return rows, rejections, batch.read, batch.duplicates, batch.refused, done_bytes


def content_of(row: PreparedRow) -> Normalised:
    """The person and the grants of a row whose person is known already."""
    person, grants = pickle.loads(row[5])  # noqa: S301  (from our own process)
    return Normalised(row[0], Person._make(person), tuple(map(Grant._make, grants)))


def evidence(filename: str, import_id: int, line: int) -> str:
    """Where a consent is stated, as JSON."""
    return orjson.dumps({"file": filename, "import_id": import_id, "line": line}).decode()


def _prepared_row(row: Normalised, plan: Plan) -> PreparedRow:
    person, grants = row.person, row.grants
    return (
        row.line,
        person.phone,
        person.email,
        _lead(person),
        tuple([_consent(grant, plan) for grant in grants]),
        pickle.dumps((tuple(person), [tuple(grant) for grant in grants]), pickle.HIGHEST_PROTOCOL),
    )


def _lead(person: Person) -> bytes:
    values: list[Any] = list(person)
    values[_TIME_ZONES] = _array(person.time_zones)
    values[_DERIVED] = _array(person.derived)
    values[_ATTRIBUTES] = orjson.dumps(person.attributes).decode()
    if person.score is not None:
        values[_SCORE] = str(person.score)
    return _line(values)


def _consent(grant: Grant, plan: Plan) -> bytes:
    moment = _moment(grant.obtained_at) if grant.obtained_at else None
    stated = evidence(plan.filename, plan.import_id, grant.line)
    return _line([grant.channel, grant.kind, grant.method, grant.source, moment, stated])


def _line(values: list[str | None]) -> bytes:
    line = _SEPARATOR.join([NULL if value is None else value for value in values])
    if "\\" in line:
        line = line.replace("\\", "\\\\")
    if "\n" in line or "\t" in line or "\r" in line:
        line = line.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return line.replace(_SEPARATOR, "\t").encode()


@lru_cache(maxsize=4096)
def _array(values: tuple[str, ...]) -> str:
    """Zone and field names hold nothing that would need quoting."""
    return "{" + ",".join(values) + "}"


@lru_cache(maxsize=4096)
def _moment(moment: datetime) -> str:
    return moment.isoformat()


_TIME_ZONES = Person._fields.index("time_zones")
_DERIVED = Person._fields.index("derived")
_ATTRIBUTES = Person._fields.index("attributes")
_SCORE = Person._fields.index("score")
