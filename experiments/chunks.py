"""Outcomes of runs on disk: immutable Parquet chunks in a folder, each there complete or not at all.

A row is one run, known by the digest of its plan and its replication.  A chunk is written under a temporary name,
flushed and renamed, so what was acknowledged survives a kill; what a killed writer leaves ends in ``.tmp`` and is
never read.  Two writers may share a folder: a run done twice has the same values, and one of its rows is read.
Many chunks are merged into one before they are removed, since a chunk of few rows takes as long to read as one of many.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.durable import write_aside
from experiments.outcomes import Outcome

MANY = 100  # chunks; so many are merged

Key = tuple[str, int]  # digest of the plan, replication
Row = tuple[str, int, Mapping[str, float]]


def schema_of(columns: Sequence[Outcome]) -> pa.Schema:
    """Columns of a chunk: ``plan``, ``replication`` and the outcomes, each with unit and meaning.

    Parameters
    ----------
    columns
        The outcomes.

    Returns
    -------
    pyarrow.Schema
        Outcomes are doubles, NaN where undefined.
    """
    head = [pa.field("plan", pa.string(), nullable=False), pa.field("replication", pa.int64(), nullable=False)]
    return pa.schema(head + [pa.field(c.name, pa.float64(), metadata={"unit": c.unit, "meaning": c.meaning}) for c in columns])


class ChunkStore:
    """The chunks of one folder.

    Parameters
    ----------
    folder
        Made when missing.
    columns
        The outcomes that every row has.
    """

    def __init__(self, folder: Path, columns: Sequence[Outcome]) -> None:
        self.folder = folder
        self.schema = schema_of(columns)
        folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> dict[Key, dict[str, float]]:
        """Values of every run that is there."""
        while True:
            paths = sorted(self.folder.glob("*.parquet"))
            try:
                found = self._rows_of(paths)
            except FileNotFoundError:  # another writer merged it meanwhile
                continue
            if len(paths) >= MANY:
                merged = self.append([(plan, replication, values) for (plan, replication), values in found.items()])
                for path in paths:
                    if path != merged:
                        path.unlink(missing_ok=True)
            return found

    def _rows_of(self, paths: Sequence[Path]) -> dict[Key, dict[str, float]]:
        found: dict[Key, dict[str, float]] = {}
        for path in paths:
            for row in pq.read_table(path, schema=self.schema).to_pylist():
                key = (row.pop("plan"), row.pop("replication"))
                found.setdefault(key, row)
        return found

    def append(self, rows: Sequence[Row]) -> Path | None:
        """Write some runs as one more chunk; when this returns they are on disk.

        Parameters
        ----------
        rows
            Of the runs.

        Returns
        -------
        Path or None
            The chunk; none of no rows.
        """
        if not rows:
            return None
        names = self.schema.names[2:]
        columns = [[r[0] for r in rows], [r[1] for r in rows], *([float(r[2][name]) for r in rows] for name in names)]
        table = pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, self.schema, strict=True)], schema=self.schema)
        name = hashlib.sha256(repr([(r[0], r[1]) for r in rows]).encode()).hexdigest()[:24]
        path = self.folder / f"{name}.parquet"
        write_aside(path, lambda draft: pq.write_table(table, draft, compression="zstd"))
        return path
