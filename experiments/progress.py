"""Telling how far a run is: a bar on a terminal, else plain lines."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_shown(unit: str = "months") -> Iterator[Callable[[int, int], None]]:
    """A function that is told what is done and what there is in all, and shows both with the time left."""
    if not sys.stderr.isatty():
        yield PlainProgress(unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} " + unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        waiting = "starting"
        task = bar.add_task(waiting, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description="working" if done else waiting)

        yield show


class PlainProgress:
    """Lines for a log: the start, then each tenth."""

    def __init__(self, unit: str = "months", clock: Callable[[], float] = time.monotonic) -> None:
        self.unit = unit
        self.clock = clock
        self.began = clock()
        self.first = -1  # what was there at the start
        self.tenth = -1
        self.total = -1

    def __call__(self, done: int, total: int) -> None:
        """Say how far it is when another tenth is done."""
        tenth = 10 * done // max(1, total)
        if self.first < 0 and self.unit == "months":
            print("simulating", file=sys.stderr, flush=True)
        if total != self.total:  # the start, or more to do than was known
            self.first, self.tenth, self.total, self.began = done, tenth, total, self.clock()
        if tenth > self.tenth:
            self.tenth = tenth
            seconds = self.clock() - self.began
            left = seconds * (total - done) / max(1, done - self.first)
            print(f"{done:,} of {total:,} {self.unit} in {seconds:.0f} s, about {left:.0f} s left", file=sys.stderr, flush=True)
