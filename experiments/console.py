"""What the studies' commands share: options, the plan they begin with, progress, tables, messages."""

import csv
import io
import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from experiments.arms import RunFailedError, run_arms
from experiments.durable import write_text
from experiments.outcomes import Outcomes
from experiments.pool import StudyError
from experiments.progress import progress_shown
from sim.observe.evidence import Figure
from sim.plan import Plan

HERE = Path(__file__).resolve().parent
RUNS = Path("results") / "arms"

Replications = Annotated[int, typer.Option(min=1, max=10_000, help="Runs an arm that differ by chance only.")]
Partners = Annotated[int | None, typer.Option(min=2, max=2_000_000, help="Partners; those of the scenario by default.")]
Workers = Annotated[int, typer.Option(min=0, max=256, help="Processes; 0 is all processors.")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**62, help="Seed of all chance.")]
Months = Annotated[int | None, typer.Option(min=1, max=1_200, help="Months after burn-in.")]
Out = Annotated[Path, typer.Option(help="Folder where finished runs are kept, for all studies.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say how much there is to run, and stop.")]


def world_of(partners: int | None = None, seed: int | None = None, months: int | None = None) -> dict[str, Any]:
    """The settings of the baseline that a study's options ask for."""
    asked = {"population.partners": partners, "seed": seed, "months": months}
    return {key: value for key, value in asked.items() if value is not None}


def plan_of(world: Mapping[str, Any], settings: Mapping[str, Any] | None = None, label: str = "--set") -> Plan:
    """The plan of the baseline under the options and some settings of an arm.

    Parameters
    ----------
    world
        As the command line asks.
    settings
        Of an arm; they prevail.
    label
        How a message calls where the settings stand.

    Returns
    -------
    Plan
        Checked.

    Raises
    ------
    ScenarioError
        When a setting is wrong.
    """
    from sim.scenario import load

    options = [(f"--{key.rpartition('.')[2]}", key, value) for key, value in world.items()]
    return load("baseline", options + [(f"{label}: {key}", key, value) for key, value in (settings or {}).items()]).plan


def study(
    arms: Mapping[str, Plan],
    replications: Sequence[int] | Mapping[str, Sequence[int]],
    outcomes: Outcomes,
    out: Path,
    workers: int,
    dry_run: bool = False,
) -> pa.Table:
    """Say how much there is to run, run it with progress and give the table.

    Parameters
    ----------
    arms, replications, outcomes
        As ``run_arms`` takes them.
    out
        Folder of finished runs.
    workers
        Processes, 0 for all processors.
    dry_run
        Whether to stop before anything is run.

    Returns
    -------
    pyarrow.Table
        As ``run_arms`` gives it.

    Raises
    ------
    typer.Exit
        After a dry run.
    """
    each = replications if isinstance(replications, Mapping) else dict.fromkeys(arms, replications)
    runs = sum(len(each[name]) for name in arms)
    load = sum(plan.partners * (plan.burn_in + plan.months) * len(each[name]) for name, plan in arms.items())
    times = f" x {len(replications):,} replications" if not isinstance(replications, Mapping) else ""
    typer.echo(f"{len(arms):,} arms{times} = {runs:,} runs, {load / 1e6:,.1f} million partner-months.")
    if dry_run:
        raise typer.Exit()
    jobs = workers or os.cpu_count() or 1
    try:
        with progress_shown("runs") as progress:
            return run_arms(arms, replications, outcomes, out, min(jobs, runs), progress)
    except OSError as error:
        raise StudyError(f"{out}: cannot be used: {error.strerror or error}; name another folder with --out") from error


def show(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table in plain text, numbers to the right.

    Parameters
    ----------
    headers
        Of the columns.
    rows
        Cells; floats are shown with three figures.

    Returns
    -------
    str
        Lines.
    """
    words = [[number(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(len(line[n]) for line in [list(headers), *words]) for n in range(len(headers))]
    right = [all(isinstance(row[n], int | float) for row in rows) and bool(rows) for n in range(len(headers))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True)).rstrip()

    return "\n".join([line(headers), line(["-" * w for w in widths]), *(line(row) for row in words)])


def number(value: float) -> str:
    """A number with three significant figures, a dash where it is not known."""
    if not math.isfinite(value):
        return "-" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def interval(found: Figure) -> str:
    """Mean with its 95 % interval."""
    return f"{number(found.mean)} [{number(found.low)}, {number(found.high)}]"


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table, complete or not at all.

    Parameters
    ----------
    path
        Its parent is made when missing.
    headers, rows
        What is written; floats with all their digits.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([headers, *rows])
    write_text(path, text.getvalue())


def run_app(app: typer.Typer) -> None:
    """Run a command line; what the user can mend ends in one message and exit status 2."""
    usage: Any = typer.BadParameter.__mro__[1].__mro__[1]  # the base of all that is wrong with a command line
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    try:
        status = app(standalone_mode=False)
    except usage as problem:
        _fail(problem.format_message(), 2)
    except (KeyboardInterrupt, typer.Abort):
        _fail("interrupted; finished runs are kept, the same command goes on from there", 130)
    except (ValueError, RuntimeError) as error:
        if not isinstance(error, StudyError | RunFailedError) and type(error).__name__ != "ScenarioError":
            raise
        _fail(str(error), 2)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str, status: int) -> None:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(status)
