"""Effects: what runs ask others to do after the commit, at most once each.

    @effect("webhook", repeatable=True)
    async def call_webhook(call: EffectCall) -> dict[str, Any]: ...

What a kind returns is the result. It raises `EffectRefused` when it surely did not happen and never will, `EffectDelayed` when it
surely did not happen yet, and `EffectUnknown` when nobody knows. A kind is repeatable if the idempotency key makes the receiver
do it once, however often it is asked; only such a kind is asked again after an unknown outcome or a dead worker. Any other is
looked up, if the kind can do that, or waits for a person who knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import ConfigurationError, Conflict, NotFound, OutriderError
from outrider.events.facts import notify
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.workflows.intents import RunEffect
from outrider.workflows.models import EffectState, Run, RunWait
from outrider.workflows.models import RunEffect as EffectRow
from outrider.workflows.runs import effect_rows as rows
from outrider.workflows.runs.applying import Asked, applies
from outrider.workflows.runs.notices import EffectUnsure
from outrider.workflows.runs.service import tell_changed, wake
from outrider.workflows.waiting import Answer, WaitKind

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)
"""Doubled after each further attempt: about twenty minutes in all."""

LOST = "It was given up: {} times the process that carried it out ended before it could tell what became of it."

Part = TypeVar("Part")


class EffectRefused(OutriderError):
    """It did not happen, and asking again would not help.

    Args:
        result: what the run is told besides the reason.
    """

    def __init__(self, detail: str, *, result: dict[str, Any] | None = None):
        super().__init__(detail)
        self.result = result


class EffectDelayed(OutriderError):
    """It did not happen yet; asking again later may help."""


class EffectUnknown(OutriderError):
    """It may or may not have happened."""


class EffectNotFound(NotFound):
    """There is no such effect."""


class EffectKnown(Conflict):
    """What became of the effect is known already."""


@dataclass(frozen=True, slots=True)
class EffectCall:
    """One attempt to carry out an effect."""

    effect_id: int
    kind: str
    payload: dict[str, Any]
    idempotency_key: str
    """The same at every attempt: hand it to the receiver."""
    attempt: int
    """From 1."""
    is_uncertain: bool
    """An earlier attempt may have done it."""
    run_id: int
    campaign_id: int
    lead_id: int
    token: str
    lost: int = 0
    """Processes in a row that ended while they carried it out."""
    parts: Mapping[type, Any] = field(default_factory=dict)

    def part(self, kind: type[Part]) -> Part:
        """The process-wide part registered for this type.

        Raises:
            LookupError: the worker was composed without it.
        """
        if kind not in self.parts:
            raise LookupError(f"This worker has no {kind.__name__}.")
        found: Part = self.parts[kind]
        return found


CarryOut = Callable[[EffectCall], Awaitable[dict[str, Any]]]
LookUp = Callable[[EffectCall], Awaitable[dict[str, Any] | None]]
"""The result of an effect that happened; None if it surely did not."""


@dataclass(frozen=True, slots=True)
class EffectKind:
    name: str
    carry_out: CarryOut
    repeatable: bool
    look_up: LookUp | None


_kinds: dict[str, EffectKind] = {}


def effect(name: str, *, repeatable: bool = False, look_up: LookUp | None = None) -> Callable[[CarryOut], CarryOut]:
    """Decorator: let the function carry out effects of this kind, once its module is imported."""

    def register(carry_out: CarryOut) -> CarryOut:
        known = _kinds.setdefault(name, EffectKind(name, carry_out, repeatable, look_up))
        if known.carry_out is not carry_out:
            raise ConfigurationError(f"Effects of kind {name!r} are carried out by two functions.")
        return carry_out

    return register


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended."""

    state: EffectState
    """`done`, `failed`, `unknown`; `queued` for another attempt after `pause`, `working` if that has to find out first."""
    result: dict[str, Any] | None = None
    error: str | None = None
    pause: timedelta = timedelta(0)


async def carry_out(call: EffectCall) -> Outcome:
    """Do it, or find out what became of an earlier attempt. No transaction is open meanwhile.

    What the kind raises besides its own three errors is not known to have prevented the effect.
    """
    kind = _kinds.get(call.kind)
    if kind is None:
        return Outcome(EffectState.FAILED, error=f"Nothing here carries out {call.kind!r}.")
    try:
        return await _carry_out(kind, call)
    except EffectRefused as error:
        return Outcome(EffectState.FAILED, error.result, error.detail)
    except EffectDelayed as error:
        return _again(call, error.detail, is_uncertain=False)
    except EffectUnknown as error:
        return _unknown(kind, call, error.detail)
    except Exception as error:
        log.exception("effect_crashed", kind=call.kind, effect_id=call.effect_id)
        return _unknown(kind, call, f"It broke down: {type(error).__name__}.")


