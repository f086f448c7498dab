"""The sales agents of a process: the pipeline on a stored lead, which is kept, and on a company described by a caller."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from outrider.agents import repository
from outrider.agents.base import AgentConfiguration, AgentType, WorkflowContext
from outrider.agents.contract import Briefings
from outrider.agents.factory import AgentFactory, AgentParts
from outrider.agents.invoking.context import invoke_context
from outrider.agents.invoking.schemas import AgentInput
from outrider.agents.library.configurations import configurations_for
from outrider.agents.sales.pipeline import AgentState, Pipeline
from outrider.agents.sales.qualification import CompanyQualificationAgent
from outrider.agents.sales.research import keep
from outrider.agents.sales.running import Step, execution_of, run
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class PreparedPipeline:
    """A run of the pipeline that may begin."""

    context: WorkflowContext
    configurations: dict[AgentType, AgentConfiguration]
    lead_id: int | None
    message: str


class SalesTeam:
    def __init__(self, database: Database, parts: AgentParts, briefings: Briefings, settings: Settings):
        self._database = database
        self._parts = parts
        self._briefings = briefings
        self._region = settings.default_region

    async def prepare(self, given: AgentInput, place: str = "body") -> PreparedPipeline:
        """Read what the agents are given. Without a campaign they speak for the one that wrote to the lead last.

        Raises:
            InvalidInput: it names nobody, or a lead, conversation or campaign that there is not.
        """
        if not given.names_somebody:
            raise InvalidInput.on(
                f"{place}.lead_id", "names nobody", "Give a lead_id, a conversation_id, a company_name or contact_info."
            )
        async with self._database.transaction() as session:
            campaign_id = given.campaign_id or await repository.campaign_of_lead(session, given.lead_id)
            on_behalf = given.model_copy(update={"campaign_id": campaign_id})
            context = await invoke_context(session, self._briefings, on_behalf, place)
            configurations = await configurations_for(session, {})
        lead_id = context.lead.get("id")
        return PreparedPipeline(context, configurations, lead_id if isinstance(lead_id, int) else None, given.text)

    async def stream(self, prepared: PreparedPipeline) -> AsyncIterator[tuple[Sequence[Step], AgentState]]:
        """Run the agents; what came of it is kept at the end, for a stored lead with its facts and its proposal."""
        state: AgentState = {}
        pipeline = Pipeline(AgentFactory(self._parts), prepared.configurations)
        async for steps, state in pipeline.stream(prepared.context, prepared.message):
            yield steps, state
        async with self._database.transaction() as session:
            if prepared.lead_id is not None:
                await keep(session, state, prepared.context, prepared.lead_id, self._region)
            else:
                session.add_all([execution_of(step, prepared.context, None) for step in state["steps"]])

    async def run(self, prepared: PreparedPipeline) -> AgentState:
        state: AgentState = {}
        async for _, latest in self.stream(prepared):
            state = latest
        return state

    async def qualify(self, given: AgentInput) -> Step:
        """The company's qualification alone, recorded as an execution.

        Raises:
            InvalidInput: as `prepare`.
        """
        prepared = await self.prepare(given)
        configuration = prepared.configurations[AgentType.QUALIFICATION]
        step = await run(CompanyQualificationAgent(configuration, self._parts), prepared.context)
        async with self._database.transaction() as session:
            session.add(execution_of(step, prepared.context, prepared.lead_id))
        return step
