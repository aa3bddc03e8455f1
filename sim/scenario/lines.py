"""On which line of a TOML file each key is written; ``tomllib`` reads values only."""

import tomllib
from typing import Any

from sim.scenario.problems import KeyPath


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Path of every key, table and list entry of a valid TOML text -> the line, from 1, on which its statement begins.

    >>> key_lines('a = 1\n[[b]]\nc = 2')
    {('a',): 1, ('b', 0): 2, ('b', 0, 'c'): 3}
    """
    lines = text.split("\n")
    found: dict[KeyPath, int] = {}
    tables: dict[KeyPath, int] = {}  # [[tables]] seen so far
    above: KeyPath = ()
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        end = at + 1
        if line.startswith("["):
            above = _header(tomllib.loads(line), tables)
            found.setdefault(above, at + 1)
        elif line and not line.startswith("#"):
            statement, end = _statement(lines, at)
            for path in _paths(statement):
                found[(*above, *path)] = at + 1
        at = end
    return found


def _header(tree: Any, tables: dict[KeyPath, int]) -> KeyPath:
    """The path that a header opens; what lies in a [[table]] belongs to the last one opened."""
    path: KeyPath = ()
    while tree:
        key, tree = next(iter(tree.items()))
        path = (*path, key)
        if isinstance(tree, list):
            tables[path] = tables.get(path, 0) + 1
            return (*path, tables[path] - 1)
        if path in tables:
            path = (*path, tables[path] - 1)
    return path


def _statement(lines: list[str], at: int) -> tuple[dict[str, Any], int]:
    """The statement that begins on a line, which is complete when it can be read, and the line after it."""
    for end in range(at + 1, len(lines) + 1):
        try:
            return tomllib.loads("\n".join(lines[at:end])), end
        except tomllib.TOMLDecodeError:
            continue
    return {}, len(lines)


def _paths(tree: Any) -> list[KeyPath]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    out: list[KeyPath] = []
    for key, below in items:
        out += [(key,), *((key, *path) for path in _paths(below))]
    return out
