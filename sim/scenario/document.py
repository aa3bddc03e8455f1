"""Reading scenario files: TOML, size limits, inheritance by ``extends``, and which file said what."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenario.problems import KeyPath, Problems, ScenarioError, dotted, listed, shown, unlike

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
LARGEST_FILE = 1_000_000  # bytes
LONGEST_LINE = 20_000  # characters
DEEPEST = 8  # tables within tables
LONGEST_CHAIN = 10  # files that extend each other
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class Layer(NamedTuple):
    """What one file, or one option of the command line, says."""

    label: str  # how messages call it
    folder: Path | None  # what its file names are relative to; None for an option
    tree: dict[str, Any]
    path: Path | None = None  # the TOML file, where there is one


class Document(NamedTuple):
    """A scenario file with all that it extends."""

    name: str
    tree: dict[str, Any]  # all layers merged
    layers: tuple[Layer, ...]  # the one that prevails first

    @property
    def file(self) -> Layer:
        """The scenario's own file."""
        return next(layer for layer in self.layers if layer.folder is not None)

    def owner(self, path: KeyPath) -> Layer:
        """The layer from which the value at a path comes; the scenario's own file when none gives it."""
        best, depth = self.file, 0
        for layer in self.layers:
            known = _depth_known(layer.tree, path)
            if known > depth:
                best, depth = layer, known
        return best

    def error(self, found: Problems) -> ScenarioError:
        """One message for what was found: the first, and how many more there are."""
        first = found[0]
        where = f"{dotted(first.path)}: " if first.path else ""
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return ScenarioError(f"{self.owner(first.path).label}: {where}{first.says}{more}")


def shipped_names() -> list[str]:
    """Names of the scenarios that come with the simulator."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def read_document(
    name_or_path: str | os.PathLike[str], settings: Mapping[str, Any] | Iterable[tuple[str, str, Any]] = ()
) -> Document:
    """Read a scenario with all that it extends.

    Parameters
    ----------
    name_or_path
        Name of a shipped scenario, or path of a file.
    settings
        Values that prevail over the files': dotted key to value, or (label, dotted key, value).

    Raises
    ------
    ScenarioError
        When a file cannot be found, read or parsed, or files extend each other in a circle.
    """
    layers = _chain(find(name_or_path))
    name = Path(os.fspath(name_or_path)).stem
    tree: dict[str, Any] = {}
    for layer in reversed(layers):
        tree = merged(tree, layer.tree)
    tree.pop("extends", None)
    return with_settings(Document(name, tree, tuple(layers)), settings)


def with_settings(document: Document, settings: Mapping[str, Any] | Iterable[tuple[str, str, Any]]) -> Document:
    """The document with values that prevail over its own, as in ``read_document``."""
    triples = (
        [(f"{document.name}, with {key}", key, value) for key, value in settings.items()]
        if isinstance(settings, Mapping)
        else settings
    )
    tree = dict(document.tree)
    options = []
    for label, key, value in triples:
        options.append(Layer(label, None, _set(tree, key, value, label)))
    tree.pop("extends", None)
    return document._replace(tree=tree, layers=(*reversed(options), *document.layers))


def find(name_or_path: str | os.PathLike[str]) -> Path:
    """The file of a scenario: a path when it looks like one, else a shipped scenario.

    Raises
    ------
    ScenarioError
        When there is no such file; names the nearest.
    """
    asked = os.fspath(name_or_path)
    if "\0" in asked or not asked:
        raise ScenarioError(f"{shown(asked)}: not the name of a scenario; there are {listed(shipped_names())}")
    path = Path(asked)
    if path.suffix == ".toml" or len(path.parts) > 1 or os.sep in asked:
        return path
    if asked not in shipped_names():
        choice = unlike(asked, shipped_names(), "shipped are")
        raise ScenarioError(f"{shown(asked)}: there is no such scenario{choice}; a file of your own ends in .toml")
    return SHIPPED / f"{asked}.toml"


def _chain(path: Path) -> list[Layer]:
    layers: list[Layer] = []
    visited: list[Path] = []
    while True:
        if len(layers) >= LONGEST_CHAIN:
            raise ScenarioError(f"{layers[-1].label}: extends: a chain of more than {LONGEST_CHAIN} files; extend fewer")
        layers.append(Layer(_label(path), path.parent, read_toml(path), path))
        visited.append(path.resolve())
        parent = layers[-1].tree.get("extends")
        if parent is None:
            return layers
        path = _parent_file(layers[-1], parent, visited)


def _parent_file(layer: Layer, parent: object, visited: list[Path]) -> Path:
    where = f"{layer.label}: extends:"
    if not isinstance(parent, str) or not NAME.fullmatch(parent):
        raise ScenarioError(
            f"{where} expected the name of a scenario, in letters, digits, - and _ without folder or .toml, got {shown(parent)}; "
            'write for instance extends = "baseline"'
        )
    folder = layer.folder or Path()
    nearby = [p for p in (folder / f"{parent}.toml", SHIPPED / f"{parent}.toml") if p.is_file()]
    for candidate in nearby:
        if candidate.resolve() not in visited:
            return candidate
        if candidate.resolve() != visited[-1]:
            break
    if nearby:
        circle = " -> ".join([p.stem for p in visited] + [parent])
        raise ScenarioError(f"{where} the files extend each other in a circle ({circle}); let one of them extend nothing")
    known = sorted({p.stem for p in folder.glob("*.toml")} | set(shipped_names()))
    raise ScenarioError(
        f'{where} there is no scenario "{parent}" in this folder or among the shipped ones{unlike(parent, known)}'
    )


def _label(path: Path) -> str:
    return f"scenarios/{path.name}" if path.parent == SHIPPED else str(path)


def read_toml(path: Path) -> dict[str, Any]:
    """One TOML file, refused when it is too large, too deep or malformed.

    Raises
    ------
    ScenarioError
        Names the file, and the line where there is one.
    """
    label = _label(path)
    text = decoded(read_limited(path, label, LARGEST_FILE, "a scenario"), label)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise ScenarioError(f"{label}, line {number}: longer than {LONGEST_LINE} characters; break it up")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(_syntax(label, text, str(error))) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, hundreds of nested lists
        reason = "lists nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ScenarioError(f"{label}: not valid TOML: {reason}; write it more simply") from error
    if _deeper_than(tree, DEEPEST):
        raise ScenarioError(f"{label}: tables or lists nested more than {DEEPEST} deep; a scenario needs four")
    return tree


def read_limited(path: Path, label: str, limit: int, what: str) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes.

    Raises
    ------
    ScenarioError
        When there is none, or it is too large or cannot be read.
    """
    try:
        if not path.exists():
            siblings = [p.name for p in path.parent.glob(f"*{path.suffix}")] if path.parent.is_dir() else []
            choice = unlike(path.name, sorted(siblings), "that folder has") if siblings else "; check the name and the folder"
            raise ScenarioError(f"{label}: there is no such file{choice}")
        if not path.is_file():
            raise ScenarioError(f"{label}: not a file; name {what} file")
        size = path.stat().st_size
        if size > limit:
            raise ScenarioError(f"{label}: {size:,} bytes; {what} file may have at most {limit:,}; make it smaller")
        with path.open("rb") as stream:
            return stream.read(limit + 1)[:limit]
    except OSError as error:
        raise ScenarioError(f"{label}: cannot be read: {error.strerror or error}; check its permissions") from error


