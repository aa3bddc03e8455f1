"""A sweep from study to table: run what is open in a folder, say how far it is, collect what is there."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from experiments.compiling import compile_once
from experiments.durable import write_aside
from experiments.pool import StudyError
from experiments.sweeps.batch import job_of
from experiments.sweeps.executors import Place, place
from experiments.sweeps.ledger import DONE, FAILED, Ledger
from experiments.sweeps.lock import is_locked, locked
from experiments.sweeps.record import ahead, as_text, compare, join, read_record, record_of
from experiments.sweeps.schedule import Schedule
from experiments.sweeps.store import RECORD, Store, schema_of
from experiments.sweeps.study import Study, read_study, study_of
from experiments.sweeps.supervisor import Progress, Supervisor, Tell
from experiments.sweeps.tasks import Caps

RESULTS = Path("results") / "sweeps"
WINDOW = 2_000  # points collected at a time
WRITERS: dict[str, Any] = {".parquet": partial(pq.ParquetWriter, compression="zstd"), ".csv": pa_csv.CSVWriter}


class Failed(NamedTuple):
    """A run without outcomes."""

    point: int
    replication: int
    run: str
    kind: str
    stage: str
    reason: str
    traceback: str


class Status(NamedTuple):
    """What a folder holds."""

    study: Study  # as it goes on there
    done: int
    total: int  # at least so many when replications are adaptive
    failed: list[Failed]
    seconds: float  # that the timed runs took
    timed: int  # runs whose time is known: those that were not taken over from a table
    bytes: int
    at_work: bool
    beyond: int  # runs that are kept, but that the study does not ask for any more; they count nowhere else


def folder_of(study: Study, out: str | os.PathLike[str] | None = None) -> Path:
    """Where a study's runs are kept."""
    return Path(out) if out is not None else RESULTS / study.name


def run_study(
    study: Study,
    out: str | os.PathLike[str] | None = None,
    *,
    workers: int | None = None,
    executor: str | None = None,
    retry_failed: bool = False,
    extend: int = 0,
    tell: Tell | None = None,
) -> Study:
    """Run all of a study that is open in its folder.

    Parameters
    ----------
    study
        As ``read_study`` gives it.
    out
        Folder; ``results/sweeps/NAME`` when left out.
    workers
        Processes on this machine; all processors when left out.
    executor
        ``dask://host:port`` for a cluster.
    retry_failed
        Whether runs that failed are run again.
    extend
        So many samples more than the folder has; an extension by as many that is not finished is gone on with.
    tell
        Is told how far it is.

    Returns
    -------
    Study
        As it went on: longer where it was extended.

    Raises
    ------
    StudyError
        When the folder is held or is another study's, or the sweep cannot go on; what is finished is kept.
    """
    folder = folder_of(study, out)
    planned(study, folder, extend)
    record = record_of(study)
    with place(executor, workers or os.cpu_count() or 1) as found:
        make_folder(folder)
        with locked(folder):
            record = ahead(folder, record, extend)
            join(folder, record)
            study = study.with_samples(record.samples)
            _run_open(study, folder, record.digest, found, retry_failed, tell or (lambda progress: None))
            join(folder, record._replace(extending=0))
    return study


def planned(study: Study, out: str | os.PathLike[str] | None = None, extend: int = 0) -> Study:
    """A study as it would go on in its folder; nothing is written.

    Raises
    ------
    StudyError
        When it could not.
    """
    if extend and not study.design.extensible:
        remedy = "use a sobol, random, saltelli or morris design, or raise the replications"
        raise StudyError(f"--extend: a {study.design.kind} design has a fixed number of points; {remedy}")
    return study.with_samples(ahead(folder_of(study, out), record_of(study), extend).samples)


