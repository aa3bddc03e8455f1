"""Finished runs taken over from a table that ``collect`` wrote: from another machine, a colleague, or a publication.

Such a Parquet table says in its metadata what it holds runs of (``study.json``).  Each of its rows must be a run of the study,
so none can be mistaken for another; what is there already is left as it is.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.pool import StudyError
from experiments.sweeps.grid import Grid
from experiments.sweeps.lock import locked
from experiments.sweeps.record import Record, check_unclaimed, differing, from_text, read_record, record_of, write_record
from experiments.sweeps.store import RECORD, Store, schema_of
from experiments.sweeps.study import Study
from experiments.sweeps.subjects import run_id
from experiments.sweeps.sweeping import make_folder


def adopt(study: Study, file: Path, folder: Path) -> int:
    """Take the runs of a collected table over into a study's folder, which is made where there is none.

    Parameters
    ----------
    study
        As ``read_study`` gives it.
    file
        Parquet, from ``collect``.
    folder
        Of the study's runs.

    Returns
    -------
    int
        How many were new.

    Raises
    ------
    StudyError
        When the table is another study's, or none of ``collect``; or is of another version of the simulator than the
        runs that are there.  Nothing is written then.
    """
    if study.subject.series:
        raise StudyError(f"{file}: the study keeps monthly series, which a table of runs has not; copy the folder of its sweep")
    record, table = _read(file)
    _compare(str(file), record, record_of(study), strictly=False)
    kept = read_record(folder)
    if kept is not None:
        _compare(str(file), kept, record, strictly=True)
    samples = max(study.design.samples, record.samples, kept.samples if kept else 0)
    study = study.with_samples(samples)
    _check_runs(study, record, table, file)
    if kept is None:
        check_unclaimed(folder)
    make_folder(folder)
    with locked(folder):
        if read_record(folder) != kept:
            raise StudyError(f"{folder}: was begun or made longer by another command just now; run this one again")
        if kept is None or kept.samples < samples:
            path = str(study.path.absolute()) if study.path else ""
            write_record(folder, (kept or record)._replace(name=study.name, samples=samples, path=path))
        store = Store(folder, schema_of(study.factors, study.subject.columns, record.digest), study.replications.most)
        there = {(point, replication) for m in store.manifests() for point, replication in m.done}
        new = table.filter(pa.array([pair not in there for pair in _pairs(table)], pa.bool_()))
        if new.num_rows:
            store.take_over(new)
    return int(new.num_rows)


def _read(file: Path) -> tuple[Record, pa.Table]:
    """What a table says that it holds, and its rows."""
    try:
        table = pq.read_table(file, partitioning=None)
        said = table.schema.metadata or {}
        return from_text(said[RECORD].decode(), str(file)), table
    except FileNotFoundError as error:
        raise StudyError(f"{file}: there is no such file; name a table that collect wrote") from error
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise StudyError(f"{file}: no table of runs in Parquet that collect wrote ({type(error).__name__}); name one") from error


def _compare(file: str, one: Record, other: Record, strictly: bool) -> None:
    found = differing(one, other, strictly)
    if found:
        raise StudyError(f"{file}: holds runs of another study{' or version' if strictly else ''}: {found}; name another table")


def _check_runs(study: Study, record: Record, table: pa.Table, file: Path) -> None:
    """See that each row is a run of the study, by what identifies it, and that none is there twice."""
    schema = schema_of(study.factors, study.subject.columns, record.digest)
    if table.schema.names != schema.names or table.schema.types != schema.types:
        raise StudyError(f"{file}: its columns are not those of the study; collect it anew from the folder of its sweep")
    grid, seen = Grid(study), set()
    for (point, replication), run in zip(_pairs(table), table.column("run").to_pylist(), strict=True):
        known = 0 <= point < study.points and replication >= 0
        if not known or run != run_id(record.digest, grid.settings(point), study.seed(point), replication):
            says = f"point {point}, replication {replication} is no run of the study"
            raise StudyError(f"{file}: {says}; collect the table anew from the folder of its sweep")
        if (point, replication) in seen:
            raise StudyError(f"{file}: point {point}, replication {replication} is there twice; collect the table anew")
        seen.add((point, replication))


def _pairs(table: pa.Table) -> list[tuple[int, int]]:
    """Point and replication of each row."""
    return list(zip(table.column("point").to_pylist(), table.column("replication").to_pylist(), strict=True))
