"""Telling how far a sweep is: a bar on a terminal, else plain lines; rate, failures and time left."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from experiments.sweeps.supervisor import Progress, Tell

EVERY = 10.0  # seconds between plain lines


@contextmanager
def told(adaptive: bool = False) -> Iterator[Tell]:
    """A function that is told how far a sweep is and shows it."""
    if not sys.stderr.isatty():
        lines = PlainLines(adaptive)
        yield lines
        lines.last()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("sweeping", total=None, said="starting")

        def show(p: Progress) -> None:
            bars.update(task, completed=p.done + p.failed, total=p.total, said=said(p, adaptive))

        yield show


def said(p: Progress, adaptive: bool = False) -> str:
    """A line on how far a sweep is."""
    finished = p.done + p.failed
    parts = [f"{finished:,} of {'at least ' if adaptive else ''}{p.total:,} runs"]
    if p.fresh and p.seconds > 0:
        rate = p.fresh / p.seconds
        parts.append(f"{rate:,.1f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute")
        if finished < p.total:
            parts.append(f"about {lasting((p.total - finished) / rate)} left")
    if p.failed:
        parts.append(f"{p.failed:,} failed")
    return ", ".join(parts)


def lasting(seconds: float) -> str:
    """A time span in words.

    >>> lasting(95), lasting(7300), lasting(2.4), lasting(300_000)
    ('2 min', '2 h 2 min', '2 s', '3 days 11 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


class PlainLines:
    """Lines for a log: at the start, every ten seconds, and at the end."""

    def __init__(self, adaptive: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.adaptive, self.clock = adaptive, clock
        self.at = -EVERY
        self.pending: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Print when it is time."""
        self.pending = progress
        if self.clock() - self.at >= EVERY:
            self.at = self.clock()
            self.last()

    def last(self) -> None:
        """Print what was not printed yet."""
        if self.pending is not None:
            print(said(self.pending, self.adaptive), file=sys.stderr, flush=True)
            self.pending = None
