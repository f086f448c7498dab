"""The list in the application, and the rules."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from outrider.errors import InvalidInput, NotFound
from outrider.events.facts import declared
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.integrations.notifications.base import Channel
from outrider.integrations.notifications.build import Notifiers
from outrider.notifications import repository
from outrider.notifications.facts import WebhookTested
from outrider.notifications.models import EVERY_FACT, Notification, NotificationRule, RuleChannel
from outrider.notifications.recording import is_shown
from outrider.notifications.schemas import FactOut, LastDelivery, ReadIn, RuleIn, RuleOut, UnreadCount

MOST_COUNTED = 100
MOST_RULES = 500


def facts_to_choose() -> dict[str, str]:
    """Labels of the facts that rules and endpoints can name, by their names."""
    return {name: fact.label for name, fact in sorted(declared.items()) if fact is not WebhookTested}


async def list_notifications(
    session: AsyncSession, *, unread: bool, cursor: str | None, limit: int
) -> tuple[Sequence[Notification], str | None]:
    return await repository.list_notifications(session, unread=unread, cursor=cursor, limit=limit)


async def count_unread(session: AsyncSession) -> UnreadCount:
    newest, _ = await repository.list_notifications(session, unread=False, cursor=None, limit=1)
    return UnreadCount(unread=await repository.count_unread(session, MOST_COUNTED), newest_id=newest[0].id if newest else None)


async def mark_read(session: AsyncSession, which: ReadIn) -> int:
    """Returns how many were not so before."""
    changed = await repository.mark_read(session, which.ids, which.up_to, is_read=which.is_read)
    if changed:
        announce(session, Topic.NOTIFICATIONS, "read", which.ids or [], more=which.ids is None)
    return changed


async def list_facts(session: AsyncSession) -> list[FactOut]:
    """What people and endpoints can be told of."""
    rules = await repository.rules_for(session, list(facts_to_choose()))
    return [
        FactOut(
            name=name,
            label=label,
            meaning=declared[name].meaning(),
            severity=declared[name].severity,
            version=declared[name].version,
            is_shown=is_shown(declared[name], rules),
            is_shown_by_default=declared[name].is_shown,
            data=declared[name].model_json_schema(),
        )
        for name, label in facts_to_choose().items()
    ]


async def list_rules(session: AsyncSession) -> list[RuleOut]:
    rules = await repository.all_rules(session)
    last = await repository.last_deliveries(session, [rule.id for rule in rules])
    return [
        RuleOut.model_validate(rule).model_copy(
            update={"last_delivery": LastDelivery(state=row.state, error=row.error, at=row.created_at)}
            if (row := last.get(rule.id))
            else {}
        )
        for rule in rules
    ]


async def create_rule(session: AsyncSession, given: RuleIn, notifiers: Notifiers) -> NotificationRule:
    """Add the rule; one that exists is changed to what is given.

    Raises:
        InvalidInput: no such fact, or nobody can be reached at the target.
        NotConfigured: there is no account for the channel.
    """
    if given.fact not in facts_to_choose() and (given.fact != EVERY_FACT or given.channel == RuleChannel.IN_APP):
        raise InvalidInput.on("body.fact", "is no fact", "Use a name of GET /api/notification-rules/facts.")
    target = _target(given, notifiers)
    rule = await repository.rule_like(session, given.fact, given.channel, target)
    if rule is None:
        if len(await repository.all_rules(session)) >= MOST_RULES:
            raise InvalidInput(f"There are {MOST_RULES} rules already.", remedy="Delete some first.")
        rule = NotificationRule(fact=given.fact, channel=given.channel, target=target)
        session.add(rule)
    rule.enabled = given.enabled
    return await _saved(session, rule)


async def change_rule(session: AsyncSession, rule_id: int, *, enabled: bool) -> NotificationRule:
    """
    Raises:
        NotFound: no such rule.
    """
    rule = await _rule(session, rule_id)
    rule.enabled = enabled
    return await _saved(session, rule)


async def delete_rule(session: AsyncSession, rule_id: int) -> None:
    """
    Raises:
        NotFound: no such rule.
    """
    await session.delete(await _rule(session, rule_id))
    announce(session, Topic.NOTIFICATIONS, "rules", more=True)


def _target(given: RuleIn, notifiers: Notifiers) -> str:
    if given.channel == RuleChannel.IN_APP:
        if given.target:
            raise InvalidInput.on("body.target", "has no meaning for the application's own list", "Leave it empty.")
        return ""
    return notifiers.get(Channel(given.channel)).check_target(given.target)


async def _rule(session: AsyncSession, rule_id: int) -> NotificationRule:
    rule = await session.get(NotificationRule, rule_id)
    if rule is None:
        raise NotFound(f"There is no rule {rule_id}.")
    return rule


async def _saved(session: AsyncSession, rule: NotificationRule) -> NotificationRule:
    await session.flush()
    await session.refresh(rule)
    announce(session, Topic.NOTIFICATIONS, "rules", more=True)
    return rule
