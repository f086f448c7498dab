"""Runs the tools that a model asks for, as far as the agent may have them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson
import structlog
from pydantic import ValidationError

import outrider.agents.tools.facts
import outrider.agents.tools.meetings
import outrider.agents.tools.people  # noqa: F401  (they register their tools)
from outrider.agents.base import AgentIntent, Slot, ToolUse
from outrider.agents.tools.base import TOOLS, RunAuthority, Tool, ToolRefused, ToolResult
from outrider.errors import OutriderError
from outrider.llm.base import ToolCall, ToolSpecification

log = structlog.get_logger(__name__)

LONGEST_RESULT = 4_000
"""Characters of a tool's answer that a model gets to read."""
LONGEST_ARGUMENTS = 4_000
SECONDS = 10.0
MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """One tool call, done or refused."""

    use: ToolUse
    intents: Sequence[AgentIntent] = ()
    offered: Sequence[Slot] = ()

    @property
    def said(self) -> str:
        """What the model is told."""
        return f"Refused: {self.use.refused}" if self.use.refused else self.use.result


Watch = Callable[[ToolUse], None]


@dataclass(frozen=True, slots=True)
class ToolBox:
    """The tools of a process.

    Args:
        seconds: time that one tool may take.
        watch: told of each use as it ends.
    """

    seconds: float = SECONDS
    watch: Watch | None = field(default=None)

    def specifications(self, authority: RunAuthority, allowed: Sequence[str]) -> list[ToolSpecification]:
        """What the model is told of: the allowed tools that agents of this type may have."""
        return [found.specification for name in allowed if (found := _tool_for(name, authority)) is not None]

    async def run(self, call: ToolCall, authority: RunAuthority, allowed: Sequence[str]) -> ToolOutcome:
        """Run one call. Never raises for what the model asked or for what the tool met: that is in the outcome."""
        began = time.perf_counter()
        outcome = await self._outcome(call, authority, allowed)
        outcome.use.milliseconds = round((time.perf_counter() - began) * 1000)
        if outcome.use.refused:
            log.info("tool_refused", tool=call.name[:64], agent_type=authority.agent_type, reason=outcome.use.refused)
        if self.watch is not None:
            self.watch(outcome.use)
        return outcome

    async def _outcome(self, call: ToolCall, authority: RunAuthority, allowed: Sequence[str]) -> ToolOutcome:
        found = _tool_for(call.name, authority) if call.name in allowed else None
        if found is None:
            return _refused(call, "This agent may not use a tool of this name.")
        if len(orjson.dumps(dict(call.arguments), default=str)) > LONGEST_ARGUMENTS:
            return _refused(call, "The arguments are too long.")
        try:
            arguments = found.arguments.model_validate(dict(call.arguments))
        except ValidationError as error:
            return _refused(call, _problems(error))
        try:
            async with asyncio.timeout(self.seconds):
                result = await found.run(authority, arguments)
        except ToolRefused as error:
            return _refused(call, str(error))
        except TimeoutError:
            return _refused(call, f"The tool took longer than {self.seconds:g} seconds.")
        except OutriderError as error:
            log.warning("tool_failed", tool=found.name, error=error.slug)
            return _refused(call, f"The tool failed: {error.title}.")
        authority.offered[:] = result.offered or authority.offered
        authority.intents.extend(result.intents)
        return _done(call, result)


def _tool_for(name: str, authority: RunAuthority) -> Tool | None:
    found = TOOLS.get(name)
    return found if found is not None and authority.agent_type in found.agent_types else None


def _done(call: ToolCall, result: ToolResult) -> ToolOutcome:
    said = result.said if isinstance(result.said, str) else orjson.dumps(result.said, default=str).decode()
    if len(said) > LONGEST_RESULT:
        said = said[: LONGEST_RESULT - 1] + "…"
    return ToolOutcome(ToolUse(name=call.name, arguments=dict(call.arguments), result=said), result.intents, result.offered)


def _refused(call: ToolCall, why: str) -> ToolOutcome:
    arguments = dict(call.arguments) if len(call.arguments) <= 20 else {}
    kept = {str(name)[:64]: value if not isinstance(value, str) else value[:500] for name, value in arguments.items()}
    return ToolOutcome(ToolUse(name=call.name[:64], arguments=kept, result="", refused=why))


def _problems(error: ValidationError) -> str:
    found = (f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}" for item in error.errors()[:MOST_PROBLEMS])
    return f"The arguments can't be used: {'; '.join(found)}."
