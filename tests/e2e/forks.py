"""Starts installations out of one process that has imported everything: `python -m tests.e2e.forks`.

Importing is three of the five seconds of the processor that a process of the product takes to start. Reads a line of JSON for
each installation (`Wanted`), answers with the numbers of its processes by their names; they end with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import TypedDict

from outrider.cli.supervisor import Part, end_with_parent, parts_of
from outrider.config import read_settings

SIMULATOR = {"speed": "10", "seed": "7"}
"""People of the simulator answer ten times as fast as real ones."""


class Wanted(TypedDict):
    """An installation that is wanted."""

    environment: dict[str, str]
    database: str
    """Address of its database."""
    log: str
    """File for what its processes print."""


def main() -> None:
    import_everything()
    gc.freeze()
    # Nobody waits for the processes here; whoever wanted them looks whether they live.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        wanted: Wanted = json.loads(line)
        os.environ.clear()
        os.environ.update(wanted["environment"])
        numbers = {}
        for part in parts_of(read_settings(), wanted["database"], workers=1, simulator_options=SIMULATOR):
            if (number := os.fork()) == 0:
                become(part, Path(wanted["log"]))
                return
            numbers[part.name] = number
        print(json.dumps(numbers), flush=True)


def import_everything() -> None:
    # Both are read when modules are imported: figures are kept in a folder, and checkpoints hold plain values only.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = os.environ["OUTRIDER_HOME"]
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
    import outrider.app.build
    import outrider.cli
    import outrider.worker  # noqa: F401
    import simulator.server  # noqa: F401


def become(part: Part, log_file: Path) -> None:
    """Run the part's command in this process, as if the interpreter had been started with it."""
    if (end := end_with_parent()) is not None:
        end()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with log_file.open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(part.environment)
    _, _, module, *sys.argv[1:] = part.command
    if module == "simulator":
        from simulator.__main__ import main as run
    else:
        from outrider.cli import main as run
    run()


if __name__ == "__main__":
    main()
