"""`/health`, `/health/ready` and `/metrics`."""

from __future__ import annotations

import os
from typing import Literal

import asyncpg
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from outrider import __version__
from outrider.auth.permissions import Permission, require
from outrider.db.engine import Database

router = APIRouter(tags=["health"], dependencies=[Depends(require(Permission.PUBLIC))])


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str = __version__


class Readiness(BaseModel):
    status: Literal["ready", "not ready"]
    database: Literal["ok", "unreachable"]


@router.get("/health")
async def health() -> Health:
    """The process runs."""
    return Health()


@router.get("/health/ready", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response) -> Readiness:
    """The process can serve: its database answers."""
    database: Database = request.app.state.database
    try:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
    except (OSError, DBAPIError, asyncpg.PostgresError):
        response.status_code = 503
        return Readiness(status="not ready", database="unreachable")
    return Readiness(status="ready", database="ok")


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """Figures of every process of this installation, for Prometheus."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
