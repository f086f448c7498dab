"""Segments are counted as Twilio bills them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.channels.segments import GSM_BASIC, GSM_EXTENSION, count_segments, to_gsm

FAMILY = "👨‍👩‍👧‍👦"
VECTORS = [json.loads(line) for line in (Path(__file__).parent / "segment_vectors.jsonl").read_text().split("\n")[:-1]]
"""Random texts with the results of Twilio's own calculator (TwilioDevEd/message-segment-calculator)."""


@pytest.mark.parametrize(
    ("body", "encoding", "segments"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 8, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("ç" * 70, "UCS-2", 1),
        ("ç" * 71, "UCS-2", 2),
        ("Ç" * 160, "GSM-7", 1),
        (FAMILY * 7, "UCS-2", 2),
        ("“smart”\u00a0quotes", "UCS-2", 1),
        ("", "GSM-7", 1),
        ("\f" * 80, "GSM-7", 1),
        ("a\r\nb", "GSM-7", 1),
        ("🇮🇹" + "a" * 66, "UCS-2", 1),
        ("🇮🇹" + "a" * 67, "UCS-2", 2),
        ("a" * 66 + "😀" + "a" * 3, "UCS-2", 2),
    ],
)
def test_known_counts(body: str, encoding: str, segments: int) -> None:
    count = count_segments(body)
    assert (count.encoding, count.segments) == (encoding, segments)


@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_agrees_with_twilios_calculator(vector: dict[str, object]) -> None:
    count = count_segments(str(vector["body"]))
    assert (count.encoding, count.segments, count.units) == (vector["encoding"], vector["segments"], vector["units"])


@pytest.mark.parametrize(
    ("body", "per_segment", "units", "remaining"),
    [
        ("a" * 100, 160, 100, 60),
        ("a" * 161, 153, 161, 145),
        ("a" * 306, 153, 306, 0),
        ("a" * 152 + "€" + "a" * 8, 153, 162, 143),
        ("ж" * 70, 70, 70, 0),
        ("ж" * 71, 67, 71, 63),
        ("ж" * 66 + "\n\u0301жжж", 67, 71, 63),
        ("😀" * 36, 67, 72, 61),
    ],
)
def test_what_is_left_in_the_last_segment(body: str, per_segment: int, units: int, remaining: int) -> None:
    count = count_segments(body)
    assert (count.per_segment, count.units, count.remaining) == (per_segment, units, remaining)
    filled = count_segments(body + "a" * remaining)
    assert (filled.segments, filled.remaining) == (count.segments, 0)


def test_names_the_characters_that_cost_the_alphabet() -> None:
    assert count_segments("más “claro” más").non_gsm == ("á", "“", "”")
    assert count_segments("mas claro [€]").non_gsm == ()


def test_the_alphabet_has_128_characters_with_the_escape_and_ten_more() -> None:
    assert (len(set(GSM_BASIC)), len(set(GSM_EXTENSION))) == (127, 10)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("“Hi” – it’s me…", '"Hi" - it\'s me...'),
        ("a\u00a0b\u202fc\u200bd", "a b cd"),
        ("5 — 6 ‘x’", "5 - 6 'x'"),
        ("½ off • ok", "1/2 off - ok"),
        ("Señor Ñandú ça 😀 ж", "Señor Ñandú ça 😀 ж"),
        ("line\nbreak\r\n[x]", "line\nbreak\r\n[x]"),
    ],
)
def test_to_gsm_changes_looks_and_never_words(typed: str, plain: str) -> None:
    assert to_gsm(typed) == plain


@given(st.text())
def test_to_gsm_is_stable_and_never_costs_the_alphabet(body: str) -> None:
    once = to_gsm(body)
    assert to_gsm(once) == once
    assert set(count_segments(once).non_gsm) <= set(count_segments(body).non_gsm)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Mn", "Me", "Mc"]), max_size=400))
def test_units_fit_into_the_segments(body: str) -> None:
    count = count_segments(body)
    assert count.units <= count.segments * count.per_segment
    assert count.segments == 1 or count.units > (count.segments - 1) * count.per_segment // 2
    assert 0 <= count.remaining <= count.per_segment
