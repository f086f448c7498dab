"""Which column is which field: by what the caller says, by its name, by its content.

Names are known in English, Spanish, French and German (`data/columns.csv`). What nobody knows becomes an attribute of its
column's name, so that nothing of a file is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from outrider.errors import InvalidInput
from outrider.leads.folding import words
from outrider.leads.importing.plan import ATTRIBUTE
from outrider.leads.importing.rows import Row
from outrider.leads.phones import UnusablePhone, parse_phone
from outrider.leads.places import country_code, read_table
from outrider.leads.values import LONGEST_ATTRIBUTE_NAME, UnusableValue, read_email
from outrider.leads.zones import zone_name

NOISE = frozenset({"lead", "contact", "customer", "client", "prospect", "person", "primary", "main", "your", "required", "s"})
"""Words that a column's name may have besides the one that tells."""
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
ENOUGH = 0.7
"""Share of a column's filled cells that must look like a field's values."""
FEWEST_CELLS = 2
LEAVES_NAMES = re.compile(r"^[^\W\d_][^\d@/\\]*\s[^\d@/\\]*[^\W\d_]\.?$")
"""Two words or more without digits: what names look like in a file without a header."""

NOBODY_REACHABLE = "no column holds phone numbers or e-mail addresses"

NOT_IMPORTED = "-"
"""What the table says of columns that our own export adds for information."""

