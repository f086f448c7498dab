"""Objections in and out of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NO_NUL = r"^[^\x00]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=NO_NUL)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Guidance = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=NO_NUL)]
Answer = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320, pattern=NO_NUL)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=NO_NUL)]
Lines = Annotated[list[Line], Field(max_length=20)]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ObjectionIn(_Strict):
    """A new objection, or with the key of another one what stands in its place."""

    campaign_id: Id | None = Field(None, description="Null for all campaigns.")
    key: Key | None = Field(None, description="Without one it is made of the name.")
    name: Name
    examples: Lines = []
    guidance: Guidance
    sample_answer: Answer = ""
    proof_points: Lines = []
    enabled: bool = True


class ObjectionPatch(_Strict):
    """Changes to an objection; what is left out stays."""

    name: Name | None = None
    examples: Lines | None = None
    guidance: Guidance | None = None
    sample_answer: Answer | None = None
    proof_points: Lines | None = None
    enabled: bool | None = None


class ObjectionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int | None = None
    """None for a shipped one that nobody has changed: create one of its key to change it."""
    campaign_id: int | None = None
    key: str
    name: str
    examples: list[str]
    guidance: str
    sample_answer: str
    proof_points: list[str]
    enabled: bool = True
    origin: Literal["shipped", "all", "campaign"] = "shipped"
    """Where it comes from: shipped, of the installation for all campaigns, or of this campaign."""
    is_shipped: bool = False
    """One is shipped under this key; deleting the copy brings it back."""
    updated_at: datetime | None = None
