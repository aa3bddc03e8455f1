"""Worlds: how much of the spread between runs is the drawn set of suppliers, and how much the partners.

Vendors, distributors and marketplaces of world *w* are those that replication *w* would draw; partners, host reach and all
chance follow the replication.  Crossing both gives, by the two-way analysis of variance with random effects, the share of
the variance between worlds, between draws of partners, and of what depends on both (with chance).  Line cards at the start
belong to the draw of partners.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from experiments import console
from experiments.arms import values_of
from experiments.outcomes import COLUMNS, HEADLINE
from sim.plan import Plan
from sim.processes.suppliers import draw_suppliers
from sim.world import World

DRAWN = {
    "vendors": ("list_margin", "support", "training", "conflict", "openness", "fit"),
    "distributors": ("margin", "credit", "service", "regions", "verticals"),
    "marketplaces": ("verification", "reach"),
}


class Shares(NamedTuple):
    """Shares of the variance of one outcome; they sum to 1."""

    world: float
    partners: float
    both: float  # interaction and chance


def with_world(plan: Plan, number: int) -> Plan:
    """A plan whose suppliers are those that a replication of it would draw.

    Parameters
    ----------
    plan
        The plan; what it gives of suppliers stays.
    number
        Of the world: the replication whose draw it is.

    Returns
    -------
    Plan
        With all that is drawn of suppliers given.
    """
    world = World(plan.size, dict(plan.parameters), {}, plan.switches, plan.seed, number)
    draw_suppliers(world, plan, plan.parameters["suppliers"])
    given: dict[str, Any] = {}
    for kind, fields in DRAWN.items():
        table, rows = getattr(world, kind), getattr(plan, kind)
        count = table.uid.size
        old = [dict(rows[n]) if n < len(rows) else {} for n in range(count)]
        given[kind] = tuple({**{f: getattr(table, f)[n] for f in fields}, **old[n]} for n in range(count))
    return plan._replace(**given)


def variance_shares(values: NDArray) -> Shares:
    """Shares of the variance by rows (worlds), columns (draws of partners) and the rest.

    Parameters
    ----------
    values : array, worlds x draws
        One outcome.

    Returns
    -------
    Shares
        NaN when nothing varies or a value is missing; negative components count as 0.

    References
    ----------
    H. Scheffe, "The Analysis of Variance" (1959), random effects, one observation a cell.
    """
    a, b = values.shape
    if a < 2 or b < 2 or not np.isfinite(values).all():
        return Shares(np.nan, np.nan, np.nan)
    rows, columns, mean = values.mean(axis=1), values.mean(axis=0), values.mean()
    rest = values - rows[:, None] - columns[None, :] + mean
    within = (rest**2).sum() / ((a - 1) * (b - 1))
    between_rows = max(0.0, (b * ((rows - mean) ** 2).sum() / (a - 1) - within) / b)
    between_columns = max(0.0, (a * ((columns - mean) ** 2).sum() / (b - 1) - within) / a)
    total = between_rows + between_columns + within
    if total <= 0.0:
        return Shares(np.nan, np.nan, np.nan)
    return Shares(*(float(x / total) for x in (between_rows, between_columns, within)))


def rank_of(values: NDArray, which: int) -> float:
    """Share of the others that lie below one value, ties half; 0 and 1 are the outermost places."""
    others = np.delete(values, which)
    return float(((others < values[which]) + 0.5 * (others == values[which])).mean()) if others.size else np.nan


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 4,
    partners: console.Partners = 500,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    worlds: Annotated[int, typer.Option(min=2, help="Worlds of suppliers; the first is that of replication 0.")] = 100,
) -> None:
    """Say what share of the spread is the world of vendors, and where replication 0's stands among many."""
    plan = console.plan_of(console.world_of(partners, seed, months))
    arms = {f"world {w}": with_world(plan, w) for w in range(worlds)}
    table = console.study(arms, range(replications), HEADLINE, out, workers, dry_run)
    rows, outside = [], []
    for column in COLUMNS:
        values = np.array([values_of(table, arm, column.name) for arm in arms])
        shares, place = variance_shares(values), rank_of(values.mean(axis=1), 0)
        parts = [f"{share:.0%}" if np.isfinite(share) else "-" for share in shares]
        rows.append([column.name, float(values.mean()), float(values.std()), *parts, f"{place:.0%}"])
        if not 0.025 <= place <= 0.975:
            outside.append(column.name)
    typer.echo(console.show(("outcome", "mean", "sd", "world", "partners", "both, chance", "world 0 above"), rows))
    named = ", ".join(outside) or "none"
    typer.echo(f"\nWorld 0 lies in the outer twentieth of {worlds} worlds in {len(outside)} of {len(rows)} outcomes: {named}.")


if __name__ == "__main__":
    console.run_app(app)
