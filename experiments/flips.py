"""Flip distances: by how little an assumed coefficient must change before a headline verdict of the baseline flips.

Each coefficient is first multiplied and divided by the largest step; where that flips a verdict, the ladder of smaller
steps is searched by bisection, which assumes that a verdict once flipped stays flipped.  The same seeds throughout.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated

import pyarrow as pa
import typer

from experiments import console
from experiments.cells import HEADLINES, cell_of, words_of
from experiments.coefficients import Coefficient, assumed, scaled, with_values
from experiments.outcomes import HEADLINE
from sim.plan import Plan

LADDER = (1.1, 1.25, 1.5, 2.0, 3.0)
BASE = "baseline"
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


def ranked(found: Mapping[tuple[Way, int], float], verdict: int) -> list[tuple[str, str, float]]:
    """Coefficients that flip a verdict, the smallest change first: key, direction, step."""
    rows = [(key, "up" if up else "down", step) for ((key, up), n), step in found.items() if n == verdict]
    return sorted(rows, key=lambda row: (row[2], row[0], row[1]))


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 8,
    partners: console.Partners = 500,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    only: Annotated[list[str], typer.Option(help="Coefficients or processes to try; all assumed ones by default.")] = [],  # noqa: B006 (as in run_sim)
    most: Annotated[int, typer.Option(min=0, help="How many coefficients to try at most; 0 is all.")] = 0,
) -> None:
    """Rank the assumed coefficients by how little change flips each headline verdict."""
    plan = console.plan_of(console.world_of(partners, seed, months))
    chosen = [c for c in assumed(plan) if not only or any(c.key == o or c.key.startswith(f"{o}.") for o in only)]
    chosen = chosen[:most] if most else chosen
    by_key = {c.key: c for c in chosen}
    seeds = range(replications)
    if dry_run:
        first = plans_of(plan, by_key, {(c.key, up): LADDER[-1] for c in chosen for up in (True, False)})
        typer.echo("The largest step of each coefficient; those that flip a verdict are searched in up to 3 further runs.")
        console.study({str(way): p for way, p in first.items()}, seeds, HEADLINE, out, workers, dry_run)
    base = cell_of(console.study({BASE: plan}, seeds, HEADLINE, out, workers), BASE)
    typer.echo("Baseline: " + "; ".join(f"{name} {getattr(base, name)}" for name in HEADLINES))

    def verdicts(wanted: Mapping[Way, float]) -> dict[Way, tuple[str, ...]]:
        arms = plans_of(plan, by_key, wanted)
        if not arms:
            return {}
        table = console.study({str(way): p for way, p in arms.items()}, seeds, HEADLINE, out, workers)
        return {way: verdicts_of(table, str(way)) for way in arms}

    found = search([(c.key, up) for c in chosen for up in (True, False)], verdicts, words_of(base))
    for n, name in enumerate(HEADLINES):
        rows = [[*row, by_key[row[0]].value, by_key[row[0]].meaning] for row in ranked(found, n)]
        typer.echo(f"\n{name} ({getattr(base, name)}) flips under {len({r[0] for r in rows})} of {len(chosen)} coefficients")
        typer.echo(console.show(("coefficient", "way", "factor", "now", "meaning"), rows))


def plans_of(plan: Plan, by_key: Mapping[str, Coefficient], wanted: Mapping[Way, float]) -> dict[Way, Plan]:
    """The plan at each step asked for; steps that change nothing are left out."""
    out = {}
    for way, step in wanted.items():
        value = scaled(by_key[way[0]], factor_of(way, step))
        if value is not None:
            out[way] = with_values(plan, {way[0]: value})
    return out


def verdicts_of(table: pa.Table, arm: str) -> tuple[str, ...]:
    """The headline verdicts on one arm."""
    return words_of(cell_of(table, arm))


if __name__ == "__main__":
    console.run_app(app)
