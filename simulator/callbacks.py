"""Status callbacks: what happened to a message, told to the address that its create call named."""

from __future__ import annotations

import time
from collections import deque
from functools import partial
from uuid import uuid4

from simulator.messages import Message
from simulator.state import State
from simulator.webhooks import Lane, WebhookClient, WebhookFailed


class StatusCallbacks:
    """Sends a message's callbacks one after the other, unless the shuffle switch mixes them up."""

    def __init__(self, state: State, client: WebhookClient):
        self._state = state
        self._client = client
        self.lane = Lane(state.options.callback_concurrency, state.note_defect)

    def announce(self, message: Message) -> None:
        """Report the message's present status; nothing happens if nobody asked to know."""
        if message.status_callback is None:
            return
        if self._state.faults.strikes("callback_drop"):
            self._state.counters.callbacks_dropped += 1
            return
        form = self._form(message)
        delay = self._state.faults.extra_callback_delay()
        if delay:
            self._state.clock.after(delay, self.lane.put, partial(self._deliver, message.status_callback, form))
        elif message.callbacks_waiting is not None:
            message.callbacks_waiting.append(form)
        else:
            message.callbacks_waiting = deque((form,))
            self.lane.put(partial(self._deliver_next, message, message.status_callback))

    async def _deliver_next(self, message: Message, url: str) -> None:
        assert message.callbacks_waiting, "a message enters the lane with a callback"
        try:
            await self._deliver(url, message.callbacks_waiting.popleft())
        finally:
            if message.callbacks_waiting:
                self.lane.put(partial(self._deliver_next, message, url))
            else:
                message.callbacks_waiting = None

    async def _deliver(self, url: str, form: dict[str, str]) -> None:
        """Deliver one callback as often as the faults say: two copies under one token, further ones under their own."""
        counters = self._state.counters
        token = str(uuid4())
        for copy in range(self._state.faults.callback_copies()):
            try:
                await self._client.post(url, form, token=token if copy < 2 else str(uuid4()), on_retry=self._note_retry)
            except WebhookFailed:
                counters.callbacks_failed += 1
            else:
                counters.callbacks_sent += 1

    def _note_retry(self) -> None:
        self._state.counters.callbacks_retried += 1

    def _form(self, message: Message) -> dict[str, str]:
        form = {
            "AccountSid": self._state.options.account_sid,
            "ApiVersion": "2010-04-01",
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.sender is not None:
            form["From"] = message.sender
        if message.service_sid is not None:
            form["MessagingServiceSid"] = message.service_sid
        if message.error_code is not None:
            form["ErrorCode"] = str(message.error_code)
        if message.status in ("delivered", "undelivered"):
            form["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M", time.gmtime(message.updated))
        return form
