"""A function over many tasks, on one process or several; results in the order in which they finish.

Workers are spawned, never forked: a compiled model does not survive a fork.  They end with the coordinator.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

BREATH = 0.2  # seconds after which a coordinator looks up from waiting
AHEAD = 2  # tasks handed out per worker, so that the coordinator's memory does not grow with their number


class StudyError(RuntimeError):
    """A study cannot go on; the message says what to do."""


def in_any_order(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], workers: int = 1) -> Iterator[tuple[Any, Any]]:
    """Call ``function(*task)`` for every task.

    Parameters
    ----------
    function
        Must be importable by name when ``workers`` is above 1.
    tasks
        Arguments of each call; read as they are needed.
    workers
        Processes; 1 calls in this one.

    Yields
    ------
    tuple
        A task and its result.

    Raises
    ------
    StudyError
        When a worker was killed.  Whatever a call raises is raised here.
    """
    if workers <= 1:
        for task in tasks:
            yield task, function(*task)
        return
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=become_worker)
    waiting: dict[Future[Any], tuple[Any, ...]] = {}
    source = iter(tasks)
    try:
        _hand_out(pool, function, source, waiting, AHEAD * workers)
        while waiting:
            finished, _ = wait_for_one(waiting)
            for future in finished:
                task = waiting.pop(future)
                yield task, future.result()
            _hand_out(pool, function, source, waiting, AHEAD * workers)
    except BrokenProcessPool as error:
        raise StudyError(
            "a worker was killed, perhaps for want of memory; what is finished is kept, run again to go on, with fewer --workers"
        ) from error
    finally:
        end_now(pool)


def _hand_out(
    pool: ProcessPoolExecutor, function: Callable[..., Any], source: Iterator[tuple[Any, ...]], waiting: dict, most: int
) -> None:
    while len(waiting) < most:
        task = next(source, None)
        if task is None:
            return
        with interrupts_afterwards():
            waiting[pool.submit(function, *task)] = task


def wait_for_one(waiting: Collection[Future[Any]]) -> tuple[set[Future[Any]], set[Future[Any]]]:
    """Wait until at least one future is done or ``BREATH`` has passed; Ctrl-C is raised only then."""
    with interrupts_afterwards():
        finished, others = wait(waiting, timeout=BREATH, return_when=FIRST_COMPLETED)
    return finished, others


@contextmanager
def interrupts_afterwards() -> Iterator[None]:
    """Ctrl-C within is raised at the end: amid the locks of a pool's futures it would leave one held, and exit would wait for it.

    The same for SIGTERM where a handler raises on it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    noticed: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ours = [number for number, handler in before.items() if callable(handler)]
    for number in ours:
        signal.signal(number, lambda number, frame: noticed.append(number))
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
    if noticed:
        signal.raise_signal(noticed[0])


@contextmanager
def noticing_interrupts() -> Iterator[list[int]]:
    """A list that fills on Ctrl-C, which may get lost in a callback, or surface as another error in compiled code.

    Such an error is raised as the interrupt that it was.  Where interrupts are ignored, as behind ``nohup``, they stay so.
    """
    noticed: list[int] = []
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield noticed
        return

    def notice(number: int, frame: Any) -> None:
        noticed.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield noticed
    except Exception as error:
        if noticed:
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def end_now(pool: ProcessPoolExecutor) -> None:
    """End a pool without waiting; what is under way is lost."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()


def become_worker() -> None:
    """Make a process a worker: Ctrl-C is the coordinator's business, and without it a worker ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    coordinator = multiprocessing.parent_process()
    if coordinator is not None:
        threading.Thread(target=_end_with, args=(coordinator.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    from multiprocessing.connection import wait as wait_for

    wait_for([sentinel])
    sys.stderr.flush()
    os._exit(1)
