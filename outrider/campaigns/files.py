"""A campaign as a file: `campaign.yaml` with the leads it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import outrider
from outrider.campaigns.schemas import CampaignIn
from outrider.errors import FieldProblem, InvalidInput

EXAMPLE = "Compare it with examples/demo_campaign.yaml."
EXAMPLES = ("examples", "../examples")
"""Where the shipped examples lie, seen from the package: installed, and in the repository."""


class LeadSource(BaseModel):
    """Where the leads come from: a file that is imported, or a list that exists."""

    model_config = ConfigDict(extra="forbid")

    file: Path | None = None
    list: str | None = None
    """Name of the list to import into, or to take the leads from."""
    columns: dict[str, str | None] = {}
    """Column headers that the import can't guess: `{"Mobile": "phone", "Internal": null}`."""
    default_region: str | None = None
    consent: dict[str, Any] | None = None
    """Consent of everybody in the file: `{channel: sms, kind: written, method: web_form, source: …}`."""


class CampaignFile(BaseModel):
    """`campaign.yaml`: the leads, and every field of a campaign as the API names it."""

    model_config = ConfigDict(extra="allow")

    name: Annotated[str, Field(min_length=1)]
    leads: LeadSource


def read_campaign_file(path: Path) -> CampaignFile:
    """
    Raises:
        InvalidInput: the file can't be read, or names what is wrong in it.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{path} does not describe a campaign.", remedy=EXAMPLE)
    campaign = {name: value for name, value in content.items() if name != "leads"}
    problems = _problems(CampaignFile, content) | _problems(CampaignIn, campaign)
    if problems:
        raise InvalidInput(f"{path} does not describe a campaign.", fields=list(problems.values()), remedy=EXAMPLE)
    file = CampaignFile.model_validate(content)
    if file.leads.file is None and file.leads.list is None:
        raise InvalidInput.on("leads", "names neither a file nor a list", "Add `file: leads.csv` or `list: name`.")
    if file.leads.file is not None:
        file.leads.file = (path.parent / file.leads.file).resolve()
        if not file.leads.file.is_file():
            raise InvalidInput.on("leads.file", f"there is no file {file.leads.file}")
    return file


def _problems(model: type[BaseModel], content: dict[str, Any]) -> dict[str, FieldProblem]:
    """What keeps `content` from being a `model`, by field."""
    try:
        model.model_validate(content)
    except ValidationError as error:
        paths = [(".".join(map(str, found["loc"])), f"{found['msg']}.") for found in error.errors()]
        return {path: FieldProblem(field=path, problem=problem) for path, problem in paths}
    return {}


def shipped_example(name: str) -> Path:
    """A file of the shipped examples.

    Raises:
        FileNotFoundError: this installation was built without it.
    """
    package = Path(outrider.__file__).parent
    for folder in EXAMPLES:
        if (path := (package / folder / name).resolve()).is_file():
            return path
    raise FileNotFoundError(f"The example {name} is not part of this installation.")