By = Literal["choice", "name", "content", "attribute", "left out"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    """As in the file, or `Column 3` in a file without a header."""
    target: str | None
    """The field it fills, `attributes.…`, or None if it is left out."""
    by: By
    rank: int = 0
    """Among several phone columns the lower one is preferred."""


def named_header(cells: Sequence[str]) -> list[str]:
    """Names of the columns from the header's cells: none empty, none twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        plain = " ".join(cell.replace("\ufeff", "").split()) or f"Column {number}"
        name, count = plain, 1
        while name in names:
            count += 1
            name = f"{plain} ({count})"
        names.append(name)
    return names


def looks_like_header(first: Sequence[str], others: Sequence[Row], default_region: str) -> bool:
    """True if the first row names the columns: it has no value of a person, and a name that is known or others below it."""
    cells = [cell for cell in first if cell.strip()]
    if any(_is_email(cell) or _is_phone(cell, default_region) or re.fullmatch(r"\d{3,}", cell.strip()) for cell in cells):
        return False
    return any(_field_of(cell) for cell in cells) or bool(others and len(set(cells)) == len(cells))


def map_columns(names: Sequence[str], rows: Sequence[Row], choices: dict[str, str | None], default_region: str) -> list[Column]:
    """Decide about every column.

    Raises:
        InvalidInput: a choice names no column, or a field that another column fills.
    """
    columns = _chosen(names, choices)
    for index, name in enumerate(names):
        if columns[index] is None and (known := _field_of(name)):
            field, rank = known
            if field == NOT_IMPORTED:
                columns[index] = Column(name, None, "left out")
                continue
            field = _corrected(field, _cells(rows, index), default_region)
            if field == "phone" or all(column is None or column.target != field for column in columns):
                columns[index] = Column(name, field, "name", rank)
    _recognise(columns, names, rows, default_region)
    found = [column or Column(name, _attribute(name), "attribute") for column, name in zip(columns, names, strict=True)]
    return _unique_attributes(found)


def reaches_somebody(columns: Sequence[Column]) -> bool:
    return any(column.target in ("phone", "email") for column in columns)


def check_reachable(columns: Sequence[Column]) -> None:
    """
    Raises:
        InvalidInput: no column says how to reach anybody.
    """
    if not reaches_somebody(columns):
        raise InvalidInput.on(
            "options.columns",
            NOBODY_REACHABLE,
            f'Say which one does, as in {{"{columns[0].name}": "phone"}}.',
        )


def _chosen(names: Sequence[str], choices: dict[str, str | None]) -> list[Column | None]:
    by_key = {name.strip().casefold(): name for name in names}
    chosen: dict[str, Column] = {}
    for given, target in choices.items():
        name = by_key.get(" ".join(given.split()).casefold())
        if name is None:
            raise InvalidInput.on(
                f"options.columns.{given}", "the file has no such column", f"Its columns are {', '.join(names[:50])}."
            )
        chosen[name] = Column(name, target, "left out" if target is None else "choice", len(chosen))
    _check_once(list(chosen.values()))
    return [chosen.get(name) for name in names]


def _check_once(columns: list[Column]) -> None:
    targets = [column.target for column in columns if column.target and column.target != "phone"]
    for column in columns:
        if column.target and targets.count(column.target) > 1:
            raise InvalidInput.on(
                f"options.columns.{column.name}", f"{column.target} is filled by another column too", "Map one column to it."
            )


def _recognise(columns: list[Column | None], names: Sequence[str], rows: Sequence[Row], default_region: str) -> None:
    """Map columns by content to the fields that no name was found for."""
    tests: dict[str, Callable[[str], bool]] = {
        "email": _is_email,
        "phone": lambda cell: _is_phone(cell, default_region),
        "time_zone": lambda cell: "/" in cell and zone_name(cell) is not None,
    }
    if not any(column and column.by == "name" for column in columns):
        tests |= {"country": lambda cell: country_code(cell) is not None, "name": lambda cell: bool(LEAVES_NAMES.match(cell))}
        if any(column and column.target in ("first_name", "last_name") for column in columns):
            tests.pop("name")
    for field, test in tests.items():
        if any(column and column.target == field for column in columns):
            continue
        for index, name in enumerate(names):
            if columns[index] is None and _share(_cells(rows, index), test) >= ENOUGH:
                columns[index] = Column(name, field, "content")
                break


def _corrected(field: str, cells: list[str], default_region: str) -> str:
    """A phone column full of e-mail addresses is an e-mail column, and the other way round."""
    if field == "phone" and _share(cells, _is_email) >= ENOUGH:
        return "email"
    if field in ("email", "name") and _share(cells, lambda cell: _is_phone(cell, default_region)) >= ENOUGH:
        return "phone"
    if field == "name" and _share(cells, _is_email) >= ENOUGH:
        return "email"
    return field


def _cells(rows: Sequence[Row], index: int) -> list[str]:
    return [cells[index].strip() for _, cells in rows if index < len(cells) and cells[index].strip()]


def _share(cells: list[str], test: Callable[[str], bool]) -> float:
    if len(cells) < FEWEST_CELLS:
        return 1.0 if cells and test(cells[0]) else 0.0
    return sum(map(test, cells)) / len(cells)


def _is_email(cell: str) -> bool:
    try:
        return bool(read_email(cell))
    except UnusableValue:
        return False


def _is_phone(cell: str, default_region: str) -> bool:
    try:
        return bool(parse_phone(cell, default_region))
    except UnusablePhone:
        return False


def _field_of(name: str) -> tuple[str, int] | None:
    """The field that a column's name tells, and its rank among the names of that field."""
    spoken = words(CAMEL.sub(" ", name))
    telling = [word for word in spoken if word not in NOISE]
    known = _names()
    return known.get(" ".join(spoken)) or known.get("".join(spoken)) or known.get(" ".join(telling))


@cache
def _names() -> dict[str, tuple[str, int]]:
    return {
        " ".join(words(name)): (row["field"], rank)
        for row in read_table("columns.csv")
        for rank, name in enumerate(row["names"].split("|"))
    }


def attribute_name(column: str) -> str:
    """`Annual Revenue ($)` → `annual_revenue`."""
    return "_".join(words(CAMEL.sub(" ", column)))[:LONGEST_ATTRIBUTE_NAME].strip("_") or "column"


def _attribute(column: str) -> str:
    return ATTRIBUTE + attribute_name(column)


def _unique_attributes(columns: list[Column]) -> list[Column]:
    taken: set[str] = {column.target for column in columns if column.by == "choice" and column.target}
    found: list[Column] = []
    for column in columns:
        target, count = column.target, 1
        while column.by == "attribute" and target in taken:
            count += 1
            target = f"{column.target}_{count}"
        if target and column.by == "attribute":
            taken.add(target)
        found.append(Column(column.name, target, column.by, column.rank))
    return found
