"""Where the results of a replication are kept: one folder of Parquet files, there complete or not at all.

The folder is written under a temporary name beside its place, flushed to disk and then renamed.  What a
killed run leaves behind ends in ``.tmp`` and is never read.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.observe.catalogue import series_columns
from sim.observe.durable import flush
from sim.observe.schema import SCHEMA, SCHEMA_VERSION, arrow_schema, validate

PROVENANCE = "provenance.json"


class StoredReplication(NamedTuple):
    """What was read back of one replication."""

    tables: dict[str, pa.Table]  # the public tables but the series
    series: dict[str, NDArray]  # "month" and every series, one entry a month
    provenance: dict[str, Any]  # what made it


def series_table(series: Mapping[str, NDArray]) -> pa.Table:
    """Monthly series as a table, one row a month.

    Parameters
    ----------
    series : mapping of str to array, T
        Every name must be in the catalogue; "month" is added when missing.

    Returns
    -------
    pyarrow.Table
        Columns ``month`` (int64) and the series in their order (double; NaN where undefined).

    Raises
    ------
    ValueError
        When a series is not in the catalogue.
    """
    names = [name for name in series if name != "month"]
    length = len(next(iter(series.values()), ()))
    month = np.asarray(series.get("month", np.arange(length)), np.int64)
    arrays = [pa.array(month), *(pa.array(np.asarray(series[name], np.float64)) for name in names)]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(series_columns(names)))


def write_replication(
    folder: str | os.PathLike[str],
    tables: Mapping[str, pa.Table],
    series: Mapping[str, NDArray],
    provenance: Mapping[str, Any],
    replace: bool = False,
) -> Path:
    """Write one replication so that it is seen complete or not at all.

    Parameters
    ----------
    folder : path
        Where it shall lie; its parents are made.
    tables : mapping of str to pyarrow.Table
        As ``public_tables`` gives them.
    series : mapping of str to array, T
        As ``observe`` gives them, collected by month.
    provenance : mapping
        What made it; must be JSON.  The schema version is added.
    replace : bool
        Whether a folder already there gives way.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        When the folder is there and ``replace`` is false.
    ValueError
        When a table is missing or does not follow the public schema.
    """
    place = Path(folder).absolute()
    if place.exists() and not replace:
        raise FileExistsError(f"{place} is already there")
    complete = {**tables, "series": series_table(series)}
    if missing := set(SCHEMA) - set(complete):
        raise ValueError(f"tables are missing: {', '.join(sorted(missing))}")
    for name, table in complete.items():
        validate(name, table)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent))
    try:
        for name, table in complete.items():
            pq.write_table(table, draft / f"{name}.parquet", compression="zstd")
        text = json.dumps({"schema_version": SCHEMA_VERSION, **provenance}, indent=2, sort_keys=True)
        (draft / PROVENANCE).write_text(text + "\n", encoding="utf-8")
        draft.chmod(0o755)
        for path in [*draft.iterdir(), draft]:
            flush(path)
        _put_in_place(draft, place, replace)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    flush(place.parent)
    return place


def _put_in_place(draft: Path, place: Path, replace: bool) -> None:
    """Rename the finished draft; what was there before steps aside first and is put back if that fails."""
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent))
    try:
        if replace and place.exists():
            os.replace(place, aside)
        try:
            os.replace(draft, place)
        except OSError as error:
            if place.exists():
                raise FileExistsError(f"{place} is already there") from error
            if any(aside.iterdir()):
                os.replace(aside, place)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def read_replication(folder: str | os.PathLike[str]) -> StoredReplication:
    """Read one replication back.

    Parameters
    ----------
    folder : path
        As given to ``write_replication``.

    Returns
    -------
    StoredReplication
        Tables, series and provenance.

    Raises
    ------
    FileNotFoundError
        When there is no complete replication.
    ValueError
        When it was written under another version of the schema.
    """
    place = Path(folder).absolute()  # pyarrow would take a folder called "~" for somebody's home
    provenance = json.loads((place / PROVENANCE).read_text(encoding="utf-8"))
    if provenance.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"{place}: schema version {provenance.get('schema_version')}, this program reads {SCHEMA_VERSION}")
    tables = {name: _read(place, name) for name in SCHEMA}
    table = _read(place, "series")
    return StoredReplication(tables, {name: table.column(name).to_numpy() for name in table.column_names}, provenance)


def _read(place: Path, name: str) -> pa.Table:
    table = pq.read_table(place / f"{name}.parquet")
    validate(name, table)
    return table
