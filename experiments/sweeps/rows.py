"""CSV files of a study: rows of values under a line of keys; every cell is looked at before anything runs."""

import csv
import math
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from experiments.sweeps.trouble import Where
from sim.scenario.document import decoded, read_limited
from sim.scenario.problems import shown

LARGEST_FILE = 100_000_000  # bytes
LARGEST_WHOLE = 2**63  # a table's whole numbers are smaller
NUMBER = "a number"


class Row(NamedTuple):
    """One row of a file."""

    line: int  # of the file, from 1
    values: dict[str, Any]  # by key


def read_rows(folder: Path, file: str, where: Where, key: str, aside: tuple[str, ...] = ()) -> list[Row]:
    """The rows of a CSV file beside the study.

    Parameters
    ----------
    folder
        Of the study.
    file
        Relative to it.
    where, key
        How messages call the study, and the key that names the file.
    aside
        Columns that are no keys.

    Returns
    -------
    list of Row
        At least one.

    Raises
    ------
    StudyError
        When the file is not there or cannot be used; names line and column.
    """
    if Path(file).is_absolute() or not (folder / file).resolve().is_relative_to(folder.resolve()):
        says = f"expected a file beside the study or in a folder below it, got {shown(file)}; write its relative name"
        raise where.error(key, says)
    with where.about(key):
        text = decoded(read_limited(folder / file, file, LARGEST_FILE, "a CSV"), file)
    table = csv.reader(text.splitlines())
    try:
        lines = [(table.line_num, cells) for line in table if any(cells := [cell.strip() for cell in line])]
    except csv.Error as error:
        raise where.error(key, f"{file}, line {table.line_num}: {error}; correct it") from error
    if len(lines) < 2:
        raise where.error(key, f"{file}: expected a line of keys and at least one row below; add them")
    keys = lines[0][1]
    if not all(keys) or len(set(keys)) != len(keys):
        raise where.error(key, f"{file}: the first line must name every column once; correct it")
    out = []
    for number, cells in lines[1:]:
        if len(cells) != len(keys):
            says = f"expected {len(keys)} cells as in the first line, got {len(cells)}; correct it"
            raise where.error(key, f"{file}, line {number}: {says}")
        written = {name: cell for name, cell in zip(keys, cells, strict=True) if name not in aside}
        for name, cell in written.items():
            if says := _unusable(cell):
                raise where.error(key, f"{file}, line {number}, column {name}: {says}")
        out.append(Row(number, {name: _value(cell) for name, cell in written.items()}))
    return out


def _unusable(cell: str) -> str:
    """Why a cell cannot be used, empty when it can."""
    if not cell:
        return "empty; write a value or remove the row"
    try:
        finite = math.isfinite(float(cell))
    except ValueError:
        finite = True
    if finite and (not isinstance(value := _value(cell), int) or abs(value) < LARGEST_WHOLE):
        return ""
    return f"expected a finite number, got {shown(cell)}; correct it or remove the row"


def _value(cell: str) -> Any:
    """A cell as TOML writes it (a number, true, false), or else as text."""
    try:
        value = tomllib.loads(f"value = {cell}")["value"]
    except (ValueError, KeyError):
        return cell
    return value if kind_of(value) is not None else cell


def kind_of(value: Any) -> str | None:
    """What a value is to a column of a table, in words; None when it can be in none."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return NUMBER if math.isfinite(value) else None
    return "a text" if isinstance(value, str) else None
