"""OpenAI, and every server that speaks its chat completions API.

Built on LangChain's `ChatOpenAI`, which brings traces in LangSmith and, for callers that need them, tools and
structured output. Three things keep a call cheap, since hundreds are under way at once in one event loop:

- connections are shared and pooled over the SDK's aiohttp transport, a fraction of the work of its default one;
- a plain completion is posted as JSON and read as JSON: the SDK builds both into typed objects first, which takes
  longer than all the rest;
- LangChain's callback machinery runs only when someone listens (LangSmith, or a surrounding LangChain run).

API: https://platform.openai.com/docs/api-reference/chat/create.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from functools import cached_property
from typing import Any, cast

import httpx2
import openai
import orjson
from langchain_core.callbacks import AsyncCallbackManager, AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_openai import ChatOpenAI
from pydantic import Field, SecretStr

from outrider.llm.base import (
    ChatMessage,
    ChatReply,
    ChatRequest,
    ModelRefused,
    ModelUnavailable,
    Role,
    StreamPart,
    estimated_input_tokens,
    estimated_tokens,
    in_one_piece,
)
from outrider.llm.openai_errors import CALL_FAILURES, model_error, status_error
from outrider.llm.pricing import provider_at

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
MOST_CONNECTIONS = 1000
IDLE_CONNECTION_SECONDS = 60.0
"""Long enough to last between two turns of a phone call, so that a turn doesn't begin with a TLS handshake."""

_MESSAGES: dict[Role, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


def open_http_client(timeout: float) -> httpx2.AsyncClient:
    """The pool of connections that models share; close it with `aclose`. `timeout` in seconds."""
    limits = httpx2.Limits(
        max_connections=MOST_CONNECTIONS,
        max_keepalive_connections=MOST_CONNECTIONS,
        keepalive_expiry=IDLE_CONNECTION_SECONDS,
    )
    return openai.DefaultAioHttpClient(limits=limits, timeout=httpx2.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)))


class LeanChatOpenAI(ChatOpenAI):
    """`ChatOpenAI` with a shorter way for plain completions."""

    http_async_client: httpx2.AsyncClient = Field(exclude=True)
    compatible: bool = False
    """The server is not OpenAI's own: it knows the length limit by its older name."""

    @cached_property
    def completions_url(self) -> httpx2.URL:
        return httpx2.URL(f"{str(self.root_async_client.base_url).rstrip('/')}/chat/completions")

    @cached_property
    def request_headers(self) -> dict[str, str]:
        client = self.root_async_client
        account = {"OpenAI-Organization": client.organization, "OpenAI-Project": client.project}
        named = {name: value for name, value in account.items() if value}
        return {"Content-Type": "application/json", **client.auth_headers, **named}

    async def answer(self, messages: list[BaseMessage], config: RunnableConfig, **parameters: Any) -> AIMessage:
        """One completion; `config` names and labels its trace."""
        listeners = AsyncCallbackManager.configure(inheritable_callbacks=ensure_config().get("callbacks")).handlers
        if listeners:
            return await self.ainvoke(messages, config, **parameters)
        result = await self._agenerate(messages, **parameters)
        generation = result.generations[0]
        message = cast(AIMessage, generation.message)
        known = {**(result.llm_output or {}), **(generation.generation_info or {})}
        message.response_metadata = {**known, **message.response_metadata}
        return message

    def _get_request_payload(self, input_: Any, *, stop: list[str] | None = None, **parameters: Any) -> dict[str, Any]:
        payload = super()._get_request_payload(input_, stop=stop, **parameters)
        if self.compatible and "max_completion_tokens" in payload:
            payload["max_tokens"] = payload.pop("max_completion_tokens")
        return payload

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **parameters: Any,
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **parameters)
        if "response_format" in payload or self._use_responses_api(payload):
            return await super()._agenerate(messages, stop, run_manager, **parameters)
        response = await self.http_async_client.post(
            self.completions_url, content=orjson.dumps(payload), headers=self.request_headers
        )
        if response.status_code != 200:
            raise status_error(response)
        try:
            result = self._create_chat_result(orjson.loads(response.content))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelUnavailable(f"openai:{self.model_name} gave an answer that can't be read.") from error
        if not result.generations:
            raise ModelUnavailable(f"openai:{self.model_name} gave an empty answer.")
        return result


