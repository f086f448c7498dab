"""What fields of nodes are chosen from, where no other list of the API has it: tags, people, calendars, credentials."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

OptionKind = Literal["tags", "users", "calendars", "credentials"]
MOST = 500
MOST_LEADS = 50_000
"""The latest tagged leads whose tags are looked at."""

TAGS = f"""
    SELECT DISTINCT tag AS value, tag AS label FROM (
        SELECT attributes->'tags' AS tags FROM leads WHERE attributes ? 'tags' ORDER BY id DESC LIMIT {MOST_LEADS}
    ) AS latest CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(tags) WHEN 'array' THEN tags ELSE '[]' END
    ) AS tag
    ORDER BY tag LIMIT {MOST}
"""  # noqa: S608  (built from constants)
USERS = f"""
    SELECT name AS value, name AS label FROM (
        SELECT assignee AS name FROM conversations WHERE assignee IS NOT NULL
        UNION SELECT assignee FROM run_approvals WHERE assignee <> ''
        UNION SELECT decided_by FROM run_approvals WHERE decided_by IS NOT NULL
    ) AS known ORDER BY name LIMIT {MOST}
"""  # noqa: S608
CALENDARS = f"SELECT id::text AS value, name AS label FROM calendars WHERE enabled ORDER BY name LIMIT {MOST}"  # noqa: S608
CREDENTIALS = f"SELECT id::text AS value, name AS label FROM credentials ORDER BY lower(name) LIMIT {MOST}"  # noqa: S608

QUERIES: dict[OptionKind, str] = {"tags": TAGS, "users": USERS, "calendars": CALENDARS, "credentials": CREDENTIALS}


class WorkflowOptionOut(BaseModel):
    """One thing that a field can be set to."""

    value: str
    """What is stored: a name, or a number as text."""
    label: str


async def options(session: AsyncSession, of: OptionKind) -> list[WorkflowOptionOut]:
    """What there is to choose from, by its label. Words of one's own may be written besides, where the field takes words."""
    rows: list[Row[tuple[str, str]]] = list(await session.execute(text(QUERIES[of])))
    return [WorkflowOptionOut(value=row.value, label=row.label) for row in rows]
