"""Random histories of an installation, step by step, against a model of a few lines.

The carrier counts; the model knows only what people said and what was asked for. After every step the promises must
hold, and at the end of every history everything must come to rest.

`OUTRIDER_STATE_MACHINE=nightly` runs many long histories.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from outrider.channels.base import DeliveryStatus, StatusUpdate
from outrider.config import Settings, get_settings
from outrider.conversations.claims import ClaimedText, elapsed
from outrider.conversations.models import Purpose
from outrider.conversations.recording import Posted
from outrider.db.engine import Database
from outrider.errors import Conflict
from tests.integration.state_machine.carrier import Created, Fate
from tests.integration.state_machine.installation import LEASE, OUR_NUMBER, SETTLE, TIMEOUT, Installation

USUAL, NIGHTLY = (80, 25), (1_000, 50)
"""Histories and steps of each."""
PEOPLE = [(f"Lead {number}", f"+1312555{number:04}") for number in range(8)]
STOPS = ("STOP", "unsubscribe", "please stop texting me", "Remove my number", "no me escriban más", "lose my number")
ORDINARY = ("What does it cost?", "Who is this?", "ok", "Call me on Tuesday at 10", "👍")
PROGRESS = {
    DeliveryStatus.QUEUED: (DeliveryStatus.SENDING, DeliveryStatus.SENT),
    DeliveryStatus.SENDING: (DeliveryStatus.SENT,),
    DeliveryStatus.SENT: (DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED),
}
"""How the carrier's own status may move on."""
PASSING = (1, 30, 90, 200, 700)
"""Seconds that go by at once."""
REST_ROUNDS = 60
OPEN = ("queued", "held", "sending", "unknown")

Result = TypeVar("Result")


@dataclass(slots=True)
class InHand:
    """A claimed text in the memory of a worker, and what came of its POST."""

    text: ClaimedText
    aged: float = 0.0
    """Seconds that went by since the claim other than by the clock."""
    posted: Posted | None = None


