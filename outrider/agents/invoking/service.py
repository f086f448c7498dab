"""One run of one agent, asked for by a person or a program; its answer is recorded and nothing else happens."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import Agent, AgentConfiguration, AgentResponse, AgentType, Qualification, Reading, WorkflowContext
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.agents.figures import CANCELLED, error_code, measured_run
from outrider.agents.invoking import repository
from outrider.agents.invoking.context import invoke_context
from outrider.agents.invoking.hearing import Ear, Heard, overheard
from outrider.agents.invoking.schemas import AgentStarted, Invoke, Invoked, answer_models
from outrider.agents.library.configurations import configuration_for, configuration_of
from outrider.agents.models import Agent as StoredAgent
from outrider.agents.models import AgentExecution
from outrider.agents.sales.qualification import CompanyQualificationAgent
from outrider.agents.team.graph import ConversationTeam
from outrider.agents.team.speaking import SpeakingAgent
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import InvalidInput, LimitExceeded, OutriderError

log = structlog.get_logger(__name__)

INVOKE = "invoke"
NUL = "\\u0000"
"""As JSON writes it; the database takes it in no text."""
ANY_TYPE = "*"
UNSTATED_CALLS = 600
"""Calls within an hour of a type that the setting leaves out."""
LONGEST_ERROR = 500
MOST_WAITING = 10_000
"""Events that wait for a slow reader; further pieces of text are dropped, for the result has all of it."""


class TooManyCalls(LimitExceeded):
    """Agents of this type were asked for too often within this hour."""

    title = "Agents of this type are asked for too often"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that may begin."""

    wanted: Invoke
    agent_type: AgentType
    configuration: AgentConfiguration
    context: WorkflowContext
    agent_id: int | None


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that ended well."""

    response: AgentResponse
    system_prompt: str
    reading: Reading | None = None


StreamItem = AgentStarted | Heard | Invoked | OutriderError


class Invocations:
    """Runs agents alone. One per process; closing it waits until all runs are recorded."""

    def __init__(self, database: Database, parts: AgentParts, briefings: Briefings, settings: Settings):
        self.parts = parts
        self._database = database
        self._briefings = briefings
        self._settings = settings
        self._answers = answer_models()
        self._recording: set[asyncio.Task[int]] = set()

    async def prepare(self, wanted: Invoke) -> Prepared:
        """Read what the agent is given, and count the call.

        Raises:
            InvalidInput: the input or the agent that it names can't be used.
            TooManyCalls: ask again in the next hour.
            ConfigurationError: no such model, or no agent of this type.
        """
        agent_type = AgentType(wanted.agent_type)
        if NUL in wanted.model_dump_json():
            raise InvalidInput.on("body.input", "contains a character that no text has (NUL)", "Leave it out.")
        async with self._database.transaction() as session:
            configuration = await _configuration(session, agent_type, wanted)
            context = await invoke_context(session, self._briefings, wanted.input)
            if not await repository.take_turn(session, agent_type, self.most_calls(agent_type)):
                raise TooManyCalls(
                    f"Agents of the type {agent_type} may be asked for {self.most_calls(agent_type)} times an hour.",
                    remedy="Ask again later, or raise OUTRIDER_AGENT_CALLS_PER_HOUR.",
                    retry_after=3600 - round(time.time()) % 3600,
                )
        if wanted.model:
            configuration = configuration.model_copy(update={"model": wanted.model})
            context.briefing = context.briefing.model_copy(update={"model": wanted.model})
        _check_model(self.parts, configuration, "body.model" if wanted.model else "")
        AgentFactory(self.parts).create_agent(agent_type, configuration)  # fails now rather than within a stream
        return Prepared(wanted, agent_type, configuration, context, configuration.agent_id)

    def most_calls(self, agent_type: AgentType) -> int:
        stated = (entry.partition("=") for entry in self._settings.agent_calls_per_hour)
        rates = {name.strip(): int(number) for name, _, number in stated}
        return rates.get(agent_type, rates.get(ANY_TYPE, UNSTATED_CALLS))

    async def run(self, prepared: Prepared, ear: Ear) -> Invoked:
        """Run the agent and record the run, also if it fails or the caller goes away.

        Raises:
            ModelError, BudgetExhausted: as the agent raises them.
        """
        parts = overheard(self.parts, ear)
        began = time.perf_counter()
        try:
            ran = await _run(prepared, parts)
        except BaseException as error:
            milliseconds = _milliseconds(began)
            recording = self._record_soon(_execution(prepared, ear, milliseconds, error=error))
            if isinstance(error, Exception):
                await recording
            raise
        milliseconds = _milliseconds(began)
        ran.response.cost = ear.cost
        execution_id = await self._record_soon(_execution(prepared, ear, milliseconds, ran=ran))
        return self._answer(prepared, ear, ran, execution_id, milliseconds)

    async def stream(self, prepared: Prepared) -> AsyncGenerator[StreamItem]:
        """The run as it happens; its last item is the answer or the failure. Leaving it early cancels the run."""
        queue: asyncio.Queue[StreamItem | None] = asyncio.Queue(MOST_WAITING)
        ear = Ear(lambda heard: _offer(queue, heard))
        yield self._started(prepared)
        task = asyncio.create_task(self._run_into(queue, prepared, ear))
        try:
            while (item := await queue.get()) is not None:
                yield item
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def aclose(self) -> None:
        await asyncio.gather(*self._recording, return_exceptions=True)

    async def _run_into(self, queue: asyncio.Queue[StreamItem | None], prepared: Prepared, ear: Ear) -> None:
        try:
            await queue.put(await self.run(prepared, ear))
        except OutriderError as error:
            await queue.put(error)
        except Exception as error:
            log.exception("agent_failed", agent_type=prepared.agent_type, error=repr(error))
            await queue.put(OutriderError("The agent failed unexpectedly; the log has the details."))
        await queue.put(None)

    def _started(self, prepared: Prepared) -> AgentStarted:
        configuration = prepared.configuration
        agent = _agent(prepared, self.parts)
        return AgentStarted(
            agent_type=prepared.agent_type,
            agent_id=prepared.agent_id,
            version=configuration.version,
            name=configuration.name,
            model=self.parts.models.get(configuration.model or prepared.context.briefing.model).name,
            system_prompt=agent.get_system_prompt(prepared.context),
        )

    def _record_soon(self, execution: AgentExecution) -> asyncio.Task[int]:
        """In a task of its own, which goes on when the caller is gone."""
        task = asyncio.create_task(self._record(execution))
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)
        return task

    async def _record(self, execution: AgentExecution) -> int:
        async with self._database.transaction() as session:
            session.add(execution)
        return execution.id

    def _answer(self, prepared: Prepared, ear: Ear, ran: Ran, execution_id: int, milliseconds: int) -> Invoked:
        response = ran.response
        found = response.model_dump(mode="json")
        if prepared.agent_type is AgentType.QUALIFICATION and (judged := _judged(response)) is not None:
            found |= {"score": judged.score, "tier": judged.tier, "reasoning": judged.reasoning}
        return self._answers[prepared.agent_type].model_validate(
            {
                **found,
                "execution_id": execution_id,
                "trace_id": prepared.context.call_id,
                "agent_id": prepared.agent_id,
                "version": prepared.configuration.version,
                "name": prepared.configuration.name,
                "processing_time": milliseconds / 1000,
                "system_prompt": ran.system_prompt,
                "reading": ran.reading.model_dump(mode="json") if ran.reading else None,
                "model_calls": [call.model_dump() for call in ear.model_calls],
            }
        )


async def _run(prepared: Prepared, parts: AgentParts) -> Ran:
    """An agent that talks is run as its team runs it, so that its answer is read, judged and guarded as a lead's would be."""
    agent_type, configuration, text = prepared.agent_type, prepared.configuration, prepared.wanted.input.text
    agent = _agent(prepared, parts)
    if not isinstance(agent, SpeakingAgent):
        with measured_run(agent_type):
            response = await agent.process(prepared.context, text)
        return Ran(response, agent.get_system_prompt(prepared.context))
    answer = await ConversationTeam(parts).answer(prepared.context, text, {agent_type: configuration}, only=agent_type)
    response = answer.response
    response.qualification_factors = answer.context.qualification_factors
    response.qualification = answer.context.qualification
    return Ran(response, agent.get_system_prompt(answer.context), answer.reading)


