"""Random histories of an installation, step by step, against a model of a few lines.

The carrier counts; the model knows only what people said and what was asked for. After every step the promises must
hold, and at the end of every history everything must come to rest.

`OUTRIDER_STATE_MACHINE=nightly` runs many long histories.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
import structlog
import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from outrider.channels.base import DeliveryStatus, StatusUpdate
from outrider.config import Settings, get_settings
from outrider.conversations.claims import ClaimedText, elapsed
from outrider.conversations.models import Purpose
from outrider.conversations.recording import Posted
from outrider.db.engine import Database
from outrider.errors import Conflict
from tests.integration.state_machine import promises
from tests.integration.state_machine.carrier import Created, Fate
from tests.integration.state_machine.installation import CHUNK, LEASE, OUR_NUMBER, SETTLE, TIMEOUT, Installation
from tests.integration.state_machine.promises import Snapshot

USUAL, NIGHTLY = (80, 25), (1_000, 50)
"""Histories, and steps of each."""
PEOPLE = [(f"Lead {number}", f"+1312555{number:04}") for number in range(8)]
STOPS = ("STOP", "unsubscribe", "please stop texting me", "Remove my number", "no me escriban más", "lose my number")
ORDINARY = ("What does it cost?", "Who is this?", "ok", "Call me on Tuesday at 10", "👍")
BUDGETS = (None, "0.02", "10")
PROGRESS = {
    DeliveryStatus.QUEUED: (DeliveryStatus.SENDING, DeliveryStatus.SENT),
    DeliveryStatus.SENDING: (DeliveryStatus.SENT,),
    DeliveryStatus.SENT: (DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED),
}
"""How the carrier's own status may move on."""
PASSING = (1, 30, 90, 200, 700)
"""Seconds that go by at once."""
REST_ROUNDS = 40
HOW_FAR = ("claimed", "posted", "recorded", "recorded", "recorded")
"""How far a worker gets with a text before something else happens."""

Result = TypeVar("Result")


@dataclass(slots=True)
class InHand:
    """A claimed text in the memory of a worker, and what came of its POST."""

    text: ClaimedText
    aged: float = 0.0
    """Seconds that went by since the claim other than by the clock."""
    posted: Posted | None = None


