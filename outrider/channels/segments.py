"""How many SMS segments a text takes, counted as Twilio counts and bills them.

A text is GSM-7 if every character is in the GSM 03.38 alphabet, otherwise UCS-2. One segment holds 160 septets or
70 sixteen-bit units; from two segments on, each gives up a header and holds 153 or 67. Characters of the extension
table take two septets. What belongs together stays in one segment: the two septets of an extension character, and
all units of a grapheme (a surrogate pair, a flag, an emoji with its modifiers).
Facts: 3GPP TS 23.038, and Twilio's own calculator (TwilioDevEd/message-segment-calculator), which differs from the
standard in one place: small ç is not GSM-7, capital Ç is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = "\f^{}\\[~]|€"

_GSM_SINGLE, _GSM_MULTI = 160, 153
_UCS_SINGLE, _UCS_MULTI = 70, 67

_ESCAPE = "\x1b"
_NOT_GSM = re.compile(f"[^{re.escape(GSM_BASIC + GSM_EXTENSION)}]")
_EXTENSION = re.compile(f"[{re.escape(GSM_EXTENSION)}]")
_MAY_COMBINE = re.compile(r"[^\x00-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")
"""Anything that could be part of a longer grapheme; Latin letters, usual punctuation and currency signs can't."""
_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Me", "Mc"})
_EXTENDING = frozenset("\u200d\u0e33\u0eb3") | frozenset(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))
"""Zero-width joiner, two spacing vowels that are letters by category, skin tones and flag tags."""


@dataclass(frozen=True, slots=True)
class SegmentCount:
    encoding: Encoding
    units: int
    """Septets (GSM-7) or sixteen-bit units (UCS-2) of the text."""
    segments: int
    per_segment: int
    """Units that one segment of this text holds."""
    remaining: int
    """Units free in the last segment."""
    non_gsm: tuple[str, ...]
    """Characters that force UCS-2, each once, in order of appearance."""


def count_segments(body: str) -> SegmentCount:
    """Count the segments of `body`. An empty text takes one."""
    foreign = _NOT_GSM.search(body)
    return _count_gsm(body) if foreign is None else _count_ucs(body)


def _count_gsm(body: str) -> SegmentCount:
    units = len(body) + len(_EXTENSION.findall(body))
    if units <= _GSM_SINGLE:
        return SegmentCount("GSM-7", units, 1, _GSM_SINGLE, _GSM_SINGLE - units, ())
    if units == len(body):
        segments = -(-units // _GSM_MULTI)
        last = units - (segments - 1) * _GSM_MULTI
    else:
        segments, last = _pack_septets(_EXTENSION.sub(_ESCAPE + "x", body))
    return SegmentCount("GSM-7", units, segments, _GSM_MULTI, _GSM_MULTI - last, ())


def _pack_septets(septets: str) -> tuple[int, int]:
    """Segments and septets in the last one, when no segment may end on an escape."""
    segments, start = 1, 0
    while len(septets) - start > _GSM_MULTI:
        start += _GSM_MULTI - (septets[start + _GSM_MULTI - 1] == _ESCAPE)
        segments += 1
    return segments, len(septets) - start


def _count_ucs(body: str) -> SegmentCount:
    units = _units(body)
    foreign = tuple(dict.fromkeys(_NOT_GSM.findall(body)))
    if units <= _UCS_SINGLE:
        return SegmentCount("UCS-2", units, 1, _UCS_SINGLE, _UCS_SINGLE - units, foreign)
    if _MAY_COMBINE.search(body) is None:
        segments = -(-units // _UCS_MULTI)
        last = units - (segments - 1) * _UCS_MULTI
    else:
        segments, last = _pack_graphemes(body)
    return SegmentCount("UCS-2", units, segments, _UCS_MULTI, max(0, _UCS_MULTI - last), foreign)


def _pack_graphemes(body: str) -> tuple[int, int]:
    """Segments and units in the last one, when no grapheme may be torn apart."""
    segments, used = 1, 0
    for size in _grapheme_sizes(body):
        if used + size > _UCS_MULTI:
            segments, used = segments + 1, 0
        used += size
    return segments, used


def _grapheme_sizes(body: str) -> Iterator[int]:
    """Units of each grapheme, by the rules of UAX #29 that matter in texts: marks, emoji sequences, pairs of flag
    letters. A line break of two characters counts as two, as at Twilio."""
    size, previous, flag_letters = 0, "\n", 0
    for char in body:
        is_flag_letter = "\U0001f1e6" <= char <= "\U0001f1ff"
        joined = (
            ((char in _EXTENDING or unicodedata.category(char) in _MARKS) and previous not in "\r\n\u200b")
            or (previous == _JOINER and char > "\u2000")
            or (is_flag_letter and flag_letters % 2 == 1)
        )  # fmt: skip
        if not joined and size:
            yield size
            size = 0
        size += 1 + (char > "\uffff")
        flag_letters = flag_letters + 1 if is_flag_letter else 0
        previous = char
    yield size


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


_GSM_SUBSTITUTES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
        **dict.fromkeys("\u2039", "<"),
        **dict.fromkeys("\u203a", ">"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022", "-"),
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "),
        **dict.fromkeys("\u200b\u2060\ufeff\u00ad", None),
        "\u2026": "...",
        "\u2044": "/",
        "\u00d7": "x",
        "\u00bc": "1/4",
        "\u00bd": "1/2",
        "\u00be": "3/4",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)


def to_gsm(body: str) -> str:
    """`body` with typographic quotes, dashes, ellipses and spaces replaced by their plain GSM-7 equals.

    Letters and emoji are left alone: a replacement may change how a text looks, never what it says.
    """
    return body.translate(_GSM_SUBSTITUTES)
