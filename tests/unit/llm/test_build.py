from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from outrider.config import Settings
from outrider.errors import ConfigurationError
from outrider.llm.base import ChatRequest
from outrider.llm.build import ModelRegistry, build_model
from outrider.llm.counted import CallObserved


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OUTRIDER_MODEL"):
        monkeypatch.delenv(name, raising=False)


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


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


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY"):
        build_model(settings(model="openai:gpt-4o-mini"))


async def test_the_registry_makes_each_model_once_and_shares_connections() -> None:
    registry = ModelRegistry(settings(**SERVER))
    first, second = registry.get("openai:a"), registry.get("openai:b")
    assert first is registry.get("openai:a") and first is not second
    assert registry.get(None) is registry.get("") is registry.get("openai:gpt-4o-mini")
    assert registry.get("offline").name == "offline" and registry.default_name == "openai:gpt-4o-mini"
    clients = {id(model.wrapped.wrapped._chat.http_async_client) for model in (first, second)}  # type: ignore[attr-defined]
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
        "import sys; from outrider.config import Settings; from outrider.llm.build import build_model;"
        "build_model(Settings(_env_file=None)); print([m for m in ('openai', 'langchain_core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
