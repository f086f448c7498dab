"""`Idempotency-Key`: a creating call that is repeated with the same key is carried out once.

The key is stored in the request's own transaction: it exists exactly when the call took effect. The answer is added right
after. A repetition gets the stored answer; while the first call still runs it waits for it (the unique key makes it).
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from fastapi import Request
from sqlalchemy import LargeBinary, SmallInteger, Text, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from outrider.db.base import Base
from outrider.errors import Conflict, InvalidInput

LONGEST_KEY = 200
HEADER = "idempotency-key"


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    content_type: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class IdempotencyKeyReused(InvalidInput):
    """The key came before with another request."""


class AnswerLost(Conflict):
    """The call took effect, but the process died before its answer was kept."""


class Replay(Exception):
    """The stored answer of an earlier call with the same key."""

    def __init__(self, status: int, content_type: str | None, body: bytes):
        self.status, self.content_type, self.body = status, content_type, body


async def claim_key(session: AsyncSession, request: Request, key: str) -> None:
    """Take `key` for this request in its transaction.

    Raises:
        Replay: the call was carried out before; holds its answer.
        IdempotencyKeyReused: the key belongs to another request.
        AnswerLost: the call was carried out, its answer is not known.
    """
    if len(key) > LONGEST_KEY:
        raise InvalidInput.on("header.Idempotency-Key", f"is longer than {LONGEST_KEY} characters", "Send a UUID.")
    digest = await _digest(request)
    taken = await session.execute(
        insert(IdempotencyKey).values(key=key, request_hash=digest).on_conflict_do_nothing().returning(IdempotencyKey.key)
    )
    if taken.scalar_one_or_none() is not None:
        return
    earlier = (await session.execute(select(IdempotencyKey).where(IdempotencyKey.key == key))).scalar_one()
    if earlier.request_hash != digest:
        raise IdempotencyKeyReused.on(
            "header.Idempotency-Key", "came before with another request", "Send a new key for a new request."
        )
    if earlier.status is None or earlier.body is None:
        raise AnswerLost(
            "This call was carried out, but its answer was lost.", remedy="Look the result up instead of repeating the call."
        )
    raise Replay(earlier.status, earlier.content_type, earlier.body)


async def store_answer(session: AsyncSession, key: str, status: int, content_type: str | None, body: bytes) -> None:
    await session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.key == key, IdempotencyKey.status.is_(None))
        .values(status=status, content_type=content_type, body=body)
    )


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    """Drop keys that no client will repeat any more."""
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < moment))


async def _digest(request: Request) -> bytes:
    line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    # A form's stream is consumed by its parser; the address and the key have to do for uploads.
    is_form = request.headers.get("content-type", "").startswith("multipart/")
    return hashlib.sha256(line + (b"" if is_form else await request.body())).digest()
