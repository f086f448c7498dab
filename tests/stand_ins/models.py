"""A strict stand-in for model servers, in three dialects, written from the published contracts.

It takes only requests as its API documents them, and answers with what is scripted: also what no real server can be asked
to do, such as breaking off in the middle of a stream. What a request did wrong is in `violations`.

OpenAI: https://platform.openai.com/docs/api-reference/chat/create, …/chat-streaming, docs/guides/error-codes.
Anthropic: https://platform.claude.com/docs/en/api/messages, …/build-with-claude/streaming, …/api/errors.
Ollama: https://docs.ollama.com/api/chat, …/api/streaming, …/api/errors.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from tests.stand_ins.http import Answer, Heard, HttpStandIn

Json = dict[str, Any]
_KINDS = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict, "array": list}


@dataclass(frozen=True)
class Say:
    """A good answer."""

    text: str = "Hello there, my friend."
    finish: str = "stop"
    """`stop`, `length`, `tools`, or `refused`."""
    calls: Sequence[tuple[str, str]] = ()
    """Name and arguments, as JSON, of the tools asked for."""
    usage: tuple[int, int] | None = (11, 7)


@dataclass(frozen=True)
class Fail:
    """An error instead of an answer."""

    status: int
    kind: str = "api_error"
    message: str = "It failed."
    parameter: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Odd:
    """What no server should do, in place of a good answer."""

    how: str
    """`cut`: the connection breaks; `ends`: the answer ends too early, in good order; `malformed`: broken JSON; `other`: JSON
    of another shape; `html`; `error`: an error in the middle of a stream; `silent`."""
    after: int = 2
    """Pieces of a stream that come before."""
    kind: str = "api_error"
    """Of the error in the middle."""


class Dialect:
    name: ClassVar[str]
    path: ClassVar[str]
    streams_as: ClassVar[str]

    def problems(self, heard: Heard, body: Json) -> list[str]:
        raise NotImplementedError

    def whole(self, say: Say, model: str) -> Json:
        raise NotImplementedError

    def pieces(self, say: Say, model: str, body: Json) -> list[bytes]:
        raise NotImplementedError

    def error(self, fail: Fail) -> Json:
        raise NotImplementedError

    def error_piece(self, kind: str) -> bytes:
        raise NotImplementedError

    def is_streamed(self, body: Json) -> bool:
        return bool(body.get("stream"))


class ModelStandIn:
    """`async with ModelStandIn(OpenAI()) as server`: answers what `script` says, in order, then `Say()`."""

    def __init__(self, dialect: Dialect, on_silence: Callable[[], None] = lambda: None):
        """`on_silence` is called when somebody has been left without an answer."""
        self.dialect = dialect
        self.on_silence = on_silence
        self.script: deque[Say | Fail | Odd] = deque()
        self.requests: list[Json] = []
        self.violations: list[str] = []
        self.latency = 0.0
        self.pause = 0.0
        """Seconds before each piece of a stream."""
        self.in_flight = 0
        self.most_in_flight = 0
        self._server = HttpStandIn(self._respond)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._server.__aexit__(*error)

    @property
    def url(self) -> str:
        return self._server.url

    async def _respond(self, heard: Heard) -> Answer | None:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
            return self._answer(heard)
        finally:
            self.in_flight -= 1

    def _answer(self, heard: Heard) -> Answer | None:
        dialect, body = self.dialect, json.loads(heard.body)
        self.requests.append(body)
        wrong = [] if (heard.method, heard.path) == ("POST", dialect.path) else [f"{heard.method} {heard.path}"]
        wrong += dialect.problems(heard, body)
        if wrong:
            self.violations += wrong
            return _whole(400, dialect.error(Fail(400, "invalid_request_error", "; ".join(wrong))))
        does = self.script.popleft() if self.script else Say()
        if isinstance(does, Fail):
            return _whole(does.status, dialect.error(does), does.headers)
        if isinstance(does, Odd):
            return self._odd(does, body)
        if dialect.is_streamed(body):
            return self._streamed(dialect.pieces(does, body["model"], body))
        return _whole(200, dialect.whole(does, body["model"]))

    def _odd(self, odd: Odd, body: Json) -> Answer | None:
        dialect, say = self.dialect, Say("One two three four five six seven.")
        if odd.how == "silent":
            self.on_silence()
            return None
        if odd.how == "html":
            return Answer(200, b"<html>Sign in to the proxy</html>", {"content-type": "text/html"})
        if not dialect.is_streamed(body):
            good = json.dumps(dialect.whole(say, body["model"])).encode()
            broken = {"cut": good[:-20], "ends": good[:-20], "malformed": good[:-20] + b"<<<", "other": b'["no object"]'}
            return Answer(200, broken[odd.how], is_cut=odd.how == "cut")
        pieces = dialect.pieces(say, body["model"], body)[: odd.after]
        more = {"malformed": [pieces[-1].replace(b"}", b"<<<", 1)], "other": [pieces[-1][:0] + _other(pieces[-1])]}
        more["error"] = [dialect.error_piece(odd.kind)]
        return self._streamed([*pieces, *more.get(odd.how, [])], is_cut=odd.how == "cut")

    def _streamed(self, pieces: list[bytes], *, is_cut: bool = False) -> Answer:
        return Answer(200, pieces, {"content-type": self.dialect.streams_as}, is_cut=is_cut, pause=self.pause)


def _whole(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(body).encode(), headers or {})


def _other(piece: bytes) -> bytes:
    """The frame of a piece around JSON of another shape."""
    start, end = piece.index(b"{"), piece.rindex(b"}") + 1
    return piece[:start] + b'["no object"]' + piece[end:]


def _words(text: str) -> list[str]:
    return [word + " " for word in text.split(" ")[:-1]] + text.split(" ")[-1:] if text else []


def _fields(body: Json, required: Mapping[str, str], optional: Mapping[str, str], where: str = "") -> list[str]:
    """What is missing, unknown, or of another type."""
    known = {**required, **optional}
    wrong = [f"{where}{name} is missing" for name in required if name not in body]
    for name, value in body.items():
        if name not in known:
            wrong.append(f"{where}{name} is unknown")
        elif not isinstance(value, _KINDS[known[name]]):  # type: ignore[arg-type]
            wrong.append(f"{where}{name} is no {known[name]}")
    return wrong


def _open_objects(schema: Any) -> bool:
    """Whether a schema allows what it doesn't name, or leaves out what it does."""
    if isinstance(schema, list):
        return any(map(_open_objects, schema))
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(schema["properties"])
    ):
        return True
    return any(_open_objects(part) for part in schema.values())


