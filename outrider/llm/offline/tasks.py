"""What the offline model can be asked for: one function for each purpose, registered where it is written.

    @task("objection")
    def answer_objection(context: Mapping[str, Any]) -> Mapping[str, Any]: ...

A task sees `ChatRequest.context` and nothing else. It returns a text, or, for requests that ask for an object
(`output`), a mapping of the shape that such requests name. The package imports each file that has tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Task = Callable[[Mapping[str, Any]], str | Mapping[str, Any]]

_TASKS: dict[str, Task] = {}


def task(*purposes: str) -> Callable[[Task], Task]:
    """Decorator: the function does the offline model's work for requests of these purposes.

    Raises:
        ValueError: another function does already.
    """

    def register(function: Task) -> Task:
        for purpose in purposes:
            if _TASKS.setdefault(purpose, function) is not function:
                raise ValueError(f"Two offline tasks have the purpose “{purpose}”.")
        return function

    return register


def task_for(purpose: str) -> Task | None:
    return _TASKS.get(purpose)


def known_purposes() -> list[str]:
    return sorted(_TASKS)
