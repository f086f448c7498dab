"""`outrider score train|evaluate`: a scorer from any labelled file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from outrider.cli.runtime import console, print_error
from outrider.errors import InvalidInput, OutriderError

if TYPE_CHECKING:
    from outrider.agents.scoring.labelled import Labelled
    from outrider.agents.scoring.learning.training import Report

File = Annotated[Path, typer.Option("--csv", help="CSV file with a header.", exists=True, dir_okay=False, readable=True)]
Label = Annotated[str, typer.Option(help="Column of the outcome: yes or no, 1 or 0 …")]
Positive = Annotated[str | None, typer.Option(help="The label's value that is a success; needed if it is no yes or no.")]
Date = Annotated[
    str | None, typer.Option(help="Column of when the row began: rows are then judged by models that know only earlier ones.")
]
BAR = 24

score_app = typer.Typer(help="Scorers from labelled files.", no_args_is_help=True)


@score_app.command("train")
def train(
    file: File,
    label: Label,
    positive: Positive = None,
    row_id: Annotated[str | None, typer.Option("--id", help="Column that names the row; never learned from.")] = None,
    date: Date = None,
    keep: Annotated[list[str] | None, typer.Option(help="Keep a column that looks like a leak. Repeatable.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option(help="Leave a column out. Repeatable.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same scorer.")] = 7,
    model: Annotated[Path | None, typer.Option(help="Where the scorer goes; FILE.scorer.json without it.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Where the report goes; FILE.report.html without it, and .json beside it.")
    ] = None,
) -> None:
    """Learn a scorer, judge it on rows that it had not seen, and say whether it is worth using."""
    try:
        from outrider.agents.scoring.learning.report_page import report_page
        from outrider.agents.scoring.learning.training import Options
        from outrider.agents.scoring.learning.training import train as learn

        read = _read(file, label, positive, row_id, date)
        options = Options(seed=seed, keep=keep or [], leave_out=leave_out or [])
        trained = learn(read.table, options)
        page = report or file.with_name(f"{file.stem}.report.html")
        scorer = model or file.with_name(f"{file.stem}.scorer.json")
        page.write_text(report_page(trained.report, file.name, label))
        page.with_suffix(".json").write_text(trained.report.model_dump_json(indent=2) + "\n")
        scorer.write_text(trained.artifact.model_dump_json() + "\n")
    except OutriderError as error:
        print_error(error)
        raise typer.Exit(1) from None
    _say_read(read, date)
    _show(trained.report)
    console.print(f"Report: {page} and {page.with_suffix('.json').name}. Scorer: {scorer}.", highlight=False)


@score_app.command("evaluate")
def evaluate(
    file: File,
    label: Label,
    model: Annotated[Path, typer.Option(help="A scorer that `train` wrote.", exists=True, dir_okay=False, readable=True)],
    positive: Positive = None,
    row_id: Annotated[str | None, typer.Option("--id", help="Column that names the row.")] = None,
    date: Date = None,
    output: Annotated[Path | None, typer.Option(help="CSV file for each row's probability and score.")] = None,
) -> None:
    """Judge a scorer by a file that it was not learned from."""
    try:
        from outrider.agents.scoring.learning.artifact import read_artifact
        from outrider.agents.scoring.learning.evaluating import evaluated

        read = _read(file, label, positive, row_id, date)
        scorer = read_artifact(_json(model))
        found = evaluated(scorer, read.table)
    except OutriderError as error:
        print_error(error)
        raise typer.Exit(1) from None
    _say_read(read, date)
    if found.missing:
        lacks = "The file lacks columns that were learned from:"
        console.print(f"[yellow]{lacks}[/] {', '.join(found.missing)}.", highlight=False)
    _show_metrics([("average", found.baseline.model_dump()), (scorer.model.kind, found.metrics.model_dump())])
    _show_reliability([one.model_dump() for one in found.reliability])
    _show_tiers([one.model_dump() for one in found.tiers])
    if output is not None:
        lines = [f"{row_id or 'row'},probability,score"]
        lines += [
            f"{_cell(one)},{p:.6f},{s}" for one, p, s in zip(read.table.ids, found.probabilities, found.scores, strict=True)
        ]
        output.write_text("\n".join(lines) + "\n")
        console.print(f"Scores: {output}", highlight=False)


def _read(file: Path, label: str, positive: str | None, row_id: str | None, date: str | None) -> Labelled:
    from outrider.agents.scoring.labelled import read_labelled

    return read_labelled(file, label, id_column=row_id, date_column=date, positive=positive)


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text())
    except (ValueError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{path.name} is no scorer: {error}.", remedy="Name a file that `outrider score train` wrote."
        ) from error


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def _say_read(read: Labelled, date: str | None) -> None:
    table = read.table
    console.print(f"{table.size:,} rows, {table.positives:,} successes ({table.positives / max(table.size, 1):.1%}).")
    if read.rows_without_label:
        console.print(f"{read.rows_without_label:,} rows without a label were left out.")
    if date is not None and table.dates is None:
        console.print(f"[yellow]{date} can't be read as dates everywhere;[/] rows are judged in random folds.")


def _show(report: Report) -> None:
    for leak in report.leaks:
        mark = "[bold red]Leak[/]" if leak.is_left_out else "[yellow]Look at[/]"
        console.print(f"{mark} [bold]{leak.feature}[/] (AUC alone {leak.auc:.3f}): {leak.reason}", highlight=False)
    said = {leak.feature for leak in report.leaks}
    for name, reason in report.left_out.items():
        if name not in said:
            console.print(f"[dim]Left out {name}: {reason}.[/]", highlight=False)
    _show_metrics(
        [("average", report.baseline.model_dump())]
        + [(one.kind + (" (chosen)" if one.kind == report.kind else ""), one.metrics.model_dump()) for one in report.candidates]
    )
    gain, auc, shuffled = report.gain, report.auc, report.shuffled
    folds = "each fold by models of earlier rows" if report.folds == "time" else "five folds at random, equal shares"
    console.print(f"Judged on rows it had not seen ({folds}), calibrated by {report.calibration}.")
    console.print(f"Log loss lower than the average's by {gain.value:.4f} (95 %: {gain.low:.4f} to {gain.high:.4f}); "
                  f"AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}).", highlight=False)  # fmt: skip
    console.print(f"On shuffled labels: AUC {shuffled.mean:.3f}, at most {shuffled.highest:.3f}; on the real ones "
                  f"{shuffled.auc:.3f} (p = {shuffled.p_value:.3f}).", highlight=False)  # fmt: skip
    _show_reliability([one.model_dump() for one in report.reliability])
    _show_tiers([one.model_dump() for one in report.tiers])
    features = Table("feature", "share of what moves scores", "AUC alone", title="Features", title_justify="left")
    for one in report.importance[:15]:
        features.add_row(one.feature, f"{'█' * round(BAR * one.share)} {one.share:.0%}", f"{one.alone:.3f}")
    console.print(features)
    if report.is_offered:
        console.print("[bold green]Worth using:[/] it beats the average beyond chance.")
    else:
        console.print("[bold yellow]Not worth using:[/] " + " ".join(report.refusals), highlight=False)


def _show_metrics(rows: list[tuple[str, dict[str, float]]]) -> None:
    table = Table("model", "log loss", "Brier", "AUC", "calibration error", title="Figures", title_justify="left")
    for name, one in rows:
        figures = [one["log_loss"], one["brier"], one["auc"], one["calibration_error"]]
        table.add_row(name, *[f"{figure:.4f}" for figure in figures])
    console.print(table)


def _show_reliability(bins: list[dict[str, float]]) -> None:
    table = Table("said", "came true", "95 %", "rows", "", title="Reliability", title_justify="left")
    for one in bins:
        bar = "█" * round(BAR * one["observed"])
        span = f"{one['low']:.1%} to {one['high']:.1%}"
        table.add_row(f"{one['predicted']:.1%}", f"{one['observed']:.1%}", span, f"{one['rows']:,}", bar)
    console.print(table)


def _show_tiers(rows: list[dict[str, float | str | None]]) -> None:
    table = Table("tier", "rows", "successes", "rate", "times the average", title="Tiers", title_justify="left")
    for one in rows:
        rate, lift = one["rate"], one["lift"]
        table.add_row(
            str(one["tier"]),
            f"{one['rows']:,}",
            f"{one['positives']:,}",
            "" if rate is None else f"{float(rate):.1%}",
            "" if lift is None else f"{float(lift):.2f}",
        )
    console.print(table)
