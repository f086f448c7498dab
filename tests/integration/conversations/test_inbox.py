"""The list of conversations: views, counts, and the search over people and what was said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from outrider.config import Settings
from outrider.conversations.events import TextsReceived
from outrider.conversations.repository import inbox as rows
from outrider.events import bus
from tests.integration.leads.test_plans import Explained


class Inbox:
    def __init__(self, api: Any, world: Any, leads: list[Any]):
        self.api, self.world, self.leads = api, world, leads

    async def finds(self, **params: Any) -> list[str]:
        """Names of the leads, page by page."""
        names, cursor = [], None
        while True:
            answer = await self.api.get("/api/conversations", params=params | ({"cursor": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.text
            names += [item["lead_name"] for item in answer.json()["items"]]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return names

    async def counts(self, **params: Any) -> tuple[int, ...]:
        answer = await self.api.get("/api/conversations/counts", params=params)
        assert answer.status_code == 200, answer.text
        return tuple(answer.json()[view] for view in ("mine", "unassigned", "needs_person", "all"))

    async def does(self, number: int, verb: str, **body: Any) -> None:
        conversation = await self.world.conversation(self.leads[number])
        answer = await self.api.post(f"/api/threads/{conversation.id}/{verb}", json=body or None)
        assert answer.is_success, answer.text


@pytest.fixture
async def inbox(api: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    """Lead 0 and 1 never wrote; 2 to 5 did, in this order."""
    monkeypatch.setitem(bus._handlers, TextsReceived, [])
    await world.sender()
    leads = await world.leads(6)
    for number, lead in enumerate(leads):
        await world.queue(world.intent(lead, f"A free roof check in week {number}?"))
    await world.execute("UPDATE messages SET state = 'sent', sent_at = now() WHERE direction = 'out'")
    for lead, body in zip(leads[2:], ["Quel est le prix ?", "Is it free?", "My gutter leaks", "Ça m’intéresse"], strict=True):
        await world.hears(lead, body)
    return Inbox(api, world, leads)


async def test_views(inbox: Inbox) -> None:
    assert await inbox.finds(view="unassigned") == ["Lead 5", "Lead 4", "Lead 3", "Lead 2"]
    assert await inbox.finds(view="unassigned", limit=1) == ["Lead 5", "Lead 4", "Lead 3", "Lead 2"]
    assert await inbox.finds(view="mine") == await inbox.finds(view="needs_person") == []
    assert await inbox.finds(has_written=False) == ["Lead 1", "Lead 0"]
    assert await inbox.finds(lead_id=inbox.leads[3].id) == ["Lead 3"]
    assert await inbox.counts() == (0, 4, 0, 6)
    await inbox.does(4, "take-over")
    await inbox.does(3, "assign", assignee="Maya")
    await inbox.does(2, "resolve")
    assert await inbox.finds(view="mine") == await inbox.finds(view="needs_person") == ["Lead 4"]
    assert await inbox.finds(view="unassigned", status="open") == ["Lead 5"]
    assert await inbox.finds(status="resolved") == ["Lead 2"]
    assert await inbox.finds(needs_reply=True) == ["Lead 5", "Lead 4", "Lead 3"]
    assert await inbox.counts() == (1, 1, 1, 5)
    assert await inbox.counts(status="resolved") == (0, 1, 0, 1)
    assert await inbox.counts(has_written=True) == (1, 1, 1, 3)
    assert (await inbox.api.get("/api/conversations", params={"view": "yours"})).status_code == 422


async def test_when_a_lead_may_be_texted(inbox: Inbox) -> None:
    window = (await inbox.api.get(f"/api/leads/{inbox.leads[0].id}/contact-window")).json()
    assert set(window) == {"is_open", "opens_at", "closes_at"}
    now = datetime.now(UTC)
    opens, closes = (datetime.fromisoformat(window[name]) for name in ("opens_at", "closes_at"))
    assert opens < closes
    assert window["is_open"] == (opens <= now < closes)
    assert (await inbox.api.get("/api/leads/999999/contact-window")).status_code == 404


async def test_without_quiet_hours_every_hour_is_open(inbox: Inbox, settings: Settings) -> None:
    settings.quiet_hours = "off"
    window = (await inbox.api.get(f"/api/leads/{inbox.leads[0].id}/contact-window")).json()
    assert window == {"is_open": True, "opens_at": None, "closes_at": None}


async def test_counts_stop_at_a_bound(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_COUNTED", 3)
    assert await inbox.counts() == (0, 3, 0, 3)


@pytest.mark.parametrize("most", [rows.MOST_COLLECTED, 1], ids=["rare", "common"])
async def test_search_finds_people_and_what_was_said(inbox: Inbox, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """The same is found whether the matches are collected or the list is walked."""
    monkeypatch.setattr(rows, "MOST_COLLECTED", most)
    assert await inbox.finds(search="lead 3") == ["Lead 3"]
    assert await inbox.finds(search=inbox.leads[1].phone[-4:]) == ["Lead 1"]
    assert await inbox.finds(search="gutter") == await inbox.finds(search="my GUTT") == ["Lead 4"]
    assert await inbox.finds(search="interesse") == ["Lead 5"], "accents and case don't matter"
    assert await inbox.finds(search="roof week") == [f"Lead {number}" for number in (5, 4, 3, 2, 1, 0)]
    assert await inbox.finds(search="roof week", limit=2) == [f"Lead {number}" for number in (5, 4, 3, 2, 1, 0)]
    assert await inbox.finds(search="free", view="unassigned") == ["Lead 5", "Lead 4", "Lead 3", "Lead 2"]
    assert await inbox.finds(search="gutter", status="resolved") == []
    assert await inbox.finds(search="nothing") == await inbox.finds(search="100%") == await inbox.finds(search="?!") == []


async def test_a_walk_goes_on_where_it_ended(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_COLLECTED", 1)
    monkeypatch.setattr(rows, "WALKED", 2)
    first = (await inbox.api.get("/api/conversations", params={"search": "week", "limit": 50})).json()
    assert ([item["lead_name"] for item in first["items"]], first["next_cursor"] is None) == (["Lead 5", "Lead 4"], False)
    assert await inbox.finds(search="price OR prix") == []
    assert await inbox.finds(search="prix") == ["Lead 2"], "beyond two empty pages"


async def test_what_was_not_sent_is_not_found(inbox: Inbox) -> None:
    await inbox.world.queue(inbox.world.intent(inbox.leads[0], "About skylights", key="late"))
    assert await inbox.finds(search="skylights") == []
    await inbox.world.execute("UPDATE messages SET state = 'sent' WHERE body = 'About skylights'")
    assert await inbox.finds(search="skylights") == ["Lead 0"]


@pytest.mark.reads_plans
async def test_the_search_uses_the_index_of_words(inbox: Inbox) -> None:
    await inbox.world.execute(
        """INSERT INTO messages (conversation_id, lead_id, direction, author, body, phone)
        SELECT id, lead_id, 'in', 'lead', 'filler ' || n, '+12025550199' FROM conversations, generate_series(1, 2000) AS n"""
    )
    async with inbox.world.database.transaction() as session:
        await session.execute(text("ANALYZE messages"))
        plan = "\n".join((await session.execute(Explained(rows._collected("gutter")))).scalars())
    assert "ix_messages_words" in plan, plan


async def test_those_with_a_text_of_unknown_outcome(inbox: Inbox) -> None:
    await inbox.world.execute(
        "UPDATE messages SET state = 'unknown' WHERE direction = 'out' AND lead_id IN (:never, :wrote)",
        never=inbox.leads[0].id,
        wrote=inbox.leads[3].id,
    )
    assert await inbox.finds(unknown_outcome=True) == ["Lead 3", "Lead 0"]
    assert await inbox.finds(unknown_outcome=True, has_written=False) == ["Lead 0"]
    assert await inbox.finds(unknown_outcome=False) == ["Lead 5", "Lead 4", "Lead 2", "Lead 1"]
    assert (await inbox.counts(unknown_outcome=True))[-1] == 2
