"""`GET /api/me`: who is calling."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from outrider.auth.permissions import Actor, Permission, require

router = APIRouter(prefix="/api", tags=["setup"])


class Me(BaseModel):
    name: str
    """The name under which the caller's texts, notes and decisions are kept, and that others assign conversations to."""
    permissions: list[Permission]


@router.get("/me")
async def get_me(actor: Annotated[Actor, Depends(require(Permission.CONVERSATIONS_READ))]) -> Me:
    """The caller, as everybody else sees them."""
    return Me(name=actor.name, permissions=sorted(actor.permissions))
