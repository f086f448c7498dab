"""The verbs of stored agents: create, change, publish, restore, compare, delete."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.defaults import BUILT_IN, built_in
from outrider.agents.library import repository
from outrider.agents.library.configurations import NoSuchVersion, draft_of
from outrider.agents.library.schemas import AgentDiff, AgentDraft, AgentIn, AgentOut, AgentPatch, Change, DiffLine
from outrider.agents.models import Agent, AgentVersion
from outrider.agents.tools.base import TOOLS
from outrider.agents.variables import problems_of
from outrider.errors import ConfigurationError, Conflict, FieldProblem, InvalidInput, NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic

PROMPT = "system_prompt"
NEVER_EMPTY = ("name", PROMPT, "tools", "description", "temperature", "guardrails")


class AgentNameTaken(Conflict):
    """Another agent has this name."""


class AgentEditedMeanwhile(Conflict):
    """Somebody changed the draft after the revision that an edit began with."""

    title = "Changed by somebody else meanwhile"


class AgentInUse(Conflict):
    """Something refers to the agent, so it can't be deleted."""


class NothingToPublish(Conflict):
    """The draft is what speaks already."""


class NeverPublished(Conflict):
    """The agent has no version that could speak."""


class Models(Protocol):
    """Knows the models by name."""

    def get(self, name: str | None) -> object: ...


async def list_agents(session: AsyncSession, models: Models) -> list[AgentOut]:
    return [shown(agent, version, models) for agent, version in await repository.list_agents(session)]


async def get_agent(session: AsyncSession, agent_id: int) -> Agent:
    """
    Raises:
        NotFound: no such agent.
    """
    return _found(await session.get(Agent, agent_id), agent_id)


async def present(session: AsyncSession, agent: Agent, models: Models) -> AgentOut:
    """The API's form of an agent."""
    await session.refresh(agent)
    version = await repository.version(session, agent.id, agent.published) if agent.published is not None else None
    return shown(agent, version, models)


async def create_agent(session: AsyncSession, given: AgentIn, who: str) -> Agent:
    """
    Raises:
        AgentNameTaken: choose another name.
        InvalidInput: a tool or a variable that nobody knows.
    """
    _check(given)
    await _ensure_free(session, given.name)
    agent = Agent(**given.model_dump(mode="json", exclude={"publish"}))
    agent.changed_by = who
    session.add(agent)
    await session.flush()
    if given.publish:
        await _publish(session, agent, who, "")
    announce(session, Topic.AGENTS, "created", [agent.id])
    return agent


async def copy_built_in(session: AsyncSession, agent_type: AgentType, who: str) -> Agent:
    """A draft that begins as the shipped agent of this type, under a free name."""
    shipped = built_in(agent_type)
    taken = {agent.name for agent, _ in await repository.list_agents(session)}
    names = [f"{shipped.name} (copy{f' {number}' if number > 1 else ''})" for number in range(1, len(taken) + 2)]
    name = next(name for name in names if name not in taken)
    given = AgentIn(
        name=name,
        agent_type=agent_type,
        description=BUILT_IN[agent_type].description,
        system_prompt=shipped.system_prompt,
        temperature=shipped.temperature,
        tools=shipped.tools,
        guardrails=shipped.guardrails,
        publish=False,
    )
    return await create_agent(session, given, who)


async def change_agent(session: AsyncSession, agent_id: int, patch: AgentPatch, who: str) -> Agent:
    """Change the draft.

    Raises:
        NotFound: no such agent.
        AgentEditedMeanwhile: the patch names a revision, and somebody changed the draft since.
        AgentNameTaken: another agent has the new name.
        InvalidInput: a tool or a variable that nobody knows.
    """
    agent = _found(await repository.locked(session, agent_id), agent_id)
    _refuse_outdated(agent, patch.revision)
    changes = patch.model_dump(mode="json", exclude_unset=True, exclude={"revision"})
    for field in NEVER_EMPTY:
        if field in changes and changes[field] is None:
            raise InvalidInput.on(f"body.{field}", "can't be empty", "Leave it out to keep it.")
    _check(draft_of(agent).model_copy(update=changes), set(changes))
    if changes.get("name", agent.name) != agent.name:
        await _ensure_free(session, changes["name"])
    return await _write(session, agent, changes, who)


