"""What needs a person now, from what the rows say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from outrider.analytics.schemas import Attention, WaitingConversation

UNKNOWN_TEXTS = "/conversations?status=any&everyone=true&unknown=true"
"""Every conversation with such a text, whatever its state, also those in which the lead has never written."""


def attention(
    standing: Row[Any], waiting: Sequence[Row[Any]], senders: Sequence[Row[Any]], campaigns: Sequence[Row[Any]]
) -> list[Attention]:
    """The most pressing first; empty if nothing waits."""
    return [
        *_conversations(standing.for_a_person, waiting),
        *_decisions(standing.decisions),
        *_unsure(standing.unsure_effects, standing.unsure_run),
        *_unknown(standing.unknown_texts),
        *_paused(campaigns),
        *_senders(senders),
        *_jobs(standing.failed_jobs),
    ]


def _conversations(count: int, waiting: Sequence[Row[Any]]) -> Iterator[Attention]:
    if count:
        title = "1 conversation waits for a person" if count == 1 else f"{count} conversations wait for a person"
        link = "/conversations?view=needs_person"
        if count == 1 and waiting:
            # There is nothing to choose from: the thread itself opens.
            link += f"&thread={waiting[0].id}"
        longest = [WaitingConversation.model_validate(row) for row in waiting]
        yield Attention(kind="conversations", count=count, title=title, link=link, conversations=longest)


def _decisions(count: int) -> Iterator[Attention]:
    if count:
        title = "1 workflow waits for a decision" if count == 1 else f"{count} decisions of workflows wait"
        yield Attention(kind="decisions", count=count, title=title, link="/approvals")


def _unsure(count: int, run_id: int) -> Iterator[Attention]:
    """
    Args:
        run_id: the run of the first one.
    """
    if count:
        title = "A workflow’s step may or may not have happened" if count == 1 else f"{count} workflow steps may have happened"
        detail = "Their runs wait for somebody who looks and says so."
        link = f"/runs/{run_id}" if count == 1 else "/runs?effect=unknown"
        yield Attention(kind="unsure_effects", count=count, title=title, detail=detail, link=link)


def _unknown(count: int) -> Iterator[Attention]:
    if count:
        title = "The carrier did not say whether it took 1 text" if count == 1 else f"{count} texts have an unknown outcome"
        detail = "They are looked up at the carrier, and never sent again before that."
        yield Attention(kind="unknown_texts", count=count, title=title, detail=detail, link=UNKNOWN_TEXTS)


def _paused(campaigns: Sequence[Row[Any]]) -> Iterator[Attention]:
    for campaign in campaigns:
        yield Attention(
            kind="paused_campaign",
            count=1,
            title=f"“{campaign.name}” was paused",
            detail=campaign.status_reason,
            link=f"/campaigns/{campaign.id}",
        )


def _senders(senders: Sequence[Row[Any]]) -> Iterator[Attention]:
    if senders:
        title = f"{senders[0].address} is out of use" if len(senders) == 1 else f"{len(senders)} senders are out of use"
        yield Attention(
            kind="disabled_senders", count=len(senders), title=title, detail=senders[0].disabled_reason, link="/settings/senders"
        )


def _jobs(count: int) -> Iterator[Attention]:
    if count:
        title = "1 background job failed" if count == 1 else f"{count} background jobs failed"
        yield Attention(kind="failed_jobs", count=count, title=title, link="/jobs")
