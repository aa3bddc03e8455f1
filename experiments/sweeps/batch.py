"""Running a batch of tasks: the function that an executor calls, in a thread here or in a worker of a cluster.

It never runs a model itself.  It hands tasks to a process of its own (``experiments.sweeps.cell``), watches it, and lives
on when a run hangs or kills that process: the run is tried again alone, and named a culprit when that does not help.
Whatever becomes of a task, it comes back as a result.
"""

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from typing import Any

from experiments.sweeps.cell import receive, send
from experiments.sweeps.marker import Marker
from experiments.sweeps.subjects import run_id
from experiments.sweeps.tasks import HUNG, KILLED, MEMORY, Failure, Job, Result, Task

TRIES = 3  # of a run that killed its process, since that may have been killed from outside
STARTS = 10  # of a process that ends before it is ready, likewise
LOADING = 900.0  # seconds that a process may take to load what it runs, compiling included
_CODE = "import sys; sys.path[:] = {path!r}; from experiments.sweeps.cell import main; main({marker}, {parent})"


class StoppedError(RuntimeError):
    """The sweep is being stopped."""


class BrokenSubjectError(RuntimeError):
    """A worker cannot even load what it is to run."""


class Cell:
    """A process that runs tasks, seen from outside.

    Parameters
    ----------
    job
        What all tasks share.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.marker = Marker()
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the process)
        path = [*sys.path, *(p for p in job.path if p not in sys.path)]
        code = _CODE.format(path=path, marker=self.marker.descriptor, parent=os.getpid())
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            pass_fds=[self.marker.descriptor], bufsize=0,
        )  # fmt: skip
        with contextlib.suppress(BrokenPipeError):
            send(self.process.stdin, job)  # type: ignore[arg-type]

    def next(self, seconds: float | None) -> Any:
        """The next message; None when there is none in time.

        Raises
        ------
        EOFError
            When the process has ended.
        """
        stream: Any = self.process.stdout
        ready, _, _ = select.select([stream], [], [], seconds)
        return receive(stream) if ready else None

    def stage_of(self, number: int) -> str:
        """At what a task was when last heard of."""
        task, stage = self.marker.read()
        return stage if task == number else "not begun"

    def traceback(self) -> str:
        """Where the process is, as far as it can still say."""
        with contextlib.suppress(OSError):
            self.process.send_signal(signal.SIGUSR1)
            time.sleep(0.3)
        return self.said()

    def said(self) -> str:
        """The end of what it wrote to its error stream."""
        size = self.errors.seek(0, 2)
        self.errors.seek(max(0, size - 8_000))
        return self.errors.read().decode(errors="replace")

    def end(self) -> None:
        """Kill the process and let go of all that belongs to it."""
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        self.marker.close()


_own = threading.local()  # the cell of a thread
_living: set[Cell] = set()
_stopping = threading.Event()


def stop_all() -> None:
    """Kill the processes of all threads; batches under way end."""
    _stopping.set()
    for cell in list(_living):
        with contextlib.suppress(OSError):
            cell.process.kill()


def retire() -> None:
    """End the processes of all threads while no batch is under way; the next batch begins new ones."""
    for cell in list(_living):
        with contextlib.suppress(OSError):
            cell.process.kill()


def peak_bytes() -> float:
    """Most memory that the process of this thread has taken, as far as the system says; 0 where it does not."""
    cell: Cell | None = getattr(_own, "cell", None)
    try:
        with open(f"/proc/{cell.process.pid}/status", encoding="ascii") as file:  # type: ignore[union-attr]
            return next(1024.0 * int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
    except (OSError, AttributeError, StopIteration):
        return 0.0


def begin_all() -> None:
    """Allow batches again, after all that was stopped has ended."""
    while _living:
        _living.pop().end()
    _stopping.clear()


def run_batch(job: Job, tasks: Sequence[Task]) -> list[Result]:
    """Run some tasks.

    Parameters
    ----------
    job
        What they share.
    tasks
        Those of one point stand best together, since its scenario is resolved once.

    Returns
    -------
    list of Result
        One a task, in their order.

    Raises
    ------
    BrokenSubjectError
        When what is to be run cannot be loaded at all.
    StoppedError
        When the sweep is being stopped.
    """
    results: dict[int, Result] = {}
    tries = [0] * len(tasks)
    while len(results) < len(tasks):
        left = [n for n in range(len(tasks)) if n not in results]
        suspect = next((n for n in left if tries[n]), None)
        asked = left if suspect is None else [suspect]
        _run_some(job, tasks, asked, tries, results)
    return [results[n] for n in range(len(tasks))]


def _cell(job: Job) -> Cell:
    """The process of this thread, a new one where there is none that fits."""
    cell: Cell | None = getattr(_own, "cell", None)
    if cell is not None and (cell.job.digest, cell.job.caps) == (job.digest, job.caps) and cell.process.poll() is None:
        return cell
    reason = trace = ""
    for _ in range(STARTS):
        _drop()
        if _stopping.is_set():
            raise StoppedError
        cell = _own.cell = Cell(job)
        _living.add(cell)
        if _stopping.is_set():
            continue
        try:
            answer = cell.next(LOADING)
        except EOFError:
            reason, trace = "it ended", cell.said()
            continue
        if answer is not None and answer[0] == "ready":
            return cell
        _, reason, trace = answer or ("", f"not ready after {LOADING:.0f} seconds", cell.traceback())
        break
    _drop()
    if _stopping.is_set():
        raise StoppedError
    raise BrokenSubjectError(f"a worker process cannot begin: {reason}\n{trace}")


def _drop() -> None:
    cell: Cell | None = getattr(_own, "cell", None)
    if cell is not None:
        _living.discard(cell)
        cell.end()
        _own.cell = None


def _run_some(job: Job, tasks: Sequence[Task], asked: list[int], tries: list[int], results: dict[int, Result]) -> None:
    """Run tasks until all are done or the process has ended; what is not in ``results`` then is to be run again."""
    cell = _cell(job)
    try:
        send(cell.process.stdin, [(n, tasks[n]) for n in asked])  # type: ignore[arg-type]
    except BrokenPipeError:
        return _drop()
    for n in asked:
        began = time.monotonic()
        try:
            answer = cell.next(job.caps.seconds)
        except EOFError:
            return _died(job, tasks[n], n, tries, results, cell)
        if answer is None:
            stage = cell.stage_of(n)
            reason = f"more than {job.caps.seconds:g} seconds"
            failure = Failure(HUNG, stage, reason, cell.traceback())
            results[n] = _result(job, tasks[n], None, {}, failure, time.monotonic() - began)
            return _drop()
        _, what, content, series, seconds = answer
        if what == "done":
            results[n] = _result(job, tasks[n], content, series, None, seconds)
            continue
        tries[n] += 1
        if content.kind != MEMORY or tries[n] > 1:
            results[n] = _result(job, tasks[n], None, {}, content, seconds)
        if content.kind == MEMORY:
            return _drop()
    return None


def _died(job: Job, task: Task, n: int, tries: list[int], results: dict[int, Result], cell: Cell) -> None:
    """Note that a process ended during a task; it is the culprit when that happened too often."""
    if _stopping.is_set():
        _drop()
        raise StoppedError
    status = cell.process.wait()
    tries[n] += 1
    if tries[n] >= TRIES:
        how = f"signal {-status} ({signal.strsignal(-status)})" if status < 0 else f"exit status {status}"
        failure = Failure(KILLED, cell.stage_of(n), f"its process ended {TRIES} times, the last by {how}", cell.said())
        results[n] = _result(job, task, None, {}, failure, 0.0)
    _drop()


def _result(job: Job, task: Task, values: Any, series: Any, failure: Failure | None, seconds: float) -> Result:
    run = run_id(job.digest, task.settings, task.seed, task.replication)
    return Result(task, run, values, series, failure, seconds)


def job_of(subject: Any, digest: str, caps: Any) -> Job:
    """What all tasks of a subject share."""
    return Job(pickle.dumps(subject), digest, tuple(sys.path), caps)
