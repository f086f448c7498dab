"""Every query on credentials."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.credentials.models import Credential

NOTE_USE = text("""
    UPDATE credentials SET last_used_at = now() WHERE id = (
        SELECT id FROM credentials WHERE id = :id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        FOR NO KEY UPDATE SKIP LOCKED
    )
""")
"""Calls that go out side by side don't wait for each other to write down the same minute."""


async def everything(session: AsyncSession) -> Sequence[Credential]:
    return (await session.execute(select(Credential).order_by(func.lower(Credential.name), Credential.id))).scalars().all()


async def find(session: AsyncSession, credential_id: int) -> Credential | None:
    return await session.get(Credential, credential_id)


async def lock(session: AsyncSession, credential_id: int) -> Credential | None:
    """The credential, which nobody begins to use meanwhile."""
    return await session.get(Credential, credential_id, with_for_update=True, populate_existing=True)


async def lock_all(session: AsyncSession) -> Sequence[Credential]:
    query = select(Credential).order_by(Credential.id).with_for_update(key_share=True)
    return (await session.execute(query.execution_options(populate_existing=True))).scalars().all()


async def hold(session: AsyncSession, credential_ids: Collection[int]) -> dict[int, Credential]:
    """Those of the credentials that there are, by id; none of them is deleted before the transaction ends."""
    query = select(Credential).where(Credential.id.in_(credential_ids)).order_by(Credential.id)
    found = await session.execute(query.with_for_update(read=True, key_share=True))
    return {credential.id: credential for credential in found.scalars()}


async def names_of(session: AsyncSession, credential_ids: Collection[int]) -> dict[int, str]:
    found = await session.execute(select(Credential.id, Credential.name).where(Credential.id.in_(credential_ids)))
    return {row.id: row.name for row in found}


async def ids_by_name(session: AsyncSession, names: Collection[str]) -> dict[str, int]:
    found = await session.execute(select(Credential.name, Credential.id).where(Credential.name.in_(names)))
    return {row.name: row.id for row in found}


async def is_taken(session: AsyncSession, name: str, besides: int | None) -> bool:
    query = select(Credential.id).where(Credential.name == name)
    found = await session.execute(query if besides is None else query.where(Credential.id != besides))
    return found.first() is not None


async def note_use(session: AsyncSession, credential_id: int) -> None:
    await session.execute(NOTE_USE, {"id": credential_id})
