"""What every `Notifier` keeps to, each against a stand-in of its service; and what is special to one of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from outrider.errors import InvalidInput
from outrider.integrations.notifications.base import (
    Attachment,
    Notice,
    NoticeDelayed,
    NoticeRefused,
    Notifier,
    NotifierError,
)
from outrider.integrations.notifications.local import LocalMail
from outrider.integrations.notifications.slack import SlackNotifier
from outrider.integrations.notifications.sms import SmsNotifier
from outrider.integrations.notifications.smtp import SmtpAccount, SmtpNotifier
from tests.stand_ins.http import Answer, Heard, HttpStandIn
from tests.stand_ins.mail import PASSWORD, USER, certificate, mail_server

HOSTILE = Notice(
    key="one",
    title="<!channel> Ann & Bob\r\nBcc: victim@example.com",
    text="“Stop” <https://evil.example|click> & more",
    link="http://localhost/conversations?open=7&x=<1>",
)
INVITATION = Attachment(
    "invite.ics", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", "text/calendar", (("method", "REQUEST"),)
)


@dataclass
class World:
    """A notifier, and what its service can be told and asked."""

    notifier: Notifier
    target: str
    taken: Callable[[], list[str]]
    """Everything that arrived, as text."""
    breaks: Callable[[], Any]
    """From now on the service is in trouble that passes."""
    refuses: Callable[[], Any]
    """From now on it refuses for good."""


Factory = Callable[[Path], AbstractAsyncContextManager[World]]


@asynccontextmanager
async def smtp(folder: Path) -> AsyncIterator[World]:
    async with mail_server() as server:
        notifier = SmtpNotifier(SmtpAccount("127.0.0.1", "Outrider <o@acme.example>", server.port, security="none", timeout=60))
        yield World(
            notifier,
            "ann@acme.example",
            lambda: [mail.as_string() for mail in server.mails],
            lambda: setattr(server, "says", "451 4.3.0 Later"),
            lambda: setattr(server, "says", "554 5.7.1 Spam"),
        )


@asynccontextmanager
async def local_mail(folder: Path) -> AsyncIterator[World]:
    place = folder / "mail"

    def blocks() -> None:
        for old in place.glob("*"):
            old.unlink()
        if place.exists():
            place.rmdir()
        place.write_text("not a folder")

    yield World(
        LocalMail(place),
        "ann@acme.example",
        lambda: [path.read_text() for path in sorted(place.glob("*.eml"))],
        blocks,
        lambda: None,
    )


class SlackPlays:
    """Slack, as its documentation describes it."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.says: Answer | None = None
        self.headers: list[Any] = []

    def __call__(self, heard: Heard) -> Answer:
        if self.says:
            return self.says
        content = json.loads(heard.body)
        assert isinstance(content["text"], str)
        self.headers.append(heard.headers)
        if heard.path == "/api/chat.postMessage":
            if heard.headers.get("authorization") != "Bearer xoxb-right":
                return Answer(200, b'{"ok":false,"error":"invalid_auth"}')
            if content["channel"] == "#nowhere":
                return Answer(200, b'{"ok":false,"error":"channel_not_found"}')
            self.taken.append(content)
            return Answer(200, b'{"ok":true,"ts":"1700000000.1"}')
        self.taken.append(content)
        return Answer(200, b"ok", {"content-type": "text/html"})


@asynccontextmanager
async def slack_webhook(folder: Path) -> AsyncIterator[World]:
    plays = SlackPlays()
    async with HttpStandIn(plays) as server:
        notifier = SlackNotifier(webhook_url=f"{server.url}/services/T/B/SECRET")
        yield World(
            notifier,
            "",
            lambda: [content["text"] for content in plays.taken],
            lambda: setattr(plays, "says", Answer(503, b"")),
            lambda: setattr(plays, "says", Answer(404, b"no_service")),
        )
        await notifier.aclose()


@asynccontextmanager
async def slack_bot(folder: Path) -> AsyncIterator[World]:
    plays = SlackPlays()
    async with HttpStandIn(plays) as server:
        notifier = SlackNotifier(bot_token="xoxb-right", api=f"{server.url}/api")
        yield World(
            notifier,
            "#sales",
            lambda: [content["text"] for content in plays.taken],
            lambda: setattr(plays, "says", Answer(200, b'{"ok":false,"error":"internal_error"}')),
            lambda: setattr(plays, "says", Answer(200, b'{"ok":false,"error":"not_in_channel"}')),
        )
        await notifier.aclose()


