"""One per process: reads what was announced and hands it to the process's sockets.

However many sockets there are, a wake-up costs one query. After handing out, the hub rests for a multiple of the time it
took, so that updates never take more than a fixed share of the process: many sockets get fewer, fuller frames.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

import structlog

from outrider.db.engine import DATABASE_TROUBLE, Database
from outrider.errors import LimitExceeded
from outrider.events import frames, repository
from outrider.events.repository import Told, View
from outrider.events.topics import read_topic
from outrider.events.waking import Wakeups
from outrider.telemetry import LIVE_FRAMES, LIVE_RESETS, LIVE_SOCKETS

log = structlog.get_logger(__name__)

SHORTEST_REST = 0.1
"""Seconds between two reads."""
REST_FACTOR = 4.0
"""Rest after handing out, as a multiple of the time that took: at most a fifth of the process goes into it."""
POLL_SECONDS = 5.0
"""Without a wake-up the hub looks this often: one may have been lost."""
TROUBLE_SECONDS = 1.0
HEARTBEAT_SECONDS = 20.0
MOST_READ = 2_000
"""Rows of one read; who fell further behind fetches everything again."""
MOST_REPLAYED = 1_000
MOST_WAITING = 256
"""Frames that wait for a slow socket."""


class Listener:
    """One socket's topics, and the frames that wait for it."""

    def __init__(self, hub: Hub):
        self.topics: set[str] = set()
        self.horizon: int | None = None
        """From where it still has to be told what it missed."""
        self._hub = hub
        self._waiting: deque[str] = deque()
        self._filled = asyncio.Event()

    def put(self, frame: str) -> None:
        """Let the frame wait. A socket that takes none is told to start afresh instead of keeping ever more for it."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            LIVE_RESETS.labels("slow").inc()
            self._waiting.append(frames.reset(self._hub.newest))
        self._waiting.append(frame)
        self._filled.set()

    def resumable(self, newest: int | None) -> int | None:
        """`newest` as the id from which its client may resume; None while it has yet to hear of older ones."""
        return newest if self.horizon is None else None

    async def next(self) -> str:
        """The frame that has waited longest."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.popleft()


class Hub:
    """Hands announcements to listeners.

    Args:
        wakeups: what says that there is something to read.
    """

    def __init__(self, database: Database, wakeups: Wakeups):
        self._database = database
        self._wakeups = wakeups
        self._woken = asyncio.Event()
        self._reading = asyncio.Lock()
        self._view: View | None = None
        self._listeners: set[Listener] = set()
        self._by_topic: dict[str, set[Listener]] = defaultdict(set)

    @property
    def newest(self) -> int | None:
        """An id from which whoever got all frames so far may resume."""
        return self._view.newest if self._view else None

    async def run(self) -> None:
        """Read and hand out until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._wakeups.listen(self._woken.set))
            tasks.create_task(self._read_forever())
            tasks.create_task(self._beat_forever())

    @asynccontextmanager
    async def connect(self, last_id: int | None = None) -> AsyncIterator[Listener]:
        """A listener without topics, for as long as the block runs; told at once that it is ready.

        Args:
            last_id: of the last frame that its client got over an earlier socket. What it missed on its first topics is
                replayed; if that is too long ago, it gets a reset.
        """
        listener = Listener(self)
        async with self._reading:
            async with self._database.transaction() as session:
                if not self._listeners:
                    # Nobody was told what came since the last one left, and nobody has to be.
                    self._view = await repository.look(session)
                if last_id is not None:
                    listener.horizon = await repository.horizon_of(session, last_id)
            self._listeners.add(listener)
        listener.put(frames.ready(listener.resumable(self.newest)))
        if last_id is not None and listener.horizon is None:
            self.reset(listener, "forgotten")
        LIVE_SOCKETS.inc()
        try:
            yield listener
        finally:
            LIVE_SOCKETS.dec()
            self._listeners.discard(listener)
            self.unsubscribe(listener, list(listener.topics))

    async def subscribe(self, listener: Listener, topics: Iterable[str]) -> None:
        """Let the listener hear of these topics too; its first ones begin with what it missed.

        Raises:
            LimitExceeded: they would be too many; nothing is changed.
        """
        wanted = listener.topics | set(topics)
        if len(wanted) > frames.MOST_TOPICS:
            raise LimitExceeded(
                f"A socket has at most {frames.MOST_TOPICS} topics.", remedy="Unsubscribe from some, or listen to all of a kind."
            )
        if listener.horizon is not None and wanted:
            # Nothing is read meanwhile, so that what was missed comes before what is new.
            async with self._reading:
                await self._replay(listener, listener.horizon, wanted)
        for topic in wanted - listener.topics:
            self._by_topic[topic].add(listener)
        listener.topics = wanted

    def unsubscribe(self, listener: Listener, topics: Iterable[str]) -> None:
        for topic in listener.topics & set(topics):
            listener.topics.discard(topic)
            self._by_topic[topic].discard(listener)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    async def _replay(self, listener: Listener, horizon: int, topics: set[str]) -> None:
        """Hand the listener what it may have missed on these topics, or a reset if that is too much."""
        async with self._database.transaction() as session:
            rows = await repository.replay(session, horizon, {read_topic(topic) for topic in topics}, MOST_REPLAYED)
        updates = (
            None if rows is None else [frame for told in frames.coalesced(rows) for _, frame in frames.concerned(told, topics)]
        )
        listener.horizon = None
        if updates is None or len(updates) > MOST_WAITING // 2:
            self.reset(listener, "behind")
            return
        for frame in updates:
            listener.put(frame)

    def reset(self, listener: Listener, reason: str) -> None:
        LIVE_RESETS.labels(reason).inc()
        listener.put(frames.reset(self.newest))

    async def _read_forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
            self._woken.clear()
            try:
                rows = await self._read()
            except DATABASE_TROUBLE as error:
                log.warning("live_read_failed", error=repr(error))
                self._woken.set()
                await asyncio.sleep(TROUBLE_SECONDS)
                continue
            await asyncio.sleep(max(SHORTEST_REST, REST_FACTOR * await self._hand_out(rows)))

    async def _read(self) -> list[Told] | None:
        """What is new; None if it is too much."""
        async with self._reading:
            if not self._listeners or self._view is None:
                return []
            async with self._database.transaction() as session:
                rows, view = await repository.read_since(session, self._view, MOST_READ)
            # From here to the last frame handed out nobody else runs: a heartbeat must not offer to resume after these rows.
            self._view = view
            return rows

    async def _hand_out(self, rows: list[Told] | None) -> float:
        """Give the rows to those who listen; returns the seconds until the sockets had taken their frames."""
        began = time.perf_counter()
        if rows is None:
            for listener in self._listeners:
                self.reset(listener, "behind")
        else:
            for told in frames.coalesced(rows):
                for topic, frame in frames.concerned(told, list(self._by_topic)):
                    listeners = self._by_topic[topic]
                    LIVE_FRAMES.inc(len(listeners))
                    for listener in listeners:
                        listener.put(frame)
        # The sockets' tasks run in the loop's next rounds; what they cost is ours to rest for.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return time.perf_counter() - began

    async def _beat_forever(self) -> None:
        """Show every socket that it stands, and from where its client may resume."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for listener in self._listeners:
                listener.put(frames.heartbeat(listener.resumable(self.newest)))
