"""Files that arrive over HTTP: how large they may be, and where they wait for their import."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import Request, Response, UploadFile
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import Message

from outrider.config import Settings
from outrider.errors import FieldProblem, InvalidInput, TooLarge
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.service import UPLOADS

MEGABYTE = 1024 * 1024
LONGEST_NAME = 200


class UploadRoute(APIRoute):
    """A route whose body may be a file; larger ones than the setting allows are refused while they come in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            settings: Settings = request.app.state.settings
            try:
                return await handle(Request(request.scope, _counted(request, settings.upload_limit_mb)))
            except HTTPException as error:
                # The parser of forms hides what stopped it.
                if isinstance(error.__cause__, TooLarge):
                    raise error.__cause__ from error
                raise

        return limited


def _counted(request: Request, limit_mb: int) -> Callable[[], Coroutine[Any, Any, Message]]:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit_mb * MEGABYTE:
        raise _too_large(limit_mb)
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit_mb * MEGABYTE:
            raise _too_large(limit_mb)
        return message

    return receive


def _too_large(limit_mb: int) -> TooLarge:
    return TooLarge(
        f"The file is larger than {limit_mb} MB.",
        remedy="Split it, import it with `outrider leads import`, or raise OUTRIDER_UPLOAD_LIMIT_MB.",
    )


def read_options(text: str | None) -> ImportOptions:
    """
    Raises:
        InvalidInput: names the option.
    """
    try:
        return ImportOptions.model_validate_json(text or "{}")
    except ValidationError as error:
        fields = [
            FieldProblem(field=".".join(["options", *map(str, item["loc"])]), problem=item["msg"].removeprefix("Value error, "))
            for item in error.errors()
        ]
        raise InvalidInput(
            "The options can't be used.", remedy="See ImportOptions in the API's description.", fields=fields
        ) from error


def file_name(upload: UploadFile) -> str:
    """The name the file had at its sender's, without folders; for people to read only."""
    name = (upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in name if character.isprintable())[-LONGEST_NAME:] or "upload"


@asynccontextmanager
async def stored(upload: UploadFile, home: Path, *, keep: bool) -> AsyncIterator[Path]:
    """The uploaded file in the data folder; removed after the block, or with `keep` only if it fails.

    Yields its path relative to `home`.
    """
    relative = Path(UPLOADS) / uuid4().hex
    path = home / relative
    try:
        await asyncio.to_thread(_store, upload, path)
        yield relative
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not keep:
        path.unlink(missing_ok=True)


def _store(upload: UploadFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        shutil.copyfileobj(upload.file, file, MEGABYTE)
