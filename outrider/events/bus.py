"""Domain events, delivered inside the transaction that publishes them.

A folder declares its facts as frozen dataclasses in its `events.py` and calls `publish(session, fact)`. Folders above
it register handlers with `subscribe`; a handler runs in the same transaction, so the fact and its consequences are
committed together or not at all. Slow work belongs in a job that the handler enqueues.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

Event = TypeVar("Event")
Handler = Callable[[AsyncSession, Any], Awaitable[None]]

_handlers: dict[type, list[Handler]] = defaultdict(list)


def subscribe(event_type: type[Event]) -> Callable[[Callable[[AsyncSession, Event], Awaitable[None]]], Any]:
    """Decorator: run the function for every published `event_type`, once the composition root imported its module."""

    def register(handler: Callable[[AsyncSession, Event], Awaitable[None]]) -> Any:
        if handler not in _handlers[event_type]:
            _handlers[event_type].append(handler)
        return handler

    return register


async def publish(session: AsyncSession, event: object) -> None:
    """Run the subscribers of `event` in `session`'s transaction, in the order of their registration."""
    for handler in _handlers[type(event)]:
        await handler(session, event)
