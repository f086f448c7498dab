"""Whether a message may be created: Twilio's synchronous checks, in Twilio's order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from simulator.delivery import Delivery
from simulator.errors import TwilioError
from simulator.messages import Message, Origin
from simulator.numbers import MAGIC_RECIPIENTS, MAGIC_SENDERS, MessagingService, PhoneNumber, normalize
from simulator.segments import count_segments, smart_encode
from simulator.state import State
from simulator.webhooks import is_webhook_url

LONGEST_BODY = 1600
_LONGEST_VALIDITY = 36000
_SCHEDULE_SECONDS = (900, 35 * 86400)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as somebody asks for it; every field is the raw text of the request, empty when absent."""

    to: str
    sender: str = ""
    service_sid: str = ""
    body: str = ""
    media: tuple[str, ...] = ()
    status_callback: str = ""
    validity: str = ""
    send_at: str = ""
    schedule_type: str = ""
    smart_encoded: bool = False


class Acceptance:
    """Turns drafts into messages, or refuses them."""

    def __init__(self, state: State, delivery: Delivery):
        self._state = state
        self._delivery = delivery

    def accept(self, draft: Draft, origin: Origin) -> Message:
        """Create the message and send it on its way.

        Raises:
            TwilioError: the reason of the refusal; nothing was created.
        """
        now = self._state.clock.now()
        to = _recipient(draft)
        service, number = self._sender(draft, now)
        if number is not None and number.number == to:
            raise TwilioError(21266, to=to)
        _check_content(draft)
        validity = _validity(draft.validity)
        callback = _callback_url(draft.status_callback) or (service.status_callback if service else "")
        send_at = _send_at(draft, now) if service else None
        self._check_may_send(to, number, service)

        body = smart_encode(draft.body) if draft.smart_encoded else draft.body
        message = Message(
            direction="outbound-api" if origin == "api" else "outbound-reply",
            origin=origin,
            to=to,
            sender=number.number if number else None,
            body=body,
            status="queued" if service is None else "accepted" if send_at is None else "scheduled",
            created=now,
            segments=count_segments(body).segments,
            service_sid=service.sid if service else None,
            status_callback=callback or None,
            media=draft.media,
            validity=validity,
            send_at=send_at,
        )
        self._state.log.add(message)
        if origin == "api":
            self._count(message, draft.body)
        self._delivery.submit(message, number, service)
        return message

    def _count(self, message: Message, original_body: str) -> None:
        counters = self._state.counters
        counters.creates_accepted += 1
        self._state.log.note_accepted(message, original_body)
        counters.duplicate_creates += message.duplicate
        wish = self._state.stop_wishes.get(message.to)
        if wish is not None and wish.acknowledged_at is not None:
            wish.creates_since += 1
            counters.creates_after_stop += 1

    def _sender(self, draft: Draft, now: float) -> tuple[MessagingService | None, PhoneNumber | None]:
        if draft.service_sid:
            return self._service(draft, now)
        if not draft.sender:
            raise TwilioError(21603)
        return None, self._number(draft.sender, now)

    def _service(self, draft: Draft, now: float) -> tuple[MessagingService, PhoneNumber | None]:
        service = self._state.senders.services.get(draft.service_sid)
        if service is None:
            raise TwilioError(21705, service=draft.service_sid)
        if not service.pool:
            raise TwilioError(21703, service=draft.service_sid)
        number = self._number(draft.sender, now) if draft.sender else None
        if number is not None and number.service_sid != service.sid:
            raise TwilioError(21606, sender=draft.sender)
        return service, number

    def _number(self, raw: str, now: float) -> PhoneNumber:
        sender = normalize(raw)
        if sender is None:
            raise TwilioError(21212, sender=raw)
        if sender in MAGIC_SENDERS:
            raise TwilioError(MAGIC_SENDERS[sender], sender=sender)
        number = self._state.senders.owned(sender, now)
        if number is None:
            raise TwilioError(21606, sender=sender)
        return number

    def _check_may_send(self, to: str, number: PhoneNumber | None, service: MessagingService | None) -> None:
        scope = service.sid if service else scope_of(number) if number else ""
        if self._state.opt_outs.is_blocked(to, scope):
            raise TwilioError(21610)
        if service is None and number is not None and number.is_full(self._state.clock.monotonic()):
            raise TwilioError(21611)


def scope_of(number: PhoneNumber) -> str:
    """What a STOP to this number blocks: its whole messaging service, or the number alone."""
    return number.service_sid or number.number


def _recipient(draft: Draft) -> str:
    if not draft.to:
        raise TwilioError(21604)
    to = normalize(draft.to)
    if to is None:
        raise TwilioError(21211, to=draft.to)
    if to in MAGIC_RECIPIENTS:
        raise TwilioError(MAGIC_RECIPIENTS[to], to=to, sender=draft.sender)
    return to


def _check_content(draft: Draft) -> None:
    if not draft.body and not draft.media:
        raise TwilioError(21602)
    if len(draft.body) > LONGEST_BODY:
        raise TwilioError(21617)


def _validity(text: str) -> int:
    if not text:
        return _LONGEST_VALIDITY
    if not text.isdecimal() or not 1 <= int(text) <= _LONGEST_VALIDITY:
        raise TwilioError(21624, value=text)
    return int(text)


def _callback_url(text: str) -> str:
    if text and not is_webhook_url(text):
        raise TwilioError(21609, url=text)
    return text


def _send_at(draft: Draft, now: float) -> float | None:
    """The time a message is scheduled for. Without `ScheduleType=fixed` it is sent at once."""
    if draft.schedule_type != "fixed":
        return None
    try:
        moment = datetime.fromisoformat(draft.send_at)
    except ValueError as error:
        raise TwilioError(35114) from error
    send_at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    earliest, latest = _SCHEDULE_SECONDS
    if not earliest <= send_at - now <= latest:
        raise TwilioError(35114)
    return send_at
