"""Leaves a CRM alone that fails again and again, and tries it again after a while."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from outrider.integrations.crm.base import (
    Activity,
    Changes,
    Contact,
    ContactWrite,
    Crm,
    CrmAccount,
    CrmTraits,
    CrmUnavailable,
    Gone,
    Position,
    RemoteField,
    Written,
)

log = structlog.get_logger(__name__)

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 300.0


class Circuit:
    """What a process knows of one account. After `FAILURES` in a row nothing passes for a while, then one call tries."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic):
        self.name = name
        self._now = now
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._open_until = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES

    def enter(self) -> None:
        """
        Raises:
            CrmUnavailable: the circuit is open.
        """
        if not self.is_open:
            return
        wait = self._open_until - self._now()
        if wait > 0 or self._trying:
            raise CrmUnavailable(f"{self.name} failed too often and is left alone for a while.", retry_after=max(wait, 1.0))
        self._trying = True

    def leave(self, *, failed: bool) -> None:
        was_open, self._trying = self.is_open, False
        if not failed:
            self._failures, self._pause = 0, FIRST_PAUSE
            return
        self._failures += 1
        if self.is_open:
            self._pause = min(self._pause * 2, LONGEST_PAUSE) if was_open else FIRST_PAUSE
            self._open_until = self._now() + self._pause
            log.warning("crm_circuit_open", account=self.name, seconds=self._pause)

    def give_up(self) -> None:
        """The call was cancelled: it says nothing."""
        self._trying = False


class Breaker:
    """A CRM behind a circuit. A refusal is an answer; only silence counts as a failure."""

    def __init__(self, crm: Crm, circuit: Circuit):
        self._crm = crm
        self._circuit = circuit

    @property
    def traits(self) -> CrmTraits:
        return self._crm.traits

    @asynccontextmanager
    async def _around(self) -> AsyncIterator[None]:
        self._circuit.enter()
        try:
            yield
        except CrmUnavailable:
            self._circuit.leave(failed=True)
            raise
        except Exception:
            self._circuit.leave(failed=False)
            raise
        except BaseException:
            self._circuit.give_up()
            raise
        self._circuit.leave(failed=False)

    async def check(self) -> CrmAccount:
        async with self._around():
            return await self._crm.check()

    async def prepare(self) -> None:
        async with self._around():
            await self._crm.prepare()

    async def fields(self) -> Sequence[RemoteField]:
        async with self._around():
            return await self._crm.fields()

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        async with self._around():
            return await self._crm.changed(after, fields, limit)

    async def gone(self, since: datetime) -> Sequence[Gone]:
        async with self._around():
            return await self._crm.gone(since)

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        async with self._around():
            return await self._crm.read(external_ids, fields)

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        async with self._around():
            return await self._crm.upsert(contacts)

    async def log(self, activity: Activity) -> str:
        async with self._around():
            return await self._crm.log(activity)

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        async with self._around():
            await self._crm.set_fields(external_id, values)

    async def opt_out(self, external_id: str, at: datetime) -> None:
        async with self._around():
            await self._crm.opt_out(external_id, at)

    async def aclose(self) -> None:
        await self._crm.aclose()
