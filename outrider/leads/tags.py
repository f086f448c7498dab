"""Tags: words of one's own by which leads are told apart. They are the attribute `tags`, a list of words.

What brings them as one text, such as a column of a file or a field of a CRM, means the words between its commas, semicolons and
line breaks; they are kept as a list all the same, so that filters and expressions find single tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from outrider.leads.values import clean_line

TAGS = "tags"
LONGEST_TAG = 60
MOST_TAGS = 100
BETWEEN = re.compile(r"[,;\n]")


def tags_of(attributes: Mapping[str, Any]) -> list[str]:
    """The tags in a lead's attributes."""
    stored = attributes.get(TAGS) or []
    words = BETWEEN.split(stored) if isinstance(stored, str) else stored if isinstance(stored, list) else [stored]
    return read_tags(map(str, words))


def read_tags(words: Iterable[str]) -> list[str]:
    """Words as tags: on one line, without what separates them, each once."""
    cleaned = (clean_line(BETWEEN.sub(" ", word))[:LONGEST_TAG].strip() for word in words)
    return list(dict.fromkeys(word for word in cleaned if word))


def with_tags(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes with their tags as a list; without the attribute, if it holds none."""
    if TAGS not in attributes:
        return attributes
    if tags := tags_of(attributes)[:MOST_TAGS]:
        return {**attributes, TAGS: tags}
    return {name: value for name, value in attributes.items() if name != TAGS}


def said(value: Any) -> Any:
    """A list of words as a file's cell has it, from which `tags_of` reads it again."""
    return ", ".join(value) if isinstance(value, list) and all(isinstance(word, str) for word in value) else value
