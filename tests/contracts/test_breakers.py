"""Every port behind its circuit: whoever fails again and again is left alone, in words of the port."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from outrider.config import Settings
from outrider.errors import ProviderError
from outrider.integrations.calendar.base import CalendarError, CalendarLeftAlone
from outrider.integrations.calendar.build import build_calendars
from outrider.integrations.notifications.base import Channel, ChannelLeftAlone, Notice, NoticeDelayed, NoticeRefused
from outrider.integrations.notifications.build import build_notifiers
from outrider.integrations.notifications.local import LocalMail
from outrider.integrations.sheets.base import SheetsError, SheetsLeftAlone
from outrider.integrations.sheets.build import build_spreadsheets
from tests.contracts.test_calendar import EVENT, HOUR, NOON, google_account
from tests.contracts.test_sheets import PEM
from tests.stand_ins.google_calendar import CALENDAR, CLIENT, GoogleServer
from tests.stand_ins.http import Answer, HttpStandIn
from tests.stand_ins.mail import mail_server

FAILURES = 5
NOTICE = Notice(key="k", title="Ann is booked")


@dataclass
class Failing:
    """Calls of which each ends with an error of its port."""

    error: type[ProviderError]
    left_alone: type[ProviderError]

    async def use_up(self, call: Callable[[], Awaitable[object]], asked: Callable[[], int]) -> ProviderError:
        """Call until nobody is asked any more; returns what is said then."""
        for _ in range(FAILURES):
            with pytest.raises(self.error) as failed:
                await call()
            assert failed.value.retryable and not isinstance(failed.value, self.left_alone)
        before = asked()
        with pytest.raises(self.left_alone) as refused:
            await call()
        assert asked() == before, "an open circuit asks nobody"
        assert refused.value.retryable and 0 < (refused.value.retry_after or 0) <= 15
        return refused.value


def settings(tmp_path: Path, **values: object) -> Settings:
    return Settings(_env_file=None, home=tmp_path, **values)  # type: ignore[arg-type]


async def test_a_calendars_account_is_left_alone_however_often_it_is_opened(tmp_path: Path) -> None:
    async with GoogleServer() as server:
        accounts = {"office": google_account(server, **CLIENT), "other": google_account(server, **CLIENT)}
        calendars = build_calendars(settings(tmp_path, calendar_accounts=SecretStr(json.dumps(accounts))))

        async def put(account: str = "office") -> None:
            calendar = calendars.open(account, CALENDAR, "UTC")
            try:
                await calendar.put(EVENT)
            finally:
                await calendar.aclose()

        server.fails = [Answer(503, b"")] * FAILURES
        refusal = await Failing(CalendarError, CalendarLeftAlone).use_up(put, lambda: len(server.fails))
        assert "The calendar account office failed too often" in refusal.detail and "503" in refusal.detail
        await put("other")
        assert len(server.live()) == 1, "another account has a circuit of its own"
        calendar = calendars.open("office", CALENDAR, "UTC")
        assert (await calendar.check()).can_write, "a person's test passes, and closes the circuit"
        assert await calendar.busy(NOON, NOON + HOUR)
        await calendar.aclose()


async def test_a_spreadsheet_account_is_left_alone(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    key.write_text(json.dumps({"client_email": "bot@example.com", "private_key": PEM}))
    says = [Answer(503, b"")]
    async with HttpStandIn(lambda _: says[0]) as server:
        account = {"service_account_file": str(key), "api_url": server.url, "token_url": f"{server.url}/token"}
        sheets = build_spreadsheets(settings(tmp_path, sheets_accounts=SecretStr(json.dumps({"google": account}))))
        calls = sheets.get("google")
        refusal = await Failing(SheetsError, SheetsLeftAlone).use_up(lambda: calls.titles("book"), lambda: len(server.heard))
        assert "The spreadsheet account google failed too often" in refusal.detail and "503" in refusal.detail
        for call in (calls.read("book", "A"), calls.append("book", "A", [["x"]]), calls.replace("book", "A", [["x"]])):
            with pytest.raises(SheetsLeftAlone):
                await call
        await sheets.aclose()


async def test_a_mail_server_is_left_alone_and_refusals_of_it_are_answers(tmp_path: Path) -> None:
    async with mail_server() as server:
        given = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_from": "a@example.com", "smtp_security": "none"}
        notifiers = build_notifiers(settings(tmp_path, **given))
        for _ in range(FAILURES + 1):
            with pytest.raises(NoticeRefused):
                await notifiers.get(Channel.EMAIL).send(NOTICE, "nobody@example.com")
        await notifiers.get(Channel.EMAIL).send(NOTICE, "ann@example.com")
        assert len(server.mails) == 1
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        given["smtp_port"] = nobody.getsockname()[1]
        notifiers = build_notifiers(settings(tmp_path, **given))
        mail = notifiers.get(Channel.EMAIL)
        assert (mail.channel, mail.is_local, mail.check_target(" ann@example.com ")) == (Channel.EMAIL, False, "ann@example.com")
        refusal = await Failing(NoticeDelayed, ChannelLeftAlone).use_up(lambda: mail.send(NOTICE, "ann@example.com"), lambda: 0)
        assert refusal.detail.startswith("E-mail failed too often and is left alone for a while. Last: The mail server 127.0.0.1")
        await notifiers.aclose()


class Texts:
    """An outbox without a sender."""

    asked = 0

    async def send_text(self, *, key: str, to: str, body: str) -> str:
        self.asked += 1
        raise NoticeDelayed("No sender is enabled.")


async def test_texts_are_left_alone_and_mails_that_stay_here_are_not(tmp_path: Path) -> None:
    texts = Texts()
    notifiers = build_notifiers(settings(tmp_path), texts)
    sms = notifiers.get(Channel.SMS)
    await Failing(NoticeDelayed, ChannelLeftAlone).use_up(lambda: sms.send(NOTICE, "+12025550143"), lambda: texts.asked)
    assert texts.asked == FAILURES
    assert isinstance(notifiers.get(Channel.EMAIL), LocalMail)
