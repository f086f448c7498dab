"""The built web application as files in memory of where they lie.

The build writes `index.html`, `assets/*` named by their content, and a few files beside them; a `.br` and a `.gz` lie beside
each file that is worth compressing. A request names a file by its exact key in a table made from the folder, so no path leads
out of it.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

PACKAGED = Path(__file__).parent / "static"
"""Where a wheel carries the build."""
WORK_TREE = Path(__file__).parents[2] / "web" / "dist"
INDEX = "index.html"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""The smallest first."""


@dataclass(frozen=True, slots=True)
class File:
    path: Path
    media_type: str
    etag: str
    variants: Mapping[str, Path] = field(default_factory=dict)
    """Compressed copies by content coding."""

    def best(self, accept_encoding: str) -> tuple[Path, str | None]:
        """The copy to send and its content coding."""
        accepted = _accepted(accept_encoding)
        for coding, path in self.variants.items():
            if accepted.get(coding, accepted.get("*", 0.0)) > 0:
                return path, coding
        return self.path, None


class Bundle:
    """The files of the latest build in a folder; a new build is noticed by its new index."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._stamp: tuple[int, int] | None = None
        self._files: Mapping[str, File] = {}

    def files(self) -> Mapping[str, File]:
        """By path below the folder, with `/`; empty without a build, and while a new one takes the place of the last."""
        try:
            found = (self._folder / INDEX).stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self._stamp:
                self._files, self._stamp = _read(self._folder), stamp
        except OSError:
            return MappingProxyType({})
        return self._files


def shipped_bundle() -> Bundle:
    """The work tree's build, or the one that the package carries."""
    return Bundle(WORK_TREE if (WORK_TREE / INDEX).is_file() or not PACKAGED.is_dir() else PACKAGED)


def _read(folder: Path) -> Mapping[str, File]:
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    endings = tuple(ending for _, ending in ENCODINGS)
    return {name: _file(name, path, paths) for name, path in paths.items() if not name.endswith(endings)}


def _file(name: str, path: Path, paths: Mapping[str, Path]) -> File:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or media_type == "application/javascript":
        media_type += "; charset=utf-8"
    variants = {coding: paths[name + ending] for coding, ending in ENCODINGS if name + ending in paths}
    return File(path, media_type, f'"{sha256(path.read_bytes()).hexdigest()[:32]}"', variants)


def _accepted(header: str) -> dict[str, float]:
    """Content codings with their weight (RFC 9110, 12.5.3); one that can't be read counts as refused."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weights[coding.strip().lower()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip().lower()] = 0.0
    return weights
