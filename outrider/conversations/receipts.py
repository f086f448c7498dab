"""What the carrier reports on accepted texts: delivered, undelivered, failed.

Reports come in any order, repeatedly, late, and even before the answer to the POST they belong to. So a delivery only
moves forwards and an end is final; a report whose sid is unknown finds its text by the attempt's token (and thereby
proves that the attempt was accepted), or is kept until the sid becomes known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.channels.base import CarrierMessage, DeliveryStatus, ErrorClass, StatusUpdate
from outrider.channels.twilio_errors import classify, explain
from outrider.conversations.events import SendersChanged, TextOutcome
from outrider.conversations.facts import Facts
from outrider.conversations.models import SuppressionReason
from outrider.conversations.notices import tell_disabled
from outrider.conversations.repository import outcomes
from outrider.conversations.repository import receipts as rows
from outrider.conversations.repository.outcomes import SentAttempt
from outrider.conversations.repository.receipts import Advanced, Receipt
from outrider.conversations.suppressions import NewSuppression, add_suppressions
from outrider.events.bus import publish
from outrider.telemetry import RECEIPTS, SENDS

log = structlog.get_logger(__name__)

CANNOT_RECEIVE_TEXTS = frozenset({21211, 21214, 21217, 21265, 21614, 21635, 30006})
"""Codes that say that this number never receives a text: it is not a number, not a mobile one, or a landline."""
UNDELIVERED = (DeliveryStatus.UNDELIVERED, DeliveryStatus.FAILED)
DELIVERY_WORDS = {str(status): status for status in DeliveryStatus}
KEEP_STRAYS_DAYS = 7


async def apply_receipts(session: AsyncSession, updates: Sequence[StatusUpdate]) -> list[None]:
    """Write a group of status callbacks and publish what they mean."""
    facts = Facts()
    latest = latest_receipts(Receipt(update.carrier_sid, update.status, update.error_code) for update in updates)
    known = await rows.lock_known(session, list(latest))
    tokens = {update.token: update.carrier_sid for update in updates if update.token and update.carrier_sid not in known}
    if tokens:
        known |= await _resolve_by_token(session, tokens, facts)
    await advance_deliveries(session, [receipt for sid, receipt in latest.items() if sid in known], facts)
    if strays := [receipt for sid, receipt in sorted(latest.items()) if sid not in known]:
        await rows.keep_strays(session, strays)
    for update in updates:
        RECEIPTS.labels(update.status).inc()
    await facts.publish(session)
    return [None] * len(updates)


async def record_sent(session: AsyncSession, attempts: Sequence[SentAttempt], facts: Facts) -> None:
    """Settle attempts that the carrier accepted, also those that were already given up, with their kept receipts."""
    sent = await outcomes.mark_sent(session, attempts)
    facts.settled += sent.values()
    if missed := [attempt for attempt in attempts if attempt.token not in sent]:
        await _accept_late(session, missed, facts)
    if strays := await rows.take_strays(session, [attempt.carrier_sid for attempt in attempts]):
        await advance_deliveries(session, list(latest_receipts(strays).values()), facts)


async def sweep_strays(session: AsyncSession) -> None:
    """Apply kept receipts whose text became known at the same moment as they were kept; drop the very old."""
    facts = Facts()
    if strays := await rows.take_known_strays(session):
        await advance_deliveries(session, list(latest_receipts(strays).values()), facts)
    await rows.forget_strays(session, KEEP_STRAYS_DAYS)
    await facts.publish(session)


async def advance_deliveries(session: AsyncSession, receipts: Sequence[Receipt], facts: Facts) -> None:
    """Move deliveries forwards and act on those that failed. The texts must be locked or just settled here."""
    if not receipts:
        return
    moved = await rows.advance(session, [_explained(receipt) for receipt in receipts])
    facts.moved += [text.outcome.conversation_id for text in moved]
    failed = [text for text in moved if text.status in UNDELIVERED]
    if failed:
        await _act_on_failures(session, failed, facts)


async def suppress_refused(session: AsyncSession, refused: Iterable[tuple[str, int, int]], facts: Facts) -> None:
    """Suppress the numbers of `(number, error code, message id)` where the code says that they opted out or can't
    receive texts at all."""
    new = []
    for phone, code, message_id in refused:
        source = f"carrier {code}"
        if classify(code) is ErrorClass.OPT_OUT:
            new.append(NewSuppression(phone, SuppressionReason.CARRIER, source, message_id=message_id))
        elif code in CANNOT_RECEIVE_TEXTS:
            new.append(NewSuppression(phone, SuppressionReason.INVALID, source, message_id=message_id))
    await add_suppressions(session, new, facts)


async def disable_senders(session: AsyncSession, reasons: dict[int, str]) -> None:
    """Take senders out of use that the carrier refuses; a person enables them again."""
    disabled = await outcomes.disable_senders(session, sorted(reasons.items()))
    for sender_id in disabled:
        log.error("sender_disabled", sender_id=sender_id, reason=reasons[sender_id])
    if disabled:
        await publish(session, SendersChanged(disabled))
        await tell_disabled(session, {sender_id: reasons[sender_id] for sender_id in disabled})


async def _act_on_failures(session: AsyncSession, failed: Sequence[Advanced], facts: Facts) -> None:
    codes = [(text, text.outcome.error_code) for text in failed]
    senders = {
        text.sender_id: explain(code) for text, code in codes if code and text.sender_id and classify(code) is ErrorClass.SENDER
    }
    if senders:
        await disable_senders(session, senders)
    await suppress_refused(session, [(text.phone, code, text.outcome.message_id) for text, code in codes if code], facts)
    facts.undelivered += [_undelivered(text.outcome) for text in failed]


async def _resolve_by_token(session: AsyncSession, tokens: dict[str, str], facts: Facts) -> set[str]:
    """Settle attempts whose callback came before anything else; returns the sids that are known now."""
    message_ids = await rows.lock_attempts(session, list(tokens))
    attempts = [
        SentAttempt(token, tokens[token], DeliveryStatus.ACCEPTED, message_id) for token, message_id in message_ids.items()
    ]
    if not attempts:
        return set()
    await record_sent(session, attempts, facts)
    return await rows.lock_known(session, list(tokens.values()))


async def _accept_late(session: AsyncSession, missed: Sequence[SentAttempt], facts: Facts) -> None:
    """Attempts that are no longer open: settled before by their callback, or given up as not accepted.

    A text that was given up and has not left again counts as sent now. One that was posted again exists twice at the
    carrier: the settle time was shorter than what really happened, and nothing can undo it.
    """
    given_up = await outcomes.lock_released(session, [attempt.token for attempt in missed])
    adopted = await outcomes.adopt(session, [attempt for attempt in missed if attempt.token in given_up]) if given_up else {}
    facts.settled += adopted.values()
    others = [attempt for attempt in missed if attempt.token not in adopted]
    for message_id in await outcomes.note_duplicates(session, others):
        SENDS.labels("duplicate").inc()
        log.error("text_created_twice", message_id=message_id, remedy="Raise OUTRIDER_SETTLE_SECONDS.")


def read_receipt(text: CarrierMessage) -> Receipt | None:
    """What the carrier's list says about a text; None for a word that is no delivery status."""
    status = DELIVERY_WORDS.get(text.status)
    return Receipt(text.carrier_sid, status, text.error_code) if status else None


def latest_receipts(receipts: Iterable[Receipt]) -> dict[str, Receipt]:
    """The furthest receipt of each sid; of several ends the first."""
    latest: dict[str, Receipt] = {}
    for receipt in receipts:
        known = latest.get(receipt.carrier_sid)
        if known is None or receipt.status.rank > known.status.rank:
            latest[receipt.carrier_sid] = receipt
    return latest


def _explained(receipt: Receipt) -> Receipt:
    if receipt.error_code is None:
        return receipt
    return Receipt(receipt.carrier_sid, receipt.status, receipt.error_code, explain(receipt.error_code))


def _undelivered(outcome: TextOutcome) -> TextOutcome:
    return replace(outcome, reason=str(classify(outcome.error_code)))
