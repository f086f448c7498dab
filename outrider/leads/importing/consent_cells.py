"""The consents that the consent columns of a row state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from outrider.leads.importing.cells import read_channels, read_kind, read_moment, read_yes
from outrider.leads.importing.plan import Grant
from outrider.leads.values import UnusableValue, clean_line

DEFAULT_KIND = "express"
"""A bare yes is an express consent; it never counts as written."""


class ConsentCells:
    """The consent columns of one row."""

    def __init__(
        self, columns: dict[str, int], cells: list[str], country: str, whole_file: tuple[Grant, ...], problems: list[str]
    ):
        self._columns, self._cells, self._country, self._problems = columns, cells, country, problems
        self._whole_file = {grant.channel: grant for grant in whole_file}
        self.denied: set[str] = set()

    def grants(self, line: int) -> tuple[Grant, ...]:
        kind = self._cell("consent_kind", read_kind)
        obtained_at = self._cell("consent_at", lambda text: read_moment(text, self._country))
        method = self._cell("consent_method", clean_line)
        source = self._cell("consent_source", clean_line)
        found: list[Grant] = []
        for channel, own_kind, own_moment in self._channels(stated=bool(kind or obtained_at)):
            default = self._whole_file.get(channel)
            found.append(
                Grant(
                    channel,
                    own_kind or kind or (default.kind if default else DEFAULT_KIND),
                    method or (default.method if default else None),
                    source or (default.source if default else None),
                    own_moment or obtained_at or (default.obtained_at if default else None),
                    line,
                )
            )
        return tuple(found)

    def _channels(self, *, stated: bool) -> list[tuple[str, str | None, datetime | None]]:
        """Channels on which the row consents, each with the kind and date that its own cell gives."""
        found: list[tuple[str, str | None, datetime | None]] = []
        named = self._cell("consent_channel", read_channels)
        if named is not None:
            found += [(channel, None, None) for channel in named]
            self.denied |= set() if named else {"sms", "voice", "email"}
        own_columns = [channel for channel in ("sms", "voice", "email") if f"consent_{channel}" in self._columns]
        for channel in own_columns:
            answer = self._answer(channel)
            if answer:
                found.append(answer)
        if stated and named is None and not own_columns and "consent_channel" not in self._columns:
            found.append(("sms", None, None))
        return found

    def _answer(self, channel: str) -> tuple[str, str | None, datetime | None] | None:
        """What a `consent_sms` cell says: yes or no, a kind, or the date of the consent."""
        text = self._cells[self._columns[f"consent_{channel}"]].strip()
        answer = read_yes(text)
        if answer is True:
            return channel, None, None
        if answer is False:
            if text:
                self.denied.add(channel)
            return None
        for read in (lambda: (channel, read_kind(text), None), lambda: (channel, None, read_moment(text, self._country))):
            try:
                return read()
            except UnusableValue:
                continue
        self._problems.append(f"consent_{channel} is neither yes nor no, a kind or a date")
        return None

    def _cell(self, field: str, read: Callable[[str], Any]) -> Any:
        index = self._columns.get(field)
        if index is None or not (text := self._cells[index].strip()):
            return None
        try:
            return read(text)
        except UnusableValue as reason:
            self._problems.append(f"{field} {reason}")
            return None
