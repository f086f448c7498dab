"""A `ChatModel` over one of LangChain's chat models: what all providers have in common.

LangChain's models are asked by the two methods that their authors implement (`_agenerate`, `_astream`), past its
callbacks: nobody listens there, and with hundreds of calls in one event loop they cost more than the rest.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, ClassVar, cast

import orjson
import structlog
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk

from outrider.llm.base import (
    AnswerUnusable,
    ChatMessage,
    ChatReply,
    ChatRequest,
    ModelError,
    ModelRefused,
    ModelUnavailable,
    StreamPart,
    TextDelta,
    ToolCall,
    estimated_input_tokens,
    estimated_tokens,
)
from outrider.llm.providers.failures import unreadable
from outrider.llm.providers.schemas import instruction

log = structlog.get_logger(__name__)

UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError)
"""What reading an answer of another shape than the published one raises, in the SDKs and in LangChain."""

_END = ("finish_reason", "stop_reason", "done_reason")
_CUT_OFF = frozenset({"length", "max_tokens", "model_context_window_exceeded"})
_REFUSED = frozenset({"content_filter", "refusal"})


class LangChainModel(ABC):
    """Asks a LangChain chat model. A subclass says how requests are put and what failures mean."""

    failures: ClassVar[tuple[type[Exception], ...]]
    """All that a call raises when the server or the way to it is at fault; `_named` gives them their names."""
    always_says_end: ClassVar[bool] = True
    """An answer that does not say why it ended was cut off, also one that came whole."""

    def __init__(self, name: str, *, provider: str, chat: BaseChatModel, timeout: float):
        """`name` is `provider:model`; `provider` the one whose prices hold. `timeout`: seconds that one call may wait for
        the model."""
        self._name = name
        self.model = name.partition(":")[2]
        self.provider = provider
        self._chat = chat
        self._timeout = timeout
        self._refused: set[str] = set()
        """Parameters that the server turned out not to take for this model."""

    @property
    def name(self) -> str:
        return self._name

    async def complete(self, request: ChatRequest) -> ChatReply:
        began = time.perf_counter()
        with self._named_failures():
            async with asyncio.timeout(self._timeout):
                message = await self._message(request)
        if self.always_says_end and _end_of(message) is None:
            raise self._broken_off()
        return self._reply(request, message, time.perf_counter() - began)

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        began = time.perf_counter()
        chunks: list[AIMessageChunk] = []
        has_text, half = False, ""
        with self._named_failures():
            async with aclosing(self._chunks(request)) as arriving:
                async for chunk in within(arriving, self._timeout):
                    chunks.append(chunk)
                    text, half = _whole_characters(half + self._shown(request, chunk))
                    if text:
                        has_text = True
                        yield TextDelta(text)
            message = _joined(chunks)
        if message is None or _end_of(message) is None:
            raise self._broken_off()
        reply = self._reply(request, message, time.perf_counter() - began)
        if reply.text and not has_text:
            yield TextDelta(reply.text)
        yield reply

    @abstractmethod
    async def aclose(self) -> None:
        """Release the connections that are this model's own."""

    # What providers differ in

    @abstractmethod
    def _parameters(self, request: ChatRequest) -> dict[str, Any]:
        """The request but for its messages, as the LangChain model takes it. Leaves out what is in `_refused`."""

    def _streamed(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters for an answer that is sent as it is written."""
        return parameters

    def _prompt(self, request: ChatRequest) -> list[BaseMessage]:
        return [to_langchain(message) for message in request.messages]

    @abstractmethod
    def _named(self, error: Exception) -> ModelError:
        """The named error for one of `failures`."""

    def _refusal_of_parameter(self, error: Exception, parameters: Mapping[str, Any]) -> str | None:
        """The parameter that the server refuses for this model, if that is what the error says."""
        return None

    def _shown(self, request: ChatRequest, chunk: AIMessageChunk) -> str:
        """What of a chunk is text of the answer."""
        return str(chunk.text)

    def _answer(
        self, request: ChatRequest, text: str, calls: list[ToolCall]
    ) -> tuple[str, list[ToolCall], Mapping[str, Any] | None]:
        """Text, tool calls and object of the answer, of which an object is part if the request asks for one.

        Raises:
            AnswerUnusable: it is none.
        """
        return text, calls, None if request.output is None or calls else self._asked_object(text)

    # What they have in common

    def _asked_object(self, text: str) -> Mapping[str, Any]:
        """The JSON object in a text; a code fence around it is a common habit."""
        found = _object(text.strip().removeprefix("```json").removeprefix("```").removesuffix("```"))
        if found is None:
            raise AnswerUnusable(f"{self.name} answered with something else than the JSON object it was asked for.")
        return found

    def _instructed(self, request: ChatRequest) -> list[BaseMessage]:
        """The prompt for a model that can't be held to a schema."""
        prompt = self._prompt(request)
        return [SystemMessage(instruction(request.output)), *prompt] if request.output is not None else prompt

    def _broken_off(self) -> ModelUnavailable:
        return ModelUnavailable(f"{self.name} broke off in the middle of its answer.")

    @contextmanager
    def _named_failures(self) -> Iterator[None]:
        try:
            yield
        except ModelError:
            raise
        except self.failures as error:
            raise self._named(error) from error
        except UNREADABLE as error:
            raise unreadable(self.name) from error

    async def _message(self, request: ChatRequest) -> AIMessage:
        while True:
            parameters = self._parameters(request)
            try:
                result = await self._chat._agenerate(parameters.pop("messages"), **parameters)
            except self.failures + UNREADABLE as error:
                self._learn(error, parameters)
                continue
            if not result.generations:
                raise ModelUnavailable(f"{self.name} gave an empty answer.")
            generation = result.generations[0]
            return cast(AIMessage, _with_metadata(generation, result.llm_output or {}))

    async def _chunks(self, request: ChatRequest) -> AsyncGenerator[AIMessageChunk, None]:
        while True:
            parameters = self._streamed(self._parameters(request))
            try:
                async for generation in self._chat._astream(parameters.pop("messages"), **parameters):
                    yield cast(AIMessageChunk, _with_metadata(generation, {}))
                return
            except self.failures + UNREADABLE as error:
                self._learn(error, parameters)

    def _learn(self, error: Exception, parameters: Mapping[str, Any]) -> None:
        """Remember that the server refuses a parameter. Which models take which ones changes by the month; the server knows.

        Raises:
            Exception: the given error, if it is another one.
        """
        refused = self._refusal_of_parameter(error, parameters)
        if refused is None or refused not in parameters:
            raise error
        log.info("model_parameter_refused", model=self.name, parameter=refused)
        self._refused.add(refused)

    def _reply(self, request: ChatRequest, message: AIMessage, latency_seconds: float) -> ChatReply:
        metadata, end = message.response_metadata, _end_of(message)
        if end in _REFUSED or message.additional_kwargs.get("refusal"):
            raise ModelRefused(f"{self.name}: the content filter stopped the answer.")
        asked = self._tool_calls(message, is_whole=end not in _CUT_OFF)
        text, calls, data = self._answer(request, _mended(str(message.text)), asked)
        if request.tools and request.tool_choice == "required" and not calls and data is None:
            raise AnswerUnusable(f"{self.name} asked for none of the tools.")
        usage = message.usage_metadata
        if usage is not None and not usage["input_tokens"]:
            usage = None  # no prompt has no tokens: the server reports none
        return ChatReply(
            text=text,
            model=metadata.get("model_name") or self.model,
            provider=self.provider,
            input_tokens=usage["input_tokens"] if usage else estimated_input_tokens(request.messages),
            output_tokens=usage["output_tokens"] if usage else estimated_tokens(text),
            cached_input_tokens=(usage.get("input_token_details") or {}).get("cache_read") or 0 if usage else 0,
            latency_seconds=latency_seconds,
            finish_reason="length" if end in _CUT_OFF else "tool_calls" if calls else "stop",
            tool_calls=tuple(calls),
            data=data,
            usage_estimated=usage is None,
        )

    def _tool_calls(self, message: AIMessage, *, is_whole: bool) -> list[ToolCall]:
        """
        Raises:
            AnswerUnusable: the arguments of a call are not an object, or were cut off.
        """
        if isinstance(message, AIMessageChunk):
            # Not as LangChain reads them: it completes JSON that breaks off, and a call must not run on half its arguments.
            calls = [(call["id"], call["name"], _object(call["args"] or "{}")) for call in message.tool_call_chunks]
        else:
            calls = [(call["id"], call["name"], call["args"]) for call in message.tool_calls]
            calls += [(call["id"], call["name"], _object(call["args"] or "{}")) for call in message.invalid_tool_calls]
        if calls and not is_whole:
            raise AnswerUnusable(f"{self.name} was cut off while it asked for a tool.")
        made = []
        for number, (id_, name, arguments) in enumerate(calls):
            if arguments is None:
                raise AnswerUnusable(f"{self.name} asked for a tool with arguments that can't be read.")
            made.append(ToolCall(id_ or f"call_{number}", name or "", arguments))
        return made


async def within(arriving: AsyncIterator[AIMessageChunk], seconds: float) -> AsyncIterator[AIMessageChunk]:
    """What arrives, as long as no more than so many seconds are spent waiting for it; what the receiver takes is not counted.

    Raises:
        TimeoutError: it took longer.
    """
    left = seconds
    while True:
        began = time.perf_counter()
        async with asyncio.timeout(left):
            try:
                chunk = await anext(arriving)
            except StopAsyncIteration:
                return
        left = max(left - (time.perf_counter() - began), 0.0)
        yield chunk


def to_langchain(message: ChatMessage) -> BaseMessage:
    match message.role:
        case "system":
            return SystemMessage(message.content)
        case "user":
            return HumanMessage(message.content)
        case "tool":
            return ToolMessage(message.content, tool_call_id=message.tool_call_id)
        case "assistant":
            calls = [{"id": call.id, "name": call.name, "args": dict(call.arguments)} for call in message.tool_calls]
            return AIMessage(message.content, tool_calls=calls)


def openai_tools(request: ChatRequest) -> list[dict[str, Any]]:
    """The tools in the form of OpenAI's API, which others took over."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
        }
        for tool in request.tools
    ]


def _with_metadata(generation: ChatGeneration | ChatGenerationChunk, of_result: Mapping[str, Any]) -> BaseMessage:
    """The message with all that is known about it, which LangChain keeps in three places."""
    message = generation.message
    message.response_metadata = {**of_result, **(generation.generation_info or {}), **message.response_metadata}
    return message


def _joined(chunks: Sequence[AIMessageChunk]) -> AIMessageChunk | None:
    if not chunks:
        return None
    metadata = {name: value for chunk in chunks for name, value in chunk.response_metadata.items() if value is not None}
    for chunk in chunks:
        chunk.response_metadata = {}  # LangChain would put texts of the same name one after the other
    whole = add_ai_message_chunks(*chunks)
    whole.response_metadata = metadata
    return whole


def _end_of(message: AIMessage) -> str | None:
    """Why the answer ended, in the provider's words; None if it is not said."""
    metadata = message.response_metadata
    said = next((str(metadata[name]) for name in _END if metadata.get(name)), None)
    return said or ("stop" if metadata.get("done") else None)  # older servers of Ollama give no reason


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object that the text is, if it is one."""
    try:
        found = orjson.loads(_mended(text))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _mended(text: str) -> str:
    """The text without halves of characters. Servers that count in UTF-16 cut an emoji in two when they send pieces."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole_characters(text: str) -> tuple[str, str]:
    """The text up to the half of a character at its end, and that half."""
    is_half = text[-1:] >= "\ud800" and text[-1:] <= "\udbff"
    return (_mended(text[:-1]), text[-1]) if is_half else (_mended(text), "")
