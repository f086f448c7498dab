"""Files that are read from the database while a client takes them.

Such a download holds a connection and a snapshot for as long as its client takes, so there are only few at once, and a client
that takes nothing for a while is cut off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from outrider.errors import LimitExceeded

log = structlog.get_logger(__name__)

STALLED_SECONDS = 30.0
"""A client that takes no piece of the file for this long gets no more of it."""
AGAIN_SECONDS = 15


class TooManyDownloads(LimitExceeded):
    """Other files are being taken; another one would leave too few connections for everybody else."""

    title = "Too many downloads at once"


class Downloads:
    """Places for the downloads of one process."""

    def __init__(self, most: int):
        self._most = most
        self._running = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for as long as the block runs.

        Raises:
            TooManyDownloads: all are taken.
        """
        if self._running >= self._most:
            raise TooManyDownloads(
                f"{self._most} files are being downloaded already.",
                remedy="Wait until one is done, then try again.",
                retry_after=AGAIN_SECONDS,
            )
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1


class CsvDownload(StreamingResponse):
    """A CSV file, in a place of `app.state.downloads`.

    The place is taken when the answer begins, so that an endpoint that fails after making it gives nothing away.
    """

    media_type = "text/csv; charset=utf-8"

    def __init__(
        self,
        chunks: AsyncGenerator[bytes, None] | AsyncGenerator[str, None],
        filename: str,
        *,
        status_code: int = 200,
        stalled_after: float = STALLED_SECONDS,
    ):
        # FastAPI reads the status that it describes from this signature.
        super().__init__(chunks, status_code, headers={"Content-Disposition": f'attachment; filename="{filename}"'})
        self._chunks: AsyncGenerator[Any, None] = chunks
        self._stalled_after = stalled_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        downloads: Downloads = scope["app"].state.downloads

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._stalled_after):
                await send(message)

        # The file's transaction ends with its generator, which nobody else closes when a client leaves midway.
        with downloads.place():
            async with aclosing(self._chunks):
                try:
                    await super().__call__(scope, receive, send_in_time)
                except TimeoutError:
                    log.warning("download_stalled", path=scope["path"])
