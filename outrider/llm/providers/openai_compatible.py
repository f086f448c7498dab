"""OpenAI, Cerebras, and every server that speaks OpenAI's chat completions API.

Built on LangChain's `ChatOpenAI`, which puts requests and reads answers. Two things keep a call cheap, since hundreds are
under way at once in one event loop:

- connections are shared and pooled over the SDK's aiohttp transport, a fraction of the work of its default one;
- answers, whole or streamed, are posted as JSON and read as JSON: the SDK builds both into typed objects first, which
  takes longer than all the rest.

API: https://platform.openai.com/docs/api-reference/chat/create and …/chat-streaming.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from functools import cached_property
from typing import Any

import httpx2
import openai
import orjson
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import Field, SecretStr

from outrider.llm.base import ChatRequest, ModelError
from outrider.llm.pricing import provider_at
from outrider.llm.providers.connections import open_http_client
from outrider.llm.providers.failures import Access
from outrider.llm.providers.langchain_model import LangChainModel, openai_tools
from outrider.llm.providers.openai_errors import CALL_FAILURES, OPENAI, model_error, status_error, stream_error
from outrider.llm.providers.schemas import closed

OPENAI_URL = "https://api.openai.com/v1"
CEREBRAS = Access(key="Set CEREBRAS_API_KEY to a key that may use it.", address="CEREBRAS_BASE_URL")

_OPTIONAL = ("temperature", "response_format", "stream_options")
"""Parameters that some models or servers refuse, and without which a call still does its work."""


class LeanChatOpenAI(ChatOpenAI):
    """`ChatOpenAI` with a shorter way for chat completions."""

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
        if self._use_responses_api(payload):
            return await super()._agenerate(messages, stop, run_manager, **parameters)
        response = await self.http_async_client.post(
            self.completions_url, content=orjson.dumps(payload), headers=self.request_headers
        )
        if response.status_code != 200:
            raise status_error(response)
        return self._create_chat_result(orjson.loads(response.content))

    async def _astream(self, *positional: Any, **parameters: Any) -> AsyncIterator[ChatGenerationChunk]:
        payload = self._get_request_payload(positional[0], **parameters)
        if self._use_responses_api(payload):
            parameters.pop("stream_options", None)
            async for generation in super()._astream(*positional, **parameters):
                yield generation
            return
        content = orjson.dumps({**payload, "stream": True})
        async with self.http_async_client.stream(
            "POST", self.completions_url, content=content, headers=self.request_headers
        ) as response:
            if response.status_code != 200:
                await response.aread()
                raise status_error(response)
            async for event in _events(response):
                if refusal := _refusal(event):
                    yield ChatGenerationChunk(message=AIMessageChunk(content="", additional_kwargs={"refusal": refusal}))
                generation_chunk = self._convert_chunk_to_generation_chunk(event, AIMessageChunk, None)
                if generation_chunk is not None:
                    yield generation_chunk


class OpenAICompatible(LangChainModel):
    """A chat model behind OpenAI's API or one like it."""

    failures = CALL_FAILURES
    always_says_end = False  # some servers like OpenAI's leave it out of whole answers

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        timeout: float = 30.0,
        http_client: httpx2.AsyncClient | None = None,
        prefix: str = "openai",
        access: Access = OPENAI,
    ):
        """A model at `base_url`, OpenAI's own if None, called `prefix:model`.

        `timeout` is the seconds from the request to the end of the answer. A given `http_client` is shared and stays
        open when this model is closed.
        """
        self._own_client = open_http_client(timeout) if http_client is None else None
        self._access = access
        chat = LeanChatOpenAI(
            model=model,
            api_key=SecretStr(api_key or "none"),
            base_url=base_url or OPENAI_URL,
            compatible=base_url is not None and not base_url.startswith(OPENAI_URL),
            timeout=timeout,
            max_retries=0,
            http_async_client=http_client or self._own_client,
            cache=False,
        )
        provider = provider_at(base_url or OPENAI_URL) or prefix
        super().__init__(f"{prefix}:{model}", provider=provider, chat=chat, timeout=timeout)

    async def aclose(self) -> None:
        if self._own_client is not None:
            await self._own_client.aclose()

    def _parameters(self, request: ChatRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {"messages": self._prompt(request), "temperature": request.temperature}
        if request.max_tokens is not None:
            parameters["max_tokens"] = request.max_tokens
        if request.tools:
            parameters |= {"tools": openai_tools(request), "tool_choice": request.tool_choice}
        if request.output is not None:
            schema = closed(request.output.schema)
            shape = {"name": request.output.name, "schema": schema or dict(request.output.schema), "strict": schema is not None}
            parameters["response_format"] = {"type": "json_schema", "json_schema": shape}
            if "response_format" in self._refused:
                parameters["messages"] = self._instructed(request)
        return self._without_refused(parameters)

    def _streamed(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._without_refused({**parameters, "stream_options": {"include_usage": True}})

    def _without_refused(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in parameters.items() if name not in self._refused}

    def _named(self, error: Exception) -> ModelError:
        return model_error(error, self.name, self._access)

    def _refusal_of_parameter(self, error: Exception, parameters: Mapping[str, Any]) -> str | None:
        if not isinstance(error, openai.APIStatusError) or error.status_code not in (400, 422):
            return None
        sent = [name for name in _OPTIONAL if name in parameters]
        return next((name for name in sent if error.param == name or (not error.param and name in error.message)), None)


async def _events(response: httpx2.Response) -> AsyncIterator[dict[str, Any]]:
    """The JSON objects of a stream of server-sent events
    (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).

    Raises:
        openai.APIError: one of them reports an error.
        ValueError: one of them is no JSON object.
    """
    data: list[str] = []
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))
        if line or not data:
            continue
        text, data = "\n".join(data), []
        if text == "[DONE]":
            return
        event = json.loads(text)  # orjson takes no half of a character, as some servers send
        if not isinstance(event, dict):
            raise ValueError("an event that is no object")
        if error := event.get("error"):
            raise stream_error(response, error)
        yield event


def _refusal(event: Mapping[str, Any]) -> str | None:
    """Words with which the model refuses, which LangChain leaves out of streams."""
    choices = event.get("choices") or [{}]
    return (choices[0].get("delta") or {}).get("refusal")
