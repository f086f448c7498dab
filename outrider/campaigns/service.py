"""Create, read, change, duplicate and delete campaigns, and assign leads to them."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.models import Agent
from outrider.campaigns.audience import parts_of
from outrider.campaigns.live import tell_changed, tell_deleted
from outrider.campaigns.models import Campaign
from outrider.campaigns.progress import read_detailed_stats, read_stats
from outrider.campaigns.repository import audience as audience_rows
from outrider.campaigns.repository import campaigns as rows
from outrider.campaigns.repository.audience import AudienceParts
from outrider.campaigns.schemas import Assigned, AssignLeads, CampaignFields, CampaignIn, CampaignOut, CampaignPatch
from outrider.campaigns.transitions import Action, decide
from outrider.conversations.models import Sender
from outrider.errors import FieldProblem, InvalidInput, NotFound
from outrider.leads.models import Lead, LeadList
from outrider.workflows.addresses import ensure_addresses
from outrider.workflows.credentials import ensure_credentials
from outrider.workflows.models import Workflow
from outrider.workflows.pinning import resolve_definition
from outrider.workflows.validation import ensure_runnable

Fields = TypeVar("Fields", bound=CampaignFields)


class CampaignNotFound(NotFound):
    """There is no such campaign."""


FRAME_FIELDS = frozenset({"name", "description", "budget"})
TEXT_FIELDS = frozenset(
    {
        "sms_system_prompt",
        "sms_temperature",
        "sms_template",
        "sender_name",
        "model",
        "sender_ids",
        "quiet_hours",
        "agent_id",
        "qualification_agent_id",
        "objection_handler_agent_id",
        "scheduler_agent_id",
        "auto_reply",
    }
)
"""What a paused campaign may change, too; every other field belongs to the plan, which only a draft changes."""

AGENT_FIELDS = {
    "agent_id": AgentType.CONVERSATION,
    "qualification_agent_id": AgentType.QUALIFICATION,
    "objection_handler_agent_id": AgentType.OBJECTION_HANDLER,
    "scheduler_agent_id": AgentType.SCHEDULER,
}
"""Whom a campaign may choose for which work."""

COPIED = (
    "description",
    "agent_type",
    "sms_system_prompt",
    "sms_temperature",
    "sms_template",
    "sender_name",
    "model",
    "workflow_id",
    "workflow_config",
    "agent_id",
    "creative_agent_id",
    "deterministic_agent_id",
    "qualification_agent_id",
    "objection_handler_agent_id",
    "scheduler_agent_id",
    "audience",
    "sender_ids",
    "auto_reply",
    "require_consent",
    "quiet_hours",
    "budget",
)


async def get_campaign(session: AsyncSession, campaign_id: int) -> CampaignOut:
    """
    Raises:
        CampaignNotFound
    """
    return await present(session, await find_campaign(session, campaign_id))


async def find_campaign(session: AsyncSession, campaign_id: int) -> Campaign:
    """
    Raises:
        CampaignNotFound
    """
    campaign = await rows.find(session, campaign_id)
    if campaign is None:
        raise not_found(campaign_id)
    return campaign


async def present(session: AsyncSession, campaign: Campaign) -> CampaignOut:
    """The API's form of a campaign, with its figures."""
    shown = CampaignOut.model_validate(campaign)
    shown.stats = await read_detailed_stats(session, campaign.id)
    return shown


async def present_many(session: AsyncSession, campaigns: list[Campaign]) -> list[CampaignOut]:
    """As `present`, without the reasons of failures."""
    stats = await read_stats(session, [campaign.id for campaign in campaigns])
    shown = [CampaignOut.model_validate(campaign) for campaign in campaigns]
    for campaign in shown:
        campaign.stats = stats[campaign.id]
    return shown


async def create_campaign(session: AsyncSession, wanted: CampaignIn) -> Campaign:
    """Store a draft, and assign the leads it names.

    Raises:
        InvalidInput: a field refers to something that doesn't exist.
        InvalidWorkflow: the campaign's own definition has problems.
    """
    wanted = await _with_sub_workflows(session, wanted)
    await _check_references(session, wanted, wanted.model_fields_set)
    campaign = Campaign(**_columns(wanted, set(CampaignFields.model_fields)))
    session.add(campaign)
    await session.flush()
    if wanted.lead_ids:
        await _refuse_unknown(session, "lead_ids", Lead.id, wanted.lead_ids)
        await audience_rows.assign(session, campaign.id, AudienceParts(lead_ids=wanted.lead_ids))
    await session.refresh(campaign)
    tell_changed(session, [campaign.id])
    return campaign


