"""Campaigns that send credentials: those that are not over, by the definition that they run."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.campaigns.transitions import ENDED
from outrider.credentials.uses import Use, finds_uses
from outrider.workflows.credentials import NAMED_IN

USES = text(f"""
    SELECT DISTINCT named #>> '{{}}' AS credential_id, c.id, c.name FROM campaigns AS c
    LEFT JOIN workflow_versions AS v ON v.id = c.workflow_version_id
    CROSS JOIN LATERAL jsonb_path_query(jsonb_build_array(c.workflow_config, v.definition), '{NAMED_IN}') AS named
    WHERE NOT c.status = ANY(:ended) AND named #>> '{{}}' = ANY(CAST(:ids AS text[]))
""")  # noqa: S608  (built from constants)


@finds_uses
async def uses_in_campaigns(session: AsyncSession, credential_ids: Collection[int]) -> Sequence[tuple[int, Use]]:
    """Campaigns that name the credentials in a definition of their own, or in the version that they were started with."""
    found = await session.execute(USES, {"ids": [str(number) for number in credential_ids], "ended": list(ENDED)})
    return [(int(row.credential_id), Use("campaign", row.id, row.name)) for row in found]
