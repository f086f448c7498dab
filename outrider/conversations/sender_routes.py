"""`/api/senders`."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from outrider.auth.permissions import Permission, require
from outrider.conversations import senders as service
from outrider.conversations.schemas import SenderIn, SenderOut, SenderPatch
from outrider.db.pages import Page
from outrider.db.web import Transaction

router = APIRouter(prefix="/api/senders", tags=["senders"])

READ = [Depends(require(Permission.SETTINGS_READ))]
WRITE = [Depends(require(Permission.SETTINGS_WRITE))]


@router.get("", dependencies=READ)
async def list_senders(session: Transaction) -> Page[SenderOut]:
    """Every sender, on one page, with the number of texts in its outbox."""
    senders, waiting = await service.list_senders(session)
    items = [
        SenderOut.model_validate(sender).model_copy(update={"waiting_texts": waiting.get(sender.id, 0)}) for sender in senders
    ]
    return Page(items=items)


@router.post("", status_code=201, dependencies=WRITE)
async def create_sender(session: Transaction, sender: SenderIn) -> SenderOut:
    """Add a number or messaging service that the carrier's account owns."""
    return SenderOut.model_validate(await service.create_sender(session, sender))


@router.get("/{sender_id}", dependencies=READ)
async def get_sender(session: Transaction, sender_id: int) -> SenderOut:
    return SenderOut.model_validate(await service.get_sender(session, sender_id))


@router.patch("/{sender_id}", dependencies=WRITE)
async def change_sender(session: Transaction, sender_id: int, patch: SenderPatch) -> SenderOut:
    """Change label, rate or use. Texts that wait for a disabled sender leave from another one."""
    return SenderOut.model_validate(await service.change_sender(session, sender_id, patch))


@router.delete("/{sender_id}", status_code=204, dependencies=WRITE)
async def delete_sender(session: Transaction, sender_id: int) -> None:
    """Delete a sender that never sent or received anything."""
    await service.delete_sender(session, sender_id)
