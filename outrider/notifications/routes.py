"""`/api/notifications` and `/api/notification-rules`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from outrider.auth.permissions import Permission, require
from outrider.db.pages import Cursor, Limit, Page
from outrider.db.web import Transaction
from outrider.integrations.notifications.base import Channel
from outrider.integrations.notifications.build import Notifiers
from outrider.notifications import channels, service
from outrider.notifications.schemas import (
    ChannelOut,
    ChannelTest,
    ChannelTestIn,
    FactOut,
    NotificationOut,
    ReadChanged,
    ReadIn,
    RuleIn,
    RuleOut,
    RulePatch,
    UnreadCount,
)
from outrider.notifications.webhook_routes import delivery_router, endpoint_router

router = APIRouter(prefix="/api/notifications", tags=["notifications"])
rule_router = APIRouter(prefix="/api/notification-rules", tags=["notifications"])
channel_router = APIRouter(prefix="/api/notification-channels", tags=["notifications"])
routers = [router, rule_router, channel_router, endpoint_router, delivery_router]

SEE = [Depends(require(Permission.CONVERSATIONS_READ))]
READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]


@router.get("", dependencies=SEE)
async def list_notifications(
    session: Transaction,
    unread: Annotated[bool, Query(description="Only those that nobody has read.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[NotificationOut]:
    """What happened, the latest first."""
    rows, next_cursor = await service.list_notifications(session, unread=unread, cursor=cursor, limit=limit)
    return Page(items=[NotificationOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@router.get("/unread", dependencies=SEE)
async def count_unread_notifications(session: Transaction) -> UnreadCount:
    return await service.count_unread(session)


@router.post("/read", dependencies=SEE)
async def mark_notifications_read(session: Transaction, which: ReadIn) -> ReadChanged:
    """Mark notifications read or unread, for everybody who uses this installation."""
    return ReadChanged(changed=await service.mark_read(session, which))


@rule_router.get("", dependencies=READ)
async def list_notification_rules(session: Transaction) -> Page[RuleOut]:
    """Every rule, on one page, with how its last notification went."""
    return Page(items=await service.list_rules(session))


@rule_router.get("/facts", dependencies=READ)
async def list_facts(session: Transaction) -> list[FactOut]:
    """Of what one can be told, and what is told of it."""
    return await service.list_facts(session)


@rule_router.post("", status_code=201, dependencies=WRITE)
async def create_notification_rule(session: Transaction, request: Request, rule: RuleIn) -> RuleOut:
    """Have a fact told on a channel. A rule with the same fact, channel and target is changed instead."""
    return RuleOut.model_validate(await service.create_rule(session, rule, _notifiers(request)))


@rule_router.patch("/{rule_id}", dependencies=WRITE)
async def change_notification_rule(session: Transaction, rule_id: int, patch: RulePatch) -> RuleOut:
    return RuleOut.model_validate(await service.change_rule(session, rule_id, enabled=patch.enabled))


@rule_router.delete("/{rule_id}", status_code=204, dependencies=WRITE)
async def delete_notification_rule(session: Transaction, rule_id: int) -> None:
    await service.delete_rule(session, rule_id)


@channel_router.get("", dependencies=READ)
async def list_notification_channels(session: Transaction, request: Request) -> list[ChannelOut]:
    """E-mail, Slack and texts, as this installation is set up, and what they ran into."""
    return channels.describe(request.app.state.settings, _notifiers(request), await service.list_rules(session))


@channel_router.post("/{channel}/test", dependencies=WRITE)
async def test_notification_channel(request: Request, channel: Channel, wanted: ChannelTestIn) -> ChannelTest:
    """Send a test notification now, and say how it went."""
    return await channels.test(_notifiers(request), channel, wanted.target, request.app.state.notice_tests)


def _notifiers(request: Request) -> Notifiers:
    notifiers: Notifiers = request.app.state.notifiers
    return notifiers
