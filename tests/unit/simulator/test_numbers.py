from __future__ import annotations

import pytest

from simulator.errors import BadControl
from simulator.numbers import MessagingService, PhoneNumber, Senders, TokenBucket, normalize, place_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+12125550100", "+12125550100"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("2125550100", None),
        ("+1212555010", None),
        ("+10125550100", None),
        ("+121255501000", None),
        ("+0123456789", None),
        ("+1234567890123456", None),
        ("whatsapp:+12125550100", None),
        ("", None),
    ],
)
def test_numbers_are_read_strictly(text: str, number: str | None) -> None:
    assert normalize(text) == number


def number(rate: float = 2.0) -> PhoneNumber:
    return PhoneNumber("+12025550143", rate, TokenBucket(0))


def test_the_queue_sends_segments_at_the_rate() -> None:
    sender = number(rate=2.0)
    assert [sender.reserve(2, 100.0, 36000) for _ in range(3)] == [0.0, 1.0, 2.0]
    assert sender.backlog(100.0) == 3.0
    assert sender.backlog(104.0) == 0.0
    assert sender.reserve(1, 104.0, 36000) == 0.0


def test_a_message_that_would_expire_takes_no_capacity() -> None:
    sender = number(rate=1.0)
    sender.reserve(10, 0.0, 36000)
    assert sender.reserve(1, 0.0, 9) is None
    assert sender.reserve(1, 0.0, 10) == 10.0


def test_the_queue_is_full_after_ten_hours_of_traffic() -> None:
    sender = number(rate=1.0)
    sender.reserve(36000, 0.0, 36000)
    assert not sender.is_full(0.0)
    sender.reserve(1, 0.0, 36000)
    assert sender.is_full(0.0)
    assert not sender.is_full(2.0)


def test_a_bucket_lets_one_second_through_at_once_and_then_the_rate() -> None:
    bucket = TokenBucket(5)
    assert [bucket.wait_for_token(100.0) for _ in range(5)] == [0.0] * 5
    assert bucket.wait_for_token(100.0) == pytest.approx(0.2)
    assert bucket.wait_for_token(100.2) == 0.0
    assert bucket.wait_for_token(100.2) > 0


def test_a_slow_bucket_still_passes_one() -> None:
    bucket = TokenBucket(0.5)
    assert bucket.wait_for_token(0.0) == 0.0
    assert bucket.wait_for_token(0.0) == pytest.approx(2.0)


def test_no_rate_means_no_limit() -> None:
    assert not any(TokenBucket(0).wait_for_token(1.0) for _ in range(1000))


def test_a_service_spreads_recipients_and_keeps_to_its_choice() -> None:
    service = MessagingService("Sales", 0.0)
    for phone in Senders(rate=1, api_rate=3, sms_url="").numbers.values():
        service.add(phone)
    senders = Senders(rate=1, api_rate=3, sms_url="")
    for text in ("+12025550143", "+13105550186", "+12125550199"):
        service.add(senders.add(text, 0.0))
    people = [f"+1415555{index:04}" for index in range(300)]
    chosen = {person: service.choose(person) for person in people}
    assert all(60 < sum(phone is one for one in chosen.values()) < 140 for phone in service.pool)
    assert service.api.rate == 9
    kept = service.pool[0]
    service.remove(service.pool[2])
    assert all(service.choose(person) is phone for person, phone in chosen.items() if phone is kept)
    assert all(service.choose(person) in service.pool for person in people)


def test_a_number_is_owned_once_and_the_magic_one_at_first_use() -> None:
    senders = Senders(rate=1, api_rate=0, sms_url="http://x.test/")
    assert senders.add("+12025550143", 0.0) is senders.add("+12025550143", 1.0)
    assert senders.owned("+12025550144", 0.0) is None
    assert senders.owned("+15005550006", 0.0) is senders.numbers["+15005550006"]
    with pytest.raises(BadControl):
        senders.add("12025550143", 0.0)


def test_places() -> None:
    assert place_of("+13105550186") == {"City": "LOS ANGELES", "State": "CA", "Zip": "90210", "Country": "US"}
    assert place_of("+33612345678") == {"City": "", "State": "", "Zip": "", "Country": "FR"}
