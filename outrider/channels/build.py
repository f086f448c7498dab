"""The carrier that the settings name."""

from __future__ import annotations

from outrider.channels.base import Carrier
from outrider.channels.twilio import TwilioCarrier
from outrider.config import Settings

_SPARE_CONNECTIONS = 8
"""For reading lists and receipts while every sending slot is busy."""


def build_carrier(settings: Settings) -> Carrier:
    """Twilio, or the simulator through the same adapter when no account is configured.

    Raises:
        ConfigurationError: a credential is missing.
    """
    return TwilioCarrier(
        settings.carrier_account_sid,
        settings.carrier_auth_token,
        base_url=settings.carrier_base_url,
        timeout=settings.carrier_timeout,
        max_connections=settings.send_concurrency + _SPARE_CONNECTIONS,
    )
