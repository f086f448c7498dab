from __future__ import annotations

import pytest

from simulator.segments import count_segments, smart_encode

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("body", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 8, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),  # the euro sign moves over and the second part overflows
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("😀" * 67, "UCS-2", 3),  # 134 units would fit 2 × 67, but no part may split a surrogate pair
        ("ç" * 70, "UCS-2", 1),
        ("ç" * 71, "UCS-2", 2),
        ("Ç" * 160, "GSM-7", 1),
        (FAMILY * 7, "UCS-2", 2),
        ("“smart” quotes", "UCS-2", 1),
        ("no\u00a0break", "UCS-2", 1),
        ("|^€{}[]~\\", "GSM-7", 1),
    ],
)
def test_the_table(body: str, encoding: str, segments: int) -> None:
    assert count_segments(body) == (encoding, segments)


def test_smart_encoding_brings_typography_into_gsm() -> None:
    text = "“Don’t wait”\u00a0– it’s 5 €…"
    assert count_segments(text).encoding == "UCS-2"
    assert smart_encode(text) == "\"Don't wait\" - it's 5 €..."
    assert count_segments(smart_encode(text)).encoding == "GSM-7"
