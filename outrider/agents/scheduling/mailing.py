"""Invitations leave by the mail that notifications leave by."""

from __future__ import annotations

from outrider.agents.scheduling.mailer import Mail
from outrider.integrations.notifications.base import Attachment, Channel, Notice, Notifier
from outrider.integrations.notifications.build import Notifiers


class NotifierMailer:
    """What scheduling sends mail with (`agents.scheduling.mailer.Mailer`).

    Args:
        sender: address that mails come from.
    """

    is_set_up = True

    def __init__(self, notifiers: Notifiers, sender: str):
        self._mail: Notifier = notifiers.get(Channel.EMAIL)
        self.address = sender

    async def send(self, mail: Mail) -> None:
        """
        Raises:
            NotifierError
        """
        attachments = []
        if mail.calendar is not None:
            method = (("method", mail.calendar.method),)
            attachments.append(Attachment(mail.calendar.filename, mail.calendar.content, "text/calendar", method))
        notice = Notice(key=mail.key, title=mail.subject, text=mail.text, attachments=attachments, reply_to=mail.reply_to)
        for target in mail.to:
            await self._mail.send(notice, target)
