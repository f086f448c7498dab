"""What a code means for the next step, and that an unknown one never surprises."""

from __future__ import annotations

import pytest

from outrider.channels.base import ErrorClass
from outrider.channels.twilio_errors import KNOWN, classify, explain

CLASSES = {
    ErrorClass.PERMANENT: [21211, 21219, 21408, 21608, 21612, 21614, 21617, 21635, 30004, 30005, 30006, 30007, 30008],
    ErrorClass.RETRYABLE: [20429, 21611, 30001, 30003, 30022, 30036],
    ErrorClass.OPT_OUT: [21610],
    ErrorClass.SENDER: [20003, 20404, 21212, 21606, 21660, 21701, 30002, 30032, 30034],
}


@pytest.mark.parametrize(("expected", "code"), [(kind, code) for kind, codes in CLASSES.items() for code in codes])
def test_known_codes(expected: ErrorClass, code: int) -> None:
    assert classify(code, 400) is classify(code) is expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (99999, 400, ErrorClass.UNKNOWN_CODE),
        (99999, 429, ErrorClass.RETRYABLE),
        (99999, 401, ErrorClass.SENDER),
        (99999, 404, ErrorClass.UNKNOWN_CODE),
        (None, 400, ErrorClass.UNKNOWN_CODE),
        (None, 429, ErrorClass.RETRYABLE),
        (None, 408, ErrorClass.RETRYABLE),
        (None, 404, ErrorClass.SENDER),
        (0, 400, ErrorClass.UNKNOWN_CODE),
        (-1, 400, ErrorClass.UNKNOWN_CODE),
    ],
)
def test_codes_nobody_has_classified(code: int | None, status: int, expected: ErrorClass) -> None:
    assert classify(code, status) is expected


def test_a_code_that_may_mean_delivered_is_never_tried_again() -> None:
    """30008 and 30410 say that nobody knows; another attempt could arrive twice."""
    assert {classify(30008), classify(30410)} == {ErrorClass.PERMANENT}


def test_a_number_that_a_trial_account_may_not_text_leaves_the_sender_in_use() -> None:
    assert {classify(21608), classify(21219)} == {ErrorClass.PERMANENT}
    assert explain(21608).endswith("Verify the number with Twilio or upgrade the account.")


def test_every_code_is_explained_in_words_and_with_its_number() -> None:
    for code, known in KNOWN.items():
        assert explain(code) == f"{known.name} ({code}). {known.advice}"
        assert known.advice.endswith(".")
        assert not known.name.endswith(".")


def test_an_unknown_code_leads_to_its_page() -> None:
    assert explain(98765).endswith("/errors/98765.")
