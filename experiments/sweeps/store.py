"""The runs of a study on disk: immutable Parquet chunks, each there complete or not at all.

    runs-000001.parquet      a row a run: point, replication, run, factors, outcomes
    series-000001.parquet    a row a run and month, where the study keeps series

A chunk is written under a temporary name, flushed and renamed, so what was acknowledged survives a kill, a power cut and a
full disk.  Its footer says which runs it holds and which failed and why: the data are the manifest, and resuming reads
footers only.  Series are written before the chunk that names them; without it they do not count.  Readers may look at any
time: ``SELECT * FROM 'FOLDER/runs-*.parquet'``.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.durable import DRAFT, write_aside
from experiments.pool import StudyError
from experiments.sweeps.factors import Factor
from experiments.sweeps.tasks import Failure, Result

KEY = b"channel_sim_sweep"
RECORD = b"record"  # of a collected table: what it holds runs of


class Manifest(NamedTuple):
    """What the footer of a chunk says."""

    path: Path
    study: str  # digest
    done: list[list[int]]  # point, replication
    failed: list[dict[str, Any]]  # point, replication, and the fields of Failure
    seconds: float  # that the runs took, 0 where they were taken over
    series: str | None  # file of their series


def schema_of(factors: Sequence[Factor], outcomes: Sequence[Any], study: str) -> pa.Schema:
    """Columns of the table: what identifies a run, the factors, the outcomes; each outcome with unit and meaning."""
    head = [pa.field("point", pa.int64(), False), pa.field("replication", pa.int64(), False), pa.field("run", pa.string(), False)]
    middle = [pa.field(f.name, _type(f), metadata={"role": f.role}) for f in factors]
    tail = [pa.field(c.name, pa.float64(), metadata={"unit": c.unit, "meaning": c.meaning}) for c in outcomes]
    return pa.schema(head + middle + tail, metadata={"study": study})


def _type(factor: Factor) -> pa.DataType:
    labels = [factor.label(v) for v in factor.values]
    if not labels:
        return pa.int64() if factor.whole else pa.float64()
    for kind, arrow in ((bool, pa.bool_()), (int, pa.int64()), ((int, float), pa.float64())):
        if all(isinstance(v, kind) and (kind is bool or not isinstance(v, bool)) for v in labels):  # type: ignore[arg-type]
            return arrow
    return pa.string()


class Store:
    """The chunks of one folder; one writer, any number of readers.

    Parameters
    ----------
    folder
        Exists.
    schema
        As ``schema_of`` gives it.
    replications
        Of a point at most: runs beyond are kept and not read.  All are read when left out.
    """

    def __init__(self, folder: Path, schema: pa.Schema, replications: int | None = None) -> None:
        self.folder = folder
        self.replications = replications
        self.schema = schema
        self.study = schema.metadata[b"study"].decode()
        self._last = max((int(p.stem.rpartition("-")[2]) for p in self._chunks()), default=0)

    def _chunks(self) -> list[Path]:
        return sorted(p for p in self.folder.glob("runs-*.parquet") if p.stem.rpartition("-")[2].isdecimal())

    def manifests(self) -> Iterator[Manifest]:
        """The footers of all chunks, in the order in which they were written.

        Raises
        ------
        StudyError
            When one cannot be read, or is of another study.
        """
        for path in self._chunks():
            manifest = read_manifest(path)
            if manifest.study != self.study:
                raise StudyError(f"{path}: a chunk of another study ({manifest.study}, this is {self.study}); move it away")
            yield manifest

    def clean(self) -> None:
        """Remove what an interrupted writer left: drafts, and series that no chunk names."""
        named = {m.series for m in self.manifests()}
        for path in [*self.folder.glob(f".*{DRAFT}"), *self.folder.glob("series-*.parquet")]:
            if path.name not in named:
                path.unlink()

    def append(self, results: Sequence[Result]) -> None:
        """Write results as one more chunk; when this returns they are on disk.

        Raises
        ------
        StudyError
            When they cannot be written; what was written before stays.
        """
        number = self._last + 1
        path = self.folder / f"runs-{number:06d}.parquet"
        done = [r for r in results if r.failure is None]
        try:
            series = self._append_series(done, number)
            table = self._table(done).replace_schema_metadata({**self.schema.metadata, KEY: self._manifest(results, series)})
            write_aside(path, lambda draft: pq.write_table(table, draft, compression="zstd"))
        except OSError as error:
            says = f"cannot be written: {error.strerror or error}"
            remedy = "free some space and give the same command again; it goes on from what is there"
            raise StudyError(f"{path}: {says}; {len(results)} finished runs are lost and will be run again; {remedy}") from error
        self._last = number

    def take_over(self, table: pa.Table) -> None:
        """Write finished runs that came as a table as one more chunk; when this returns they are on disk.

        Parameters
        ----------
        table
            Of this schema.  How long its runs took is not known.

        Raises
        ------
        StudyError
            When they cannot be written.
        """
        path = self.folder / f"runs-{self._last + 1:06d}.parquet"
        done = list(zip(table.column("point").to_pylist(), table.column("replication").to_pylist(), strict=True))
        said = json.dumps({"study": self.study, "done": done, "failed": [], "seconds": 0.0, "series": None})
        table = table.cast(self.schema).replace_schema_metadata({**self.schema.metadata, KEY: said})
        try:
            write_aside(path, lambda draft: pq.write_table(table, draft, compression="zstd"))
        except OSError as error:
            says = f"cannot be written: {error.strerror or error}; free some space and give the same command again"
            raise StudyError(f"{path}: {says}") from error
        self._last += 1

    def _manifest(self, results: Sequence[Result], series: str | None) -> str:
        failed = [
            {"point": r.task.point, "replication": r.task.replication, "run": r.run, **r.failure._asdict()}
            for r in results if r.failure is not None
        ]  # fmt: skip
        done = [[r.task.point, r.task.replication] for r in results if r.failure is None]
        seconds = sum(r.seconds for r in results if r.failure is None)
        return json.dumps({"study": self.study, "done": done, "failed": failed, "seconds": seconds, "series": series})

    def _table(self, done: Sequence[Result]) -> pa.Table:
        rows = sorted(done, key=lambda r: (r.task.point, r.task.replication))
        columns: list[Any] = [[r.task.point for r in rows], [r.task.replication for r in rows], [r.run for r in rows]]
        factors = len(rows[0].task.labels) if rows else len(self.schema) - 3
        columns += [[r.task.labels[n] for r in rows] for n in range(factors)]
        columns += [[r.values[n] for r in rows] for n in range(len(self.schema) - len(columns))]  # type: ignore[index]
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, self.schema, strict=True)], schema=self.schema)

    def _append_series(self, done: Sequence[Result], number: int) -> str | None:
        rows = sorted((r for r in done if r.series), key=lambda r: (r.task.point, r.task.replication))
        if not rows:
            return None
        lengths = [len(next(iter(r.series.values()))) for r in rows]
        columns: dict[str, Any] = {
            "point": np.repeat([r.task.point for r in rows], lengths),
            "replication": np.repeat([r.task.replication for r in rows], lengths),
            "month": np.concatenate([np.arange(n) for n in lengths]),
        }
        columns |= {name: np.concatenate([r.series[name] for r in rows]) for name in rows[0].series}
        path = self.folder / f"series-{number:06d}.parquet"
        table = pa.table(columns)
        write_aside(path, lambda draft: pq.write_table(table, draft, compression="zstd"))
        return path.name

    def rows(self, first: int, last: int, columns: Sequence[str] | None = None, series: bool = False) -> pa.Table:
        """Rows of points ``first`` to before ``last``, by point and replication (and month), which are always there."""
        if columns is not None:
            columns = list(dict.fromkeys(["point", "replication", *columns]))
        manifests = [m for m in self.manifests() if any(first <= point < last for point, _ in m.done)]
        paths = [str(self.folder / m.series) for m in manifests if m.series] if series else [str(m.path) for m in manifests]
        if not paths:
            return pa.table({}) if series else self.schema.empty_table().select(columns or self.schema.names)
        within = (pa.compute.field("point") >= first) & (pa.compute.field("point") < last)
        if self.replications is not None:
            within &= pa.compute.field("replication") < self.replications
        table = pa.concat_tables(
            pq.read_table(p, columns=columns, filters=within, partitioning=None).replace_schema_metadata() for p in paths
        )
        order = ["point", "replication", *(["month"] if series else [])]
        return table.sort_by([(name, "ascending") for name in order])


def read_manifest(path: Path) -> Manifest:
    """The footer of a chunk.

    Raises
    ------
    StudyError
        When it is not a chunk of a sweep.
    """
    try:
        said = json.loads(pq.read_metadata(path).metadata[KEY])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise StudyError(
            f"{path}: not a chunk of a sweep ({type(error).__name__}); move it away, its runs will be run again"
        ) from error
    return Manifest(path, said["study"], said["done"], said["failed"], said["seconds"], said["series"])


def failure_of(said: dict[str, Any]) -> Failure:
    """The failure that a footer tells of."""
    return Failure(*(said[field] for field in Failure._fields))
