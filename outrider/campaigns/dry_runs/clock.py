"""What happens to a dry run where it would wait: time passes at once, and people do what was chosen for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from outrider.workflows.context import RunContext
from outrider.workflows.nodes.base import NodeFailed
from outrider.workflows.waiting import Answer, Wait, WaitKind, interrupt_id

SOMEBODY = "somebody in the dry run"


class Happenings:
    """Answers the waits of one dry run, and its clock.

    Args:
        chosen: how waits end, `{"event", "data"}` by node path or by `path#visit`.
        context: of the run, which learns what the lead wrote.
    """

    def __init__(self, chosen: Mapping[str, Mapping[str, Any]], context: RunContext):
        self._chosen = chosen
        self._context = context
        self._now = datetime.now(UTC)

    def now(self) -> datetime:
        """The time of the dry run; each wait that passes puts it forward."""
        return self._now

    def answer(self, node_id: str, visit: int, wait: Wait) -> Answer:
        """
        Raises:
            NodeFailed: what was chosen is nothing that this wait can end with.
        """
        chosen = self._chosen.get(interrupt_id(node_id, visit)) or self._chosen.get(node_id)
        answer = Answer(chosen["event"], self._completed(chosen["event"], chosen["data"], wait)) if chosen else self._usual(wait)
        if wait.kind is WaitKind.APPROVAL:
            _ensure_can_be_decided(answer, wait)
        if answer.event in ("time", "timeout") and wait.due_at is not None:
            self._now = max(self._now, wait.due_at)
        if answer.event == "reply":
            said = {"last_text": answer.data["text"], "last_text_at": self._now, "replied": True}
            self._context.conversation = replace(self._context.conversation, **said)
        return answer

    def _usual(self, wait: Wait) -> Answer:
        match wait.kind:
            case WaitKind.TIMER:
                return Answer("time")
            case WaitKind.APPROVAL if wait.details.get("actions"):
                return Answer("decided", self._completed("decided", {}, wait))
            case WaitKind.EFFECT:
                return Answer("done")
            case _:
                return Answer("timeout")

    def _completed(self, event: str, data: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
        """The answer with everything that such a one has."""
        at = self._now.isoformat(timespec="seconds")
        if event == "reply":
            return {"text": "Yes, tell me more.", "at": at, **data}
        if event == "decided":
            actions = wait.details.get("actions") or [{"name": "approved"}]
            filled = {field["name"]: field.get("value") for field in wait.details.get("form") or []}
            return {"action": actions[0]["name"], "answers": filled, "by": SOMEBODY, "at": at, **data}
        return dict(data)


def _ensure_can_be_decided(answer: Answer, wait: Wait) -> None:
    """A person's decision is one of those that they are offered, or comes too late."""
    if answer.event not in ("decided", "timeout"):
        raise NodeFailed(f"A person decides here: it can't end by “{answer.event}”. Choose a decision, or that nobody takes one.")
    offered = [action["name"] for action in wait.details.get("actions") or []]
    if answer.event == "decided" and offered and answer.data["action"] not in offered:
        raise NodeFailed(f"Nobody is offered “{str(answer.data['action'])[:64]}” here. Choose one of: {', '.join(offered)}.")