async def change_campaign(session: AsyncSession, campaign_id: int, patch: CampaignPatch) -> Campaign:
    """Change the given fields, as far as the campaign's status allows.

    Raises:
        CampaignNotFound
        InvalidInput, InvalidWorkflow: a value can't be used.
        Conflict: a named subclass; a field can't be changed any more.
    """
    campaign = await lock_campaign(session, campaign_id)
    changed = patch.model_fields_set
    for action, fields in (
        (Action.EDIT_PLAN, changed - FRAME_FIELDS - TEXT_FIELDS),
        (Action.EDIT_TEXTS, changed & TEXT_FIELDS),
        (Action.EDIT_FRAME, changed & FRAME_FIELDS),
    ):
        if fields:
            decide(action, campaign.status)
    patch = await _with_sub_workflows(session, patch)
    await _check_references(session, patch, changed)
    for name, value in _columns(patch, changed).items():
        setattr(campaign, name, value)
    await session.flush()
    if "budget" in changed:
        await rows.recompute_spent(session, campaign)
    await session.refresh(campaign)
    tell_changed(session, [campaign.id])
    return campaign


async def duplicate_campaign(session: AsyncSession, campaign_id: int) -> Campaign:
    """A draft with the same plan and the same assigned leads, none of them worked."""
    original = await find_campaign(session, campaign_id)
    copy = Campaign(name=f"{original.name} (copy)"[:200], **{name: getattr(original, name) for name in COPIED})
    session.add(copy)
    await session.flush()
    await audience_rows.copy_assigned(session, original.id, copy.id)
    await session.refresh(copy)
    tell_changed(session, [copy.id])
    return copy


async def delete_campaign(session: AsyncSession, campaign_id: int) -> None:
    """Delete a draft or a campaign that has ended, with its logs; the texts stay in the leads' conversations.

    Raises:
        CampaignNotFound
        CampaignAlreadyRunning, CampaignIsPaused: cancel it first.
    """
    campaign = await lock_campaign(session, campaign_id)
    decide(Action.DELETE, campaign.status)
    await rows.remove(session, campaign_id)
    tell_deleted(session, campaign_id)


async def assign_leads(session: AsyncSession, campaign_id: int, wanted: AssignLeads) -> Assigned:
    """Give leads their places in a draft.

    Raises:
        CampaignNotFound
        Conflict: a named subclass; it is no draft any more.
        InvalidInput: an id doesn't exist, or nobody is named.
    """
    campaign = await lock_campaign(session, campaign_id)
    decide(Action.EDIT_PLAN, campaign.status)
    parts = parts_of(wanted)
    if not parts.queries():
        raise InvalidInput.on("body", "names nobody", "Give lead_ids, list_ids or a filter.")
    await _refuse_unknown(session, "lead_ids", Lead.id, wanted.lead_ids)
    await _refuse_unknown(session, "list_ids", LeadList.id, wanted.list_ids)
    added = await audience_rows.assign(session, campaign_id, parts)
    tell_changed(session, [campaign_id])
    return Assigned(changed=added, total_leads=await audience_rows.count_assigned(session, campaign_id))


async def unassign_leads(session: AsyncSession, campaign_id: int, lead_ids: list[int] | None) -> Assigned:
    """Take assigned leads (None: all) out of a draft.

    Raises:
        CampaignNotFound
        Conflict: a named subclass; it is no draft any more.
    """
    campaign = await lock_campaign(session, campaign_id)
    decide(Action.EDIT_PLAN, campaign.status)
    removed = await audience_rows.unassign(session, campaign_id, lead_ids)
    tell_changed(session, [campaign_id])
    return Assigned(changed=removed, total_leads=await audience_rows.count_assigned(session, campaign_id))


async def lock_campaign(session: AsyncSession, campaign_id: int) -> Campaign:
    """
    Raises:
        CampaignNotFound
    """
    campaign = await rows.lock(session, campaign_id)
    if campaign is None:
        raise not_found(campaign_id)
    return campaign


