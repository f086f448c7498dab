"""Texts from people to our numbers: opt-out keywords, the webhook, and the answer that it gives."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from simulator.acceptance import Acceptance, Draft, scope_of
from simulator.delivery import Delivery
from simulator.errors import TwilioError
from simulator.messages import Message
from simulator.numbers import PhoneNumber, place_of
from simulator.optout import Keyword
from simulator.personas import asks_to_stop
from simulator.segments import count_segments
from simulator.state import State, StopWish, Thread
from simulator.twiml import BadTwiml, read_answer
from simulator.webhooks import Answer, Lane, WebhookClient, WebhookFailed

_WIDTH = 32
"""Inbound webhooks in progress at once."""


class Inbound:
    def __init__(self, state: State, client: WebhookClient, delivery: Delivery, acceptance: Acceptance):
        self._state = state
        self._client = client
        self._delivery = delivery
        self._acceptance = acceptance
        self.lane = Lane(_WIDTH, state.note_defect)

    def receive(
        self, person: str, number: PhoneNumber, body: str, *, media: tuple[str, ...] = (), wants_stop: bool | None = None
    ) -> Message:
        """A text from a person arrives: it is in the message list whatever becomes of the webhook.

        Args:
            wants_stop: whether the text asks us to stop; None judges it by the wordings that personas use.
        """
        now = self._state.clock.now()
        segments = count_segments(body).segments
        message = Message("inbound", "person", number.number, person, body, "received", now, segments, media=media, sent=now)
        message.service_sid = number.service_sid
        self._state.log.add(message)
        self._state.counters.inbound_received += 1
        keyword = self._apply_keyword(message, number)
        is_stop = keyword == "STOP" or (asks_to_stop(body) if wants_stop is None else wants_stop)
        wish = self._state.stop_wishes.setdefault(person, StopWish(now)) if is_stop else None
        self._send_webhook(message, number, keyword, wish)
        return message

    def react(self, message: Message) -> None:
        """A message reached its person, who may answer."""
        if message.sender is None or message.origin == "carrier":
            return
        thread = self._state.threads[message.to, message.sender]
        if thread.reply_pending:
            return
        reply = self._state.people.reply(message.to, thread.turns, message.body)
        if reply is None:
            return
        thread.reply_pending = True
        delay = self._state.people.reply_delay(message.to, thread.turns)
        persona = self._state.people.persona(message.to)
        self._state.clock.later(delay, self._answer, thread, persona, message.to, message.sender, reply)

    def _answer(self, thread: Thread, persona: str, person: str, our_number: str, body: str) -> None:
        thread.reply_pending = False
        if self._state.people.persona(person) != persona:
            return  # Somebody else they have become would not say that.
        thread.turns += 1
        self._state.counters.persona_replies += 1
        self.receive(person, self._state.senders.numbers[our_number], body)

    def _apply_keyword(self, message: Message, number: PhoneNumber) -> Keyword | None:
        scope, toll_free = scope_of(number), number.is_toll_free
        keyword, confirmed = self._state.opt_outs.apply(message.person, scope, message.body, toll_free=toll_free)
        if keyword == "STOP" and confirmed:
            self._state.counters.opt_outs += 1
        elif keyword == "START":
            self._state.counters.opt_ins += 1
            self._state.stop_wishes.pop(message.person, None)
        if keyword is not None and confirmed:
            self._delivery.confirm(number, message.person, keyword)
        return keyword

    def _send_webhook(self, message: Message, number: PhoneNumber, keyword: Keyword | None, wish: StopWish | None) -> None:
        service = self._state.senders.services.get(number.service_sid or "")
        url = (service.inbound_request_url if service else "") or number.sms_url
        if not url:
            return
        if self._state.faults.strikes("inbound_drop"):
            self._state.counters.inbound_webhooks_dropped += 1
            return
        form = self._form(message, keyword)
        self.lane.put(partial(self._deliver, message, number, url, form, wish))

    async def _deliver(
        self, message: Message, number: PhoneNumber, url: str, form: dict[str, str], wish: StopWish | None
    ) -> None:
        counters = self._state.counters
        try:
            answer = await self._client.post(url, form, token=str(uuid4()), on_retry=self._note_retry)
        except WebhookFailed:
            counters.inbound_webhooks_failed += 1
            counters.webhook_errors["11200"] += 1
            return
        counters.inbound_webhooks_ok += 1
        if wish is not None and wish.acknowledged_at is None:
            wish.acknowledged_at = self._state.clock.now()
        self._obey(answer, message, number)

    def _obey(self, answer: Answer, message: Message, number: PhoneNumber) -> None:
        counters = self._state.counters
        try:
            replies = read_answer(answer.content_type, answer.content)
        except BadTwiml as error:
            counters.webhook_errors[str(error.code)] += 1
            return
        for reply in replies:
            draft = Draft(
                to=reply.to or message.person,
                sender=reply.sender or number.number,
                body=reply.body,
                media=reply.media,
                status_callback=reply.status_callback,
            )
            try:
                self._acceptance.accept(draft, "twiml")
            except TwilioError as error:
                counters.twiml_replies_refused[str(error.code)] += 1
            else:
                counters.twiml_replies += 1

    def _note_retry(self) -> None:
        self._state.counters.inbound_webhooks_retried += 1

    def _form(self, message: Message, keyword: Keyword | None) -> dict[str, str]:
        form = {
            "AccountSid": self._state.options.account_sid,
            "ApiVersion": "2010-04-01",
            "Body": message.body,
            "From": message.person,
            "MessageSid": message.sid,
            "NumMedia": str(len(message.media)),
            "NumSegments": str(message.segments),
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
        }
        for index, url in enumerate(message.media):
            form[f"MediaUrl{index}"] = url
            form[f"MediaContentType{index}"] = "image/jpeg"
        for side, number in (("From", message.person), ("To", message.to)):
            form.update((f"{side}{part}", value) for part, value in place_of(number).items())
        if message.service_sid is not None:
            form["MessagingServiceSid"] = message.service_sid
        if keyword is not None:
            form["OptOutType"] = keyword
        return form
