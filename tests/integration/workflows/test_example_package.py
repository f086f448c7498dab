"""The example package of `docs/custom-nodes.md`, installed beside a broken one: found, run, and harmless."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "custom_node"
BROKEN = "raise RuntimeError('not today')\n"
IN_A_WORKFLOW = """
import asyncio
from datetime import UTC, datetime

from outrider.llm.offline import OfflineModel
from outrider.workflows.compiler import Compiler
from outrider.workflows.context import RunContext, Services, Subject
from outrider.workflows.definition import WorkflowDefinition
from outrider.workflows.nodes import SPECIFICATIONS
from outrider.workflows.service import node_specifications

DEFINITION = {
    "nodes": [
        {"id": "hour", "type": "good_hour", "data": {"first": "{{ 6 + 2 }}", "last": 17}},
        {"id": "branch", "type": "branch", "data": {"cases": [{"name": "noon", "condition": "steps.hour.hour == 12"}]}},
        {"id": "end", "type": "finalize"},
    ],
    "edges": [
        {"source": "hour", "target": "branch"},
        {"source": "branch", "target": "end", "sourceHandle": "noon"},
        {"source": "branch", "target": "end", "sourceHandle": "otherwise"},
    ],
}


class Models:
    def get(self, name=None):
        return OfflineModel()


lead = dict(id=1, name="Ann", phone=None, email=None, company=None, title=None, industry=None, city=None, language="en",
            attributes={}, time_zone="Europe/Berlin")
context = RunContext(subject=Subject("campaign_lead", 1), campaign_id=1, lead_id=1, run_key="r", trace_id="t", lead=lead,
                     services=Services(Models()), now=lambda: datetime(2026, 1, 5, 11, tzinfo=UTC))
asyncio.run(Compiler().compile(WorkflowDefinition.model_validate(DEFINITION)).start(context))
print([(step.node_id, step.outcome) for step in context.recorder.steps])
shown = {node.type: node for node in node_specifications()}
print(shown["good_hour"].label, list(shown["good_hour"].output["properties"]))
print(shown["broken"].unavailable)
"""


def install(place: Path, package: str, entry_points: str) -> None:
    """What an installer leaves of a package's description."""
    info = place / f"{package}-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text(f"[outrider.nodes]\n{entry_points}\n")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of installed packages: the example, as its own description says, and a broken one."""
    described = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    points = described["entry-points"]["outrider.nodes"]
    shutil.copy(EXAMPLE / "outrider_good_hour.py", tmp_path)
    install(tmp_path, described["name"].replace("-", "_"), "\n".join(f"{name} = {value}" for name, value in points.items()))
    (tmp_path / "broken_node.py").write_text(BROKEN)
    install(tmp_path, "broken_node", "broken = broken_node:SPECIFICATION")
    return tmp_path


def python(place: Path, *arguments: str) -> str:
    """What a Python that has these packages prints."""
    environment = {**os.environ, "PYTHONPATH": str(place), "LANGGRAPH_STRICT_MSGPACK": "true"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_runs_in_a_workflow_and_a_broken_one_stops_nothing(installed: Path) -> None:
    steps, shown, broken = python(installed, "-c", IN_A_WORKFLOW).splitlines()[-3:]

    assert steps == "[('hour', 'good'), ('branch', 'noon'), ('end', '')]"
    assert shown == "Good hour? ['hour']"
    assert "'broken'" in broken and "RuntimeError: not today" in broken


def test_the_reference_tells_of_installed_nodes(installed: Path) -> None:
    told = python(installed, "-m", "outrider", "nodes", "--installed")
    assert "### Good hour?" in told and "RuntimeError: not today" in told and "### Validate" not in told


def test_its_own_test_passes(installed: Path) -> None:
    configured = ("-c", str(EXAMPLE / "pyproject.toml"), "-p", "no:cacheprovider", f"--rootdir={EXAMPLE}")
    said = python(installed, "-m", "pytest", "-q", "-n0", "--import-mode=importlib", *configured, str(EXAMPLE / "tests"))
    assert "2 passed" in said
