"""`python -m tests.chaos.workflows`: kill a worker at every point of every shipped workflow; count at the carrier.

The exit code is 0 only if every check of every workflow is clean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from pathlib import Path

import uvloop
from rich.console import Console

from bench.harness import postgres, working_folder
from tests.chaos.workflows.definitions import definitions
from tests.chaos.workflows.laboratory import laboratory
from tests.chaos.workflows.run import Verdict, try_all

console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.workflows", description=__doc__)
    parser.add_argument("--leads", type=int, default=3)
    parser.add_argument("--trials", type=int, default=6, help="campaigns per workflow, among which its points are shared")
    parser.add_argument("--only", help="name of the one workflow to try")
    parser.add_argument("--report", type=Path, help="write the verdict as JSON")
    parser.add_argument("--logs", type=Path, help="folder in which the processes' log is kept")
    arguments = parser.parse_args()
    with working_folder() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            verdicts = runner.run(_run(folder, arguments.only, arguments.leads, arguments.trials))
        finally:
            if arguments.logs:
                arguments.logs.mkdir(parents=True, exist_ok=True)
                shutil.copy(folder / "processes.log", arguments.logs / "workflows.log")
    if arguments.report:
        arguments.report.write_text(json.dumps([verdict.as_json() for verdict in verdicts], indent=2) + "\n")
    is_clean = all(verdict.is_clean for verdict in verdicts)
    console.print("[bold green]Clean.[/]" if is_clean else "[bold red]Not clean.[/]")
    sys.exit(0 if is_clean else 1)


async def _run(folder: Path, only: str | None, leads: int, trials: int) -> list[Verdict]:
    chosen = {name: config for name, config in definitions().items() if only in (None, name)}
    async with postgres(folder) as dsn, laboratory(folder, dsn) as place:
        return await try_all(place, chosen, leads, trials, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
