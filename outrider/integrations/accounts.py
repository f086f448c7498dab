"""Accounts at other services, which only the operator of the installation names: in a setting that holds them as JSON, or the
path of a JSON file (a mounted secret).

Things in the product refer to an account by its name. Addresses and secrets are never taken from a request and never shown:
nobody can point us at a machine inside, or a secret at a machine of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, SecretStr, StringConstraints, TypeAdapter, ValidationError

from outrider.errors import ConfigurationError

T = TypeVar("T")


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _keeps_secrets(url: AnyHttpUrl) -> AnyHttpUrl:
    """A secret goes over an encrypted line, or stays on this machine."""
    if url.username or url.password:
        raise ValueError("must not hold a user or password; use the fields that are made for them")
    if url.scheme != "https" and not is_loopback(url.host or ""):
        raise ValueError("must begin with https:// (http:// only for a server on this machine)")
    return url


SafeUrl = Annotated[AnyHttpUrl, AfterValidator(_keeps_secrets)]
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class Account(BaseModel):
    model_config = ConfigDict(extra="forbid")


def read_named(variable: str, setting: SecretStr | None, accounts: TypeAdapter[dict[str, T]]) -> dict[str, T]:
    """The accounts that a setting names.

    Args:
        variable: the setting, for the message.

    Raises:
        ConfigurationError: it can't be used; the message names the field and never a secret.
    """
    if setting is None:
        return {}
    text = setting.get_secret_value().strip()
    try:
        return accounts.validate_json(text if text.startswith("{") else Path(text).read_text())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"{variable}: the file can't be read ({reason}).",
            remedy="Write the accounts as a JSON object, which begins with {, or the path of a file with one.",
        ) from None
    except ValidationError as error:
        # What was entered is left out: it holds secrets.
        problems = [_problem(item["loc"], item["msg"]) for item in error.errors(include_input=False)]
        raise ConfigurationError(f"{variable}: {'; '.join(problems)}", remedy="Correct or unset it, then start again.") from None


def _problem(place: Sequence[int | str], message: str) -> str:
    """What is wrong with the whole has no place."""
    return ": ".join([*([".".join(map(str, place))] if place else []), message])
