"""The work of an agent that checks and finishes, by rules: what can be told from a draft and the facts about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from outrider.llm.offline.tasks import task

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\[[A-Z_ ]{3,}\]")


@task("act_gather")
def gather(context: Mapping[str, Any]) -> str:
    """Asks for no tool: what its rules need was looked up before."""
    return ""


@task("act")
def finish(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The draft as it is, if it names the right person and nothing is left to fill in."""
    draft = str(context.get("draft") or "").strip()
    if not draft:
        return {"outcome": "done", "text": "", "reason": "There is no draft to make final.", "checks": []}
    name = (str(((context.get("known") or {}).get("lead") or {}).get("name") or "").split() or [""])[0]
    checks = [{"what": "Nothing is left to fill in.", "holds": not _PLACEHOLDER.search(draft)}]
    if name:
        checks.append({"what": f"It speaks to {name}, or to nobody by name.", "holds": _speaks_to(draft, name)})
    failed = [str(check["what"]) for check in checks if not check["holds"]]
    if failed:
        return {"outcome": "needs_person", "text": draft, "reason": f"This does not hold: {' '.join(failed)}", "checks": checks}
    return {"outcome": "done", "text": draft, "reason": f"Checked: {len(checks)} of {len(checks)} hold.", "checks": checks}


def _speaks_to(draft: str, name: str) -> bool:
    """False where the greeting names somebody else."""
    greeting = re.match(r"(?:hi|hello|hey|hola|bonjour|salut)[ ,]+([^\W\d_]+)", draft, re.IGNORECASE)
    return greeting is None or not greeting[1][0].isupper() or greeting[1].casefold() == name.casefold()
