"""Live updates from the commit to the socket."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.exceptions import ConnectionClosed, InvalidStatus

from outrider.app.live import NEEDED
from outrider.config import Settings
from outrider.db.engine import Database
from outrider.events import frames, hub
from outrider.events.live import announce
from outrider.events.topics import Topic
from outrider.events.waking import waking
from outrider.jobs import JobContext
from outrider.jobs.housekeeping import forget_live_events
from tests.integration.events.conftest import Serve, Served, served


async def tell(database: Database, *ids: int, topic: Topic = Topic.CAMPAIGNS, kind: str = "changed") -> None:
    async with database.transaction() as session:
        announce(session, topic, kind, ids)


async def rows(database: Database) -> list[tuple[str, str, list[int], bool]]:
    async with database.transaction() as session:
        found = await session.execute(text("SELECT topic, kind, payload FROM live_events ORDER BY id"))
        return [(row.topic, row.kind, row.payload["ids"], row.payload["more"]) for row in found]


# Announcing


async def test_a_transaction_writes_one_row_per_topic_and_kind(database: Database) -> None:
    async with database.transaction() as session:
        for number in (3, 1, 3, 2):
            announce(session, Topic.CAMPAIGNS, "progress", [number])
        announce(session, Topic.LEADS, "created", range(frames.MOST_SHOWN * 100))
    (campaigns, leads) = await rows(database)
    assert campaigns == ("campaigns", "progress", [3, 1, 2], False)
    assert leads[:2] == ("leads", "created")
    assert len(leads[2]) == 500
    assert leads[3]


async def test_a_rolled_back_savepoint_says_nothing(database: Database) -> None:
    async with database.transaction() as session:
        announce(session, Topic.CAMPAIGNS, "changed", [1])
        with pytest.raises(LookupError):
            async with session.begin_nested():
                announce(session, Topic.CAMPAIGNS, "changed", [2])
                async with session.begin_nested():
                    announce(session, Topic.CAMPAIGNS, "changed", [3])
                raise LookupError
        async with session.begin_nested():
            announce(session, Topic.CAMPAIGNS, "changed", [4])
    assert await rows(database) == [("campaigns", "changed", [1, 4], False)]


async def test_a_rolled_back_transaction_says_nothing(database: Database, api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("campaigns")
        with pytest.raises(LookupError):
            async with database.transaction() as session:
                announce(session, Topic.CAMPAIGNS, "changed", [1])
                raise LookupError
        assert await client.silence() == []
    assert await rows(database) == []


# From commit to socket


async def test_a_commit_reaches_those_who_listen(database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 3600.0)
    async with serve() as process, process.socket() as everything, process.socket() as one, process.socket() as other:
        assert (await everything.next())["kind"] == "ready"
        await everything.listen("campaigns")
        await one.listen("campaign:12")
        await other.listen("campaign:13", "leads")
        await tell(database, 12)
        frame = await everything.next("changed")
        assert frame["topic"] == "campaigns"
        assert frame["payload"] == {"ids": [12], "more": False}
        assert isinstance(frame["id"], int)
        frame = await one.next("changed")
        assert (frame["topic"], frame["payload"]) == ("campaign:12", {"ids": [12], "more": False})
        assert await other.silence() == []


async def test_many_commits_are_handed_out_together(database: Database, api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("campaigns")
        for number in range(1, 41):
            await tell(database, number)
        seen: set[int] = set()
        count = 0
        while len(seen) < 40:
            seen |= set((await client.next("changed"))["payload"]["ids"])
            count += 1
        assert count < 20


async def test_a_frame_names_few_ids_and_says_that_there_are_more(database: Database, api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("leads", "lead:120", "lead:9999")
        await tell(database, *range(1, 201), topic=Topic.LEADS)
        told = {frame["topic"]: frame["payload"] for frame in [await client.next("changed"), await client.next("changed")]}
        assert len(told["leads"]["ids"]) == frames.MOST_SHOWN
        assert told["leads"]["more"]
        assert told["lead:120"] == {"ids": [120], "more": False}


async def test_unsubscribing_ends_a_topic(database: Database, api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("campaigns", "leads")
        await client.send({"unsubscribe": ["campaigns", "never:heard"]})
        assert (await client.next("subscribed"))["topics"] == ["leads"]
        await tell(database, 1)
        await tell(database, 2, topic=Topic.LEADS)
        assert (await client.next("changed"))["topic"] == "leads"


async def test_a_row_that_commits_after_a_later_one_is_still_told(database: Database, api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("campaigns")
        async with database.transaction() as slow:
            announce(slow, Topic.CAMPAIGNS, "changed", [1])
            await write_early(slow)
            await tell(database, 2)
            later = await client.next("changed")
            assert later["payload"]["ids"] == [2]
        earlier = await client.next("changed")
        assert earlier["payload"]["ids"] == [1]
        assert earlier["id"] < later["id"]


async def write_early(session: AsyncSession) -> None:
    """Write what is announced so far, as a commit does, and leave the transaction open."""
    from outrider.events.live import _write

    await session.run_sync(_write)


async def test_two_processes_hear_the_same(database: Database, serve: Serve) -> None:
    async with serve() as first, serve() as second, first.socket() as one, second.socket() as two:
        await one.listen("campaigns")
        await two.listen("campaigns")
        await tell(database, 5)
        assert (await one.next("changed"))["id"] == (await two.next("changed"))["id"]


async def test_a_lost_connection_is_made_up_for(database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 0.2)
    async with serve() as process, process.socket() as client:
        await client.listen("campaigns")
        async with database.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND query LIKE 'LISTEN %'"
                )
            )
        await tell(database, 8)
        assert (await client.next("changed"))["payload"]["ids"] == [8]


async def test_updates_go_on_after_the_pool_was_used_up(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(hub, "TROUBLE_SECONDS", 0.05)
    small = Database(database.dsn, pool_size=1)
    monkeypatch.setattr(small._engine.sync_engine.pool, "_timeout", 0.2)
    try:
        async with served(settings, small) as process, process.socket() as client:
            await client.listen("campaigns")
            async with small.transaction() as session:
                await session.execute(text("SELECT 1"))
                await asyncio.sleep(1)
            await tell(database, 7)
            assert (await client.next("changed"))["payload"]["ids"] == [7]
    finally:
        await small.aclose()


# Resuming


async def test_a_client_resumes_where_it_was(database: Database, serve: Serve) -> None:
    async with serve() as first, first.socket() as client:
        await client.listen("campaigns", "campaign:1")
        await tell(database, 1)
        last_id = (await client.next("changed"))["id"]
    await tell(database, 2)
    await tell(database, 3, topic=Topic.LEADS)
    async with serve() as second, second.socket(f"?last_id={last_id}") as client:
        assert (await client.next())["kind"] == "ready"
        await client.send({"subscribe": ["campaigns"]})
        missed = await client.next("changed")
        assert missed["topic"] == "campaigns"
        assert 2 in missed["payload"]["ids"]
        await client.next("subscribed")
        await tell(database, 4)
        assert (await client.next("changed"))["payload"]["ids"] == [4]


async def test_resuming_brings_what_had_not_committed_when_the_last_frame_came(database: Database, serve: Serve) -> None:
    """The id that the client has is higher than the id of what it missed."""
    async with serve() as process:
        async with database.transaction() as slow:
            announce(slow, Topic.CAMPAIGNS, "changed", [1])
            await write_early(slow)
            async with process.socket() as client:
                await client.listen("campaigns")
                await tell(database, 2)
                last_id = (await client.next("changed"))["id"]
        async with process.socket(f"?last_id={last_id}") as client:
            await client.send({"subscribe": ["campaigns"]})
            frame = await client.next("changed")
            assert 1 in frame["payload"]["ids"]
            assert frame["id"] < last_id


async def test_ready_and_heartbeats_say_where_to_resume(
    database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0.2)
    async with serve() as process:
        await tell(database, 1)
        async with process.socket() as client:
            ready = await client.next("ready")
            assert isinstance(ready["id"], int)
            assert (await client.next("heartbeat"))["id"] == ready["id"]
        await tell(database, 2)
        async with process.socket(f"?last_id={ready['id']}") as client:
            assert (await client.next("ready"))["id"] is None
            assert (await client.next("heartbeat"))["id"] is None  # what it missed is still to come
            await client.send({"subscribe": ["campaigns"]})
            assert 2 in (await client.next("changed"))["payload"]["ids"]
            assert (await client.next("heartbeat"))["id"] > ready["id"]


@pytest.mark.parametrize("last_id", ["999", "0", "-5", "nonsense", str(2**70), "%F0%9F%92%A9"])
async def test_an_unknown_last_id_means_a_reset(api_process: Served, last_id: str) -> None:
    async with api_process.socket(f"?last_id={last_id}") as client:
        assert (await client.next())["kind"] == "ready"
        assert (await client.next())["kind"] == "reset"


async def test_old_rows_are_dropped_and_their_clients_reset(database: Database, api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("campaigns")
        await tell(database, 1)
        last_id = (await client.next("changed"))["id"]
    await tell(database, 2)
    async with database.transaction() as session:
        await session.execute(text("UPDATE live_events SET created_at = now() - interval '61 minutes'"))
    await forget_live_events.function(JobContext(database))
    assert await rows(database) == [("campaigns", "changed", [2], False)]  # the newest is where all others resume
    async with api_process.socket(f"?last_id={last_id}") as client:
        assert (await client.next("reset"))["id"] > last_id


async def test_who_missed_too_much_is_reset(database: Database, api_process: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_REPLAYED", 3)
    await tell(database, 1)
    async with api_process.socket() as client:
        last_id = (await client.next("ready"))["id"]
    for number in range(5):
        await tell(database, number + 10)
    async with api_process.socket(f"?last_id={last_id}") as client:
        await client.send({"subscribe": ["campaigns"]})
        assert (await client.next("reset"))["id"] > last_id


# Slow clients


async def test_a_slow_socket_gets_a_reset_instead_of_a_queue(database: Database, api_process: Served) -> None:
    the_hub: hub.Hub = api_process.app.state.hub
    async with the_hub.connect() as listener:
        await the_hub.subscribe(listener, ["campaigns"])
        for _ in range(10 * hub.MOST_WAITING):
            listener.put("{}")
        assert len(listener._waiting) <= hub.MOST_WAITING
        assert any('"reset"' in frame for frame in listener._waiting)


async def test_a_client_that_stops_reading_does_not_hold_up_others(database: Database, api_process: Served) -> None:
    async with api_process.socket(max_queue=1, close_timeout=0.1) as stuck, api_process.socket() as reader:
        await stuck.send({"subscribe": ["campaigns"]})
        await reader.listen("campaigns")
        for number in range(1, 20):
            await tell(database, number)
        seen: set[int] = set()
        while len(seen) < 19:
            seen |= set((await reader.next("changed"))["payload"]["ids"])


# Redis


async def test_redis_wakes_the_hubs(
    database: Database, settings: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 3600.0)
    with_redis = settings.model_copy(update={"redis_url": redis_url})
    async with (
        waking(with_redis, database),
        served(with_redis, database) as one,
        served(with_redis, database) as two,
        one.socket() as first,
        two.socket() as second,
    ):
        await first.listen("campaigns")
        await second.listen("campaigns")
        await asyncio.sleep(0.3)  # what woke them at their start is over
        await tell(database, 7)
        assert (await first.next("changed"))["payload"]["ids"] == [7]
        assert (await second.next("changed"))["payload"]["ids"] == [7]


async def test_without_redis_updates_are_only_later(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 0.2)
    away = settings.model_copy(update={"redis_url": "unix:///nowhere/redis.sock"})
    async with waking(away, database), served(away, database) as process, process.socket() as client:
        await client.listen("campaigns")
        await tell(database, 7)
        assert (await client.next("changed"))["payload"]["ids"] == [7]


# Who may listen, and what they may send


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"X-Forwarded-For": "8.8.8.8"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_strangers_are_refused(api_process: Served, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with api_process.socket(additional_headers=headers):
            pass
    assert refused.value.response.status_code == 401
    assert b"urn:outrider:problem" in (refused.value.response.body or b"")


async def test_our_own_page_may_listen(api_process: Served) -> None:
    async with api_process.socket(origin=f"http://127.0.0.1:{api_process.port}") as client:
        assert (await client.next())["kind"] == "ready"


@pytest.mark.parametrize(
    "frame",
    [
        "", "{", "null", "[]", '"text"', "7", "1e999", "{}{}", b"\x00\xff", '{"subscribe": "campaigns"}', '{"subscribe": [null]}',
        '{"subscribe": [{"a": 1}]}', '{"other": 1}', '{"subscribe": ["nothing"]}', '{"subscribe": ["campaign:0"]}',
        '{"subscribe": ["campaign:-1"]}', '{"subscribe": ["campaign:99999999999999999999"]}', '{"subscribe": ["campaigns:1"]}',
        '{"subscribe": ["\\u0000"]}', '{"subscribe": [""]}', "x" * 20_000, "[" * 10_000,
    ],
)  # fmt: skip
async def test_a_bad_frame_gets_an_error_and_the_socket_stays(api_process: Served, frame: str | bytes) -> None:
    async with api_process.socket() as client:
        await client.next("ready")
        await client.send(frame)
        answer = await client.next()
        assert answer["kind"] == "error"
        assert answer["detail"]
        assert answer["remedy"]
        await client.listen("campaigns")


async def test_a_socket_has_a_limited_number_of_topics(api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.next("ready")
        await client.listen(*(f"campaign:{number}" for number in range(1, frames.MOST_TOPICS + 1)))
        await client.send({"subscribe": ["leads"]})
        assert "at most" in (await client.next("error"))["detail"]
        await client.send({"unsubscribe": ["campaign:1"], "subscribe": ["leads"]})
        assert "leads" in (await client.next("subscribed"))["topics"]


async def test_without_a_database_the_client_is_to_come_again(api_process: Served) -> None:
    async with api_process.socket(f"?last_id={2**63 - 1}") as client:
        await client.next("reset")
    api_process.app.state.hub._database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ConnectionClosed) as closed:
        async with api_process.socket() as client:
            await client.next("ready")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


async def test_a_stopping_server_closes_its_sockets_at_once(api_process: Served) -> None:
    async with api_process.socket() as client:
        await client.listen("campaigns")
        api_process.server.should_exit = True
        with pytest.raises(ConnectionClosed) as closed:
            await client.next("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012


def test_every_topic_needs_a_permission() -> None:
    assert set(NEEDED) == set(Topic)
