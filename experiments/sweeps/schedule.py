"""Which run comes next: those that are open, points in their order, replications within; adaptive ones until narrow enough.

An adaptive point gets ``least`` runs; then, while the interval of some outcome is too wide, half as many again, up to
``most``.  The interval is judged on whole stages only, on replications 0 to n - 1, so which runs there are depends neither
on the order in which they finish nor on interruptions.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping

import numpy as np

from experiments.sweeps.grid import Grid
from experiments.sweeps.ledger import DONE, FAILED, OPEN, Ledger
from experiments.sweeps.study import Replications, Study
from experiments.sweeps.tasks import Result, Task
from sim.observe.evidence import figure

STAGE = 1.5  # factor between the numbers of runs at which an interval is judged
Kept = Callable[[int], Mapping[int, tuple[float, ...]]]  # point -> replication -> the judged outcomes, of runs on disk


class Schedule:
    """The open runs of a study, one after another.

    Parameters
    ----------
    study
        What is to be run.
    ledger
        What is done; kept up to date here.
    kept
        Reads the judged outcomes of a point's runs from disk; for adaptive studies.
    """

    def __init__(self, study: Study, ledger: Ledger, kept: Kept | None = None) -> None:
        self.study, self.ledger, self.grid = study, ledger, Grid(study)
        self._kept = kept or (lambda point: {})
        self._next = 0  # point not yet begun
        self._waiting: deque[tuple[int, int]] = deque()  # runs of points begun
        self._begun: dict[int, _Point] = {}
        self.planned = 0  # runs of the points begun
        names = [c.name for c in study.subject.columns]
        rules = study.replications
        self._judged = [names.index(n) for n, _ in (*rules.half_width, *rules.relative_half_width)]

    @property
    def judged(self) -> list[str]:
        """Outcomes whose intervals decide."""
        rules = self.study.replications
        return [name for name, _ in (*rules.half_width, *rules.relative_half_width)]

    @property
    def total(self) -> int:
        """Runs in all, as far as known: at least so many when replications are adaptive."""
        return self.planned + (self.study.points - self._next) * self.study.replications.least

    def take(self, most: int) -> list[Task]:
        """The next open runs; empty when there are none now."""
        out: list[Task] = []
        while len(out) < most:
            if not self._waiting:
                if self._next >= self.study.points:
                    break
                self._begin(self._next)
                self._next += 1
                continue
            point, replication = self._waiting.popleft()
            settings, labels = self.grid.settings(point), tuple(self.grid.labels(point).values())
            out.append(Task(point, replication, settings, self.study.seed(point), labels))
        return out

    def finished(self, result: Result) -> None:
        """Note what became of a run; a point that is not narrow enough gets more."""
        point, replication = result.task.point, result.task.replication
        self.ledger.note(point, replication, DONE if result.failure is None else FAILED)
        begun = self._begun.get(point)
        if begun is None:
            return
        if result.values is not None:
            begun.values[replication] = tuple(result.values[n] for n in self._judged)
        begun.open.discard(replication)
        self._judge(point, begun)

    def _begin(self, point: int) -> None:
        rules = self.study.replications
        target = rules.least
        self.planned += target
        if not rules.adaptive:
            self._waiting.extend((point, r) for r in range(target) if self.ledger.state(point, r) == OPEN)
            return
        begun = self._begun[point] = _Point(target)
        if any(self.ledger.state(point, r) == DONE for r in range(rules.most)):
            begun.values |= self._kept(point)
        self._ask(point, begun, range(target))
        self._judge(point, begun)

    def _ask(self, point: int, begun: "_Point", replications: range) -> None:
        asked = [r for r in replications if self.ledger.state(point, r) == OPEN]
        begun.open |= set(asked)
        self._waiting.extend((point, r) for r in asked)

    def _judge(self, point: int, begun: "_Point") -> None:
        rules = self.study.replications
        while not begun.open:
            if begun.target >= rules.most or narrow(begun, rules):
                del self._begun[point]
                return
            before, begun.target = begun.target, min(rules.most, math.ceil(STAGE * begun.target))
            self.planned += begun.target - before
            self._ask(point, begun, range(before, begun.target))


class _Point:
    """An adaptive point that is under way."""

    def __init__(self, target: int) -> None:
        self.target = target  # runs at which its intervals are judged next
        self.open: set[int] = set()
        self.values: dict[int, tuple[float, ...]] = {}


def narrow(begun: _Point, rules: Replications) -> bool:
    """Whether the 95 % intervals of all judged outcomes are narrow enough on the first ``target`` replications."""
    rows = [begun.values[r] for r in sorted(begun.values) if r < begun.target]
    table = np.array(rows, np.float64).reshape(len(rows), len(rules.half_width) + len(rules.relative_half_width))
    for n, (_, width) in enumerate((*rules.half_width, *rules.relative_half_width)):
        found = figure(table[:, n])
        allowed = width if n < len(rules.half_width) else width * abs(found.mean)
        if not (found.high - found.low) / 2 <= allowed:
            return False
    return True
