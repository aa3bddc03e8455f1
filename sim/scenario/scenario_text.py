"""Writing a scenario file: tables, lists and texts as TOML, in a fixed order."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 118  # characters of a line of prose


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [toml(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= WIDTH else "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def table(head: str, values: Mapping[str, Any]) -> str:
    """A table with its head, for instance ``[population]`` or ``[[networks]]``; nothing where it is empty."""
    if not values:
        return ""
    lines = "".join(f"{key} = {toml(value)}\n" for key, value in values.items())
    return f"\n{head}\n{lines}"


def prose(key: str, paragraphs: Sequence[str]) -> str:
    """A text of several paragraphs, wrapped."""
    wrapped = "\n\n".join(
        textwrap.fill(_escaped(p), WIDTH, break_long_words=False, break_on_hyphens=False) for p in paragraphs if p
    )
    return f'{key} = """\n{wrapped}\n"""\n'


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text).replace("\\", "\\\\").replace('"""', r"\"\"\"")
