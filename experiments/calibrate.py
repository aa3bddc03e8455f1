"""Calibration by search: the set of points at which E1, E2, E10 and E12 all hold, and what they leave open.

Free parameters with their ranges and reasons are below.  The loss is the sum over statements of ((mean - centre) /
half-width)^2, so a statement within its band adds at most 1; where a band is open to one side, being within adds nothing.
A Sobol' design covers the ranges, then boxes around the best points are refined; every point has the same seeds.  A point
is acceptable when every mean lies in its band or within two standard errors of it.  E3-E5 are not computed.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pyarrow as pa
import typer
from numpy.typing import NDArray

from experiments import console
from experiments.arms import values_of
from experiments.checks import CALIBRATION, Statement
from experiments.coefficients import with_values
from experiments.facts import FACTS
from experiments.pool import StudyError
from sim.observe.evidence import figure
from sim.plan import Plan


class Free(NamedTuple):
    """A parameter that the search may move."""

    key: str
    low: float
    high: float
    log: bool  # whether it is drawn evenly in its logarithm
    why: str


FREE = (
    Free("satisfaction.tolerance", -0.05, 0.25, False, "E2 satisfied (trial: -.05 gives .55, .12 gives .85)"),
    Free("satisfaction.drop_per_month", 0.002, 0.015, True, "E2 dropped: .58 % a month per relation at 5 relations"),
    Free("discovery.recruited", 0.005, 0.04, True, "E2 active vendors: refills the line card; trial .02"),
    Free("growth.capture", 0.5, 0.9, False, "E1 mean staff: work that counts as usual decides whether client bases drift"),
    Free("growth.follow", 0.001, 0.01, True, "E1 concentration: how fast client bases follow work won"),
    Free("demand.value_with_size", 0.3, 0.7, False, "E1 revenue of the top fifth: gamma, trial .5; 0 gives .93"),
    Free("firm.overhead", 0.6, 0.95, False, "S2 exit: sets bankruptcy; trial .62, hand fit .85"),
    Free("turnover.retirement_per_year", 0.03, 0.12, False, "S2 exit: with bankruptcy 10-15 % a year (McBain)"),
    Free("membership.join", -4.0, -0.5, False, "E12 multi-homers: joining at utility 0; trial -2"),
    Free("membership.imitation", 0.05, 0.4, True, "E12 largest over median: contagion makes the large larger; trial .08-.15"),
    Free("membership.attention", 0.004, 0.03, True, "E12 multi-homers; swept in every study (trial .004-.06)"),
    Free("firm.outside_weight", 0.1, 1.0, False, "omega; not identified: nothing in the set depends on it much; trial 0-1"),
    Free("firm.outside_curve", 1.0, 8.0, False, "kappa; not identified; trial 1-4"),
    Free("rules.form.setup_formal", 1_000.0, 16_000.0, True, "form costs; not identified: E5 would, and is held out"),
    Free("rules.vendor_choice.margin", 5.0, 25.0, True, "slope of the choice of vendor; not identified; trial 10-25"),
    Free("influence.most", 0.0, 0.7, False, "strength of influence; not identified; trial .35"),
)  # fmt: skip
FEW = 20  # acceptable points below which nothing is said of identification
OPEN = 0.8  # share of a range beyond which acceptable points say nothing of a parameter


def point_of(unit: NDArray, free: Sequence[Free] = FREE) -> dict[str, float]:
    """A point of the unit cube as values of the parameters."""
    out = {}
    for u, f in zip(unit, free, strict=True):
        value = f.low * (f.high / f.low) ** u if f.log else f.low + u * (f.high - f.low)
        out[f.key] = float(f"{value:.6g}")
    return out


def unit_of(point: Mapping[str, float], free: Sequence[Free] = FREE) -> NDArray[np.float64]:
    """Values of the parameters as a point of the unit cube; inverse of ``point_of`` but for rounding."""
    out = []
    for f in free:
        x, low, high = (math.log(v) for v in (point[f.key], f.low, f.high)) if f.log else (point[f.key], f.low, f.high)
        out.append((x - low) / (high - low))
    return np.clip(np.array(out), 0.0, 1.0)


def distance(statement: Statement, mean: float) -> float:
    """Standardised distance of a mean from a band: 1 at its edge; infinity when the mean is not known."""
    if math.isnan(mean):
        return math.inf
    if math.isinf(statement.high):
        return 1.0 + (statement.low - mean) / abs(statement.low) if mean < statement.low else 0.0
    if math.isinf(statement.low):
        return 1.0 + (mean - statement.high) / abs(statement.high) if mean > statement.high else 0.0
    return abs(mean - 0.5 * (statement.low + statement.high)) / (0.5 * (statement.high - statement.low))


def loss(table: pa.Table, arm: str, statements: Sequence[Statement] = CALIBRATION) -> float:
    """Sum of squared standardised distances."""
    return sum(distance(s, figure(values_of(table, arm, s.column)).mean) ** 2 for s in statements)


def acceptable(table: pa.Table, arm: str, statements: Sequence[Statement] = CALIBRATION) -> bool:
    """Whether every mean lies in its band, or outside by no more than two standard errors."""
    for s in statements:
        found = figure(values_of(table, arm, s.column))
        slack = 2.0 * found.sd / math.sqrt(found.n) if found.n > 1 else 0.0
        if math.isnan(found.mean) or not s.low - slack <= found.mean <= s.high + slack:
            return False
    return True


def design(count: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    """The first points of a scrambled Sobol' sequence."""
    from scipy.stats import qmc

    return qmc.Sobol(dimensions, rng=seed).random_base2(max(0, math.ceil(math.log2(count))))[:count]