def _run_open(study: Study, folder: Path, digest: str, found: Place, retry_failed: bool, tell: Tell) -> None:
    """Run what is open in a folder that is held."""
    store = Store(folder, schema_of(study.factors, study.subject.columns, digest), study.replications.most)
    store.clean()
    ledger = Ledger(study.points, study.replications.most)
    seconds = ledger.read(store.manifests(), retry_failed)
    job = job_of(study.subject, digest, Caps(study.limits.seconds, study.limits.memory_mb))
    _warm_up(study)
    schedule = Schedule(study, ledger, _Kept(store, study))
    Supervisor(schedule, store, job, found, tell, seconds / ledger.timed if ledger.timed else None).work()
    if study.analysis.missing == "rerun" and ledger.count(FAILED):
        ledger.read(store.manifests(), retry=True)
        again = Schedule(study, ledger, _Kept(store, study))
        Supervisor(again, store, job, found, tell).work()


def make_folder(folder: Path) -> None:
    """Make the folder of a study, unless it is there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be made: {error.strerror or error}; name another folder with --out") from error


def _warm_up(study: Study) -> None:
    """Compile the model once, before several workers do."""
    from experiments.sweeps.subjects import ScenarioSubject

    if isinstance(study.subject, ScenarioSubject):
        compile_once(study.subject.prepare({}, None))


class _Kept:
    """The judged outcomes of a point's runs on disk, read in windows."""

    def __init__(self, store: Store, study: Study) -> None:
        rules = study.replications
        self.store, self.names = store, [n for n, _ in (*rules.half_width, *rules.relative_half_width)]
        self.window, self.rows = -1, {}  # type: ignore[var-annotated]

    def __call__(self, point: int) -> Mapping[int, tuple[float, ...]]:
        if point // WINDOW != self.window:
            self.window = point // WINDOW
            first = self.window * WINDOW
            table = self.store.rows(first, first + WINDOW, self.names)
            self.rows = {}
            for row in table.to_pylist():
                self.rows.setdefault(row["point"], {})[row["replication"]] = tuple(row[n] for n in self.names)
        return self.rows.get(point, {})


def opened(study: Study, out: str | os.PathLike[str] | None = None) -> tuple[Study, Store]:
    """A study as it goes on in its folder, and the folder's chunks, to read; also when the simulator changed since.

    Raises
    ------
    StudyError
        When there is no such folder, or it is another study's.
    """
    folder = folder_of(study, out)
    record = record_of(study)
    kept = read_record(folder)
    if kept is None:
        raise StudyError(f"{folder}: holds no sweep yet; start it with sweep {study.path or study.name}")
    compare(folder, kept, record, strictly=False)
    study = study.with_samples(max(kept.samples, study.design.samples))
    return study, Store(folder, schema_of(study.factors, study.subject.columns, kept.digest), study.replications.most)


def status(study: Study, out: str | os.PathLike[str] | None = None) -> Status:
    """How far a sweep is; also while it is at work.

    Raises
    ------
    StudyError
        When there is no sweep in the folder.
    """
    study, store = opened(study, out)
    ledger = Ledger(study.points, study.replications.most)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for manifest in store.manifests():
        for failure in manifest.failed:
            found[failure["point"], failure["replication"]] = failure
    seconds = ledger.read(store.manifests())
    failed = [Failed(*(f[name] for name in Failed._fields)) for k, f in sorted(found.items()) if ledger.state(*k) == FAILED]
    schedule, left = Schedule(study, ledger, _Kept(store, study)), 0
    while taken := schedule.take(1_000):
        left += len(taken)
    done, size = ledger.count(DONE), sum(p.stat().st_size for p in store.folder.glob("*.parquet"))
    total = done + len(failed) + left
    return Status(study, done, total, failed, seconds, ledger.timed, size, is_locked(store.folder), ledger.beyond)


def table_of(study: Study, out: str | os.PathLike[str] | None = None, series: bool = False) -> pa.Table:
    """The runs of a study, or their series, as one table in memory: by point and replication.

    Raises
    ------
    StudyError
        When there is no sweep in the folder.
    """
    study, store = opened(study, out)
    return store.rows(0, study.points, series=series)


