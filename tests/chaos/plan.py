"""What one chaos run does to the installation, and the settings that fit it."""

from __future__ import annotations

from dataclasses import dataclass

CARRIER_TIMEOUT = 2.0
LIST_LAG = 6.0
PAUSE = 6.0
"""How long a stopped worker sleeps."""
MARGIN = 2.0
LEASE = 10.0
SETTLE = PAUSE + CARRIER_TIMEOUT + LIST_LAG + MARGIN
"""The inequality that the guarantee rests on: longest pause + time-out + the carrier's list lag."""
FAULT_SHARE = 0.05
FAULTS = {
    "429": FAULT_SHARE,
    "500_before_accept": FAULT_SHARE,
    "reset_before_accept": FAULT_SHARE,
    "500_after_accept": FAULT_SHARE,
    "timeout_after_accept": FAULT_SHARE,
    "reset_after_accept": FAULT_SHARE,
    "timeout_seconds": 3 * CARRIER_TIMEOUT,
    "list_lag_seconds": LIST_LAG,
    "list_fails": 0.10,
    "callback_shuffle": 3.0,
}
CALM = dict.fromkeys(FAULTS, 0.0) | {"list_lag_seconds": LIST_LAG}
"""After the campaign's texts have left: the conversations may come to their end."""
CALLBACK_COPIES = 10
OUTAGE_SECONDS = 20.0
LIVELY = 2.0
"""How much faster texts may leave than they have to."""


@dataclass(frozen=True, slots=True)
class Plan:
    leads: int = 4_000
    suppressed: int = 40
    """Of them, whose number must not be contacted from the start."""
    kills: int = 30
    stops: int = 5
    postgres_restarts: int = 3
    outage: float = OUTAGE_SECONDS
    """Seconds without an API; 0 means none."""
    seconds: float = 150.0
    """Over which the texts leave and the blows fall; then everything may settle."""
    settle_limit: float = 300.0
    """Seconds after the last blow until everything must have come to rest."""
    talkative: float = 1.0
    """Share of the people with something to say who say it."""
    workers: int = 2
    seed: int = 1

    @property
    def segments_per_second(self) -> float:
        """Of all senders together. Workers are down for a good part of the time; the texts shall last as long as the blows."""
        return LIVELY * self.leads / self.seconds

    def environment(self) -> dict[str, str]:
        return {
            "OUTRIDER_SEND_LEASE_SECONDS": str(LEASE),
            "OUTRIDER_SETTLE_SECONDS": str(SETTLE),
            "OUTRIDER_CARRIER_TIMEOUT": str(CARRIER_TIMEOUT),
            "OUTRIDER_POLL_INBOUND_SECONDS": "5",
            "OUTRIDER_RECEIPT_OVERDUE_SECONDS": "15",
            "OUTRIDER_WORKER_HEARTBEAT_SECONDS": "1",
            "OUTRIDER_LOG_LEVEL": "INFO",
            "OUTRIDER_LOG_FORMAT": "json",
        }


SMOKE = Plan(leads=150, suppressed=5, kills=3, stops=1, postgres_restarts=1, outage=4.0, seconds=15.0, settle_limit=60.0, talkative=0.4)
