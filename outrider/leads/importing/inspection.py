"""Everything that is found out about a file before its rows are imported."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from outrider.leads.importing.columns import Column, attribute_name, check_reachable, looks_like_header, map_columns, named_header
from outrider.leads.importing.files import FileFacts, UnreadableFile, detect_shape, read_facts, without_title
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.plan import Plan
from outrider.leads.importing.rows import FileShape, Row, open_rows

SAMPLE_ROWS = 200
LONGEST_SAMPLE = 120


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file turned out to be."""

    shape: FileShape
    has_header: bool
    columns: list[Column]

    def plan(self, options: ImportOptions, filename: str, default_region: str, import_id: int = 0) -> Plan:
        phones = sorted((c.rank, i) for i, c in enumerate(self.columns) if c.target == "phone")
        return Plan(
            header=tuple(column.name for column in self.columns),
            targets=tuple(column.target for column in self.columns),
            phones=tuple((index, attribute_name(self.columns[index].name)) for _, index in phones),
            default_region=options.default_region or default_region,
            filename=filename,
            import_id=import_id,
            source=options.source or filename,
            consent=options.consent.grants() if options.consent else (),
            strict=options.strict,
            keep_first=options.on_duplicate == "skip",
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self.shape), "has_header": self.has_header, "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The inspection as `as_json` stored it, so that a resumed import reads the file as it began to."""
        names = FileShape.__dataclass_fields__
        return cls(
            FileShape(**{name: value for name, value in stored.items() if name in names}),
            stored["has_header"],
            [Column(**column) for column in stored["columns"]],
        )


def inspect_file(path: Path, options: ImportOptions, default_region: str) -> tuple[FileFacts, Inspection, list[Row]]:
    """Read the file's beginning and decide how to read the rest.

    Returns: facts about the whole file, the decisions, and the first rows of people.

    Raises:
        UnreadableFile, UnreadableWorkbook: no leads can be read from it.
        InvalidInput: an option does not fit the file, or no column says how to reach anybody.
    """
    facts, inspection, rows = look_at_file(path, options, default_region)
    check_reachable(inspection.columns)
    return facts, inspection, rows


def look_at_file(path: Path, options: ImportOptions, default_region: str) -> tuple[FileFacts, Inspection, list[Row]]:
    """As `inspect_file`, for somebody who can still say which column is which: the columns may reach nobody yet.

    Raises:
        UnreadableFile, UnreadableWorkbook: no leads can be read from it.
        InvalidInput: an option does not fit the file.
    """
    facts = read_facts(path)
    shape = detect_shape(path, facts, options.encoding, options.delimiter, options.sheet)
    reader = open_rows(path, shape)
    try:
        rows = list(islice(reader, SAMPLE_ROWS))
    finally:
        reader.close()
    shape, rows = without_title(shape, rows)
    if not rows:
        raise UnreadableFile.because("has no rows", "Export it again.")
    region = options.default_region or default_region
    has_header = options.has_header if options.has_header is not None else looks_like_header(rows[0][1], rows[1:], region)
    width = max(len(cells) for _, cells in rows)
    names = named_header(rows[0][1] if has_header else [""] * width)
    people = rows[1:] if has_header else rows
    return facts, Inspection(shape, has_header, map_columns(names, people, options.columns, region)), people
