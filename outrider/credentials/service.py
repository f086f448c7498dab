"""The verbs of credentials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from outrider.config import Settings
from outrider.credentials import repository
from outrider.credentials.hosts import is_allowed, new_hosts
from outrider.credentials.models import Credential, CredentialKind
from outrider.credentials.schemas import CredentialIn, CredentialOut, CredentialPatch, CredentialUse
from outrider.credentials.secrets import Secret, opened, to_keep
from outrider.credentials.uses import uses_of
from outrider.db.sealing import Sealer, SecretUnreadable, sealer_of
from outrider.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from outrider.events.live import announce
from outrider.events.topics import Topic

MOST_CREDENTIALS = 200
MOST_NAMED = 5


class CredentialNotFound(NotFound):
    """There is no such credential."""


class CredentialNameTaken(Conflict):
    """Another credential has this name."""


class CredentialInUse(Conflict):
    """Workflows or campaigns send the credential."""


class HostNotAllowed(PermissionDenied):
    """The credential may not be sent there."""


async def list_credentials(session: AsyncSession, sealer: Sealer) -> list[CredentialOut]:
    return await present(session, await repository.everything(session), sealer)


async def get_credential(session: AsyncSession, credential_id: int, sealer: Sealer) -> CredentialOut:
    """
    Raises:
        CredentialNotFound
    """
    return (await present(session, [_there(await repository.find(session, credential_id), credential_id)], sealer))[0]


async def present(session: AsyncSession, credentials: Sequence[Credential], sealer: Sealer) -> list[CredentialOut]:
    """The API's form of credentials, with where they are used."""
    uses = await uses_of(session, [credential.id for credential in credentials])
    return [
        CredentialOut.model_validate(credential).model_copy(
            update={
                "is_readable": sealer.opens(credential.sealed),
                "used_by": [CredentialUse.model_validate(use) for use in uses.get(credential.id, [])],
            }
        )
        for credential in credentials
    ]


async def create_credential(session: AsyncSession, given: CredentialIn, who: str, sealer: Sealer) -> CredentialOut:
    """
    Raises:
        InvalidInput: the secret can't be sent in this form.
        CredentialNameTaken
    """
    if len(await repository.everything(session)) >= MOST_CREDENTIALS:
        raise InvalidInput(f"There are {MOST_CREDENTIALS} credentials already.", remedy="Delete some first.")
    _check_header(given.kind, given.header_name)
    credential = Credential(
        name=given.name,
        description=given.description,
        kind=given.kind,
        header_name=given.header_name or "",
        sealed=sealer.seal(_to_keep(given.kind, given)),
        allowed_hosts=given.allowed_hosts,
        created_by=who,
        changed_by=who,
    )
    session.add(credential)
    return await _saved(session, credential, sealer)


async def change_credential(
    session: AsyncSession, credential_id: int, patch: CredentialPatch, who: str, sealer: Sealer
) -> CredentialOut:
    """Change what is given. Who can't name the secret can't have it sent to a further host, where they might read it.

    Raises:
        CredentialNotFound, CredentialNameTaken
        InvalidInput: the secret can't be sent in this form, or a further host is named without it.
    """
    credential = _there(await repository.lock(session, credential_id), credential_id)
    kind = CredentialKind(credential.kind)
    if patch.header_name is not None:
        _check_header(kind, patch.header_name)
    further = new_hosts(patch.allowed_hosts or [], credential.allowed_hosts)
    if further and patch.value is None:
        raise InvalidInput.on(
            "body.value",
            f"is needed to allow {further[0]}, where the secret could not be sent before",
            "Enter the secret again.",
        )
    if patch.username is not None and patch.value is None:
        raise InvalidInput.on("body.value", "is needed together with the user's name", "Enter the password, too.")
    if patch.value is not None:
        credential.sealed = sealer.seal(_to_keep(kind, patch))
    plain = patch.model_dump(exclude_unset=True, exclude_none=True, exclude={"value", "username"})
    changes: dict[str, Any] = {**plain, "changed_by": who}
    for field, value in changes.items():
        setattr(credential, field, value)
    return await _saved(session, credential, sealer)


