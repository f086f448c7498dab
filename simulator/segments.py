"""How many segments a text takes on the air (3GPP TS 23.038, with the alphabet that Twilio uses)."""

from __future__ import annotations

from typing import Literal, NamedTuple

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Characters of one septet. Capital Ç is among them, small ç is not."""
GSM_EXTENSION = frozenset("|^€{}[]~\\\f")
"""Characters that take an escape and a septet, and may not be torn apart by a segment boundary."""

_GSM = GSM_BASIC | GSM_EXTENSION
_SMART = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‹": "'", "›": "'",
        "–": "-", "—": "-", "‒": "-", "―": "-", "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "•": "*",
    }
)  # fmt: skip


class Segments(NamedTuple):
    encoding: Literal["GSM-7", "UCS-2"]
    segments: int


def count_segments(body: str) -> Segments:
    """Encoding and number of segments of `body`; an empty body still takes one.

    GSM-7: 160 septets alone, 153 per part. UCS-2: 70 UTF-16 units alone, 67 per part.
    """
    if _GSM.issuperset(body):
        return Segments("GSM-7", _pack([2 if char in GSM_EXTENSION else 1 for char in body], single=160, part=153))
    return Segments("UCS-2", _pack([2 if ord(char) > 0xFFFF else 1 for char in body], single=70, part=67))


def smart_encode(body: str) -> str:
    """Typographic characters replaced by GSM-7 ones, as `SmartEncoded=true` asks for."""
    return body.translate(_SMART)


def _pack(widths: list[int], *, single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
