"""Where credentials are used: told by those above who name them.

@finds_uses
async def of_workflows(session: AsyncSession, credential_ids: Collection[int]) -> Sequence[tuple[int, Use]]: ...
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Use:
    """Something that sends a credential."""

    kind: Literal["workflow", "campaign"]
    id: int
    name: str


FindUses = Callable[[AsyncSession, Collection[int]], Awaitable[Sequence[tuple[int, Use]]]]
"""Pairs of a credential's id and a use of it."""

_finders: list[FindUses] = []


def finds_uses(find: FindUses) -> FindUses:
    """Decorator: ask the function, once its module is imported, before a credential is deleted."""
    if find not in _finders:
        _finders.append(find)
    return find


async def uses_of(session: AsyncSession, credential_ids: Collection[int]) -> dict[int, list[Use]]:
    """Uses by the credential's id, in order of their names."""
    found: dict[int, set[Use]] = defaultdict(set)
    for find in _finders if credential_ids else ():
        for credential_id, use in await find(session, credential_ids):
            found[credential_id].add(use)
    return {credential_id: sorted(uses, key=lambda use: (use.kind, use.name, use.id)) for credential_id, uses in found.items()}
