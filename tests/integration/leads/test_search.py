"""The search finds what is stored, whatever the words are made of: the database folds as the process does."""

from __future__ import annotations

import pytest
from httpx import AsyncClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from outrider.db.engine import Database
from outrider.leads.folding import words

letters = st.one_of(
    st.characters(min_codepoint=1, max_codepoint=0x52F, exclude_categories=["Cn", "Mn", "Me"]),
    st.sampled_from("日本語한국어’“”–…ﬁ①½\u200b\u3000"),
)
"""Latin, Greek and Cyrillic with all their accents, punctuation of every kind, and some of the rest."""


STORE = text("""
    INSERT INTO leads (name, phone) SELECT * FROM unnest(CAST(:names AS text[]), CAST(:phones AS text[]))
    RETURNING name, tsvector_to_array(search) AS stored
""")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(letters, max_size=20), min_size=1, max_size=15))
async def test_stored_words_are_those_that_are_searched(database: Database, names: list[str]) -> None:
    async with database.transaction() as session:
        rows = await session.execute(STORE, {"names": names, "phones": [f"+1202555{number:04}" for number in range(len(names))]})
        stored = [(row.name, row.stored) for row in rows]
        await session.rollback()  # the next example finds no leads either
    assert [name for name, _ in stored] == names
    for name, kept in stored:
        assert set(kept) == set(words(name))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("jose", True),
        ("JOSÉ nun", True),
        ("nunez acme", True),
        ("acme.example", True),
        ("jose@acme.exa", True),
        ("o'neil", True),
        ("neil", True),
        ("vice pres", True),
        ("202 555 0143", True),
        ("(202) 555-0143", True),
        ("+1 202", True),
        ("0143", True),
        ("143", True),
        ("jose smith", False),
        ("ose", False),
        ("0144", False),
        ("!!!", False),
        ("'; DROP TABLE leads; --", False),
        ("a:* | b & !c <-> \\", False),
    ],
)
async def test_what_is_found(api: AsyncClient, query: str, found: bool) -> None:
    await api.post(
        "/api/leads",
        json={
            "name": "José O'Neil-Núñez",
            "phone": "+12025550143",
            "email": "jose@acme.example",
            "company": "ACME, Inc.",
            "title": "Vice President",
        },
    )
    answer = await api.get("/api/leads", params={"search": query})
    assert answer.status_code == 200, answer.text
    assert bool(answer.json()["items"]) is found
