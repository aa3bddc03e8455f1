"""The supervisor: hands batches to an executor, stores what comes back, and lets nothing that a run does stop the rest.

A run counts once the chunk that holds it is on disk.  Batches take about ``BATCH_SECONDS``; chunks are written every
``CHUNK_SECONDS``, so a kill costs seconds; Ctrl-C and TERM cost nothing.  Nothing here grows with the number of runs but a
byte for each.
"""

import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from typing import Any, NamedTuple

from experiments.pool import StudyError, interrupts_afterwards, wait_for_one
from experiments.sweeps.batch import BrokenSubjectError, StoppedError, run_batch
from experiments.sweeps.executors import Place
from experiments.sweeps.ledger import DONE, FAILED
from experiments.sweeps.schedule import Schedule
from experiments.sweeps.store import Store
from experiments.sweeps.subjects import run_id
from experiments.sweeps.tasks import KILLED, Failure, Job, Result, Task

BATCH_SECONDS = 1.0  # of work in one batch
MOST_BATCH = 500  # runs
CHUNK_SECONDS = 20.0
CHUNK_RUNS = 1_000
AHEAD = 2  # batches handed out a worker


class Progress(NamedTuple):
    """How far a sweep is; runs count when they are on disk."""

    done: int
    failed: int
    total: int
    fresh: int  # of those done or failed, how many since this start
    seconds: float  # since this start


Tell = Callable[[Progress], None]


class Supervisor:
    """One start of a sweep.

    Parameters
    ----------
    schedule
        What is to be run.
    store
        Where it goes.
    job
        What tasks share.
    place
        Where batches run.
    tell
        Is told how far it is.
    run_seconds
        What a run took so far, None when not known.
    """

    def __init__(
        self, schedule: Schedule, store: Store, job: Job, place: Place, tell: Tell, run_seconds: float | None = None
    ) -> None:
        self.schedule, self.store, self.job, self.place, self.tell = schedule, store, job, place, tell
        self.run_seconds = run_seconds
        self.waiting: dict[Future[Any], list[Task]] = {}
        self.buffer: list[Result] = []
        self.alone: list[Task] = []  # suspects: runs whose worker in the cluster was killed
        self.fresh = 0
        self.began = self.stored_at = time.monotonic()

    def work(self) -> None:
        """Run all that is open.

        Raises
        ------
        StudyError
            When the sweep cannot go on; what is finished is stored first.
        """
        try:
            self._say()
            while self._hand_out():
                finished, _ = wait_for_one(self.waiting)
                for future in finished:
                    self._take_in(future, self.waiting.pop(future))
                if len(self.buffer) >= CHUNK_RUNS or time.monotonic() - self.stored_at > CHUNK_SECONDS:
                    self._store()
        finally:
            self._store()

    def _hand_out(self) -> bool:
        """Keep the workers busy; False when nothing is under way any more."""
        while len(self.waiting) < AHEAD * self.place.workers:
            tasks = [self.alone.pop()] if self.alone else self.schedule.take(self._batch())
            if not tasks:
                break
            with interrupts_afterwards():
                self.waiting[self.place.executor.submit(run_batch, self.job, tasks)] = tasks
        return bool(self.waiting)

    def _batch(self) -> int:
        """Runs of the next batch: about a second's, fewer at the end so that all workers stay busy."""
        if self.run_seconds is None:
            return 1
        left = self.schedule.total - self.schedule.ledger.count(DONE) - self.schedule.ledger.count(FAILED)
        size = min(BATCH_SECONDS / max(1e-6, self.run_seconds), left / (2 * AHEAD * self.place.workers), MOST_BATCH)
        return max(1, int(size))

    def _take_in(self, future: Future[Any], tasks: list[Task]) -> None:
        try:
            results: list[Result] = future.result()
        except BrokenSubjectError as error:
            raise StudyError(f"{error}; correct that and give the same command again") from error
        except (StoppedError, CancelledError, BrokenExecutor) as error:
            raise StudyError(
                f"the executor broke ({type(error).__name__}); finished runs are kept, give the same command again"
            ) from error
        except Exception as error:
            if type(error).__name__ != "KilledWorker":
                says = f"the executor failed ({type(error).__name__}: {error})"
                raise StudyError(f"{says}; finished runs are kept, give the same command again") from error
            if len(tasks) > 1:
                self.alone += tasks
                return
            results = [self._killed(tasks[0], error)]
        for result in results:
            self._note(result)

    def _killed(self, task: Task, error: Exception) -> Result:
        """A run that was alone on workers of a cluster that were all killed."""
        run = run_id(self.job.digest, task.settings, task.seed, task.replication)
        failure = Failure(KILLED, "not known", " ".join(str(error).split())[:500], "")
        return Result(task, run, None, {}, failure, 0.0)

    def _note(self, result: Result) -> None:
        if result.failure is None:
            before = self.run_seconds
            self.run_seconds = result.seconds if before is None else 0.95 * before + 0.05 * result.seconds
        self.buffer.append(result)
        self.schedule.finished(result)

    def _store(self) -> None:
        if self.buffer:
            results, self.buffer = self.buffer, []
            self.store.append(results)
            self.fresh += len(results)
        self.stored_at = time.monotonic()
        self._say()

    def _say(self) -> None:
        ledger = self.schedule.ledger
        pending = [r.failure is None for r in self.buffer]
        done, failed = ledger.count(DONE) - sum(pending), ledger.count(FAILED) - pending.count(False)
        self.tell(Progress(done, failed, self.schedule.total, self.fresh, time.monotonic() - self.began))
