"""Parameters of a node with their expressions worked out for one lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from outrider.errors import FieldProblem
from outrider.workflows.expressions.language import BadExpression
from outrider.workflows.expressions.texts import Template, has_expressions, read, said

NO_EXPRESSIONS: dict[str, Any] = {"x-expressions": False}
"""`Field(json_schema_extra=NO_EXPRESSIONS)`: what stands between `{{` and `}}` in this field is somebody else's."""

P = TypeVar("P", bound=BaseModel)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Resolved(Generic[P]):
    params: P
    warnings: list[str] = field(default_factory=list)


class UnusableParameters(Exception):
    """The values that the expressions came to don't fit the parameters; the words are for the user."""


def is_static(data: object) -> bool:
    """There is no expression anywhere in it: it is the same for every lead."""
    if isinstance(data, str):
        return not has_expressions(data)
    if isinstance(data, Mapping):
        return all(is_static(inner) for inner in data.values())
    return not isinstance(data, list) or all(is_static(inner) for inner in data)


def resolve(params_type: type[P], data: Mapping[str, Any], names: Mapping[str, Any]) -> Resolved[P]:
    """The parameters for one visit.

    Args:
        data: as stored in the definition.
        names: values of `language.ROOTS`.

    Raises:
        UnusableParameters: names the field and what it came to.
    """
    warnings: list[str] = []

    def work_out(text: str, annotation: Any) -> Any:
        template = read(text)
        if template.is_one_value and not _is_text(annotation):
            found = cast("Any", template.parts[0]).value(names)
            warnings.extend([found.warning] if found.warning else [])
            return found.value
        filled, missing = template.fill(names)
        warnings.extend(missing)
        return filled

    values = {name: _walk(value, _field(params_type, name), work_out) for name, value in data.items()}
    try:
        return Resolved(params_type.model_validate(values), warnings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnusableParameters(f"{place}: {_words(first)} (it came to {said(first['input'])[:80]!r}).") from error


def problems(params_type: type[BaseModel], data: Mapping[str, Any]) -> list[FieldProblem]:
    """What is wrong with stored parameters; fields are relative to `data`. What an expression will come to is not known yet."""
    found = [
        FieldProblem(field=_named(path), problem=error.detail, remedy=error.remedy)
        for path, _, error in _unreadable(params_type, data)
    ]
    worked_out = {path for path, _, _ in _texts(params_type, data)}
    try:
        params_type.model_validate(dict(data))
    except ValidationError as error:
        found += [
            FieldProblem(field=_named(item["loc"]), problem=_words(item))
            for item in error.errors()
            if _within(data, item["loc"]) not in worked_out
        ]
    return found


def _words(item: Any) -> str:
    return "Something is needed here." if item["type"] == "missing" else item["msg"].removeprefix("Value error, ")


def templates(params_type: type[BaseModel], data: Mapping[str, Any]) -> list[tuple[str, Template]]:
    """Every text with expressions that can be read, with its place."""
    return [
        (_named(path), read(text)) for path, text, error in _texts(params_type, data) if error is None and has_expressions(text)
    ]


def _walk(value: Any, annotation: Any, work_out: Any) -> Any:
    if isinstance(value, str):
        return work_out(value, annotation) if has_expressions(value) and not _is_left_alone(annotation) else value
    if isinstance(value, Mapping):
        return {key: _walk(inner, _inside(annotation, key), work_out) for key, inner in value.items()}
    if isinstance(value, list):
        return [_walk(inner, _inside(annotation, 0), work_out) for inner in value]
    return value


def _texts(params_type: type[BaseModel], data: Mapping[str, Any]) -> Iterator[tuple[Path, str, BadExpression | None]]:
    def walk(value: Any, annotation: Any, path: Path) -> Iterator[tuple[Path, str, BadExpression | None]]:
        if isinstance(value, str):
            if has_expressions(value) and not _is_left_alone(annotation):
                yield path, value, _problem(value)
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield from walk(inner, _inside(annotation, key), (*path, str(key)))
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from walk(inner, _inside(annotation, 0), (*path, place))

    for name, value in data.items():
        yield from walk(value, _field(params_type, name), (name,))


def _unreadable(params_type: type[BaseModel], data: Mapping[str, Any]) -> Iterator[tuple[Path, str, BadExpression]]:
    for path, text, error in _texts(params_type, data):
        if error is not None:
            yield path, text, error


def _problem(text: str) -> BadExpression | None:
    try:
        read(text)
    except BadExpression as error:
        return error
    return None


def _within(data: Any, path: Path) -> Path:
    """The parts of the path that lead into the data. Pydantic puts names of union members into its paths, and of what is not
    there."""
    found: list[str | int] = []
    for part in path:
        is_inside = (
            part in data if isinstance(data, Mapping) else isinstance(part, int) and isinstance(data, list) and part < len(data)
        )
        if is_inside:
            data = data[part]
            found.append(part)
    return tuple(found)


def _named(path: Path) -> str:
    return ".".join(str(part) for part in path)


@dataclass(frozen=True, slots=True)
class _Field:
    annotation: Any
    is_left_alone: bool = False


def _field(model: type[BaseModel], name: str) -> _Field:
    info: FieldInfo | None = model.model_fields.get(name)
    if info is None:
        info = next((known for known in model.model_fields.values() if known.alias == name), None)
    if info is None:
        return _Field(Any)
    extra = info.json_schema_extra
    return _Field(info.annotation, isinstance(extra, dict) and extra.get("x-expressions") is False)


def _inside(annotation: Any, key: object) -> _Field:
    """What is known about a value inside one of this annotation."""
    if isinstance(annotation, _Field):
        if annotation.is_left_alone:
            return annotation
        annotation = annotation.annotation
    for candidate in _members(annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return _field(candidate, str(key))
        if get_origin(candidate) in (list, tuple, set, dict) and (arguments := get_args(candidate)):
            return _Field(arguments[-1])
    return _Field(Any)


def _is_text(annotation: Any) -> bool:
    """Only a text fits: a value that is none is written out."""
    inner = annotation.annotation if isinstance(annotation, _Field) else annotation
    return all(member is str for member in _members(inner))


def _is_left_alone(annotation: Any) -> bool:
    return isinstance(annotation, _Field) and annotation.is_left_alone


def _members(annotation: Any) -> list[Any]:
    """The parts of a union without None, free of `Annotated`."""
    if hasattr(annotation, "__metadata__"):
        return _members(annotation.__origin__)
    origin = get_origin(annotation)
    if origin is not None and origin not in (list, tuple, set, dict) and get_args(annotation):
        return [member for part in get_args(annotation) if part is not type(None) for member in _members(part)]
    return [annotation]
