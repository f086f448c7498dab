"""What a job is: a named async function whose arguments are stored as JSON.

    @job("campaigns.launch")
    async def launch(context: JobContext, campaign_id: int) -> None: ...

    await launch.enqueue(session, campaign_id=7)        # committed with the caller's data, or not at all

Jobs are delivered at least once: a worker that dies gives its jobs back within seconds. A job therefore changes things by
compare-and-set or by unique keys, so that a second delivery changes nothing twice.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.db import AsyncpgDriver
from pydantic import BaseModel, create_model
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.db.engine import Database, raw_connection

P = ParamSpec("P")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a running job may use."""

    database: Database
    parts: Mapping[type, Any] = field(default_factory=dict)
    """Process-wide parts by their type: the carrier, the models … The worker's composition root fills it."""
    attempt: int = 0
    """Earlier deliveries that ended in an error."""

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        return self.database.transaction()

    def part(self, kind: type[Part]) -> Part:
        """The process-wide part registered for this type: a class, or the protocol that it implements.

        Raises:
            LookupError: the worker was composed without it.
        """
        if kind not in self.parts:
            raise LookupError(f"This worker has no {kind.__name__}.")
        found: Part = self.parts[kind]
        return found


class Job(Generic[P]):
    """A registered job; `enqueue` is typed like the function it runs."""

    def __init__(
        self, name: str, function: Callable[Concatenate[JobContext, P], Awaitable[None]], max_attempts: int, *, is_bulk: bool
    ):
        self.name = name
        self.max_attempts = max_attempts
        self.is_bulk = is_bulk
        self._function = function
        self._arguments = _arguments_model(function)

    async def __call__(self, context: JobContext, *args: P.args, **kwargs: P.kwargs) -> None:
        await self._function(context, *args, **kwargs)

    async def run(self, context: JobContext, payload: bytes | None) -> None:
        """Run on a stored payload."""
        arguments = self._arguments.model_validate_json(payload or b"{}")
        await self._function(context, **{name: getattr(arguments, name) for name in self._arguments.model_fields})  # type: ignore[call-arg]

    async def enqueue(self, session: AsyncSession, *args: P.args, **kwargs: P.kwargs) -> None:
        """Store the job in `session`'s transaction; it becomes due when that commits."""
        await self._store(session, [self._payload(args, kwargs)])

    async def enqueue_many(
        self,
        session: AsyncSession,
        argument_sets: Sequence[Mapping[str, Any]],
        *,
        priority: int = 0,
        delay: timedelta | None = None,
        keys: Sequence[str] | None = None,
    ) -> None:
        """Store one job per set of arguments, in one statement; they are due after `delay`. For `keys` see `later`."""
        if argument_sets:
            payloads = [self._payload((), arguments) for arguments in argument_sets]
            await self._store(session, payloads, delay=delay, priority=priority, keys=keys)

    def later(self, delay: timedelta, *, key: str | None = None) -> Callable[Concatenate[AsyncSession, P], Awaitable[None]]:
        """As `enqueue`, due after `delay`: `await reply.later(timedelta(seconds=2))(session, conversation_id=1)`.

        With `key`, a waiting job of the same key stays and this one is dropped.
        """

        async def enqueue(session: AsyncSession, /, *args: P.args, **kwargs: P.kwargs) -> None:
            await self._store(session, [self._payload(args, kwargs)], delay=delay, keys=[key])

        return enqueue

    def _payload(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bytes:
        named = dict(zip(self._arguments.model_fields, args, strict=False)) | dict(kwargs)
        return self._arguments.model_validate(named).model_dump_json().encode()

    async def _store(
        self,
        session: AsyncSession,
        payloads: list[bytes | None] | list[bytes],
        *,
        delay: timedelta | None = None,
        keys: Sequence[str | None] | None = None,
        priority: int = 0,
    ) -> None:
        queries = Queries(AsyncpgDriver(await raw_connection(session)))
        count = len(payloads)
        await queries.enqueue(
            [self.name] * count,
            list(payloads),
            [priority] * count,
            [delay] * count,
            list(keys) if keys is not None else [None] * count,
            on_conflict="skip",
        )


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function run at the times of a cron expression, by one worker at a time."""

    name: str
    expression: str
    function: Callable[[JobContext], Awaitable[None]]


registry: dict[str, Job[Any]] = {}
schedules: dict[str, Schedule] = {}


def job(
    name: str, *, max_attempts: int = 8, is_bulk: bool = False
) -> Callable[[Callable[Concatenate[JobContext, P], Awaitable[None]]], Job[P]]:
    """Decorator: make an async function a durable job named `noun.verb`.

    A job that raises is tried again after 1, 2, 4 … seconds, or when a provider asks (at most five minutes), `max_attempts`
    times; then it is held as failed with its traceback until a person re-queues it. A job that runs for seconds is bulk: it has
    slots of its own, so that nobody who waits for an answer waits for a campaign.
    """

    def register(function: Callable[Concatenate[JobContext, P], Awaitable[None]]) -> Job[P]:
        if name in registry:
            raise RuntimeError(f"Two jobs are named {name!r}.")
        registry[name] = Job(name, function, max_attempts, is_bulk=is_bulk)
        return registry[name]

    return register


def schedule(name: str, expression: str) -> Callable[[Callable[[JobContext], Awaitable[None]]], Schedule]:
    """Decorator: run an async function at the times of a cron expression (`*/5 * * * *`; a sixth field is seconds)."""

    def register(function: Callable[[JobContext], Awaitable[None]]) -> Schedule:
        if name in schedules:
            raise RuntimeError(f"Two schedules are named {name!r}.")
        schedules[name] = Schedule(name, expression, function)
        return schedules[name]

    return register


def _arguments_model(function: Callable[..., Any]) -> type[BaseModel]:
    """The job's arguments as a model, so that what is stored is checked when written and when read."""
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    fields: dict[str, Any] = {
        p.name: (hints[p.name], ... if p.default is inspect.Parameter.empty else p.default) for p in parameters
    }
    return create_model(f"{function.__name__}_arguments", **fields)
