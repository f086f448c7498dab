"""What runs ask for, in plain words: for dry runs, and for the page of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from outrider.workflows.intents import ChangeLead, Intent, ListLead, Notify, RunEffect, SendText, SyncCrm, TagLead

SECRET = re.compile(r"secret|password|token|authorization|api.?key", re.IGNORECASE)
HIDDEN = "•••"
LONGEST_SHOWN = 120
NO_NAMES: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """An intent as people read it."""

    kind: str
    """Name of its class, or of its effect: `send_text`, `webhook`."""
    title: str
    details: dict[str, Any]


def tell(intent: Intent, credentials: Mapping[int, str] = NO_NAMES) -> Told:
    """The intent in a sentence, with everything that it holds but secrets.

    Args:
        credentials: names by id; one without a name is told by its number.
    """
    details = {field.name: hidden(getattr(intent, field.name)) for field in fields(intent) if field.name != "node_id"}
    if isinstance(intent, RunEffect):
        payload = intent.payload
        return Told(intent.kind, tell_effect(intent.kind, payload, credentials), shown_payload(payload, credentials))
    return Told(_words(type(intent).__name__).lower().replace(" ", "_"), _sentence(intent), details)


def tell_effect(kind: str, payload: Mapping[str, Any], credentials: Mapping[int, str] = NO_NAMES) -> str:
    """What is carried out after the commit, in a sentence."""
    if (address := payload.get("url")) is not None:
        chosen = payload.get("credential")
        carried = f" with credential “{credentials.get(chosen, chosen)}”" if chosen else ""
        return f"Calls {payload.get('method', 'POST')} {cut(str(address))}{carried}."
    return f"{_words(kind).capitalize()}."


def shown_payload(payload: Mapping[str, Any], credentials: Mapping[int, str] = NO_NAMES) -> Any:
    """What an effect is carried out with, as people read it."""
    chosen = payload.get("credential")
    return hidden({**payload, "credential": credentials.get(chosen, chosen)} if chosen else payload)


def hidden(value: Any) -> Any:
    """The value as plain data, without what a name calls a secret."""
    if isinstance(value, Mapping):
        return {str(key): HIDDEN if SECRET.search(str(key)) and inner else hidden(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [hidden(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _sentence(intent: Intent) -> str:
    match intent:
        case SendText():
            return f"{'Answers' if intent.after_reply else 'Texts'} the lead: “{cut(intent.body)}”"
        case ChangeLead():
            changes = (f"{name} to “{cut(str(value))}”" for name, value in intent.changes.items())
            return f"Sets {', '.join(changes) or 'nothing'} of the lead."
        case TagLead():
            return f"{_added(intent.add, intent.remove, 'tag')} of the lead."
        case ListLead():
            return f"{_added(intent.add, intent.remove, 'list')} of the lead."
        case Notify():
            return f"Tells the staff{', urgently' if intent.urgent else ''}: {cut(intent.title)}"
        case SyncCrm():
            return "Brings the lead to the connected CRMs."
        case _:
            return f"{_words(type(intent).__name__).capitalize()}."


def _added(add: Sequence[str], remove: Sequence[str], what: str) -> str:
    parts = [f"adds the {what} “{name}”" for name in add] + [f"takes away the {what} “{name}”" for name in remove]
    sentence = " and ".join(parts) or f"changes no {what}"
    return sentence[0].upper() + sentence[1:]


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name)
