"""The way of an outgoing message: queue, network, handset."""

from __future__ import annotations

import random
from collections.abc import Callable

from simulator.callbacks import StatusCallbacks
from simulator.messages import Message
from simulator.numbers import MessagingService, PhoneNumber
from simulator.optout import CONFIRMATIONS, Keyword
from simulator.state import State

_SERVICE_SECONDS = (0.1, 0.5)
"""How long a messaging service takes to choose the number, in seconds of life."""


class Delivery:
    """Moves messages from `queued` or `accepted` to their final status."""

    def __init__(self, state: State, callbacks: StatusCallbacks):
        self._state = state
        self._callbacks = callbacks
        self._random = random.Random(f"{state.options.seed}:delivery")  # noqa: S311  repeatable on purpose
        self.on_delivered: Callable[[Message], None] = lambda message: None
        """Called with each message that reached its person."""

    def submit(self, message: Message, number: PhoneNumber | None, service: MessagingService | None) -> None:
        """Take charge of a message that was just accepted. Exactly one of number and service sends it."""
        if message.send_at is not None:
            self._state.clock.after(message.send_at - message.created, self._release, message, service)
            return
        self._callbacks.announce(message)
        if service is not None:
            self._state.clock.later(self._random.uniform(*_SERVICE_SECONDS), self._assign, message, service)
        elif number is not None:
            self._enqueue(message, number)

    def confirm(self, number: PhoneNumber, person: str, keyword: Keyword) -> None:
        """Send the carrier's own answer to a keyword; it skips queue and faults and nobody is told."""
        now = self._state.clock.now()
        body = CONFIRMATIONS[keyword]
        message = Message("outbound-reply", "carrier", person, number.number, body, "delivered", now, 1, sent=now)
        message.service_sid = number.service_sid
        self._state.log.add(message)
        self._state.counters.auto_replies += 1

    def cancel(self, message: Message) -> None:
        """Withdraw a scheduled message."""
        self._finish(message, "canceled", None)

    def _release(self, message: Message, service: MessagingService) -> None:
        if message.status != "scheduled":
            return
        message.move_to("accepted", self._state.clock.now())
        self._callbacks.announce(message)
        if self._state.opt_outs.is_blocked(message.to, service.sid):
            self._finish(message, "failed", 21610)
        else:
            self._assign(message, service)

    def _assign(self, message: Message, service: MessagingService) -> None:
        if not service.pool:
            self._finish(message, "failed", 30001)
            return
        number = self._state.senders.numbers[message.sender] if message.sender is not None else service.choose(message.to)
        message.sender = number.number
        if number.is_full(self._state.clock.monotonic()):
            self._finish(message, "failed", 30001)
            return
        message.move_to("queued", self._state.clock.now())
        self._callbacks.announce(message)
        self._enqueue(message, number)

    def _enqueue(self, message: Message, number: PhoneNumber) -> None:
        wait = number.reserve(message.segments, self._state.clock.monotonic(), message.validity)
        if wait is None:
            self._state.clock.after(message.validity, self._finish, message, "failed", 30036)
        else:
            self._state.clock.after(wait, self._leave, message)

    def _leave(self, message: Message) -> None:
        behaviour = self._state.people.behaviour
        message.move_to("sending", self._state.clock.now())
        if self._random.random() < behaviour.sending_share:
            self._callbacks.announce(message)
        self._state.clock.later(self._random.uniform(*behaviour.send_delay), self._hand_over, message)

    def _hand_over(self, message: Message) -> None:
        message.sent = self._state.clock.now()
        message.move_to("sent", message.sent)
        self._callbacks.announce(message)
        self._state.clock.later(self._random.uniform(*self._state.people.behaviour.delivery_delay), self._arrive, message)

    def _arrive(self, message: Message) -> None:
        error = self._state.people.delivery_error(message.to)
        self._finish(message, "undelivered" if error else "delivered", error)
        if error is None:
            self.on_delivered(message)

    def _finish(self, message: Message, status: str, error_code: int | None) -> None:
        message.error_code = error_code
        message.move_to(status, self._state.clock.now())
        counters = self._state.counters
        setattr(counters, status, getattr(counters, status) + 1)
        if error_code is not None:
            counters.errors_by_code[str(error_code)] += 1
        self._callbacks.announce(message)
