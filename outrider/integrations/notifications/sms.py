"""Notices as texts. The outbox sends them, with all its rules; it lies in a folder above and is handed in."""

from __future__ import annotations

import re
from typing import Protocol

from outrider.errors import InvalidInput
from outrider.integrations.notifications.base import Channel, Notice, Receipt

E164 = re.compile(r"\+[1-9]\d{6,14}")
LONGEST_TEXT = 459
"""Three segments in the carrier's plain alphabet."""


class TextSender(Protocol):
    """Sends texts to people who work here."""

    async def send_text(self, *, key: str, to: str, body: str) -> str:
        """Hand a text to the outbox; the same `key` is sent once. Returns the outbox's name for it.

        Raises:
            NoticeRefused: the number may not be texted.
            NoticeDelayed: it can't be sent now.
        """


class SmsNotifier:
    channel = Channel.SMS
    is_local = False

    def __init__(self, texts: TextSender):
        self._texts = texts

    def check_target(self, target: str) -> str:
        """
        Raises:
            InvalidInput: it is no phone number.
        """
        number = re.sub(r"[\s().-]", "", target)
        if not E164.fullmatch(number):
            raise InvalidInput.on("body.target", "is no phone number", "Write it with its country, as in +12025550143.")
        return number

    async def send(self, notice: Notice, target: str) -> Receipt:
        return Receipt(await self._texts.send_text(key=notice.key, to=target, body=as_text(notice)))

    async def aclose(self) -> None:
        return


def as_text(notice: Notice) -> str:
    """Title, text and link, the text shortened so that the link stays whole."""
    link = f" {notice.link}" if notice.link else ""
    words = f"{notice.title}: {notice.text}" if notice.text else notice.title
    room = LONGEST_TEXT - len(link)
    return (words if len(words) <= room else f"{words[: room - 3].rstrip()}...") + link
