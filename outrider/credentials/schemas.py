"""Credentials in the API. A secret comes in and never goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from outrider.credentials.hosts import read_host
from outrider.credentials.models import CredentialKind
from outrider.credentials.secrets import HEADER_NAME, OUR_HEADERS

LONGEST_SECRET = 4_000
MOST_HOSTS = 20

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00]*$")]
Value = Annotated[SecretStr, Field(max_length=LONGEST_SECRET)]


def _can_be_sent(name: str) -> str:
    name = name.strip()
    if not HEADER_NAME.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is no name of a header")
    if name.lower() in OUR_HEADERS:
        raise ValueError(f"{name} is set by Outrider; use another header")
    return name


def _each_once(hosts: list[str]) -> list[str]:
    return list(dict.fromkeys(read_host(host) for host in hosts))


HeaderName = Annotated[str, StringConstraints(max_length=100), AfterValidator(_can_be_sent)]
Hosts = Annotated[
    list[Annotated[str, StringConstraints(max_length=300)]],
    Field(min_length=1, max_length=MOST_HOSTS),
    AfterValidator(_each_once),
]


class CredentialIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    description: Description = ""
    kind: CredentialKind
    header_name: HeaderName | None = None
    """Of the kind `header`."""
    username: Value | None = None
    """Of the kind `basic`. Some services take their key here: it is as secret as the value."""
    value: Value
    """The key, the token, or the password."""
    allowed_hosts: Hosts
    """`api.example.com`, `*.example.com`, either with `:port`. The secret is sent to no other."""


class CredentialPatch(BaseModel):
    """What is left out stays. A host that was not allowed before needs the secret again."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    description: Description | None = None
    header_name: HeaderName | None = None
    username: Value | None = None
    value: Value | None = None
    allowed_hosts: Hosts | None = None


class CredentialUse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    kind: Literal["workflow", "campaign"]
    id: int
    name: str


class CredentialOut(BaseModel):
    """A credential without its secret, which is told nobody."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: str
    kind: CredentialKind
    header_name: str
    allowed_hosts: list[str]
    is_readable: bool = True
    """False where the key that sealed it is missing: bring the key back, or enter the secret again."""
    used_by: list[CredentialUse] = []
    """Workflows as published or drawn, and campaigns that are not over."""
    created_by: str
    changed_by: str
    created_at: datetime
    updated_at: datetime
    last_used_at: datetime | None
    """To the minute; null if it was never sent."""
