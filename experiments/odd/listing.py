"""The model's own code as a reader wants it: without types, decorators, docstrings and what only keeps records."""

import ast
import copy
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

RECORDS = re.compile(r"^_?record(_|$)|^passed$")  # functions that write the log of events, which nothing reads
NOISE = re.compile(r"\s*#\s*(fmt: skip|type: ignore.*|noqa.*)$")
Function = ast.FunctionDef


class Piece(NamedTuple):
    """One function or class."""

    name: str
    says: str  # docstring
    code: str
    decision: bool  # a scalar function, marked ``leaf``


def pieces(path: Path) -> list[Piece]:
    """Functions and rule classes of a file, in its order; tables, parameters and what only keeps records are left out.

    Parameters
    ----------
    path
        A Python file.

    Returns
    -------
    list of Piece
        Code begins with ``def`` or ``class``.
    """
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    return [_piece(node, lines) for node in tree.body if _is_told(node)]


def _is_told(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
        return not bases & {"NamedTuple", "IntEnum", "Protocol"} and not any("Error" in base for base in bases)
    return isinstance(node, Function) and not RECORDS.search(node.name)


def _piece(node: ast.stmt, lines: list[str]) -> Piece:
    if isinstance(node, ast.ClassDef):
        base = ", ".join(ast.unparse(b) for b in node.bases)
        methods = [m for m in node.body if isinstance(m, Function)]
        body = "\n\n".join(textwrap.indent(function_code(m, lines), "    ") for m in methods)
        code = f"class {node.name}{f'({base})' if base else ''}:\n{body}"
        return Piece(node.name, ast.get_docstring(node) or "", code, False)
    assert isinstance(node, Function)
    marks = {ast.unparse(mark).split("(")[0].split(".")[-1] for mark in node.decorator_list}
    says = ast.get_docstring(node) or ""
    return Piece(node.name, says, function_code(node, lines), any("leaf" in mark for mark in marks))


def arguments_of(node: Function) -> str:
    """Arguments without their types, and without ``self``."""
    args = copy.deepcopy(node.args)
    for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in (args.vararg, args.kwarg) if a)]:
        arg.annotation = None
    return re.sub(r"^self(, )?", "", ast.unparse(args))


def function_code(node: Function, lines: list[str]) -> str:
    """A function from ``def`` on, as its file has it, but for docstring, types of arguments and records."""
    args = arguments_of(node)
    head = f"def {node.name}({'self, ' if args and _is_method(node) else 'self' if _is_method(node) else ''}{args}):"
    return f"{head}\n{textwrap.indent(body_of(node, lines), '    ')}"


def _is_method(node: Function) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "self"


def body_of(node: Function, lines: list[str]) -> str:
    """The statements of a function, without docstring and records; "pass" where nothing is left.

    Parameters
    ----------
    node
        The function.
    lines
        Of its file.

    Returns
    -------
    str
        With no indentation.
    """
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if not body:
        return "pass"
    dropped = {n for first, last in _records(body) for n in range(first, last + 1)}
    first, last = _first_line(body[0], node, lines), node.end_lineno or body[-1].lineno
    kept = [NOISE.sub("", lines[n - 1]) for n in range(first, last + 1) if n not in dropped]
    return textwrap.dedent("\n".join(kept)).strip("\n") or "pass"


def _first_line(statement: ast.stmt, node: Function, lines: list[str]) -> int:
    """A comment directly above the first statement belongs to it."""
    first = statement.lineno
    while first - 1 > node.lineno and lines[first - 2].strip().startswith("#"):
        first -= 1
    return first


def _records(body: list[ast.stmt]) -> Iterator[tuple[int, int]]:
    """Lines of the statements that only keep records, and of conditions on nothing else."""
    for statement in body:
        if _only_records(statement):
            yield statement.lineno, statement.end_lineno or statement.lineno
            continue
        for inner in ("body", "orelse"):
            nested = getattr(statement, inner, None)
            if isinstance(nested, list) and nested and isinstance(nested[0], ast.stmt):
                yield from _records(nested)


def _only_records(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return bool(RECORDS.search(name))
    if isinstance(statement, ast.If | ast.For):
        return not statement.orelse and all(_only_records(inner) for inner in statement.body)
    return False