def decoded(data: bytes, label: str, remedy: str = "save the file as UTF-8") -> str:
    """Text of UTF-8 bytes, without byte order mark, lines ended by newlines.

    Raises
    ------
    ScenarioError
        Names the line of the first byte that is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{label}, line {line}: not UTF-8 text; {remedy}") from error


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; anything else, lists included, is replaced."""
    out = dict(below)
    for key, value in above.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def _syntax(label: str, text: str, message: str) -> str:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    reason = message[: place.start()] if place else message
    line = place.group(1) if place and place.group(1) else text.rstrip("\n").count("\n") + 1
    column = f", column {place.group(2)}" if place and place.group(2) else ""
    return f"{label}, line {line}{column}: not valid TOML: {reason}; correct that line (texts need quotes, a key may appear once)"


def _deeper_than(tree: object, limit: int) -> bool:
    level: list[object] = [tree]
    for _ in range(limit + 1):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _depth_known(tree: object, path: KeyPath) -> int:
    for depth, part in enumerate(path):
        if isinstance(tree, list):
            tree = dict(enumerate(tree))
        if not isinstance(tree, dict) or part not in tree:
            return depth
        tree = tree[part]
    return len(path)


def _nested(key: str, value: object) -> dict[str, Any]:
    first, _, rest = key.partition(".")
    return {first: _nested(rest, value) if rest else value}


def _set(tree: dict[str, Any], key: str, value: object, label: str) -> dict[str, Any]:
    """Write a value at a dotted key, also of a table in a list; what was set, as a layer says it."""
    from sim.scenario.rows import EXAMPLES, name_default_rule, set_in_rows

    if key.partition(".")[0] in EXAMPLES and "." in key:
        return set_in_rows(tree, key, value, label)
    name_default_rule(tree, key)
    _put(tree, key, value, label)
    return _nested(key, value)


def _put(tree: dict[str, Any], key: str, value: object, label: str) -> None:
    """Write a value at a dotted key."""
    *tables, last = key.split(".")
    if not all((*tables, last)) or len(tables) >= DEEPEST:
        raise ScenarioError(f"{label}: {shown(key)} is not a key; write for instance demand.growth_per_year=0.02")
    for part in tables:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            raise ScenarioError(
                f"{label}: {part} is not a table, so {shown(key)} cannot be set; change a list in a scenario file"
            )
        tree[part] = tree = dict(below)
    tree[last] = value
