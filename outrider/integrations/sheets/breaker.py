"""Spreadsheets behind the circuit of their account."""

from __future__ import annotations

from collections.abc import Sequence

from outrider.circuit import Circuit
from outrider.integrations.sheets.base import Rows, Sheets, SheetsLeftAlone


def sheets_circuit(account: str) -> Circuit:
    return Circuit(f"The spreadsheet account {account}", refusal=SheetsLeftAlone)


class Breaker:
    """Keeps calls from spreadsheets whose account's circuit is open."""

    def __init__(self, sheets: Sheets, circuit: Circuit):
        self._sheets = sheets
        self._circuit = circuit

    async def titles(self, spreadsheet: str) -> Sequence[str]:
        with self._circuit.call():
            return await self._sheets.titles(spreadsheet)

    async def read(self, spreadsheet: str, cells: str) -> list[list[str]]:
        with self._circuit.call():
            return await self._sheets.read(spreadsheet, cells)

    async def append(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        with self._circuit.call():
            await self._sheets.append(spreadsheet, sheet, rows)

    async def replace(self, spreadsheet: str, sheet: str, rows: Rows) -> None:
        with self._circuit.call():
            await self._sheets.replace(spreadsheet, sheet, rows)

    async def aclose(self) -> None:
        await self._sheets.aclose()
