from __future__ import annotations

import pytest

from outrider.campaigns.models import CampaignStatus as S
from outrider.campaigns.transitions import (
    Action,
    CampaignAlreadyRunning,
    CampaignFinished,
    CampaignIsPaused,
    CampaignNotPaused,
    CampaignNotRunning,
    CampaignNotStarted,
    Decision,
    decide,
)


@pytest.mark.parametrize(
    ("action", "status", "target"),
    [
        (Action.START, S.DRAFT, S.PENDING),
        (Action.LAUNCH, S.PENDING, S.PROCESSING),
        (Action.PAUSE, S.PENDING, S.PAUSED),
        (Action.PAUSE, S.PROCESSING, S.PAUSED),
        (Action.RESUME, S.PAUSED, S.PROCESSING),
        (Action.RESCHEDULE, S.PAUSED, S.PENDING),
        (Action.CANCEL, S.PAUSED, S.CANCELLED),
        (Action.COMPLETE, S.PROCESSING, S.COMPLETED),
        (Action.FAIL, S.PENDING, S.FAILED),
        (Action.RETRY, S.COMPLETED, S.PROCESSING),
        (Action.RETRY, S.PAUSED, S.PAUSED),
        (Action.EDIT_TEXTS, S.PAUSED, S.PAUSED),
        (Action.DELETE, S.CANCELLED, S.CANCELLED),
    ],
)
def test_allowed(action: Action, status: S, target: S) -> None:
    assert decide(action, status) == Decision(target, changes=True)


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.START, S.PENDING),
        (Action.PAUSE, S.PAUSED),
        (Action.RESUME, S.PROCESSING),
        (Action.RESCHEDULE, S.PENDING),
        (Action.CANCEL, S.CANCELLED),
    ],
)
def test_a_second_click_changes_nothing(action: Action, status: S) -> None:
    assert decide(action, status) == Decision(status, changes=False)


@pytest.mark.parametrize(
    ("action", "status", "error"),
    [
        (Action.START, S.PROCESSING, CampaignAlreadyRunning),
        (Action.START, S.PAUSED, CampaignIsPaused),
        (Action.START, S.COMPLETED, CampaignFinished),
        (Action.PAUSE, S.DRAFT, CampaignNotRunning),
        (Action.PAUSE, S.COMPLETED, CampaignNotRunning),
        (Action.RESUME, S.DRAFT, CampaignNotPaused),
        (Action.RESUME, S.CANCELLED, CampaignNotPaused),
        (Action.CANCEL, S.DRAFT, CampaignNotRunning),
        (Action.CANCEL, S.COMPLETED, CampaignNotRunning),
        (Action.RETRY, S.DRAFT, CampaignNotStarted),
        (Action.RETRY, S.CANCELLED, CampaignFinished),
        (Action.RETRY, S.PENDING, CampaignAlreadyRunning),
        (Action.EDIT_PLAN, S.PROCESSING, CampaignAlreadyRunning),
        (Action.EDIT_PLAN, S.PAUSED, CampaignIsPaused),
        (Action.EDIT_FRAME, S.COMPLETED, CampaignFinished),
        (Action.DELETE, S.PROCESSING, CampaignAlreadyRunning),
        (Action.DELETE, S.PAUSED, CampaignIsPaused),
    ],
)
def test_refused_by_name(action: Action, status: S, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"The campaign is {status}"):
        decide(action, status)


def test_every_action_is_decided_in_every_status() -> None:
    """Nothing falls through to an error without a name."""
    for action in Action:
        for status in S:
            try:
                decide(action, status)
            except Exception as error:
                assert type(error).__name__.startswith("Campaign"), (action, status, error)
