"""Text as a person reads it in the end: without what can't be seen, look-alikes as what they look like, spelled-out words whole.

What hides an address from a rule hides it from nobody who has eyes, so that every rule looks at the text undisguised.
"""

from __future__ import annotations

import base64
import codecs
import re
import unicodedata
from binascii import Error
from collections.abc import Iterator

LOOK_ALIKES = str.maketrans(
    {"。": ".", "．": ".", "․": ".", "｡": ".", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-"}
)
UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc"})
SPELLED = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*]{1,2}){4,}[^\W_](?![^\W_])")
"""`d i s c o u n t`, `s-k-1-2`: at least five single letters or digits."""
ENCODED = re.compile(r"[\w+/-]{16,8000}={0,2}")
LONGEST = 8_000


def undisguised(text: str) -> str:
    """The text as it is read."""
    if not text.isascii():
        composed = unicodedata.normalize("NFKC", text).translate(LOOK_ALIKES)
        text = "".join(one for one in composed if one in "\n\t" or unicodedata.category(one) not in UNSEEN)
    return SPELLED.sub(lambda match: _joined(match[0]), text)


def letters(text: str) -> str:
    """Letters and digits alone, in lower case: however they are set apart, they are the same."""
    return "".join(one for one in text.lower() if one.isalnum())


def readings(text: str) -> Iterator[str]:
    """What the text may stand for: itself, backwards, by the usual simple codes."""
    text = text[:LONGEST]
    yield text
    yield text[::-1]
    yield codecs.encode(text, "rot13")
    for match in ENCODED.finditer(text):
        piece = match[0]
        for decode in (_base64, bytes.fromhex):
            try:
                yield decode(piece).decode(errors="replace")
            except (ValueError, Error):
                continue


def _base64(piece: str) -> bytes:
    bare = piece.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(bare + "=" * (-len(bare) % 4))


def _joined(spelled: str) -> str:
    # A number keeps its marks: how one is written is for the rules of numbers to judge.
    if not any(one.isalpha() for one in spelled):
        return spelled
    return re.sub(r"[ \-_*]", "", spelled) if "." in spelled else re.sub(r"[ .\-_*]", "", spelled)
