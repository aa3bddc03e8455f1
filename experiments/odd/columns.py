"""State variables as the code declares them: every column of every table with its type and the comment beside it."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

SIM = Path(__file__).resolve().parents[2] / "sim"
STATE = SIM / "state"
KINDS = {"Floats": "number", "Ints": "whole number", "Bools": "yes/no"}

# What a bare name means wherever it stands; a comment in the code goes before it.
EVERYWHERE = {
    "alive": "whether it is in the market",
    "a": "row of the partner with the lower uid",
    "b": "row of the partner with the higher uid",
    "uid_a": "uid of the first partner",
    "uid_b": "uid of the second partner",
    "uid": "permanent identity, never used again",
    "active": "whether it is in the market",
    "open": "whether it is open",
    "used": "whether the row is in use",
    "region": "region, an index",
    "vertical": "vertical, an index",
    "vendor": "row of the vendor",
    "complexity": "complexity of the work, 0..1",
    "services": "services in it, US dollars",
    "product": "product in it, US dollars at list price",
    "needs": "bit mask of skills and named vendors needed",
    "member_uid": "uid of each member",
    "carried": "whether the partner carries the vendor",
    "first": "row of the party that offers",
    "won": "whether it was won",
}


class Column(NamedTuple):
    """One state variable."""

    name: str
    type: str  # number, whole number or yes/no
    meaning: str  # with its unit
    said_by: str  # "comment", "name" or "" where nothing says it


class StateTable(NamedTuple):
    """One kind of entity: a table of columns."""

    name: str
    docstring: str
    columns: tuple[Column, ...]
    file: str


@cache
def parsed(source: str) -> ast.Module:
    """The tree of Python source, to be read only: all who ask are given the same."""
    return ast.parse(source)


@cache
def comments_by_line(source: str) -> dict[int, str]:
    """Comment at the end of each line of Python source, without its hash; by tokens, so a hash in a text is none."""
    found = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            found[token.start[0]] = token.string.lstrip("#").strip()
    return found


def tables_in(path: Path) -> list[StateTable]:
    """The NamedTuples of columns in a file, in order.

    Parameters
    ----------
    path
        A Python file.

    Returns
    -------
    list of StateTable
        A comment that is continued on lines of its own below the column is joined to it.
    """
    source = path.read_text(encoding="utf-8")
    comments = comments_by_line(source)
    lines = source.splitlines()
    out = []
    for node in parsed(source).body:
        if not isinstance(node, ast.ClassDef) or "NamedTuple" not in {ast.unparse(base).split(".")[-1] for base in node.bases}:
            continue
        columns = tuple(
            _column(item, comments, lines)
            for item in node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        )
        if columns:
            out.append(StateTable(node.name, ast.get_docstring(node) or "", columns, path.relative_to(SIM.parent).as_posix()))
    return out


def _column(item: ast.AnnAssign, comments: dict[int, str], lines: list[str]) -> Column:
    assert isinstance(item.target, ast.Name)
    name, last = item.target.id, item.end_lineno or item.lineno
    spoken = {n: re.sub(r"^type: ignore\S*\s*#?\s*", "", comments[n]) for n in range(item.lineno, last + 1) if n in comments}
    said = [text for text in spoken.values() if text]
    below = last + 1
    while said and below <= len(lines) and lines[below - 1].strip().startswith("#"):
        said.append(comments[below])
        below += 1
    kind = KINDS.get(ast.unparse(item.annotation), ast.unparse(item.annotation))
    if said:
        return Column(name, kind, " ".join(said), "comment")
    return Column(name, kind, EVERYWHERE.get(name, ""), "name" if name in EVERYWHERE else "")


def state_tables() -> list[StateTable]:
    """Every table of ``sim/state``, by file."""
    return [table for path in sorted(STATE.glob("*.py")) for table in tables_in(path)]
