"""The model port: what the product asks of a language model, in its own words.

A provider implements `ChatModel`; cost, cache, budget, breaker, fallback and counting are wrappers around any of them,
so that a model is put together as one expression: `Cached(Budgeted(Fallback(Breaker(Priced(...)), Breaker(Priced(...)))))`.

LimitExceeded
└── BudgetExhausted              the model was not asked: the money for it is used up

Unavailable
└── BooksUnavailable             the model was not asked: nobody can tell now whether there is money for it

ProviderError
└── ModelError                   the model gave no usable answer
    ├── ModelUnavailable         retryable: not reached, an error of its own, or an unreadable answer
    │   └── CircuitOpen          retryable: it failed so often that it is not asked for a while
    ├── AnswerUnusable           retryable: it answered, but not in the form that was asked for
    ├── ModelTimeout             retryable: no answer in time
    ├── ModelRateLimited         retryable: too many requests; `retry_after` says how long to wait
    ├── ModelQuotaExceeded       the account has no credit left
    ├── ModelNotAuthenticated    the key is missing, wrong, or not allowed to do this
    └── ModelRefused             this request is never answered: malformed, too long, or against the rules
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol

from outrider.errors import LimitExceeded, ProviderError, Unavailable

Role = Literal["system", "user", "assistant", "tool"]
ToolChoice = Literal["auto", "none", "required"]

CHARACTERS_PER_TOKEN = 4
"""Rule of thumb for English text (OpenAI, "What are tokens and how to count them?")."""


class BudgetExhausted(LimitExceeded):
    """A budget does not pay for the call, so that it was not made. Nothing is wrong with the model."""

    title = "The budget for language models is used up"


class BooksUnavailable(Unavailable):
    """Money can't be reserved now, so that the call was not made."""

    title = "The books of the language models can't be reached"


class ModelError(ProviderError):
    """The model gave no usable answer; `retryable` says whether asking again may help."""

    title = "The language model failed"
    passing: ClassVar[bool] = False
    """Whether this kind of failure goes away by itself."""

    def __init__(self, detail: str, *, retry_after: float | None = None, **extra: Any):
        super().__init__(detail, retryable=self.passing, retry_after=retry_after, **extra)


class ModelUnavailable(ModelError):
    title = "The language model is not available"
    passing = True


class CircuitOpen(ModelUnavailable):
    title = "The language model failed too often"


class AnswerUnusable(ModelError):
    title = "The language model's answer can't be used"
    passing = True


class ModelTimeout(ModelError):
    title = "The language model did not answer in time"
    passing = True


class ModelRateLimited(ModelError):
    title = "The language model is asked too often"
    passing = True


class ModelQuotaExceeded(ModelError):
    title = "The model provider's quota is used up"


class ModelNotAuthenticated(ModelError):
    title = "The model provider refused the key"


class ModelRefused(ModelError):
    title = "The language model refused the request"


@dataclass(frozen=True, slots=True)
class ToolSpecification:
    """A function that the model may ask for. It never runs by itself: the asker decides, with its own authority."""

    name: str
    """Letters, digits and underscores; at most 64."""
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of an object."""
    has_effects: bool = True
    """Running it changes something; answers that may ask for it are never taken from the cache."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a function."""

    id: str
    """Names the call in the answer that the asker gives it."""
    name: str
    arguments: Mapping[str, Any]
    """As the model wrote them: to be validated by whoever runs the tool."""


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The answer has to be an object of this shape."""

    name: str
    """Letters, digits and underscores; at most 64."""
    schema: Mapping[str, Any]
    """JSON Schema of an object."""


@dataclass(frozen=True, slots=True)
class CallScope:
    """On whose account a call goes."""

    campaign_id: int | None = None
    conversation_id: int | None = None
    lead_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt."""

    role: Role
    content: str
    tool_calls: Sequence[ToolCall] = ()
    """What the assistant asked for in it."""
    tool_call_id: str = ""
    """The call that a message of the role `tool` answers."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model."""

    messages: Sequence[ChatMessage]
    temperature: float = 0.7
    """0 to 2; left out for models that don't take one."""
    max_tokens: int | None = None
    """Greatest length of the answer; None leaves it to the model."""
    tools: Sequence[ToolSpecification] = ()
    tool_choice: ToolChoice = "auto"
    """`required`: it has to ask for one of the tools."""
    output: OutputFormat | None = None
    """Shape of the answer, which is then in `ChatReply.data`; None for prose."""
    purpose: str = ""
    """What the answer is for, as in `sms`: a label for figures and traces, and the offline model's task."""
    scope: CallScope = CallScope()
    """Whose budgets pay for it."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Attached to the trace; never sent to the model."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """The task as data (lead, campaign, thread). A language model has it all in its prompt and ignores this; the
    offline model works from it."""
    fresh: bool = False
    """Never answered from the cache: whoever asks wants another answer, or to know whether the model answers."""
    account: object | None = field(default=None, compare=False, repr=False)
    """What pays for the call; `Budgeted` puts it there for the wrappers inside it. Callers leave it alone."""


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What a model answered, and what it took."""

    text: str
    model: str
    """The model that answered, as its server names it: `gpt-4o-mini-2024-07-18`."""
    provider: str
    input_tokens: int
    output_tokens: int
    cost: Decimal = Decimal(0)
    """US dollars."""
    latency_seconds: float = 0.0
    finish_reason: str = "stop"
    """`stop`, `tool_calls`, or `length` if the answer was cut off at `max_tokens`."""
    tool_calls: Sequence[ToolCall] = ()
    data: Mapping[str, Any] | None = None
    """The answer as an object, where a request asks for one (`output`)."""
    cached_input_tokens: int = 0
    """Those of the input tokens that the provider had in its cache, and charges less for."""
    usage_estimated: bool = False
    """The server reported no tokens; the counts are `estimated_tokens`."""
    price_known: bool = True
    """False if nobody has told us this model's price; `cost` is then 0."""
    from_cache: bool = False
    """It was answered before; nobody was asked, and it costs nothing."""
    trace_id: str | None = None
    """Its trace in LangSmith, where traces are kept."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of an answer that is still being written."""

    text: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """The model failed in the middle. What came so far is void: another one begins the answer anew."""

    reason: str


