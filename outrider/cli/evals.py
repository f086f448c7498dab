"""`outrider evals run`: conversations played on a model, in a scratch database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from outrider.cli.runtime import console, run, start

if TYPE_CHECKING:
    from outrider.config import Settings
    from outrider.evals.playing import Played
    from outrider.evals.running import EvalResults, Plan

evals_app = typer.Typer(help="Conversations that judge a model and the agents.", no_args_is_help=True)
SHOWN_PROBLEMS = 3


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
    report: Annotated[Path | None, typer.Option(help="Where the report goes, as HTML; .json beside it.", dir_okay=False)] = None,
) -> None:
    """Play scripts or simulated leads, and say what went wrong. Nothing of the installation is touched, and nothing is sent.

    Ends with 0 if everything went as it should, and with 1 if not.
    """
    settings = start()
    results = run(_run(settings, model, scenarios, only, persona, repeat, most_turns, most_cost, lead_model))
    if report is not None:
        from outrider.evals.report_page import report_page

        report.write_text(report_page(results), encoding="utf-8")
        report.with_suffix(".json").write_text(results.model_dump_json(indent=2) + "\n", encoding="utf-8")
        console.print(f"Report: {report} and {report.with_suffix('.json').name}", highlight=False)
    raise typer.Exit(0 if results.is_good else 1)


async def _run(
    settings: Settings,
    model: str | None,
    folder: Path | None,
    only: str | None,
    personas: list[str] | None,
    repeat: int,
    most_turns: int,
    most_cost: float | None,
    lead_model: str | None,
) -> EvalResults:
    # The agents and the database take a second to load, which other commands need not wait for.
    import outrider.wiring  # noqa: F401  (jobs and subscribers take part)
    from outrider.evals.personas import PERSONAS, persona_named
    from outrider.evals.running import Plan, judged_models, run_evals
    from outrider.evals.scripts import read_scripts, shipped_scenarios

    scripts = {} if personas else read_scripts(folder or shipped_scenarios())
    plan = Plan(
        scripts={name: script for name, script in scripts.items() if not only or only in name},
        personas=list(PERSONAS.values()) if "all" in (personas or []) else [persona_named(key) for key in personas or []],
        repeat=repeat,
        most_turns=most_turns,
        most_cost=None if most_cost is None else Decimal(str(most_cost)),
        lead_model=lead_model,
    )
    models = judged_models(settings)
    console.print(f"{_amount(plan)} on {escape(models.get(model).name)}", highlight=False)
    try:
        results = await run_evals(plan, models, model, settings, _tell)
    finally:
        await models.aclose()
    _show(results)
    return results


def _amount(plan: Plan) -> str:
    return "1 conversation" if plan.size == 1 else f"{plan.size} conversations"


async def _tell(played: Played) -> None:
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
