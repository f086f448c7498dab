"""What can be done with drafts: put one before a person, approve it, reject it. Approving is what lets it leave, once."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.agents.base import AgentType
from outrider.agents.sales.approvals import repository
from outrider.agents.sales.approvals.flow import Decision, Given, SendText, resume
from outrider.agents.sales.approvals.models import AgentApproval, ApprovalStatus
from outrider.agents.sales.approvals.schemas import ApprovalOut, Approve
from outrider.agents.sales.contacts import stored_contact
from outrider.agents.sales.results import BdrPlan, TouchChannel
from outrider.conversations.models import Author, Purpose
from outrider.conversations.outbox import TextIntent, queue_texts
from outrider.conversations.suppressions import suppressed_phones
from outrider.conversations.threads import NoNumber, NumberIsSuppressed
from outrider.db.pages import Page, read_order
from outrider.errors import Conflict, NotFound
from outrider.events.live import announce
from outrider.events.topics import Topic


class ApprovalNotFound(NotFound):
    """There is no approval of this number."""


class AlreadyDecided(Conflict):
    """Somebody decided otherwise before, or a newer draft took its place."""


class NoConsent(Conflict):
    """The lead has given no consent for this channel."""


async def propose(
    session: AsyncSession, lead_id: int, plan: BdrPlan, *, campaign_id: int | None = None, execution_id: int | None = None
) -> AgentApproval | None:
    """Put a plan before a person; an earlier one that still waits for the same lead is superseded.

    Returns None for a plan that proposes nothing.
    """
    if plan.state != "awaiting_approval" or plan.channel is None:
        return None
    await repository.supersede(session, lead_id)
    approval = AgentApproval(
        lead_id=lead_id,
        campaign_id=campaign_id,
        agent_type=AgentType.BDR,
        execution_id=execution_id,
        status=ApprovalStatus.WAITING,
        channel=plan.channel,
        subject=plan.subject,
        drafted=plan.text,
        plan=plan.model_dump(mode="json"),
        flow=plan.flow,
    )
    session.add(approval)
    await session.flush()
    announce(session, Topic.APPROVALS, "created", [approval.id])
    return approval


async def list_approvals(
    session: AsyncSession, status: ApprovalStatus | None, lead_id: int | None, cursor: str | None, limit: int
) -> Page[ApprovalOut]:
    """A page of approvals, the newest first.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    order = read_order("-created_at", repository.SORTS, repository.ROW.id)
    rows, next_cursor = await repository.page(session, status, lead_id, order, cursor, limit)
    return Page(items=[ApprovalOut.model_validate(row) for row in rows], next_cursor=next_cursor)


async def get_approval(session: AsyncSession, approval_id: int) -> ApprovalOut:
    """
    Raises:
        ApprovalNotFound
    """
    row = await repository.shown(session, approval_id)
    if row is None:
        raise ApprovalNotFound(f"There is no approval {approval_id}.")
    return ApprovalOut.model_validate(row)


async def approve(session: AsyncSession, approval_id: int, given: Approve, actor: str) -> ApprovalOut:
    """Let a draft leave, as it is or with the person's text. Approved again, it does nothing more.

    Raises:
        ApprovalNotFound
        AlreadyDecided: it was rejected, approved with another text, or superseded.
        NoNumber, NumberIsSuppressed, NoConsent: the lead may not be texted.
        NoSenderAvailable: no sender is enabled.
    """
    approval = await _locked(session, approval_id)
    text = given.text or approval.drafted
    decision = Decision.CHANGED if text != approval.drafted else Decision.APPROVED
    if approval.status != ApprovalStatus.WAITING:
        if approval.status in (ApprovalStatus.APPROVED, ApprovalStatus.CHANGED) and approval.final == text:
            return await get_approval(session, approval_id)
        raise _decided(approval)
    for intent in await resume(approval.flow, Given(decision=decision, text=text)):
        if isinstance(intent, SendText):
            approval.message_id = await _send(session, approval, intent.body)
    approval.final = text
    await _decide(session, approval, ApprovalStatus(decision), given.note, actor)
    return await get_approval(session, approval_id)


async def reject(session: AsyncSession, approval_id: int, note: str, actor: str) -> ApprovalOut:
    """Let a draft never leave.

    Raises:
        ApprovalNotFound
        AlreadyDecided: it was approved before, or superseded.
    """
    approval = await _locked(session, approval_id)
    if approval.status == ApprovalStatus.REJECTED:
        return await get_approval(session, approval_id)
    if approval.status != ApprovalStatus.WAITING:
        raise _decided(approval)
    intents = await resume(approval.flow, Given(decision=Decision.REJECTED))
    assert not intents
    await _decide(session, approval, ApprovalStatus.REJECTED, note, actor)
    return await get_approval(session, approval_id)


async def _locked(session: AsyncSession, approval_id: int) -> AgentApproval:
    approval = await repository.lock(session, approval_id)
    if approval is None:
        raise ApprovalNotFound(f"There is no approval {approval_id}.")
    return approval


async def _decide(session: AsyncSession, approval: AgentApproval, status: ApprovalStatus, note: str, actor: str) -> None:
    approval.status = status
    approval.note = note
    approval.decided_by = actor
    approval.decided_at = datetime.now(UTC)
    await session.flush()
    announce(session, Topic.APPROVALS, "decided", [approval.id])
    announce(session, Topic.LEADS, "changed", [approval.lead_id])


async def _send(session: AsyncSession, approval: AgentApproval, body: str) -> int | None:
    """The approved text goes to the outbox as any automated text does: its rules of hours and opt-outs hold when it leaves."""
    contact = await stored_contact(session, approval.lead_id)
    if contact is None or contact.phone is None:
        raise NoNumber("The lead has no phone number.", remedy="Add one to the lead.")
    if await suppressed_phones(session, [contact.phone]):
        raise NumberIsSuppressed("This number must not be contacted.")
    if why := contact.unavailable().get(TouchChannel.SMS):
        raise NoConsent(f"The lead can't be texted: {why}.", remedy="Record their consent for texts on the lead, then approve.")
    (message_id,) = await queue_texts(
        session,
        [
            TextIntent(
                lead_id=approval.lead_id,
                phone=contact.phone,
                body=body,
                dedupe_key=f"approval:{approval.id}",
                purpose=Purpose.CAMPAIGN,
                author=Author.AGENT,
                campaign_id=approval.campaign_id,
            )
        ],
    )
    return message_id


def _decided(approval: AgentApproval) -> AlreadyDecided:
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    return AlreadyDecided(f"The draft was {approval.status}{by} already.", status_now=approval.status)
