"""Settings, read once from the environment (and `.env`).

The names without the `OUTRIDER_` prefix are the public interface of DESIGN.md and of the providers' own
tools; everything else is `OUTRIDER_…`. An unset setting means the embedded default; a wrong one raises
`ConfigurationError` that names it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AliasChoices, AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from outrider.errors import ConfigurationError

SIMULATOR_ACCOUNT_SID = "AC" + "5" * 32
SHORTEST_KEY = 32
SIMULATOR_AUTH_TOKEN = "simulator-token-not-a-secret"  # noqa: S105  (opens nothing but the simulator)


def _public(name: str) -> AliasChoices:
    """A setting of the public interface keeps its bare name."""
    return AliasChoices(name)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="OUTRIDER_", env_file=".env", env_ignore_empty=True, extra="ignore", use_attribute_docstrings=True
    )

    # Where things live
    home: Path = Path(".outrider")
    """Data folder: embedded database, uploaded files, logs."""
    supplied: Annotated[list[str], NoDecode] = []
    """Variables that `outrider up` itself gives to the processes it starts, so that nobody takes them for changes."""
    database_url: str | None = Field(None, validation_alias=_public("DATABASE_URL"))
    """PostgreSQL 15 or newer; unset, a server of our own keeps its data in the data folder."""
    redis_url: str | None = Field(None, validation_alias=_public("REDIS_URL"))
    """Makes several processes faster together; nothing is lost without it."""
    host: str = "127.0.0.1"
    """Address to listen at."""
    port: int = Field(8000, ge=1, le=65535)
    """Port to listen at."""
    public_url: str = Field(
        default_factory=lambda given: f"http://127.0.0.1:{given.get('port', 8000)}", validation_alias=_public("PUBLIC_URL")
    )
    """Address under which the carrier reaches us; signatures are checked against it, never against headers."""
    simulator_port: int = Field(8010, ge=1, le=65535)
    """Port of the shipped simulator, which plays the carrier while no account is configured."""
    secret_key: SecretStr | None = None
    """Seals the secrets that lie in the database; at least 32 characters. Several, separated by commas: the first one seals, all
    of them open. Unset, a key of our own lies in the data folder."""

    # Carrier
    twilio_account_sid: str | None = Field(None, validation_alias=_public("TWILIO_ACCOUNT_SID"))
    """The account at Twilio; unset, the simulator plays the carrier."""
    twilio_auth_token: SecretStr | None = Field(None, validation_alias=_public("TWILIO_AUTH_TOKEN"))
    """The account's secret; it also proves that webhooks come from Twilio."""
    twilio_from_number: str | None = Field(None, validation_alias=_public("TWILIO_FROM_NUMBER"))
    """A number of the account to send from; more are added as senders."""
    twilio_messaging_service_sid: str | None = Field(None, validation_alias=_public("TWILIO_MESSAGING_SERVICE_SID"))
    """A messaging service of the account to send from."""
    twilio_api_base_url: AnyHttpUrl | None = Field(None, validation_alias=_public("TWILIO_API_BASE_URL"))
    """Another address of Twilio's API, as of a region or a proxy."""
    carrier_timeout: float = Field(10.0, gt=0)
    """Seconds until a request to the carrier counts as unanswered."""

    # Models
    model: str | None = None
    """`provider:model`, as in `openai:gpt-4o-mini`; unset means the offline model unless a key is set."""
    fallback_models: Annotated[list[str], NoDecode] = []
    """Models to turn to when the first one fails, in this order, separated by commas."""
    openai_api_key: SecretStr | None = Field(None, validation_alias=_public("OPENAI_API_KEY"))
    """Key for OpenAI, or for the server at OPENAI_BASE_URL."""
    openai_base_url: AnyHttpUrl | None = Field(None, validation_alias=_public("OPENAI_BASE_URL"))
    """Address of a server that speaks as OpenAI does."""
    anthropic_api_key: SecretStr | None = Field(None, validation_alias=_public("ANTHROPIC_API_KEY"))
    """Key for Anthropic, or for the server at ANTHROPIC_BASE_URL."""
    anthropic_base_url: AnyHttpUrl | None = Field(None, validation_alias=_public("ANTHROPIC_BASE_URL"))
    """Address of a server that speaks as Anthropic does."""
    cerebras_api_key: SecretStr | None = Field(None, validation_alias=_public("CEREBRAS_API_KEY"))
    """Key for Cerebras."""
    cerebras_base_url: AnyHttpUrl = Field(AnyHttpUrl("https://api.cerebras.ai/v1"), validation_alias=_public("CEREBRAS_BASE_URL"))
    """Address of Cerebras, or of a proxy before it."""
    ollama_base_url: AnyHttpUrl | None = Field(None, validation_alias=_public("OLLAMA_BASE_URL"))
    """Address of an Ollama server, as in `http://127.0.0.1:11434`."""
    model_prices: Annotated[list[str], NoDecode] = []
    """Prices that the list of `genai-prices` lacks, in US dollars per million tokens read and written, separated by commas:
    `ollama:llama3.1:8b=0.05/0.10, openai:*=0.10/0.40`; Ollama's models cost nothing unless it is said here."""
    model_timeout: float = Field(30.0, gt=0)
    """Seconds until a request to a model counts as unanswered."""
    model_max_retries: int = Field(2, ge=0)
    """How often a model is asked again after a failure that passes."""

    # Enrichment
    apollo_api_key: SecretStr | None = Field(None, validation_alias=_public("APOLLO_API_KEY"))
    """Key for Apollo.io, which knows people and companies; each lookup may cost a credit there."""
    apollo_base_url: AnyHttpUrl = Field(AnyHttpUrl("https://api.apollo.io/api/v1"), validation_alias=_public("APOLLO_BASE_URL"))
    """Address of Apollo's API, or of a proxy before it."""
    enrichment_websites: Literal["on", "off"] = "on"
    """`on` reads the front page of a lead's company, found by the domain of their e-mail address."""
    enrichment_timeout: float = Field(8.0, gt=0)
    """Seconds until a provider counts as unanswered."""
    enrichment_ttl_hours: int = Field(24, ge=1, le=24 * 365)
    """How long an answer is kept before the provider is asked anew."""
    offline_fallback: bool = False
    """The offline model answers when all others failed: by rules, and less well than a person would like."""
    model_concurrency: Annotated[list[str], NoDecode] = ["200"]
    """Calls of one provider that one process has under way at once, and the numbers of providers that take fewer, separated
    by commas: `200, ollama=4`."""
    model_max_tokens: int = Field(4096, ge=16)
    """Greatest length of answers for which none is named, in tokens; what a call may cost at most follows from it."""
    model_cache_seconds: float = Field(3600.0, ge=0)
    """How long the answer to a prompt is kept and given again to exactly the same prompt; 0 keeps none."""
    breaker_failures: int = Field(5, ge=1)
    """A provider that failed so often within a minute, and for half of all calls, is left alone for a while."""
    breaker_pause_seconds: float = Field(15.0, gt=0)
    """How long it is left alone at first; twice as long each time that it still fails."""
    budget_day: Decimal | None = Field(None, gt=0)
    """US dollars that all model calls of a day (UTC) may cost; a limit set in the web application goes before it."""
    budget_month: Decimal | None = Field(None, gt=0)
    """US dollars that all model calls of a month (UTC) may cost; a limit set in the web application goes before it."""
    budget_conversation: Decimal | None = Field(Decimal("1.00"), gt=0)
    """US dollars that the model calls for one conversation may cost; a limit set in the web application goes before it."""
    model_calls_kept_days: int = Field(90, ge=32)
    """Days for which each model call is kept in the ledger; afterwards only the sums of its day are."""

    # Sending protocol
    send_lease_seconds: float = Field(60.0, gt=0)
    """A claimed text belongs to its deliverer this long; afterwards its outcome is unknown."""
    settle_seconds: float = Field(120.0, gt=0)
    """Longest process pause + HTTP time-out + the carrier's list lag: "not found" counts only after this."""
    send_batch: int = Field(100, ge=1, le=1000)
    """Texts that a deliverer claims at once."""
    send_concurrency: int = Field(64, ge=1)
    """Texts that are on their way to the carrier at once."""
    poll_inbound_seconds: float = Field(30.0, gt=0)
    """How often the carrier is asked for what its webhooks did not bring."""
    receipt_overdue_seconds: float = Field(300.0, gt=0)
    """A delivery whose end nobody reported for this long is looked up at the carrier."""
    quiet_hours: Literal["enforced", "off"] = "enforced"
    """`off` lets texts leave at any hour; possible only while the simulator is the carrier, so that nobody is woken."""

    # Conversations
    reply_delay_seconds: float = Field(1.5, ge=0)
    """People send several texts in a row; an automated answer waits this long for the next one."""
    most_automated_replies: int = Field(8, ge=0)
    """Automated answers in one conversation before a person takes it."""
    typing_speed: float = Field(0.0, ge=0)
    """Characters per second at which automated answers seem to be typed; they leave later by that. 0 sends at once."""
    longest_typing_seconds: float = Field(12.0, ge=0, le=300)
    """Nobody waits longer than this for the typing."""
    summary_after_minutes: float = Field(30.0, ge=0)
    """A conversation in which nothing was written for so long is summed up; 0 sums up none."""

    agent_calls_per_hour: Annotated[list[str], NoDecode] = ["*=600"]
    """How often agents of a type may be asked for over the API within an hour, separated by commas: `marketing=60, *=600`."""

    brand: str = Field("", max_length=60)
    """Whom our texts speak for; named in confirmations of opt-outs and in help texts."""

    # Calendars
    time_zone: str = "UTC"
    """IANA zone of the installation, in which the first calendar keeps its working hours."""
    calendar_accounts: SecretStr | None = None
    """Accounts at CalDAV servers and at Google, by name, as JSON or as the path of a JSON file; see the guide on scheduling."""
    crm_accounts: SecretStr | None = None
    """Accounts at HubSpot, Salesforce and systems with webhooks, by name, as JSON or the path of such a file; see docs/crm.md."""
    sheets_accounts: SecretStr | None = None
    """Service accounts for Google Sheets, by name, as JSON or as the path of a JSON file; see docs/crm.md."""
    meeting_reminder_minutes: int = Field(60, ge=1, le=10_080)
    """How long before a meeting it counts as near."""

    # Notifications
    smtp_host: str | None = Field(None, validation_alias=_public("SMTP_HOST"))
    """The mail server that takes our e-mails; unset, they are kept as files in the data folder."""
    smtp_port: int | None = Field(None, ge=1, le=65535, validation_alias=_public("SMTP_PORT"))
    """Its port; unset, the usual one of SMTP_SECURITY: 587, 465 or 25."""
    smtp_username: str | None = Field(None, validation_alias=_public("SMTP_USERNAME"))
    """The account there, if it asks for one."""
    smtp_password: SecretStr | None = Field(None, validation_alias=_public("SMTP_PASSWORD"))
    """The account's secret."""
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", validation_alias=_public("SMTP_SECURITY"))
    """How the way there is encrypted; `none` only for a server on this machine or network."""
    smtp_from: str | None = Field(None, pattern=r"^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$", validation_alias=_public("SMTP_FROM"))
    """Address that e-mails come from, as in `Acme <team@acme.example>`."""
    slack_webhook_url: SecretStr | None = Field(None, validation_alias=_public("SLACK_WEBHOOK_URL"))
    """Address of an incoming webhook of Slack; it writes to the webhook's own channel."""
    slack_bot_token: SecretStr | None = Field(None, validation_alias=_public("SLACK_BOT_TOKEN"))
    """Token of a Slack app with the scope `chat:write`; it writes to every channel that the app is in."""
    webhook_private_hosts: bool = False
    """Whether outgoing webhooks may go to addresses of the own network, and unencrypted."""
    webhook_disable_days: float = Field(5.0, gt=0)
    """An endpoint of outgoing webhooks that took nothing for so many days is not tried any more."""

    # Campaign processing
    chunk_size: int = Field(100, ge=1, le=2000)
    """Leads of a campaign that one job works."""
    run_concurrency: int = Field(100, ge=1)
    """Leads that one worker has in flight at once (for slow models, raise it)."""
    most_lost_claims: int = Field(5, ge=1)
    """A run, a lead or an effect is given up when so many processes in a row ended while they worked on it."""
    worker_jobs: int = Field(32, ge=1)
    """Short jobs, such as answers, that one worker runs side by side."""
    worker_bulk_jobs: int = Field(4, ge=1)
    """Long jobs, such as imports and chunks of a campaign, that it runs beside them."""
    worker_heartbeat_seconds: float = Field(5.0, gt=0)
    """How often a worker shows that it lives; the jobs of one that is silent for twice as long go to another."""

    # Leads
    default_region: str = Field("US", pattern="^[A-Z]{2}$")
    """Country in which numbers without `+` are read."""
    upload_limit_mb: int = Field(512, ge=1)
    """Largest file of leads that may be uploaded."""
    sms_segment_price: Decimal = Field(Decimal("0.0083"), ge=0)
    """Estimated price of one outgoing segment in US dollars, until the carrier reports the real one."""

    # Observing
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """What is logged: this level and those above it."""
    log_format: Literal["console", "json"] = "console"
    """For people or for machines."""

    langsmith_api_key: SecretStr | None = Field(None, validation_alias=_public("LANGSMITH_API_KEY"))
    """Key for LangSmith; set, a trace of each call of a language model, prompt and answer included, is sent there."""
    langsmith_endpoint: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.smith.langchain.com"), validation_alias=_public("LANGSMITH_ENDPOINT")
    )
    """Address of LangSmith, as of another region or a server of one's own."""
    langsmith_project: str = Field("outrider", min_length=1, validation_alias=_public("LANGSMITH_PROJECT"))
    """Project in LangSmith that the traces go to."""

    @field_validator("fallback_models", "model_prices", "model_concurrency", "agent_calls_per_hour", "supplied", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError("must be an IANA time zone such as Europe/Berlin")
        return value

    @field_validator("agent_calls_per_hour")
    @classmethod
    def _readable_rates(cls, value: list[str]) -> list[str]:
        if not all(name.strip() and number.strip().isdigit() for name, _, number in (part.partition("=") for part in value)):
            raise ValueError("must be type=number, separated by commas, as in marketing=60, *=600")
        return value

    @field_validator("database_url")
    @classmethod
    def _async_driver(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, _, rest = value.partition("://")
        if scheme.split("+")[0] not in ("postgres", "postgresql") or not rest:
            raise ValueError("must be a postgresql://user:password@host:port/database address")
        return f"postgresql://{rest}"

    @field_validator("secret_key")
    @classmethod
    def _keys_are_long(cls, value: SecretStr | None) -> SecretStr | None:
        keys = [] if value is None else [key.strip() for key in value.get_secret_value().split(",")]
        if any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"must have at least {SHORTEST_KEY} characters in each key; make one with: openssl rand -base64 32")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must be a redis://host:port/0, rediss:// or unix:///path address")
        return value

    @model_validator(mode="after")
    def _quiet_hours_protect_people(self) -> Settings:
        if self.quiet_hours == "off" and not self.uses_simulator:
            raise ValueError("OUTRIDER_QUIET_HOURS: can be off only while the simulator is the carrier")
        return self

    @model_validator(mode="after")
    def _mails_have_a_sender(self) -> Settings:
        if self.smtp_host is not None and self.smtp_from is None:
            raise ValueError("SMTP_FROM: is missing while SMTP_HOST is set")
        return self

    @property
    def uses_simulator(self) -> bool:
        """True when no Twilio account is configured: the shipped simulator plays the carrier."""
        return self.twilio_account_sid is None

    @property
    def carrier_base_url(self) -> str | None:
        """Where the Twilio adapter sends its requests; None is Twilio itself."""
        if self.twilio_api_base_url:
            return str(self.twilio_api_base_url).rstrip("/")
        return f"http://127.0.0.1:{self.simulator_port}" if self.uses_simulator else None

    @property
    def carrier_account_sid(self) -> str:
        return self.twilio_account_sid or SIMULATOR_ACCOUNT_SID

    @property
    def carrier_auth_token(self) -> str:
        if self.uses_simulator:
            return SIMULATOR_AUTH_TOKEN
        if self.twilio_auth_token is None:
            raise ConfigurationError("TWILIO_ACCOUNT_SID is set but TWILIO_AUTH_TOKEN is not.", remedy="Set TWILIO_AUTH_TOKEN.")
        return self.twilio_auth_token.get_secret_value()


def read_settings() -> Settings:
    """Settings from the environment.

    Raises:
        ConfigurationError: a value can't be used; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        # A default that follows another setting fails with it; only the other one is at fault.
        lines = [_line(item) for item in error.errors() if item["type"] != "default_factory_not_called"]
        raise ConfigurationError("; ".join(lines), remedy="Correct or unset it, then start again.") from error


@lru_cache
def get_settings() -> Settings:
    """The process's settings; tests clear the cache to read others."""
    return read_settings()


@lru_cache
def _zones() -> frozenset[str]:
    """Names of all time zones, which take 20 ms to find."""
    return frozenset(available_timezones())


def secrets_of(settings: Settings) -> list[str]:
    """The values of all secrets that are set: what must never be said to anybody."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


def _line(item: Any) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{_variable(str(item['loc'][0]))}: {message}" if item["loc"] else message


def variable_of(field: str) -> str:
    """The environment variable that sets a field of `Settings`."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else _variable(field)


def _variable(name: str) -> str:
    return name if name.isupper() else f"OUTRIDER_{name.upper()}"
