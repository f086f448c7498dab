"""How names are made comparable for the search: without accents, and with punctuation as a space.

The database folds stored text with the SQL expression, the process folds what is searched with `words`; both use the
same tables. Case is left to the text search configuration `simple`, which lowers it.
"""

from __future__ import annotations

import unicodedata

PUNCTUATION = ":@._-+/&<~"
"""What the text parser would take as the inside of one word (an address, a host, a hyphenated word).

The colon comes first: before a letter, SQLAlchemy would read it as a bound parameter.
"""
ACCENTED = (
    "àáâãäåāăąçćčďđèéêëēęěğìíîïīıłñńňòóôõöøőōřśšşșťţțùúûüűůūýÿźżžÀÁÂÃÄÅĀĂĄÇĆČĎĐÈÉÊËĒĘĚĞÌÍÎÏĪİŁÑŃŇÒÓÔÕÖØŐŌŘŚŠŞȘŤŢȚÙÚÛÜŰŮŪÝŸŹŻŽ"
)
PLAIN = "aaaaaaaaacccddeeeeeeegiiiiiilnnnoooooooorsssstttuuuuuuuyyzzzAAAAAAAAACCCDDEEEEEEEGIIIIIILNNNOOOOOOOORSSSSTTTUUUUUUUYYZZZ"

_TABLE = str.maketrans(PUNCTUATION + ACCENTED, " " * len(PUNCTUATION) + PLAIN)


def _literal(value: str) -> str:
    # A colon would be read as a bound parameter, a brace as a placeholder.
    return "'" + value.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


_SPACES = " " * len(PUNCTUATION)
FOLDED = (
    "CASE WHEN octet_length({text}) = char_length({text})"
    f" THEN translate({{text}}, {_literal(PUNCTUATION)}, {_literal(_SPACES)})"
    f" ELSE translate({{text}}, {_literal(PUNCTUATION + ACCENTED)}, {_literal(_SPACES + PLAIN)}) END"
)
"""SQL expression with the placeholder `{text}`. Most text is plain ASCII and skips the long table."""


def words(query: str) -> list[str]:
    """The words of `query` as the index holds them: `José O'Neil` → `jose`, `o`, `neil`."""
    folded = unicodedata.normalize("NFC", query).translate(_TABLE).lower()
    return "".join(character if character.isalnum() else " " for character in folded).split()
