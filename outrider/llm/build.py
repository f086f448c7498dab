"""Puts models together from the settings.

A provider's module is imported when a model of it is first asked for: LangChain and the SDKs take seconds to load,
which commands and processes that run offline need not wait for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from outrider.circuit import Circuit, CircuitChanged
from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.llm.base import ChatModel
from outrider.llm.breaker import Breaker, provider_circuit
from outrider.llm.budgeted import Books, Budgeted, Metered
from outrider.llm.caching import Cached, MemoryStore, RedisStore, Store
from outrider.llm.counted import Counted, Observe
from outrider.llm.fallback import Fallback
from outrider.llm.limited import Limited, Slots
from outrider.llm.offline import OfflineModel
from outrider.llm.pricing import FREE, Priced, Tariff, stated_rate, stated_rates
from outrider.llm.retrying import Retrying
from outrider.llm.tracing import Traced, Tracer

if TYPE_CHECKING:
    import httpx2

log = structlog.get_logger(__name__)

OFFLINE = "offline"

OpenClient = Callable[[], "httpx2.AsyncClient"]
"""Gives the shared pool of connections."""
MakeModel = Callable[[str, Settings, OpenClient], ChatModel]
"""Makes a provider's model, of the name without the provider."""


class ModelRegistry:
    """The process's models, each made once. They share connections, cache, slots and what is known of their providers."""

    def __init__(
        self,
        settings: Settings,
        observe: Observe | None = None,
        *,
        books: Books | None = None,
        on_circuit: Callable[[CircuitChanged], None] | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ):
        """Makes the default model right away, so that a wrong setting stops the start.

        Args:
            books: where calls are paid for and entered; without them nothing is.
            on_circuit: told when a provider begins or ceases to be left alone.
            now: the clock, in seconds, by which a provider is left alone.
            sleep: waits between two tries of a call.

        Raises:
            ConfigurationError: as in `get`, or a price or a number of calls can't be read.
        """
        self._settings = settings
        self._observe = observe
        self._books = books
        self._on_circuit = on_circuit
        self._now = now
        self._sleep = sleep
        self._slots = Slots(settings.model_concurrency)
        self._circuits: dict[str, Circuit] = {}
        self._store = _store(settings)
        self._models: dict[str, ChatModel] = {}
        self._asked: dict[str, tuple[ChatModel, Tariff]] = {}
        self._http_client: httpx2.AsyncClient | None = None
        self._tracer = _tracer(settings)
        stated_rates(settings.model_prices)
        self.get()

    @property
    def default_name(self) -> str:
        """Name of the model for whoever names none."""
        return default_model_name(self._settings)

    def get(self, name: str | None = None) -> ChatModel:
        """The model called `provider:model`; None or "" is the default one.

        Raises:
            ConfigurationError: the provider is unknown or lacks its settings.
        """
        name = name or self.default_name
        if name not in self._models:
            self._models[name] = self._wrapped(name)
        return self._models[name]

    async def aclose(self) -> None:
        """Close all models and their connections."""
        for model, _ in self._asked.values():
            await model.aclose()
        self._asked.clear()
        self._models.clear()
        if self._store is not None:
            await self._store.aclose()
        if self._http_client is not None:
            await self._http_client.aclose()
            self._http_client = None
        if self._tracer is not None:
            await self._tracer.aclose()

    def _wrapped(self, name: str) -> ChatModel:
        """A model with all that stands around it, from the cache to the price."""
        model, tariff = self._one(name)
        model = Fallback(model, *others) if (others := self._others(name)) else model
        model = Budgeted(model, self._books, tariff) if self._books else model
        return Cached(model, self._store, self._books) if self._store is not None and name != OFFLINE else model

    def _others(self, name: str) -> list[ChatModel]:
        """Those to turn to when the model fails. One that can't be used is shown as such among the models, and left out."""
        names = dict.fromkeys([*self._settings.fallback_models, *([OFFLINE] if self._settings.offline_fallback else [])])
        others = []
        for other in names if name != OFFLINE else ():
            try:
                others += [self._one(other)[0]] if other != name else []
            except ConfigurationError as error:
                log.warning("fallback_model_unusable", model=other, problem=error.detail)
        return others

    def _one(self, name: str) -> tuple[ChatModel, Tariff]:
        """A single model, and what it costs."""
        if name not in self._asked:
            self._asked[name] = self._offline() if name == OFFLINE else self._provided(name)
        return self._asked[name]

    def _provided(self, name: str) -> tuple[ChatModel, Tariff]:
        settings, rate = self._settings, stated_rate(name, self._settings.model_prices)
        bare = _provider_model(name, settings, self._shared_client)
        provider, _, model_name = name.partition(":")
        tariff = Tariff(getattr(bare, "provider", provider), model_name, rate, settings.model_max_tokens)
        model: ChatModel = Priced(bare, rate)
        model = Traced(model, self._tracer) if self._tracer else model
        model = Retrying(Metered(model, tariff), settings.model_max_retries, sleep=self._sleep)
        model = Breaker(Limited(model, self._slots.of(provider)), self._circuit(provider))
        return (Counted(model, self._observe) if self._observe else model), tariff

    def _offline(self) -> tuple[ChatModel, Tariff]:
        tariff = Tariff(OFFLINE, OFFLINE, FREE)
        model: ChatModel = Metered(OfflineModel(), tariff)
        return (Counted(model, self._observe) if self._observe else model), tariff

    def _circuit(self, provider: str) -> Circuit:
        if provider not in self._circuits:
            failures, pause = self._settings.breaker_failures, self._settings.breaker_pause_seconds
            self._circuits[provider] = provider_circuit(
                provider, failures=failures, pause_seconds=pause, on_change=self._on_circuit, now=self._now
            )
        return self._circuits[provider]

    def _shared_client(self) -> httpx2.AsyncClient:
        from outrider.llm.providers.connections import open_http_client

        if self._http_client is None:
            self._http_client = open_http_client(self._settings.model_timeout)
        return self._http_client


