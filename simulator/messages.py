"""Message records and the log that holds them, newest last."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

Direction = Literal["inbound", "outbound-api", "outbound-reply"]
Origin = Literal["api", "twiml", "carrier", "person"]

FINAL_STATUSES = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})


@dataclass(slots=True, eq=False)
class Message:
    """One text. Times are seconds since the epoch."""

    direction: Direction
    origin: Origin
    to: str
    sender: str | None
    """The `From` number; None until a messaging service has chosen one."""
    body: str
    status: str
    created: float
    segments: int
    sid: str = field(default_factory=lambda: f"SM{uuid4().hex}")
    sequence: int = -1
    """Position in the log, given by it."""
    service_sid: str | None = None
    status_callback: str | None = None
    media: tuple[str, ...] = ()
    validity: int = 36000
    """Seconds that the message may wait in the sender's queue."""
    send_at: float | None = None
    sent: float | None = None
    updated: float = 0.0
    error_code: int | None = None
    duplicate: bool = False
    history: list[tuple[str, float]] = field(default_factory=list)
    callbacks_waiting: deque[dict[str, str]] | None = None
    """Status callbacks that wait for the one in delivery; None while none is."""

    def __post_init__(self) -> None:
        self.updated = self.created
        self.history.append((self.status, self.created))

    @property
    def person(self) -> str:
        """The number at the far end, whichever way the text goes."""
        return (self.sender or "") if self.direction == "inbound" else self.to

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATUSES

    def move_to(self, status: str, now: float) -> None:
        self.status = status
        self.updated = now
        self.history.append((status, now))


@dataclass(frozen=True, slots=True)
class SentFilter:
    """Bounds on the second at which a message was sent, both included. A message not yet sent matches no bound."""

    earliest: int | None = None
    latest: int | None = None

    def matches(self, sent: float | None) -> bool:
        if self.earliest is None and self.latest is None:
            return True
        if sent is None:
            return False
        second = int(sent)
        return (self.earliest is None or second >= self.earliest) and (self.latest is None or second <= self.latest)


class MessageLog:
    """Every message in the order of creation, with the indexes that lists and counters need."""

    def __init__(self, our_numbers: Container[str]):
        self._our_numbers = our_numbers
        self._log: list[Message | None] = []
        self._by_sid: dict[str, Message] = {}
        self._by_person: defaultdict[str, list[Message]] = defaultdict(list)
        self._by_recipient: defaultdict[str, list[Message]] = defaultdict(list)
        self._accepted_texts: Counter[tuple[str, str, tuple[str, ...]]] = Counter()

    def __len__(self) -> int:
        return len(self._log)

    def add(self, message: Message) -> None:
        message.sequence = len(self._log)
        self._log.append(message)
        self._by_sid[message.sid] = message
        self._by_person[message.person].append(message)
        self._by_recipient[message.to].append(message)

    def note_accepted(self, message: Message, original_body: str) -> None:
        """Remember a text accepted from the API, and mark it when the same one was accepted before."""
        key = (message.to, original_body, message.media)
        self._accepted_texts[key] += 1
        message.duplicate = self._accepted_texts[key] > 1

    def get(self, sid: str) -> Message | None:
        return self._by_sid.get(sid)

    def remove(self, message: Message) -> None:
        del self._by_sid[message.sid]
        self._log[message.sequence] = None
        self._by_person[message.person].remove(message)
        self._by_recipient[message.to].remove(message)

    def with_person(self, number: str) -> list[Message]:
        """The thread with one person over all our numbers, oldest first."""
        return self._by_person.get(number, [])

    def people(self) -> Iterable[str]:
        """Everybody we ever exchanged a text with, in the order of first appearance."""
        return self._by_person.keys()

    def oldest_first(self, start: int = 0) -> Iterator[Message]:
        for position in range(start, len(self._log)):
            message = self._log[position]
            if message is not None:
                yield message

    def newest_first(
        self,
        *,
        to: str | None = None,
        sender: str | None = None,
        sent: SentFilter | None = None,
        created_until: float | None = None,
        before: int | None = None,
    ) -> Iterator[Message]:
        """Messages that match, newest first.

        Args:
            before: only messages with a smaller sequence number.
            created_until: only messages created at or before this time.
        """
        for message in self._candidates(to, sender, before):
            if before is not None and message.sequence >= before:
                continue
            if to is not None and message.to != to:
                continue
            if sender is not None and message.sender != sender:
                continue
            if created_until is not None and message.created > created_until:
                continue
            if sent is None or sent.matches(message.sent):
                yield message

    def _candidates(self, to: str | None, sender: str | None, before: int | None) -> Iterator[Message]:
        """The shortest index that surely holds every match. Our own senders have none: they send nearly everything."""
        if to is not None:
            return reversed(self._by_recipient.get(to, []))
        if sender is not None and sender not in self._our_numbers:
            return reversed(self._by_person.get(sender, []))
        return self._backwards(len(self._log) if before is None else before)

    def _backwards(self, before: int) -> Iterator[Message]:
        for position in range(min(before, len(self._log)) - 1, -1, -1):
            message = self._log[position]
            if message is not None:
                yield message
