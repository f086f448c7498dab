"""Credentials that definitions name: whether they are there, where they may be sent, and who uses them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.credentials import repository
from outrider.credentials.hosts import is_allowed
from outrider.credentials.models import Credential
from outrider.credentials.uses import Use, finds_uses
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.shape import nodes_within
from outrider.workflows.validation import WorkflowProblem, refuse

PARAMETER = "credential"
"""By this name nodes take the id of a credential."""
NAMED_IN = f"$.**.nodes[*].data.{PARAMETER}"
"""JSON path of the credentials that a definition names, also in its sub-workflows."""
HOST_KNOWN = re.compile(r"https?://[^/?#{}\s]+(?=[/?#]|$)")
"""An address whose host is the same for every lead."""
USES = text(f"""
    SELECT DISTINCT named #>> '{{}}' AS credential_id, w.id, w.name FROM workflows AS w
    CROSS JOIN LATERAL jsonb_path_query(jsonb_build_array(w.config, w.draft), '{NAMED_IN}') AS named
    WHERE named #>> '{{}}' = ANY(CAST(:ids AS text[]))
""")  # noqa: S608  (built from constants)


@dataclass(frozen=True, slots=True)
class Named:
    """A node that names a credential."""

    field: str
    """Path of the node's parameters in the definition."""
    node: str
    """Path of the node: `outer/inner`."""
    credential_id: int
    url: str
    """What it calls, as far as that is one parameter."""


def named_credentials(definition: WorkflowDefinition) -> Iterator[Named]:
    """Every node that names a credential and is not switched off, sub-workflows' among them."""
    for placed in nodes_within(definition):
        data = placed.node.data
        if (chosen := _number(data.get(PARAMETER))) is not None and takes_credential(placed.node.type):
            yield Named(f"{placed.field}.data", placed.path, chosen, str(data.get("url") or ""))


def takes_credential(node_type: str) -> bool:
    """Nodes of this type can name a credential."""
    known = SPECIFICATIONS.get(node_type)
    return known is not None and PARAMETER in known.params.model_fields


async def credential_problems(session: AsyncSession, definition: WorkflowDefinition) -> list[WorkflowProblem]:
    """Credentials that there are none of, or that may not be sent there. None is deleted before the transaction ends."""
    named = list(named_credentials(definition))
    there = await repository.hold(session, {one.credential_id for one in named}) if named else {}
    return [problem for one in named if (problem := _problem(one, there.get(one.credential_id))) is not None]


async def ensure_credentials(session: AsyncSession, definition: WorkflowDefinition, field: str) -> None:
    """
    Raises:
        InvalidWorkflow: names every credential that can't be used as the definition wants.
    """
    refuse(await credential_problems(session, definition), field)


@finds_uses
async def uses_in_workflows(session: AsyncSession, credential_ids: Collection[int]) -> Sequence[tuple[int, Use]]:
    """Workflows that name the credentials as they are published or drawn."""
    found = await session.execute(USES, {"ids": [str(number) for number in credential_ids]})
    return [(int(row.credential_id), Use("workflow", row.id, row.name)) for row in found]


async def credential_names(session: AsyncSession, payloads: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Names of the credentials that effects are carried out with, by id."""
    ids = {chosen for payload in payloads if type(chosen := payload.get(PARAMETER)) is int}
    return await repository.names_of(session, ids) if ids else {}


def _number(chosen: Any) -> int | None:
    """The id, also if it is written as a text."""
    if isinstance(chosen, str):
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None
    return chosen if type(chosen) is int and 0 < chosen < 2**63 else None


def _problem(named: Named, credential: Credential | None) -> WorkflowProblem | None:
    if credential is None:
        return WorkflowProblem(
            field=f"{named.field}.{PARAMETER}",
            problem=f"There is no credential {named.credential_id}, which node {named.node!r} names.",
            remedy="Choose one of Settings → Credentials, or none.",
            node=named.node,
        )
    address = HOST_KNOWN.match(named.url)
    if address is None or is_allowed(address[0], credential.allowed_hosts):
        return None
    return WorkflowProblem(
        field=f"{named.field}.{PARAMETER}",
        problem=f"The credential {credential.name!r} may not be sent to the address of node {named.node!r}.",
        remedy=f"Call {', '.join(credential.allowed_hosts)}, or allow the host in Settings → Credentials.",
        node=named.node,
    )
