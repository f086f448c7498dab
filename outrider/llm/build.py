"""Puts models together from the settings.

A provider's module is imported when a model of it is first asked for: LangChain and the SDK take seconds to load,
which commands and processes that run offline need not wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.llm.base import ChatModel
from outrider.llm.counted import Counted, Observe
from outrider.llm.offline import OfflineModel
from outrider.llm.pricing import Priced
from outrider.llm.retrying import Retrying

if TYPE_CHECKING:
    import httpx2

OFFLINE = "offline"
DEFAULT_ONLINE = "openai:gpt-4o-mini"

OpenClient = Callable[[], "httpx2.AsyncClient"]


class ModelRegistry:
    """The process's models, each made once. They share one pool of connections, opened when the first needs it."""

    def __init__(self, settings: Settings, observe: Observe | None = None):
        """Makes the default model right away, so that a wrong setting stops the start.

        Raises:
            ConfigurationError: as in `get`.
        """
        self._settings = settings
        self._observe = observe
        self._models: dict[str, ChatModel] = {}
        self._http_client: httpx2.AsyncClient | None = None
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
            self._models[name] = _assemble(name, self._settings, self._observe, self._shared_client)
        return self._models[name]

    async def aclose(self) -> None:
        """Close all models and their connections."""
        for model in self._models.values():
            await model.aclose()
        self._models.clear()
        if self._http_client is not None:
            await self._http_client.aclose()
            self._http_client = None

    def _shared_client(self) -> httpx2.AsyncClient:
        from outrider.llm.providers.connections import open_http_client

        if self._http_client is None:
            self._http_client = open_http_client(self._settings.model_timeout)
        return self._http_client


def build_model(settings: Settings, observe: Observe | None = None) -> ChatModel:
    """The default model, with connections of its own.

    Raises:
        ConfigurationError: OUTRIDER_MODEL names an unknown provider, or the provider lacks its settings.
    """
    return _assemble(default_model_name(settings), settings, observe, None)


def default_model_name(settings: Settings) -> str:
    """OUTRIDER_MODEL; without it a small OpenAI model if there is a key or a server, otherwise the offline model."""
    has_server = settings.openai_api_key is not None or settings.openai_base_url is not None
    return settings.model or (DEFAULT_ONLINE if has_server else OFFLINE)


def _assemble(name: str, settings: Settings, observe: Observe | None, open_client: OpenClient | None) -> ChatModel:
    if name == OFFLINE:
        model: ChatModel = OfflineModel()
        return Counted(model, observe) if observe else model
    model = Priced(_provider_model(name, settings, open_client))
    if observe:
        model = Counted(model, observe)
    return Retrying(model, settings.model_max_retries)


def _provider_model(name: str, settings: Settings, open_client: OpenClient | None) -> ChatModel:
    provider, _, model = name.partition(":")
    if provider != "openai" or not model:
        raise ConfigurationError(
            f"OUTRIDER_MODEL: “{name}” is not a model that can be used.",
            remedy=f"Use openai:<model>, as in {DEFAULT_ONLINE}, for OpenAI or a server like it (OPENAI_BASE_URL), or offline.",
        )
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ConfigurationError(
            f"OUTRIDER_MODEL is {name}, but OPENAI_API_KEY is not set.",
            remedy="Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server that needs no key.",
        )
    from outrider.llm.providers.openai_compatible import OpenAICompatible

    return OpenAICompatible(
        model,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
        base_url=str(settings.openai_base_url).rstrip("/") if settings.openai_base_url else None,
        timeout=settings.model_timeout,
        http_client=open_client() if open_client else None,
    )
