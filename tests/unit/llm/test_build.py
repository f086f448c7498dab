from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from outrider.config import Settings, variable_of
from outrider.errors import ConfigurationError
from outrider.llm.base import ChatModel, ChatRequest, Wrapper
from outrider.llm.build import ModelRegistry
from outrider.llm.counted import CallObserved
from outrider.llm.pricing import price

GROUPS_OF_MODELS = [name for name in Settings.model_fields if name.endswith(("_api_key", "_base_url")) or name == "model"]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in GROUPS_OF_MODELS:
        monkeypatch.delenv(variable_of(field), raising=False)


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def build_model(settings: Settings) -> ChatModel:
    return ModelRegistry(settings).get()


def provider_model(model: Any) -> Any:
    """What all the wrappers are around."""
    while isinstance(model, Wrapper):
        model = model.wrapped
    return model


KEY = {"OPENAI_API_KEY": "sk-test"}
SERVER = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "offline"),
        (KEY, "openai:gpt-4o-mini"),
        (SERVER, "openai:gpt-4o-mini"),
        ({**KEY, "model": "openai:gpt-4.1"}, "openai:gpt-4.1"),
        ({**SERVER, "model": "openai:llama3.1:8b"}, "openai:llama3.1:8b"),
        ({**KEY, "model": "offline"}, "offline"),
        ({"ANTHROPIC_API_KEY": "sk-ant"}, "anthropic:claude-haiku-4-5"),
        ({"ANTHROPIC_BASE_URL": "http://127.0.0.1:1"}, "anthropic:claude-haiku-4-5"),
        ({"CEREBRAS_API_KEY": "csk"}, "cerebras:gpt-oss-120b"),
        ({"OLLAMA_BASE_URL": "http://127.0.0.1:1"}, "ollama:llama3.1:8b"),
        ({"OLLAMA_BASE_URL": "http://127.0.0.1:1", "model": "ollama:qwen3:0.6b"}, "ollama:qwen3:0.6b"),
        ({**KEY, "ANTHROPIC_API_KEY": "sk-ant"}, "openai:gpt-4o-mini"),
    ],
)
async def test_the_settings_choose_the_model(values: dict[str, Any], name: str) -> None:
    model = build_model(settings(**values))
    assert model.name == name
    await model.aclose()


@pytest.mark.parametrize("name", ["gpt-4o-mini", "acme:m1", "openai:", ":m", "Offline", "offline:x"])
def test_an_unknown_model_is_named_with_what_is_possible(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build_model(settings(**KEY, model=name))
    assert "OUTRIDER_MODEL" in caught.value.detail and name in caught.value.detail
    assert "openai:" in caught.value.remedy and "offline" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai:gpt-4o-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-haiku-4-5", "ANTHROPIC_API_KEY"),
        ("cerebras:gpt-oss-120b", "CEREBRAS_API_KEY"),
        ("ollama:llama3.1:8b", "OLLAMA_BASE_URL"),
    ],
)
def test_a_missing_key_is_named(name: str, variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable) as caught:
        build_model(settings(model=name))
    assert variable in caught.value.remedy


async def test_the_defaults_have_a_known_price() -> None:
    for name in ("openai/gpt-4o-mini", "anthropic/claude-haiku-4-5", "cerebras/gpt-oss-120b"):
        provider, _, model = name.partition("/")
        assert (price(provider, model, 1000, 1000) or 0) > 0, name


def test_a_wrong_price_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="OUTRIDER_MODEL_PRICES"):
        ModelRegistry(settings(model_prices="ollama:llama3.1:8b=cheap"))


async def test_the_registry_makes_each_model_once_and_shares_connections() -> None:
    registry = ModelRegistry(settings(**SERVER))
    first, second = registry.get("openai:a"), registry.get("openai:b")
    assert first is registry.get("openai:a") and first is not second
    assert registry.get(None) is registry.get("") is registry.get("openai:gpt-4o-mini")
    assert registry.get("offline").name == "offline" and registry.default_name == "openai:gpt-4o-mini"
    clients = {id(provider_model(model)._chat.http_async_client) for model in (first, second)}
    assert len(clients) == 1
    await registry.aclose()
    await registry.aclose()


def test_a_wrong_default_model_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="OUTRIDER_MODEL"):
        ModelRegistry(settings(model="acme:m1"))


async def test_calls_are_observed() -> None:
    seen: list[CallObserved] = []
    registry = ModelRegistry(settings(), seen.append)
    await registry.get().complete(ChatRequest([], purpose="sms"))
    assert [(call.model, call.outcome) for call in seen] == [("offline", "ok")]


def test_the_offline_model_loads_no_provider() -> None:
    """Seconds of every start and command that needs no language model."""
    code = (
        "import sys; from outrider.config import Settings; from outrider.llm.build import ModelRegistry;"
        "ModelRegistry(Settings(_env_file=None));"
        "print([m for m in ('openai', 'anthropic', 'ollama', 'langchain_core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def wrappers(model: Any) -> list[str]:
    names = []
    while hasattr(model, "wrapped"):
        names.append(type(model).__name__)
        model = model.wrapped
    return [*names, type(model).__name__]


class NoBooks:
    async def reserve(self, call: Any, amount: Any) -> Any: ...

    def settle(self, reservation: Any, result: Any) -> None: ...

    def note(self, call: Any, result: Any) -> None: ...


async def test_what_stands_around_a_model() -> None:
    chosen = settings(**KEY, fallback_models="openai:b", offline_fallback=True)
    registry = ModelRegistry(chosen, lambda _: None, books=NoBooks())
    model: Any = registry.get("openai:a")
    assert wrappers(model)[:3] == ["Cached", "Budgeted", "Fallback"]
    one, other, rules = model.wrapped.wrapped._models
    assert wrappers(one) == ["Counted", "Breaker", "Limited", "Retrying", "Metered", "Priced", "OpenAICompatible"]
    assert (other.name, wrappers(rules)) == ("openai:b", ["Counted", "Metered", "OfflineModel"])
    assert wrappers(registry.get("offline")) == ["Budgeted", "Counted", "Metered", "OfflineModel"]
    assert one.wrapped._circuit is other.wrapped._circuit, "models of one provider fail together"
    await registry.aclose()


async def test_rules_answer_in_place_of_a_model_only_where_that_is_allowed() -> None:
    alone: Any = ModelRegistry(settings(**KEY, model_cache_seconds=0)).get()
    assert "Fallback" not in wrappers(alone) and "Cached" not in wrappers(alone)


async def test_a_fallback_that_cannot_be_used_is_left_out() -> None:
    model: Any = ModelRegistry(settings(**KEY, fallback_models="nobody:m, openai:b")).get("openai:a")
    assert [one.name for one in model.wrapped._models] == ["openai:a", "openai:b"]