async def publish(session: AsyncSession, agent_id: int, who: str, note: str, revision: int | None = None) -> Agent:
    """Let the draft speak, as a new version.

    Args:
        revision: of the draft that is meant; None publishes whatever it is by now.

    Raises:
        NotFound: no such agent.
        AgentEditedMeanwhile: somebody changed the draft since.
        NothingToPublish: nothing changed.
        InvalidInput: the draft has a tool or a variable that nobody knows.
    """
    agent = _found(await repository.locked(session, agent_id), agent_id)
    _refuse_outdated(agent, revision)
    _check(draft_of(agent))
    if agent.published is not None:
        version = await repository.version(session, agent.id, agent.published)
        if not _differs(agent, version):
            raise NothingToPublish("Nothing changed since the last version was published.", remedy="Change the draft first.")
    await _publish(session, agent, who, note)
    announce(session, Topic.AGENTS, "published", [agent.id])
    return agent


async def restore(session: AsyncSession, agent_id: int, number: int, who: str) -> Agent:
    """Make the draft what this version was. It speaks once it is published.

    Raises:
        NotFound: no such agent.
        NoSuchVersion: or no such version.
        AgentNameTaken: another agent has the version's name by now.
    """
    agent = _found(await repository.locked(session, agent_id), agent_id)
    version = await repository.version(session, agent_id, number)
    if version is None:
        raise NoSuchVersion(f"The agent {agent_id} has no version {number}.")
    return await _overwrite(session, agent, AgentDraft.model_validate(version.configuration), who)


async def restore_built_in(session: AsyncSession, agent_id: int, who: str) -> Agent:
    """Make the draft what ships for its type; it keeps its name and its model.

    Raises:
        NotFound: no such agent.
    """
    agent = _found(await repository.locked(session, agent_id), agent_id)
    agent_type = AgentType(agent.agent_type)
    shipped = built_in(agent_type)
    given = AgentDraft(
        name=agent.name,
        agent_type=agent_type,
        description=BUILT_IN[agent_type].description,
        model=agent.model,
        system_prompt=shipped.system_prompt,
        temperature=shipped.temperature,
        tools=shipped.tools,
        guardrails=shipped.guardrails,
    )
    return await _overwrite(session, agent, given, who)


async def set_default(session: AsyncSession, agent_id: int, is_default: bool) -> Agent:
    """Let the agent stand for its type, or the shipped one again.

    Raises:
        NotFound: no such agent.
        NeverPublished: it has nothing to say yet.
    """
    agent = _found(await repository.locked(session, agent_id), agent_id)
    if is_default and agent.published is None:
        raise NeverPublished("The agent was never published.", remedy="Publish it first.")
    if is_default:
        await repository.clear_default(session, agent.agent_type)
    agent.is_default = is_default
    await session.flush()
    announce(session, Topic.AGENTS, "changed", [agent.id])
    return agent


async def delete_agent(session: AsyncSession, agent_id: int) -> None:
    """
    Raises:
        NotFound: no such agent.
        AgentInUse: a campaign refers to it.
    """
    agent = await get_agent(session, agent_id)
    try:
        async with session.begin_nested():
            await session.delete(agent)
    except IntegrityError as error:
        remedy = "Delete the campaign or give it another agent."
        raise AgentInUse("A campaign uses this agent.", remedy=remedy) from error
    announce(session, Topic.AGENTS, "deleted", [agent_id])


async def list_versions(session: AsyncSession, agent_id: int) -> Sequence[AgentVersion]:
    """Newest first.

    Raises:
        NotFound: no such agent.
    """
    await get_agent(session, agent_id)
    return await repository.versions(session, agent_id)


async def compare(session: AsyncSession, agent_id: int, before: int | None, after: int | None) -> AgentDiff:
    """What changed between two states of an agent; None is the draft.

    Raises:
        NotFound: no such agent.
        NoSuchVersion
    """
    agent = await get_agent(session, agent_id)
    old, new = [await _state(session, agent, number) for number in (before, after)]
    changed = [name for name in AgentDraft.model_fields if old[name] != new[name]]
    changes = [
        Change(field=name, before=old[name], after=new[name], lines=_lines(old[name], new[name]) if name == PROMPT else [])
        for name in changed
    ]
    return AgentDiff(before=before, after=after, changes=changes)


def shown(agent: Agent, version: AgentVersion | None, models: Models) -> AgentOut:
    out = AgentOut.model_validate(agent)
    out.has_changes = _differs(agent, version)
    out.warnings = _warnings(agent, models)
    return out


