"""What one chaos run does to the installation, and the settings that fit it."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS = ("429", "500_before_accept", "reset_before_accept", "500_after_accept", "timeout_after_accept", "reset_after_accept")
"""Of a create; each befalls `fault_share` of them."""
MARGIN = 2.0
STORM_COPIES, USUAL_COPIES = 10, 2
"""How often each status callback is delivered, in the first part of the campaign and after it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Blows fall at shares of the campaign's progress, so that a slow machine meets as many as a fast one."""

    leads: int = 4_000
    suppressed: int = 40
    """Of them, whose number must not be contacted from the start."""
    kills: int = 30
    stops: int = 5
    postgres_restarts: int = 3
    outage: float = 20.0
    """Seconds without an API; 0 means none."""
    pace: float = 40.0
    """Texts that may leave per second: a campaign that is over at once meets no blow."""
    limit: float = 900.0
    """Seconds until everything must have come to rest."""
    fault_share: float = 0.05
    list_lag: float = 6.0
    list_fails: float = 0.10
    pause: float = 6.0
    """How long a stopped worker sleeps."""
    carrier_timeout: float = 2.0
    talkative: float = 0.3
    """Share of the people with something to say who say it."""
    workers: int = 2
    seed: int = 1

    @property
    def settle(self) -> float:
        """The inequality that the guarantee rests on: longest pause + time-out + the carrier's list lag."""
        return self.pause + self.carrier_timeout + self.list_lag + MARGIN

    @property
    def faults(self) -> dict[str, float]:
        return dict.fromkeys(FAULTS, self.fault_share) | {
            "timeout_seconds": 3 * self.carrier_timeout,
            "list_lag_seconds": self.list_lag,
            "list_fails": self.list_fails,
            "callback_shuffle": 3.0,
            "callback_duplicates": STORM_COPIES,
        }

    @property
    def calm(self) -> dict[str, float]:
        """After the campaign's texts have left: the conversations may come to their end."""
        return dict.fromkeys(self.faults, 0.0) | {"list_lag_seconds": self.list_lag}

    def environment(self) -> dict[str, str]:
        return {
            "OUTRIDER_SEND_LEASE_SECONDS": str(5 * self.carrier_timeout),
            "OUTRIDER_SETTLE_SECONDS": str(self.settle),
            "OUTRIDER_CARRIER_TIMEOUT": str(self.carrier_timeout),
            "OUTRIDER_POLL_INBOUND_SECONDS": "5",
            "OUTRIDER_RECEIPT_OVERDUE_SECONDS": "15",
            "OUTRIDER_WORKER_HEARTBEAT_SECONDS": "1",
            "OUTRIDER_LOG_LEVEL": "INFO",
            "OUTRIDER_LOG_FORMAT": "json",
        }


SMOKE = Plan(
    leads=150,
    suppressed=5,
    kills=3,
    stops=1,
    postgres_restarts=1,
    outage=4.0,
    pace=20.0,
    limit=120.0,
    list_lag=2.0,
    pause=3.0,
    carrier_timeout=1.0,
)
