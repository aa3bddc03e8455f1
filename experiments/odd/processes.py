"""Processes as the code has them: their order in the month, what each says of itself, and its decisions as functions."""

import ast
import importlib
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from experiments.odd.columns import SIM


class Call(NamedTuple):
    """One line of the month."""

    label: str  # S1, S2, ... as its file calls itself
    module: str  # of sim/processes
    function: str
    says: str  # first sentence of the function's docstring
    within: str  # "" for the month itself, else the function that is called in it


class Decision(NamedTuple):
    """A scalar function that a process's loop calls."""

    name: str
    signature: str
    says: str
    body: str  # source without the docstring


class Described(NamedTuple):
    """One file of processes or rules."""

    name: str
    says: str
    decisions: tuple[Decision, ...]
    loops: tuple[tuple[str, str], ...]  # name and docstring of kernels and public functions


def month_calls(path: Path = SIM / "month.py") -> list[Call]:
    """The calls of the month in order, those of ``bid`` in the place of its first call.

    Parameters
    ----------
    path
        The file of the month.

    Returns
    -------
    list of Call
        In the order in which they happen.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    out: list[Call] = []
    seen: set[str] = set()
    for call in _calls(functions["month"]):
        name = ast.unparse(call.func)
        if name in functions:
            within = name if name not in seen else f"{name}, again"
            seen.add(name)
            out += [_called(inner, within) for inner in _calls(functions[name]) if _is_process(inner)]
        elif _is_process(call):
            out.append(_called(call, ""))
    return out


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for statement in function.body:
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        yield from sorted(calls, key=lambda c: (c.lineno, -c.col_offset))


def _is_process(call: ast.Call) -> bool:
    head, _, tail = ast.unparse(call.func).partition(".")
    return bool(tail) and (SIM / "processes" / f"{head}.py").is_file()


def _called(call: ast.Call, within: str) -> Call:
    module, _, function = ast.unparse(call.func).partition(".")
    home = importlib.import_module(f"sim.processes.{module}")
    label = (home.__doc__ or "").split(maxsplit=1)[0]
    says = (getattr(home, function).__doc__ or "").strip().split("\n")[0]
    return Call(label if label.startswith("S") and label[1:].isdigit() else "", module, function, says, within)


def described(path: Path) -> Described:
    """What a file says of itself.

    Parameters
    ----------
    path
        A file of ``sim/processes`` or ``sim/rules``.

    Returns
    -------
    Described
        Decisions are the functions marked ``leaf``; loops what is marked otherwise or is public, as far as they say something.
    """
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    decisions, loops = [], []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        marks = {ast.unparse(mark).split("(")[0].split(".")[-1] for mark in node.decorator_list}
        says = ast.get_docstring(node) or ""
        if any("leaf" in mark for mark in marks):
            decisions.append(Decision(node.name, ast.unparse(node.args), says, _body(node, source)))
        elif says and (marks or not node.name.startswith("_")):
            loops.append((node.name, says))
    return Described(path.stem, ast.get_docstring(tree) or "", tuple(decisions), tuple(loops))


def loops_in(path: Path) -> list[tuple[str, str]]:
    """Every function of a file that is not a decision: its name, and its source without docstring.

    Parameters
    ----------
    path
        A file of ``sim/processes``.

    Returns
    -------
    list of tuple of str
        In the order of the file.
    """
    source = path.read_text(encoding="utf-8")
    out = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not any("leaf" in ast.unparse(mark) for mark in node.decorator_list):
            body = textwrap.indent(_body(node, source), "    ")
            out.append((node.name, f"def {node.name}({ast.unparse(node.args)}):\n{body}"))
    return out


def _body(node: ast.FunctionDef, source: str) -> str:
    has_docstring = ast.get_docstring(node) is not None
    body = node.body[1:] if has_docstring else node.body
    if not body:
        return ""
    lines = source.splitlines()[body[0].lineno - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(lines))


def draws(purpose: str) -> list[str]:
    """Files of ``sim`` that draw for a purpose, as ``processes/demand``."""
    found = []
    for path in sorted(SIM.rglob("*.py")):
        if path.name != "chance.py" and _names(path.read_text(encoding="utf-8"), purpose):
            found.append(path.relative_to(SIM).with_suffix("").as_posix())
    return found


def _names(source: str, purpose: str) -> bool:
    at = source.find(f"Purpose.{purpose}")
    while at >= 0:
        end = at + len(f"Purpose.{purpose}")
        if not (source[end : end + 1].isalnum() or source[end : end + 1] == "_"):
            return True
        at = source.find(f"Purpose.{purpose}", end)
    return False
