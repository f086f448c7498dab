"""The verdict: the carrier's own record against our rows. What counts is what the carrier has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.chaos.record import CarrierRecord, Json

EVIDENCE = 3
"""Examples shown with a check that fails."""
OPEN_STATES = ("queued", "held", "sending")
SETTLED = ("completed", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: how many things break it, or how many there are against how many there should be."""

    name: str
    found: int
    expected: int = 0
    evidence: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        return self.found == self.expected


@dataclass(frozen=True, slots=True)
class Books:
    """Our rows."""

    texts: list[Json]
    """Everything we wanted to send."""
    inbound: list[Json]
    campaign_leads: list[Json]
    suppressions: list[Json]
    failed_jobs: list[Json]
    campaign_status: str


async def read_books(sql: asyncpg.Connection, campaign_id: int) -> Books:
    async def rows(query: str, *values: Any) -> list[Json]:
        return [dict(row) for row in await sql.fetch(query, *values)]

    return Books(
        texts=await rows("SELECT * FROM messages WHERE direction = 'out' ORDER BY id"),
        inbound=await rows("SELECT * FROM messages WHERE direction = 'in' ORDER BY id"),
        campaign_leads=await rows(
            "SELECT c.*, l.phone FROM campaign_leads AS c JOIN leads AS l ON l.id = c.lead_id WHERE c.campaign_id = $1",
            campaign_id,
        ),
        suppressions=await rows("SELECT * FROM suppressions WHERE lifted_at IS NULL"),
        failed_jobs=await rows("SELECT id, entrypoint FROM pgqueuer WHERE status = 'failed'"),
        campaign_status=await sql.fetchval("SELECT status FROM campaigns WHERE id = $1", campaign_id),
    )


def audit(record: CarrierRecord, books: Books, leads: int) -> list[Check]:
    """Every promise, counted."""
    return [
        *_campaign_texts(record, books),
        *_every_intent(record, books),
        *_states(books, leads),
        *_inbound(record, books),
        *_opt_outs(record, books),
        *_deliveries(record, books),
        _check("jobs given up", books.failed_jobs, lambda job: f"{job['entrypoint']} {job['id']}"),
        Check("faults of the simulator itself", record.counters["internal_errors"]),
    ]


def _campaign_texts(record: CarrierRecord, books: Books) -> Iterable[Check]:
    """By recipient and body at the carrier: our ids play no part."""
    bodies: defaultdict[str, set[str]] = defaultdict(set)
    for text in books.texts:
        if text["purpose"] == "campaign":
            bodies[text["phone"]].add(text["body"])
    creates = {phone: sum(record.creates[phone, body] for body in of_phone) for phone, of_phone in bodies.items()}
    due = [one for one in books.campaign_leads if one["status"] != "skipped"]
    yield _check("leads texted twice", [one for one in due if creates.get(one["phone"], 0) > 1])
    yield _check("leads never texted", [one for one in due if creates.get(one["phone"], 0) == 0])
    yield _check("leads failed", [one for one in due if one["status"] == "failed"])
    skipped = [one for one in books.campaign_leads if one["status"] == "skipped"]
    yield _check("skipped leads texted", [one for one in skipped if creates.get(one["phone"], 0)])


def _every_intent(record: CarrierRecord, books: Books) -> Iterable[Check]:
    """Replies and confirmations too: the carrier has no text more often than we meant it."""
    meant = Counter((text["phone"], text["body"]) for text in books.texts)
    too_often = [text for text, count in record.creates.items() if count > meant[text]]
    yield _check("texts created more often than meant", too_often, lambda text: f"{text[0]} {text[1][:60]!r}")
    sids = {message["sid"] for message in record.created}
    known = {text["carrier_sid"] for text in books.texts if text["state"] == "sent"}
    yield _check("creates that we do not know of", sorted(sids - known), str)
    yield _check("texts that we call sent and the carrier does not know", sorted(known - sids), str)


def _states(books: Books, leads: int) -> Iterable[Check]:
    by_status = Counter(one["status"] for one in books.campaign_leads)
    yield Check("campaign leads", sum(by_status.values()), leads)
    yield _check("campaign leads without an end", [one for one in books.campaign_leads if one["status"] not in SETTLED])
    yield Check("campaign completed", int(books.campaign_status == "completed"), 1, (books.campaign_status,))
    yield _check("texts still open", [text for text in books.texts if text["state"] in OPEN_STATES], _describe)
    yield _check("texts left unknown", [text for text in books.texts if text["state"] == "unknown"], _describe)
    sent = {text["campaign_lead_id"] for text in books.texts if text["purpose"] == "campaign" and text["state"] == "sent"}
    completed = {one["id"] for one in books.campaign_leads if one["status"] == "completed"}
    yield Check("leads completed without a sent text, or the other way round", len(sent ^ completed))


def _inbound(record: CarrierRecord, books: Books) -> Iterable[Check]:
    ours = Counter(message["carrier_sid"] for message in books.inbound)
    theirs = {message["sid"] for message in record.received}
    yield _check("inbound texts lost", sorted(theirs - ours.keys()), str)
    yield _check("inbound texts kept twice", [sid for sid, count in ours.items() if count > 1], str)
    yield _check("inbound texts invented", sorted(ours.keys() - theirs), str)


def _opt_outs(record: CarrierRecord, books: Books) -> Iterable[Check]:
    suppressed = {row["phone"]: row["created_at"].timestamp() for row in books.suppressions}
    missing = [wish for wish in record.wishes if wish["number"] not in suppressed]
    yield _check("opt-outs without a suppression", missing, lambda wish: f"{wish['number']}: {wish['thread'][-1]['body']!r}")
    attempted = {text["carrier_sid"]: text["attempted_at"].timestamp() for text in books.texts if text["attempted_at"]}
    compliance = {text["carrier_sid"] for text in books.texts if text["purpose"] == "compliance"}
    late = [
        message
        for phone, since in suppressed.items()
        for message in record.by_phone[phone]
        if message["created"] > since and message["sid"] not in compliance
    ]
    # A text that we do not know of has no beginning with us; it counts by its creation.
    begun_after = [m for m in late if attempted.get(m["sid"], m["created"]) > suppressed[m["to"]]]
    yield _check("texts begun after an opt-out", begun_after, lambda message: f"{message['to']} {message['body'][:60]!r}")
    # A POST that was under way when the opt-out came can't be called back; it is shown, and judged by its beginning.
    in_flight = len(late) - len(begun_after)
    yield Check("texts in flight during an opt-out (shown only)", in_flight, in_flight)


def _deliveries(record: CarrierRecord, books: Books) -> Iterable[Check]:
    ours = {text["carrier_sid"]: text["delivery_status"] for text in books.texts if text["carrier_sid"]}
    different = [message for message in record.created if ours.get(message["sid"]) != message["status"]]
    yield _check(
        "delivery states that differ from the carrier's",
        different,
        lambda message: f"{message['sid']}: {message['status']} there, {ours.get(message['sid'])} here",
    )


def _lead(one: Json) -> str:
    return f"campaign lead {one['id']} {one['phone']}: {one['status']} {one['error_message'] or one['skip_reason'] or ''}"


def _describe(text: Json) -> str:
    return f"message {text['id']}: {text['state']} {text['hold_reason'] or ''} {text['error_message'] or ''}"


def _check(name: str, breaking: Sequence[Any], describe: Any = _lead) -> Check:
    return Check(name, len(breaking), 0, tuple(describe(one) for one in breaking[:EVIDENCE]))