class OpenAI(Dialect):
    name, path, streams_as = "openai", "/v1/chat/completions", "text/event-stream"
    _OPTIONAL: ClassVar[Mapping[str, str]] = {
        "temperature": "number", "max_tokens": "integer", "max_completion_tokens": "integer", "stream": "boolean",
        "stream_options": "object", "tools": "array", "tool_choice": "string", "response_format": "object",
    }  # fmt: skip

    def problems(self, heard: Heard, body: Json) -> list[str]:
        wrong = [] if heard.headers.get("authorization", "").startswith("Bearer ") else ["no bearer token"]
        wrong += _fields(body, {"model": "string", "messages": "array"}, self._OPTIONAL)
        if "stream_options" in body and not body.get("stream"):
            wrong.append("stream_options without stream")
        if "tool_choice" in body and "tools" not in body:
            wrong.append("tool_choice without tools")
        for tool in body.get("tools", []):
            wrong += _fields(tool, {"type": "string", "function": "object"}, {}, "tools.")
            wrong += _fields(tool["function"], {"name": "string"}, {"description": "string", "parameters": "object"}, "function.")
        if shape := body.get("response_format", {}).get("json_schema"):
            wrong += _fields(shape, {"name": "string", "schema": "object"}, {"strict": "boolean"}, "json_schema.")
            if shape.get("strict") and _open_objects(shape["schema"]):
                wrong.append("a strict schema must be closed")
        return wrong + self._message_problems(body["messages"])

    def _message_problems(self, messages: list[Json]) -> list[str]:
        wrong: list[str] = []
        open_calls: set[str] = set()
        for message in messages:
            role = message.get("role")
            if role == "tool":
                wrong += [] if message.get("tool_call_id") in open_calls else ["a tool message answers no call"]
                open_calls.discard(message.get("tool_call_id", ""))
            elif open_calls:
                wrong.append("a tool call has no answer")
            if role == "assistant":
                for call in message.get("tool_calls") or []:
                    open_calls.add(call["id"])
                    wrong += [] if isinstance(json.loads(call["function"]["arguments"]), dict) else ["arguments are no object"]
            if role not in ("system", "developer", "user", "assistant", "tool"):
                wrong.append(f"role {role}")
            if not isinstance(message.get("content"), str) and not message.get("tool_calls"):
                wrong.append("content is no text")
        return wrong

    def whole(self, say: Say, model: str) -> Json:
        message: Json = {"role": "assistant", "content": say.text or None, "refusal": None}
        if say.calls:
            message["tool_calls"] = [self._call(number, *call) for number, call in enumerate(say.calls)]
        made = {**self._frame("chat.completion", model), "choices": [{**self._choice(say), "message": message}]}
        return {**made, "usage": self._usage(say)} if say.usage else made

    def pieces(self, say: Say, model: str, body: Json) -> list[bytes]:
        deltas: list[Json] = [{"role": "assistant", "content": ""}, *({"content": word} for word in _words(say.text))]
        for number, (name, arguments) in enumerate(say.calls):
            deltas.append({"tool_calls": [{"index": number, **self._call(number, name, "")}]})
            half = len(arguments) // 2
            parts = (arguments[:half], arguments[half:])
            deltas += [{"tool_calls": [{"index": number, "function": {"arguments": part}}]} for part in parts]
        frame = self._frame("chat.completion.chunk", model)
        events = [{**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        events.append({**frame, "choices": [{"delta": {}, **self._choice(say)}]})
        if say.usage and body.get("stream_options", {}).get("include_usage"):
            events.append({**frame, "choices": [], "usage": self._usage(say)})
        return [*(f"data: {json.dumps(event)}\n\n".encode() for event in events), b": a comment\n\n", b"data: [DONE]\n\n"]

    def error(self, fail: Fail) -> Json:
        return {"error": {"message": fail.message, "type": fail.kind, "code": fail.kind, "param": fail.parameter}}

    def error_piece(self, kind: str) -> bytes:
        return f"data: {json.dumps(self.error(Fail(500, kind)))}\n\n".encode()

    def _frame(self, kind: str, model: str) -> Json:
        return {"id": "chatcmpl-1", "object": kind, "created": 1_750_000_000, "model": model}

    def _choice(self, say: Say) -> Json:
        reasons = {"tools": "tool_calls", "refused": "content_filter"}
        return {"index": 0, "finish_reason": reasons.get(say.finish, say.finish)}

    def _call(self, number: int, name: str, arguments: str) -> Json:
        return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}

    def _usage(self, say: Say) -> Json:
        read, written = say.usage or (0, 0)
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


class Cerebras(OpenAI):
    name = "cerebras"


class Anthropic(Dialect):
    name, path, streams_as = "anthropic", "/v1/messages", "text/event-stream"
    _OPTIONAL: ClassVar[Mapping[str, str]] = {
        "temperature": "number", "stream": "boolean", "system": "string", "tools": "array", "tool_choice": "object",
        "output_config": "object",
    }  # fmt: skip

    def problems(self, heard: Heard, body: Json) -> list[str]:
        wrong = [] if "x-api-key" in heard.headers or "authorization" in heard.headers else ["no key"]
        wrong += [] if "anthropic-version" in heard.headers else ["no version"]
        wrong += _fields(body, {"model": "string", "messages": "array", "max_tokens": "integer"}, self._OPTIONAL)
        if not 0 <= body.get("temperature", 0) <= 1:
            wrong.append("temperature: range 0..1")
        for tool in body.get("tools", []):
            wrong += _fields(tool, {"name": "string", "input_schema": "object"}, {"description": "string"}, "tools.")
            wrong += [] if tool.get("input_schema", {}).get("type") == "object" else ["input_schema is of no object"]
        if "tool_choice" in body and body["tool_choice"].get("type") not in ("auto", "any", "none", "tool"):
            wrong.append("tool_choice")
        shape = body.get("output_config", {}).get("format", {})
        if shape and (shape.get("type") != "json_schema" or _open_objects(shape["schema"])):
            wrong.append("output_config.format.schema must be closed")
        return wrong + self._message_problems(body["messages"])

    def _message_problems(self, messages: list[Json]) -> list[str]:
        wrong = [] if messages else ["messages: at least one message is required"]
        open_calls: set[str] = set()
        for message in messages:
            content = message["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            answered = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
            if open_calls != answered:
                wrong.append("tool_use without tool_result, or the other way round")
            open_calls = {block["id"] for block in blocks if block["type"] == "tool_use"}
            wrong += ["text is empty" for block in blocks if block["type"] == "text" and not block["text"].strip()]
            wrong += [] if message["role"] in ("user", "assistant") else [f"role {message['role']}"]
        return wrong

    def whole(self, say: Say, model: str) -> Json:
        blocks: list[Json] = [{"type": "text", "text": say.text}] if say.text else []
        for number, (name, arguments) in enumerate(say.calls):
            blocks.append({"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": json.loads(arguments)})
        read, written = say.usage or (0, 0)
        usage = {"input_tokens": read, "output_tokens": written}
        return {**self._frame(model), "content": blocks, "stop_reason": self._reason(say), "usage": usage}

    def pieces(self, say: Say, model: str, body: Json) -> list[bytes]:
        read, written = say.usage or (0, 0)
        begun = {**self._frame(model), "content": [], "stop_reason": None, "usage": {"input_tokens": read, "output_tokens": 1}}
        events: list[Json] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
        if say.text:
            events.append(self._start(0, {"type": "text", "text": ""}))
            events += [self._delta(0, {"type": "text_delta", "text": word}) for word in _words(say.text)]
            events.append({"type": "content_block_stop", "index": 0})
        for number, (name, arguments) in enumerate(say.calls, start=1 if say.text else 0):
            events.append(self._start(number, {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}))
            half = len(arguments) // 2
            for part in ("", arguments[:half], arguments[half:]):
                events.append(self._delta(number, {"type": "input_json_delta", "partial_json": part}))
            events.append({"type": "content_block_stop", "index": number})
        ended = {"stop_reason": self._reason(say), "stop_sequence": None}
        events.append({"type": "message_delta", "delta": ended, "usage": {"input_tokens": read, "output_tokens": written}})
        events.append({"type": "message_stop"})
        return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]

    def error(self, fail: Fail) -> Json:
        return {"type": "error", "error": {"type": fail.kind, "message": fail.message}, "request_id": "req_1"}

    def error_piece(self, kind: str) -> bytes:
        return f"event: error\ndata: {json.dumps(self.error(Fail(500, kind)))}\n\n".encode()

    def _frame(self, model: str) -> Json:
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_sequence": None}

    def _reason(self, say: Say) -> str:
        return {"stop": "end_turn", "length": "max_tokens", "tools": "tool_use", "refused": "refusal"}[say.finish]

    def _start(self, index: int, block: Json) -> Json:
        return {"type": "content_block_start", "index": index, "content_block": block}

    def _delta(self, index: int, delta: Json) -> Json:
        return {"type": "content_block_delta", "index": index, "delta": delta}


class Ollama(Dialect):
    name, path, streams_as = "ollama", "/api/chat", "application/x-ndjson"
    _OPTIONAL: ClassVar[Mapping[str, str]] = {"stream": "boolean", "options": "object", "tools": "array", "format": "object"}

    def problems(self, heard: Heard, body: Json) -> list[str]:
        wrong = _fields(body, {"model": "string", "messages": "array"}, self._OPTIONAL)
        wrong += _fields(body.get("options", {}), {}, {"temperature": "number", "num_predict": "integer"}, "options.")
        for message in body["messages"]:
            known = {"content": "string", "tool_calls": "array", "tool_call_id": "string", "tool_name": "string"}
            wrong += _fields(message, {"role": "string"}, known, "message.")
            for call in message.get("tool_calls", []):
                wrong += [] if isinstance(call["function"]["arguments"], dict) else ["arguments are no object"]
        for tool in body.get("tools", []):
            wrong += _fields(tool, {"type": "string", "function": "object"}, {}, "tools.")
        if body.get("tools") and body.get("format"):
            wrong.append("tools and format exclude each other")
        return wrong

    def is_streamed(self, body: Json) -> bool:
        return bool(body.get("stream", True))

    def whole(self, say: Say, model: str) -> Json:
        calls = [{"function": {"name": name, "arguments": json.loads(arguments)}} for name, arguments in say.calls]
        return {**self._part(model, say.text, calls), **self._end(say)}

    def pieces(self, say: Say, model: str, body: Json) -> list[bytes]:
        parts = [self._part(model, word) for word in _words(say.text)]
        for name, arguments in say.calls:
            parts.append(self._part(model, "", [{"function": {"name": name, "arguments": json.loads(arguments)}}]))
        parts.append({**self._part(model, ""), **self._end(say)})
        return [json.dumps(part).encode() + b"\n" for part in parts]

    def error(self, fail: Fail) -> Json:
        return {"error": fail.message}

    def error_piece(self, kind: str) -> bytes:
        return b'{"error": "an error was encountered while running the model"}\n'

    def _part(self, model: str, text: str, calls: Sequence[Json] = ()) -> Json:
        message: Json = {"role": "assistant", "content": text}
        if calls:
            message["tool_calls"] = list(calls)
        return {"model": model, "created_at": "2026-05-04T10:00:00Z", "message": message, "done": False}

    def _end(self, say: Say) -> Json:
        ended: Json = {"done": True, "done_reason": "length" if say.finish == "length" else "stop", "total_duration": 5}
        if say.usage:
            ended |= {"prompt_eval_count": say.usage[0], "eval_count": say.usage[1]}
        return ended


DIALECTS: Sequence[Dialect] = (OpenAI(), Cerebras(), Anthropic(), Ollama())
