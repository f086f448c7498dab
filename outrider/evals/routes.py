"""`/api/evals`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import HTMLResponse

from outrider.auth.permissions import Actor, Permission, require
from outrider.db.pages import LARGEST_ID
from outrider.db.web import Transaction
from outrider.evals import service
from outrider.evals.jobs import run
from outrider.evals.report_page import report_page
from outrider.evals.schemas import EvalChoices, EvalIn, EvalRunDetail, EvalRunOut

router = APIRouter(prefix="/api/evals", tags=["evals"])

READ = [Depends(require(Permission.SETTINGS_READ))]
Operator = Annotated[Actor, Depends(require(Permission.SETTINGS_WRITE))]
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.get("", dependencies=READ)
async def list_eval_runs(session: Transaction) -> list[EvalRunOut]:
    """The latest runs, newest first."""
    return await service.list_runs(session)


@router.post("", status_code=202)
async def start_eval_run(session: Transaction, actor: Operator, wanted: EvalIn) -> EvalRunOut:
    """Let a background job play scripts or simulated leads on a model. Nobody is written to, and no lead is touched."""
    begun = await service.request(session, wanted, actor.name)
    await run.enqueue(session, run_id=begun.id)
    return EvalRunOut.model_validate(begun)


@router.get("/choices", dependencies=READ)
def get_eval_choices() -> EvalChoices:
    """Scripts and simulated leads that a run may play."""
    return service.choices()


@router.get("/{run_id}", dependencies=READ)
async def get_eval_run(session: Transaction, run_id: Id) -> EvalRunDetail:
    """A run with every conversation that was played."""
    return await service.get_run(session, run_id)


@router.post("/{run_id}/cancel")
async def cancel_eval_run(session: Transaction, run_id: Id, actor: Operator) -> EvalRunOut:
    """End a run early. The model call that is under way is paid for; what was played until then is kept."""
    return EvalRunOut.model_validate(await service.cancel(session, run_id, actor.name))


@router.get("/{run_id}/report", dependencies=READ, response_class=HTMLResponse)
async def get_eval_report(session: Transaction, run_id: Id) -> HTMLResponse:
    """The run's results as a page that needs nothing else."""
    return HTMLResponse(report_page(await service.results_of(session, run_id)))
