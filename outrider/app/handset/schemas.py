"""What the handset shows and takes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from outrider.conversations.schemas import MAX_BODY


class Availability(BaseModel):
    available: bool
    """The shipped simulator is the carrier."""
    running: bool
    """It answers."""
    personas: list[str]
    """What a person can be played by; `manual` is the person at the screen."""


class HandsetPerson(BaseModel):
    """Somebody whose handset can be picked up."""

    model_config = ConfigDict(from_attributes=True)

    lead_id: int
    name: str
    company: str | None
    phone: str
    conversation_id: int | None
    last_message_at: datetime | None


class HandsetText(BaseModel):
    """A text as the carrier knows it."""

    sid: str
    direction: Literal["received", "written"]
    """From the person's side: `received` came from us, `written` by them."""
    our_number: str | None
    body: str
    media_urls: list[str]
    status: str
    arrived: bool
    """It is on the handset; a text of ours that is queued, or could not be delivered, is not."""
    error_code: int | None
    segments: int
    at: datetime
    """When it was delivered or written; for what has not arrived, when it was handed to the carrier."""
    by_carrier: bool
    """The carrier's own answer to a keyword such as STOP."""


class Handset(BaseModel):
    """One person's handset: their side of the thread, oldest first, at most the latest hundred texts."""

    phone: str
    our_number: str
    """The number of ours that their texts go to."""
    persona: str
    persona_is_chosen: bool
    """Somebody said who plays the person; otherwise the simulator's mix does."""
    delivers: bool
    """False: the handset is switched off, and texts to it end as undelivered."""
    opted_out: bool
    """The carrier delivers nothing from `our_number` since they wrote STOP."""
    faults: dict[str, float]
    """What the carrier does wrong just now, for everybody: the switches that are on."""
    texts: list[HandsetText]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HandsetTextIn(_Strict):
    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY, pattern=r"\S")]


class PersonaIn(_Strict):
    persona: Annotated[str, StringConstraints(max_length=60)] | None
    """null leaves it to the simulator's mix of people again."""


class Reachable(_Strict):
    delivers: bool


Record = dict[str, Any]
"""A message as the simulator's control plane describes it."""