def _agent(prepared: Prepared, parts: AgentParts) -> Agent:
    if prepared.agent_type is AgentType.QUALIFICATION and not prepared.wanted.input.text:
        return CompanyQualificationAgent(prepared.configuration, parts)
    return AgentFactory(parts).create_agent(prepared.agent_type, prepared.configuration)


async def _configuration(session: AsyncSession, agent_type: AgentType, wanted: Invoke) -> AgentConfiguration:
    if wanted.agent_id is None:
        return await configuration_for(session, agent_type)
    agent = await session.get(StoredAgent, wanted.agent_id)
    if agent is None:
        raise InvalidInput.on("body.agent_id", f"There is no agent {wanted.agent_id}.")
    if agent.agent_type != agent_type:
        raise InvalidInput.on("body.agent_id", f"The agent {agent.id} is of the type {agent.agent_type}.", "Name that type.")
    number = agent.published if wanted.version is None else wanted.version
    if number is None:
        raise InvalidInput.on("body.version", "The agent was never published.", 'Ask for its "draft", or publish it.')
    return await configuration_of(session, agent, None if number == "draft" else number)


def _check_model(parts: AgentParts, configuration: AgentConfiguration, field: str) -> None:
    """A model that the caller named and that there is not is the caller's mistake."""
    try:
        parts.models.get(configuration.model)
    except OutriderError as error:
        if not field:
            raise
        raise InvalidInput.on(field, error.detail.removeprefix("OUTRIDER_MODEL: "), error.remedy) from error


