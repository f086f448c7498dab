"""Pages of lists: a cursor names the last row of the page before by its sort key."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Generic, TypeVar

import orjson
from pydantic import BaseModel

from outrider.errors import InvalidInput

Item = TypeVar("Item")

LARGEST_ID = 2**63 - 1


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    next_cursor: str | None = None
    """Pass it as `cursor` to get the next page; None on the last one."""


def write_cursor(moment: datetime | None, row_id: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([moment, row_id])).decode()


def read_cursor(cursor: str | None) -> tuple[datetime | None, int] | None:
    """
    Raises:
        InvalidInput: not a cursor that `write_cursor` wrote.
    """
    if cursor is None:
        return None
    try:
        moment, row_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        if not isinstance(row_id, int) or not 0 <= row_id <= LARGEST_ID:
            raise ValueError(row_id)
        return (None if moment is None else datetime.fromisoformat(moment)), row_id
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInput.on(
            "query.cursor", "is not a cursor of this list", "Use next_cursor of the page before, or leave it out."
        ) from error
