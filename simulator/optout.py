"""Twilio's standard opt-out: single keywords only, per recipient and sender (or per messaging service)."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

Keyword = Literal["STOP", "START", "HELP"]

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
TOLL_FREE_START_WORDS = frozenset({"START", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})

CONFIRMATIONS: dict[Keyword, str] = {
    "STOP": "You have been unsubscribed and will get no more messages from this number. Reply START to resubscribe.",
    "START": "You have been re-subscribed to messages from this number. Reply HELP for help, STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


class OptOuts:
    """Who has blocked which sender. A scope is one of our numbers, or the SID of the service that it belongs to."""

    def __init__(self) -> None:
        self._blocked: defaultdict[str, set[str]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(map(len, self._blocked.values()))

    def is_blocked(self, person: str, scope: str) -> bool:
        return person in self._blocked and scope in self._blocked[person]

    def scopes_blocked_by(self, person: str) -> list[str]:
        return sorted(self._blocked.get(person, ()))

    def apply(self, person: str, scope: str, body: str, *, toll_free: bool) -> tuple[Keyword | None, bool]:
        """Act on a text from a person.

        A keyword counts only if it is the whole text, in any case. START words mean something only to who is blocked:
        a plain "yes" from anybody else is an ordinary answer.

        Returns:
            The keyword recognised, and whether the carrier confirms it by itself.
        """
        word = body.strip().upper()
        is_blocked = self.is_blocked(person, scope)
        if word in STOP_WORDS:
            self._blocked[person].add(scope)
            return "STOP", not is_blocked
        if word in HELP_WORDS:
            return "HELP", True
        if is_blocked and word in (TOLL_FREE_START_WORDS if toll_free else START_WORDS):
            self._blocked[person].discard(scope)
            return "START", True
        return None, False
