"""Outreach described in English, sentence by sentence, as the steps of a workflow. What is not understood is said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from outrider.llm.offline.tasks import task

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a couple of": 2, "a few": 3,
}  # fmt: skip
_AMOUNT = r"(\d+|a couple of|a few|" + "|".join(word for word in NUMBERS if " " not in word) + r")"
_SPAN = re.compile(rf"\b{_AMOUNT}\s+(minute|hour|day|week)s?\b", re.IGNORECASE)
_CLAUSES = re.compile(
    r"(?:[.;\n]+|,\s*(?:and\s+)?(?:then\s+)?|\b(?:and then|then|after that|afterwards)\b"
    r"|\band\b(?=\s+(?:text|call|wait|tag|notify|tell)))",
    re.IGNORECASE,
)
_REPLY = r"(?:answer|reply|replies|respond|response|write back|text back)\w*"
_WHO_REPLIES = re.compile(
    rf"\b(?:who|that|if (?:they|he|she|the lead|someone)|when they|once they)\s+(?:\w+\s+)?{_REPLY}", re.IGNORECASE
)
_STOPS = re.compile(rf"\b(?:stop|end|quit|cancel)\b.*\b{_REPLY}", re.IGNORECASE)
_GOES_ON = re.compile(rf"\b(?:don.?t|do not|never)\s+stop\b.*\b{_REPLY}", re.IGNORECASE)
_TAG = re.compile(r"\b(?:tag|label|mark)\b", re.IGNORECASE)
_TAG_NAME = re.compile(r"(?:\bas|\bwith)\s+[\"“']?([\w -]{1,40}?)[\"”']?$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“]([^\"”]{1,1000})[\"”]")
_SCORE = re.compile(r"\bscores?\b.*?\b(above|over|at least|more than|below|under|less than)\s+(\d{1,3})", re.IGNORECASE)
_BELOW = frozenset({"below", "under", "less than"})
END = "end"

Step = dict[str, Any]


@task("describe_workflow")
def outline(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Steps with their parameters as JSON, in order; a step without ways of its own leads to the next."""
    text = str(context.get("text") or "").strip()
    return _Outline().read(text)


