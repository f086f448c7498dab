"""Runs pytest; the files of tests that failed are run once more, alone, and what fails again fails.

A machine that stands still for some seconds can make a test late. What failed at first stays to be seen, and is a defect to mend.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAST_FAILED = ROOT / ".pytest_cache/v/cache/lastfailed"
TESTS_FAILED = 1
"""pytest's exit code; any other says that it could not run them."""
MOST_FILES = 5
"""Where more files fail it is no accident."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", action="append", default=[], help="where the tests are; else where pytest is told to look")
    given, options = parser.parse_known_args(arguments)
    code = _pytest("--cache-clear", *options, *given.path)
    files = _failed_files() if code == TESTS_FAILED else []
    if not 0 < len(files) <= MOST_FILES:
        return code
    print(f"Failed, and run once more: {' '.join(files)}", flush=True)
    code = _pytest(*options, "-n", "0", *files)
    if code == 0:
        print(f"PASSED ONLY AT THE SECOND TRY: {' '.join(files)}", flush=True)
    return code


def _pytest(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def _failed_files() -> list[str]:
    return sorted({test.partition("::")[0] for test in json.loads(LAST_FAILED.read_text())})


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
