"""`GET /api/settings`: the settings in effect, what they mean, and what to enter at the carrier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from itertools import groupby
from typing import Any, Literal, get_args
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, SecretStr

from outrider import __version__
from outrider.auth.permissions import Permission, require
from outrider.config import Settings, variable_of
from outrider.conversations.arrivals import Webhook, last_arrivals
from outrider.conversations.quiet_hours import COUNTRIES, DEFAULT_HOURS, US_STATES, Hours, Window
from outrider.conversations.webhook_routes import router as webhooks
from outrider.db.web import Transaction
from outrider.llm.build import OFFLINE, default_model_name

router = APIRouter(prefix="/api/settings", tags=["settings"])

GROUPS: Mapping[str, Sequence[str]] = {
    "Installation": ("public_url", "host", "port", "home", "database_url", "redis_url", "secret_key", "simulator_port"),
    "Carrier": (
        "twilio_account_sid", "twilio_auth_token", "twilio_from_number", "twilio_messaging_service_sid", "twilio_api_base_url",
        "carrier_timeout", "sms_segment_price",
    ),
    "Models": (
        "model", "fallback_models", "openai_api_key", "openai_base_url", "anthropic_api_key", "anthropic_base_url",
        "cerebras_api_key", "cerebras_base_url", "ollama_base_url", "model_timeout", "model_max_retries", "model_prices",
        "offline_fallback", "model_concurrency", "model_max_tokens", "model_cache_seconds", "breaker_failures",
        "breaker_pause_seconds",
    ),
    "Budgets": ("budget_day", "budget_month", "budget_conversation", "model_calls_kept_days"),
    "Enrichment": (
        "apollo_api_key", "apollo_base_url", "enrichment_websites", "enrichment_timeout", "enrichment_ttl_hours",
    ),
    "Sending": (
        "quiet_hours", "send_batch", "send_concurrency", "send_lease_seconds", "settle_seconds", "poll_inbound_seconds",
        "receipt_overdue_seconds",
    ),
    "Conversations": (
        "brand", "reply_delay_seconds", "most_automated_replies", "typing_speed", "longest_typing_seconds",
        "summary_after_minutes", "agent_calls_per_hour",
    ),
    "Calendars": ("time_zone", "calendar_accounts", "meeting_reminder_minutes"),
    "CRM and sheets": ("crm_accounts", "sheets_accounts"),
    "Notifications": (
        "smtp_host", "smtp_port", "smtp_username", "smtp_password", "smtp_security", "smtp_from", "slack_webhook_url",
        "slack_bot_token", "webhook_private_hosts", "webhook_disable_days",
    ),
    "Campaigns": (
        "chunk_size", "run_concurrency", "worker_jobs", "worker_bulk_jobs", "worker_heartbeat_seconds", "most_lost_claims",
    ),
    "Leads": ("default_region", "upload_limit_mb"),
    "Observing": ("log_level", "log_format", "langsmith_api_key", "langsmith_endpoint", "langsmith_project"),
}  # fmt: skip
EVERY_DAY = "every day"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class SettingOut(BaseModel):
    name: str
    """The environment variable."""
    value: str | None
    """In effect; None if it is unset, and always for a secret."""
    is_secret: bool
    is_set: bool
    is_default: bool
    meaning: str
    how_to_change: str


class SettingGroup(BaseModel):
    name: str
    settings: list[SettingOut]


class WebhookAddress(BaseModel):
    """An address to enter at the carrier."""

    purpose: Literal["incoming texts", "delivery reports"]
    url: str
    where: str
    """Where it is entered at the carrier."""
    last_received: datetime | None
    """When the carrier last called it, to the nearest ten seconds."""


class CarrierState(BaseModel):
    kind: Literal["simulator", "twilio"]
    public_url: str
    is_reachable_from_outside: bool
    """The address is no loopback address: a real carrier could reach it."""
    webhooks: list[WebhookAddress]


class DayHours(BaseModel):
    """Hours of the lead's own day; both None means none at all."""

    days: str
    """As in `Monday to Friday`."""
    start: str | None
    end: str | None