class Outbox:
    def __init__(self) -> None:
        self.sent: dict[str, str] = {}
        self.error: NotifierError | None = None

    async def send_text(self, *, key: str, to: str, body: str) -> str:
        if self.error:
            raise self.error
        self.sent[key] = body
        return str(len(self.sent))


@asynccontextmanager
async def texts(folder: Path) -> AsyncIterator[World]:
    outbox = Outbox()
    yield World(
        SmsNotifier(outbox),
        "+12025550143",
        lambda: list(outbox.sent.values()),
        lambda: setattr(outbox, "error", NoticeDelayed("later")),
        lambda: setattr(outbox, "error", NoticeRefused("never")),
    )


FACTORIES: dict[str, Factory] = {
    "smtp": smtp, "local mail": local_mail, "slack webhook": slack_webhook, "slack bot": slack_bot, "texts": texts,
}  # fmt: skip


@pytest.fixture(params=FACTORIES)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with FACTORIES[request.param](tmp_path) as made:
        yield made


async def test_what_is_taken_arrives_once_and_whole(world: World) -> None:
    await world.notifier.send(
        Notice(key="one", title="Ann booked a meeting", text="Tuesday at 10", link="http://x/1"), world.target
    )
    [arrived] = world.taken()
    for part in ("Ann booked a meeting", "Tuesday at 10", "http://x/1"):
        assert part in arrived


async def test_trouble_that_passes_may_be_tried_again(world: World) -> None:
    world.breaks()
    with pytest.raises(NotifierError) as caught:
        await world.notifier.send(Notice(key="one", title="Hello"), world.target)
    assert caught.value.retryable
    assert world.taken() == []


async def test_a_refusal_is_final_and_says_why(world: World) -> None:
    if isinstance(world.notifier, LocalMail):
        pytest.skip("a folder refuses nobody")
    world.refuses()
    with pytest.raises(NoticeRefused) as caught:
        await world.notifier.send(Notice(key="one", title="Hello"), world.target)
    assert not caught.value.retryable
    assert caught.value.detail


async def test_a_target_is_checked_before_anything_is_sent(world: World) -> None:
    assert world.notifier.check_target(world.target) == world.target
    for wrong in ("a b", "x@", "@", "#A B", "ann@acme.example\r\nBcc: eve@evil.example", "\x00"):
        with pytest.raises(InvalidInput):
            world.notifier.check_target(wrong)


async def test_hostile_words_stay_words(world: World) -> None:
    await world.notifier.send(HOSTILE, world.target)
    [arrived] = world.taken()
    if isinstance(world.notifier, SlackNotifier):
        assert arrived.count("<") == 1, "only the link is markup"
        assert "&lt;!channel&gt; Ann &amp; Bob" in arrived
    elif isinstance(world.notifier, SmtpNotifier | LocalMail):
        mail = message_from_bytes(arrived.encode(), policy=policy.default)
        assert "Bcc" not in mail
        assert mail["Subject"] == "<!channel> Ann & Bob Bcc: victim@example.com"
        markup = mail.get_body(("html",))
        assert markup is not None
        assert "<https" not in markup.get_content()
    else:
        assert len(arrived) <= 459


# E-mail


def _parts(mail: EmailMessage) -> list[tuple[str, str | None]]:
    return [(part.get_content_type(), part.get_param("method")) for part in mail.walk()]


async def test_an_invitation_is_an_alternative_and_a_file() -> None:
    async with mail_server() as server:
        notifier = SmtpNotifier(SmtpAccount("127.0.0.1", "o@acme.example", server.port, security="none"))
        notice = Notice(key="k", title="Your meeting", attachments=[INVITATION], reply_to="sales@acme.example")
        await notifier.send(notice, "ann@acme.example")
        [mail] = server.mails
    assert _parts(mail) == [
        ("multipart/mixed", None), ("multipart/alternative", None), ("text/plain", None), ("text/html", None),
        ("text/calendar", "REQUEST"), ("text/calendar", "REQUEST"),
    ]  # fmt: skip
    assert [part.get_filename() for part in mail.iter_attachments()] == ["invite.ics"]
    assert mail["Reply-To"] == "sales@acme.example"


