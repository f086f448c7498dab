"""Which notifiers the settings make."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import SecretStr

from outrider.config import Settings
from outrider.integrations.notifications.base import Channel, NotConfigured, Notifier
from outrider.integrations.notifications.breaker import Breaker, channel_circuit
from outrider.integrations.notifications.local import LocalMail
from outrider.integrations.notifications.slack import SlackNotifier
from outrider.integrations.notifications.sms import SmsNotifier, TextSender
from outrider.integrations.notifications.smtp import SmtpAccount, SmtpNotifier
from outrider.integrations.notifications.webhook import WebhookSender

MAIL_FOLDER = "mail"
REMEDIES = {
    Channel.EMAIL: "Set SMTP_HOST and SMTP_FROM.",
    Channel.SLACK: "Set SLACK_WEBHOOK_URL or SLACK_BOT_TOKEN.",
    Channel.SMS: "Texts are sent by the worker; this process has no outbox.",
}


@dataclass
class Notifiers:
    """The notifiers of one process."""

    by_channel: dict[Channel, Notifier] = field(default_factory=dict)

    def get(self, channel: Channel) -> Notifier:
        """
        Raises:
            NotConfigured: this installation has no account for it.
        """
        if channel not in self.by_channel:
            raise NotConfigured(f"There is no account for {channel}.", remedy=REMEDIES[channel])
        return self.by_channel[channel]

    async def aclose(self) -> None:
        for notifier in self.by_channel.values():
            await notifier.aclose()


def build_notifiers(settings: Settings, texts: TextSender | None = None) -> Notifiers:
    """All channels that are set up; those that leave this machine behind a circuit each.

    Args:
        texts: the outbox, where there is one.
    """
    found: dict[Channel, Notifier] = {Channel.EMAIL: build_mail(settings)}
    if (slack := build_slack(settings)) is not None:
        found[Channel.SLACK] = slack
    if texts is not None:
        found[Channel.SMS] = SmsNotifier(texts)
    return Notifiers(
        {
            channel: notifier if notifier.is_local else Breaker(notifier, channel_circuit(channel))
            for channel, notifier in found.items()
        }
    )


def build_mail(settings: Settings) -> SmtpNotifier | LocalMail:
    """The mail server of the settings; without one, mails are kept in the data folder."""
    if settings.smtp_host is None or settings.smtp_from is None:
        return LocalMail(settings.home / MAIL_FOLDER)
    account = SmtpAccount(
        host=settings.smtp_host,
        sender=settings.smtp_from,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=_value(settings.smtp_password),
        security=settings.smtp_security,
    )
    return SmtpNotifier(account)


def build_slack(settings: Settings) -> SlackNotifier | None:
    webhook_url, bot_token = _value(settings.slack_webhook_url), _value(settings.slack_bot_token)
    return SlackNotifier(webhook_url=webhook_url, bot_token=bot_token) if webhook_url or bot_token else None


def build_webhook_sender(settings: Settings) -> WebhookSender:
    return WebhookSender(allows_private=settings.webhook_private_hosts)


def _value(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