class PlaceHours(BaseModel):
    place: str
    """`US-TX`, `CA`, or `everywhere else`."""
    hours: list[DayHours]


class QuietHours(BaseModel):
    is_enforced: bool
    default: list[DayHours]
    """Where no stricter rule is known."""
    stricter: list[PlaceHours]


class ModelState(BaseModel):
    name: str
    is_offline: bool
    fallbacks: list[str]


class SettingsReport(BaseModel):
    version: str
    groups: list[SettingGroup]
    carrier: CarrierState
    quiet_hours: QuietHours
    model: ModelState


@router.get("", dependencies=[Depends(require(Permission.SETTINGS_READ))])
async def get_settings_report(session: Transaction, request: Request) -> SettingsReport:
    """What this installation runs with. Settings are read at the start; secrets are never shown, not even in part."""
    settings: Settings = request.app.state.settings
    model = default_model_name(settings)
    return SettingsReport(
        version=__version__,
        groups=[
            SettingGroup(name=name, settings=[_setting(settings, field) for field in fields]) for name, fields in GROUPS.items()
        ],
        carrier=_carrier(settings, await last_arrivals(session)),
        quiet_hours=QuietHours(
            is_enforced=settings.quiet_hours == "enforced",
            default=_days(DEFAULT_HOURS),
            stricter=[PlaceHours(place=f"US-{state}", hours=_days(hours)) for state, hours in US_STATES.items()]
            + [PlaceHours(place=country, hours=_days(hours)) for country, hours in COUNTRIES.items()],
        ),
        model=ModelState(name=model, is_offline=model == OFFLINE, fallbacks=settings.fallback_models),
    )


def _setting(settings: Settings, field: str) -> SettingOut:
    value, variable = getattr(settings, field), variable_of(field)
    info = Settings.model_fields[field]
    is_secret = SecretStr in (info.annotation, *get_args(info.annotation))
    choices = [choice for choice in get_args(info.annotation) if isinstance(choice, str)]
    to = f" to {', '.join(choices[:-1])} or {choices[-1]}" if choices else ""
    return SettingOut(
        name=variable,
        value=None if is_secret else shown_value(value),
        is_secret=is_secret,
        is_set=value is not None,
        is_default=field not in settings.model_fields_set or variable in settings.supplied,
        meaning=" ".join((info.description or "").split()),
        how_to_change=f"Set {variable}{to} in the environment or in the file .env, then restart.",
    )


def shown_value(value: Any) -> str | None:
    """A setting as text; of an address neither user, password nor query, any of which may be a secret."""
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(value)
    text = str(value)
    if "://" not in text:
        return text
    parts = urlsplit(text)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _carrier(settings: Settings, arrivals: Mapping[Webhook, datetime]) -> CarrierState:
    base = settings.public_url.rstrip("/")
    return CarrierState(
        kind="simulator" if settings.uses_simulator else "twilio",
        public_url=base,
        is_reachable_from_outside=not _is_local(urlsplit(base).hostname or ""),
        webhooks=[
            WebhookAddress(
                purpose="incoming texts",
                url=base + webhooks.url_path_for("receive_message"),
                where="“A message comes in” of the number, or “Incoming messages” of the messaging service; method POST.",
                last_received=arrivals.get(Webhook.MESSAGES),
            ),
            WebhookAddress(
                purpose="delivery reports",
                url=base + webhooks.url_path_for("receive_status"),
                where="Named in every text we send; also “Delivery status callback” of the messaging service.",
                last_received=arrivals.get(Webhook.STATUS),
            ),
        ],
    )


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host


def _days(hours: Hours) -> list[DayHours]:
    """The week, days with the same hours together."""
    runs = [
        (window, [day for day, _ in days]) for window, days in groupby(zip(DAYS, hours.days, strict=True), key=lambda d: d[1])
    ]
    return [
        DayHours(days=_named(days), start=_clock(window.start), end=_clock(window.end))
        if _is_open(window)
        else DayHours(days=_named(days), start=None, end=None)
        for window, days in runs
    ]


def _named(days: Sequence[str]) -> str:
    if len(days) == len(DAYS):
        return EVERY_DAY
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _is_open(window: Window) -> bool:
    return window.start < window.end


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
