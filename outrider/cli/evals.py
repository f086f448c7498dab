"""`outrider evals run`: conversations played on a model, in a scratch database."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from outrider.cli.runtime import console, open_database, run, start
from outrider.errors import Unavailable

if TYPE_CHECKING:
    from outrider.config import Settings
    from outrider.db.engine import Database
    from outrider.evals.judged import Halt
    from outrider.evals.running import EvalResults, Plan
    from outrider.evals.schemas import EvalWanted

evals_app = typer.Typer(help="Conversations that judge a model and the agents.", no_args_is_help=True)
SHOWN_PROBLEMS = 3
POOL_SIZE = 5
BY_COMMAND = "the command line"
INTERRUPTION = "It was interrupted."
INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@evals_app.callback()
def evals() -> None:
    """Conversations that judge a model and the agents."""


@evals_app.command("run")
def evals_run(
    model: Annotated[str | None, typer.Option(help="provider:model, or offline; the installation's default without it.")] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option(help="Folder with scripts; those that come with Outrider without it.", file_okay=False, exists=True),
    ] = None,
    only: Annotated[str | None, typer.Option(help="Only scripts whose name holds this, as in price or -es.")] = None,
    persona: Annotated[
        list[str] | None, typer.Option(help="Simulated leads instead of scripts; `all` for each of them. Repeatable.")
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="Each conversation so many times.")] = 1,
    most_turns: Annotated[int, typer.Option(min=1, max=60, help="Turns after which a simulated lead gives up.")] = 12,
    most_cost: Annotated[float | None, typer.Option(min=0.0, help="US dollars that the run may cost.")] = None,
    lead_model: Annotated[
        str | None, typer.Option(help="A model that plays the simulated leads, in place of their own lines.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Keep the run in the installation's list, where there is an installation.")
    ] = True,
    report: Annotated[Path | None, typer.Option(help="Where the report goes, as HTML; .json beside it.", dir_okay=False)] = None,
) -> None:
    """Play scripts or simulated leads, and say what went wrong. No lead is touched, and nothing is sent.

    Ends with 0 if everything went as it should, with 1 if not, and with 130 if it was interrupted.
    """
    settings = start()
    wanted = {
        "model": model, "only": only or "", "personas": persona or [], "repeat": repeat, "most_turns": most_turns,
        "most_cost": None if most_cost is None else Decimal(str(most_cost)),
        "scenarios": None if scenarios is None else str(scenarios), "lead_model": lead_model,
    }  # fmt: skip
    halt, results = run(_run(settings, wanted, keep=keep))
    if report is not None:
        from outrider.evals.report_page import report_page

        report.write_text(report_page(results), encoding="utf-8")
        report.with_suffix(".json").write_text(results.model_dump_json(indent=2) + "\n", encoding="utf-8")
        console.print(f"Report: {report} and {report.with_suffix('.json').name}", highlight=False)
    raise typer.Exit(INTERRUPTED if halt.reason == INTERRUPTION else 0 if results.is_good else 1)


async def _run(settings: Settings, given: Mapping[str, Any], *, keep: bool) -> tuple[Halt, EvalResults]:
    # The agents and the database take a second to load, which other commands need not wait for.
    import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
    from outrider.evals.judged import Halt
    from outrider.evals.personas import PERSONAS
    from outrider.evals.schemas import EvalWanted
    from outrider.evals.service import plan_of

    wanted, halt = EvalWanted.model_validate(given), Halt()
    if "all" in wanted.personas:
        wanted.personas = list(PERSONAS)
    plan = plan_of(wanted)
    async with _keeper(settings, keep=keep) as database:
        with _halted_by_signals(halt):
            results = await _play(settings, database, wanted, plan, halt)
    _show(results)
    return halt, results


async def _play(settings: Settings, database: Database | None, wanted: EvalWanted, plan: Plan, halt: Halt) -> EvalResults:
    """Play, and let the installation's budgets pay where there is an installation."""
    from outrider.campaigns.budget import CampaignBudgets
    from outrider.evals.running import judged_models, run_evals
    from outrider.evals.stored import play_and_keep
    from outrider.llm.budgets.ledger import Ledger

    async with AsyncExitStack() as stack:
        ledger = None
        if database is not None:
            ledger = Ledger(database, settings, [CampaignBudgets()])
            stack.push_async_callback(ledger.aclose)
        models = judged_models(settings, ledger)
        stack.push_async_callback(models.aclose)
        console.print(f"{_amount(plan)} on {escape(models.get(wanted.model).name)}", highlight=False)
        if database is None:
            return await run_evals(plan, models, wanted.model, settings, _tell, halt)
        return await play_and_keep(database, wanted, plan, models, settings, requested_by=BY_COMMAND, tell=_tell, halt=halt)


@asynccontextmanager
async def _keeper(settings: Settings, *, keep: bool) -> AsyncIterator[Database | None]:
    """The installation's database, if there is one; a run does without it."""
    if not keep or (settings.database_url is None and not (settings.home / "postgres").exists()):
        yield None
        return
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(open_database(settings, pool_size=POOL_SIZE, name="outrider evals run"))
        except Unavailable as error:
            console.print(f"[yellow]The run is not kept:[/] {escape(error.detail)}", highlight=False)
            yield None
            return
        yield database


@contextmanager
def _halted_by_signals(halt: Halt) -> Iterator[None]:
    """The first signal lets the call that is under way end, the second one waits for nothing."""
    loop, playing = asyncio.get_running_loop(), asyncio.current_task()
    assert playing is not None

    def interrupt() -> None:
        if halt.reason is None:
            halt.reason = INTERRUPTION
            console.print("[yellow]Stopping after the model call that is under way.[/] Once more stops at once.")
        else:
            playing.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def _amount(plan: Plan) -> str:
    return "1 conversation" if plan.size == 1 else f"{plan.size} conversations"


async def _tell(results: EvalResults) -> None:
    played = results.played[-1]
    mark = "[green]passed[/]" if played.passed else "[bold red]failed[/]"
    number = f" #{played.repetition}" if played.repetition > 1 else ""
    end = f", {played.outcome}" if played.outcome else ""
    name = f"{escape(played.name)}{number}"
    console.print(f"  {mark} {name} [dim]{len(played.turns)} turns, {played.seconds:.1f} s{end}[/]", highlight=False)
    for problem in played.all_problems[:SHOWN_PROBLEMS]:
        console.print(f"         {escape(problem)}", highlight=False)


def _show(results: EvalResults) -> None:
    table = Table("conversations", "passed", "failed", "model calls", "seconds", "US dollars")
    figures = [len(results.played), results.passed, results.failed, results.calls]
    table.add_row(*map(str, figures), f"{results.seconds:.0f}", f"{results.cost:.4f}")
    console.print(table)
    if results.stopped:
        missing = results.planned - len(results.played)
        console.print(f"[bold yellow]{missing} were not played:[/] {escape(results.stopped)}", highlight=False)
