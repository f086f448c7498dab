"""What files turn out to be: formats, encodings, delimiters, headers, and rows however they are quoted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from outrider.errors import InvalidInput
from outrider.leads.importing.files import UnreadableFile
from outrider.leads.importing.inspection import Inspection, inspect_file
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.rows import FileShape, Row, TextRows, open_rows
from outrider.leads.importing.workbook import UnreadableWorkbook

TABLE = "Name,Phone,Notes\nJosé Peña,+12025550143,größer\nAnna Łuk,+13125550199,ça va\nBo Lee,+14155550101,naïve\n"


def inspected(path: Path, content: bytes | str, **options: object) -> tuple[Inspection, list[Row]]:
    file = path / "leads.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    _, inspection, rows = inspect_file(file, ImportOptions.model_validate(options), "US")
    return inspection, rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    inspection, rows = inspected(tmp_path, TABLE.replace(",", delimiter))
    assert inspection.shape.delimiter == delimiter
    assert rows[0] == (2, ["José Peña", "+12025550143", "größer"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = TABLE if encoding.startswith("utf") else TABLE.replace("Łuk", "Luk")
    inspection, rows = inspected(tmp_path, text.encode(encoding))
    assert [column.target for column in inspection.columns] == ["name", "phone", "notes"]
    assert rows[0][1] == ["José Peña", "+12025550143", "größer"]


def test_an_encoding_that_is_not_western(tmp_path: Path) -> None:
    text = "Name;Phone\nИван Петров;+79161234567\nМария Иванова;+79161234568\nСергей Смирнов;+79161234569\n"
    assert inspected(tmp_path, text.encode("cp1251"))[1][0][1][0] == "Иван Петров"


def test_an_encoding_that_the_caller_names_is_believed(tmp_path: Path) -> None:
    assert inspected(tmp_path, TABLE.encode("utf-8"), encoding="latin-1")[1][0][1][0] == "JosÃ© PeÃ±a"
    with pytest.raises(InvalidInput, match=r"options\.encoding"):
        inspected(tmp_path, TABLE.encode("latin-1", "replace"), encoding="klingon")


def test_a_line_for_excel_and_a_title_are_no_rows(tmp_path: Path) -> None:
    assert inspected(tmp_path, "sep=;\n" + TABLE.replace(",", ";"))[1][0] == (3, ["José Peña", "+12025550143", "größer"])
    inspection, rows = inspected(tmp_path, "Contacts of May\n\n" + TABLE)
    assert [column.name for column in inspection.columns] == ["Name", "Phone", "Notes"]
    assert rows[0][0] == 4


def test_a_file_without_header_is_mapped_by_its_content(tmp_path: Path) -> None:
    inspection, rows = inspected(
        tmp_path, "Ann Lee,ann@x.example,202-555-0143,US,gold\nBo Fox,bo@x.example,312-555-0199,US,silver\n"
    )
    assert not inspection.has_header
    assert [column.target for column in inspection.columns] == ["name", "email", "phone", "country", "attributes.column_5"]
    assert rows[0][0] == 1


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        ("Vorname;Nachname;Handynummer;E-Mail;Firma;PLZ", "first_name last_name phone email company postal_code"),
        ("Nombre;Apellidos;Teléfono móvil;Correo electrónico;Empresa;País", "first_name last_name phone email company country"),
        ("Prénom;Nom;Téléphone;Courriel;Société;Ville", "first_name last_name phone email company city"),
        ("FirstName;LastName;MobilePhone;EmailAddress;CompanyName;LeadSource", "first_name last_name phone email company source"),
        ("Lead name;Contact phone;Lead Score;TIER;SMS consent;Consent date", "name phone score tier consent_sms consent_at"),
        (
            "Name;Phone;Do not contact;Plan;Annual Revenue ($);Plan",
            "name phone do_not_contact attributes.plan attributes.annual_revenue attributes.plan_2",
        ),
    ],
)
def test_columns_by_name_in_four_languages(tmp_path: Path, header: str, targets: str) -> None:
    inspection, _ = inspected(tmp_path, header + "\na;b;c;d;e;f\n")
    assert [column.target for column in inspection.columns] == targets.split()


def test_the_caller_decides_about_columns(tmp_path: Path) -> None:
    choices = {"Who": "name", "reach ": "phone", "Internal": None, "Tag": "attributes.label"}
    inspection, _ = inspected(tmp_path, "Who,Reach,Internal,Tag\nAnn,202-555-0143,9,x\n", columns=choices)
    assert [(column.target, column.by) for column in inspection.columns] == [
        ("name", "choice"),
        ("phone", "choice"),
        (None, "left out"),
        ("attributes.label", "choice"),
    ]


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"Fax": "phone"}, "no such column"),
        ({"Name": "email", "Notes": "email"}, "filled by another column"),
    ],
)
def test_choices_that_fit_no_column_are_refused(tmp_path: Path, columns: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        inspected(tmp_path, TABLE, columns=columns)


def test_choices_of_fields_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="there is no field 'phon'"):
        ImportOptions(columns={"Phone": "phon"})


def test_content_corrects_a_misleading_name(tmp_path: Path) -> None:
    inspection, _ = inspected(tmp_path, "Name,Contact,Mobile\nAnn,202-555-0143,ann@x.example\nBo,312-555-0199,bo@x.example\n")
    assert [column.target for column in inspection.columns] == ["name", "phone", "email"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"  \r\n\r\n", "is empty"),
        (bytes(range(256)) * 40, "is not text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel file"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
        (b"<html><table><tr><td>Phone</td></tr></table></html>", "HTML"),
        (b'[{"name": "Ann"}]', "JSON"),
        (b"Name,City\nAnn,Rome\nBo,Oslo\n", "no column holds phone numbers"),
    ],
)
def test_files_that_hold_no_leads_are_refused_by_name(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        inspected(tmp_path, content)
    assert problem in refused.value.detail
    assert refused.value.remedy


def test_an_archive_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook):
        inspected(tmp_path, b"PK\x03\x04" + b"junk" * 100)


def rows_of(tmp_path: Path, text: str, delimiter: str = ",") -> list[Row]:
    file = tmp_path / "rows.csv"
    file.write_text(text, newline="")
    return list(TextRows(file, FileShape("csv", "utf-8", delimiter)))


def test_quoted_line_breaks_belong_to_their_row(tmp_path: Path) -> None:
    assert rows_of(tmp_path, 'a,b\n1,"x\ny"\n\n2,z\n') == [(1, ["a", "b"]), (2, ["1", "x\ny"]), (5, ["2", "z"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n"1,x\n2,y\n3,z\n', [["a", "b"], ['"1', "x"], ["2", "y"], ["3", "z"]]),
        ('a,b\n"1,x\n2,y\n"3",z\n', [["a", "b"], ['"1', "x"], ["2", "y"], ["3", "z"]]),
        ('a,b\n1,x\n2,y\n"3,z', [["a", "b"], ["1", "x"], ["2", "y"], ['"3', "z"]]),
        ('a,b\n1,5" pipe\n2,y\n', [["a", "b"], ["1", '5" pipe'], ["2", "y"]]),
    ],
)
def test_a_stray_quotation_mark_swallows_no_rows(tmp_path: Path, text: str, expected: list[list[str]]) -> None:
    assert [cells for _, cells in rows_of(tmp_path, text)] == expected


def test_a_mark_that_is_never_closed_in_a_long_file_costs_nobody(tmp_path: Path) -> None:
    lines = [f"{number},name {number}" for number in range(20_000)]
    lines[10] = '"10,name 10'
    rows = rows_of(tmp_path, "id,name\n" + "\n".join(lines) + "\n")
    assert len(rows) == 20_001
    assert [line for line, _ in rows] == list(range(1, 20_002))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20))
def test_every_row_that_a_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, ...]]
) -> None:
    import csv
    import io

    content = io.StringIO(newline="")
    csv.writer(content, delimiter=";").writerows(table)
    file = tmp_path_factory.mktemp("rows") / "rows.csv"
    file.write_text(content.getvalue(), newline="", encoding="utf-8")
    read = [tuple(row) for _, row in TextRows(file, FileShape("csv", "utf-8", ";"))]
    assert read == [row for row in table if any(cell.strip() for cell in row)]


def workbook(tmp_path: Path, **sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = tmp_path / "leads.xlsx"
    book.save(file)
    return file


def test_worksheets_are_read_like_text(tmp_path: Path) -> None:
    people: list[list[object]] = [
        ["Name", "Phone", "Score", "Consent date", "Opt-in"],
        ["Ann", 12025550143, 87.0, date(2026, 1, 31), True],
        [None, None],
        ["Bo", "312-555-0199", 12.5, None, False],
    ]
    file = workbook(tmp_path, Leads=people, Other=[["x"]])
    facts, inspection, rows = inspect_file(file, ImportOptions(), "US")
    assert rows == [(2, ["Ann", "12025550143", "87", "2026-01-31", "yes"]), (4, ["Bo", "312-555-0199", "12.5", "", "no"])]
    assert inspection.shape == FileShape("xlsx", sheet="Leads")
    source = open_rows(file, inspection.shape)
    assert len(list(source)) == 3
    assert source.done_bytes == facts.size
    source.close()


def test_a_worksheet_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, Leads=[["Phone"], ["202-555-0143"]])
    with pytest.raises(InvalidInput, match="no sheet 'Other'"):
        inspect_file(file, ImportOptions(sheet="Other"), "US")


def test_an_empty_workbook_has_no_rows(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="has no rows"):
        inspect_file(workbook(tmp_path, Empty=[]), ImportOptions(), "US")


def test_an_inspection_survives_being_stored(tmp_path: Path) -> None:
    inspection, _ = inspected(tmp_path, TABLE)
    assert Inspection.from_json(inspection.as_json()) == inspection