def collect(study: Study, file: Path, out: str | os.PathLike[str] | None = None, series: bool = False) -> int:
    """Write all runs to one file, Parquet or CSV, by point and replication, whatever chunks they came in; gives the rows.

    Raises
    ------
    StudyError
        When there is no sweep in the folder, or nothing to collect, or the file cannot be written.
    """
    if file.suffix.lower() not in WRITERS:
        raise StudyError(f"{file}: expected a name that ends in {' or '.join(WRITERS)}; correct it")
    study, store = opened(study, out)
    count, said = 0, _said_of(study, store)

    def write(draft: Path) -> None:
        nonlocal count
        writer = schema = None
        for first in range(0, study.points, WINDOW):
            rows = store.rows(first, first + WINDOW, series=series)
            if not rows.num_rows:
                continue
            if writer is None:
                schema = rows.schema if series else store.schema.with_metadata(said)
                writer = WRITERS[file.suffix.lower()](draft, schema)
            writer.write_table(rows.cast(schema), 65_536)
            count += rows.num_rows
        if writer is None:
            raise StudyError(f"{store.folder}: holds no finished {'series' if series else 'runs'} yet; start the sweep first")
        writer.close()

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_aside(file, write)
    except OSError as error:
        raise StudyError(f"{file}: cannot be written: {error.strerror or error}; name another with -o") from error
    return count


def _said_of(study: Study, store: Store) -> dict[bytes, bytes]:
    """What a collected table says of itself, so that ``adoption`` can take it over."""
    kept = read_record(store.folder)
    said = as_text(kept._replace(name=study.name, path="")) if kept else ""  # wherever the study's file is
    return {**store.schema.metadata, RECORD: said.encode()}


class Swept:
    """The results of a study.

    Parameters
    ----------
    study
        As it went on.
    folder
        Where its runs are.
    """

    def __init__(self, study: Study, folder: Path) -> None:
        self.study, self.folder = study, folder

    @property
    def table(self) -> pa.Table:
        """A row a run: point, replication, run, factors, outcomes."""
        return table_of(self.study, self.folder)

    @property
    def series(self) -> pa.Table:
        """A row a run and month, where the study keeps series."""
        return table_of(self.study, self.folder, series=True)

    def pandas(self) -> Any:
        """The table as a pandas DataFrame."""
        return self.table.to_pandas()

    @property
    def failed(self) -> list[Failed]:
        """Runs without outcomes."""
        return status(self.study, self.folder).failed

    def __repr__(self) -> str:
        found = status(self.study, self.folder)
        return f"Swept({self.study.name}: {found.done:,} of {found.total:,} runs, {len(found.failed)} failed, in {self.folder})"


def sweep(
    study: str | os.PathLike[str] | Mapping[str, Any] | Study,
    out: str | os.PathLike[str] | None = None,
    *,
    workers: int | None = None,
    executor: str | None = None,
    retry_failed: bool = False,
    extend: int = 0,
    tell: Tell | None = None,
) -> Swept:
    """Run a study, as far as it has not been run, and give its results.

    Parameters
    ----------
    study
        A study file, the name of a shipped one, what such a file says as a dict (whose title names its folder), or a study.
    out, workers, executor, retry_failed, extend, tell
        As ``run_study`` takes them.

    Returns
    -------
    Swept
        ``table`` is a pyarrow.Table, ``pandas()`` the same in pandas.

    Raises
    ------
    StudyError
        When anything is wrong with the study, the folder or the executor.

    Examples
    --------
    >>> import experiments
    >>> experiments.sweep("experiments/studies/sensitivity.toml", workers=2).pandas()  # doctest: +SKIP
    """
    if isinstance(study, Mapping):
        study = study_of(study)
    found = study if isinstance(study, Study) else read_study(study)
    options: dict[str, Any] = {"workers": workers, "executor": executor, "retry_failed": retry_failed, "extend": extend}
    found = run_study(found, out, **options, tell=tell)
    return Swept(found, folder_of(found, out))


__all__ = ["Failed", "Progress", "Status", "Swept", "collect", "run_study", "status", "sweep", "table_of"]
