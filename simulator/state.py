"""Everything the carrier knows: one object per run, thrown away as a whole by a reset."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.counters import Counters
from simulator.faults import Faults
from simulator.messages import MessageLog
from simulator.numbers import Senders
from simulator.options import Options
from simulator.optout import OptOuts
from simulator.personas import Behaviour, People

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Thread:
    """Where one person stands in the conversation with one of our numbers."""

    turns: int = 0
    """Answers given so far."""
    reply_pending: bool = False


@dataclass(slots=True)
class StopWish:
    """Somebody asked us to stop, in whatever words."""

    asked_at: float
    acknowledged_at: float | None = None
    """When the product first answered the webhook of such a text with 2xx."""
    creates_since: int = 0
    """Messages accepted from the API after the acknowledgement."""


class Clock:
    """Timers that die with the run, and the speed at which life goes by."""

    def __init__(self, speed: float, on_defect: Callable[[], None]):
        self._speed = speed
        self._on_defect = on_defect
        self._stopped = False
        self._loop = asyncio.get_running_loop()
        self.pending = 0
        """Timers that have not rung yet."""

    @staticmethod
    def now() -> float:
        """Seconds since the epoch, for dates."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds on the clock that rates and queues are measured with."""
        return self._loop.time()

    def after(self, seconds: float, call: Callable[..., None], *args: Any) -> None:
        """Call after real seconds."""
        self.pending += 1
        self._loop.call_later(seconds, self._ring, call, args)

    def later(self, seconds: float, call: Callable[..., None], *args: Any) -> None:
        """Call after seconds of life, which the speed factor shortens."""
        self.after(seconds / self._speed, call, *args)

    def stop(self) -> None:
        self._stopped = True

    def _ring(self, call: Callable[..., None], args: tuple[Any, ...]) -> None:
        self.pending -= 1
        if self._stopped:
            return
        try:
            call(*args)
        except Exception:
            self._on_defect()
            logger.exception("a step failed inside the simulator")


class State:
    """The carrier's memory. Its parts change it directly; nothing here knows about HTTP."""

    def __init__(self, options: Options):
        self.options = options
        self.started = time.time()
        self.counters = Counters()
        self.clock = Clock(options.speed, self.note_defect)
        self.faults = Faults(options.seed, self.counters.faults, options.faults)
        self.people = People(options.seed, Behaviour().changed({"mix": options.mix} if options.mix else {}))
        self.senders = Senders(rate=options.rate, api_rate=options.api_rate, sms_url=options.webhook_url)
        self.log = MessageLog(self.senders.numbers)
        self.opt_outs = OptOuts()
        self.threads: defaultdict[tuple[str, str], Thread] = defaultdict(Thread)
        self.stop_wishes: dict[str, StopWish] = {}
        for number in options.numbers:
            self.senders.add(number, self.started)

    def note_defect(self) -> None:
        self.counters.internal_errors += 1
