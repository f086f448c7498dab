"""Addresses that definitions have called: what shows before any run that a call could not go there.

An expression in an address is worked out for each lead, so that only what is written around it can be judged here. The call
itself is judged again, with what its name resolves to.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from outrider.config import get_settings
from outrider.errors import InvalidInput
from outrider.integrations.notifications.webhook import PRIVATE_HOSTS, check_url, is_plainly_refused
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.expressions.texts import read
from outrider.workflows.nodes.webhook import SPECIFICATION as WEBHOOK
from outrider.workflows.shape import nodes_within
from outrider.workflows.validation import WorkflowProblem, refuse

UNKNOWN = "\ue000"
"""Stands for what an expression comes to."""
AUTHORITY = re.compile(r"\s*(https?)://([^/?#]*)", re.IGNORECASE)


class Fault(NamedTuple):
    problem: str
    remedy: str


WITH_PASSWORD = Fault(
    "has a user or a password in it, which everybody reads who may see the workflow.",
    "Keep them as a credential (Settings → Credentials), choose it here, and take them out of the address.",
)


def address_problems(definition: WorkflowDefinition) -> list[WorkflowProblem]:
    """Addresses to which no call could go. Its nodes have been checked by themselves."""
    allows_private = get_settings().webhook_private_hosts
    return [
        WorkflowProblem(
            field=f"{placed.field}.data.url",
            problem=f"The address of node {placed.path!r} {fault.problem}",
            remedy=fault.remedy,
            node=placed.path,
        )
        for placed in nodes_within(definition)
        if placed.node.type == WEBHOOK.kind
        if (fault := fault_of(str(placed.node.data.get("url") or ""), allows_private=allows_private)) is not None
    ]


def ensure_addresses(definition: WorkflowDefinition, field: str) -> None:
    """
    Raises:
        InvalidWorkflow: names every address to which no call could go.
    """
    refuse(address_problems(definition), field)


def fault_of(url: str, *, allows_private: bool) -> Fault | None:
    """Why nothing can be called there; None if nothing speaks against it yet.

    Args:
        url: may hold expressions.
    """
    known = "".join(piece if isinstance(piece, str) else UNKNOWN for piece in read(url).pieces)
    found = AUTHORITY.match(known)
    if found is None:
        return None
    scheme, authority = found[1].lower(), found[2]
    if "@" in authority:
        return WITH_PASSWORD
    host = _host(authority)
    if is_plainly_refused(_known_end(host) if UNKNOWN in host else host, allows_private=allows_private):
        return _inside(host.replace(UNKNOWN, "…"), allows_private=allows_private)
    if UNKNOWN in known:
        # The rest of the address is needed for all else.
        is_open = scheme == "http" and not allows_private
        return Fault("is not encrypted.", f"Use https, or set {PRIVATE_HOSTS}=true.") if is_open else None
    try:
        check_url(known, allows_private=allows_private)
    except InvalidInput as error:
        return Fault(f"{error.fields[0].problem}.", error.remedy)
    return None


def _host(authority: str) -> str:
    """The authority without its port."""
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0]


def _known_end(host: str) -> str:
    """The names at its end that are the same for every lead: `.example.com`."""
    _, dot, names = host.rpartition(UNKNOWN)[2].partition(".")
    return f"{dot}{names}"


def _inside(host: str, *, allows_private: bool) -> Fault:
    if allows_private:
        return Fault(f"leads to {host}, which is never called.", "Use another one.")
    return Fault(
        f"leads to {host}, which only this machine or its network can reach.",
        f"Use one that the internet can reach, or set {PRIVATE_HOSTS}=true.",
    )
