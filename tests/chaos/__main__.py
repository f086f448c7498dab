"""`python -m tests.chaos`: kill workers, the API and the database while a campaign runs; count at the carrier.

The exit code is 0 only if every check is clean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from dataclasses import fields
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from bench.harness import working_folder
from outrider.telemetry import configure_logging
from tests.chaos.plan import Plan
from tests.chaos.run import Verdict, run

console = Console()


def main() -> None:
    arguments = vars(_parser().parse_args())
    report, logs = arguments.pop("report"), arguments.pop("logs")
    plan = Plan(**arguments)
    configure_logging("WARNING")
    console.print(f"[bold]Chaos[/] {plan}", highlight=False)
    with working_folder() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            verdict = runner.run(run(plan, folder, lambda line: console.print(line, highlight=False)))
        finally:
            if logs:
                _keep_logs(folder, logs)
    show(verdict)
    if report:
        report.write_text(json.dumps(as_json(plan, verdict), indent=2) + "\n")
    sys.exit(0 if verdict.is_clean else 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    for one in fields(Plan):
        kind = float if one.type == "float" else int
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=kind, default=one.default)
    parser.add_argument("--report", type=Path, help="write the verdict as JSON")
    parser.add_argument("--logs", type=Path, help="folder in which the processes' logs are kept")
    return parser


def _keep_logs(folder: Path, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        shutil.copy(log, logs)


def show(verdict: Verdict) -> None:
    table = Table("check", "found", "expected", "")
    for check in verdict.checks:
        table.add_row(
            check.name, str(check.found), str(check.expected), "[green]clean[/]" if check.is_clean else "[bold red]BROKEN[/]"
        )
    console.print(table)
    for check in verdict.checks:
        if not check.is_clean:
            for line in check.evidence:
                console.print(f"[red]{check.name}:[/] {line}", highlight=False)
    console.print(f"blows: {dict(verdict.landed)}", highlight=False)
    console.print(", ".join(f"{name} {value}" for name, value in verdict.figures.items()), highlight=False)
    console.print("[bold green]Clean.[/]" if verdict.is_clean else "[bold red]Not clean.[/]")


def as_json(plan: Plan, verdict: Verdict) -> dict[str, object]:
    return {
        "plan": {one.name: getattr(plan, one.name) for one in fields(Plan)},
        "clean": verdict.is_clean,
        "checks": [
            {"name": c.name, "found": c.found, "expected": c.expected, "evidence": list(c.evidence)} for c in verdict.checks
        ],
        "landed": dict(verdict.landed),
        "figures": dict(verdict.figures),
    }


if __name__ == "__main__":
    main()