class Histories(RuleBasedStateMachine):
    """One installation under random rules; the test gives it the installation, a connection to look with, and a loop."""

    installation: Installation
    looking: asyncpg.Connection
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
        self.heard: set[str] = set()
        """Those that reached us, by sid."""
        self.said_stop: set[str] = set()
        """Who asked us to stop in a text that reached us, and did not take it back."""
        self.furthest: dict[str, DeliveryStatus] = {}
        """The delivery status that we last showed, by sid."""

    def do(self, step: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(step)

    # What happens

    @initialize(count=st.integers(2, 5), budget=st.sampled_from(BUDGETS))
    def begin(self, count: int, budget: str | None) -> None:
        self.do(self.installation.reset())
        self.import_leads(count)
        self.start_campaign(budget)
        self.work_jobs(delivered_again=False, jobs=1 + count // CHUNK)

    @rule(count=st.integers(1, len(PEOPLE)))
    def import_leads(self, count: int) -> None:
        self.phones |= self.do(self.installation.add_leads(PEOPLE[:count]))

    @precondition(lambda self: len(self.audiences) < 3)
    @rule(budget=st.sampled_from(BUDGETS))
    def start_campaign(self, budget: str | None) -> None:
        name = f"Campaign {len(self.audiences)}"
        try:
            number = self.do(self.installation.start_campaign(name, list(self.phones), budget))
        except Conflict:
            return  # nobody is left who may be texted
        self.audiences[number] = len(self.phones)

    @precondition(lambda self: self.audiences)
    @rule(action=st.sampled_from(["pause", "resume", "cancel", "retry"]), data=st.data())
    def control(self, action: str, data: st.DataObject) -> None:
        self._control(action, data.draw(st.sampled_from(sorted(self.audiences)), label="campaign"))

    def _control(self, action: str, number: int) -> None:
        try:
            self.do(self.installation.control(action, number))
        except Conflict:
            return  # not possible in its present state: that is an answer, too

    @rule(delivered_again=st.booleans(), jobs=st.integers(1, 4))
    def work_jobs(self, delivered_again: bool, jobs: int) -> None:
        for _ in range(jobs):
            if not self.do(self.installation.work_job(delivered_again=delivered_again)):
                return

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """A worker claims what may leave, and posts and writes down as far as it gets."""
        for text in self._claim():
            one = InHand(text)
            self.in_hand.append(one)
            how_far = data.draw(st.sampled_from(HOW_FAR), label="how far")
            if how_far != "claimed":
                self._post(one, data.draw(st.sampled_from(Fate), label="fate"))
            if how_far == "recorded" and one.posted:
                self._record(one)

    def _claim(self) -> list[ClaimedText]:
        resting = {row["id"] for row in self._look().campaigns if row["status"] in ("paused", "cancelled")}
        claimed = self.do(self.installation.claim())
        for text in claimed:
            due = text.due
            is_free = due.purpose == Purpose.COMPLIANCE or due.phone not in self.said_stop
            assert is_free, "a text was claimed for somebody who had said stop"
            assert due.purpose != Purpose.CAMPAIGN or due.campaign_id not in resting, "a text of a paused campaign was claimed"
        return claimed

    @precondition(lambda self: self.in_hand)
    @rule(fate=st.sampled_from(Fate), data=st.data())
    def go_on(self, fate: Fate, data: st.DataObject) -> None:
        """A worker takes the next step with a text that it holds, maybe long after the last one."""
        one = data.draw(st.sampled_from(self.in_hand), label="text")
        if one.posted:
            self._record(one)
        else:
            self._post(one, fate)

    def _post(self, one: InHand, fate: Fate) -> None:
        """Post it, unless its lease has become too short."""
        if elapsed() + one.aged >= one.text.post_before:
            self.do(self.installation.give_back(one.text))
            self.in_hand.remove(one)
            return
        self.installation.carrier.next_fate = fate
        one.posted = self.do(self.installation.post(one.text))

    def _record(self, one: InHand) -> None:
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

    @rule(seconds=st.sampled_from((0, *PASSING)), answers=st.booleans())
    def reconcile(self, seconds: int, answers: bool) -> None:
        """Some time later, the carrier is asked about what is unknown."""
        if seconds:
            self.wait(seconds)
        self.installation.carrier.answers_lists = answers
        self.do(self.installation.reconcile())
        self.installation.carrier.answers_lists = True

    @precondition(lambda self: self.installation.carrier.outgoing)
    @rule(data=st.data(), steps=st.integers(0, 3), reports=st.integers(0, 4))
    def progress(self, data: st.DataObject, steps: int, reports: int) -> None:
        """A text moves on at the carrier, and reports of its stages reach us in any order, also more than once."""
        text = data.draw(st.sampled_from(self.installation.carrier.outgoing), label="text")
        for _ in range(steps):
            if following := PROGRESS.get(text.status):
                text.status = data.draw(st.sampled_from(following), label="status")
                text.reported.append(text.status)
        for _ in range(reports):
            status = data.draw(st.sampled_from(text.reported), label="report")
            code = 30003 if status is DeliveryStatus.UNDELIVERED else None
            self.do(self.installation.report([StatusUpdate(text.sid, status, code, text.token)]))
            self.promises_hold()

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
        known = {row["carrier_sid"] for row in self._look().inbound}
        for text in [text for text in self.unheard if text.sid in known]:
            self.unheard.remove(text)
            self._heard(text)

    def _heard(self, text: Created) -> None:
        self.heard.add(text.sid)
        if text.body in STOPS:
            self.said_stop.add(text.from_)
        elif text.body == "START":
            self.said_stop.discard(text.from_)

    # What must hold

    @invariant()
    def promises_hold(self) -> None:
        self._check(self._look())

    def _look(self) -> Snapshot:
        return self.do(promises.read_snapshot(self.looking))

    def _check(self, ours: Snapshot) -> None:
        promises.check_created_once(ours, self.installation.carrier.outgoing)
        promises.check_opt_outs(ours, self.said_stop)
        promises.check_states(ours, self.audiences)
        promises.check_completed_campaigns(ours)
        promises.check_budgets(ours)
        promises.check_deliveries(ours, self.furthest)
        promises.check_inbound(ours, self.heard)

    # How it ends

    def teardown(self) -> None:
        """With a carrier that works, money enough and time going by, everything comes to an end and is what the carrier has."""
        self.in_hand.clear()
        for number in self.audiences:
            self._control("resume", number)
        rounds = 0
        while self._round():
            rounds += 1
            for paused in [row["id"] for row in self._look().campaigns if row["status"] == "paused"]:
                self.do(self.installation.raise_budget(paused))
                self._control("resume", paused)
            assert rounds < REST_ROUNDS, f"no rest: open {self._look().open_texts}, unheard {self.unheard}"
        ours = self._look()
        self._check(ours)
        assert not self.unheard, "a text of a person never reached us"
        ended = {row["status"] for row in ours.campaigns}
        assert ended <= {"completed", "cancelled"}, f"campaigns without an end: {ours.campaigns}"
        known = {row["carrier_sid"] for row in ours.outgoing if row["state"] == "sent"}
        assert known == {text.sid for text in self.installation.carrier.outgoing}, "the carrier has other texts than we call sent"

    def _round(self) -> bool:
        """Everybody does their work once; false if there was none."""
        installation, worked = self.installation, False
        while self.do(installation.work_job(delivered_again=False)):
            worked = True
        installation.carrier.next_fate = Fate.ACCEPTED
        for text in self._claim():
            worked = True
            self.do(installation.record(self.do(installation.post(text))))
        self.do(installation.reconcile())
        self.pull()
        self.do(installation.complete_campaigns())
        self.do(installation.advance(SETTLE + timedelta(minutes=1)))
        return worked or bool(self._look().open_texts or self.unheard)


def test_promises_hold_in_random_histories(postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OUTRIDER_QUIET_HOURS", "off")
    monkeypatch.setenv("OUTRIDER_REPLY_DELAY_SECONDS", "0")
    get_settings.cache_clear()
    is_nightly = os.environ.get("OUTRIDER_STATE_MACHINE") == "nightly"
    histories, steps = NIGHTLY if is_nightly else USUAL
    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, structlog.testing.capture_logs():
        structlog.configure(wrapper_class=quiet)
        Histories.runner = runner
        database = runner.run(_open(postgres))
        Histories.installation = Installation(database, _settings(tmp_path))
        Histories.looking = runner.run(database.connect())
        try:
            run_state_machine_as_test(
                Histories,
                settings=settings(
                    max_examples=histories,
                    stateful_step_count=steps,
                    deadline=None,
                    derandomize=not is_nightly,
                    database=None,
                    print_blob=False,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(Histories.looking.close())
            runner.run(database.aclose())
            get_settings.cache_clear()


async def _open(postgres: str) -> Database:
    """A migrated database that all histories use in turn."""
    server = await asyncpg.connect(postgres)
    try:
        await server.execute("CREATE DATABASE histories TEMPLATE outrider_template STRATEGY FILE_COPY")
    finally:
        await server.close()
    return Database(postgres.replace("/postgres?", "/histories?"), pool_size=10)


def _settings(folder: Path) -> Settings:
    return Settings(
        home=folder,
        _env_file=None,
        quiet_hours="off",
        reply_delay_seconds=0,
        carrier_timeout=TIMEOUT.total_seconds(),
        send_lease_seconds=LEASE.total_seconds(),
        settle_seconds=SETTLE.total_seconds(),
        chunk_size=CHUNK,
    )
