"""Lists by cursor: a page begins where the one before ended, whatever was added or removed meanwhile.

A cursor holds the sort, the last row's value and its id. The next page is found by comparing the pair (value, id), which an
index on (value, id) answers at any depth; counting rows from the top (OFFSET) would grow slower page by page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import BigInteger, ColumnElement, Select, cast, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import InvalidInput

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=500, description="Most items of one page.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; without it the list begins.")]
LARGEST_ID = 2**63 - 1


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = None
    """Pass it as `cursor` for the next page; None on the last one."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """Something a list can be sorted by.

    Args:
        expression: never NULL, and indexed together with the id.
        kind: type of its values.
    """

    expression: ColumnElement[Any]
    kind: type[int] | type[str] | type[datetime]


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order: by `key`, then by id in the same direction."""

    name: str
    """As the client writes it: `-created_at`."""
    key: SortKey
    id_column: ColumnElement[int]

    @property
    def is_descending(self) -> bool:
        return self.name.startswith("-")


def read_order(sort: str, keys: Mapping[str, SortKey], id_column: Any) -> Order:
    """The order that `sort` names: a key, with `-` before it for descending.

    Raises:
        InvalidInput: the list can't be sorted by it.
    """
    key = keys.get(sort.removeprefix("-"))
    if key is None:
        raise InvalidInput.on(
            "query.sort", f"{sort!r} is no sort of this list", f"Use one of {', '.join(keys)}; '-' before it for descending."
        )
    return Order(sort, key, id_column)


async def read_rows(
    session: AsyncSession, query: Select[Any], order: Order, cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """The rows of one page and the cursor of the next.

    Raises:
        InvalidInput: the cursor is not one of this list in this order.
    """
    query = query.where(*after(order, cursor)).add_columns(*position(order)).order_by(*directed(order, *position(order)))
    return page_of((await session.execute(query.limit(limit + 1))).all(), order, limit)


def after(order: Order, cursor: str | None) -> list[ColumnElement[bool]]:
    """The condition of rows beyond the cursor; nothing without one.

    Raises:
        InvalidInput: the cursor is not one of this list in this order.
    """
    if cursor is None:
        return []
    last, here = tuple_(*_read_cursor(cursor, order)), tuple_(order.key.expression, order.id_column)
    return [here < last if order.is_descending else here > last]


def position(order: Order) -> tuple[ColumnElement[Any], ColumnElement[int]]:
    """A row's place in the order, as the columns that `page_of` needs."""
    return order.key.expression.label("sort_value"), order.id_column.label("sort_id")


def directed(order: Order, *columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [column.desc() if order.is_descending else column.asc() for column in columns]


def page_of(rows: Sequence[Any], order: Order, limit: int) -> tuple[Sequence[Any], str | None]:
    """A page from `limit` rows and, if there are more, at least one further row; and the cursor of the next."""
    page = rows[:limit]
    return page, cursor_at(order, page[-1]) if len(rows) > limit else None


def cursor_at(order: Order, row: Any) -> str:
    """The cursor after a row that has the columns of `position`."""
    return base64.urlsafe_b64encode(orjson.dumps([order.name, row.sort_value, row.sort_id])).decode().rstrip("=")


def _read_cursor(cursor: str, order: Order) -> tuple[Any, Any]:
    try:
        name, value, number = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value = datetime.fromisoformat(value) if order.key.kind is datetime else value
        if name != order.name or type(value) is not order.key.kind or type(number) is not int or not 0 <= number <= LARGEST_ID:
            raise ValueError("a cursor of another list")
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("a text that no row holds")
        if isinstance(value, int) and abs(value) > LARGEST_ID:
            raise ValueError("a number that no row holds")
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInput.on(
            "query.cursor", "is no cursor of this list in this order", "Use next_cursor of the page before, with the same sort."
        ) from error
    return value, cast(number, BigInteger)
