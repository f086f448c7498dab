"""Names that people give to outcomes and fields of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import StringConstraints

from outrider.workflows.nodes.base import ERROR

OutcomeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")]
"""Letters, digits and underscores: it is part of edges and expressions."""


def ensure_different(names: Sequence[str], *, taken: Sequence[str] = ()) -> None:
    """
    Raises:
        ValueError: a name is used twice, or is one of the node's own.
    """
    seen = {ERROR, *taken}
    for name in names:
        if name in seen:
            raise ValueError(f"the name {name!r} is used already")
        seen.add(name)
