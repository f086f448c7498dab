"""The model port: what the product asks of a language model, in its own words.

A provider implements `ChatModel`; cost, retries and counting are wrappers around any of them, so that a model
is put together as one expression: `Retrying(Counted(Priced(OpenAICompatible(...)), observe), max_retries)`.

ProviderError
└── ModelError                   the model gave no usable answer
    ├── ModelUnavailable         retryable: not reached, an error of its own, or an unreadable answer
    ├── ModelTimeout             retryable: no answer in time
    ├── ModelRateLimited         retryable: too many requests; `retry_after` says how long to wait
    ├── ModelQuotaExceeded       the account has no credit left
    ├── ModelNotAuthenticated    the key is missing, wrong, or not allowed to do this
    └── ModelRefused             this request is never answered: malformed, too long, or against the rules
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol

from outrider.errors import ProviderError

Role = Literal["system", "user", "assistant"]

CHARACTERS_PER_TOKEN = 4
"""Rule of thumb for English text (OpenAI, "What are tokens and how to count them?")."""


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
class ChatMessage:
    """One message of a prompt."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model."""

    messages: Sequence[ChatMessage]
    temperature: float = 0.7
    """0 to 2; left out for models that don't take one."""
    max_tokens: int | None = None
    """Greatest length of the answer; None leaves it to the model."""
    purpose: str = ""
    """What the answer is for, as in `sms`: a label for figures and traces, and the offline model's task."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Attached to the trace; never sent to the model."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """The task as data (lead, campaign, thread). A language model has it all in its prompt and ignores this; the
    offline model works from it."""


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
    """`stop`, or `length` if the answer was cut off at `max_tokens`."""
    cached_input_tokens: int = 0
    """Those of the input tokens that the provider had in its cache, and charges less for."""
    usage_estimated: bool = False
    """The server reported no tokens; the counts are `estimated_tokens`."""
    price_known: bool = True
    """False if nobody has told us this model's price; `cost` is then 0."""


class ChatModel(Protocol):
    """Answers chat requests. Any number of requests may be under way at once."""

    @property
    def name(self) -> str:
        """`provider:model`, as in `openai:gpt-4o-mini`."""

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The model's answer.

        Raises:
            ModelError: there is none; the subclass says why, and `retryable` whether to ask again.
        """

    async def aclose(self) -> None:
        """Release connections; the model can't be used afterwards."""


class Wrapper:
    """A model around a model. Subclasses change `complete` and leave the rest to the wrapped one."""

    def __init__(self, model: ChatModel):
        self.wrapped = model

    @property
    def name(self) -> str:
        return self.wrapped.name

    async def complete(self, request: ChatRequest) -> ChatReply:
        return await self.wrapped.complete(request)

    async def aclose(self) -> None:
        await self.wrapped.aclose()


def estimated_tokens(text: str) -> int:
    """Tokens of a text whose tokenizer is not known: one per four characters, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def estimated_input_tokens(messages: Sequence[ChatMessage]) -> int:
    """Tokens of a prompt whose tokenizer is not known."""
    return sum(estimated_tokens(message.content) for message in messages)
