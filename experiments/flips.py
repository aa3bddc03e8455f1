"""Flip distances: by how little an assumed coefficient must change before a headline verdict of the baseline flips.

A two-level design (``experiments.screening``) says of every coefficient what it does and so which verdicts it should flip
first.  The nearest of them are then run: each is multiplied or divided by the largest step, and where that flips a verdict, the
ladder of smaller steps is searched by bisection, which assumes that a verdict once flipped stays flipped.  The same seeds
throughout.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from experiments import console
from experiments.cells import HEADLINES, cell_of, words_of
from experiments.coefficients import Coefficient, assumed, scaled, with_values
from experiments.outcomes import FROM_SERIES
from experiments.screening import disturbed, first_flips, screen
from sim.plan import Plan

LADDER = (1.1, 1.25, 1.5, 2.0, 3.0)
BASE = "baseline"
COLUMNS = ("coefficient", "way", "foreseen at", "flips at", "now", "meaning")
Way = tuple[str, bool]  # key of a coefficient, and whether it is raised


def factor_of(way: Way, step: float) -> float:
    """The step itself, or its inverse."""
    return step if way[1] else 1.0 / step


def search(
    ways: Iterable[Way], verdicts: Callable[[Mapping[Way, float]], Mapping[Way, tuple[str, ...]]], base: tuple[str, ...]
) -> dict[tuple[Way, int], float]:
    """The smallest step of the ladder at which each verdict flips.

    Parameters
    ----------
    ways
        Coefficients and directions.
    verdicts
        Runs some ways at the step given for each and says the verdicts; a way left out cannot be run.
    base
        Verdicts of the baseline.

    Returns
    -------
    dict
        Step by way and index of the verdict; what never flips is not in it.
    """
    top = len(LADDER) - 1
    seen: dict[tuple[Way, int], tuple[str, ...]] = {}

    def look(wanted: list[tuple[Way, int]]) -> None:
        for rung in sorted({r for _, r in wanted}):
            group = [w for w, r in wanted if r == rung and (w, r) not in seen]
            if group:
                for way, found in verdicts(dict.fromkeys(group, LADDER[rung])).items():
                    seen[way, rung] = found

    look([(way, top) for way in ways])
    open_ = {(way, n): (-1, top) for (way, _), found in list(seen.items()) for n in range(len(base)) if found[n] != base[n]}
    while any(high - low > 1 for low, high in open_.values()):
        wanted = [(way, (low + high) // 2) for (way, _), (low, high) in open_.items() if high - low > 1]
        look(wanted)
        for (way, n), (low, high) in open_.items():
            if high - low > 1:
                middle = (low + high) // 2
                flipped = (way, middle) in seen and seen[way, middle][n] != base[n]
                open_[way, n] = (low, middle) if flipped else (middle, high)
    return {key: LADDER[high] for key, (_, high) in open_.items()}


def ranked(
    found: Mapping[tuple[Way, int], float], foreseen: Mapping[tuple[Way, int], float], run: Iterable[Way], verdict: int
) -> list[tuple[Way, float, float]]:
    """What is known of a verdict's flips, the smallest change first.

    Parameters
    ----------
    found
        Steps at which verdicts flipped when run, as ``search`` gives them.
    foreseen
        Factors at which the design foresees it, likewise.
    run
        The ways that were run up to the last step.
    verdict
        Its index.

    Returns
    -------
    list of tuple
        A way that was run, and either flipped the verdict or was foreseen to; the step at which it flipped, infinite when
        it did not; the factor foreseen, NaN when none was.
    """
    told = [(way, found.get((way, verdict), math.inf), foreseen.get((way, verdict), math.nan)) for way in run]
    known = [row for row in told if row[1] < math.inf or not math.isnan(row[2])]
    return sorted(known, key=lambda row: (row[1], math.inf if math.isnan(row[2]) else row[2], row[0]))


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 30,
    partners: console.Partners = 500,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    nearest: Annotated[int, typer.Option(min=1, help="Coefficients to run for each verdict, the nearest by the design.")] = 5,
    within: Annotated[float, typer.Option(min=LADDER[-1], help="Factor up to which the design looks for flips.")] = 1000.0,
    measured: Annotated[Path, typer.Option(help="Where the table is written.")] = console.HERE / "flips_measured.csv",
) -> None:
    """Rank the assumed coefficients by how little change flips each headline verdict."""
    plan = console.plan_of(console.world_of(partners, seed, months))
    seeds = range(replications)
    if dry_run:
        typer.echo("The design, before the nearest coefficients are run in up to 3 steps each:")
        console.study(disturbed(plan, replications)[2], range(1), FROM_SERIES, out, workers, dry_run)
    own = console.study({BASE: plan}, seeds, FROM_SERIES, out, workers)
    base = cell_of(own, BASE)
    typer.echo("Baseline: " + "; ".join(f"{name} {getattr(base, name)}" for name in HEADLINES))
    screened = screen(BASE, plan, own, replications, lambda plans, each: console.study(plans, each, FROM_SERIES, out, workers))
    foreseen = first_flips(screened, len(HEADLINES), within)
    by_key = {c.key: c for c in assumed(plan)}
    ways = [way for way in nearest_ways(foreseen, nearest) if plans_of(plan, by_key, {way: LADDER[-1]})]

    def verdicts(wanted: Mapping[Way, float]) -> dict[Way, tuple[str, ...]]:
        arms = plans_of(plan, by_key, wanted)
        if not arms:
            return {}
        table = console.study({str(way): p for way, p in arms.items()}, seeds, FROM_SERIES, out, workers)
        return {way: words_of(cell_of(table, str(way))) for way in arms}

    found = search(ways, verdicts, words_of(base))
    expected = {((key, up), n): factor for factor, key, up, n in foreseen}
    top, rows = LADDER[-1], []
    for n, name in enumerate(HEADLINES):
        near = {key for factor, key, _, at in foreseen if at == n and factor <= top}
        typer.echo(f"\n{name} ({getattr(base, name)}): the design foresees a flip within x{top:g} for {len(near)} coefficients")
        shown = [
            [way[0], "up" if way[1] else "down", _factor(factor), f"{step:g}" if step < math.inf else f"beyond {top:g}",
             f"{by_key[way[0]].value:g}", by_key[way[0]].meaning]
            for way, step, factor in ranked(found, expected, ways, n)
        ]  # fmt: skip
        typer.echo(console.show(COLUMNS, shown))
        rows += [[name, getattr(base, name), *row] for row in shown]
    console.write_csv(measured, ("verdict", "baseline", *COLUMNS), rows)


def _factor(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"


def nearest_ways(foreseen: Sequence[tuple[float, str, bool, int]], most: int) -> list[Way]:
    """The first few coefficients of each verdict, each with its direction, no pair twice."""
    taken: dict[int, list[Way]] = {}
    for _, key, up, n in foreseen:
        mine = taken.setdefault(n, [])
        if len(mine) < most:
            mine.append((key, up))
    return list(dict.fromkeys(way for mine in taken.values() for way in mine))


def plans_of(plan: Plan, by_key: Mapping[str, Coefficient], wanted: Mapping[Way, float]) -> dict[Way, Plan]:
    """The plan at each step asked for; steps that change nothing are left out."""
    out = {}
    for way, step in wanted.items():
        value = scaled(by_key[way[0]], factor_of(way, step))
        if value is not None:
            out[way] = with_values(plan, {way[0]: value})
    return out


if __name__ == "__main__":
    console.run_app(app)
