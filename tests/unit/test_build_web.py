"""The script that builds the pages: when it works at all, with which Node, and what it says if it can't."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_web.py"
NPM = """#!/bin/sh
echo "$@" >> "{log}"
case "$1" in
  ci) mkdir -p node_modules {offline};;
  run) mkdir -p dist && echo page > dist/index.html;;
esac
"""


class Workshop:
    """A web/ of its own, with a Node and an npm that write down what they are asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch):
        self.folder, self.web, self.log = folder, folder / "web", folder / "log"
        self.bin = folder / "bin"
        for path in (self.web / "src", self.bin):
            path.mkdir(parents=True)
        (self.web / "package.json").write_text("{}")
        (self.web / "package-lock.json").write_text("{}")
        (self.web / "src" / "main.tsx").write_text("1")
        (folder / "requirements-web.lock").write_text("")
        self.script = _module()
        for name, path in {
            "ROOT": folder,
            "WEB": self.web,
            "DIST": self.web / "dist",
        }.items():
            monkeypatch.setattr(self.script, name, path)
        monkeypatch.setattr(self.script, "NODE_LOCK", folder / "requirements-web.lock")
        monkeypatch.setattr(self.script, "packaged_node", lambda: None)
        monkeypatch.setenv("PATH", f"{self.bin}:/usr/bin:/bin")
        self.node("v20.20.2")
        self.npm()

    def node(self, version: str) -> None:
        self._program("node", f"#!/bin/sh\necho {version}\n")

    def npm(self, *, offline: bool = False) -> None:
        fails = "&& echo 'npm error code ENOTFOUND' >&2 && exit 1" if offline else ""
        self._program("npm", NPM.format(log=self.log, offline=fails))

    def _program(self, name: str, content: str) -> None:
        path = self.bin / name
        path.write_text(content)
        path.chmod(0o755)

    def main(self, *arguments: str) -> int:
        sys.argv = ["build_web.py", *arguments]
        result: int = self.script.main()
        return result

    def asked(self) -> list[str]:
        """First words of what npm was asked since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line.split()[0] if line.startswith("ci") else line.split()[2] for line in lines]


def _module() -> ModuleType:
    specification = importlib.util.spec_from_file_location("build_web", SCRIPT)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["build_web"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr(sys, "argv", [])
    return Workshop(tmp_path, monkeypatch)


def test_only_what_changed_is_made_again(workshop: Workshop) -> None:
    assert workshop.main() == 0
    assert workshop.asked() == ["ci", "build"]
    assert workshop.main() == 0
    assert workshop.asked() == []
    (workshop.web / "node_modules" / "some.js").write_text("no input")
    (workshop.web / "src" / "main.tsx").write_text("2")
    assert workshop.main() == 0
    assert workshop.asked() == ["build"]
    (workshop.web / "package-lock.json").write_text('{"a": 1}')
    assert workshop.main() == 0
    assert workshop.asked() == ["ci", "build"]
    (workshop.web / "src" / "main.tsx").rename(workshop.web / "src" / "other.tsx")
    assert workshop.main() == 0
    assert workshop.asked() == ["build"]


@pytest.mark.parametrize("task", ["check", "test"])
def test_checks_and_tests_are_npm_scripts(workshop: Workshop, task: str) -> None:
    assert workshop.main(task) == 0
    assert workshop.asked() == ["ci", task]


@pytest.mark.parametrize(
    ("version", "is_used"), [("v18.20.0", False), ("v20.18.9", False), ("v20.19.0", True), ("v24.1.0", True)]
)
def test_an_old_node_is_not_used(workshop: Workshop, version: str, is_used: bool) -> None:
    workshop.node(version)
    assert (workshop.script.system_node() is not None) is is_used


def test_without_a_network_it_says_so(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.npm(offline=True)
    assert workshop.main() == 1
    assert "npm reaches no registry" in capsys.readouterr().err
    assert workshop.main("--optional") == 0
    assert "starts without its pages" in capsys.readouterr().err
    assert not (workshop.web / "dist").exists()


def test_without_any_node_it_says_what_to_install(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.node("v18.0.0")
    pip = workshop.folder / "python"
    pip.write_text("#!/bin/sh\necho 'no matching distribution' >&2\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(workshop.script, "python", lambda: pip)
    assert workshop.main() == 1
    assert "Install Node 20.19" in capsys.readouterr().err


def test_a_build_that_fails_is_a_failure_even_where_it_is_optional(workshop: Workshop) -> None:
    assert workshop.main() == 0
    (workshop.web / "src" / "main.tsx").write_text("broken")
    workshop._program("npm", "#!/bin/sh\nexit 1\n")
    assert workshop.main("--optional") == 1
    workshop.npm()
    assert workshop.main() == 0
    assert workshop.asked()[-1] == "build"