def default_model_name(settings: Settings) -> str:
    """OUTRIDER_MODEL; without it a small model of the first provider that has a key or a server, else the offline model."""
    if settings.model:
        return settings.model
    if settings.openai_api_key or settings.openai_base_url:
        return "openai:gpt-4o-mini"
    if settings.anthropic_api_key or settings.anthropic_base_url:
        return "anthropic:claude-haiku-4-5"
    if settings.cerebras_api_key:
        return "cerebras:gpt-oss-120b"
    return "ollama:llama3.1:8b" if settings.ollama_base_url else OFFLINE


def _store(settings: Settings) -> Store | None:
    if not settings.model_cache_seconds:
        return None
    if settings.redis_url:
        return RedisStore(settings.redis_url, settings.model_cache_seconds)
    return MemoryStore(settings.model_cache_seconds)


def _tracer(settings: Settings) -> Tracer | None:
    if settings.langsmith_api_key is None:
        return None
    key = settings.langsmith_api_key.get_secret_value()
    return Tracer(key, url=str(settings.langsmith_endpoint), project=settings.langsmith_project)


def _provider_model(name: str, settings: Settings, open_client: OpenClient) -> ChatModel:
    provider, _, model = name.partition(":")
    if provider not in PROVIDERS or not model:
        raise ConfigurationError(
            f"OUTRIDER_MODEL: “{name}” is not a model that can be used.",
            remedy=f"Use {', '.join(f'{known}:<model>' for known in PROVIDERS)} or {OFFLINE}, as in openai:gpt-4o-mini.",
        )
    return PROVIDERS[provider](model, settings, open_client)


def _openai(model: str, settings: Settings, open_client: OpenClient) -> ChatModel:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise _without(f"openai:{model}", "OPENAI_API_KEY", "OPENAI_BASE_URL")
    from outrider.llm.providers.openai_compatible import OpenAICompatible

    return OpenAICompatible(
        model,
        api_key=_revealed(settings.openai_api_key),
        base_url=_address(settings.openai_base_url),
        timeout=settings.model_timeout,
        http_client=open_client(),
    )


def _cerebras(model: str, settings: Settings, open_client: OpenClient) -> ChatModel:
    if settings.cerebras_api_key is None:
        raise _without(f"cerebras:{model}", "CEREBRAS_API_KEY")
    from outrider.llm.providers.openai_compatible import CEREBRAS, OpenAICompatible

    return OpenAICompatible(
        model,
        api_key=_revealed(settings.cerebras_api_key),
        base_url=_address(settings.cerebras_base_url),
        timeout=settings.model_timeout,
        http_client=open_client(),
        prefix="cerebras",
        access=CEREBRAS,
    )


def _anthropic(model: str, settings: Settings, open_client: OpenClient) -> ChatModel:
    if settings.anthropic_api_key is None and settings.anthropic_base_url is None:
        raise _without(f"anthropic:{model}", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")
    from outrider.llm.providers.anthropic import Anthropic

    return Anthropic(
        model,
        api_key=_revealed(settings.anthropic_api_key),
        base_url=_address(settings.anthropic_base_url),
        timeout=settings.model_timeout,
        http_client=open_client(),
    )


def _ollama(model: str, settings: Settings, _: OpenClient) -> ChatModel:
    """Its client is of another library than the others', so that it has connections of its own."""
    if settings.ollama_base_url is None:
        raise ConfigurationError(
            f"OUTRIDER_MODEL is ollama:{model}, but OLLAMA_BASE_URL is not set.",
            remedy="Set OLLAMA_BASE_URL to the server's address, as in http://127.0.0.1:11434.",
        )
    from outrider.llm.providers.ollama import Ollama

    return Ollama(model, base_url=_address(settings.ollama_base_url), timeout=settings.model_timeout)


PROVIDERS: Mapping[str, MakeModel] = {"openai": _openai, "anthropic": _anthropic, "ollama": _ollama, "cerebras": _cerebras}


def _without(name: str, key: str, address: str | None = None) -> ConfigurationError:
    or_server = f", or {address} for a server that needs no key" if address else ""
    return ConfigurationError(f"OUTRIDER_MODEL is {name}, but {key} is not set.", remedy=f"Set {key}{or_server}.")


def _revealed(key: SecretStr | None) -> str | None:
    return key.get_secret_value() if key is not None else None


def _address(url: object) -> str | None:
    return str(url).rstrip("/") if url is not None else None
