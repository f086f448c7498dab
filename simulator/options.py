"""What a simulator is started with."""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_ACCOUNT_SID = "AC" + "5" * 32
DEFAULT_AUTH_TOKEN = "simulator-token-not-a-secret"  # noqa: S105
DEFAULT_NUMBERS = ("+12025550143", "+13105550186")
DEFAULT_WEBHOOK_URL = "http://127.0.0.1:8000/webhooks/twilio/messages"


@dataclass(frozen=True)
class Options:
    """Settings of one simulator; `reset` returns to the state that they describe."""

    account_sid: str = DEFAULT_ACCOUNT_SID
    auth_token: str = DEFAULT_AUTH_TOKEN
    webhook_url: str = DEFAULT_WEBHOOK_URL
    """Where texts to our numbers are delivered; empty means nowhere."""
    numbers: tuple[str, ...] = DEFAULT_NUMBERS
    rate: float = 300.0
    """Segments per second that one number sends; what is above it waits in the number's queue."""
    api_rate: float = 300.0
    """Creates per second accepted for one number; what is above it is answered with 429. 0 means no limit."""
    api_concurrency: int = 1000
    """API requests of the account in progress at once; what is above it is answered with 429."""
    callback_concurrency: int = 64
    seed: int = 0
    speed: float = 1.0
    """Divides every delay of network and people: 10 means ten times faster than life."""
    faults: dict[str, float] = field(default_factory=dict)
    mix: dict[str, float] = field(default_factory=dict)
    """Shares of personas; empty means the default mix."""
