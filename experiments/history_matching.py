"""History matching: which part of the free parameters' space is ruled out by what is known, wave by wave.

A Gaussian process stands for the model (one a statement, on the mean over seeds, with the seeds' noise). A point is ruled out
when some statement, by its process, lies outside its band by more than three standard deviations of what is not known there
(Pukelsheim 1994; Vernon, Goldstein and Bower 2010). What is left is sampled, run, and the processes are fitted anew. The
points left in the end are what studies should be run over (``channel-sim hypotheses --plausible``), and a parameter whose
range hardly shrank is not identified by the facts.

The statements, and the parameters with their ranges, are those of ``experiments.calibrate``; E3-E5 are not computed.

python -m experiments.history_matching --waves 3 --points 128
"""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from experiments import console
from experiments.arms import values_of
from experiments.calibrate import FREE, OPEN, design, point_of, unit_of
from experiments.checks import CALIBRATION
from experiments.coefficients import coefficients, with_values
from experiments.facts import FACTS
from experiments.pool import StudyError
from sim.observe.evidence import figure

CUTOFF = 3.0  # standard deviations
CANDIDATES = 2**13  # points at which a wave asks what is left
MISSING = "history matching needs scikit-learn; install channel-sim[calibration]"
LEAST_POINTS = 8  # with a figure for a statement, below which no process is fitted to it

Unit = NDArray[np.float64]
Run = Callable[[Unit], tuple[NDArray[np.float64], NDArray[np.float64]]]  # points -> means and standard errors, n x statements


class Band(NamedTuple):
    """Where a statement's mean may lie."""

    name: str
    low: float
    high: float


class Wave(NamedTuple):
    """What one wave came to."""

    run: int  # points run so far
    left: float  # share of the space that is not ruled out
    covered: float  # share of this wave's figures within three standard deviations of what was foretold; NaN in the first


class Matched(NamedTuple):
    """What is left in the end."""

    waves: tuple[Wave, ...]
    left: Unit  # points not ruled out, m x parameters, in the unit cube
    implausibility: NDArray[np.float64]  # m, of each


def fitted(points: Unit, means: NDArray, errors: NDArray) -> Any:
    """A Gaussian process through one statement's means.

    Parameters
    ----------
    points
        In the unit cube, n x parameters.
    means, errors
        Of the statement, n; errors are standard errors of the means.

    Returns
    -------
    sklearn.gaussian_process.GaussianProcessRegressor
        A smooth part with a length for each parameter, and a part that is independent from point to point.

    Raises
    ------
    StudyError
        When scikit-learn is not installed.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    except ImportError as error:
        raise StudyError(MISSING) from error
    import warnings

    spread = float(means.std()) or 1.0
    smooth = Matern(np.ones(points.shape[1]), (0.05, 50.0), nu=2.5)
    kernel = ConstantKernel(1.0, (1e-3, 1e3)) * smooth + WhiteKernel(1e-3, (1e-6, 1.0))
    process = GaussianProcessRegressor(kernel, alpha=np.maximum(errors / spread, 1e-6) ** 2, normalize_y=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound: the parameter does not matter
        return process.fit(points, means)


def outside(mean: NDArray, band: Band) -> NDArray[np.float64]:
    """How far means lie outside a band, 0 within."""
    return np.maximum(0.0, np.maximum(band.low - mean, mean - band.high))


def implausibility(points: Unit, processes: Sequence[Any], bands: Sequence[Band]) -> NDArray[np.float64]:
    """The worst statement's distance from its band in standard deviations of what is not known.

    Parameters
    ----------
    points
        In the unit cube, m x parameters.
    processes
        One a statement; None where nothing could be fitted, which rules nothing out.
    bands
        Of the statements.

    Returns
    -------
    array, m
        0 where all foretold means lie within their bands.
    """
    worst = np.zeros(len(points))
    for process, band in zip(processes, bands, strict=True):
        if process is not None:
            mean, sd = process.predict(points, return_std=True)
            worst = np.maximum(worst, outside(mean, band) / np.maximum(sd, 1e-12))
    return worst


def match(run: Run, bands: Sequence[Band], dimensions: int, waves: int, points: int, first: Unit | None = None) -> Matched:
    """Rule out, sample what is left, run it, and again.

    Parameters
    ----------
    run
        Gives means and standard errors of all statements at points.
    bands
        Of the statements.
    dimensions
        Parameters.
    waves, points
        How many, and of how many points each.
    first
        Points to run with the first wave beside the design.

    Returns
    -------
    Matched
        What is left after the last wave.

    Raises
    ------
    StudyError
        When nothing is left: the bands cannot hold together within the ranges.
    """
    chosen = design(points, dimensions, 1) if first is None else np.vstack([first, design(points, dimensions, 1)])
    candidates = design(CANDIDATES, dimensions, 2)
    known, means, errors = np.empty((0, dimensions)), np.empty((0, len(bands))), np.empty((0, len(bands)))
    processes: list[Any] = []
    found: list[Wave] = []
    for wave in range(waves):
        mean, error = run(chosen)
        known, means, errors = np.vstack([known, chosen]), np.vstack([means, mean]), np.vstack([errors, error])
        with _one_thread():  # the same bits on any machine, and no threads that wait for each other
            covered = _covered(chosen, mean, error, processes) if processes else math.nan
            processes = [_process(known, means[:, k], errors[:, k]) for k in range(len(bands))]
            worst = implausibility(candidates, processes, bands)
        left = worst <= CUTOFF
        found.append(Wave(len(known), float(left.mean()), covered))
        if not left.any():
            raise StudyError("nothing is left: the facts cannot hold together within the ranges of the free parameters")
        if wave + 1 < waves:
            chosen = _spread(candidates[left], known, points)
    return Matched(tuple(found), candidates[left], worst[left])


def _one_thread() -> AbstractContextManager[Any]:
    """Linear algebra on one thread, of which scikit-learn's helper takes care."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise StudyError(MISSING) from error
    return threadpool_limits(1)


