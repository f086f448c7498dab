"""aimock (https://github.com/CopilotKit/aimock), a stand-in for OpenAI's, Anthropic's and Ollama's servers, as a process.

It answers from `model_fixtures.json` and keeps what it was asked in a journal, in the form of OpenAI's requests whichever
API was spoken. `scripts/fetch_stand_ins.py` installs it.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.build_web import Unavailable, packaged_node, system_node

FOLDER = Path(__file__).parent
PROGRAM = FOLDER / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
FIXTURES = FOLDER / "model_fixtures.json"
START_SECONDS = 20


@contextmanager
def running_aimock() -> Iterator[str]:
    """Its address, for as long as the block runs. Skips the test where it is not installed."""
    node = system_node() or packaged_node()
    if node is None or not PROGRAM.is_file():
        pytest.skip("aimock is not installed: run scripts/fetch_stand_ins.py")
    command = [node.executable, PROGRAM, "-f", FIXTURES, "-p", "0", "--strict", "--validate-on-load", "--journal-max", "5000"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _announced(process, log)
        finally:
            process.kill()
            process.wait()


def _announced(process: subprocess.Popen[bytes], log: object) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        log.seek(0)  # type: ignore[attr-defined]
        if found := re.search(rb"listening on (http://\S+)", log.read()):  # type: ignore[attr-defined]
            return found[1].decode()
        time.sleep(0.05)
    log.seek(0)  # type: ignore[attr-defined]
    raise Unavailable(f"aimock did not start: {log.read()[-2000:]!r}")  # type: ignore[attr-defined]
