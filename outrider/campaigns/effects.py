"""Carries out what runs asked others to do: claim, do, write down how it ended and let the run go on.

A loop of the worker. Effects of paused campaigns wait, those of cancelled ones are not carried out any more. The lease of a
worker that dies runs out; whether its effect is then asked for again, looked up, or left to a person is the kind's to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from outrider.campaigns.repository import runs as rows
from outrider.config import Settings, get_settings
from outrider.conversations.waiting import first_of
from outrider.db.engine import DATABASE_TROUBLE, Database, sqlstate_of
from outrider.db.listening import listen
from outrider.workflows.runs import effect_rows
from outrider.workflows.runs.effects import EffectCall, carry_out, finish, give_up

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
RENEW_SECONDS = 25.0
IDLE_SECONDS = 2.0
MOST_AT_ONCE = 20
UNSTORABLE = "22"
"""Class of the database's errors for a value that no column holds."""
NOT_KEPT = "What came back can't be stored."
RECORD_PAUSES = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Seconds before each try to write an outcome down."""


class EffectLoop:
    """The process's part in carrying out effects.

    Args:
        parts: process-wide parts by their type, for the kinds.
    """

    def __init__(self, database: Database, parts: Mapping[type, Any]):
        self._database = database
        self._parts = parts
        self._most_lost = (parts.get(Settings) or get_settings()).most_lost_claims
        self._woken = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then finish what is in hand."""
        handlers = {effect_rows.EFFECTS_CHANNEL: lambda _: self._woken.set()}
        async with asyncio.TaskGroup() as helpers:
            listening = helpers.create_task(listen(self._database, handlers, on_connected=self._woken.set))
            try:
                while not stop.is_set():
                    self._woken.clear()
                    if not await self.carry_out_due():
                        await first_of(self._woken.wait(), stop.wait(), timeout=IDLE_SECONDS)
            finally:
                listening.cancel()

    async def carry_out_due(self) -> int:
        """Claim what is due once and carry it out; returns how many effects."""
        token = uuid4().hex
        async with self._database.transaction() as session:
            resting = await rows.resting(session)
            found = await effect_rows.claim(session, resting, MOST_AT_ONCE, token, LEASE)
        if not found:
            return 0
        renewing = asyncio.create_task(self._renew(token))
        try:
            async with asyncio.TaskGroup() as tasks:
                for row in found:
                    tasks.create_task(self._carry_out(self._call(row, token)))
        finally:
            renewing.cancel()
        return len(found)

    def _call(self, row: asyncpg.Record, token: str) -> EffectCall:
        return EffectCall(
            effect_id=row["id"],
            kind=row["kind"],
            payload=row["payload"],
            idempotency_key=row["idempotency_key"],
            attempt=row["attempts"],
            is_uncertain=row["is_uncertain"],
            run_id=row["run_id"],
            campaign_id=row["campaign_id"],
            lead_id=row["lead_id"],
            token=token,
            lost=row["claims"] - 1,
            parts=self._parts,
        )

    async def _carry_out(self, call: EffectCall) -> None:
        outcome = give_up(call) if call.lost >= self._most_lost else await carry_out(call)
        for pause in RECORD_PAUSES:
            await asyncio.sleep(pause)
            try:
                async with self._database.transaction() as session:
                    if not await finish(session, call, outcome):
                        log.warning("effect_taken_over", effect_id=call.effect_id, kind=call.kind)
                return
            except (*DATABASE_TROUBLE, TypeError) as error:
                log.warning("effect_not_recorded", effect_id=call.effect_id, error=repr(error))
                if isinstance(error, TypeError) or (sqlstate_of(error) or "").startswith(UNSTORABLE):
                    # Left to its lease it would be carried out once more, and again.
                    outcome = replace(outcome, result={} if outcome.result else outcome.result, error=NOT_KEPT)
        log.error("effect_left_to_its_lease", effect_id=call.effect_id, kind=call.kind, state=outcome.state)

    async def _renew(self, token: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                async with self._database.transaction() as session:
                    await effect_rows.keep(session, token, LEASE)
            except DATABASE_TROUBLE as error:
                log.warning("lease_not_renewed", error=repr(error))
