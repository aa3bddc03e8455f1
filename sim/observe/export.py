"""The tables of all replications as CSV files, for a spreadsheet or a statistics program."""

import csv
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from sim.observe.catalogue import series_columns
from sim.observe.schema import SCHEMA, Column
from sim.observe.store import read_replication, series_table

COLUMNS = "columns.csv"
README = "README.txt"
REPLICATION = Column("replication", "int64", "count", "number of the replication, from 0")


def with_replication(table: pa.Table, replication: int) -> pa.Table:
    """The table with the replication's number as its first column."""
    field = pa.field(REPLICATION.name, pa.int64(), False, {"unit": REPLICATION.unit, "meaning": REPLICATION.meaning})
    return table.add_column(0, field, pa.array([replication] * table.num_rows, pa.int64()))


def export_csv(
    replications: Sequence[tuple[int, Path]],
    out: str | os.PathLike[str],
    title: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write one CSV file a table, all replications in it, and what the columns mean: all files or none.

    Parameters
    ----------
    replications : sequence of (number, folder)
        At least one.
    out : path
        A folder that is not there yet, or is empty; its parents are made.
    title : str
        The scenario's title, for the README.
    progress : callable, optional
        Called with replications done and in all.

    Returns
    -------
    Path
        The folder: ``<table>.csv``, ``columns.csv`` with unit and meaning of every column, ``README.txt``.

    Raises
    ------
    FileExistsError
        When the folder holds something.
    OSError
        When it cannot be written; nothing is left then.
    """
    place = Path(out).absolute()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FileExistsError(f"{out} is already there")
    made = [p for p in place.parents if not p.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    done = False
    draft = None
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent))
        columns = _write_tables(replications, draft, progress or (lambda done, total: None))
        _write_columns(columns, draft / COLUMNS)
        (draft / README).write_text(_readme(title, len(replications), columns), encoding="utf-8")
        draft.chmod(0o755)
        os.replace(draft, place)
        done = True
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        if not done:
            for parent in made:
                if parent.exists() and not any(parent.iterdir()):
                    parent.rmdir()
    return place


def _write_tables(
    replications: Sequence[tuple[int, Path]], draft: Path, progress: Callable[[int, int], None]
) -> dict[str, tuple[Column, ...]]:
    writers: dict[str, pcsv.CSVWriter] = {}
    columns: dict[str, tuple[Column, ...]] = {}
    try:
        for n, (replication, folder) in enumerate(replications):
            stored = read_replication(folder)
            for name, table in {"series": series_table(stored.series), **stored.tables}.items():
                written = with_replication(_without_nan(table), replication)
                if name not in writers:
                    writers[name] = pcsv.CSVWriter(str(draft / f"{name}.csv"), written.schema)
                    columns[name] = SCHEMA.get(name) or series_columns([c for c in table.column_names if c != "month"])
                writers[name].write_table(written)
            progress(n + 1, len(replications))
    finally:
        for writer in writers.values():
            writer.close()
    return columns


def _without_nan(table: pa.Table) -> pa.Table:
    """Undefined numbers as missing values, so that they become empty cells."""
    for n, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            column = table.column(n)
            clean = pc.if_else(pc.is_nan(column), pa.scalar(None, field.type), column)
            table = table.set_column(n, field.with_nullable(True), clean)
    return table


def _write_columns(columns: dict[str, tuple[Column, ...]], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(("table", "column", "type", "unit", "meaning", "empty_means"))
        for name, known in columns.items():
            for column in (REPLICATION, *known):
                empty = column.none or ("undefined" if column.dtype == "double" else "")
                rows.writerow((name, column.name, column.dtype, column.unit, column.meaning, empty))


def _readme(title: str, replications: int, columns: dict[str, tuple[Column, ...]]) -> str:
    files = ", ".join(f"{name}.csv" for name in columns)
    return (
        f"{title}\n\n{replications} replications of one scenario, one CSV file a table: {files}.\n"
        f"{COLUMNS} gives type, unit and meaning of every column, and what an empty cell means.\n"
        "Months are counted from the start of the run, burn-in included. Money is in US dollars.\n"
    )
