"""What every spreadsheet must do: Google Sheets in a strict stand-in of its published contract, and CSV files."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from outrider.integrations.sheets.accounts import GoogleSheetsAccount
from outrider.integrations.sheets.base import Sheets, SheetsError
from outrider.integrations.sheets.google import GoogleSheets
from outrider.integrations.sheets.local import LocalSheets
from tests.stand_ins.http import Answer, Heard, HttpStandIn

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
HOSTILE = ['=HYPERLINK("http://evil")', "+cmd|' /C calc'!A0", "@SUM(1)", 'O\'Brien, "Ann"\nLee 🦜']


class GoogleStandIn:
    def __init__(self) -> None:
        self.sheets: dict[str, list[list[str]]] = {"It's": []}
        self.tokens: set[str] = set()
        self.answers: list[Answer] = []
        self.sign_ins: list[Answer] = []

    def respond(self, request: Heard) -> Answer:
        parts = urlsplit(request.path)
        if parts.path == "/token" and self.sign_ins:
            return self.sign_ins.pop(0)
        if parts.path == "/token":
            form = parse_qs(request.body.decode())
            claim = jwt.decode(form["assertion"][0], KEY.public_key(), algorithms=["RS256"], options={"verify_aud": False})
            assert claim["scope"].endswith("/auth/spreadsheets") and claim["iss"] == "bot@example.com"
            self.tokens.add(token := f"t{len(self.tokens)}")
            return Answer(200, json.dumps({"access_token": token, "expires_in": 3600}).encode())
        if self.answers:
            return self.answers.pop(0)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Answer(401, b'{"error": {"message": "invalid"}}')
        found = re.fullmatch(r"/v4/spreadsheets/book(?:/values/([^:/]+?)(:append|:clear)?)?", parts.path)
        if not found:
            return Answer(404, b'{"error": {"code": 404, "message": "Requested entity was not found."}}')
        if found[1] is None:
            return self._answer({"sheets": [{"properties": {"title": name}} for name in self.sheets]})
        return self._values(request, unquote(found[1]), found[2], parse_qs(parts.query))

    def _values(self, request: Heard, cells: str, verb: str | None, query: dict[str, list[str]]) -> Answer:
        name, _, span = cells.partition("!")
        name = name[1:-1].replace("''", "'") if name.startswith("'") else name
        if name not in self.sheets:
            return Answer(400, json.dumps({"error": {"message": f"Unable to parse range: {cells}"}}).encode())
        rows = self.sheets[name]
        if request.method == "GET":
            return self._answer({"range": cells, "majorDimension": "ROWS", **({"values": rows} if rows else {})})
        if verb == ":clear":
            del rows[int(re.sub(r"\D", "", span.split(":")[0])) - 1 :]
            return self._answer({"clearedRange": cells})
        body = json.loads(request.body)
        assert query["valueInputOption"] == ["RAW"] and set(body) == {"majorDimension", "values"}
        if verb == ":append":
            rows += body["values"]
        else:
            start = int(re.sub(r"\D", "", span)) - 1
            rows[start : start + len(body["values"])] = body["values"]
        return self._answer({"updatedRows": len(body["values"])})

    def _answer(self, body: object) -> Answer:
        return Answer(200, json.dumps(body).encode())


@pytest.fixture
async def google(tmp_path: Path) -> AsyncIterator[tuple[GoogleStandIn, GoogleSheets]]:
    there = GoogleStandIn()
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"client_email": "bot@example.com", "private_key": PEM}))
    async with HttpStandIn(there.respond) as server:
        account = GoogleSheetsAccount(service_account_file=key, api_url=server.url, token_url=f"{server.url}/token")
        sheets = GoogleSheets(account)
        yield there, sheets
        await sheets.aclose()


@pytest.fixture(params=["google", "local"])
def sheets(request: pytest.FixtureRequest, google: tuple[GoogleStandIn, GoogleSheets], tmp_path: Path) -> tuple[Sheets, str]:
    return (google[1], "It's") if request.param == "google" else (LocalSheets(tmp_path), "Its")


async def test_rows_come_back_as_they_were_written(sheets: tuple[Sheets, str]) -> None:
    book, sheet = sheets
    await book.replace("book", sheet, [["name", "phone"], ["Ann", "1"], ["Bob", "2"]])
    await book.append("book", sheet, [["Cy", "3"]])
    assert await book.read("book", sheet) == [["name", "phone"], ["Ann", "1"], ["Bob", "2"], ["Cy", "3"]]
    for _ in range(2):
        await book.replace("book", sheet, [["name"], ["Zoe"]])
    assert await book.read("book", sheet) == [["name"], ["Zoe"]]
    assert sheet in await book.titles("book")


async def test_no_text_becomes_a_formula(sheets: tuple[Sheets, str]) -> None:
    book, sheet = sheets
    await book.replace("book", sheet, [HOSTILE])
    (row,) = await book.read("book", sheet)
    # A file is read by programs that would run formulas, so there they are guarded; Google keeps RAW values as they are.
    assert [cell.removeprefix("'").replace("\\|", "|") for cell in row] == HOSTILE
    assert isinstance(book, GoogleSheets) or all(cell[0] not in "=+@" for cell in row)


async def test_what_is_not_there_is_told(sheets: tuple[Sheets, str]) -> None:
    book, _ = sheets
    for spreadsheet, cells in (("other", "x"), ("book", "Nothing!A:B"), ("../..", "x")):
        with pytest.raises(SheetsError) as caught:
            await book.read(spreadsheet, cells)
        assert not caught.value.retryable and caught.value.remedy


async def test_google_asks_to_slow_down_and_ends_tokens(google: tuple[GoogleStandIn, GoogleSheets]) -> None:
    there, book = google
    there.answers += [Answer(429, b"{}")]
    with pytest.raises(SheetsError) as caught:
        await book.titles("book")
    assert caught.value.retryable and caught.value.retry_after
    there.tokens.clear()
    assert await book.titles("book") == ["It's"]


async def test_a_sign_in_that_is_down_passes_and_one_that_is_refused_does_not(google: tuple[GoogleStandIn, GoogleSheets]) -> None:
    there, book = google
    there.sign_ins = [Answer(503, b"busy"), Answer(400, b'{"error": "invalid_grant", "error_description": "no such key"}')]
    for passes, said in ((True, "503"), (False, "no such key")):
        with pytest.raises(SheetsError, match=said) as caught:
            await book.titles("book")
        assert caught.value.retryable is passes
    assert await book.titles("book") == ["It's"]
