"""What a sweep will take, before it starts: runs, time, disk, memory; two runs in the middle of the design are timed for it."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from experiments.memory import available
from experiments.pool import StudyError
from experiments.sweeps import batch
from experiments.sweeps.grid import Grid
from experiments.sweeps.store import Store, schema_of
from experiments.sweeps.study import Study
from experiments.sweeps.tasks import Caps, Result, Task
from experiments.sweeps.telling import lasting

ROWS = 400  # rows of the chunk that is written to see how large they are
POINTS = 200  # points whose size is looked at
COORDINATOR = 200e6  # bytes; python -m experiments.sweep_benchmarks memory measures it


class Estimate(NamedTuple):
    """What a sweep will take."""

    there: int  # runs that need not be run any more
    runs: int  # still to be run; at least, when replications are adaptive
    most_runs: int
    run_seconds: float
    bytes_a_run: float
    worker_bytes: float  # peak of one worker


def estimate(study: Study, there: int, left: int) -> Estimate:
    """Time two runs and see what they leave behind.

    Parameters
    ----------
    study
        What would be run.
    there, left
        Runs that need not be run any more, and those that are to be, at least.

    Returns
    -------
    Estimate
        Time scaled by partners and months over the design.

    Raises
    ------
    StudyError
        When the run in the middle of the design fails.
    """
    point = study.points // 2
    grid = Grid(study)
    task = Task(point, 0, grid.settings(point), study.seed(point), tuple(grid.labels(point).values()))
    job = batch.job_of(study.subject, "estimate", Caps(study.limits.seconds, study.limits.memory_mb))
    batch.begin_all()
    try:
        results = batch.run_batch(job, [task, task._replace(replication=1)])
        peak = batch.peak_bytes()
    finally:
        batch.stop_all()
        batch.begin_all()
    for result in results:
        if result.failure is not None:
            raise StudyError(f"a run in the middle of the design (point {point}) fails: {result.failure.reason}")
    scale = _mean_load(study, grid) / _load(study, task.settings)
    most = max(left, study.points * study.replications.most - there)
    return Estimate(there, left, most, results[1].seconds * scale, _bytes(study, results[1]), peak)


def _load(study: Study, settings: dict[str, Any]) -> float:
    """Partners times months, to which the time of a run is about proportional; 1 for a function."""
    plan = study.subject.prepare(settings, None)
    return float(plan.partners * (plan.burn_in + plan.months)) if hasattr(plan, "partners") else 1.0


def _mean_load(study: Study, grid: Grid) -> float:
    step = max(1, study.points // POINTS)
    return float(np.mean([_load(study, grid.settings(point)) for point in range(0, study.points, step)]))


def _bytes(study: Study, result: Result) -> float:
    """Bytes that a run takes in a chunk: those of a chunk of runs like this one, with other digits."""
    chance = np.random.default_rng(1)
    grid, rows = Grid(study), []
    for n in range(ROWS):
        values = tuple(v * (1.0 + 0.1 * chance.random()) for v in result.values or ())
        series = {name: np.asarray(v) * (1.0 + 0.1 * chance.random(len(v))) for name, v in result.series.items()}
        labels = tuple(grid.labels(n % study.points).values())
        run = chance.bytes(8).hex()
        rows.append(Result(result.task._replace(point=n, labels=labels), run, values, series, None, 0.0))
    with tempfile.TemporaryDirectory() as folder:
        Store(Path(folder), schema_of(study.factors, study.subject.columns, "estimate")).append(rows)
        return sum(p.stat().st_size for p in Path(folder).glob("*.parquet")) / ROWS


def lines(study: Study, found: Estimate, workers: int, folder: Path) -> list[str]:
    """The estimate in words.

    Parameters
    ----------
    study, found
        What was estimated.
    workers
        Processes.
    folder
        Where the runs would be kept.

    Returns
    -------
    list of str
        One line each for runs, time, disk, memory.
    """
    rules = study.replications
    often = f"{rules.least} to {rules.most}" if rules.adaptive else f"{rules.least}"
    span = f"{found.runs:,} to {found.most_runs:,}" if rules.adaptive else f"{found.runs:,}"
    span += f" more, {found.there:,} are there" if found.there else ""
    time = [found.run_seconds * n / workers for n in (found.runs, found.most_runs)]
    disk = [found.bytes_a_run * n for n in (found.runs, found.most_runs)]
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    memory, free = COORDINATOR + workers * found.worker_bytes, available()
    to = rules.adaptive
    out = [
        f"Runs:   {span}: {study.points:,} points ({study.design.kind}, {len(study.factors)} factors) x {often} replications",
        f"Time:   about {_span(time, lasting, to)} on {workers} workers, at {found.run_seconds:.3g} s a run (two were timed)",
        f"Disk:   about {_span(disk, size, to)} in {folder}; {size(shutil.disk_usage(place).free)} are free",
        f"Memory: about {size(memory)}, of which {size(found.worker_bytes)} a worker"
        + (f"; {size(free)} are free" if free else ""),
    ]
    if free and memory > free:
        fit = max(1, int((free - COORDINATOR) / found.worker_bytes))
        out.append(f"That is more memory than there is: use --workers {fit}.")
    if disk[0] > shutil.disk_usage(place).free:
        out.append("That is more than the disk has: name a folder on another with --out.")
    return out


def _span(values: list[float], words: Any, both: bool) -> str:
    return f"{words(values[0])} to {words(values[1])}" if both else words(values[0])


def size(count: float) -> str:
    """Bytes in words.

    >>> size(23_400_000), size(1.2e9), size(900)
    ('23 MB', '1.2 GB', '1 kB')
    """
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if count >= scale:
            return f"{count / scale:.2g} {unit}" if count < 10 * scale else f"{count / scale:,.0f} {unit}"
    return f"{max(1, round(count / 1e3))} kB"
