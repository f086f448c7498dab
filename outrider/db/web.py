"""The request's transaction: committed when the endpoint returned, before the response leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database
from outrider.db.idempotency import HEADER, claim_key


async def _transaction(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction() as session:
        if request.method == "POST":
            await take_key(session, request)
        yield session


async def take_key(session: AsyncSession, request: Request) -> None:
    """Take the request's `Idempotency-Key`, if it has one, in the transaction in which it takes effect; see `claim_key`.

    For endpoints that make several transactions; others have it done by `Transaction`.
    """
    if key := request.headers.get(HEADER):
        await claim_key(session, request, key)


Transaction = Annotated[AsyncSession, Depends(_transaction, scope="function")]
"""Type of an endpoint's `session` parameter. An error that the endpoint raises rolls it back."""
