"""A CRM behind a circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from outrider.circuit import Circuit
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


def crm_circuit(account: str) -> Circuit:
    return Circuit(account, refusal=CrmUnavailable)


class Breaker:
    """Keeps calls from a CRM whose circuit is open."""

    def __init__(self, crm: Crm, circuit: Circuit):
        self._crm = crm
        self._circuit = circuit

    @property
    def traits(self) -> CrmTraits:
        return self._crm.traits

    async def check(self) -> CrmAccount:
        with self._circuit.call():
            return await self._crm.check()

    async def prepare(self) -> None:
        with self._circuit.call():
            await self._crm.prepare()

    async def fields(self) -> Sequence[RemoteField]:
        with self._circuit.call():
            return await self._crm.fields()

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        with self._circuit.call():
            return await self._crm.changed(after, fields, limit)

    async def gone(self, since: datetime) -> Sequence[Gone]:
        with self._circuit.call():
            return await self._crm.gone(since)

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        with self._circuit.call():
            return await self._crm.read(external_ids, fields)

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        with self._circuit.call():
            return await self._crm.upsert(contacts)

    async def log(self, activity: Activity) -> str:
        with self._circuit.call():
            return await self._crm.log(activity)

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        with self._circuit.call():
            await self._crm.set_fields(external_id, values)

    async def opt_out(self, external_id: str, at: datetime) -> None:
        with self._circuit.call():
            await self._crm.opt_out(external_id, at)

    async def aclose(self) -> None:
        await self._crm.aclose()