def around(centres: NDArray, count: int, width: float, seed: int) -> NDArray[np.float64]:
    """Points of boxes around some points, each box in turn, clipped to the unit cube."""
    offsets = design(count, centres.shape[1], seed) - 0.5
    return np.clip(centres[np.arange(count) % len(centres)] + width * offsets, 0.0, 1.0)


def medoid(units: NDArray) -> int:
    """The point whose mean distance to the others is least."""
    return int(np.linalg.norm(units[:, None, :] - units[None, :, :], axis=2).mean(axis=1).argmin())


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 3,
    partners: console.Partners = 1000,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = 60,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    points: Annotated[int, typer.Option(min=2, help="Points of the first design.")] = 256,
    rounds: Annotated[int, typer.Option(min=0, help="Rounds of refinement, each with boxes half as wide.")] = 3,
    refined: Annotated[int, typer.Option(min=1, help="Points of each round.")] = 64,
    parents: Annotated[int, typer.Option(min=1, help="Best points around which a round is drawn.")] = 8,
    accepted: Annotated[Path, typer.Option(help="Where acceptable points are written.")] = console.HERE / "calibration.csv",
) -> None:
    """Search the free parameters and say which points are acceptable."""
    base = console.plan_of(console.world_of(partners, seed, months))
    rows = [[f.key, f.low, f.high, "log" if f.log else "linear", f.why] for f in FREE]
    typer.echo(console.show(("free parameter", "low", "high", "drawn", "why"), rows))
    typer.echo(f"\nBudget: {points} + {rounds} x {refined} points x {replications} replications.")
    found: dict[str, tuple[NDArray, float, bool]] = {}

    def run(units: NDArray, stage: str) -> None:
        arms: dict[str, Plan] = {f"{stage}-{n:04d}": with_values(base, point_of(u)) for n, u in enumerate(units)}
        table = console.study(arms, range(replications), FACTS, out, workers, dry_run)
        for (name, _), u in zip(arms.items(), units, strict=True):
            found[name] = (u, loss(table, name), acceptable(table, name))

    run(np.vstack([unit_of({f.key: _default(base, f.key) for f in FREE}), design(points, len(FREE), 1)]), "start")
    for k in range(rounds):
        best = sorted(found.values(), key=lambda row: row[1])[:parents]
        run(around(np.array([u for u, _, _ in best]), refined, 0.5 ** (k + 1), 2 + k), f"round-{k + 1}")
        least, good = min(row[1] for row in found.values()), sum(row[2] for row in found.values())
        typer.echo(f"After round {k + 1}: least loss {least:.3g}, {good} acceptable points.")
    typer.echo(report(found, accepted))


def _default(plan: Plan, key: str) -> float:
    from experiments.coefficients import coefficients

    return next(c.value for c in coefficients(plan) if c.key == key)


def report(found: Mapping[str, tuple[NDArray, float, bool]], path: Path) -> str:
    """What the search found, in words; acceptable points are written to a file.

    Parameters
    ----------
    found
        Point, loss and whether it is acceptable, by name.
    path
        The CSV file.

    Returns
    -------
    str
        Lines.

    Raises
    ------
    StudyError
        When no point is acceptable; names the least loss.
    """
    good = {name: row for name, row in found.items() if row[2]}
    if not good:
        least = min(r[1] for r in found.values())
        raise StudyError(f"no point is acceptable, the least loss is {least:.3g}; raise --points or --rounds")
    units = np.array([u for u, _, _ in good.values()])
    values = [point_of(u) for u in units]
    written = [[name, row[1], *v.values()] for (name, row), v in zip(good.items(), values, strict=True)]
    console.write_csv(path, ["point", "loss", *(f.key for f in FREE)], written)
    centre = values[medoid(units)]
    spread = units.max(axis=0) - units.min(axis=0)
    rows = []
    for f, share in zip(FREE, spread, strict=True):
        column = [v[f.key] for v in values]
        said = "too few points" if len(values) < FEW else "no" if share > OPEN else "yes"
        rows.append([f.key, min(column), centre[f.key], max(column), f"{share:.0%}", said])
    central = list(good.values())[medoid(units)][1]
    head = f"{len(good)} of {len(found)} points are acceptable; they are in {path}. The central one has loss {central:.3g}."
    return f"\n{head}\n" + console.show(("parameter", "least", "central", "most", "of its range", "identified"), rows)


if __name__ == "__main__":
    console.run_app(app)
