from __future__ import annotations

from simulator.messages import Message, MessageLog, SentFilter

OURS, ANN, BOB = "+12025550143", "+12125550100", "+12125550101"


def outbound(to: str, created: float, sender: str | None = OURS) -> Message:
    return Message("outbound-api", "api", to, sender, "hi", "queued", created, 1)


def inbound(person: str, created: float) -> Message:
    return Message("inbound", "person", OURS, person, "hi", "received", created, 1, sent=created)


def log_of(*messages: Message) -> MessageLog:
    log = MessageLog({OURS})
    for message in messages:
        log.add(message)
    return log


def test_filters_find_both_directions() -> None:
    first, answer, other, late = outbound(ANN, 1), inbound(ANN, 2), outbound(BOB, 3), outbound(ANN, 4, sender=None)
    log = log_of(first, answer, other, late)
    assert list(log.newest_first()) == [late, other, answer, first]
    assert list(log.newest_first(to=ANN)) == [late, first]
    assert list(log.newest_first(sender=ANN)) == [answer]
    assert list(log.newest_first(to=OURS)) == [answer]
    assert list(log.newest_first(sender=OURS)) == [other, first]
    assert list(log.newest_first(to=ANN, sender=OURS)) == [first]
    assert list(log.newest_first(to="+19995550100")) == []
    assert list(log.newest_first(sender="+19995550100")) == []
    late.sender = OURS
    assert list(log.newest_first(sender=OURS)) == [late, other, first]


def test_a_text_to_one_of_our_own_numbers_is_found_too() -> None:
    own = outbound(OURS, 1, sender="+13105550186")
    answer = inbound(ANN, 2)
    assert list(log_of(own, answer).newest_first(to=OURS)) == [answer, own]


def test_before_and_lag() -> None:
    messages = [outbound(ANN, float(second)) for second in range(5)]
    log = log_of(*messages)
    assert list(log.newest_first(before=2)) == [messages[1], messages[0]]
    assert list(log.newest_first(to=ANN, before=2)) == [messages[1], messages[0]]
    assert list(log.newest_first(created_until=1.5)) == [messages[1], messages[0]]


def test_a_removed_message_is_nowhere() -> None:
    kept, gone = outbound(ANN, 1), outbound(ANN, 2)
    log = log_of(kept, gone)
    log.remove(gone)
    assert log.get(gone.sid) is None
    assert (
        list(log.newest_first()) == list(log.newest_first(to=ANN)) == list(log.oldest_first()) == log.with_person(ANN) == [kept]
    )


def test_an_unsent_message_matches_no_date() -> None:
    assert SentFilter().matches(None)
    assert not SentFilter(earliest=0).matches(None)
    assert SentFilter(earliest=5, latest=5).matches(5.9)
    assert not SentFilter(latest=4).matches(5.0)


def test_equal_texts_are_duplicates_from_the_second_on() -> None:
    log = MessageLog(())
    first, again, other = outbound(ANN, 1), outbound(ANN, 2), outbound(BOB, 3)
    for message in (first, again, other):
        log.add(message)
        log.note_accepted(message, message.body)
    assert [message.duplicate for message in (first, again, other)] == [False, True, False]
