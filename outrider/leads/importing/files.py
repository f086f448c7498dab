"""What a file is: its format, encoding and delimiter, and where its rows begin."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from charset_normalizer import from_bytes

from outrider.errors import InvalidInput
from outrider.leads.importing.rows import FileShape, Row
from outrider.leads.importing.workbook import WorkbookRows

SAMPLE = 256 * 1024
"""Bytes from which delimiter, encoding and content are judged."""
CHUNK = 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\r?\n?$', re.IGNORECASE)
"""A first line that tells Excel the delimiter."""
WESTERN = ("cp1252", "cp1250", "iso8859_2", "mac_roman")
OTHER_ENCODINGS = ("cp1251", "koi8_r", "cp1253", "cp1254", "shift_jis", "gb18030", "big5", "euc_kr")
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_FORMATS = {b"%PDF": "a PDF", b"\x1f\x8b": "a gzip archive", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7-Zip archive"}


class UnreadableFile(InvalidInput):
    """The file is nothing that leads could be read from."""

    @classmethod
    def because(cls, problem: str, remedy: str) -> UnreadableFile:
        return cls(f"The file {problem}.", remedy=remedy)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one pass over the file's bytes tells."""

    size: int
    content_hash: str
    """SHA-256."""
    is_utf8: bool


def read_facts(path: Path) -> FileFacts:
    """Hash the file and see whether all of it is UTF-8."""
    digest, decoder, size, is_utf8 = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0, True
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            digest.update(chunk)
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
    return FileFacts(size, digest.hexdigest(), is_utf8 and _decodes(decoder, b"", final=True))


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def detect_shape(path: Path, facts: FileFacts, encoding: str | None, delimiter: str | None, sheet: str | None) -> FileShape:
    """Find out how to read the file; what the caller said about it is believed.

    Raises:
        UnreadableFile: it is empty, binary, or of a format that holds no table we can read.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    if not sample.strip():
        raise UnreadableFile.because("is empty", "Export it again.")
    if sample.startswith(ZIP):
        return FileShape("xlsx", sheet=WorkbookRows.sheet_name(path, sheet))
    _refuse_other_formats(sample)
    encoding = encoding or _encoding(sample, facts)
    text = _decoded_sample(sample, encoding)
    _refuse_other_text(text)
    skipped = 0
    told = SEPARATOR_LINE.match(text.split("\n", 1)[0])
    if told:
        delimiter, skipped, text = delimiter or told.group(1), 1, text.split("\n", 1)[-1]
    return FileShape("csv", encoding, delimiter or _delimiter(text), skipped_lines=skipped)


def without_title(shape: FileShape, rows: list[Row]) -> tuple[FileShape, list[Row]]:
    """Skip single-cell lines above a table of several columns ("Contacts, exported 3 May")."""
    width = max((len(cells) for _, cells in rows), default=0)
    above = 0
    while above < len(rows) - 1 and width > 2 and sum(1 for cell in rows[above][1] if cell.strip()) == 1:
        above += 1
    if not above or above > 5:
        return shape, rows
    return replace(shape, skipped_lines=rows[above][0] - 1), rows[above:]


def _encoding(sample: bytes, facts: FileFacts) -> str:
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if sample.startswith(mark):
            return name
    zeros = sample.count(0)
    if zeros > len(sample) // 4:
        # Mostly Latin text in UTF-16 has a zero in every other byte.
        return "utf-16-le" if sample[1::2].count(0) > zeros // 2 else "utf-16-be"
    if zeros:
        raise UnreadableFile.because("is not text", "Export a CSV or XLSX file.")
    return "utf-8" if facts.is_utf8 else _legacy_encoding(sample)


def _legacy_encoding(sample: bytes) -> str:
    """An eight-bit or East Asian encoding; where it makes no visible difference, the usual Western one."""
    guesses = from_bytes(sample, cp_isolation=[*WESTERN, *OTHER_ENCODINGS])
    best = guesses.best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    western = next((guess for guess in guesses if "cp1252" in guess.could_be_from_charset), None)
    if best.encoding in WESTERN and western is not None and western.chaos <= best.chaos:
        return "cp1252"
    return str(best.encoding)


def _decoded_sample(sample: bytes, encoding: str) -> str:
    try:
        text = sample.decode(encoding, errors="replace")
    except LookupError:
        raise InvalidInput.on("options.encoding", f"{encoding!r} is unknown", "Use utf-8, utf-16 or cp1252.") from None
    control = sum(1 for character in text if character < " " and character not in "\t\r\n\f\v")
    replaced = text.count("\ufffd")
    if control + replaced > max(8, len(text) // 100):
        raise UnreadableFile.because("is not text in a known encoding", "Export a CSV file in UTF-8, or XLSX.")
    return text


def _refuse_other_formats(sample: bytes) -> None:
    if sample.startswith(OLD_OFFICE):
        raise UnreadableFile.because(
            "is an old Excel file (.xls) or protected by a password", "Save it as .xlsx without a password, or as CSV."
        )
    for mark, name in OTHER_FORMATS.items():
        if sample.startswith(mark):
            raise UnreadableFile.because(f"is {name}", "Export a CSV or XLSX file.")


def _refuse_other_text(text: str) -> None:
    begin = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if begin.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise UnreadableFile.because("is HTML or XML", "Open it in a spreadsheet and save it as CSV or XLSX.")
    if begin.startswith(("[{", '{"', "[\n", "{\n")):
        raise UnreadableFile.because("is JSON", "Export a CSV or XLSX file.")


def _delimiter(text: str) -> str:
    """The delimiter that divides the first rows into the most columns of the same number."""
    complete = text[: text.rfind("\n") + 1] or text
    # Without regard to quoting too: one stray mark must not hide the table.
    return max(
        DELIMITERS, key=lambda delimiter: max(_score(complete, delimiter, rule) for rule in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE))
    )


def _score(text: str, delimiter: str, quoting: Literal[0, 3]) -> tuple[float, int]:
    """Share of the rows that have the usual width, and that width."""
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter, quoting=quoting):
            if cells:
                widths.append(len(cells))
            if len(widths) == 200:
                break
    except csv.Error:
        return (0.0, 0)
    usual = max(set(widths), key=widths.count, default=1)
    if usual < 2:
        return (0.0, 0)
    return (round(widths.count(usual) / len(widths), 1), usual)
