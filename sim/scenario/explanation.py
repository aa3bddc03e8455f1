"""Turning what pydantic finds wrong into messages for the author of a scenario."""

import re
import types
import typing
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.plan import EVENT_KINDS
from sim.scenario.problems import KeyPath, Problems, dotted, listed, nearest, shown, unlike


def explained(error: ValidationError, model: type[BaseModel]) -> Problems:
    """One problem for each thing that pydantic found, unknown keys first since they often explain the rest."""
    found = Problems()
    details = error.errors(include_url=False)
    for detail in sorted(details, key=lambda d: d["type"] != "extra_forbidden"):
        path, home, field = _walk(model, detail["loc"])
        found.add(path, _says(detail, path, home, field, model))
    return found


def _walk(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[KeyPath, type[BaseModel] | None, FieldInfo | None]:
    """Path without pydantic's union tags, the model in which its last key stands, and that key's field."""
    path: list[int | str] = []
    here: Any = model
    home: type[BaseModel] | None = model
    field: FieldInfo | None = None
    for part in loc:
        if isinstance(here, dict):  # the kinds of a tagged union: the part is the tag
            here = here.get(part)
            continue
        if isinstance(part, int):
            path.append(part)
            here = _content(here)
            continue
        path.append(part)
        home = here if isinstance(here, type) and issubclass(here, BaseModel) else None
        field = home.model_fields.get(part) if home else None
        here = _unwrapped(field.annotation) if field else None
    return tuple(path), home, field


def _unwrapped(annotation: Any) -> Any:
    """The annotation without None and Annotated."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        rest = [a for a in typing.get_args(annotation) if a is not type(None)]
        if len(rest) == 1:
            return _unwrapped(rest[0])
        return {typing.get_args(m.model_fields["kind"].annotation)[0]: m for m in rest}
    return annotation


def _content(annotation: Any) -> Any:
    """What a list holds."""
    arguments = typing.get_args(annotation)
    return _unwrapped(arguments[0]) if typing.get_origin(annotation) is list and arguments else None


def _says(detail: Any, path: KeyPath, home: type[BaseModel] | None, field: FieldInfo | None, model: type[BaseModel]) -> str:
    kind, got, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), path, home, model)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_event(got)
    if kind == "missing":
        return f"missing; {_remedy(str(path[-1]), field)}"
    if kind == "literal_error" and isinstance(context.get("expected"), str):
        names = re.findall(r"'([^']*)'", context["expected"])
        if names:
            return f"expected one of these names, got {shown(got)}{unlike(got, names)}"
    if kind == "too_long":
        return f"expected at most {context.get('max_length')} entries, got {context.get('actual_length')}; shorten the list"
    if kind == "too_short" and context["min_length"] > 1:
        return f"expected at least {context['min_length']} entries, got {context['actual_length']}; add one or leave the key out"
    if kind == "too_short":
        return "expected at least one entry, got an empty list; name one or leave the key out"
    if path and isinstance(path[-1], int) and kind.startswith("string_"):
        return f"expected a name of 1 to 100 characters on one line, got {shown(got)}; write a text in quotes"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        name = dotted(tuple(p for p in path if isinstance(p, str)))
        head = f"[[{name}]]" if path and isinstance(path[-1], int) else f"[{name}]"
        return f"expected a table, got {shown(got)}; write {head} on a line and its keys below"
    if kind == "list_type" and isinstance(field, FieldInfo) and not _extra(field):
        return f"expected a list of tables, got {shown(got)}; write [[{path[-1]}]] above each"
    if kind == "value":
        return f"{detail['msg']}, got {shown(got)}; write for instance {path[-1]} = 0.1"
    expects = _extra(field).get("expects") if field else None
    if kind.startswith("string_") and kind != "string_type":
        limit = context.get("max_length")
        why = f"text of 1 to {limit} characters" if limit else "text on one line, not empty"
        return f"expected {why}, got {shown(got)}; {_remedy(str(path[-1]), field)}"
    expected = expects or detail["msg"][0].lower() + detail["msg"][1:]
    return f"expected {expected}, got {shown(got)}; {_remedy(str(path[-1]) if path else '', field)}"


def _unknown_key(key: str, path: KeyPath, home: type[BaseModel] | None, model: type[BaseModel]) -> str:
    known = [*home.model_fields, *(["extends"] if home is model and "population" in model.model_fields else [])] if home else []
    close = nearest(key, known)
    if close:
        return f'unknown key, did you mean "{close}"? Rename it or remove it'
    elsewhere = [name for name, field in model.model_fields.items() if key in _keys(field)]
    if elsewhere and home is model:
        return f"unknown key; it belongs in [{elsewhere[0]}]: move it there"
    return f"unknown key; known are {listed(known)}. Rename it or remove it"


def _keys(field: FieldInfo) -> list[str]:
    inner = _unwrapped(field.annotation)
    return list(inner.model_fields) if isinstance(inner, type) and issubclass(inner, BaseModel) else []


def _unknown_event(got: Any) -> str:
    if not isinstance(got, dict) or "kind" not in got:
        return f'an event needs a kind; write kind = "..." with one of {listed(EVENT_KINDS)}'
    kind = got["kind"]
    return f"there is no kind of event {shown(kind)}{unlike(kind, EVENT_KINDS)}"


def _remedy(key: str, field: FieldInfo | None) -> str:
    example = _extra(field).get("example") if field else None
    if example is None:
        return f"give {key} a valid value" if key else "correct it"
    written = "[" + ", ".join(shown(x) for x in example) + "]" if isinstance(example, list) else shown(example)
    return f"write for instance {key} = {written}"


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}
