"""The results of a scenario's replications in Python: tables, verdict and the screen that sums them up.

>>> from sim import Scenario, simulate
>>> results = simulate(Scenario.load("quick"), replications=2)  # doctest: +SKIP
>>> print(results)  # doctest: +SKIP
"""

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sim.observe.export import with_replication
from sim.observe.run import ReplicationResult, run_replication
from sim.observe.schema import SCHEMA
from sim.observe.store import PROVENANCE, read_replication, series_table
from sim.plan import Plan
from sim.report.screen import render
from sim.verdict import Verdict, judge

if TYPE_CHECKING:
    import pandas

    from sim.scenario import Scenario

TABLES = ("series", *SCHEMA)


class Results:
    """What the replications of a plan gave; printed, it is one screen with the answer first.

    Parameters
    ----------
    plan
        What was run.
    replications
        In order of number; at least one.
    folder
        Where they lie, if anywhere.
    """

    def __init__(self, plan: Plan, replications: Iterable[ReplicationResult], folder: Path | None = None) -> None:
        self.plan = plan
        self.replications = tuple(replications)
        self.folder = folder
        if not self.replications:
            raise ValueError("there are no replications")

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> "Results":
        """The finished replications of a folder of results.

        Raises
        ------
        ScenarioError
            When the folder holds no results, or its scenario means something else now.
        ValueError
            When no replication is finished.
        """
        from sim.scenario.stored import load_stored

        place = Path(folder)
        plan = load_stored(place).plan
        return cls(plan, [_read(number, path) for number, path in finished(place)], place)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether networks grow, whether loyalty holds, what one and one make."""
        return judge([result.series for result in self.replications], self.plan)

    def table(self, name: str) -> pa.Table:
        """A table of all replications, the number of the replication in its first column.

        Parameters
        ----------
        name
            "series" (one row a month) or a name in ``sim.observe.schema.SCHEMA``, for instance "deals".

        Raises
        ------
        KeyError
            When there is no such table.
        """
        if name not in TABLES:
            raise KeyError(f"no table {name!r}; there are {', '.join(TABLES)}")
        parts = []
        for result in self.replications:
            table = series_table(result.series) if name == "series" else result.tables[name]
            parts.append(with_replication(table, result.replication))
        return pa.concat_tables(parts)

    def pandas(self, name: str) -> "pandas.DataFrame":
        """The same as a pandas DataFrame; needs pandas, which is not installed with the simulator."""
        try:
            import pandas  # noqa: F401
        except ImportError as error:
            raise ImportError("pandas is not installed: pip install pandas, or use table(), which gives Arrow") from error
        return self.table(name).to_pandas()

    def __str__(self) -> str:
        return render(self.verdict, self.plan, self.folder)

    def __repr__(self) -> str:
        return f"<Results of {self.plan.title!r}, {len(self.replications)} replications>"


def simulate(
    scenario: "Scenario | Plan | str | os.PathLike[str]",
    replications: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Run a scenario's replications one after the other in this process, and keep the results in memory.

    Parameters
    ----------
    scenario
        A scenario, its name or file, or a plan.
    replications
        How many; those of the scenario when left out, 1 for a plan.
    progress
        Called with months done and months in all.

    Returns
    -------
    Results
        Tables, series and verdict.

    Raises
    ------
    ScenarioError
        When the name or file cannot be used.
    """
    from sim.scenario import load

    if isinstance(scenario, str | os.PathLike):
        scenario = load(scenario)
    plan: Any = scenario if isinstance(scenario, Plan) else scenario.plan
    count = replications if replications is not None else getattr(scenario, "replications", 1)
    if count < 1:
        raise ValueError(f"expected at least 1 replication, got {count}")
    months = plan.burn_in + plan.months
    tell = progress or (lambda done, total: None)
    done = []
    for n in range(count):
        done.append(run_replication(plan, n, progress=lambda month, _, before=n * months: tell(before + month, count * months)))  # type: ignore[misc]
    return Results(plan, done)


def finished(folder: Path) -> list[tuple[int, Path]]:
    """Number and folder of the finished replications of a folder of results, in order."""
    found = [
        (int(path.name.removeprefix("replication-")), path)
        for path in folder.glob("replication-*")
        if path.name.removeprefix("replication-").isdecimal() and (path / PROVENANCE).is_file()
    ]
    return sorted(found)


def _read(number: int, folder: Path) -> ReplicationResult:
    stored = read_replication(folder)
    return ReplicationResult(number, {n: c for n, c in stored.series.items() if n != "month"}, stored.tables, folder)
