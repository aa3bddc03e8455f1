"""Names that the code uses without saying each time what they are: lists, constants, reasons, structures, starting values."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.odd.columns import SIM, StateTable, comments_by_line, parsed, state_tables, tables_in
from sim.processes import PARAMETERS

FOLDERS = ("state", "processes", "rules")
FILES = ("month.py", "policy.py", "events.py", "observe/counterfactual.py")
ELSEWHERE = ("RULES", "DEFAULTS", "TABLES", "PARAMETERS", "KINDS_OF_EVENT", "POLICIES", "NAMES")  # shown in tables of their own


class Constant(NamedTuple):
    """A number that has a name in capitals."""

    name: str
    value: Any
    meaning: str
    file: str


def engine_files() -> list[Path]:
    """Files that the month is made of."""
    return [*(path for folder in FOLDERS for path in sorted((SIM / folder).glob("*.py"))), *(SIM / name for name in FILES)]


def _module(path: Path) -> Any:
    return importlib.import_module(".".join(path.relative_to(SIM.parent).with_suffix("").parts))


def _capitals(path: Path) -> Iterator[tuple[str, Any, str]]:
    """Names in capitals that a file gives a value, with the value and the comment beside it."""
    source = path.read_text(encoding="utf-8")
    comments, module = comments_by_line(source), _module(path)
    for node in parsed(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
        for name in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(name, ast.Name) and name.id.isupper() and not name.id.startswith("_") and name.id not in ELSEWHERE:
                yield name.id, getattr(module, name.id), comments.get(node.lineno, "")


def lists() -> dict[str, tuple[str, ...]]:
    """Named lists of names, whose places are the numbers that columns hold."""
    return {
        name: value
        for path in engine_files()
        for name, value, _ in _capitals(path)
        if _is_list(value)
    }


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(entry, str) for entry in value)


def places() -> dict[str, int]:
    """What the names in lists stand for in code: each its place, in capitals, some with the list's own word before it."""
    before = {"ARMS": "ARM_", "MIXES": "MIX_"}
    return {f"{before.get(name, '')}{entry.upper()}": n for name, entries in lists().items() for n, entry in enumerate(entries)}


def constants() -> list[Constant]:
    """Every number with a name in capitals that is not the place of a name in a list."""
    taken = places()
    found = []
    for path in engine_files():
        for name, value, meaning in _capitals(path):
            if not _is_list(value) and taken.get(name) != value and isinstance(value, int | float | tuple):
                found.append(Constant(name, value, meaning, path.relative_to(SIM).as_posix()))
    return found


def reasons() -> dict[str, tuple[str, list[tuple[int, str, str]]]]:
    """Numbered reasons that events carry: what each list says of itself, and its members with what is said beside them."""
    path = SIM / "events.py"
    source = path.read_text(encoding="utf-8")
    comments, lines = comments_by_line(source), source.splitlines()
    found = {}
    for name, kind in vars(_module(path)).items():
        if inspect.isclass(kind) and issubclass(kind, IntEnum) and kind is not IntEnum:
            at = lines.index(next(line for line in lines if line.startswith(f"class {name}(")))
            numbered = [(n, line) for n, line in enumerate(lines[at:], at + 1) if " = " in line]
            beside = {line.split(" =")[0].strip(): comments.get(n, "") for n, line in numbered}
            found[name] = (inspect.getdoc(kind) or "", [(int(m), m.name.lower(), beside.get(m.name, "")) for m in kind])
    return found


def structures(path: Path) -> list[StateTable]:
    """Bundles of columns that a file's functions hand to each other; parameters are none."""
    groups = {group.__name__ for group in PARAMETERS.values()}
    return [table for table in tables_in(path) if table.name not in groups]


def starting_values(table: str) -> dict[str, str]:
    """Columns of a state table that do not start at zero, with what a new row holds.

    Parameters
    ----------
    table
        A name of ``state_tables``.

    Returns
    -------
    dict
        Empty where all is zero, or where nothing makes rows.
    """
    for path in sorted((SIM / "state").glob("*.py")):
        make = getattr(_module(path), f"empty_{table.lower()}", None)
        if make is not None:
            row = make(*(2 for _ in inspect.signature(make).parameters))
            return {name: f"{column.flat[0]:g}" for name, column in zip(row._fields, row, strict=True) if np.any(column)}
    return {}


def unread() -> dict[str, list[str]]:
    """Columns of each state table that no process and no rule reads: they are kept for reports."""
    read = {name for path in engine_files() for name in _loaded(path)}
    return {table.name: found for table in state_tables() if (found := [c.name for c in table.columns if c.name not in read])}


@cache
def _loaded(path: Path) -> frozenset[str]:
    """Attributes that a file reads; one that is only assigned to, or to an entry of which something is assigned, is not read."""
    tree = parsed(path.read_text(encoding="utf-8"))
    written = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Attribute)
    }
    recorded = {id(inner) for node in ast.walk(tree) if _records(node) for inner in ast.walk(node)}
    others = written | recorded
    return frozenset(
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Load)
        and id(node) not in others
        and ast.unparse(node.value) != "policy"  # a policy is only copied into a network's row
    )


def _records(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"
