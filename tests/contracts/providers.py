"""The providers' models, each over its own adapter, as the contract tests ask them."""

from __future__ import annotations

import httpx2

from outrider.config import Settings
from outrider.llm.base import ChatMessage, ChatModel, ChatReply, ChatRequest, OutputFormat, TextDelta, ToolSpecification, Wrapper
from outrider.llm.build import PROVIDERS
from outrider.llm.providers.connections import open_http_client

MODELS = {
    "openai": "gpt-4o-mini",
    "cerebras": "gpt-oss-120b",
    "anthropic": "claude-haiku-4-5",
    "ollama": "llama3.1:8b",
}

WEATHER = ToolSpecification(
    "get_weather",
    "The weather of the next days.",
    {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]},
    has_effects=False,
)
READING = OutputFormat(
    "Reading",
    {
        "type": "object",
        "properties": {
            "mood": {"type": "string", "enum": ["glad", "angry"]},
            "quotes": {"type": "array", "items": {"type": "string", "maxLength": 200}, "default": []},
        },
        "required": ["mood"],
    },
)


class _Owning(Wrapper):
    """Closes the connections, which the model takes for shared ones, together with it."""

    def __init__(self, model: ChatModel, client: httpx2.AsyncClient):
        super().__init__(model)
        self._client = client

    async def aclose(self) -> None:
        await super().aclose()
        await self._client.aclose()


def settings_for(url: str, **values: object) -> Settings:
    keys = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "CEREBRAS_API_KEY"), "sk-test")
    urls = {"OPENAI_BASE_URL": f"{url}/v1", "CEREBRAS_BASE_URL": f"{url}/v1", "ANTHROPIC_BASE_URL": url, "OLLAMA_BASE_URL": url}
    return Settings(_env_file=None, **{**keys, **urls, **values})  # type: ignore[arg-type]


def adapter(provider: str, url: str, model: str = "", **values: object) -> ChatModel:
    """The bare adapter, with nothing around it, over connections of its own."""
    settings = settings_for(url, **values)
    client = open_http_client(settings.model_timeout)
    return _Owning(PROVIDERS[provider](model or MODELS[provider], settings, lambda: client), client)


def ask(text: str = "Who is this?", *before: ChatMessage, system: str = "You are Ada.", **values: object) -> ChatRequest:
    messages = [ChatMessage("system", system), *before, ChatMessage("user", text)]
    return ChatRequest(messages, **values)  # type: ignore[arg-type]


async def streamed(model: ChatModel, request: ChatRequest) -> tuple[list[str], ChatReply]:
    """The pieces and, after them, the reply."""
    *pieces, reply = [part async for part in model.stream(request)]
    assert isinstance(reply, ChatReply)
    texts = [piece.text for piece in pieces if isinstance(piece, TextDelta)]
    assert len(texts) == len(pieces) and all(texts) and "".join(texts) == reply.text
    return texts, reply