async def test_the_same_notice_is_the_same_mail_however_often_it_is_sent() -> None:
    async with mail_server() as server:
        notifier = SmtpNotifier(SmtpAccount("127.0.0.1", "o@acme.example", server.port, security="none"))
        notice = Notice(key="k", title="Hello")
        await notifier.send(notice, "ann@acme.example")
        await notifier.send(notice, "ann@acme.example")
        await notifier.send(notice, "bob@acme.example")
        ids = [mail["Message-ID"] for mail in server.mails]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mails_travel_encrypted_and_signed_in(tmp_path: Path, security: Any) -> None:
    server_tls, trusting = certificate(tmp_path)
    kind = {"starttls": server_tls} if security == "starttls" else {"tls": server_tls}
    async with mail_server(**kind, auth=True) as server:
        account = SmtpAccount("127.0.0.1", "o@acme.example", server.port, USER, PASSWORD, security, timeout=60)
        await SmtpNotifier(account, tls=trusting).send(Notice(key="k", title="Hello"), "ann@acme.example")
        assert (server.signed_in, server.encrypted) == ([True], [True])
        with pytest.raises(NotifierError):
            await SmtpNotifier(account).send(Notice(key="k", title="Hello"), "ann@acme.example")
        wrong = SmtpAccount("127.0.0.1", "o@acme.example", server.port, USER, "wrong", security, timeout=60)
        with pytest.raises(NoticeRefused, match="sign-in"):
            await SmtpNotifier(wrong, tls=trusting).send(Notice(key="k", title="Hello"), "ann@acme.example")
        assert len(server.mails) == 1


async def test_no_mail_leaves_unencrypted_unless_it_was_said() -> None:
    async with mail_server() as server:
        with pytest.raises(NoticeRefused, match="encryption"):
            await SmtpNotifier(SmtpAccount("127.0.0.1", "o@acme.example", server.port)).send(
                Notice(key="k", title="Hello"), "ann@acme.example"
            )
        assert server.mails == []


async def test_an_unknown_recipient_is_final_and_a_server_that_is_away_is_not() -> None:
    async with mail_server() as server:
        account = SmtpAccount("127.0.0.1", "o@acme.example", server.port, security="none", timeout=60)
        with pytest.raises(NoticeRefused, match="No such user"):
            await SmtpNotifier(account).send(Notice(key="k", title="Hello"), "nobody@acme.example")
    with pytest.raises(NoticeDelayed):
        await SmtpNotifier(account).send(Notice(key="k", title="Hello"), "ann@acme.example")


# Slack


async def test_slack_says_when_it_takes_more() -> None:
    async with HttpStandIn(lambda _: Answer(429, b"", {"retry-after": "37"})) as server:
        notifier = SlackNotifier(webhook_url=server.url)
        with pytest.raises(NoticeDelayed) as caught:
            await notifier.send(Notice(key="k", title="Hello"), "")
        assert caught.value.retry_after == 37
        await notifier.aclose()


@pytest.mark.parametrize(
    "answer", [Answer(200, b"<html>"), Answer(200, b"[]"), Answer(200, b"{}", is_cut=True), Answer(200, b"")]
)
async def test_an_answer_of_slack_that_nobody_understands_may_be_tried_again(answer: Answer) -> None:
    async with HttpStandIn(lambda _: answer) as server:
        notifier = SlackNotifier(bot_token="xoxb-right", api=server.url)
        with pytest.raises(NoticeDelayed):
            await notifier.send(Notice(key="k", title="Hello"), "#sales")
        await notifier.aclose()


async def test_the_secret_address_of_slack_is_in_no_error() -> None:
    notifier = SlackNotifier(webhook_url="http://127.0.0.1:1/services/T/B/SECRET")
    with pytest.raises(NoticeDelayed) as caught:
        await notifier.send(Notice(key="k", title="Hello"), "")
    assert "SECRET" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__
    await notifier.aclose()


async def test_a_bot_that_may_not_is_told_what_to_do() -> None:
    plays = SlackPlays()
    async with HttpStandIn(plays) as server:
        wrong = SlackNotifier(bot_token="xoxb-wrong", api=f"{server.url}/api")
        with pytest.raises(NoticeRefused) as caught:
            await wrong.send(Notice(key="k", title="Hello"), "#sales")
        assert "SLACK_BOT_TOKEN" in caught.value.remedy
        right = SlackNotifier(bot_token="xoxb-right", api=f"{server.url}/api")
        with pytest.raises(NoticeRefused, match="channel_not_found"):
            await right.send(Notice(key="k", title="Hello"), "#nowhere")
        await wrong.aclose()
        await right.aclose()
