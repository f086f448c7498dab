"""E-mail without a mail server: mails are kept as files, and can be opened with any mail program."""

from __future__ import annotations

import asyncio
from pathlib import Path

from outrider.integrations.notifications.base import Channel, Notice, NoticeDelayed, Receipt
from outrider.integrations.notifications.mail import compose, digest_of, read_address

LOCAL_SENDER = "Outrider <outrider@localhost>"
MOST_KEPT = 500
"""Mails in the folder; of more, the oldest go."""


class LocalMail:
    """Keeps each mail as an `.eml` file; the same mail again is the same file.

    Args:
        folder: made when the first mail comes.
    """

    channel = Channel.EMAIL
    is_local = True

    def __init__(self, folder: Path):
        self.folder = folder

    def check_target(self, target: str) -> str:
        return read_address(target)

    async def send(self, notice: Notice, target: str) -> Receipt:
        """
        Raises:
            NoticeDelayed: the disk does not take it.
        """
        content = compose(notice, read_address(target), LOCAL_SENDER).as_bytes()
        digest = digest_of(notice, target)[:16]
        path = self.folder / f"{notice.written_at:%Y%m%d-%H%M%S}-{digest}.eml"
        try:
            await asyncio.to_thread(_write, path, content)
        except OSError as error:
            raise NoticeDelayed(f"The mail can't be kept ({error.strerror}).") from error
        return Receipt(path.name)

    async def aclose(self) -> None:
        return


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(path)
    for old in sorted(path.parent.glob("*.eml"))[:-MOST_KEPT]:
        old.unlink(missing_ok=True)