class Histories(RuleBasedStateMachine):
    """One installation under random rules; the test gives it `installation` and `runner`."""

    installation: Installation
    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.phones: dict[int, str] = {}
        """Leads, with their numbers."""
        self.audiences: dict[int, int] = {}
        """Campaigns, with the number of their leads."""
        self.in_hand: list[InHand] = []
        self.unheard: list[Created] = []
        """Texts of people that are at the carrier only."""
        self.said_stop: set[str] = set()
        """Who asked us to stop in a text that reached us, and did not take it back."""
        self.furthest: dict[str, DeliveryStatus] = {}
        """The delivery status that we last showed, by sid."""

    def do(self, step: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(step)

    def rows(self, query: str, *values: Any) -> list[asyncpg.Record]:
        return self.do(self.installation.rows(query, *values))

    # What happens

    @initialize(count=st.integers(2, 5), budget=st.sampled_from([None, "0.02", "10"]))
    def begin(self, count: int, budget: str | None) -> None:
        self.do(self.installation.reset())
        self.import_leads(count)
        self.start_campaign(budget)

    @rule(count=st.integers(1, len(PEOPLE)))
    def import_leads(self, count: int) -> None:
        added = self.do(self.installation.add_leads(PEOPLE[:count]))
        self.phones |= dict(zip(added, [phone for _, phone in PEOPLE[count - len(added) : count]], strict=True))

    @precondition(lambda self: len(self.audiences) < 3)
    @rule(budget=st.sampled_from([None, "0.02", "10"]))
    def start_campaign(self, budget: str | None) -> None:
        name = f"Campaign {len(self.audiences)}"
        try:
            number = self.do(self.installation.start_campaign(name, list(self.phones), budget))
        except Conflict:
            return  # nobody is left who may be texted
        self.audiences[number] = len(self.phones)

    @rule(action=st.sampled_from(["pause", "resume", "cancel", "retry"]), data=st.data())
    def control(self, action: str, data: st.DataObject) -> None:
        if not self.audiences:
            return
        try:
            self.do(self.installation.control(action, data.draw(st.sampled_from(sorted(self.audiences)))))
        except Conflict:
            return  # not possible in its present state: that is an answer, too

    @rule(delivered_again=st.booleans(), jobs=st.integers(1, 4))
    def work_jobs(self, delivered_again: bool, jobs: int) -> None:
        for _ in range(jobs):
            if not self.do(self.installation.work_job(delivered_again=delivered_again)):
                return

    @rule()
    def claim(self) -> None:
        paused = {row["id"] for row in self.rows("SELECT id FROM campaigns WHERE status IN ('paused', 'cancelled')")}
        for text in self.do(self.installation.claim()):
            due = text.due
            if due.purpose != Purpose.COMPLIANCE:
                assert due.phone not in self.said_stop, "a text was claimed for somebody who had said stop"
            assert due.purpose != Purpose.CAMPAIGN or due.campaign_id not in paused, "a text of a paused campaign was claimed"
            self.in_hand.append(InHand(text))

    @precondition(lambda self: any(one.posted is None for one in self.in_hand))
    @rule(fate=st.sampled_from(Fate), data=st.data())
    def post(self, fate: Fate, data: st.DataObject) -> None:
        """A worker posts one of its texts, unless its lease has become too short."""
        one = data.draw(st.sampled_from([one for one in self.in_hand if one.posted is None]), label="text")
        if elapsed() + one.aged >= one.text.post_before:
            self.do(self.installation.give_back(one.text))
            self.in_hand.remove(one)
            return
        self.installation.carrier.next_fate = fate
        one.posted = self.do(self.installation.post(one.text))

    @precondition(lambda self: any(one.posted for one in self.in_hand))
    @rule(data=st.data())
    def record(self, data: st.DataObject) -> None:
        """A worker writes down what came of a POST, maybe long after."""
        one = data.draw(st.sampled_from([one for one in self.in_hand if one.posted]), label="attempt")
        assert one.posted is not None
        self.do(self.installation.record(one.posted))
        self.in_hand.remove(one)

    @precondition(lambda self: self.in_hand)
    @rule()
    def crash(self) -> None:
        """The worker dies: what it held in memory is gone, also the results of POSTs."""
        self.in_hand.clear()

    @rule(seconds=st.sampled_from(PASSING))
    def wait(self, seconds: int) -> None:
        self.do(self.installation.advance(timedelta(seconds=seconds)))
        for one in self.in_hand:
            one.aged += seconds

    @rule(answers=st.booleans())
    def reconcile(self, answers: bool) -> None:
        self.installation.carrier.answers_lists = answers
        self.do(self.installation.reconcile())
        self.installation.carrier.answers_lists = True

    @precondition(lambda self: self.installation.carrier.outgoing)
    @rule(data=st.data(), copies=st.integers(1, 3), is_reported=st.booleans())
    def progress(self, data: st.DataObject, copies: int, is_reported: bool) -> None:
        """A text moves on at the carrier, and one of its reports, new or old, may reach us more than once."""
        text = data.draw(st.sampled_from(self.installation.carrier.outgoing), label="text")
        if following := PROGRESS.get(text.status):
            text.status = data.draw(st.sampled_from(following), label="status")
            text.reported.append(text.status)
        if is_reported:
            status = data.draw(st.sampled_from(text.reported), label="report")
            code = 30003 if status is DeliveryStatus.UNDELIVERED else None
            self.do(self.installation.report([StatusUpdate(text.sid, status, code, text.token)] * copies))

    @precondition(lambda self: self.phones)
    @rule(body=st.sampled_from([*ORDINARY, *STOPS, "START"]), data=st.data(), arrives=st.booleans(), copies=st.integers(1, 2))
    def person_writes(self, body: str, data: st.DataObject, arrives: bool, copies: int) -> None:
        phone = data.draw(st.sampled_from(sorted(self.phones.values())), label="phone")
        text = self.installation.carrier.receive(phone, OUR_NUMBER, body)
        if not arrives:
            self.unheard.append(text)
            return
        for _ in range(copies):
            self.do(self.installation.hear(text))
        self._heard(text)

    @rule()
    def pull(self) -> None:
        """What the webhooks did not bring, as soon as the carrier's list shows it."""
        self.do(self.installation.pull())
        known = {row["carrier_sid"] for row in self.rows("SELECT carrier_sid FROM messages WHERE direction = 'in'")}
        for text in [text for text in self.unheard if text.sid in known]:
            self.unheard.remove(text)
            self._heard(text)

    def _heard(self, text: Created) -> None:
        if text.body in STOPS:
            self.said_stop.add(text.from_)
        elif text.body == "START":
            self.said_stop.discard(text.from_)

    # What must hold

    @invariant()
    def each_text_is_created_once(self) -> None:
        created = Counter((text.to, text.body) for text in self.installation.carrier.outgoing)
        meant = Counter((row["phone"], row["body"]) for row in self._outgoing())
        too_often = {text: count for text, count in created.items() if count > meant[text]}
        assert not too_often, f"created more often than meant: {too_often}"
        tokens = Counter(text.token for text in self.installation.carrier.outgoing)
        assert not tokens or max(tokens.values()) == 1, "one attempt was posted twice"

    @invariant()
    def who_says_stop_is_suppressed(self) -> None:
        suppressed = {row["phone"] for row in self.rows("SELECT phone FROM suppressions WHERE lifted_at IS NULL")}
        assert self.said_stop <= suppressed
        waiting = [row for row in self._outgoing() if row["state"] in ("queued", "held") and row["purpose"] != "compliance"]
        assert not [row for row in waiting if row["phone"] in self.said_stop], "a text still waits for somebody who said stop"

    @invariant()
    def states_add_up(self) -> None:
        leads = self.rows("SELECT id, campaign_id, status FROM campaign_leads")
        assert (
            dict(Counter(row["campaign_id"] for row in leads))
            == {number: count for number, count in self.audiences.items() if count}
            or self._is_unlaunched()
        )
        sent, open_ = (
            {row["campaign_lead_id"] for row in self._outgoing() if row["state"] in states} - {None}
            for states in (("sent",), OPEN)
        )
        for row in leads:
            match row["status"]:
                case "completed":
                    assert row["id"] in sent, f"campaign lead {row['id']} is completed and nothing was sent"
                case "waiting":
                    assert row["id"] in open_, f"campaign lead {row['id']} waits for nothing"
                case "pending" | "failed" | "skipped":
                    assert row["id"] not in sent, f"campaign lead {row['id']} is {row['status']} although its text was sent"

    def _is_unlaunched(self) -> bool:
        return bool(self.rows("SELECT 1 FROM campaigns WHERE launched_at IS NULL"))

    @invariant()
    def a_completed_campaign_has_no_open_lead(self) -> None:
        open_ = self.rows(
            """SELECT c.id FROM campaigns AS c JOIN campaign_leads AS cl ON cl.campaign_id = c.id
               WHERE c.status = 'completed' AND cl.status IN ('pending', 'processing', 'waiting')"""
        )
        assert not open_

    @invariant()
    def budgets_hold(self) -> None:
        campaigns = self.rows(
            """SELECT c.id, c.budget, c.spent, coalesce(sum(m.estimated_cost) FILTER (
                   WHERE m.admitted AND m.purpose <> 'compliance' AND m.state NOT IN ('failed', 'cancelled')), 0) AS reserved
               FROM campaigns AS c LEFT JOIN messages AS m ON m.campaign_id = c.id
               WHERE c.budget IS NOT NULL GROUP BY c.id"""
        )
        for row in campaigns:
            assert row["spent"] == row["reserved"], f"campaign {row['id']}: {row['spent']} spent, {row['reserved']} in the rows"
            assert row["spent"] <= row["budget"]

    @invariant()
    def deliveries_never_go_back(self) -> None:
        for row in self._outgoing():
            if row["carrier_sid"] is None or row["delivery_status"] is None:
                continue
            status = DeliveryStatus(row["delivery_status"])
            before = self.furthest.get(row["carrier_sid"], status)
            assert status == before or status.rank > before.rank, f"{before} became {status}"
            self.furthest[row["carrier_sid"]] = status

    @invariant()
    def inbound_texts_are_kept_once(self) -> None:
        ours = Counter(row["carrier_sid"] for row in self.rows("SELECT carrier_sid FROM messages WHERE direction = 'in'"))
        theirs = {text.sid for text in self.installation.carrier.incoming}
        assert ours.keys() == theirs - {text.sid for text in self.unheard}
        assert not ours or max(ours.values()) == 1

    def _outgoing(self) -> list[asyncpg.Record]:
        return self.rows(
            """SELECT phone, body, state, purpose, campaign_lead_id, carrier_sid, delivery_status
               FROM messages WHERE direction = 'out'"""
        )

    # How it ends

    def teardown(self) -> None:
        """With a carrier that works and time going by, everything comes to an end and is what the carrier has."""
        if not self.audiences:
            return
        self.in_hand.clear()
        for number in self.audiences:
            self.control_quietly("resume", number)
        for _ in range(REST_ROUNDS):
            if self._round():
                break
        self._assert_rest()

    def control_quietly(self, action: str, number: int) -> None:
        try:
            self.do(self.installation.control(action, number))
        except Conflict:
            return  # it was not paused

    def _round(self) -> bool:
        """Everybody does their work once; true if there was none."""
        installation = self.installation
        worked = False
        while self.do(installation.work_job(delivered_again=False)):
            worked = True
        installation.carrier.next_fate = Fate.ACCEPTED
        for text in self.do(installation.claim()):
            worked = True
            self.do(installation.record(self.do(installation.post(text))))
        self.do(installation.reconcile())
        self.pull()
        self.do(installation.complete_campaigns())
        self.do(installation.advance(SETTLE + timedelta(minutes=1)))
        return not worked and not [row for row in self._outgoing() if row["state"] in OPEN] and not self.unheard

    def _assert_rest(self) -> None:
        for check in (
            self.each_text_is_created_once,
            self.states_add_up,
            self.budgets_hold,
            self.who_says_stop_is_suppressed,
            self.inbound_texts_are_kept_once,
        ):
            check()
        assert not self.unheard, "a text of a person never reached us"
        assert not [row for row in self._outgoing() if row["state"] in OPEN], "a text is still open"
        ended = self.rows("SELECT id, status FROM campaigns WHERE status NOT IN ('completed', 'cancelled')")
        assert not ended, f"campaigns without an end: {[dict(row) for row in ended]}"
        known = {row["carrier_sid"] for row in self._outgoing() if row["state"] == "sent"}
        assert known == {text.sid for text in self.installation.carrier.outgoing}, "the carrier has other texts than we call sent"


async def _open(postgres: str, folder: Path) -> tuple[Database, Installation]:
    """A migrated database that all histories use in turn, and the installation over it."""
    server = await asyncpg.connect(postgres)
    try:
        await server.execute("CREATE DATABASE histories TEMPLATE outrider_template STRATEGY FILE_COPY")
    finally:
        await server.close()
    database = Database(postgres.replace("/postgres?", "/histories?"), pool_size=5)
    installation_settings = Settings(
        home=folder,
        _env_file=None,
        quiet_hours="off",
        reply_delay_seconds=0,
        carrier_timeout=TIMEOUT.total_seconds(),
        send_lease_seconds=LEASE.total_seconds(),
        settle_seconds=SETTLE.total_seconds(),
        chunk_size=3,
    )
    return database, Installation(database, installation_settings)


def test_promises_hold_in_random_histories(postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OUTRIDER_QUIET_HOURS", "off")
    monkeypatch.setenv("OUTRIDER_REPLY_DELAY_SECONDS", "0")
    get_settings.cache_clear()
    histories, steps = NIGHTLY if os.environ.get("OUTRIDER_STATE_MACHINE") == "nightly" else USUAL
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        Histories.runner = runner
        database, Histories.installation = runner.run(_open(postgres, tmp_path))
        try:
            run_state_machine_as_test(
                Histories,
                settings=settings(
                    max_examples=histories,
                    stateful_step_count=steps,
                    deadline=None,
                    derandomize=not os.environ.get("OUTRIDER_STATE_MACHINE"),
                    suppress_health_check=list(HealthCheck),
                    phases=[Phase.generate],
                ),
            )
        finally:
            runner.run(database.aclose())
            get_settings.cache_clear()