StreamPart = TextDelta | Restarted | ChatReply


class ChatModel(Protocol):
    """Answers chat requests. Any number of requests may be under way at once."""

    @property
    def name(self) -> str:
        """`provider:model`, as in `openai:gpt-4o-mini`."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The model's answer.

        Raises:
            ModelError: there is none; the subclass says why, and `retryable` whether to ask again.
            BudgetExhausted: it was not asked.
        """

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        """The answer as it is written: pieces of its text, and at the end the whole reply.

        Raises:
            ModelError, BudgetExhausted: as `complete`, perhaps after some pieces.
        """

    async def aclose(self) -> None:
        """Release connections; the model can't be used afterwards."""


class Wrapper:
    """A model around a model. Subclasses change `complete` and `stream` and leave the rest to the wrapped one."""

    def __init__(self, model: ChatModel):
        self.wrapped = model

    @property
    def name(self) -> str:
        return self.wrapped.name

    async def complete(self, request: ChatRequest) -> ChatReply:
        return await self.wrapped.complete(request)

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        return self.wrapped.stream(request)

    async def aclose(self) -> None:
        await self.wrapped.aclose()


@dataclass(slots=True)
class Attempt:
    """One call under way, as a wrapper sees it."""

    reply: ChatReply | None = None
    """Set when the call succeeded; a wrapper may put another in its place."""


class Around(Wrapper):
    """A wrapper that does the same before and after a call, whether it is streamed or not: `around` tells what."""

    @asynccontextmanager
    async def around(self, request: ChatRequest) -> AsyncIterator[Attempt]:
        """Runs around each call. What it raises before `yield` keeps the call from being made; a failed call raises there."""
        yield Attempt()

    async def complete(self, request: ChatRequest) -> ChatReply:
        async with self.around(request) as attempt:
            attempt.reply = await self.wrapped.complete(request)
        assert attempt.reply is not None
        return attempt.reply

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        async with self.around(request) as attempt, ending(self.wrapped.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, ChatReply):
                    attempt.reply = part
                else:
                    yield part
        if attempt.reply is not None:
            yield attempt.reply


def estimated_tokens(text: str) -> int:
    """Tokens of a text whose tokenizer is not known: one per four characters, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def estimated_input_tokens(messages: Sequence[ChatMessage]) -> int:
    """Tokens of a prompt whose tokenizer is not known."""
    return sum(estimated_tokens(message.content) for message in messages)


@asynccontextmanager
async def ending(parts: AsyncIterator[StreamPart]) -> AsyncIterator[AsyncIterator[StreamPart]]:
    """A stream that ends with the block: one that is left in the middle gives its connection back at once."""
    try:
        yield parts
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()


async def in_one_piece(reply: ChatReply) -> AsyncIterator[StreamPart]:
    """The stream of a model that does not write piece by piece."""
    if reply.text:
        yield TextDelta(reply.text)
    yield reply
