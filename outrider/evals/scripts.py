"""What a script of a conversation consists of; `tests/scenarios/*.yaml` are such scripts.

`{workday}` in a text stands for the name of a working day within the week, in the script's language.

A file holds one situation, told in several languages: a lead, the campaign's briefing, and turns. In a turn the lead writes,
in one text or several in a row, and then what is expected holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from outrider.errors import InvalidInput

BESIDE_THE_PACKAGE = Path(__file__).parents[2] / "tests" / "scenarios"
IN_THE_PACKAGE = Path(__file__).parent / "scenarios"
"""Where a built package has them."""
LARGEST_FILE = 200_000
Model = TypeVar("Model", bound=BaseModel)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Madrid")
    return name


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptLead(Strict):
    name: str
    language: str | None = None
    company: str | None = None
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "America/Chicago"


class ScriptBriefing(Strict):
    description: str
    sender_name: str = ""
    system_prompt: str = ""


class Event(StrEnum):
    """What others do to a conversation."""

    PERSON_TAKES_OVER = "person_takes_over"
    PERSON_HANDS_BACK = "person_hands_back"
    SLOTS_ARE_TAKEN = "slots_are_taken"
    """Somebody else books every time that was offered but the last."""
    LEAD_WRITES_AGAIN = "lead_writes_again"
    """The text of `Turn.adds` arrives."""
    BUDGET_IS_USED_UP = "budget_is_used_up"
    """Nothing is left of what the conversation may cost."""
    MODEL_FAILS = "model_fails"
    """The model refuses from now on."""


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
    meeting_at: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] | None = None
    """When the meeting begins, by the lead's own clock."""
    contains: list[str] = []
    """Words of the text that is sent, in any case."""
    lacks: list[str] = []
    language: Literal["en", "es", "fr"] | None = None
    """Every sentence of the text that is sent is in it."""
    segments: int = Field(3, ge=1)
    """At most."""
    seconds: float | None = Field(None, gt=0)
    """The answer takes no longer, the model's time included."""


class ScriptTurn(Strict):
    lead: str | list[str]
    """The lead's text, or several in a row."""
    before: Event | None = None
    """Happens before the lead writes."""
    meanwhile: Event | None = None
    """Happens while the agents think about the answer."""
    adds: str = ""
    """What the lead writes meanwhile (`Event.LEAD_WRITES_AGAIN`)."""
    expect: Expectation = Expectation()

    @property
    def texts(self) -> list[str]:
        return [self.lead] if isinstance(self.lead, str) else self.lead


class Script(Strict):
    lead: ScriptLead
    briefing: ScriptBriefing
    turns: Annotated[list[ScriptTurn], Field(min_length=1, max_length=40)]

    @property
    def language(self) -> str:
        return (self.lead.language or "en")[:2]


Language = Literal["en", "es", "fr"]
_FILE = TypeAdapter(dict[Language, Script])


def shipped_scenarios() -> Path:
    """The folder with the scripts that come with the product."""
    return IN_THE_PACKAGE if IN_THE_PACKAGE.is_dir() else BESIDE_THE_PACKAGE


def read_scripts(folder: Path) -> dict[str, Script]:
    """All scripts of a folder by a name such as `price-es`, in order.

    Raises:
        InvalidInput: there are none, or one can't be read; names the file.
    """
    found = dict(_read(folder))
    if not found:
        raise InvalidInput(f"There are no scripts in {folder}.", remedy="Name a folder with files such as price.yaml.")
    return found


def _read(folder: Path) -> Iterator[tuple[str, Script]]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            text = path.read_text(encoding="utf-8")
            if len(text) > LARGEST_FILE:
                raise ValueError(f"has more than {LARGEST_FILE:,} characters")
            told = _FILE.validate_python(yaml.safe_load(text))
        except (OSError, ValueError, yaml.YAMLError, ValidationError) as error:
            raise InvalidInput(f"{path.name} is no script: {error}", remedy="docs/evals.md says what a script holds.") from error
        for language, script in told.items():
            yield f"{path.stem}-{language}", script