def _check(draft: AgentDraft, fields: set[str] | None = None) -> None:
    """
    Raises:
        InvalidInput: everything that can't be used is named at once.
    """
    problems: list[FieldProblem] = []
    if fields is None or PROMPT in fields:
        problems += problems_of(draft.system_prompt, f"body.{PROMPT}")
    if fields is None or "tools" in fields:
        problems += [problem for name in draft.tools if (problem := _tool_problem(name, draft.agent_type)) is not None]
    if problems:
        raise InvalidInput(f"{problems[0].field}: {problems[0].problem}", remedy=problems[0].remedy, fields=problems)


def _tool_problem(name: str, agent_type: AgentType) -> FieldProblem | None:
    usable = [tool.name for tool in TOOLS.values() if agent_type in tool.agent_types]
    if name in usable:
        return None
    words = f"{name} is not for agents of this type." if name in TOOLS else f"There is no tool called {name}."
    return FieldProblem(field="body.tools", problem=words, remedy=f"Use {', '.join(usable)}.")


def _warnings(agent: Agent, models: Models) -> list[FieldProblem]:
    try:
        models.get(agent.model)
    except ConfigurationError as error:
        detail = error.detail.removeprefix("OUTRIDER_MODEL: ").removeprefix(f"OUTRIDER_MODEL is {agent.model}, but ")
        words = f"{agent.model} can't be used here: {detail}" if agent.model else detail
        return [FieldProblem(field="model", problem=words, remedy=error.remedy)]
    return []


async def _publish(session: AsyncSession, agent: Agent, who: str, note: str) -> None:
    number = await repository.latest_number(session, agent.id) + 1
    configuration = draft_of(agent).model_dump(mode="json")
    session.add(AgentVersion(agent_id=agent.id, number=number, configuration=configuration, created_by=who, note=note))
    agent.published = number
    await session.flush()


async def _overwrite(session: AsyncSession, agent: Agent, draft: AgentDraft, who: str) -> Agent:
    if draft.name != agent.name:
        await _ensure_free(session, draft.name)
    return await _write(session, agent, draft.model_dump(mode="json", exclude={"agent_type"}), who)


async def _write(session: AsyncSession, agent: Agent, values: Mapping[str, Any], who: str) -> Agent:
    """Change the draft; values that it has already change nothing."""
    changed = {field: value for field, value in values.items() if getattr(agent, field) != value}
    if not changed:
        return agent
    for field, value in changed.items():
        setattr(agent, field, value)
    agent.revision += 1
    agent.changed_by, agent.changed_at = who, datetime.now(UTC)
    await session.flush()
    announce(session, Topic.AGENTS, "changed", [agent.id])
    return agent


def _refuse_outdated(agent: Agent, revision: int | None) -> None:
    """
    Raises:
        AgentEditedMeanwhile: the draft is past this revision.
        InvalidInput: it never had it.
    """
    if revision is None or revision == agent.revision:
        return
    if revision > agent.revision:
        raise InvalidInput.on("body.revision", f"is beyond {agent.revision}, the draft's", "Use the one that the agent has.")
    who = agent.changed_by or "Somebody"
    raise AgentEditedMeanwhile(
        f"{who} changed this agent at {agent.changed_at:%H:%M} (UTC), after you began.",
        remedy=f"Look at what they wrote; to keep yours, send it again with revision {agent.revision}.",
        revision=agent.revision,
        changed_by=agent.changed_by,
        changed_at=agent.changed_at.isoformat(),
    )


async def _state(session: AsyncSession, agent: Agent, number: int | None) -> dict[str, Any]:
    if number is None:
        return draft_of(agent).model_dump(mode="json")
    version = await repository.version(session, agent.id, number)
    if version is None:
        raise NoSuchVersion(f"The agent {agent.id} has no version {number}.")
    return AgentDraft.model_validate(version.configuration).model_dump(mode="json")


def _differs(agent: Agent, version: AgentVersion | None) -> bool:
    return version is None or AgentDraft.model_validate(version.configuration) != draft_of(agent)


def _lines(before: str, after: str) -> list[DiffLine]:
    old, new = before.split("\n"), after.split("\n")
    lines: list[DiffLine] = []
    for kind, first, last, start, end in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [DiffLine(kind="same", text=line) for line in old[first:last]]
        else:
            lines += [DiffLine(kind="removed", text=line) for line in old[first:last]]
            lines += [DiffLine(kind="added", text=line) for line in new[start:end]]
    return lines


def _found(agent: Agent | None, agent_id: int) -> Agent:
    if agent is None:
        raise NotFound(f"There is no agent {agent_id}.")
    return agent


async def _ensure_free(session: AsyncSession, name: str) -> None:
    if await repository.agent_named(session, name) is not None:
        raise AgentNameTaken(f"There is an agent named {name!r} already.", remedy="Choose another name.")
