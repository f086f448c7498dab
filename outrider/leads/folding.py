"""How words are made comparable for the search: lower case, without accents, divided at everything that is no letter or digit.

The database folds stored text with the SQL expression of `search_vector`, the process folds what is searched with `words`.
"""

from __future__ import annotations

import re
import unicodedata

BETWEEN_WORDS = r"[\u0001-/:-@\[-`{-\u00bf\u00d7\u00f7\u2000-\u206f\u3000-\u3003]+"
"""Space and punctuation, as a regular expression that PostgreSQL and Python read alike."""
MARKS = r"[\u0300-\u036f]+"
"""Accents, once they are apart from their letters."""

_BETWEEN_WORDS = re.compile(BETWEEN_WORDS)
_MARKS = re.compile(MARKS)


def words(text: str) -> list[str]:
    """The words of `text` as the index holds them: `José O'Neil` → `jose`, `o`, `neil`."""
    # Letter by letter: lower case must not depend on a letter's neighbours, as it does not in the database.
    lowered = "".join(map(str.lower, text.replace("\0", "")))
    if not lowered.isascii():
        lowered = _MARKS.sub("", unicodedata.normalize("NFD", lowered))
    return [word for word in _BETWEEN_WORDS.split(lowered) if word]


def search_vector(text: str) -> str:
    """SQL expression (immutable) of the words of the SQL expression `text`.

    The words go into the vector as they are: the parser of text search would cost more than the rest of storing a row, and
    would take addresses and hyphenated words for single ones. Most text is plain ASCII and needs no folding.
    """
    folded = f"regexp_replace(normalize(lower({text}), NFD), '{MARKS}', '', 'g')"
    # Laid out as PostgreSQL prints it: the comparison of an index in the code with that in the database goes by the letter.
    folded = f"\nCASE\n    WHEN octet_length({text}) = char_length({text}) THEN lower({text})\n    ELSE {folded}\nEND"
    return f"array_to_tsvector(array_remove(regexp_split_to_array({folded}, '{BETWEEN_WORDS}'), ''))"
