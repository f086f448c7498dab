"""A model that obeys every attacker: writes what the text demands, asks for the tools that it names, leaks what it has."""

from __future__ import annotations

import base64
import codecs
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outrider.llm.base import ChatReply, ChatRequest, StreamPart, ToolCall, in_one_piece


@dataclass(frozen=True)
class Hostile:
    """One attack."""

    texts: Sequence[str]
    """What the lead writes, turn by turn."""
    writes: str
    """What the model answers; `{system}`, `{data}` and their encodings are what it was given."""
    calls: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """The tools that it asks for first, allowed or not."""
    reading: Mapping[str, Any] = field(default_factory=dict)
    """What it makes of the text."""
    row: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the lead that carry the attack."""


class Obedient:
    """Has no will of its own."""

    name = "obedient:model"

    def __init__(self) -> None:
        self.attack = Hostile((), "Hello")
        self.spoke = 0

    async def complete(self, request: ChatRequest) -> ChatReply:
        if request.output is not None:
            return self._reply(data={"intent": "question", "confidence": 1.0, "language": "en", **self.attack.reading})
        has_called = any(message.role == "tool" for message in request.messages)
        if self.attack.calls and not has_called:
            calls = [ToolCall(f"call_{number}", *call) for number, call in enumerate(self.attack.calls)]
            return self._reply(tool_calls=calls, finish_reason="tool_calls")
        self.spoke += 1
        return self._reply(text=obeyed(self.attack.writes, request))

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamPart]:
        return in_one_piece(ChatReply(self.attack.writes, "model", "obedient", 10, 10))

    async def aclose(self) -> None: ...

    def _reply(self, text: str = "", **values: Any) -> ChatReply:
        return ChatReply(text, "model", "obedient", 10, 10, **values)


def obeyed(writes: str, request: ChatRequest) -> str:
    system = request.messages[0].content
    # A part from the middle, as an attacker would ask for it piece by piece.
    piece = system[40:300]
    known = {
        "{system}": system,
        "{piece}": piece,
        "{data}": request.messages[-1].content,
        "{reversed}": piece[::-1],
        "{base64}": base64.b64encode(piece.encode()).decode(),
        "{hex}": piece.encode().hex(),
        "{rot13}": codecs.encode(piece, "rot13"),
        "{spaced}": " ".join(piece),
        "{dashed}": "-".join(piece.split()),
        "{lines}": "\n".join(piece.split()),
        "{zero_width}": "\u200b".join(piece),
        "{upper}": piece.upper(),
        "{numbered}": " ".join(f"{number}. {word}" for number, word in enumerate(piece.split(), 1)),
        "{starred}": " ".join(f"*{word}*" for word in piece.split()),
        "{fullwidth}": "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in piece),
        "{six_words}": " ".join(piece.split()[:6]),
    }
    for name, value in known.items():
        writes = writes.replace(name, value)
    return writes
