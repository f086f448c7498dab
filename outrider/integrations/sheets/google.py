"""Google Sheets, API v4, as a service account: https://developers.google.com/workspace/sheets/api/reference/rest.

Values are written RAW, so that no text becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from outrider.integrations.google import GoogleTokens, ServiceAccountKey
from outrider.integrations.sheets.accounts import VARIABLE, GoogleSheetsAccount
from outrider.integrations.sheets.base import Rows, SheetsError

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
TIMEOUT_SECONDS = 60.0
LARGEST_ANSWER = 64 * 2**20
ROWS_AT_ONCE = 5_000
REMEDY = "Share the spreadsheet with the service account's address, with the right to edit."


class GoogleSheets:
    """
    Raises:
        ConfigurationError: the key file can't be used.
    """

    def __init__(self, account: GoogleSheetsAccount):
        key = ServiceAccountKey.read(account.service_account_file, VARIABLE)
        self.address = key.email
        """Whom to share spreadsheets with."""
        self._api = f"{str(account.api_url).rstrip('/')}/v4/spreadsheets"
        self._http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)
        token_url = str(account.token_url)

        async def post(form: Mapping[str, str]) -> httpx.Response:
            return await self._send("POST", token_url, data=form)

        self._tokens = GoogleTokens(lambda: key.grant(SCOPE, token_url), post, SheetsError)

    async def reach(self) -> None:
        """
        Raises:
            SheetsError: Google is away, or refuses the sign-in.
        """
        await self._tokens.headers()

    async def titles(self, spreadsheet: str) -> Sequence[str]:
        answer = await self._ask("GET", f"/{_id(spreadsheet)}?fields=sheets.properties.title")
        return [str(one.get("properties", {}).get("title", "")) for one in answer.get("sheets", [])]

    async def read(self, spreadsheet: str, cells: str) -> list[list[str]]:
        path = f"/{_id(spreadsheet)}/values/{quote(cells, safe='')}?majorDimension=ROWS&valueRenderOption=FORMATTED_VALUE"
        return [[str(cell) for cell in row] for row in (await self._ask("GET", path)).get("values", [])]

    async def append(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        for some in _some(rows):
            path = f"/{_id(spreadsheet)}/values/{_range(sheet, 'A1')}:append?valueInputOption=RAW&insertDataOption=INSERT_ROWS"
            await self._ask("POST", path, {"majorDimension": "ROWS", "values": some})

    async def replace(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        # What is too much is cleared last, so that nobody finds the sheet empty.
        start = 1
        for some in _some(rows):
            path = f"/{_id(spreadsheet)}/values/{_range(sheet, f'A{start}')}?valueInputOption=RAW"
            await self._ask("PUT", path, {"majorDimension": "ROWS", "values": some})
            start += len(some)
        await self._ask("POST", f"/{_id(spreadsheet)}/values/{_range(sheet, f'A{start}:ZZ')}:clear", {})

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One request; a token that ended early is renewed once."""
        response = await self._send(method, f"{self._api}{path}", json=body, headers=await self._tokens.headers())
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._tokens.forget()
            response = await self._send(method, f"{self._api}{path}", json=body, headers=await self._tokens.headers())
        if response.is_success:
            return _object(response)
        status, said = response.status_code, _said(response)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise SheetsError("Google Sheets asks us to slow down.", retryable=True, retry_after=60.0)
        if response.is_server_error:
            raise SheetsError(f"Google Sheets answered {status}.", retryable=True)
        remedy = REMEDY if status in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND) else "Look at the range and the sheet's name."
        raise SheetsError(f"Google Sheets refuses it: {said}", retryable=False, remedy=remedy)

    async def _send(self, method: str, url: str, **request: Any) -> httpx.Response:
        try:
            async with self._http.stream(method, url, **request) as response:
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise SheetsError("The range is too large; import it in parts.", retryable=False)
        except httpx.TimeoutException as error:
            raise SheetsError("Google Sheets did not answer in time.", retryable=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SheetsError(f"Google Sheets can't be reached: {type(error).__name__}.", retryable=True) from error
        return httpx.Response(response.status_code, content=bytes(body), request=response.request)


def _id(spreadsheet: str) -> str:
    return quote(spreadsheet, safe="")


def _range(sheet: str, cells: str) -> str:
    """A range in A1 notation, the sheet's name quoted."""
    name = sheet.replace("'", "''")
    return quote(f"'{name}'!{cells}", safe="")


def _some(rows: Rows) -> Iterator[list[list[str]]]:
    return ([list(row) for row in rows[start : start + ROWS_AT_ONCE]] for start in range(0, len(rows), ROWS_AT_ONCE))


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SheetsError("Google's answer can't be read.", retryable=True)
    return answer


def _said(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return f"it answered {response.status_code}."
