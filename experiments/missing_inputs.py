"""Which drawn inputs drive the outcome: what to collect next.

    python -m experiments.missing_inputs kubernetes_providers --replications 8

Every input that is not given is drawn. Each replication runs once as it is and once more for every drawn input, with
that input drawn again and all else, chance of every month included, as it was. Half the mean squared difference is the
variance that goes with the input, interactions included (the total effect of Jansen 1999, Computer Physics
Communications 117: 35-43); its share in the variance between replications says how much of the spread of outcomes would
go if the input were known. Shares may add up to more than 1, and an input that changes nothing has 0.
"""

import argparse
import math
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.grounds import INPUTS, drawn_inputs, inputs
from sim.plan import Plan

WORTH = 0.1  # share of an outcome's variance from which an input is worth collecting; assumed
MOST_ADVISED = 3
LAST = 12  # months at the end over which an outcome is averaged
SMALL_MONTHS, SMALL_BURN_IN, SMALL_REPLICATIONS = 24, 12, 8  # a small budget
FEW_REPLICATIONS = 4  # of what every run of imported data adds at its end
OUTCOMES = {"memberships": "memberships per partner", "wallet": "focal wallet share", "attitude": "attitude"}


class Share(NamedTuple):
    """Share of an outcome's variance that goes with one input, with a 95 % jackknife interval."""

    mean: float
    low: float
    high: float


class Driver(NamedTuple):
    """One drawn input."""

    name: str  # one of sim.grounds.INPUTS
    drawn: int  # how many partners, vendors or distributors have it drawn
    of: int
    shares: dict[str, Share]  # by outcome

    @property
    def largest(self) -> float:
        """Its share in the outcome that it drives most."""
        return max((share.mean for share in self.shares.values() if not math.isnan(share.mean)), default=0.0)

    @property
    def certain(self) -> bool:
        """Whether a share that makes it worth collecting is above 0 for all its interval."""
        return any(share.mean >= WORTH and share.low > 0.0 for share in self.shares.values())


class Ranking(NamedTuple):
    """The drawn inputs, the one that drives most first."""

    drivers: tuple[Driver, ...]
    replications: int
    months: int  # of each run, burn-in included


