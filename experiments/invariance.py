"""Invariance: verdicts at other numbers of partners, the length of the burn-in, and what a finer clock would change.

Networks and their founding members are as in the scenario at every size, unless ``--scale-networks`` lets their number
grow with that of the partners.
"""

from typing import Annotated

import numpy as np
import typer

from experiments import console
from experiments.arms import values_of
from experiments.cells import cell_of
from experiments.outcomes import HEADLINE, Outcome, Outcomes, mean_in
from sim.observe.evidence import figure
from sim.observe.run import run_replication
from sim.parameters import declared
from sim.plan import Plan
from sim.state.networks import DISTRIBUTOR, MARKETPLACE, VENDOR

YEARS = 13  # from the start of the run
WATCHED = (
    "memberships_per_partner", "networks", "joint_share", "attitude", "satisfied_share", "staff_mean", "vendor_hhi", "exits",
    "line_card",
)  # fmt: skip
SHOWN = ("memberships", "networks", "joint_share", "focal_wallet", "retention", "attitude", "unserved", "exits", "one_plus_one")

CLOCK = (
    (
        "exit, dropping, awareness, joining, leaving, host entry, leakage",
        "hazards: 1 - (1 - p)^(12/52) is exact alone",
    ),
    ("opportunities", "Poisson: the rate divides; but bids of a month compete for capacity together"),
    (
        "experience, expectation, trust, capital, staff, tools",
        "first-order filters: rates divide, error of order rate^2",
    ),
    ("bankruptcy, rebates, tiers, cohorts, agreements, sums of a year", "rules of 3 or 12 months: keep their calendar"),
    ("search, consent, form, vendor choice, sourcing, winning, delivery", "per deal: no clock of their own"),
)

PER_MONTH = ("1/month", "probability a month", "per skill and month")  # units of rates that a finer clock divides


def weekly_error(rate: float) -> float:
    """How much more of a stock decays, or of a population is reached, in a year of months than in one of weeks.

    ``(1 - (1 - r)^12) / (1 - (1 - 12 r / 52)^52) - 1``: what dividing a monthly rate by 52/12 would change.

    Parameters
    ----------
    rate
        A month, 0 to 1.

    Returns
    -------
    float
        Share; 0 at rate 0.
    """
    return (1.0 - (1.0 - rate) ** 12) / (1.0 - (1.0 - 12.0 * rate / 52.0) ** 52) - 1.0 if rate > 0.0 else 0.0


def clock_rows(plan: Plan) -> list[list[str | float]]:
    """Every rate of the processes: name, value a month, and its ``weekly_error``, the largest first."""
    rows: list[list[str | float]] = []
    for process, values in plan.parameters.items():
        for name, (_, _, par) in declared(type(values)).items():
            value = float(getattr(values, name))
            if par.unit.startswith(PER_MONTH) and value > 0.0:
                rows.append([f"{process}.{name}", value, weekly_error(value)])
    return sorted(rows, key=lambda row: -float(row[2]))


def years_of(plan: Plan, replication: int) -> dict[str, float]:
    """Run one replication and give the mean of each watched series in each year from the start of the run."""
    series = run_replication(plan, replication).series
    total = len(series["partners"])
    return {
        f"{name}_{y}": mean_in(series, name, (12 * y, 12 * y + 12)) if 12 * y + 12 <= total else np.nan
        for name in WATCHED
        for y in range(YEARS)
    }


YEARLY = Outcomes(
    "years",
    tuple(Outcome(f"{name}_{y}", "as the series", f"mean of {name} in year {y}") for name in WATCHED for y in range(YEARS)),
    years_of,
)


def settled(means: np.ndarray, late: int = 3, margin: float = 0.1) -> int:
    """The first year from which on a path stays within a margin of the mean of its last years.

    Parameters
    ----------
    means : array, years
        NaN beyond the end.
    late : int
        Years that count as last.
    margin : float
        Share of that mean.

    Returns
    -------
    int
        Year from 0; the number of years when it never settles.
    """
    known = means[np.isfinite(means)]
    level = known[-late:].mean()
    away = np.flatnonzero(np.abs(known - level) > margin * abs(level))
    return int(away[-1]) + 1 if away.size else 0


def resized(plan: Plan, partners: int, scale_networks: bool) -> Plan:
    """The plan with another number of partners."""
    if not scale_networks:
        return plan._replace(partners=partners)
    factor = partners / plan.partners
    hosted = (VENDOR, DISTRIBUTOR, MARKETPLACE)  # one network a host
    groups = [g if g.kind in hosted else g._replace(count=max(1, round(g.count * factor))) for g in plan.networks]
    return plan._replace(partners=partners, networks=tuple(groups))


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 12,
    partners: Annotated[list[int], typer.Option(min=2, help="Numbers of partners.")] = [500, 1_000, 5_000],  # noqa: B006 (as in run_sim)
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    scale_networks: Annotated[bool, typer.Option("--scale-networks", help="P2P and third-party networks too.")] = False,
) -> None:
    """Compare verdicts and outcomes at several sizes, show the burn-in, and say what a weekly clock would touch."""
    plan = console.plan_of(console.world_of(None, seed, months))
    arms = {f"{n:,}": resized(plan, n, scale_networks) for n in partners}
    seeds = range(replications)
    table = console.study(arms, seeds, HEADLINE, out, workers, dry_run)
    cells = [cell_of(table, arm) for arm in arms]
    typer.echo(
        console.show(
            ("partners", "networks", "loyalty, focal", "loyalty, all", "1 + 1"),
            [[a, *c[:4]] for a, c in zip(arms, cells, strict=True)],
        )
    )
    rows = [[name, *(console.interval(figure(values_of(table, arm, name))) for arm in arms)] for name in SHOWN]
    typer.echo("\n" + console.show(("outcome", *arms), rows))
    first = next(iter(arms))
    yearly = console.study({first: arms[first]}, seeds, YEARLY, out, workers)
    paths = {name: np.array([figure(values_of(yearly, first, f"{name}_{y}")).mean for y in range(YEARS)]) for name in WATCHED}
    burn_in = plan.burn_in // 12
    typer.echo(f"\nMeans by year from the start, {first} partners; burn-in is the first {burn_in} years:")
    typer.echo(
        console.show(
            ("series", *(str(y) for y in range(YEARS)), "settled"), [[n, *map(float, p), settled(p)] for n, p in paths.items()]
        )
    )
    late = [name for name, path in paths.items() if settled(path) > burn_in]
    typer.echo(f"Not within 10 % of the last three years when burn-in ends: {', '.join(late) or 'none'}.")
    typer.echo("\nA weekly clock (not an option of the engine):")
    typer.echo(console.show(("processes", "what a finer step changes"), CLOCK))
    typer.echo("\nWhat weeks instead of months would change in a year, rate by rate:")
    typer.echo(console.show(("rate", "a month", "share of a year's effect"), clock_rows(plan)))


if __name__ == "__main__":
    console.run_app(app)
