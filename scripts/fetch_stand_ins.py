"""Installs the stand-ins for providers that tests run against: `python scripts/fetch_stand_ins.py`.

With `--optional` lack of Node or of a network is no failure: the tests that need them are skipped.
"""

from __future__ import annotations

import argparse
import sys

from build_web import ROOT, Failed, Unavailable, find_node, install_packages, say

FOLDER = ROOT / "tests" / "stand_ins"
"""Its package.json and package-lock.json name them."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Install the stand-ins that tests run against.")
    parser.add_argument("--optional", action="store_true", help="lack of Node or network is no failure")
    arguments = parser.parse_args()
    try:
        install_packages(find_node(), FOLDER, "the stand-ins for providers")
    except Unavailable as reason:
        say(f"{reason}\n" + ("Tests against stand-ins are skipped." if arguments.optional else ""))
        return 0 if arguments.optional else 1
    except Failed as reason:
        say(str(reason))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
