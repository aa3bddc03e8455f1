"""A track: one run with its past, which can go back to any month, be steered, and split in two.

Chance is a hash, so going back means loading the last keyframe before the month and letting the months between pass
again; what comes out is the same bit for bit.
"""

import copy
import traceback
from array import array
from pathlib import Path
from typing import Any, NamedTuple

from sim.engine import advance, build
from sim.events import EventLog
from sim.live.captions import captions
from sim.live.chronicle import Chronicle
from sim.live.happened import before_month, month_of
from sim.live.headline import headline
from sim.live.keyframes import Keyframes
from sim.live.loyalty import loyalty_series
from sim.live.names import Names
from sim.live.saved import Move, moved
from sim.live.scheduled import aims, events_of
from sim.observe.loyalty_account import Relationships, relationships
from sim.observe.series import Memory, observe
from sim.scenario import Scenario
from sim.world import World

KEYFRAME = 12  # months


class RuleFailedError(RuntimeError):
    """A process or a rule failed; the message says in which month and which."""


class Month(NamedTuple):
    """What is kept of a month that has passed."""

    headline: dict[str, Any]
    captions: list[dict[str, Any]]


class Track:
    """One run with its past.

    Parameters
    ----------
    base : Scenario
        What was opened.
    folder : Path
        Where keyframes go; the caller removes it.
    moves : list of Move
        Levers moved so far.
    """

    def __init__(self, base: Scenario, folder: Path, moves: list[Move] | None = None, months: int | None = None) -> None:
        self.base, self.moves, self._months = base, list(moves or []), months
        self.scenario = moved(base, self.moves, months)
        self.names = Names(self.scenario.plan)
        self.log, self.memory, self.chronicle = EventLog(), Memory(), Chronicle()
        self.months: list[Month] = []
        self.series: dict[str, array[float]] = {}  # doubles: months and months of them are kept
        self.keyframes = Keyframes(folder)
        self._relations: tuple[World, int, Relationships] | None = None
        self.world = build(self.scenario.plan, 0, self.log)
        self.start = self._harvest_start()

    @property
    def last(self) -> int:
        """The month, burn-in included, before which the run ends."""
        return self.scenario.plan.burn_in + self.scenario.plan.months

    @property
    def ended(self) -> bool:
        """Whether all months have passed."""
        return self.world.month >= self.last

    def step(self) -> Month:
        """Let one month pass.

        Raises
        ------
        RuleFailedError
            When a process or rule fails; the track is then back at the start of that month.
        """
        now = self.world.month
        if now % KEYFRAME == 0 and now not in self.keyframes:
            self.keyframes.keep(self.world, self.memory)
        earlier, then = self._relations_now(), before_month(self.world)
        networks = self.world.networks.open.copy()
        try:
            advance(self.world)
        except Exception as error:
            said = _failure(error, now - self.scenario.plan.burn_in)
            self.go_to(now)
            raise RuleFailedError(said) from error
        values = observe(self.world, self.memory) | loyalty_series(earlier, self._relations_now())
        rows = month_of(self.world, self.log, then)
        self.log.columns.clear()
        self._append(now, values)
        self.chronicle.months[now] = rows
        plan = self.scenario.plan
        month = Month(headline(self.series, plan.burn_in, plan.names.vendors, aims(plan)), self._captions(rows, networks))
        del self.months[now:]
        self.months.append(month)
        return month

    def _relations_now(self) -> Relationships:
        """Who thinks what of whom; what a month left is what the next one finds, so it is taken once."""
        if self._relations is None or self._relations[0] is not self.world or self._relations[1] != self.world.month:
            self._relations = (self.world, self.world.month, relationships(self.world))
        return self._relations[2]

    def _captions(self, rows: Any, open_before: Any) -> list[dict[str, Any]]:
        is_open = self.world.networks.open
        was_open = is_open & False
        was_open[: open_before.size] = open_before
        opened, closed = (is_open & ~was_open).nonzero()[0], (was_open & ~is_open).nonzero()[0]
        passed = self.world.month - 1 - self.scenario.plan.burn_in
        scheduled = [event["text"] for event in events_of(self.scenario.plan) if event["month"] == passed]
        return captions(self.world, rows, self.names, opened.tolist(), closed.tolist(), scheduled)

    def _append(self, month: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            column = self.series.setdefault(name, array("d", [float("nan")]) * month)
            del column[month:]
            column.append(value)

    def _harvest_start(self) -> dict[str, Any]:
        """What the founding of the world put on record, as events of the month before the first."""
        rows = month_of(self.world, self.log, before_month(self.world))
        self.log.columns.clear()
        self.chronicle.months[-1] = rows
        return rows

    def go_to(self, month: int) -> None:
        """Go back to the start of a month, or forward through months that have passed before.

        Raises ValueError for a month that has not passed yet.
        """
        if not 0 <= month <= len(self.months):
            raise ValueError(f"expected a month from 0 to {len(self.months)}, got {month}")
        if not len(self.keyframes):
            return
        start = self.keyframes.latest(month)
        if not start <= self.world.month <= month or self.log.columns:
            self.log.columns.clear()
            self.world, self.memory = self.keyframes.load(start, self.scenario.plan, self.log)
        while self.world.month < month:
            advance(self.world)
            observe(self.world, self.memory)
            self.log.columns.clear()

    def steer(self, key: str, value: Any) -> None:
        """Move a lever from this month on; what had passed after it is dropped, moves included.

        Raises
        ------
        ScenarioError
            When the lever or the value is not possible; nothing is changed then.
        ValueError
            During burn-in.
        """
        now = self.world.month - self.scenario.plan.burn_in
        if now < 0:
            raise ValueError(f"levers act from month 0, after burn-in; this is month {now}")
        kept = [m for m in self.moves if m.month < now or (m.month == now and m.key != key)]
        moves = [*kept, Move(now, key, value)]
        scenario = moved(self.base, moves, self._months)
        self.moves, self.scenario = moves, scenario
        self.world.schedule = list(scenario.plan.schedule)
        self._forget_after()

    def prolong(self, months: int) -> None:
        """Let the run have so many months after burn-in."""
        self._months = months
        self.scenario = moved(self.base, self.moves, months)

    def _forget_after(self) -> None:
        now = self.world.month
        self.chronicle.forget_from(now)
        del self.months[now:]
        for column in self.series.values():
            del column[now:]
        self.keyframes.forget_after(now)

    def branch(self, folder: Path) -> "Track":
        """A second track that shares the past up to this month and goes its own way from here."""
        twin = copy.copy(self)
        twin.moves = [m for m in self.moves if m.month < self.world.month - self.scenario.plan.burn_in]
        twin.scenario = moved(self.base, twin.moves, self._months)
        twin.world, twin.memory, twin.log = self.world.copy(), self.memory.copy(), EventLog()
        twin.world.log = twin.log
        twin.world.schedule = list(twin.scenario.plan.schedule)
        twin.months = self.months[: self.world.month]
        twin.series = {name: column[: self.world.month] for name, column in self.series.items()}
        twin.chronicle = Chronicle()
        twin.chronicle.months = {m: rows for m, rows in self.chronicle.months.items() if m < self.world.month}
        twin.keyframes = self.keyframes.branch(folder, self.world.month)
        return twin


def _failure(error: Exception, month: int) -> str:
    """The month, the process or rule in which an error arose, and the error."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "/sim/" in frame.filename.replace("\\", "/")]
    process = next((Path(f.filename).stem for f in inside if Path(f.filename).parent.name == "processes"), "month")
    last = frames[-1]
    where = f"process {process}, {Path(last.filename).name} line {last.lineno} in {last.name}"
    return f"month {month}: {where}: {type(error).__name__}: {error}"
