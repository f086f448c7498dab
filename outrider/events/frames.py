"""What goes over a socket of live updates, in both directions, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outrider.errors import InvalidInput, OutriderError
from outrider.events.repository import Told
from outrider.events.topics import Topic

MOST_SHOWN = 50
"""Ids that a frame names; the row behind it may know more, for those who listen to one thing."""
LONGEST_FRAME = 16_384
"""Characters of a client's frame."""
MOST_TOPICS = 200
"""Topics of one socket."""


class ClientFrame(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")

    subscribe: list[str] = Field(default=[], max_length=MOST_TOPICS)
    unsubscribe: list[str] = Field(default=[], max_length=MOST_TOPICS)


def read_frame(text: str | None) -> ClientFrame:
    """
    Raises:
        InvalidInput: says what is wrong with it.
    """
    remedy = 'Send {"subscribe": ["campaigns"], "unsubscribe": []}.'
    if text is None:
        raise InvalidInput("The frame is binary.", remedy=remedy)
    if len(text) > LONGEST_FRAME:
        raise InvalidInput(f"The frame is longer than {LONGEST_FRAME} characters.", remedy="Send several shorter ones.")
    try:
        return ClientFrame.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "frame"
        raise InvalidInput(f"{where}: {first['msg']}", remedy=remedy) from error


def ready(newest: int | None) -> str:
    """Updates flow from here on; `newest` is where a client may resume."""
    return _encoded({"kind": "ready", "id": newest})


def heartbeat(newest: int | None) -> str:
    return _encoded({"kind": "heartbeat", "id": newest})


def reset(newest: int | None) -> str:
    """Updates were lost: everything must be fetched again."""
    return _encoded({"kind": "reset", "id": newest})


def subscribed(topics: Iterable[str]) -> str:
    """The socket's topics from now on; what is fetched after this frame can't miss an update."""
    return _encoded({"kind": "subscribed", "topics": sorted(topics)})


def refusal(error: OutriderError) -> str:
    return _encoded({"kind": "error", "detail": error.detail, "remedy": error.remedy})


def update(told: Told, topic: str, ids: list[int]) -> str:
    """One change, as it is told on one topic."""
    is_whole = topic != told.topic
    more = False if is_whole else told.more or len(ids) > MOST_SHOWN
    return _encoded({"id": told.id, "topic": topic, "kind": told.kind, "payload": {"ids": ids[:MOST_SHOWN], "more": more}})


def coalesced(rows: Iterable[Told]) -> list[Told]:
    """Rows of one topic and kind as one, in the place of the first: a client that got it and nothing after it resumes
    before the others, and hears of them again."""
    merged: dict[tuple[Topic, str], Told] = {}
    for row in rows:
        key = (row.topic, row.kind)
        known = merged.get(key)
        if known is None:
            merged[key] = row
        else:
            ids = list(dict.fromkeys([*known.ids, *row.ids]))
            merged[key] = Told(known.id, row.topic, row.kind, ids, known.more or row.more)
    return list(merged.values())


def concerned(told: Told, listened_to: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those of the topics that a change concerns, each with its frame."""
    named = set(told.ids)
    for topic in listened_to:
        if topic == told.topic:
            yield topic, update(told, topic, told.ids)
        elif topic.startswith(told.topic.prefix):
            number = int(topic.removeprefix(told.topic.prefix))
            if told.more or number in named:
                yield topic, update(told, topic, [number])


def _encoded(frame: dict[str, Any]) -> str:
    return orjson.dumps(frame).decode()
