"""Workflows as files: exported, imported, copied.

A file names what this installation knows by a number (other workflows, credentials) by its name, so that it means the same
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from outrider.credentials import repository as credential_rows
from outrider.errors import InvalidInput
from outrider.workflows import repository
from outrider.workflows.credentials import PARAMETER as CREDENTIAL
from outrider.workflows.credentials import takes_credential
from outrider.workflows.definition import WorkflowDefinition, WorkflowNode
from outrider.workflows.nodes.sub_workflow import KIND as SUB_WORKFLOW
from outrider.workflows.validation import ensure_valid

FORMAT = "outrider-workflow"
FORMAT_VERSION = 1
LONGEST_NAME = 120
IMPORTED = "Imported workflow"
BY_NAME = "workflow"
"""In files, a sub-workflow node has the other workflow's name here instead of `workflow_id`."""


class WorkflowFile(BaseModel):
    """A workflow as a file."""

    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    description: str = Field("", max_length=2000)
    config: WorkflowDefinition

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_definition_alone(cls, given: Any) -> Any:
        if isinstance(given, dict) and "nodes" in given and "config" not in given:
            return {"name": IMPORTED, "config": given}
        return given

    @field_validator("format")
    @classmethod
    def _is_ours(cls, name: str) -> str:
        if name != FORMAT:
            raise ValueError(f"the file is no workflow of Outrider, whose format is {FORMAT!r}")
        return name

    @field_validator("format_version")
    @classmethod
    def _is_known(cls, version: int) -> int:
        if not 1 <= version <= FORMAT_VERSION:
            raise ValueError(f"the file has format {version}; this Outrider reads up to {FORMAT_VERSION}, a newer one wrote it")
        return version


async def as_file(session: AsyncSession, name: str, description: str, definition: WorkflowDefinition) -> WorkflowFile:
    """The file of a definition. Sub-workflows are named, and taken along for installations that have none of that name."""
    ids = {node.data.get("workflow_id") for node in _sub_workflows(definition)}
    names = await repository.names_of(session, {number for number in ids if isinstance(number, int)})
    named = _changed(definition, lambda data: _named(data, names))
    return WorkflowFile(name=name, description=description, config=await _with_names_of_credentials(session, named))


async def read_file(session: AsyncSession, file: WorkflowFile) -> WorkflowDefinition:
    """The definition that a file holds, with what it names.

    Raises:
        InvalidWorkflow: it has problems; names each node.
        InvalidInput: it runs a workflow that there is none of here, and that it doesn't bring along; or names a credential
            that there is none of here.
    """
    named = {node.data.get(BY_NAME) for node in _sub_workflows(file.config)}
    ids = await repository.ids_by_name(session, {name for name in named if isinstance(name, str)})
    for place, node in enumerate(file.config.nodes):
        name = node.data.get(BY_NAME) if node.type == SUB_WORKFLOW else None
        if name is not None and name not in ids and not node.data.get("definition"):
            raise InvalidInput.on(
                f"body.config.nodes.{place}.data.{BY_NAME}",
                f"node {node.id!r} runs the workflow {str(name)[:80]!r}, which there is none of here",
                "Import that workflow first.",
            )
    definition = await _with_numbers_of_credentials(session, _changed(file.config, lambda data: _numbered(data, ids)))
    ensure_valid(definition, "body.config")
    return definition


async def free_name(session: AsyncSession, wanted: str) -> str:
    """`wanted`, or `wanted (2)`, `wanted (3)` … if workflows have these names."""
    stem = re.sub(r" \(\d+\)$", "", wanted)[: LONGEST_NAME - 8]
    return first_free(wanted, stem, await repository.names_like(session, stem))


def first_free(wanted: str, stem: str, taken: Iterable[str]) -> str:
    taken = set(taken)
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem} ({number})") not in taken)


def file_name(name: str) -> str:
    """A name for the file that every system takes."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()
    return f"{plain or 'workflow'}.workflow.json"


def _sub_workflows(definition: WorkflowDefinition) -> Iterator[WorkflowNode]:
    return (node for node in definition.nodes if node.type == SUB_WORKFLOW)


def _changed(definition: WorkflowDefinition, change: Any) -> WorkflowDefinition:
    nodes = [
        node.model_copy(update={"data": change(node.data)}) if node.type == SUB_WORKFLOW else node for node in definition.nodes
    ]
    return definition.model_copy(update={"nodes": nodes})


def _named(data: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    """Without numbers of this installation, also in the definition that is taken along."""
    named = {key: value for key, value in data.items() if key not in ("workflow_id", "version")}
    if (name := names.get(data.get("workflow_id") or 0)) is not None:
        named[BY_NAME] = name
    if isinstance(inner := data.get("definition"), dict):
        named["definition"] = _changed(WorkflowDefinition.model_validate(inner), lambda data: _named(data, {})).as_json()
    return named


def _numbered(data: Mapping[str, Any], ids: Mapping[str, int]) -> dict[str, Any]:
    numbered = {key: value for key, value in data.items() if key != BY_NAME}
    if (number := ids.get(str(data.get(BY_NAME)))) is not None:
        numbered["workflow_id"] = number
    return numbered


async def _with_names_of_credentials(session: AsyncSession, definition: WorkflowDefinition) -> WorkflowDefinition:
    config = definition.as_json()
    chosen = [data for _, data in _choosing_credentials(config) if type(data[CREDENTIAL]) is int]
    names = await credential_rows.names_of(session, {data[CREDENTIAL] for data in chosen}) if chosen else {}
    for data in chosen:
        data[CREDENTIAL] = names.get(data[CREDENTIAL], data[CREDENTIAL])
    return WorkflowDefinition.model_validate(config)


async def _with_numbers_of_credentials(session: AsyncSession, definition: WorkflowDefinition) -> WorkflowDefinition:
    config = definition.as_json()
    chosen = [(field, data) for field, data in _choosing_credentials(config) if isinstance(data[CREDENTIAL], str)]
    ids = await credential_rows.ids_by_name(session, {data[CREDENTIAL] for _, data in chosen}) if chosen else {}
    for field, data in chosen:
        if (name := data[CREDENTIAL]) not in ids:
            raise InvalidInput.on(
                f"body.config.{field}",
                f"it names the credential {name[:80]!r}, which there is none of here",
                "Create a credential of this name in Settings → Credentials first.",
            )
        data[CREDENTIAL] = ids[name]
    return WorkflowDefinition.model_validate(config)


def _choosing_credentials(config: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Parameters of the nodes that name a credential, in sub-workflows too, each with the path of the field that does.

    Args:
        config: a definition as JSON; what is in embedded ones was not looked at yet.
    """
    nodes = config.get("nodes") if isinstance(config, dict) else None
    for index, node in enumerate(nodes if isinstance(nodes, list) else []):
        data = node.get("data") if isinstance(node, dict) else None
        if not isinstance(data, dict):
            continue
        here = f"{place}nodes.{index}.data"
        yield from _choosing_credentials(data.get("definition"), f"{here}.definition.")
        if data.get(CREDENTIAL) is not None and takes_credential(str(node.get("type"))):
            yield f"{here}.{CREDENTIAL}", data
