"""The points at which a worker can be killed, put around the product's own functions in the process that shall die.

A point has a name, such as `in sms#1` or `after commit of RunTimers._claim`. Every point that is passed is written to a file
before anything else happens, so that it is known even of a process that dies there.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.commit import LeadSegment, ResultWriter
from outrider.channels.twilio import TwilioCarrier
from outrider.db.engine import Database
from outrider.workflows.compiler.visiting import _Visit
from outrider.workflows.runs import effects
from outrider.workflows.runs.effects import EffectCall, EffectKind

WATCHED = ("outrider.campaigns", "outrider.conversations.deliverer", "outrider.db.group_commit")
"""Modules whose transactions are points; others have none to do with runs."""
COMMIT = "commit"
"""Name of what a transaction stores, in the session's `info`."""
HAS_WRITTEN = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
DIED = "!"
"""Before the name of the point at which the process died."""


class Points:
    """Notes the points that this process passes, and kills it at one of the deadly ones.

    Args:
        note: file descriptor, opened to append.
    """

    def __init__(self, note: int, deadly: Collection[str]):
        self._note, self._deadly = note, frozenset(deadly)
        self._seen: Counter[str] = Counter()

    def reach(self, name: str) -> None:
        is_deadly = name in self._deadly
        os.write(self._note, f"{DIED if is_deadly else ' '}{name}\n".encode())
        if is_deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def reach_again(self, name: str) -> None:
        """A point without a name of its own: told apart by how often this process came by."""
        self._seen[name] += 1
        self.reach(f"{name} {self._seen[name]}")

    def install(self) -> None:
        self._visits()
        self._commits()
        self._effects()
        self._carrier()

    def _visits(self) -> None:
        take_place, record = _Visit.take_place, _Visit._record

        async def visited(visit: _Visit) -> Any:
            place = f"{visit.station.path}#{visit.number}"
            self.reach(f"before {place}")
            command = await take_place(visit)
            self.reach(f"after {place}")
            return command

        def recorded(visit: _Visit, *given: Any, is_pause: bool = False, **named: Any) -> None:
            self.reach(f"{'pausing' if is_pause else 'in'} {visit.station.path}#{visit.number}")
            record(visit, *given, is_pause=is_pause, **named)

        _Visit.take_place, _Visit._record = visited, recorded  # type: ignore[method-assign]

    def _commits(self) -> None:
        begin, write = Database.transaction, ResultWriter.__call__

        def transaction(database: Database) -> contextlib.AbstractAsyncContextManager[AsyncSession]:
            caller = sys._getframe(1)
            is_watched = caller.f_globals["__name__"].startswith(WATCHED)
            return watched(begin(database), caller.f_code.co_qualname) if is_watched else begin(database)

        @contextlib.asynccontextmanager
        async def watched(inner: contextlib.AbstractAsyncContextManager[AsyncSession], name: str) -> AsyncIterator[AsyncSession]:
            async with inner as session:
                yield session
                name = session.info.get(COMMIT, name)
                has_written = session.in_transaction() and (await session.execute(HAS_WRITTEN)).scalar_one()
                if has_written:
                    self.reach(f"before commit of {name}")
            if has_written:
                self.reach(f"after commit of {name}")

        async def written(writer: ResultWriter, session: AsyncSession, segments: Sequence[LeadSegment]) -> Any:
            steps = segments[0].segment.recorder.steps
            session.info[COMMIT] = f"a run at {steps[-1].node_id}#{steps[-1].visit}" if steps else "a run without a step"
            return await write(writer, session, segments)

        Database.transaction, ResultWriter.__call__ = transaction, written  # type: ignore[method-assign, assignment]

    def _effects(self) -> None:
        for name, kind in effects._kinds.items():
            effects._kinds[name] = self._watched(kind)

    def _watched(self, kind: EffectKind) -> EffectKind:
        async def carry_out(call: EffectCall) -> dict[str, Any]:
            place = call.idempotency_key.partition("/")[2].partition(":")[2]
            self.reach(f"before effect of {place}")
            result = await kind.carry_out(call)
            self.reach(f"after effect of {place}")
            return result

        return replace(kind, carry_out=carry_out)

    def _carrier(self) -> None:
        send = TwilioCarrier.send_text

        async def sent(carrier: TwilioCarrier, request: Any) -> Any:
            self.reach_again("before posting text")
            outcome = await send(carrier, request)
            self.reach_again("after posting text")
            return outcome

        TwilioCarrier.send_text = sent  # type: ignore[method-assign]
