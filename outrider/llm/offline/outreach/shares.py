"""“Half get this, the rest get that”: A/B tests."""

from __future__ import annotations

import re

from outrider.llm.offline.outreach.drawing import Drawing
from outrider.llm.offline.outreach.tree import (
    Block,
    Step,
)


def is_share(drawing: Drawing, share: re.Match[str]) -> bool:
    """“The rest” is a share only of leads of whom others got something."""
    return drawing.split is not None if share["rest"] else True


def begin_share(drawing: Drawing, share: re.Match[str]) -> None:
    """What follows is for this share; a third half begins another test."""
    is_new = drawing.split is None or (share["half"] and len(drawing.split.data["variants"]) > 1)
    if is_new or drawing.split is None:
        drawing.split = drawing.add(Step("split", {"variants": []}, share[0]))
    variants = drawing.split.data["variants"]
    taken = sum(variant["weight"] for variant in variants)
    if share["percent"]:
        weight = float(share["percent"])
    elif share["part"]:
        weight = {"third": 33.3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}[share["part"].lower()]
    else:
        weight = 50.0 if share["half"] else max(100.0 - taken, 1.0)
    weight = max(0.1, min(weight, 100.0))
    name = "abcdefghij"[min(len(variants), 9)]
    if len(variants) < 10:
        shown = int(weight) if weight == int(weight) else round(weight, 1)
        variants.append({"name": name, "label": f"{name.upper()}: {shown} %", "weight": shown})
    drawing.block = drawing.split.ways.setdefault(name, Block())
    drawing.occasion = ""
