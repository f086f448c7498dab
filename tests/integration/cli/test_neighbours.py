"""`outrider doctor` at the services that are set up: one finding each, whatever the others do, and never a secret."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from outrider.cli import neighbours as checked
from outrider.cli.neighbours import Finding, neighbours
from outrider.config import Settings
from outrider.integrations.notifications.base import NoticeRefused
from outrider.integrations.notifications.slack import SlackNotifier
from tests.stand_ins.caldav import PASSWORD as CALDAV_PASSWORD
from tests.stand_ins.caldav import PATH, CalDavServer
from tests.stand_ins.caldav import USER as CALDAV_USER
from tests.stand_ins.http import Answer, Heard, HttpStandIn
from tests.stand_ins.hubspot import HubSpotStandIn
from tests.stand_ins.mail import PASSWORD, USER, mail_server

NOWHERE = "http://127.0.0.1:9"


def settings_of(home: Path, **given: Any) -> Settings:
    return Settings(home=home, _env_file=None).model_copy(update=given)


def accounts(**named: dict[str, Any]) -> SecretStr:
    return SecretStr(json.dumps(named))


def calendar(url: str, password: str) -> dict[str, Any]:
    return {"kind": "caldav", "url": url, "user": CALDAV_USER, "password": password}


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    assert len({one.subject for one in findings}) == len(findings)
    return {one.subject: one for one in findings}


async def test_nothing_set_up_is_nothing_to_say(tmp_path: Path) -> None:
    assert await neighbours(settings_of(tmp_path)) == []


async def test_each_neighbour_has_its_own_finding(tmp_path: Path) -> None:
    hubspot = HubSpotStandIn()
    async with CalDavServer() as caldav, HttpStandIn(hubspot.respond) as crm, mail_server(auth=True) as mail:
        found = by_subject(
            await neighbours(
                settings_of(
                    tmp_path,
                    calendar_accounts=accounts(
                        good=calendar(f"{caldav.url}{PATH}", CALDAV_PASSWORD),
                        bad=calendar(f"{caldav.url}{PATH}", "a wrong secret"),
                    ),
                    crm_accounts=accounts(
                        hub={"kind": "hubspot", "token": "pat-test", "api_url": crm.url},
                        away={"kind": "webhook", "url": f"{NOWHERE}/crm", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
                    ),
                    sheets_accounts=accounts(sheet={"service_account_file": str(tmp_path / "none.json")}),
                    smtp_host="127.0.0.1",
                    smtp_port=mail.port,
                    smtp_security="none",
                    smtp_from="us@acme.example",
                    smtp_username=USER,
                    smtp_password=SecretStr("a wrong secret"),
                    redis_url="redis://:a-wrong-secret@127.0.0.1:9/0",
                )
            )
        )
    states = {subject: one.state for subject, one in found.items()}
    assert states == {
        "OUTRIDER_CALENDAR_ACCOUNTS good": "ok",
        "OUTRIDER_CALENDAR_ACCOUNTS bad": "wrong",
        "OUTRIDER_CRM_ACCOUNTS hub": "ok",
        "OUTRIDER_CRM_ACCOUNTS away": "wrong",
        "OUTRIDER_SHEETS_ACCOUNTS sheet": "wrong",
        "SMTP_HOST": "wrong",
        "REDIS_URL": "wrong",
    }
    assert "SMTP_PASSWORD" in found["SMTP_HOST"].remedy
    assert all(one.remedy for one in found.values() if one.state == "wrong"), found
    assert "wrong secret" not in str(found) and "a-wrong-secret" not in str(found)


async def test_a_mail_server_that_takes_the_sign_in_gets_no_mail(tmp_path: Path) -> None:
    async with mail_server(auth=True) as mail:
        given = settings_of(
            tmp_path, smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none", smtp_from="us@acme.example",
            smtp_username=USER, smtp_password=SecretStr(PASSWORD),
        )  # fmt: skip
        (found,) = await neighbours(given)
        assert (found.subject, found.state, mail.mails) == ("SMTP_HOST", "ok", [])


async def test_one_that_never_answers_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "SECONDS", 0.5)
    async with HttpStandIn(lambda _: None) as silent:
        given = settings_of(
            tmp_path,
            crm_accounts=accounts(
                **{f"crm{number}": {"kind": "hubspot", "token": "pat-test", "api_url": silent.url} for number in range(5)}
            ),
        )
        began = time.perf_counter()
        found = await neighbours(given)
    assert time.perf_counter() - began < 3
    assert {one.state for one in found} == {"wrong"} and len(found) == 5
    assert all("0.5 s" in one.message and one.remedy for one in found)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (name, value)
        for name in ("crm_accounts", "calendar_accounts", "sheets_accounts")
        for value in ('{"a": oops', "/no/such", "[]")
    ],
)
async def test_accounts_that_can_not_be_read_name_their_setting(tmp_path: Path, setting: str, value: str) -> None:
    (found,) = await neighbours(settings_of(tmp_path, **{setting: SecretStr(value)}))
    assert found.state == "wrong" and found.message.startswith(f"OUTRIDER_{setting.upper()}: ") and found.remedy
    assert ": :" not in found.message


def slack(answers: dict[str, Answer]) -> Callable[[Heard], Answer]:
    return lambda heard: answers[heard.path]


@pytest.mark.parametrize(
    ("status", "said", "is_known"),
    [(400, b"no_text", True), (400, b"invalid_payload", True), (404, b"no_service", False), (403, b"invalid_token", False)],
)
async def test_a_webhook_of_slack_is_asked_without_writing(status: int, said: bytes, is_known: bool) -> None:
    async with HttpStandIn(lambda _: Answer(status, said)) as server:
        notifier = SlackNotifier(webhook_url=f"{server.url}/services/T/B/X")
        try:
            if is_known:
                await notifier.reach()
            else:
                with pytest.raises(NoticeRefused, match=said.decode()) as caught:
                    await notifier.reach()
                assert "SLACK_WEBHOOK_URL" in caught.value.remedy
        finally:
            await notifier.aclose()
        assert json.loads(server.heard[0].body) == {}


async def test_a_bot_of_slack_is_asked_who_it_is() -> None:
    says = {"/api/auth.test": Answer(200, b'{"ok": false, "error": "invalid_auth"}')}
    async with HttpStandIn(slack(says)) as server:
        notifier = SlackNotifier(bot_token="xoxb-1", api=f"{server.url}/api")
        with pytest.raises(NoticeRefused):
            await notifier.reach()
        says["/api/auth.test"] = Answer(200, b'{"ok": true, "team": "Acme"}')
        await notifier.reach()
        await notifier.aclose()