async def delete_credential(session: AsyncSession, credential_id: int) -> None:
    """
    Raises:
        CredentialNotFound
        CredentialInUse: names what sends it.
    """
    credential = _there(await repository.lock(session, credential_id), credential_id)
    if uses := (await uses_of(session, [credential_id])).get(credential_id):
        named = ", ".join(f"the {use.kind} “{use.name}”" for use in uses[:MOST_NAMED])
        more = f" and {len(uses) - MOST_NAMED} more" if len(uses) > MOST_NAMED else ""
        raise CredentialInUse(
            f"“{credential.name}” is used by {named}{more}.",
            remedy="Choose another credential there, or end the campaigns, and delete it then.",
            used_by=[CredentialUse.model_validate(use).model_dump() for use in uses],
        )
    await session.delete(credential)
    announce(session, Topic.CREDENTIALS, "changed", [credential_id])


async def secret_for(session: AsyncSession, credential_id: int, url: str, sealer: Sealer) -> Secret:
    """The secret for one call of `url`, which is about to be made.

    Raises:
        CredentialNotFound: it was deleted.
        HostNotAllowed: it may not be sent there.
        SecretUnreadable: the key that sealed it is missing.
    """
    credential = _there(await repository.find(session, credential_id), credential_id)
    if not is_allowed(url, credential.allowed_hosts):
        raise HostNotAllowed(
            f"The credential “{credential.name}” may not be sent to this address, only to {', '.join(credential.allowed_hosts)}.",
            remedy="Call another address, or allow its host in Settings → Credentials.",
        )
    kept = sealer.open(credential.sealed)
    await repository.note_use(session, credential_id)
    return opened(credential.name, CredentialKind(credential.kind), credential.header_name, kept)


async def seal_anew(session: AsyncSession, settings: Settings) -> list[int]:
    """Seal all credentials with the newest key, after which the older ones are not needed any more.

    Returns:
        Ids of the credentials that no key opens.

    Raises:
        ConfigurationError: as in `sealer_of`; not where there is nothing to seal.
    """
    unreadable: list[int] = []
    credentials = await repository.lock_all(session)
    sealer = sealer_of(settings) if credentials else None
    for credential in credentials:
        assert sealer is not None
        if sealer.is_current(credential.sealed):
            continue
        try:
            credential.sealed = sealer.seal(sealer.open(credential.sealed))
            flag_modified(credential, "updated_at")  # It is the same secret: nobody changed anything.
        except SecretUnreadable:
            unreadable.append(credential.id)
    return unreadable


def _there(credential: Credential | None, credential_id: int) -> Credential:
    if credential is None:
        raise CredentialNotFound(f"There is no credential {credential_id}.", remedy="Choose one of Settings → Credentials.")
    return credential


def _to_keep(kind: CredentialKind, given: CredentialIn | CredentialPatch) -> str:
    assert given.value is not None
    username = None if given.username is None else given.username.get_secret_value()
    return to_keep(kind, given.value.get_secret_value(), username)


def _check_header(kind: CredentialKind, name: str | None) -> None:
    if (kind is CredentialKind.HEADER) != (name is not None):
        wrong = "is needed" if name is None else "belongs to the kind header only"
        remedy = "Name the header, as in X-Api-Key." if name is None else "Leave it out."
        raise InvalidInput.on("body.header_name", wrong, remedy)


async def _saved(session: AsyncSession, credential: Credential, sealer: Sealer) -> CredentialOut:
    name = credential.name
    with session.no_autoflush:
        is_taken = await repository.is_taken(session, name, credential.id)
    try:
        if is_taken:
            raise _taken(name)
        await session.flush()
    except IntegrityError as error:
        raise _taken(name) from error
    await session.refresh(credential)
    announce(session, Topic.CREDENTIALS, "changed", [credential.id])
    return (await present(session, [credential], sealer))[0]


def _taken(name: str) -> CredentialNameTaken:
    return CredentialNameTaken(f"There is already a credential named “{name}”.", remedy="Choose another name.")
