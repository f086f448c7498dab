"""`outrider leads import FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from outrider.cli.journey import import_table
from outrider.cli.runtime import console, open_database, run, start
from outrider.config import Settings
from outrider.errors import FieldProblem, InvalidInput
from outrider.leads.importing.options import ImportOptions
from outrider.leads.importing.rejections import write_rejections
from outrider.leads.importing.run import import_file
from outrider.leads.importing.schemas import ImportProgress, ImportReport


def leads_import(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX file.", exists=True, dir_okay=False, readable=True)],
    list_name: Annotated[str | None, typer.Option("--list", help="List to put everybody into; created if there is none.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Map a column: 'Mobile=phone', 'Plan=attributes.plan', 'Internal=' leaves it out. Repeatable."),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Country of numbers without +, as in US.")] = None,
    consent: Annotated[
        str | None, typer.Option(help="Consent to texts that everybody gave: written, express or implied.")
    ] = None,
    consent_source: Annotated[str | None, typer.Option(help="Where it was given, as in https://example.com/form.")] = None,
    on_duplicate: Annotated[str, typer.Option(help="What becomes of people known already: merge or skip.")] = "merge",
    rejections: Annotated[Path | None, typer.Option(help="File for rejected rows; FILE.rejected.csv without it.")] = None,
) -> None:
    """Import leads. Repeating it changes nothing; an interrupted import goes on where it stopped."""
    settings = start()
    given: dict[str, object] = {
        "columns": dict(_mapping(entry) for entry in column or ()),
        "list_name": list_name,
        "default_region": region or settings.default_region,
        "consent": {"channels": ["sms"], "kind": consent, "source": consent_source} if consent else None,
        "on_duplicate": on_duplicate,
    }
    run(_import(settings, file, given, rejections or file.with_name(f"{file.stem}.rejected.csv")))


async def _import(settings: Settings, file: Path, given: dict[str, object], rejections: Path) -> None:
    options = _options(given)
    async with open_database(settings) as database:
        columns = (
            TextColumn("Importing"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("import", total=None, rows=0)

            def show(now: ImportProgress) -> None:
                progress.update(task, total=now.total_bytes or None, completed=now.done_bytes, rows=now.rows_read)

            report: ImportReport = await import_file(database, file, options, show)
        console.print(import_table(report.model_dump()))
        if report.rows_rejected or report.rows_with_values_left_out:
            await write_rejections(database, report.id, rejections)
            console.print(f"Rejected rows, each with its line and reason: {rejections}")


def _mapping(entry: str) -> tuple[str, str | None]:
    """`Mobile=phone` → the column and its field."""
    column, separator, field = entry.partition("=")
    if not separator:
        raise typer.BadParameter(f"{entry!r} maps nothing; write 'Column=field', or 'Column=' to leave it out.")
    return column, field or None


def _options(given: dict[str, object]) -> ImportOptions:
    try:
        return ImportOptions.model_validate(given)
    except ValidationError as error:
        fields = [FieldProblem(field=".".join(map(str, e["loc"])), problem=e["msg"]) for e in error.errors()]
        raise InvalidInput("The options can't be used.", fields=fields) from error
