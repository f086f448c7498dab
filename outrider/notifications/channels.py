"""How the channels are set up, and whether they work."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from uuid import uuid4

from outrider.config import Settings
from outrider.errors import LimitExceeded
from outrider.integrations.notifications.base import Channel, Notice, NotifierError
from outrider.integrations.notifications.build import MAIL_FOLDER, Notifiers
from outrider.notifications.links import absolute
from outrider.notifications.schemas import ChannelOut, ChannelTest, RuleOut

MOST_TESTS = 10
TESTS_PERIOD = 60.0
"""Seconds in which there are at most `MOST_TESTS`: a channel that everybody can test is a way to pester people."""


class TooManyNoticeTests(LimitExceeded):
    title = "Too many tests of notifications"


class NoticeTests:
    """How often channels may be tried, whoever asks."""

    def __init__(self) -> None:
        self._begun: deque[float] = deque(maxlen=MOST_TESTS)

    def take(self) -> None:
        """
        Raises:
            TooManyNoticeTests: wait a little.
        """
        now = time.monotonic()
        if len(self._begun) == MOST_TESTS and (wait := self._begun[0] + TESTS_PERIOD - now) > 0:
            raise TooManyNoticeTests(
                f"There were {MOST_TESTS} tests within a minute.", remedy="Wait a minute, then test again.", retry_after=wait
            )
        self._begun.append(now)


def describe(settings: Settings, notifiers: Notifiers, rules: Sequence[RuleOut]) -> list[ChannelOut]:
    """
    Args:
        rules: all, for what their last notifications ran into.
    """
    found = [_mail(settings), _slack(settings), _texts(settings, is_there=Channel.SMS in notifiers.by_channel)]
    return [channel.model_copy(update={"problem": _problem(channel.channel, rules)}) for channel in found]


def _problem(channel: Channel, rules: Sequence[RuleOut]) -> str | None:
    last = [rule.last_delivery for rule in rules if rule.channel.value == channel.value and rule.last_delivery is not None]
    return max(last, key=lambda one: one.at).error if last else None


async def test(notifiers: Notifiers, channel: Channel, target: str, tests: NoticeTests) -> ChannelTest:
    """Send a test; its failure is an answer.

    Raises:
        InvalidInput: nobody can be reached at the target.
        TooManyNoticeTests
    """
    try:
        notifier = notifiers.get(channel)
        target = notifier.check_target(target)
        tests.take()
        notice = Notice(
            key=f"test-{uuid4().hex}",
            title="A test from Outrider",
            text="If you read this, notifications arrive here.",
            link=absolute("/settings/notifications"),
        )
        receipt = await notifier.send(notice, target)
    except NotifierError as error:
        return ChannelTest(ok=False, error=error.detail, remedy=error.remedy or None)
    return ChannelTest(ok=True, reference=receipt.reference)


def _mail(settings: Settings) -> ChannelOut:
    is_local = settings.smtp_host is None
    account = f"kept as files in {settings.home / MAIL_FOLDER}" if is_local else f"{settings.smtp_from} by {settings.smtp_host}"
    return ChannelOut(
        channel=Channel.EMAIL,
        is_configured=True,
        is_local=is_local,
        needs_target=True,
        account=account,
        how_to_set_up="Set SMTP_HOST, SMTP_FROM and, if the server asks for them, SMTP_USERNAME and SMTP_PASSWORD; then restart.",
    )


def _slack(settings: Settings) -> ChannelOut:
    has_webhook, has_bot = settings.slack_webhook_url is not None, settings.slack_bot_token is not None
    accounts = [name for name, is_set in (("incoming webhook", has_webhook), ("bot", has_bot)) if is_set]
    return ChannelOut(
        channel=Channel.SLACK,
        is_configured=bool(accounts),
        is_local=False,
        needs_target=not has_webhook,
        account=" and ".join(accounts),
        how_to_set_up=(
            "Set SLACK_WEBHOOK_URL to the address of an incoming webhook, or SLACK_BOT_TOKEN to the token of an app with the "
            "scope chat:write; then restart."
        ),
    )


def _texts(settings: Settings, *, is_there: bool) -> ChannelOut:
    return ChannelOut(
        channel=Channel.SMS,
        is_configured=is_there,
        is_local=settings.uses_simulator,
        needs_target=True,
        account="the simulator" if settings.uses_simulator else "the senders of this installation",
        how_to_set_up="Add the person as a lead: texts to colleagues keep the same rules as all texts.",
    )
