"""Slack: an incoming webhook writes to its own channel, a bot token to any channel that the bot is in."""

from __future__ import annotations

import re
from typing import Any

import httpx

from outrider.errors import InvalidInput
from outrider.integrations.notifications.base import Channel, Notice, NoticeDelayed, NoticeRefused, Receipt

API = "https://slack.com/api"
SECONDS = 15.0
LONGEST_TEXT = 3_000
CHANNEL = re.compile(r"#?[\w.-]{1,80}")
PASSING = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Errors that the same message may not meet the next time."""
REMEDIES = {
    "channel_not_found": "Check the channel's name, and invite the bot into it.",
    "not_in_channel": "Invite the bot into the channel.",
    "is_archived": "Choose a channel that is in use.",
    "channel_is_archived": "Choose a channel that is in use.",
    "invalid_auth": "Check SLACK_BOT_TOKEN.",
    "not_authed": "Check SLACK_BOT_TOKEN.",
    "token_revoked": "Install the app again and set the new SLACK_BOT_TOKEN.",
    "missing_scope": "Give the app the scope chat:write and install it again.",
    "no_service": "Make a new incoming webhook and set SLACK_WEBHOOK_URL.",
    "invalid_token": "Make a new incoming webhook and set SLACK_WEBHOOK_URL.",
}


class SlackNotifier:
    """
    Args:
        webhook_url: of an incoming webhook; a secret.
        bot_token: `xoxb-…`, with the scope `chat:write`.
    """

    channel = Channel.SLACK
    is_local = False

    def __init__(self, *, webhook_url: str | None = None, bot_token: str | None = None, api: str = API):
        self._webhook_url, self._bot_token, self._api = webhook_url, bot_token, api.rstrip("/")
        self._client = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False)

    def check_target(self, target: str) -> str:
        """
        Raises:
            InvalidInput: no channel, or one that this account can't choose.
        """
        target = target.strip()
        if not target:
            if self._webhook_url is None:
                raise InvalidInput.on("body.target", "is missing", "Name the channel, as in #sales.")
            return ""
        if self._bot_token is None:
            raise InvalidInput.on(
                "body.target", "can't be chosen with an incoming webhook", "Leave it empty, or set SLACK_BOT_TOKEN."
            )
        if not CHANNEL.fullmatch(target):
            raise InvalidInput.on("body.target", "is no channel", "Write its name, as in #sales, or its id, as in C0123456789.")
        return target

    async def send(self, notice: Notice, target: str) -> Receipt:
        """
        Raises:
            NoticeRefused, NoticeDelayed
        """
        content: dict[str, Any] = {"text": as_text(notice), "unfurl_links": False, "unfurl_media": False}
        if target:
            return await self._post_message(content | {"channel": target})
        return await self._post_to_webhook(content)

    async def reach(self) -> None:
        """Ask Slack whether it knows us, without writing anything.

        Raises:
            NoticeRefused, NoticeDelayed
        """
        if self._bot_token is not None:
            headers = {"Authorization": f"Bearer {self._bot_token}"}
            self._told(await self._post(f"{self._api}/auth.test", {}, headers))
        if self._webhook_url is not None:
            # A webhook that is in use refuses a message without words; one that is gone says so first.
            answer = await self._post(self._webhook_url, {}, {})
            if answer.status_code not in (httpx.codes.OK, httpx.codes.BAD_REQUEST):
                raise _refusal(answer.text.strip()[:80] or f"error {answer.status_code}")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _post_message(self, content: dict[str, Any]) -> Receipt:
        if self._bot_token is None:
            raise NoticeRefused("There is no bot for Slack.", remedy="Set SLACK_BOT_TOKEN.")
        headers = {"Authorization": f"Bearer {self._bot_token}"}
        told = self._told(await self._post(f"{self._api}/chat.postMessage", content, headers))
        return Receipt(str(told.get("ts", "")))

    def _told(self, answer: httpx.Response) -> dict[str, Any]:
        """What Slack's API says of a call that it took."""
        try:
            told = answer.json()
            is_ok, code = bool(told["ok"]), str(told.get("error", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoticeDelayed(f"Slack answered {answer.status_code} with something unreadable.") from error
        if not is_ok:
            raise _refusal(code or f"error {answer.status_code}")
        return dict(told)

    async def _post_to_webhook(self, content: dict[str, Any]) -> Receipt:
        if self._webhook_url is None:
            raise NoticeRefused("There is no incoming webhook for Slack.", remedy="Set SLACK_WEBHOOK_URL.")
        answer = await self._post(self._webhook_url, content, {})
        if answer.status_code == 200:
            return Receipt()
        raise _refusal(answer.text.strip()[:80] or f"error {answer.status_code}")

    async def _post(self, url: str, content: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        """The answer, unless it says that Slack can't take anything now."""
        try:
            answer = await self._client.post(url, json=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The error's own words hold the address, and with it the webhook's secret.
            raise NoticeDelayed(f"Slack can't be reached ({type(error).__name__}).") from None
        if answer.status_code == 429:
            raise NoticeDelayed("Slack takes no more messages for a moment.", retry_after=_seconds(answer))
        if answer.status_code >= 500:
            raise NoticeDelayed(f"Slack has trouble of its own ({answer.status_code}).")
        return answer


def as_text(notice: Notice) -> str:
    """The notice in Slack's markup; what people wrote stays text, and can't mention or link to anything."""
    title, text = escape(notice.title), escape(notice.text)[:LONGEST_TEXT]
    lines = [f"*{title}*" if "*" not in title else title, text]
    if notice.link:
        lines.append(f"<{escape(notice.link).replace('|', '%7C')}|Open in Outrider>")
    return "\n".join(line for line in lines if line)


def escape(text: str) -> str:
    """The three characters that Slack's markup is made of."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _refusal(code: str) -> NoticeRefused | NoticeDelayed:
    if code in PASSING:
        return NoticeDelayed(f"Slack asks to try later ({code}).")
    return NoticeRefused(f"Slack refused the message ({code}).", remedy=REMEDIES.get(code, ""))


def _seconds(answer: httpx.Response) -> float:
    try:
        return max(1.0, float(answer.headers.get("retry-after", "")))
    except ValueError:
        return 30.0