def _process(points: Unit, means: NDArray, errors: NDArray) -> Any:
    known = np.isfinite(means) & np.isfinite(errors)
    return fitted(points[known], means[known], errors[known]) if known.sum() >= LEAST_POINTS else None


def _covered(points: Unit, means: NDArray, errors: NDArray, processes: Sequence[Any]) -> float:
    """Share of figures that lie where their process foretold."""
    inside = []
    for k, process in enumerate(processes):
        if process is not None:
            foretold, sd = process.predict(points, return_std=True)
            apart = np.abs(means[:, k] - foretold) <= CUTOFF * np.hypot(sd, errors[:, k])
            inside += apart[np.isfinite(means[:, k])].tolist()
    return float(np.mean(inside)) if inside else math.nan


def _spread(left: Unit, known: Unit, count: int) -> Unit:
    """So many of the points left, each the farthest from those taken and known so far."""
    away = np.min(np.linalg.norm(left[:, None, :] - known[None, -512:, :], axis=2), axis=1)
    taken = []
    for _ in range(min(count, len(left))):
        n = int(away.argmax())
        taken.append(n)
        away = np.minimum(away, np.linalg.norm(left - left[n], axis=1))
    return left[taken]


def lines(matched: Matched) -> list[list[Any]]:
    """A row a parameter: what is left of its range, and whether the facts identify it.

    A parameter is identified when the middle nine tenths of the points left cover no more than 80 % of the share that they
    cover of an even spread.
    """
    rows = []
    for n, free in enumerate(FREE):
        low, high = np.quantile(matched.left[:, n], (0.05, 0.95))
        share = (high - low) / 0.9
        ends = [point_of(np.where(np.arange(len(FREE)) == n, u, 0.5))[free.key] for u in (low, high)]
        rows.append([free.key, free.low, free.high, *ends, f"{min(1.0, share):.0%}", "no" if share > OPEN else "yes"])
    return rows


HEADERS = ("parameter", "low", "high", "left: 5 %", "left: 95 %", "of its range", "identified")
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 2,
    partners: console.Partners = 1000,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = 60,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    waves: Annotated[int, typer.Option(min=1, max=20, help="Waves.")] = 3,
    points: Annotated[int, typer.Option(min=LEAST_POINTS, max=10_000, help="Points of each wave.")] = 128,
    most: Annotated[int, typer.Option(min=1, help="Points that are written at most.")] = 200,
    left: Annotated[Path, typer.Option(help="Where points not ruled out are written.")] = console.HERE / "plausible.csv",
) -> None:
    """Rule out what the facts rule out, and say what they leave open."""
    base = console.plan_of(console.world_of(partners, seed, months))
    bands = [Band(s.column, s.low, s.high) for s in CALIBRATION]

    def run(units: Unit) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        arms = {f"point-{n}": with_values(base, point_of(u)) for n, u in enumerate(units)}
        table = console.study(arms, range(replications), FACTS, out, workers, dry_run)
        found = [[figure(values_of(table, arm, band.name)) for band in bands] for arm in arms]
        error = [[f.sd / math.sqrt(f.n) if f.n > 1 else math.nan for f in row] for row in found]
        return np.array([[f.mean for f in row] for row in found]), np.array(error)

    now = {c.key: c.value for c in coefficients(base)}
    matched = match(run, bands, len(FREE), waves, points, unit_of({f.key: now[f.key] for f in FREE})[None, :])
    rows = [[n, wave.run, f"{wave.left:.1%}", wave.covered] for n, wave in enumerate(matched.waves, 1)]
    typer.echo("\n" + console.show(("wave", "points run", "of the space left", "foretold right"), rows))
    typer.echo("\n" + console.show(HEADERS, lines(matched)))
    best = np.argsort(matched.implausibility, kind="stable")[:most]
    values = [point_of(u) for u in matched.left[best]]
    written = [
        [f"p{n}", float(matched.implausibility[b]), *v.values()] for n, (b, v) in enumerate(zip(best, values, strict=True))
    ]
    console.write_csv(left, ["point", "loss", *(f.key for f in FREE)], written)
    typer.echo(f"\n{len(written)} of {len(matched.left)} points left are in {left}.")


if __name__ == "__main__":
    console.run_app(app)
