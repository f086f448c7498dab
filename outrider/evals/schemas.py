"""What the API takes and gives of evals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from outrider.evals.models import RunStatus
from outrider.evals.running import EvalResults

Name = Annotated[str, Field(max_length=120)]


class EvalIn(BaseModel):
    """What to play."""

    model_config = ConfigDict(extra="forbid")

    model: Name | None = None
    """`provider:model`; the installation's default without it."""
    only: Annotated[str, Field(max_length=60)] = ""
    """Only scripts whose name holds this."""
    personas: Annotated[list[Name], Field(max_length=40)] = []
    """Simulated leads in place of scripts."""
    repeat: Annotated[int, Field(ge=1, le=20)] = 1
    most_turns: Annotated[int, Field(ge=1, le=60)] = 12
    most_cost: Annotated[Decimal, Field(ge=0, le=1000, max_digits=10, decimal_places=4)] = Decimal(1)
    """US dollars that the run may cost."""


class EvalWanted(BaseModel):
    """What a run plays, wherever it was asked for."""

    model: str | None = None
    only: str = ""
    personas: list[str] = []
    repeat: int = 1
    most_turns: int = 12
    most_cost: Decimal | None = None
    """US dollars; None is without a limit."""
    scenarios: str | None = None
    """The folder of scripts, where it is not the shipped one."""
    lead_model: str | None = None
    """Plays the simulated leads in place of their own lines."""


class PersonaOut(BaseModel):
    """A simulated lead."""

    key: str
    name: str
    character: str
    """As it is told to a model that plays it."""


class EvalChoices(BaseModel):
    """What can be played."""

    scripts: list[str]
    """Names of the shipped scripts: situation and language, as in `price-es`."""
    personas: list[PersonaOut]


class EvalRunOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    status: RunStatus
    requested_by: str
    model: str | None
    planned: int
    """Conversations."""
    played: int
    passed: int
    cost: Decimal
    """US dollars."""
    problem: str | None
    created_at: datetime
    began_at: datetime | None
    ended_at: datetime | None


class EvalRunDetail(EvalRunOut):
    """A run with every conversation."""

    wanted: EvalWanted
    results: EvalResults | None
    """What was found so far; None until the first conversation has ended."""