def rank_drawn_inputs(
    plan: Plan,
    replications: int = SMALL_REPLICATIONS,
    *,
    focal: int = 0,
    names: Sequence[str] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Rank the drawn inputs of a plan by the share of outcome variance that goes with each.

    Parameters
    ----------
    plan
        What to run; ``on_a_small_budget`` makes a shorter one.
    replications
        Pairs for each input, at least 3.
    focal
        Row of the focal vendor.
    names
        Inputs to rank, of those that are drawn; all of them by default.
    workers
        Processes.
    progress
        Called with runs done and runs in all.

    Returns
    -------
    Ranking
        Sorted by the largest share in any outcome; inputs that are wholly given are not in it.
    """
    if replications < 3:
        raise ValueError(f"{replications} replications: an interval needs at least 3")
    drawn = drawn_inputs(plan)
    asked = [name for name in (drawn if names is None else names) if name in drawn]
    arms = [plan, *(plan._replace(redraw=frozenset((name,))) for name in asked)]
    runs = [(arm, r, focal) for arm in arms for r in range(replications)]
    measured = np.array(list(_measured(runs, workers, progress or (lambda done, total: None))))
    y = measured.reshape(len(arms), replications, len(OUTCOMES))
    parts = inputs(plan)
    drivers = []
    for n, name in enumerate(asked, start=1):
        shares = {outcome: variance_share(y[:, :, k], n) for k, outcome in enumerate(OUTCOMES)}
        drivers.append(Driver(name, parts[name].drawn, parts[name].of, shares))
    order = sorted(drivers, key=lambda driver: (-driver.largest, driver.name))
    return Ranking(tuple(order), replications, plan.burn_in + plan.months)


def on_a_small_budget(plan: Plan) -> Plan:
    """The plan over three years, enough to see what its start makes of it."""
    return plan._replace(months=min(plan.months, SMALL_MONTHS), burn_in=min(plan.burn_in, SMALL_BURN_IN))


def variance_share(y: NDArray[np.float64], arm: int) -> Share:
    """Share of variance that goes with one arm's input.

    Parameters
    ----------
    y
        One outcome, arms x replications; arm 0 is as drawn, and in column r all arms share their chance.
    arm
        The arm with the input drawn again.

    Returns
    -------
    Share
        0 where the outcome does not vary.
    """
    if np.isnan(y).any():
        return Share(math.nan, math.nan, math.nan)
    from sim.observe.evidence import half_width

    n = y.shape[1]
    left_out = np.array([_share(np.delete(y, r, axis=1), arm) for r in range(n)])
    mean = _share(y, arm)
    spread = math.sqrt((n - 1) * float(((left_out - left_out.mean()) ** 2).mean()))
    width = half_width(spread * math.sqrt(n), n)
    return Share(mean, max(0.0, mean - width), mean + width)


def _share(y: NDArray[np.float64], arm: int) -> float:
    total = float(y.var(axis=1, ddof=1).mean())
    return 0.5 * float(((y[arm] - y[0]) ** 2).mean()) / total if total > 0.0 else 0.0


def measure(plan: Plan, replication: int, focal: int) -> tuple[float, ...]:
    """The outcomes of one run, means over its last year."""
    from sim.observe.run import run_replication

    series = run_replication(plan, replication).series
    names = ("memberships_per_partner", f"wallet_{focal}", "attitude")
    return tuple(float(series[name][-LAST:].mean()) for name in names)


def _measured(
    runs: Sequence[tuple[Plan, int, int]], workers: int, tell: Callable[[int, int], None]
) -> Iterator[tuple[float, ...]]:
    tell(0, len(runs))
    if workers <= 1:
        for done, run in enumerate(runs, start=1):
            yield measure(*run)
            tell(done, len(runs))
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, outcome in enumerate(pool.map(measure, *zip(*runs, strict=True)), start=1):
            tell(done, len(runs))
            yield outcome


def lines(ranking: Ranking) -> list[str]:
    """The ranking as a table to print, the advice first."""
    if not ranking.drivers:
        return ["Nothing that can be collected is drawn."]
    best = [d for d in ranking.drivers if d.largest >= WORTH][:MOST_ADVISED]
    if best:
        named = [INPUTS[d.name] + ("" if d.certain else " (uncertain)") for d in best]
        advice = f"Collect next: {', '.join(named)}."
    else:
        advice = f"No drawn input goes with {100 * WORTH:.0f} % or more of the variance of an outcome; what differs is chance."
    head = f"{'drawn input':<34}{'drawn':>12}" + "".join(f"{words:>26}" for words in OUTCOMES.values())
    out = [
        advice,
        f"Share of the variance of outcomes that goes with each drawn input, {ranking.replications} pairs of runs of "
        f"{ranking.months} months; 95 % intervals.",
        head,
    ]
    for driver in ranking.drivers:
        cells = "".join(f"{_cell(share):>26}" for share in driver.shares.values())
        out.append(f"{INPUTS[driver.name]:<34}{f'{driver.drawn:,}/{driver.of:,}':>12}{cells}")
    return out


def _cell(share: Share) -> str:
    if math.isnan(share.mean):
        return "-"
    high = min(share.high, max(1.0, share.mean))  # no share is above 1, though a jackknife may say so
    return f"{100 * share.mean:.0f} % ({100 * share.low:.0f} to {100 * high:.0f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rank the drawn inputs of a scenario."""
    from experiments.compiling import compile_once
    from sim.scenario import ScenarioError, load

    parser = argparse.ArgumentParser(prog="python -m experiments.missing_inputs", description=main.__doc__)
    parser.add_argument("scenario", help="a shipped scenario's name, or a TOML file")
    parser.add_argument("--replications", type=int, default=SMALL_REPLICATIONS, help="pairs of runs for each input (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes (%(default)s)")
    parser.add_argument("--full", action="store_true", help="the scenario's own months instead of three years")
    asked = parser.parse_args(arguments)
    if asked.replications < 3 or asked.workers < 1:
        parser.error("--replications must be at least 3, --workers at least 1")
    try:
        plan = load(asked.scenario).plan
    except ScenarioError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    compile_once(plan)

    def show(done: int, total: int) -> None:
        if done % max(1, total // 10) == 0:
            print(f"{done} of {total} runs", file=sys.stderr)

    budget = plan if asked.full else on_a_small_budget(plan)
    ranking = rank_drawn_inputs(budget, asked.replications, workers=asked.workers, progress=show)
    print("\n".join(lines(ranking)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