def _execution(
    prepared: Prepared,
    ear: Ear,
    milliseconds: int,
    *,
    ran: Ran | None = None,
    error: BaseException | None = None,
) -> AgentExecution:
    lead_id = prepared.context.lead.get("id")
    calls = [call.model_dump(mode="json") for call in ear.model_calls]
    response = ran.response if ran else None
    output: dict[str, Any] = response.model_dump(mode="json") if response else {}
    if ran is not None:
        output |= {"system_prompt": ran.system_prompt, "reading": ran.reading.model_dump(mode="json") if ran.reading else None}
    return AgentExecution(
        agent_type=prepared.agent_type,
        purpose=INVOKE,
        agent_id=prepared.agent_id,
        agent_version=prepared.configuration.version,
        lead_id=lead_id if isinstance(lead_id, int) else None,
        conversation_id=prepared.context.conversation_id,
        # Of no campaign: what somebody tries out is no part of its figures.
        campaign_id=None,
        trace_id=prepared.context.call_id,
        input_data=prepared.wanted.model_dump(mode="json", exclude_none=True),
        output_data=storable(output | {"model_calls": calls}),
        processing_time_ms=milliseconds,
        success=error is None,
        error=_words(error) if error else None,
        error_code=error_code(error) if error else None,
        model=(response.model if response else None) or next((call.model for call in reversed(ear.model_calls)), None),
        input_tokens=ear.cost.input_tokens,
        output_tokens=ear.cost.output_tokens,
        cost=ear.cost.cost,
    )


def storable(value: Any) -> Any:
    """Without the one character that the database takes in no text: a model may write it."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value


def _words(error: BaseException) -> str:
    if isinstance(error, OutriderError):
        return f"{error.title}: {error.detail}"[:LONGEST_ERROR]
    return "The agent failed unexpectedly." if error_code(error) != CANCELLED else "Whoever asked went away."


def _judged(response: AgentResponse) -> Qualification | None:
    """A qualification's score, wherever the agent puts it."""
    if response.qualification is not None:
        return response.qualification
    result = response.result or {}
    if not {"score", "tier", "reasoning"} <= result.keys():
        return None
    return Qualification.model_validate({name: result[name] for name in ("score", "tier", "reasoning")})


def _offer(queue: asyncio.Queue[StreamItem | None], heard: Heard) -> None:
    if queue.qsize() < MOST_WAITING - 2:
        queue.put_nowait(heard)


def _milliseconds(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
