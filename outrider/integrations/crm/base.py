"""The CRM port: what the product asks of a customer-relationship system, in its own words.

Every write can be repeated without doubling anything: contacts are found by their id, else by our key; activities carry our
key; fields are set. Whoever calls may therefore crash between a call and its own commit, and call again.

Values are texts, as these systems' interfaces carry them; what a contact says is data of strangers.

ProviderError
└── CrmError
    ├── CrmUnavailable      no answer, or "not now": ask again later
    ├── CrmRefused          it understood and said no; asking again changes nothing
    ├── CrmNotAuthenticated our credentials are no good: nothing works until a person renews them
    └── ContactMissing      it has no such contact (any more)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from outrider.errors import ProviderError

FieldKind = Literal["text", "number", "boolean", "date", "choice"]


class CrmError(ProviderError):
    title = "The CRM failed"


class CrmUnavailable(CrmError):
    """No answer, an unusable one, or a request to come back later."""

    def __init__(self, detail: str, *, retry_after: float | None = None):
        super().__init__(detail, retryable=True, retry_after=retry_after)


class CrmRefused(CrmError):
    """The CRM understood the request and declined it."""

    def __init__(self, detail: str, *, remedy: str = ""):
        super().__init__(detail, retryable=False, remedy=remedy)


class CrmNotAuthenticated(CrmRefused):
    title = "The CRM refuses our credentials"


class ContactMissing(CrmRefused):
    title = "The CRM has no such contact"


@dataclass(frozen=True, slots=True)
class CrmTraits:
    """What differs between systems, so that callers need not know which one it is."""

    polls: bool
    """It can be asked for contacts that changed; one that can't tells us by itself."""
    lag: timedelta = timedelta(0)
    """A change may be listed this late: ask again for what changed this long before the last position."""
    page: int = 200
    """Contacts that one request lists or writes at best."""


@dataclass(frozen=True, slots=True)
class CrmAccount:
    """Whom the credentials belong to, to tell at a glance whether they are the right ones."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RemoteField:
    """A field that contacts have there."""

    name: str
    label: str
    kind: FieldKind = "text"
    choices: tuple[str, ...] = ()
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list of contacts ordered by their last change, then by id."""

    changed_at: datetime
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    external_id: str
    values: Mapping[str, str] = field(repr=False)
    """By field; those that are empty may be missing."""
    changed_at: datetime
    merged_ids: tuple[str, ...] = ()
    """Contacts that were merged into this one."""


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of contacts in the order of their last change."""

    contacts: Sequence[Contact]
    position: Position | None
    """After the last one; None when there was none."""
    more: bool


@dataclass(frozen=True, slots=True)
class Gone:
    """A contact that was deleted, or merged into another one."""

    external_id: str
    at: datetime
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class ContactWrite:
    key: str
    """Ours, kept at the contact, so that a repetition finds it."""
    values: Mapping[str, str] = field(repr=False)
    external_id: str | None = None
    """None: a contact with our key, this e-mail address or this phone number is looked up, else a new one is made."""
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one `ContactWrite`."""

    key: str
    external_id: str | None
    problem: str | None = None
    """Why it was refused, in words for people."""


class ActivityKind(StrEnum):
    TEXT = "text"
    CALL = "call"
    NOTE = "note"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Activity:
    key: str
    """Ours; the same key is the same activity, however often it is logged."""
    external_id: str
    """The contact."""
    kind: ActivityKind
    at: datetime
    subject: str = field(repr=False)
    body: str = field(repr=False)
    """Plain text."""
    is_inbound: bool = False
    ends_at: datetime | None = None
    """Of a meeting or call."""


class Crm(Protocol):
    @property
    def traits(self) -> CrmTraits: ...

    async def check(self) -> CrmAccount:
        """
        Raises:
            CrmError: the credentials don't work, or something is missing there that we need; the remedy says what to do.
        """
        ...

    async def prepare(self) -> None:
        """Make sure that their side has the fields that hold our keys.

        Raises:
            CrmRefused: they are missing and can't be created by us; the remedy names them.
        """
        ...

    async def fields(self) -> Sequence[RemoteField]:
        """Fields of contacts, by label."""
        ...

    async def changed(self, after: Position | None, fields: Sequence[str], limit: int) -> Changes:
        """Contacts that changed after a position, earliest first; from the beginning of time without one."""
        ...

    async def gone(self, since: datetime) -> Sequence[Gone]:
        """Contacts that were deleted or merged since then, earliest first."""
        ...

    async def read(self, external_ids: Sequence[str], fields: Sequence[str]) -> Sequence[Contact]:
        """Contacts by their ids; those that don't exist are left out, merged ones come as what they were merged into."""
        ...

    async def upsert(self, contacts: Sequence[ContactWrite]) -> Sequence[Written]:
        """Write contacts, each by itself: one that is refused stops no other. In the order they were given in."""
        ...

    async def log(self, activity: Activity) -> str:
        """Log an activity at its contact, once per key; returns its id there.

        Raises:
            ContactMissing
        """
        ...

    async def set_fields(self, external_id: str, values: Mapping[str, str]) -> None:
        """Set outcome or lifecycle fields of a contact.

        Raises:
            ContactMissing
        """
        ...

    async def opt_out(self, external_id: str, at: datetime) -> None:
        """Mark a contact as not to be contacted.

        Raises:
            ContactMissing
        """
        ...

    async def aclose(self) -> None: ...
