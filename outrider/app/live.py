"""The socket of live updates: what a client subscribes to, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.status import WS_1013_TRY_AGAIN_LATER

from outrider.app.problems import problem_response
from outrider.auth.permissions import Actor, Permission, identify
from outrider.db.engine import DATABASE_TROUBLE
from outrider.errors import NotAuthenticated, OutriderError, PermissionDenied
from outrider.events import frames
from outrider.events.hub import Hub, Listener
from outrider.events.topics import Topic, read_topic

log = structlog.get_logger(__name__)

router = APIRouter()

NEEDED = {
    Topic.CAMPAIGNS: Permission.CAMPAIGNS_READ,
    Topic.CONVERSATIONS: Permission.CONVERSATIONS_READ,
    Topic.SUPPRESSIONS: Permission.CONVERSATIONS_READ,
    Topic.LEADS: Permission.LEADS_READ,
    Topic.IMPORTS: Permission.LEADS_READ,
    Topic.SENDERS: Permission.SETTINGS_READ,
    Topic.JOBS: Permission.SETTINGS_READ,
    Topic.APPROVALS: Permission.LEADS_READ,
    Topic.NOTIFICATIONS: Permission.CONVERSATIONS_READ,
    Topic.WEBHOOKS: Permission.SETTINGS_READ,
    Topic.CREDENTIALS: Permission.SETTINGS_READ,
    Topic.RUNS: Permission.CAMPAIGNS_READ,
    Topic.EVALS: Permission.SETTINGS_READ,
    Topic.AGENTS: Permission.SETTINGS_READ,
    Topic.BUDGETS: Permission.SETTINGS_READ,
    Topic.BOOKINGS: Permission.CONVERSATIONS_READ,
    Topic.CRM: Permission.SETTINGS_READ,
}
"""What a caller must be allowed to read to hear that it changed."""

UNKNOWN_ID = 0
"""No event has it: who names an id that is none gets a reset."""


@router.websocket("/api/events")
async def live_updates(websocket: WebSocket) -> None:
    """Updates of the topics that the client names. `?last_id=` resumes after the last frame of an earlier socket."""
    try:
        actor = identify(websocket)
    except NotAuthenticated as error:
        await websocket.send_denial_response(problem_response(error))
        return
    hub: Hub = websocket.app.state.hub
    await websocket.accept()
    try:
        await _serve(websocket, hub, actor)
    except DATABASE_TROUBLE as error:
        log.warning("live_socket_failed", error=repr(error))
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(WS_1013_TRY_AGAIN_LATER)


async def _serve(websocket: WebSocket, hub: Hub, actor: Actor) -> None:
    async with hub.connect(_last_id(websocket.query_params.get("last_id"))) as listener:
        sending = asyncio.create_task(_send(websocket, listener))
        try:
            await _receive(websocket, hub, listener, actor)
        finally:
            sending.cancel()


def _last_id(given: str | None) -> int | None:
    if given is None or given == "":
        return None
    return int(given) if given.isascii() and given.isdigit() and len(given) < len(str(2**63)) else UNKNOWN_ID


async def _send(websocket: WebSocket, listener: Listener) -> None:
    # A socket that is gone ends the receiving side, too.
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_text(await listener.next())


async def _receive(websocket: WebSocket, hub: Hub, listener: Listener, actor: Actor) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            await _obey(hub, listener, actor, frames.read_frame(message.get("text")))
        except OutriderError as error:
            listener.put(frames.refusal(error))
        else:
            listener.put(frames.subscribed(listener.topics))


async def _obey(hub: Hub, listener: Listener, actor: Actor, frame: frames.ClientFrame) -> None:
    """
    Raises:
        InvalidInput, PermissionDenied, LimitExceeded: nothing was subscribed to.
    """
    _check_readable(actor, frame.subscribe)
    hub.unsubscribe(listener, frame.unsubscribe)
    await hub.subscribe(listener, frame.subscribe)


def _check_readable(actor: Actor, topics: Iterable[str]) -> None:
    for name in topics:
        needed = NEEDED[read_topic(name)]
        if needed not in actor.permissions:
            raise PermissionDenied(f"{name} needs the permission {needed}.", remedy="Ask an administrator for it.")
