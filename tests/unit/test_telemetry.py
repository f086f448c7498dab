from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from outrider.telemetry import _MaskStandardRecords, configure_logging, mask_personal_data, mask_text

CANARY_PHONE = "+12025550143"
CANARY_EMAIL = "ada.lovelace@example.com"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call +12025550143 now", "call +1202…43 now"),
        ("(202) 555-0143", "(202) …43"),
        ("To=%2B12025550143&From", "To=%2B12025…43&From"),
        ("write to ada.lovelace@example.com", "write to …@…"),
        ("postgresql://ada:hunter2@db/x", "postgresql://ada:…@db/x"),
        ("took 1234 ms for 10000 leads", "took 1234 ms for 10000 leads"),
        ("id 4711", "id 4711"),
    ],
)
def test_numbers_addresses_and_passwords_are_masked_in_any_text(text: str, masked: str) -> None:
    result = mask_text(text)
    assert "5550143" not in result and "555-0143" not in result
    assert "hunter2" not in result
    if "202" not in text:
        assert result == masked


def test_known_fields_are_masked_wholly() -> None:
    event = mask_personal_data(
        None, "", {"event": "sent", "name": "Ada Lovelace", "phone": CANARY_PHONE, "body": "Hi Ada", "count": 3}
    )
    assert event == {"event": "sent", "name": "…", "phone": "+1202…43", "body": "…", "count": 3}


def test_nested_values_and_secrets_are_masked() -> None:
    event = mask_personal_data(
        None, "", {"lead": {"email": CANARY_EMAIL, "notes": f"mail {CANARY_EMAIL}"}, "api_key": "sk-1", "to_all": [CANARY_PHONE]}
    )
    assert CANARY_EMAIL not in str(event)
    assert CANARY_PHONE not in str(event)
    assert event["api_key"] == "…"


def test_records_of_libraries_are_masked() -> None:
    record = logging.LogRecord(
        "httpx", logging.WARNING, "", 1, "POST %s failed for %s", (f"/Messages?To={CANARY_PHONE}", CANARY_EMAIL), None
    )
    _MaskStandardRecords().filter(record)
    assert CANARY_PHONE not in record.getMessage()
    assert CANARY_EMAIL not in record.getMessage()


@pytest.fixture
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield
    structlog.configure(**configured)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_own_logging")
@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_shows_neither_numbers_nor_local_variables(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    body = "words of a lead, canary"
    configure_logging(log_format=log_format)
    try:
        assert body
        raise ValueError(f"no such number {CANARY_PHONE}")
    except ValueError as error:
        structlog.get_logger().error("unexpected_error", exc_info=error)
    written = capsys.readouterr().err
    assert "no such number +1202" in written
    assert "Traceback" in written
    assert "of a lead, canary'" not in written
    assert CANARY_PHONE not in written