def not_found(campaign_id: int) -> CampaignNotFound:
    return CampaignNotFound(f"There is no campaign {campaign_id}.")


def _columns(fields: CampaignFields, names: set[str]) -> dict[str, Any]:
    """Column values of the given fields."""
    known = set(inspect(Campaign).column_attrs.keys())
    values: dict[str, Any] = {}
    for name in names & known:
        value = getattr(fields, name)
        values[name] = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    if values.get("workflow_config") is not None and fields.workflow_config is not None:
        values["workflow_config"] = fields.workflow_config.as_json()
    if "quiet_hours" in values and values["quiet_hours"] is None:
        values["quiet_hours"] = {}
    return values


async def _with_sub_workflows(session: AsyncSession, fields: Fields) -> Fields:
    """The campaign's own definition takes its sub-workflows along, as a version does when it is published."""
    if fields.workflow_config is None:
        return fields
    return fields.model_copy(update={"workflow_config": await resolve_definition(session, fields.workflow_config)})


async def _check_references(session: AsyncSession, fields: CampaignFields, changed: set[str]) -> None:
    """Everything that the request refers to must exist; all that don't are named at once."""
    if "name" in changed and not fields.name:
        raise InvalidInput.on("body.name", "is empty")
    if fields.workflow_config is not None and "workflow_config" in changed:
        ensure_runnable(fields.workflow_config, "body.workflow_config")
        ensure_addresses(fields.workflow_config, "body.workflow_config")
        await ensure_credentials(session, fields.workflow_config, "body.workflow_config")
    single = {"workflow_id": Workflow.id, "creative_agent_id": Agent.id, "deterministic_agent_id": Agent.id}
    problems = await _agent_problems(session, fields, changed)
    for name, column in single.items():
        value = getattr(fields, name)
        if name in changed and value is not None and await audience_rows.unknown_ids(session, column, [value]):
            problems.append(FieldProblem(field=f"body.{name}", problem=f"There is none with the id {value}."))
    for name, column, ids in (
        ("sender_ids", Sender.id, fields.sender_ids),
        ("audience.list_ids", LeadList.id, fields.audience.list_ids),
        ("audience.lead_ids", Lead.id, fields.audience.lead_ids),
    ):
        if name.split(".")[0] in changed and (unknown := await audience_rows.unknown_ids(session, column, ids)):
            problems.append(_unknown(name, unknown))
    if problems:
        raise InvalidInput(f"{problems[0].field}: {problems[0].problem}", fields=problems)


async def _agent_problems(session: AsyncSession, fields: CampaignFields, changed: set[str]) -> list[FieldProblem]:
    """Agents that don't exist, were never published, or are made for other work than they are chosen for."""
    named = {name: getattr(fields, name) for name in AGENT_FIELDS if name in changed and getattr(fields, name) is not None}
    agents = await rows.agents(session, list(named.values())) if named else {}
    problems = []
    for name, agent_id in named.items():
        agent = agents.get(agent_id)
        words, remedy = f"There is none with the id {agent_id}.", ""
        if agent is not None and agent.agent_type != AGENT_FIELDS[name]:
            words = f"“{agent.name}” is an agent of the type {agent.agent_type}."
            remedy = f"Choose one of the type {AGENT_FIELDS[name]}."
        elif agent is not None and agent.published is None:
            words, remedy = f"“{agent.name}” was never published.", "Publish it first."
        elif agent is not None:
            continue
        problems.append(FieldProblem(field=f"body.{name}", problem=words, remedy=remedy))
    return problems


async def _refuse_unknown(session: AsyncSession, field: str, column: Any, ids: list[int]) -> None:
    if unknown := await audience_rows.unknown_ids(session, column, ids):
        problem = _unknown(field, unknown)
        raise InvalidInput(f"{problem.field}: {problem.problem}", fields=[problem])


def _unknown(field: str, ids: list[int]) -> FieldProblem:
    shown = ", ".join(str(unknown) for unknown in ids[:5])
    more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
    return FieldProblem(field=f"body.{field}", problem=f"There is none with the id {shown}{more}.", remedy="Leave them out.")
