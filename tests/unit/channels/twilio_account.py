"""The account, and a text, that the tests of the Twilio carrier use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from outrider.channels.base import OutgoingText

ACCOUNT = "AC" + "a" * 32
TEXT = OutgoingText("+12025550199", "Hi “Anna” & co + 😀?", "+12025550143", None, "https://x.test/s?token=t1&a=b", 3600)
CREATE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
MakeRow = Callable[..., dict[str, Any]]
