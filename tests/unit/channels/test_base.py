"""The order of delivery states, and the errors' promises."""

from __future__ import annotations

from itertools import permutations

import pytest

from outrider.channels.base import CarrierError, CarrierRefused, CarrierUnavailable, DeliveryStatus, ErrorClass
from outrider.errors import ProviderError

S = DeliveryStatus


def settle(updates: tuple[DeliveryStatus, ...]) -> DeliveryStatus:
    status = S.ACCEPTED
    for update in updates:
        status = update if update.rank > status.rank else status
    return status


@pytest.mark.parametrize("end", [S.DELIVERED, S.UNDELIVERED, S.FAILED, S.CANCELED])
def test_in_whatever_order_callbacks_arrive_the_end_stays(end: DeliveryStatus) -> None:
    assert {settle(order) for order in permutations((S.QUEUED, S.SENDING, S.SENT, end))} == {end}


def test_read_follows_delivered_in_either_order() -> None:
    assert {settle((S.DELIVERED, S.READ)), settle((S.READ, S.DELIVERED)), settle((S.SENT, S.READ, S.SENT))} == {S.READ}


def test_the_first_end_stays() -> None:
    assert settle((S.FAILED, S.DELIVERED)) is S.FAILED
    assert settle((S.DELIVERED, S.UNDELIVERED)) is S.DELIVERED


def test_terminal_states() -> None:
    assert {status for status in S if status.is_terminal} == {S.DELIVERED, S.UNDELIVERED, S.FAILED, S.CANCELED, S.READ}


def test_errors_say_whether_to_try_again() -> None:
    unavailable = CarrierUnavailable("down", retry_after=3)
    refused = CarrierRefused("no", code=20003, error_class=ErrorClass.SENDER)
    assert (unavailable.retryable, unavailable.retry_after, refused.retryable) == (True, 3, False)
    assert isinstance(unavailable, CarrierError) and isinstance(refused, ProviderError)
    assert (refused.status, refused.slug, refused.extra) == (502, "carrier-refused", {"code": 20003})
