"""Checkpoints of paused runs, as bytes for the run's own row.

Nothing is written while a run goes on. When it pauses, LangGraph hands over the checkpoint of the graph and of each nested graph
that waits (`durability="exit"`), and `dump` packs those that are needed to go on: strict msgpack, which knows plain data and a
closed list of LangGraph's types, in zlib.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ormsgpack
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from outrider.errors import OutriderError
from outrider.workflows.waiting import PausedWait, Wait, WaitKind

FORMAT = 1
COMPRESSION = 6
NS_SEP = "|"
"""Between the parts of a namespace: each is a node that runs a graph, the last one the node itself."""
CHECKPOINT_PARTS = {"v", "id", "channel_values", "channel_versions", "versions_seen"}
Writes = dict[tuple[str, int], tuple[str, Any]]


class CheckpointUnusable(OutriderError):
    """The stored checkpoint of a run can't be read; the run can only be started anew or from a step."""

    title = "The run can't go on"

    def __init__(self, reason: str):
        super().__init__(f"The checkpoint of the run can't be used: {reason}.", remedy="Replay the run from one of its steps.")


@dataclass(slots=True)
class Held:
    """The latest checkpoint of one graph of a run."""

    checkpoint: Checkpoint
    metadata: CheckpointMetadata
    writes: Writes = field(default_factory=dict)
    """What tasks of the unfinished step brought, by task and place."""


@dataclass(slots=True)
class RunMemory:
    """Everything that is kept of one run: by namespace of the (nested) graph."""

    graphs: dict[str, Held] = field(default_factory=dict)
    waits: dict[str, PausedWait] = field(default_factory=dict)
    """Where the run stood still, by interrupt id."""
    native: dict[str, str] = field(default_factory=dict)
    """LangGraph's name of each of these."""
    entry: str = ""
    """Path of the node at which the run entered the graph; empty for its start."""


class RunCheckpoints(BaseCheckpointSaver[int]):
    """The checkpointer of all runs of one compiled workflow; runs are told apart by their thread id while they are worked on."""

    def __init__(self) -> None:
        super().__init__(serde=SERDE)
        self.runs: dict[str, RunMemory] = {}

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        memory, namespace = self._place(config)
        held = memory.graphs.get(namespace)
        if held is None:
            return None
        writes = [(task, channel, value) for (task, _), (channel, value) in held.writes.items()]
        return CheckpointTuple(_named(config, held.checkpoint), held.checkpoint, held.metadata, None, writes)

    async def aput(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        memory, namespace = self._place(config)
        known = memory.graphs.get(namespace)
        writes = known.writes if known is not None and known.checkpoint["id"] == checkpoint["id"] else {}
        memory.graphs[namespace] = Held(checkpoint, metadata, writes)
        return _named(config, checkpoint)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        memory, namespace = self._place(config)
        held = memory.graphs[namespace]
        for place, (channel, value) in enumerate(writes):
            held.writes[task_id, WRITES_IDX_MAP.get(channel, place)] = (channel, value)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Only the latest one is kept."""
        if config is not None and (found := await self.aget_tuple(config)) is not None:
            yield found

    def _place(self, config: RunnableConfig) -> tuple[RunMemory, str]:
        configurable = config["configurable"]
        return self.runs[configurable["thread_id"]], configurable.get("checkpoint_ns", "")


def _named(config: RunnableConfig, checkpoint: Checkpoint) -> RunnableConfig:
    configurable = config["configurable"]
    return {
        "configurable": {
            "thread_id": configurable["thread_id"],
            "checkpoint_ns": configurable.get("checkpoint_ns", ""),
            "checkpoint_id": checkpoint["id"],
        }
    }


SERDE = JsonPlusSerializer(allowed_msgpack_modules=None)
"""Strict: reads plain data and the types that LangGraph itself calls safe; anything else is refused."""


def dump(memory: RunMemory, places: Iterable[str]) -> bytes:
    """The run as bytes.

    Args:
        places: namespaces of the nodes that wait. Graphs that none of them lies in came to their end and are left out.
    """
    needed = {place.rpartition(NS_SEP)[0] for place in places}
    needed |= {NS_SEP.join(parts[:count]) for parts in (name.split(NS_SEP) for name in needed) for count in range(len(parts))}
    graphs = {
        namespace: (held.checkpoint, held.metadata, [(*place, *write) for place, write in held.writes.items()])
        for namespace, held in memory.graphs.items()
        if namespace in needed
    }
    waits = [_packed(paused, memory.native[name]) for name, paused in memory.waits.items()]
    _, packed = SERDE.dumps_typed({"format": FORMAT, "entry": memory.entry, "graphs": graphs, "waits": waits})
    return zlib.compress(packed, COMPRESSION)


def load(data: bytes) -> RunMemory:
    """
    Raises:
        CheckpointUnusable: it is damaged, or was written by a version of Outrider that this one does not know.
    """
    try:
        found = SERDE.loads_typed(("msgpack", zlib.decompress(data)))
    except (zlib.error, ormsgpack.MsgpackDecodeError, ValueError, TypeError) as error:
        raise CheckpointUnusable("it is damaged") from error
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise CheckpointUnusable("it was written by another version of Outrider")
    try:
        return _unpacked(found)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise CheckpointUnusable("parts of it are missing") from error


def _packed(paused: PausedWait, native: str) -> tuple[str, str, int, str, str | None, str, str]:
    due = paused.wait.due_at.isoformat() if paused.wait.due_at else None
    return paused.interrupt_id, paused.node_id, paused.visit, paused.wait.kind.value, due, paused.at.isoformat(), native


def _unpacked(found: Mapping[str, Any]) -> RunMemory:
    memory = RunMemory(entry=found["entry"])
    for namespace, (checkpoint, metadata, writes) in found["graphs"].items():
        if missing := CHECKPOINT_PARTS - checkpoint.keys():
            raise KeyError(*missing)
        kept = {(task, place): (channel, value) for task, place, channel, value in writes}
        memory.graphs[namespace] = Held(checkpoint, metadata, kept)
    for name, node_id, visit, kind, due, at, native in found["waits"]:
        wait = Wait(WaitKind(kind), datetime.fromisoformat(due) if due else None)
        memory.waits[name] = PausedWait(name, node_id, visit, wait, datetime.fromisoformat(at), is_new=False)
        memory.native[name] = native
    return memory