def give_up(call: EffectCall) -> Outcome:
    """What becomes of an effect that too many processes did not survive: a person has to find out what it did."""
    log.error("effect_given_up", kind=call.kind, effect_id=call.effect_id, lost=call.lost)
    return Outcome(EffectState.UNKNOWN, error=LOST.format(call.lost))


async def _carry_out(kind: EffectKind, call: EffectCall) -> Outcome:
    if call.is_uncertain and not kind.repeatable:
        if kind.look_up is None:
            return Outcome(EffectState.UNKNOWN, error="The process that carried it out stopped before it could tell.")
        if (found := await kind.look_up(call)) is not None:
            return Outcome(EffectState.DONE, found)
    return Outcome(EffectState.DONE, await kind.carry_out(call))


def _unknown(kind: EffectKind, call: EffectCall, reason: str) -> Outcome:
    if kind.repeatable or kind.look_up is not None:
        return _again(call, reason, is_uncertain=True)
    return Outcome(EffectState.UNKNOWN, error=reason)


def _again(call: EffectCall, reason: str, *, is_uncertain: bool) -> Outcome:
    if call.attempt >= MOST_ATTEMPTS:
        state = EffectState.UNKNOWN if is_uncertain else EffectState.FAILED
        return Outcome(state, error=f"{reason} It was tried {call.attempt} times.")
    state = EffectState.WORKING if is_uncertain else EffectState.QUEUED
    return Outcome(state, error=reason, pause=FIRST_PAUSE * 2 ** (call.attempt - 1))


async def finish(session: AsyncSession, call: EffectCall, outcome: Outcome) -> bool:
    """Store how the attempt ended and let the run go on, if it is over; False if the effect was taken by somebody else."""
    if not await rows.finish(session, call.effect_id, call.token, outcome.state, outcome.result, outcome.error, outcome.pause):
        return False
    if outcome.state in (EffectState.DONE, EffectState.FAILED):
        await _answer(session, call.effect_id)
    elif outcome.state == EffectState.UNKNOWN:
        await notify(session, EffectUnsure.of(await rows.shown(session, call.effect_id)))
        announce(session, Topic.APPROVALS, "changed", more=True)
    tell_changed(session, [call.run_id])
    return True


async def settle(
    session: AsyncSession, run_id: int, effect_id: int, actor: str, *, happened: bool, result: Mapping[str, Any] | None = None
) -> EffectRow:
    """A person says what became of an effect that nobody knows about; the run goes on with that.

    Args:
        result: what came of it, as the run reads it; only of one that happened.

    Raises:
        EffectNotFound: the run asked for no such effect.
        EffectKnown: nobody has to say it any more; names who said it, if somebody did.
    """
    await session.execute(select(Run.id).where(Run.id == run_id).with_for_update(key_share=True))
    found = await session.get(EffectRow, effect_id, with_for_update=True, populate_existing=True)
    if found is None or found.run_id != run_id:
        raise EffectNotFound(f"Run {run_id} has no effect {effect_id}.")
    if found.state != EffectState.UNKNOWN:
        raise _known(found)
    found.state = EffectState.DONE if happened else EffectState.FAILED
    found.result = dict(result or {}) if happened else None
    found.decided_by, found.finished_at = actor, datetime.now(UTC)
    await session.flush()
    await _answer(session, effect_id)
    tell_changed(session, [found.run_id])
    announce(session, Topic.APPROVALS, "changed", more=True)
    return found


def _known(found: EffectRow) -> EffectKnown:
    if found.decided_by is None or found.finished_at is None:
        return EffectKnown(f"The effect is {found.state}: nobody has to say what became of it.")
    what = "that it happened" if found.state == EffectState.DONE else "that it did not happen"
    said = f"{found.decided_by} said {what}, at {found.finished_at:%d %b %Y %H:%M} UTC."
    return EffectKnown(said, remedy="Look at the run: it went on with that.", decided_by=found.decided_by)


@applies(RunEffect)
async def queue_effects(session: AsyncSession, asked: Sequence[Asked[RunEffect]]) -> None:
    """Store what is to be carried out. What a replay asks for again is not done again: its result is handed to the new run."""
    known = await rows.insert(session, asked)
    for effect_id in known:
        await _answer(session, effect_id)


async def _answer(session: AsyncSession, effect_id: int) -> None:
    """Hand the result to the run that waits for it."""
    found = await session.get(EffectRow, effect_id, populate_existing=True)
    if found is None or not found.answer_wanted:
        return
    waits = select(RunWait.id).where(
        RunWait.run_id == found.run_id,
        RunWait.node_id == found.node_id,
        RunWait.visit == found.visit,
        RunWait.kind == WaitKind.EFFECT,
    )
    is_done = found.state == EffectState.DONE
    result = found.result or {}
    answer = Answer("done", result) if is_done else Answer("failed", {**result, "error": found.error or ""})
    await wake(session, list((await session.execute(waits)).scalars()), answer)
