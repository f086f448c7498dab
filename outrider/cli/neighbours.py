"""What `outrider doctor` finds at the services that the settings name: each is asked, and none may keep the others waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Protocol

import redis.asyncio
from redis.exceptions import RedisError

from outrider.config import Settings
from outrider.errors import ConfigurationError, OutriderError
from outrider.integrations.calendar.accounts import CalDavAccount, GoogleAccount, read_accounts
from outrider.integrations.calendar.accounts import host_of as calendar_host
from outrider.integrations.calendar.build import reach_account
from outrider.integrations.crm.accounts import CrmAccountSettings, read_crm_accounts
from outrider.integrations.crm.build import outside_crm
from outrider.integrations.enrichment.apollo import ApolloProvider
from outrider.integrations.notifications.build import build_mail, build_slack
from outrider.integrations.notifications.smtp import SmtpNotifier
from outrider.integrations.sheets.accounts import GoogleSheetsAccount, read_sheets_accounts
from outrider.integrations.sheets.google import GoogleSheets
from outrider.llm.base import ChatMessage, ChatRequest
from outrider.llm.build import OFFLINE, ModelRegistry

SECONDS = 10.0
"""A neighbour that has not answered by then counts as away."""
QUESTION = ChatRequest([ChatMessage("user", "Answer with the word yes.")], max_tokens=200, purpose="doctor", fresh=True)


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    state: str
    """`ok`, `note` or `wrong`."""
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    subject: str
    """The setting that names it, with the account's name."""
    ask: Callable[[], Awaitable[str]]
    """Says in a few words what works; raises an `OutriderError` otherwise."""


class Reachable(Protocol):
    async def reach(self) -> None: ...

    async def aclose(self) -> None: ...


async def neighbours(settings: Settings) -> list[Finding]:
    """One finding for each service that is set up, and one for each setting that can't be read."""
    known: list[Neighbour] = []
    findings: list[Finding] = []
    for read in (_redis, _models, _enrichment, _calendars, _crms, _sheets, _notifiers):
        try:
            known += read(settings)
        except ConfigurationError as error:
            findings.append(Finding(read.__name__.strip("_"), "wrong", error.detail, error.remedy))
    return [*findings, *await asyncio.gather(*map(_examined, known))]


async def _examined(neighbour: Neighbour) -> Finding:
    began = perf_counter()
    try:
        async with asyncio.timeout(SECONDS):
            said = await neighbour.ask()
    except TimeoutError:
        remedy = "Check its address and the network between; then run this again."
        return Finding(neighbour.subject, "wrong", f"No answer within {SECONDS:g} s.", remedy)
    except OutriderError as error:
        return Finding(neighbour.subject, "wrong", error.detail, error.remedy or "Check its address and the network between.")
    return Finding(neighbour.subject, "ok", f"{said}, {perf_counter() - began:.1f} s")


def _redis(settings: Settings) -> Iterator[Neighbour]:
    if settings.redis_url is not None:
        yield Neighbour("REDIS_URL", partial(_ping, settings.redis_url))


async def _ping(url: str) -> str:
    try:
        async with redis.asyncio.Redis.from_url(url, socket_connect_timeout=SECONDS) as client:
            await client.ping()
    except (RedisError, OSError, ValueError) as error:
        # The error's own words may hold the address, and with it the password.
        remedy = "Check REDIS_URL, or unset it: nothing is lost without it."
        raise ConfigurationError(f"Redis does not answer ({type(error).__name__}).", remedy=remedy) from None
    return "answers"


def _models(settings: Settings) -> Iterator[Neighbour]:
    at_once = settings.model_copy(update={"model_max_retries": 0, "model_timeout": SECONDS, "fallback_models": []})
    registry = ModelRegistry(at_once)
    names = dict.fromkeys([registry.get(None).name, *settings.fallback_models])
    for name in names:
        if name != OFFLINE:
            yield Neighbour(f"model {name}", partial(_answer, at_once, name))


async def _answer(settings: Settings, name: str) -> str:
    """One short question: only an answer shows that key, quota and name of the model are right."""
    registry = ModelRegistry(settings)
    try:
        await registry.get(name).complete(QUESTION)
    finally:
        await registry.aclose()
    return "answers"


def _enrichment(settings: Settings) -> Iterator[Neighbour]:
    if settings.apollo_api_key is not None:
        provider = ApolloProvider(settings.apollo_api_key.get_secret_value(), str(settings.apollo_base_url), timeout=SECONDS)
        yield Neighbour("APOLLO_API_KEY", partial(_reach, provider, "takes the key"))


def _calendars(settings: Settings) -> Iterator[Neighbour]:
    for name, account in sorted(read_accounts(settings.calendar_accounts).items()):
        yield Neighbour(f"OUTRIDER_CALENDAR_ACCOUNTS {name}", partial(_calendar, account))


async def _calendar(account: CalDavAccount | GoogleAccount) -> str:
    await reach_account(account)
    return f"signed in at {calendar_host(account)}"


def _crms(settings: Settings) -> Iterator[Neighbour]:
    for name, account in sorted(read_crm_accounts(settings.crm_accounts).items()):
        if account.kind != "local":
            yield Neighbour(f"OUTRIDER_CRM_ACCOUNTS {name}", partial(_crm, account))


async def _crm(account: CrmAccountSettings) -> str:
    crm = outside_crm(account)
    assert crm is not None
    try:
        found = await crm.check()
    finally:
        await crm.aclose()
    return f"signed in as {found.name}" + (f" ({found.detail})" if found.detail else "")


def _sheets(settings: Settings) -> Iterator[Neighbour]:
    for name, account in sorted(read_sheets_accounts(settings.sheets_accounts).items()):
        yield Neighbour(f"OUTRIDER_SHEETS_ACCOUNTS {name}", partial(_sheet, account))


async def _sheet(account: GoogleSheetsAccount) -> str:
    sheets = GoogleSheets(account)
    return await _reach(sheets, f"signed in as {sheets.address}")


def _notifiers(settings: Settings) -> Iterator[Neighbour]:
    if isinstance(mail := build_mail(settings), SmtpNotifier):
        yield Neighbour("SMTP_HOST", partial(_reach, mail, f"signed in at {settings.smtp_host}"))
    if (slack := build_slack(settings)) is not None:
        subject = "SLACK_BOT_TOKEN" if settings.slack_bot_token else "SLACK_WEBHOOK_URL"
        yield Neighbour(subject, partial(_reach, slack, "Slack knows us"))


async def _reach(one: Reachable, said: str) -> str:
    try:
        await one.reach()
    finally:
        await one.aclose()
    return said
