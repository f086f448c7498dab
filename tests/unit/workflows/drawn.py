"""Draws random definitions that are workflows, and ways to break them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Loose = list[tuple[str, str]]
"""Outcomes that lead nowhere yet: (node id, handle)."""
CONDITIONS = ("lead.score >= 60", "lead.attributes.none == 1", "steps.n1.case == 'x'", "true", "size(lead.tags) > 0")
TEXTS = ("Hi", "{{ lead.name }}", "{{ steps.n2.until | later }}", "{{ lead.score }}")


@dataclass
class Drawing:
    """A definition in the making. Blocks are put one after the other, into branches, and round in circles."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    most: int = 14
    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)

    def node(self, kind: str, **data: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append({"id": name, "type": kind, "data": data})
        return name

    def connect(self, loose: Loose, target: str) -> None:
        self.edges += [{"source": source, "sourceHandle": handle, "target": target} for source, handle in loose]

    def sequence(self, depth: int) -> tuple[str, Loose]:
        entry, loose = self.block(depth)
        for _ in range(self.draw(st.integers(0, 2))):
            following, left = self.block(depth)
            self.connect(loose, following)
            loose = left
        return entry, loose

    def block(self, depth: int) -> tuple[str, Loose]:
        simple = [self.validate, self.transform, self.wait, self.reply, self.sms]
        nested = [self.branch, self.split, self.parallel, self.circle]
        may_nest = depth > 0 and len(self.nodes) < self.most
        return self.draw(st.sampled_from([*simple, *nested, *nested] if may_nest else simple))(depth)  # type: ignore[no-any-return]

    def validate(self, _: int) -> tuple[str, Loose]:
        name = self.node("validate", require_email=self.draw(st.booleans()))
        return name, [(name, "passed")]

    def transform(self, _: int) -> tuple[str, Loose]:
        value = self.draw(st.sampled_from(TEXTS))
        name = self.node("transform", fields=[{"name": "x", "value": value}], disabled=self.draw(st.booleans()))
        return name, [(name, "next")]

    def wait(self, _: int) -> tuple[str, Loose]:
        name = self.node("wait", amount=self.draw(st.integers(1, 9)), unit=self.draw(st.sampled_from(["minutes", "days"])))
        return name, [(name, "next")]

    def reply(self, _: int) -> tuple[str, Loose]:
        name = self.node("wait_for_reply", amount=2)
        return name, [(name, "replied"), (name, "timeout")]

    def sms(self, _: int) -> tuple[str, Loose]:
        name = self.node("sms", template="Hi {{first_name}}", closing_line=self.draw(st.sampled_from(["", "STOP ends"])))
        return name, [(name, "sms")]

    def branch(self, depth: int) -> tuple[str, Loose]:
        names = ["a", "b"][: self.draw(st.integers(1, 2))]
        cases = [{"name": name, "condition": self.draw(st.sampled_from(CONDITIONS))} for name in names]
        return self._ways(self.node("branch", cases=cases), ["otherwise", *names], depth)

    def split(self, depth: int) -> tuple[str, Loose]:
        weights = self.draw(st.lists(st.integers(1, 9), min_size=2, max_size=2))
        variants = [{"name": name, "weight": weight} for name, weight in zip("ab", weights, strict=True)]
        return self._ways(self.node("split", variants=variants), ["a", "b"], depth)

    def _ways(self, name: str, handles: list[str], depth: int) -> tuple[str, Loose]:
        loose: Loose = []
        for handle in handles:
            if self.draw(st.booleans()):
                loose.append((name, handle))
                continue
            entry, left = self.sequence(depth - 1)
            self.connect([(name, handle)], entry)
            loose += left
        return name, loose

    def parallel(self, depth: int) -> tuple[str, Loose]:
        name = self.node("parallel", branches=[{"name": "left"}, {"name": "right"}])
        ends: Loose = []
        for handle in ("left", "right"):
            entry, left = self.sequence(depth - 1)
            self.connect([(name, handle)], entry)
            ends += left
        join = self.node("join")
        self.connect(ends, join)
        return name, [(join, "next")]

    def circle(self, depth: int) -> tuple[str, Loose]:
        """Goes round through a wait until a reply."""
        entry = self.node("wait", amount=1)
        inner, loose = self.sequence(depth - 1)
        self.connect([(entry, "next")], inner)
        reply = self.node("wait_for_reply")
        self.connect(loose, reply)
        self.connect([(reply, "timeout")], entry)
        return entry, [(reply, "replied")]

    def finished(self) -> dict[str, Any]:
        start = self.node("validate")
        entry, loose = self.sequence(3)
        self.connect([(start, "passed")], entry)
        self.connect(loose, self.node("finalize"))
        return {"nodes": self.nodes, "edges": self.edges}


@st.composite
def definitions(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, Any]:
    """A definition that is a workflow."""
    return Drawing(draw).finished()


@st.composite
def broken_definitions(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[str, dict[str, Any]]:
    """A definition that is none, with the name of what was done to it."""
    drawing = Drawing(draw)
    made = drawing.finished()
    nodes, edges = made["nodes"], made["edges"]
    ids = [node["id"] for node in nodes]
    last = ids[-1]

    def twin() -> None:
        nodes.append({**nodes[0]})

    def second_end() -> None:
        edges.append({"source": drawing.node("validate"), "sourceHandle": "passed", "target": drawing.node("finalize")})

    def unknown_kind() -> None:
        nodes[draw(st.integers(0, len(nodes) - 1))]["type"] = "teleport"

    def unknown_parameter() -> None:
        nodes[draw(st.integers(0, len(nodes) - 1))]["data"]["colour"] = "red"

    def to_nowhere() -> None:
        edges[draw(st.integers(0, len(edges) - 1))]["target"] = "gone"

    def unknown_outcome() -> None:
        edges[draw(st.integers(0, len(edges) - 1))]["sourceHandle"] = "sideways"

    def two_ways() -> None:
        edge = draw(st.sampled_from(edges))
        edges.append({**edge, "target": draw(st.sampled_from(ids))})

    def after_the_end() -> None:
        edges.append({"source": last, "target": draw(st.sampled_from(ids[:-1]))})

    def circle_without_a_wait() -> None:
        first, second = drawing.node("transform", fields=[{"name": "x"}]), drawing.node("transform", fields=[{"name": "x"}])
        entry = edges[0]
        entry["target"], after = first, entry["target"]
        choice = drawing.node("branch", cases=[{"name": "back", "condition": "true"}])
        drawing.connect([(first, "next")], second)
        drawing.connect([(second, "next")], choice)
        drawing.connect([(choice, "back")], first)
        drawing.connect([(choice, "otherwise")], after)

    def lonely() -> None:
        edges.append({"source": drawing.node("transform", fields=[{"name": "x"}]), "sourceHandle": "next", "target": last})

    def bad_condition() -> None:
        entry = edges[0]
        choice = drawing.node("branch", cases=[{"name": "a", "condition": "lead.score >"}])
        entry["target"], after = choice, entry["target"]
        drawing.connect([(choice, "a"), (choice, "otherwise")], after)

    def branch_without_join() -> None:
        entry = edges[0]
        fork = drawing.node("parallel", branches=[{"name": "a"}, {"name": "b"}])
        entry["target"], after = fork, entry["target"]
        drawing.connect([(fork, "a"), (fork, "b")], after)

    def retries_with_effects() -> None:
        entry = edges[0]
        text = drawing.node("sms", retries=2)
        entry["target"], after = text, entry["target"]
        drawing.connect([(text, "sms")], after)

    ways = [
        twin, second_end, unknown_kind, unknown_parameter, to_nowhere, unknown_outcome, two_ways, after_the_end,
        circle_without_a_wait, lonely, bad_condition, branch_without_join, retries_with_effects,
    ]  # fmt: skip
    way = draw(st.sampled_from(ways))
    way()
    return way.__name__, made
