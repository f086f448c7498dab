"""One visit to a node: parameters, policy, the node's work, its pause, its failure, and the record of it all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from langgraph.config import get_config
from langgraph.errors import GraphBubbleUp
from langgraph.types import Command, interrupt

from outrider.llm.base import BooksUnavailable, BudgetExhausted
from outrider.workflows.compiler.results import (
    NestedFailed,
    NestedResult,
    failed,
    paid_for,
    pinned,
    plain,
    put_together,
    with_cost_of,
    with_earlier,
)
from outrider.workflows.context import RunContext, StepRecord
from outrider.workflows.expressions.resolving import UnusableParameters, resolve
from outrider.workflows.intents import AskedIntent, Intent
from outrider.workflows.nodes.base import (
    ERROR,
    POLICY,
    NodeCall,
    NodeFailed,
    NodeFunction,
    NodeParams,
    NodeResult,
    NodeSpecification,
)
from outrider.workflows.state import Change, RunState
from outrider.workflows.waiting import Answer, PausedWait, Wait, interrupt_id

log = structlog.get_logger(__name__)

MOST_VISITS = 50
"""Of one node in one run; a run that goes round more often is stuck."""
RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 8.0
AFTER_PAUSE = 100
"""Number of the first intent that a visit asks for after it paused. Lower ones are for what it asked for as it paused, so that
an intent has the same name wherever a segment ends."""


@dataclass(slots=True)
class Running:
    """One segment of a run, as LangGraph hands it to the nodes."""

    context: RunContext
    known: Mapping[str, PausedWait] = field(default_factory=dict)
    """Where the run stood still when the segment began."""
    answered: frozenset[str] = frozenset()
    """Which of these go on."""
    places: dict[str, str] = field(default_factory=dict)
    """Where the run stands still now: LangGraph's namespace of each node that waits, by interrupt id."""

    def known_name(self, path: str, visit: int) -> str | None:
        """Of the wait in which this visit was when the segment began, if it was in one."""
        name = interrupt_id(path, visit)
        return name if name in self.known else None

    def stand_still(self, name: str) -> Any:
        """LangGraph's interrupt: pause the node that is being visited, or give what it was answered."""
        self.places[name] = get_config()["configurable"]["checkpoint_ns"]
        answer = interrupt(name)
        del self.places[name]
        return answer


@dataclass(frozen=True, slots=True)
class Exits:
    """Where a node's outcomes lead, as names within its graph."""

    by_handle: Mapping[str, str | Sequence[str]]
    over: str
    """Where a run goes that can't go on: the last node, or the end of the branch."""
    on_error: str | None = None
    """Node of the definition that takes over after a failure."""


@dataclass(frozen=True, slots=True)
class Station:
    """A node of a definition, ready to be visited."""

    path: str
    specification: NodeSpecification
    run: NodeFunction
    data: Mapping[str, Any]
    params: NodeParams | None
    """None: they hold expressions and are worked out at each visit."""
    input: dict[str, Any]
    """What the step records of parameters without expressions."""
    policy: NodeParams
    ordinary: str
    exits: Exits
    fails_after: frozenset[str] = frozenset()
    """Paths of nodes whose failure is this one's, too: those of the branches that a join closes."""

    async def visit(self, state: RunState, running: Running) -> Command[str]:
        """
        Raises:
            BudgetExhausted, BooksUnavailable: nothing is wrong with the lead; it can be worked later.
        """
        visit = state["visits"].get(self.path, 0) + 1
        name = running.known_name(self.path, visit) if running.known else None
        if name is not None and name not in running.answered:
            running.stand_still(name)  # Another branch goes on; this one still waits, and its node need not run to find that out.
        paused = running.known[name] if name is not None else None
        return await _Visit(self, state, running.context, running, visit, paused).take_place()


