"""Whether the intervals of ``compare`` keep their promise, its stopping rule included.

A real lever is run in a large pool of pairs, whose mean difference is taken for the truth.  From the pool many small
comparisons are drawn, each ordered by chance and judged as ``compare`` would: look by look, until every headline
difference is decided or all pairs are used.  Counted is how often the interval at that moment covers the truth, and how
often a pair of which nothing differs (the baseline beside the baseline under other chance) is called more or less.

    python -m experiments.comparison.coverage
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray

from experiments import console
from experiments.arms import values_of
from experiments.comparison.differences import change, compare_pairs, decided
from experiments.comparison.indicators import HEADLINE as NAMES
from experiments.comparison.indicators import Indicator, indicators
from experiments.comparison.looks import planned
from experiments.outcomes import HEADLINE
from experiments.setting import parsed

LEVER = "membership.attention=0.02"  # a further membership costs more attention
_SEED = 8_108


class Count(NamedTuple):
    """How small comparisons fared in one indicator."""

    indicator: Indicator
    truth: float
    covered: int
    different: int  # called more or less
    excluded: int  # whose interval leaves out zero
    pairs: float  # mean number of pairs used
    any_different: int  # in which this or another indicator was called more or less


def count(
    base: dict[str, NDArray], other: dict[str, NDArray], chosen: Sequence[Indicator], most: int, times: int, null: bool = False
) -> list[Count]:
    """Draw small comparisons from a pool of pairs and judge each.

    Parameters
    ----------
    base, other
        Outcomes of the pool by name, one value a replication; pairs stand at the same place.
    chosen
        Headline indicators.
    most
        Pairs that a small comparison may use.
    times
        How many small comparisons.
    null
        Whether the truth is known to be zero; else it is the mean over the pool.

    Returns
    -------
    list of Count
        One an indicator.
    """
    generator, looks = np.random.default_rng(_SEED), planned(most)
    size = next(iter(base.values())).size
    truth = {i.name: 0.0 if null else float(np.nanmean(change(other[i.name], base[i.name], i))) for i in chosen}
    covered, different, excluded, used = (dict.fromkeys(truth, 0) for _ in range(4))
    any_different = 0
    for _ in range(times):
        drawn = generator.permutation(size)[:most]
        for n in looks:
            rows = drawn[:n]
            sample = {"base": {k: v[rows] for k, v in base.items()}, "other": {k: v[rows] for k, v in other.items()}}
            found = compare_pairs(sample, chosen, looks)
            if decided(found):
                break
        for d in found:
            name, figure = d.indicator.name, d.judgement.figure
            covered[name] += figure.low <= truth[name] <= figure.high
            different[name] += d.verdict in ("more", "less")
            excluded[name] += not figure.low <= 0.0 <= figure.high
            used[name] += n
        any_different += any(d.verdict in ("more", "less") for d in found)
    return [
        Count(i, truth[i.name], covered[i.name], different[i.name], excluded[i.name], used[i.name] / times, any_different)
        for i in chosen
    ]


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    runs: Annotated[int, typer.Option(min=40, help="Runs in the pool, half of them with the lever.")] = 2_000,
    most: Annotated[int, typer.Option(min=4, help="Pairs that a small comparison may use.")] = 32,
    times: Annotated[int, typer.Option(min=10, help="Small comparisons.")] = 1_000,
    lever: Annotated[str, typer.Option(metavar="KEY=VALUE", help="The lever.")] = LEVER,
    partners: console.Partners = 60,
    months: console.Months = 12,
    burn_in: Annotated[int, typer.Option(min=0, help="Months of burn-in.")] = 12,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
) -> None:
    """Count how often small comparisons cover the truth of a large one, and how often a null pair is called different."""
    _, key, value = parsed(lever, "--lever")
    world = console.world_of(partners, seed, months) | {"burn_in_months": burn_in}
    arms = {"base": console.plan_of(world), "lever": console.plan_of(world, {key: value}, "--lever")}
    pool = runs // 2
    table = console.study(arms, range(pool), HEADLINE, out, workers, dry_run)
    chosen = [i for i in indicators(NAMES) if i.headline]
    values = {arm: {i.name: values_of(table, arm, i.name) for i in chosen} for arm in arms}
    half = pool // 2
    halves = [{name: column[rows] for name, column in values["base"].items()} for rows in (slice(0, half), slice(half, 2 * half))]
    real = count(values["base"], values["lever"], chosen, most, times)
    null = count(halves[0], halves[1], chosen, most, times, null=True)
    headers = ("indicator", "truth", "covered", "called different", "interval without zero", "pairs used")
    typer.echo(f"\n{lever}, {pool:,} pairs in the pool; {times:,} comparisons of at most {most} pairs, looks at {planned(most)}:")
    typer.echo(console.show(headers, [_row(c, times) for c in real]))
    typer.echo("\nNull pair: the baseline beside the baseline under other chance:")
    typer.echo(console.show(headers, [_row(c, times) for c in null]))
    typer.echo(f"Any of the {len(null)} indicators called different in {null[0].any_different} of {times:,}.")


def _row(found: Count, times: int) -> list[object]:
    scale = "of the mean" if found.indicator.relative else found.indicator.outcome.unit
    return [
        found.indicator.name, f"{found.truth:+.4g} {scale}", f"{found.covered} of {times}", f"{found.different} of {times}",
        f"{found.excluded} of {times}", f"{found.pairs:.0f}",
    ]  # fmt: skip


if __name__ == "__main__":
    console.run_app(app)
