"""`/api/credentials`: named secrets for calls of other systems. No answer holds one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from outrider.auth.permissions import Actor, Permission, require
from outrider.config import Settings
from outrider.credentials import service
from outrider.credentials.schemas import CredentialIn, CredentialOut, CredentialPatch
from outrider.db.pages import Page
from outrider.db.sealing import Sealer, sealer_of
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/credentials", tags=["credentials"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]
Writer = Annotated[Actor, Depends(require(Permission.SETTINGS_WRITE))]


def _sealer(request: Request) -> Sealer:
    settings: Settings = request.app.state.settings
    return sealer_of(settings)


Sealing = Annotated[Sealer, Depends(_sealer)]


@router.get("", dependencies=READ)
async def list_credentials(session: Transaction, sealer: Sealing) -> Page[CredentialOut]:
    """Every credential by its name, on one page, with where it is used."""
    return Page(items=await service.list_credentials(session, sealer))


@router.post("", status_code=201)
async def create_credential(session: Transaction, credential: CredentialIn, actor: Writer, sealer: Sealing) -> CredentialOut:
    """Keep a secret, sealed. It is sent to its allowed hosts and shown to nobody."""
    return await service.create_credential(session, credential, actor.name, sealer)


@router.get("/{credential_id}", dependencies=READ)
async def get_credential(session: Transaction, credential_id: int, sealer: Sealing) -> CredentialOut:
    return await service.get_credential(session, credential_id, sealer)


@router.patch("/{credential_id}")
async def change_credential(
    session: Transaction, credential_id: int, patch: CredentialPatch, actor: Writer, sealer: Sealing
) -> CredentialOut:
    """Rename a credential, replace its secret, or change its hosts; a further host needs the secret again."""
    return await service.change_credential(session, credential_id, patch, actor.name, sealer)


@router.delete("/{credential_id}", status_code=204, dependencies=WRITE)
async def delete_credential(session: Transaction, credential_id: int) -> None:
    """Delete a credential that no workflow and no campaign uses; otherwise they are named."""
    await service.delete_credential(session, credential_id)
