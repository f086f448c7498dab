"""`POST /api/langgraph/invoke`: any agent alone, in one answer or as a stream of events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import reduce
from operator import or_
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import outrider.agents.roster  # noqa: F401  (the shape of the answers is that of the agents that take part)
from outrider.agents.base import ToolUse
from outrider.agents.invoking.hearing import Ear
from outrider.agents.invoking.schemas import AgentStarted, Invoke, Invoked, RunModelCall, answer_models
from outrider.agents.invoking.service import Invocations, Prepared, StreamItem
from outrider.auth.permissions import Permission, require
from outrider.errors import OutriderError
from outrider.llm.base import Restarted, TextDelta

router = APIRouter(prefix="/api/langgraph", tags=["agents"])

ANSWERS: Any = reduce(or_, answer_models().values())
STREAM = "text/event-stream"
STREAM_DOCS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            STREAM: {
                "schema": {"type": "string"},
                "example": 'event: agent\ndata: {"agent_type": "conversation", …}\n\nevent: text\ndata: {"text": "Glad"}\n\n',
            }
        },
        "description": (
            "The answer; with `stream` server-sent events: `agent` (who answers, with the whole prompt), `text` (a piece of what "
            "is being written), `restarted` (what came so far is void), `tool` (one use of a tool), `model` (one call of a model "
            "and what it cost), and last `result` (as without a stream) or `error` (a problem)."
        ),
    }
}


@router.post(
    "/invoke",
    dependencies=[Depends(require(Permission.CONVERSATIONS_WRITE))],
    response_model=ANSWERS,
    responses=STREAM_DOCS,
)
async def invoke_agent(
    request: Request, wanted: Invoke, stream: Annotated[bool, Query(description="Answer with server-sent events.")] = False
) -> Any:
    """Let an agent do its work once: `qualification` judges the company that the input names, or what a lead wrote in `text`.

    Nothing is sent, booked or changed: what it wants to happen is among its `intents`.

    The run is recorded as an execution. A client that goes away cancels it.
    """
    invocations: Invocations = request.app.state.invocations
    prepared = await invocations.prepare(wanted)
    if stream or wanted.stream:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(invocations, prepared), media_type=STREAM, headers=headers)
    answer = await _while_connected(request, invocations, prepared)
    # Checked against its type's own shape already, which depends on the agents that take part.
    return Response(answer.model_dump_json(), media_type="application/json")


async def _events(invocations: Invocations, prepared: Prepared) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(invocations.stream(prepared)) as items:
        async for item in items:
            yield _event(item)


async def _while_connected(request: Request, invocations: Invocations, prepared: Prepared) -> Invoked:
    """Nobody pays for an answer that nobody waits for."""
    running = asyncio.create_task(invocations.run(prepared, Ear()))
    leaving = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
        return await running
    finally:
        running.cancel()
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _event(item: StreamItem) -> bytes:
    name, data = _named(item)
    written = data.model_dump_json().encode() if isinstance(data, BaseModel) else orjson.dumps(data)
    return b"event: " + name.encode() + b"\ndata: " + written + b"\n\n"


def _named(item: StreamItem) -> tuple[str, BaseModel | dict[str, Any]]:
    match item:
        case TextDelta():
            return "text", {"text": item.text}
        case Restarted():
            return "restarted", {"reason": item.reason}
        case ToolUse():
            return "tool", item
        case RunModelCall():
            return "model", item
        case AgentStarted():
            return "agent", item
        case Invoked():
            return "result", item
        case OutriderError():
            return "error", _problem(item)


def _problem(error: OutriderError) -> dict[str, Any]:
    return {
        "type": f"urn:outrider:problem:{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "remedy": error.remedy,
    }
