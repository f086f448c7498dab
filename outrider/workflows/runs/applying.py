"""Applying intents in the transaction that commits the segment which asked for them.

    @applies(TagLead)
    async def tag_leads(session: AsyncSession, asked: Sequence[Asked[TagLead]]) -> None: ...

A handler gets all intents of its class that one commit brings, of any number of runs. It must not wait for anything outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import ConfigurationError
from outrider.workflows.intents import Intent
from outrider.workflows.runs.repository import RunRef

AnyIntent = TypeVar("AnyIntent", bound=Intent)


@dataclass(frozen=True, slots=True)
class Asker:
    """The run that asks, with what its segment knew."""

    run: RunRef
    phone: str | None
    sender_ids: tuple[int, ...]
    """Senders of its campaign; empty means every enabled one."""
    inbound_count: int
    """Texts of the lead that the segment could know of."""


@dataclass(frozen=True, slots=True)
class Asked(Generic[AnyIntent]):
    """An intent, who asks for it, and its unique name."""

    asker: Asker
    intent: AnyIntent
    dedupe_key: str
    visit: int


Handler = Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]

_handlers: dict[type[Intent], Handler] = {}


def applies(intent_type: type[AnyIntent]) -> Callable[[Handler], Handler]:
    """Decorator: let the function apply all intents of this class."""

    def register(handler: Handler) -> Handler:
        if _handlers.setdefault(intent_type, handler) is not handler:
            raise ConfigurationError(f"{intent_type.__name__} has two handlers.")
        return handler

    return register


async def apply_intents(session: AsyncSession, asked: Sequence[Asked[Any]]) -> None:
    """Hand each intent to the handler of its class.

    Raises:
        ConfigurationError: a class has no handler here; the composition root does not import its module.
    """
    by_type: dict[type[Intent], list[Asked[Any]]] = defaultdict(list)
    for one in asked:
        by_type[type(one.intent)].append(one)
    for intent_type, of_type in by_type.items():
        if (handler := _handlers.get(intent_type)) is None:
            raise ConfigurationError(f"Nothing applies {intent_type.__name__}.", remedy="Import the module of its handler.")
        await handler(session, of_type)
