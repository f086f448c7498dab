"""What a script of a conversation consists of; `tests/scenarios/*.yaml` are such scripts.

`{workday}` in a text stands for the name of a working day within the week, in the script's language.

A file holds one situation, told in several languages: a lead, the campaign's briefing, and turns. In a turn the lead writes,
in one text or several in a row, and then what is expected holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FOLDER = Path(__file__).parent


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Lead(Strict):
    name: str
    language: str | None = None
    company: str | None = None


class Briefing(Strict):
    description: str
    sender_name: str = ""


class Expectation(Strict):
    """What is true after the turn; what is left out is expected not to happen."""

    replied: bool = False
    """The agent answers, with exactly one text."""
    notified: bool = False
    """The text that the law wants is sent: the confirmation of an opt-out, or help."""
    handed_over: bool = False
    """A person has the conversation."""
    suppressed: bool = False
    """The number must not be contacted."""
    booked: bool = False
    """A meeting of the conversation lies ahead."""
    reminded: bool = False
    """A person will be reminded of the conversation."""
    agent: str | None = None
    """Type of the agent that answered; None says nothing about it."""
    reason: str | None = None
    """Why a person has it (`PersonReason`)."""
    facts: list[str] = []
    """Factors that are known by now, each with the lead's own words."""
    tier: str | None = None
    email: str | None = None
    """What the lead's row has."""
    contains: list[str] = []
    """Words of the text that is sent, in any case."""
    lacks: list[str] = []
    segments: int = Field(3, ge=1)
    """At most."""


class Turn(Strict):
    lead: str | list[str]
    """The lead's text, or several in a row."""
    expect: Expectation = Expectation()

    @property
    def texts(self) -> list[str]:
        return [self.lead] if isinstance(self.lead, str) else self.lead


class Script(Strict):
    lead: Lead
    briefing: Briefing
    turns: list[Turn] = Field(min_length=1)


Language = Literal["en", "es", "fr"]
_FILE = TypeAdapter(dict[Language, Script])


def scripts() -> Iterator[tuple[str, Script]]:
    """All scripts, each with a name such as `price-es`."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for language, script in _FILE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8"))).items():
            yield f"{path.stem}-{language}", script
