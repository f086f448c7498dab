"""Anthropic's Claude, and servers that speak its Messages API.

API: https://platform.claude.com/docs/en/api/messages and …/errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import anthropic
import httpx2
import orjson
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from pydantic import Field, SecretStr

from outrider.llm.base import ChatMessage, ChatRequest, ModelError, ModelRateLimited, ModelRefused, ModelUnavailable, ToolCall
from outrider.llm.providers.connections import open_http_client
from outrider.llm.providers.failures import (
    TRANSPORT_FAILURES,
    Access,
    lost_connection,
    out_of_credit,
    quoted,
    status_failure,
    timed_out,
    transport_failure,
    unreachable,
    unreadable,
)
from outrider.llm.providers.langchain_model import LangChainModel, to_langchain
from outrider.llm.providers.schemas import closed

ANTHROPIC_URL = "https://api.anthropic.com"
ACCESS = Access(key="Set ANTHROPIC_API_KEY to a key that may use it.", address="ANTHROPIC_BASE_URL")
HOTTEST = 1.0
"""Temperatures go from 0 to 1 here, to 2 elsewhere."""
NOTHING_SAID = "(nothing)"
"""Stands for an empty text, which the API refuses."""

_TOOL_CHOICES = {"auto": "auto", "none": "none", "required": "any"}
_OUT_OF_CREDIT = frozenset({"billing_error", "enforced_spend_limit_reached", "contract_spend_limit_reached"})
_OUT_OF_CREDIT_WORDS = "credit balance is too low"
"""A 400 of the type `invalid_request_error`; only its text tells it from a malformed request."""


class SharingChatAnthropic(ChatAnthropic):
    """`ChatAnthropic` over connections that others use, too."""

    http_client: httpx2.AsyncClient = Field(exclude=True)

    @cached_property
    def _async_client(self) -> anthropic.AsyncClient:
        return anthropic.AsyncClient(**self._client_params, http_client=self.http_client)


class Anthropic(LangChainModel):
    """A chat model behind Anthropic's API."""

    failures = (anthropic.AnthropicError, *TRANSPORT_FAILURES)

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        timeout: float = 30.0,
        http_client: httpx2.AsyncClient | None = None,
    ):
        """A model at `base_url`, Anthropic's own if None. `timeout` and `http_client` as of `OpenAICompatible`."""
        self._own_client = open_http_client(timeout) if http_client is None else None
        self._model = SharingChatAnthropic(
            model=model,
            api_key=SecretStr(api_key or "none"),
            base_url=base_url or ANTHROPIC_URL,
            timeout=timeout,
            max_retries=0,
            http_client=http_client or self._own_client,
            cache=False,
            stop=None,
        )
        profile: Mapping[str, Any] = self._model.profile or {}
        self._writes_schemas = profile.get("structured_output", False)
        self._can_be_made_to_call = profile.get("tool_choice", True)
        super().__init__(f"anthropic:{model}", provider="anthropic", chat=self._model, timeout=timeout)

    async def aclose(self) -> None:
        if self._own_client is not None:
            await self._own_client.aclose()

    def _parameters(self, request: ChatRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {"messages": self._prompt(request)}
        if "temperature" not in self._refused:
            parameters["temperature"] = min(request.temperature, HOTTEST)
        if request.max_tokens is not None:
            parameters["max_tokens"] = request.max_tokens
        tools = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)} for tool in request.tools
        ]
        choice = _TOOL_CHOICES[request.tool_choice]
        if schema := self._schema(request):
            parameters["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        elif request.output is not None:
            answer = {
                "name": request.output.name,
                "description": "Gives the answer.",
                "input_schema": dict(request.output.schema),
            }
            # Either one of the tools or the answer, which is a tool itself.
            tools, choice = [*(tools if choice != "none" else []), answer], "any"
        if tools:
            forced = choice == "any" and self._can_be_made_to_call and "tool_choice" not in self._refused
            parameters |= {"tools": tools, "tool_choice": {"type": choice if forced or choice == "none" else "auto"}}
        return parameters

    def _prompt(self, request: ChatRequest) -> list[BaseMessage]:
        """One system message at the top and at least one other; no text is empty."""
        system = "\n\n".join(
            message.content for message in request.messages if message.role == "system" and message.content.strip()
        )
        others = [to_langchain(_spoken(message)) for message in request.messages if message.role != "system"]
        if not others:
            return [HumanMessage(system or NOTHING_SAID)]
        return [SystemMessage(system), *others] if system else others

    def _schema(self, request: ChatRequest) -> dict[str, Any] | None:
        """The schema that the API itself can hold the model to."""
        if request.output is None or not self._writes_schemas or "output_config" in self._refused:
            return None
        return closed(request.output.schema)

    def _shown(self, request: ChatRequest, chunk: AIMessageChunk) -> str:
        is_called = request.output is not None and self._schema(request) is None
        return "" if is_called else super()._shown(request, chunk)

    def _answer(
        self, request: ChatRequest, text: str, calls: list[ToolCall]
    ) -> tuple[str, list[ToolCall], Mapping[str, Any] | None]:
        if request.output is None:
            return text, calls, None
        for call in calls:
            if call.name == request.output.name:
                return orjson.dumps(call.arguments).decode(), [], call.arguments
        return super()._answer(request, text, calls)

    def _refusal_of_parameter(self, error: Exception, parameters: Mapping[str, Any]) -> str | None:
        # LangChain knows of some models that they take no temperature, and says so by a ValueError.
        if not isinstance(error, (anthropic.BadRequestError, ValueError)):
            return None
        is_forced = parameters.get("tool_choice", {}).get("type") == "any"
        sent = ["temperature", "output_config", *(["tool_choice"] if is_forced else [])]
        return next((name for name in sent if name in parameters and name in str(error)), None)

    def _named(self, error: Exception) -> ModelError:
        if isinstance(error, anthropic.APIStatusError):
            return _status_failure(error, self.name)
        if isinstance(error, anthropic.APIResponseValidationError):
            return unreadable(self.name)
        if isinstance(error, anthropic.APITimeoutError) and not lost_connection(error):
            return timed_out(self.name)
        if isinstance(error, anthropic.APIConnectionError):
            return unreachable(error, self.name, ACCESS)
        if isinstance(error, TRANSPORT_FAILURES):
            return transport_failure(error, self.name, ACCESS)
        return ModelError(f"{self.name}: {type(error).__name__}.")


def _status_failure(error: anthropic.APIStatusError, name: str) -> ModelError:
    kind, message = _said(error)
    said = f"{name} answered {error.status_code}: {quoted(message)}"
    if kind in _OUT_OF_CREDIT or _OUT_OF_CREDIT_WORDS in message:
        return out_of_credit(said)
    if error.status_code >= 300:
        return status_failure(error.status_code, name, ACCESS, message, error.response.headers)
    # Reported in the middle of a stream that began well: https://platform.claude.com/docs/en/build-with-claude/streaming
    if kind == "rate_limit_error":
        return ModelRateLimited(said)
    return ModelRefused(said) if kind == "invalid_request_error" else ModelUnavailable(said)


def _said(error: anthropic.APIStatusError) -> tuple[str, str]:
    """Type and message of the error, from the API's envelope {"type": "error", "error": {"type", "message"}}."""
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    if not isinstance(inner, dict):
        return "", error.message
    return str(inner.get("type") or ""), str(inner.get("message") or "")


def _spoken(message: ChatMessage) -> ChatMessage:
    if message.content.strip() or message.tool_calls:
        return message
    return ChatMessage(message.role, NOTHING_SAID, tool_call_id=message.tool_call_id)
