"""What may be done with a campaign in which status, as an ordered list of named rules.

An action whose aim is reached already changes nothing and succeeds, so that a double click is harmless. Any other action
that no rule allows is refused with an error that says what to do instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outrider.campaigns.models import CampaignStatus as Status
from outrider.errors import Conflict


class CampaignAlreadyRunning(Conflict):
    """The campaign is being worked."""


class CampaignNotRunning(Conflict):
    """Only a campaign that is under way can be paused or cancelled."""


class CampaignNotPaused(Conflict):
    """Only a paused campaign can be resumed."""


class CampaignIsPaused(Conflict):
    """A paused campaign is resumed, not started."""


class CampaignFinished(Conflict):
    """The campaign has come to its end."""


class CampaignNotStarted(Conflict):
    """The campaign is still a draft."""


class Action(StrEnum):
    START = "start"
    LAUNCH = "launch"
    PAUSE = "pause"
    RESUME = "resume"
    RESCHEDULE = "reschedule"
    """Resume one that was paused before its launch."""
    CANCEL = "cancel"
    RETRY = "retry"
    COMPLETE = "complete"
    FAIL = "fail"
    EDIT_PLAN = "edit_plan"
    """Change who is reached and by which workflow."""
    EDIT_TEXTS = "edit_texts"
    """Change what the texts say and when they leave."""
    EDIT_FRAME = "edit_frame"
    """Change name, description and budget."""
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Rule:
    """`action` on a campaign in one of `sources` leads to `target`; None leaves the status."""

    name: str
    action: Action
    sources: frozenset[Status]
    target: Status | None


def _rule(name: str, action: Action, *sources: Status, target: Status | None = None) -> Rule:
    return Rule(name, action, frozenset(sources), target)


RUNNING = frozenset({Status.PENDING, Status.PROCESSING})
ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})

RULES: tuple[Rule, ...] = (
    _rule("StartDraft", Action.START, Status.DRAFT, target=Status.PENDING),
    _rule("LaunchStarted", Action.LAUNCH, Status.PENDING, target=Status.PROCESSING),
    _rule("PauseRunning", Action.PAUSE, *RUNNING, target=Status.PAUSED),
    _rule("ResumePaused", Action.RESUME, Status.PAUSED, target=Status.PROCESSING),
    _rule("ResumeScheduled", Action.RESCHEDULE, Status.PAUSED, target=Status.PENDING),
    _rule("CancelUnfinished", Action.CANCEL, *RUNNING, Status.PAUSED, target=Status.CANCELLED),
    _rule("CompleteProcessing", Action.COMPLETE, Status.PROCESSING, target=Status.COMPLETED),
    _rule("FailRunning", Action.FAIL, *RUNNING, target=Status.FAILED),
    _rule("RetryWhileUnfinished", Action.RETRY, Status.PROCESSING, Status.PAUSED),
    _rule("RetryEnded", Action.RETRY, Status.COMPLETED, Status.FAILED, target=Status.PROCESSING),
    _rule("PlanOfDraft", Action.EDIT_PLAN, Status.DRAFT),
    _rule("TextsOfResting", Action.EDIT_TEXTS, Status.DRAFT, Status.PAUSED),
    _rule("FrameOfUnfinished", Action.EDIT_FRAME, Status.DRAFT, Status.PAUSED, *RUNNING),
    _rule("DeleteResting", Action.DELETE, Status.DRAFT, *ENDED),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an allowed action does."""

    target: Status
    changes: bool
    """False: the aim was reached before."""


def decide(action: Action, status: Status) -> Decision:
    """What `action` does to a campaign in `status`, which may be the plain text of its column.

    Raises:
        Conflict: a named subclass; the action makes no sense now.
    """
    rules = [rule for rule in RULES if rule.action is action]
    for rule in rules:
        if status in rule.sources:
            return Decision(rule.target or Status(status), changes=True)
    if any(rule.target == status for rule in rules):
        return Decision(Status(status), changes=False)
    raise _refusal(action, status)


def _refusal(action: Action, status: Status) -> Conflict:
    says, remedy = _REFUSALS[action]
    detail = f"The campaign is {status}; {says}."
    if action in (Action.RESUME, Action.RESCHEDULE):
        return CampaignNotPaused(detail, remedy=remedy)
    if action in (Action.PAUSE, Action.CANCEL):
        return CampaignNotRunning(detail, remedy=remedy)
    if status == Status.DRAFT:
        return CampaignNotStarted(detail, remedy=remedy)
    if status in ENDED:
        return CampaignFinished(detail, remedy=remedy)
    if status == Status.PAUSED:
        return CampaignIsPaused(detail, remedy=remedy)
    return CampaignAlreadyRunning(detail, remedy=remedy)


_REFUSALS = {
    Action.START: ("only a draft can be started", "Resume it if it is paused; duplicate it to run it again."),
    Action.LAUNCH: ("only a started one can be launched", ""),
    Action.PAUSE: ("only a running one can be paused", ""),
    Action.RESUME: ("only a paused one can be resumed", ""),
    Action.RESCHEDULE: ("only a paused one can be resumed", ""),
    Action.CANCEL: ("only a running or paused one can be cancelled", ""),
    Action.RETRY: ("failed leads can be retried after the start, unless it was cancelled", "Duplicate a cancelled one."),
    Action.COMPLETE: ("only a processing one can be completed", ""),
    Action.FAIL: ("only a running one can fail", ""),
    Action.EDIT_PLAN: ("leads, workflow and schedule can only be changed in a draft", "Duplicate it and change the copy."),
    Action.EDIT_TEXTS: ("texts and hours can only be changed in a draft or while it is paused", "Pause it, or duplicate it."),
    Action.EDIT_FRAME: ("a finished one can't be changed", "Duplicate it and change the copy."),
    Action.DELETE: ("one that is under way can't be deleted", "Cancel it first."),
}
"""What holds for an action, and what to do instead."""
