"""Processes as the code has them: their order in the month, what each says of itself, and who draws for what."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from experiments.odd.columns import SIM

PROCESSES = SIM / "processes"


class Call(NamedTuple):
    """One line of the month."""

    label: str  # S1, S2, ... as its file calls itself
    module: str  # of sim/processes
    function: str
    says: str  # first sentence of the function's docstring
    within: str  # "" for the month itself, else the function that is called in it


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
    return bool(tail) and (PROCESSES / f"{head}.py").is_file()


def _called(call: ast.Call, within: str) -> Call:
    module, _, function = ast.unparse(call.func).partition(".")
    home = importlib.import_module(f"sim.processes.{module}")
    label = (home.__doc__ or "").split(maxsplit=1)[0]
    says = (getattr(home, function).__doc__ or "").strip().split("\n")[0]
    return Call(label if label.startswith("S") and label[1:].isdigit() else "", module, function, says, within)


def described(path: Path) -> str:
    """What a file says of itself."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def draws(purpose: str) -> list[str]:
    """Files of ``sim`` that draw for a purpose, as ``processes/demand``."""
    return [name for name, source in _sources().items() if _names(source, purpose)]


@cache
def _sources() -> dict[str, str]:
    paths = [path for path in sorted(SIM.rglob("*.py")) if path.name != "chance.py"]
    return {path.relative_to(SIM).with_suffix("").as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _names(source: str, purpose: str) -> bool:
    at = source.find(f"Purpose.{purpose}")
    while at >= 0:
        end = at + len(f"Purpose.{purpose}")
        if not (source[end : end + 1].isalnum() or source[end : end + 1] == "_"):
            return True
        at = source.find(f"Purpose.{purpose}", end)
    return False