class OpenAICompatible:
    """A chat model behind OpenAI's API or one like it."""

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        timeout: float = 30.0,
        http_client: httpx2.AsyncClient | None = None,
    ):
        """A model at `base_url`, OpenAI's own if None.

        `timeout` is the seconds from the request to the end of the answer. A given `http_client` is shared and stays
        open when this model is closed.
        """
        self.model = model
        self.provider = provider_at(base_url or OPENAI_URL) or "openai"
        self._timeout = timeout
        self._own_client = open_http_client(timeout) if http_client is None else None
        self._takes_temperature = True
        self._chat = LeanChatOpenAI(
            model=model,
            api_key=SecretStr(api_key or "none"),
            base_url=base_url or OPENAI_URL,
            compatible=base_url is not None and not base_url.startswith(OPENAI_URL),
            timeout=timeout,
            max_retries=0,
            http_async_client=http_client or self._own_client,
            cache=False,
        )

    @property
    def name(self) -> str:
        return f"openai:{self.model}"

    async def complete(self, request: ChatRequest) -> ChatReply:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                message = await self._answer(request)
        except CALL_FAILURES as error:
            raise model_error(error, self.name) from error
        return self._reply(request, message, time.perf_counter() - began)

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        async for part in in_one_piece(await self.complete(request)):
            yield part

    async def aclose(self) -> None:
        if self._own_client is not None:
            await self._own_client.aclose()

    async def _answer(self, request: ChatRequest) -> AIMessage:
        temperature = request.temperature if self._takes_temperature else None
        try:
            return await self._ask(request, temperature)
        except openai.APIStatusError as error:
            if temperature is None or error.status_code != 400 or error.param != "temperature":
                raise
            # Reasoning models accept none but their own. Which models those are changes by the month; the server knows.
            self._takes_temperature = False
        return await self._ask(request, None)

    async def _ask(self, request: ChatRequest, temperature: float | None) -> AIMessage:
        parameters: dict[str, Any] = {}
        if temperature is not None:
            parameters["temperature"] = temperature
        if request.max_tokens is not None:
            parameters["max_tokens"] = request.max_tokens
        config = RunnableConfig(metadata=dict(request.metadata))
        if request.purpose:
            config["run_name"] = request.purpose
            config["tags"] = [request.purpose]
        return await self._chat.answer(_to_langchain(request.messages), config, **parameters)

    def _reply(self, request: ChatRequest, message: AIMessage, latency_seconds: float) -> ChatReply:
        text = str(message.text)
        finish_reason = message.response_metadata.get("finish_reason") or "stop"
        if finish_reason == "content_filter" or message.additional_kwargs.get("refusal"):
            raise ModelRefused(f"{self.name}: the content filter stopped the answer.")
        usage = message.usage_metadata
        return ChatReply(
            text=text,
            model=message.response_metadata.get("model_name") or self.model,
            provider=self.provider,
            input_tokens=usage["input_tokens"] if usage else estimated_input_tokens(request.messages),
            output_tokens=usage["output_tokens"] if usage else estimated_tokens(text),
            cached_input_tokens=usage.get("input_token_details", {}).get("cache_read", 0) if usage else 0,
            latency_seconds=latency_seconds,
            finish_reason=finish_reason,
            usage_estimated=usage is None,
        )


def _to_langchain(messages: Sequence[ChatMessage]) -> list[BaseMessage]:
    return [_MESSAGES[message.role](content=message.content) for message in messages]