@dataclass(slots=True)
class _Visit:
    station: Station
    state: RunState
    context: RunContext
    running: Running
    number: int
    paused: PausedWait | None
    """What it waited for when the segment began."""
    input: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)
    has_paused: bool = False

    async def take_place(self) -> Command[str]:
        at, failure, target = self.context.now(), None, None
        try:
            result = await self._result()
            output, target = self._usable(result)
        except NodeFailed as caught:
            failure = caught
            result, output = failed(failure), {"error": {"type": failure.kind, "message": failure.reason}}
        facts = {**result.update, "outcome": result.handle}
        if failure is not None:
            target = self._after_failure(failure, facts)
        elif facts.get("error_message"):
            facts["error_node"] = self.station.path
        self._record(result, output, at, failure, first_number=AFTER_PAUSE if self.has_paused or self.paused else 0)
        change = self._change(output, facts)
        if isinstance(outcome := failure or result, NestedFailed | NestedResult):
            change = put_together(outcome.inner, change)
        return Command(update={"state": change}, goto=target or ())

    def _usable(self, result: NodeResult) -> tuple[dict[str, Any], str | Sequence[str]]:
        """What is kept of the result, and where it leads.

        Raises:
            NodeFailed: it can't be used. What it cost was paid all the same.
        """
        try:
            return plain(result.output), self._way_out(result)
        except NodeFailed as failure:
            raise paid_for(failure, result) from failure

    def _way_out(self, result: NodeResult) -> str | Sequence[str]:
        target = self.station.exits.by_handle.get(result.handle)
        if target is None:
            name = self.station.specification.label
            raise NodeFailed(f"{name} was left by {result.handle!r}, which is none of its outcomes.", kind="crashed")
        return target

    async def _result(self) -> NodeResult:
        station = self.station
        if self.number > MOST_VISITS:
            raise NodeFailed(f"The run came to this step more than {MOST_VISITS} times.", kind="too_many_visits")
        if (pin := self.context.pins.get(station.path)) is not None and not station.specification.ends_run:
            return pinned(pin, station.ordinary)
        if station.policy.disabled:
            return NodeResult(station.ordinary, "Passed by: the step is switched off.")
        if self.state["error_node"] in station.fails_after:
            raise NodeFailed(self.state["error_message"], kind="branch_failed")
        paused = self.paused.wait if self.paused is not None else None
        call = NodeCall(station.path, self.number, self._params(), self.state, self.context, self._pause, paused)
        return await self._tried(call)

    def _params(self) -> NodeParams:
        station = self.station
        if station.params is not None:
            self.input = station.input
            return station.params
        names = self.context.names(self.state, station.path[: station.path.rfind("/") + 1])
        try:
            resolved = resolve(station.specification.params, station.data, names)
        except UnusableParameters as error:
            raise NodeFailed(str(error), kind="parameters") from error
        self.warnings = resolved.warnings
        self.input = resolved.params.model_dump(mode="json", exclude=set(POLICY), exclude_unset=True)
        return resolved.params

    async def _tried(self, call: NodeCall) -> NodeResult:
        """The result of the first attempt that does not fail; the cost of those that did is added to it.

        Raises:
            NodeFailed: the last attempt failed, too.
        """
        policy = self.station.policy
        if not policy.retries:
            return await self._attempt(call)
        spent = NodeFailed("")
        for attempt in range(policy.retries + 1):
            try:
                result = await self._attempt(call)
            except NodeFailed as failure:
                spent = with_earlier(failure, spent)
            else:
                return with_cost_of(spent, result) if attempt else result
            if attempt < policy.retries:
                await asyncio.sleep(min(RETRY_SECONDS * 2**attempt, LONGEST_RETRY_SECONDS))
        raise spent

    async def _attempt(self, call: NodeCall) -> NodeResult:
        label, seconds = self.station.specification.label, self.station.policy.timeout_seconds
        limit = None if seconds is None else asyncio.timeout(seconds)
        try:
            if limit is None:
                return await self.station.run(call)
            async with limit:
                return await self.station.run(call)
        except (NodeFailed, GraphBubbleUp, BudgetExhausted, BooksUnavailable):
            raise
        except Exception as error:
            if limit is not None and limit.expired():
                raise NodeFailed(f"{label} took longer than {seconds:g} s.", kind="timeout") from error
            log.exception("node_crashed", node=self.station.specification.name, trace_id=self.context.trace_id)
            raise NodeFailed(f"{label} broke down: {type(error).__name__}.", kind="crashed") from error

    def _pause(self, wait: Wait, intents: Sequence[Intent]) -> Answer:
        """Pause here, or give the answer if the run goes on from here.

        LangGraph runs the node again from its start when it goes on; what is recorded at the pause is recorded only once, because
        `interrupt` returns instead of raising then.
        """
        if not self.station.specification.pauses or self.has_paused:
            raise RuntimeError(f"{self.station.specification.kind} may wait {'once per visit' if self.has_paused else 'never'}.")
        self.has_paused = True
        name = interrupt_id(self.station.path, self.number)
        if self.paused is None:
            paused = PausedWait(name, self.station.path, self.number, wait, self.context.now())
            self._record_pause(paused, intents)
            answer = self.context.answer_wait(self.station.path, self.number, wait) if self.context.answer_wait else None
            if answer is not None:
                return answer
            self.context.recorder.waits.append(paused)
        given = self.running.stand_still(name)
        return Answer(given["event"], given["data"])

    def _after_failure(self, failure: NodeFailed, facts: dict[str, Any]) -> str | Sequence[str]:
        """Where the run goes on, and what it remembers of the failure."""
        exits = self.station.exits
        if failure.kind != "too_many_visits" and (handler := exits.by_handle.get(ERROR)) is not None:
            if failure.kind == "branch_failed":
                facts |= {"error_message": "", "error_node": ""}
            return handler
        node = self.state["error_node"] if failure.kind == "branch_failed" else self.station.path
        facts |= {"error_message": failure.reason, "error_node": node}
        is_first = not self.state["error_message"] or failure.kind == "branch_failed"
        return exits.on_error if exits.on_error and is_first and failure.kind != "too_many_visits" else exits.over

    def _change(self, output: dict[str, Any], facts: dict[str, Any]) -> Change:
        change: Change = {"kind": "change", "visits": {self.station.path: self.number}, "facts": facts}
        if output:
            change["steps"] = {self.station.path: output}
        return change

    def _record_pause(self, paused: PausedWait, intents: Sequence[Intent]) -> None:
        waiting = NodeResult("", f"Waits: {paused.wait.kind.value}.", intents=list(intents), details=paused.wait.details)
        self._record(waiting, {}, paused.at, None, is_pause=True)
        self.context.recorder.at_last_pause = len(self.context.recorder.intents)

    def _record(
        self,
        result: NodeResult,
        output: dict[str, Any],
        at: datetime,
        failure: NodeFailed | None,
        *,
        is_pause: bool = False,
        first_number: int = 0,
    ) -> None:
        station, recorder = self.station, self.context.recorder
        recorder.steps.append(
            StepRecord(
                seq=len(recorder.steps),
                node_id=station.path,
                node=station.specification.name,
                visit=self.number,
                level=result.level,
                message=result.message,
                outcome=result.handle,
                is_pause=is_pause,
                input=self.input,
                output=output,
                ms=round((time.perf_counter() - self.began) * 1000, 2),
                waited_ms=(at - self.paused.at).total_seconds() * 1000 if self.paused is not None else None,
                tokens=result.tokens,
                cost=result.cost,
                details={**result.details, "warnings": self.warnings} if self.warnings else result.details,
                error={"type": failure.kind, "message": failure.reason} if failure is not None else None,
                at=at,
            )
        )
        recorder.transcript.extend(
            {**entry, "metadata": {**entry["metadata"], "node_id": station.path, "visit": self.number}}
            for entry in result.transcript
        )
        for number, intent in enumerate(result.intents, first_number):
            recorder.intents.append(AskedIntent(station.path, self.number, number, intent))