class _Outline:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.stops_on_reply = True
        self.on_reply: list[Step] = []
        self.unknown: list[str] = []
        self.pending: Step | None = None
        """A branch whose way the next step is."""

    def read(self, text: str) -> Mapping[str, Any]:
        quoted = [match[1] for match in _QUOTED.finditer(text)]
        hidden = _QUOTED.sub(lambda match: f"quote{quoted.index(match[1])}q", text)
        self._add("validate", {})
        for clause in filter(None, (part.strip(" ,") for part in _CLAUSES.split(hidden))):
            if not self._take(clause, quoted):
                self.unknown.append(re.sub(r"quote(\d+)q", lambda match: f"“{quoted[int(match[1])]}”", clause))
        self._wire_replies()
        for step in self.steps:
            step["parameters"] = [{"name": name, "value": json.dumps(value)} for name, value in step.pop("data").items()]
        said = f"{len(self.steps)} steps, drawn by rules."
        if self.unknown:
            said += " Not understood: " + "; ".join(f"“{clause}”" for clause in self.unknown) + "."
        return {
            "name": _name(self.steps),
            "description": text[:300],
            "explanation": said,
            "stop_on_reply": self.stops_on_reply,
            "steps": self.steps,
        }

    def _take(self, clause: str, quoted: list[str]) -> bool:
        """Whether the clause was understood."""
        if _GOES_ON.search(clause):
            self.stops_on_reply = False
            return True
        if _STOPS.search(clause):
            return True
        if (score := _SCORE.search(clause)) is not None:
            self._branch(score)
            rest = re.sub(r"^\W*(?:is\s+)?", "", clause[score.end() :])
            return not rest or self._take(rest, quoted)
        data_of: list[tuple[str, str, Callable[[], dict[str, Any]]]] = [
            (r"\b(?:approv\w*|sign.?off|permission)\b", "approval", lambda: {
                "title": "Go on with {{ lead.name | this lead }}?",
                "actions": [{"name": "approved", "label": "Go on"}, {"name": "rejected", "label": "Stop"}],
            }),
            (_TAG.pattern, "tag", lambda: {"add": [_tag(clause)]}),
            (r"\b(?:notify|tell|alert|inform)\b", "notify", lambda: {"title": _sentence(clause)}),
            (r"\b(?:enrich|look up|research)\b", "enrichment", dict),
            (r"\bqualif\w+\b", "qualify", dict),
            (r"\b(?:crm|hubspot|salesforce)\b", "crm_sync", dict),
            (r"\b(?:wait|pause|hold on)\b", "wait", lambda: _span(clause)),
            (r"\b(?:call|phone|ring)\b", "voice", dict),
            (r"\b(?:text|sms|message|write|remind|follow.?up|nudge|say|send)\b", "sms", dict),
        ]  # fmt: skip
        for pattern, kind, data in data_of:
            if not re.search(pattern, clause, re.IGNORECASE):
                continue
            self._place(clause, kind, data(), quoted)
            return True
        if _SPAN.search(clause):
            self._add("wait", _span(clause))
            return True
        return False

    def _place(self, clause: str, kind: str, data: dict[str, Any], quoted: list[str]) -> None:
        if kind in ("tag", "notify", "crm_sync") and _WHO_REPLIES.search(clause):
            self.on_reply.append({"type": kind, "data": data})
            return
        if kind != "wait" and (span := _SPAN.search(clause)) is not None and re.search(r"\b(?:after|later|in)\b", clause, re.I):
            self._add("wait", _span(span[0]))
        if kind != "sms":
            step = self._add(kind, data)
            if kind == "approval":
                step["ways"] = [{"outcome": "rejected", "to": END}]
            return
        if (quote := re.search(r"quote(\d+)q", clause)) is not None:
            self._add("send_template", {"text": quoted[int(quote[1])]})
            return
        again = any(step["type"] in ("sms", "send_template") for step in self.steps)
        self._add("sms", {"prompt": "Follow up briefly on the earlier text, without pressure."} if again else {})

    def _branch(self, score: re.Match[str]) -> None:
        sign = "<" if score[1].lower() in _BELOW else ">="
        label = f"Score {score[1].lower()} {score[2]}"
        case = {"name": "yes", "label": label, "condition": f"lead.score != null && lead.score {sign} {score[2]}"}
        self.pending = self._add("branch", {"cases": [case]})

    def _add(self, kind: str, data: dict[str, Any]) -> Step:
        step: Step = {"id": f"{kind}_{len(self.steps) + 1}", "type": kind, "data": data, "ways": []}
        if (branch := self.pending) is not None and kind != "branch":
            # The step is for those of the case; everybody else goes on behind it, wherever that is.
            branch["ways"] = [{"outcome": "yes", "to": step["id"]}, {"outcome": "otherwise", "to": f"after:{step['id']}"}]
            self.pending = None
        self.steps.append(step)
        return step

    def _wire_replies(self) -> None:
        """Who answers is looked after: every wait then listens, and what was wanted for them follows its answer."""
        if self.on_reply:
            waits = [step for step in self.steps if step["type"] == "wait"]
            if not waits:
                self.steps.append({"id": "listen", "type": "wait_for_reply", "data": {"amount": 3, "unit": "days"}, "ways": []})
                waits = [self.steps[-1]]
            followed = [f"reply_{number}" for number in range(1, len(self.on_reply) + 1)]
            if waits[-1] is not self.steps[-1] and self.steps[-1]["type"] in ("sms", "send_template"):
                self.steps.append({"id": "listen", "type": "wait_for_reply", "data": {"amount": 3, "unit": "days"}, "ways": []})
                waits.append(self.steps[-1])
            for step in waits:
                step["type"] = "wait_for_reply"
                step["ways"] = [{"outcome": "replied", "to": followed[0]}]
            following = [*followed[1:], END]
            self.steps[-1]["ways"].append({"outcome": "timeout", "to": END})
            for place, wanted in enumerate(self.on_reply):
                ways = [{"outcome": "", "to": following[place]}]
                self.steps.append({"id": followed[place], **wanted, "ways": ways})
        order = [step["id"] for step in self.steps]
        for step in self.steps:
            for way in step["ways"]:
                if way["to"].startswith("after:"):
                    place = order.index(way["to"].removeprefix("after:")) + 1
                    way["to"] = order[place] if place < len(order) and not order[place].startswith("reply_") else END


def _span(clause: str) -> dict[str, Any]:
    found = _SPAN.search(clause)
    if found is None:
        return {"amount": 1, "unit": "days"}
    amount = int(found[1]) if found[1].isdigit() else NUMBERS[found[1].lower()]
    return {"amount": max(1, min(amount, 365)), "unit": f"{found[2].lower()}s"}


def _tag(clause: str) -> str:
    found = _TAG_NAME.search(clause)
    return found[1].strip().lower() if found else "replied" if _WHO_REPLIES.search(clause) else "contacted"


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:198]


def _name(steps: list[Step]) -> str:
    words = {"sms": "text", "send_template": "text", "voice": "call", "wait_for_reply": "wait"}
    shown = [str(words.get(step["type"], step["type"])) for step in steps if step["type"] not in ("validate", "tag")]
    return " → ".join(shown[:6]).capitalize() or "Outreach"
