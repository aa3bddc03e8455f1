"""What a report is made from: paths over replications, accounts, pairs of firms, and the tables of the first replication."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.comparison.accounts import Summary, accounts
from experiments.comparison.attribution import Attribution, read_all
from experiments.comparison.cases import Case
from experiments.comparison.procedure import Comparison, slug
from experiments.comparison.runs import Record, read, record_all, record_of
from experiments.runner import RunError
from sim.observe.store import read_replication
from sim.report.results import finished
from sim.scenario.stored import load_stored
from sim.verdict import Verdict, judge, since_of

ACCOUNTS = 6  # replications that are accounted for
WITHOUT = "without its events"


class Material(NamedTuple):
    """Everything that the sections of a report draw on; the baseline first everywhere."""

    folder: Path
    cases: tuple[Case, ...]
    comparison: Comparison | None  # None for a report of one run
    records: dict[str, list[Record]]
    verdicts: dict[str, Verdict]
    accounts: dict[str, list[Summary]]
    tables: dict[str, dict[str, pa.Table]]  # of the first replication of each case
    since: int  # month after burn-in of the first change
    command: tuple[str, ...]
    attributions: tuple[Attribution, ...] = ()
    without: list[Record] = []  # noqa: RUF012 (a NamedTuple's default) of a single run, the first of its runs without its events

    @property
    def burn_in(self) -> int:
        """Months of burn-in."""
        return self.cases[0].plan.burn_in

    @property
    def months(self) -> range:
        """Months after burn-in."""
        return range(self.cases[0].plan.months)

    def paths(self, case: str, series: str) -> NDArray[np.float64]:
        """One series of one case after burn-in, R x months; NaN where it is not known."""
        unknown = np.full(self.burn_in + len(self.months), np.nan)
        return np.array([record.series.get(series, unknown)[self.burn_in :] for record in self.records[case]])


def of_comparison(
    comparison: Comparison, workers: int, runs: int, shown: Callable[[str], Any], command: tuple[str, ...]
) -> Material:
    """Gather the material of a comparison; accounts are run as far as they are missing.

    Parameters
    ----------
    comparison
        As read.
    workers
        Processes for the accounts.
    runs
        Replications to account for.
    shown
        Makes a context that shows progress.
    command
        That reproduces it.
    """
    cases = comparison.cases
    records = {name: [read(path) for path in files] for name, files in comparison.records.items()}
    tables = {c.name: _first_tables(comparison.folder / "cases" / slug(n, c.name)) for n, c in enumerate(cases)}
    made = _gathered(comparison.folder, cases, comparison, records, tables, workers, runs, shown, command)
    return made._replace(attributions=tuple(read_all(comparison.folder)))


def of_run(folder: Path, workers: int, runs: int, shown: Callable[[str], Any], command: tuple[str, ...]) -> Material:
    """Gather the material of a folder of results.

    Raises
    ------
    RunError
        When no replication is finished, or one cannot be read.
    ScenarioError
        When the folder holds no results of this version.
    """
    scenario = load_stored(folder)
    case = Case(scenario.name, scenario, scenario.plan)
    places = finished(folder)
    if not places:
        raise RunError(f"{folder}: no replication is finished; go on with: channel-sim resume {folder}")
    try:
        stored = [read_replication(path) for _, path in places]
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}: cannot be read: {error}; run its scenario again") from error
    records = {case.name: [record_of(s.series, s.tables, case.plan) for s in stored]}
    made = _gathered(folder, (case,), None, records, {case.name: stored[0].tables}, workers, runs, shown, command)
    if not case.plan.schedule or not runs:
        return made
    numbers = [number for number, _ in places[:runs]]
    with shown("runs without its events") as progress:
        files = record_all({WITHOUT: case.plan._replace(schedule=())}, numbers, folder, workers, progress)
    return made._replace(without=[read(path) for path in files[WITHOUT]])


def _first_tables(folder: Path) -> dict[str, pa.Table]:
    try:
        return read_replication(finished(folder)[0][1]).tables
    except (IndexError, OSError, ValueError) as error:
        raise RunError(f"{folder}: its first replication cannot be read ({error}); compare again") from error


def _gathered(folder, cases, comparison, records, tables, workers, runs, shown, command) -> Material:
    plan = cases[0].plan
    changes = [s for s in (since_of(c.plan) for c in cases) if s is not None]
    since = min(changes, default=0)
    span = (plan.burn_in + (since if since < plan.months - 1 else 0), plan.burn_in + plan.months)
    count = min(runs, len(records[cases[0].name]))
    with shown("accounts") as progress:
        found = accounts(cases, range(count), span, folder, workers, progress) if count else {c.name: [] for c in cases}
    verdicts = {c.name: judge([r.series for r in records[c.name]], c.plan, since=since if changes else None) for c in cases}
    return Material(folder, tuple(cases), comparison, records, verdicts, found, tables, since, command)
