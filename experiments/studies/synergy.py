"""H3: what one and one make, for all sampled alliances and for halves of the sample.

The branch of ``sim.observe.counterfactual``, with the profits of each half kept apart: by complexity of the pair's past joint
work, mutual trust, overlap of skills, and form at the start of the branch.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.outcomes import Outcome, Outcomes
from sim import bits
from sim.engine import advance, build
from sim.events import EventLog
from sim.observe.counterfactual import Counterfactual, earned, first_month
from sim.observe.measures import one_plus_one
from sim.plan import Plan
from sim.state.ties import FORMAL, PROJECT
from sim.world import World

SPLITS = ("complex", "trust", "overlap", "formal")
COLUMNS = (
    Outcome("sigma", "1", "2 x profit of sampled allies over their profit in the branch without the alliance"),
    Outcome("sampled", "alliances", "alliances in the sample"),
    *(Outcome(f"sigma_{s}_high", "1", f"the same, upper half by {s}; formal alliances") for s in SPLITS),
    *(Outcome(f"sigma_{s}_low", "1", f"the same, lower half by {s}; projects") for s in SPLITS),
    *(Outcome(f"sigma_{s}_gap", "1", f"upper less lower half by {s}") for s in SPLITS),
)


class Traits(NamedTuple):
    """What distinguishes sampled alliances at the start of the branch, n each; NaN where unknown."""

    complex: NDArray[np.float64]  # mean complexity of joint deals so far
    trust: NDArray[np.float64]  # mean of both directions
    overlap: NDArray[np.float64]  # shared skills over skills of either
    formal: NDArray[np.float64]  # 1 formal, 0 project, NaN between


def traits_of(world: World, one: NDArray, other: NDArray) -> Traits:
    """Traits of the alliances of some pairs of firms, by uid, each uid of a pair the lower first."""
    ties = world.ties
    rows = {(int(a), int(b)): r for r, (a, b) in enumerate(zip(ties.uid_a, ties.uid_b, strict=True)) if ties.used[r]}
    at = np.array([rows[int(a), int(b)] for a, b in zip(one, other, strict=True)], np.int64)
    can = world.knowledge.can & bits.low_bits(world.size.skills)
    mine, theirs = can[ties.a[at]], can[ties.b[at]]
    shared = np.bitwise_count(mine & theirs) / np.maximum(1, np.bitwise_count(mine | theirs))
    form = ties.form[at]
    formal = np.where(form == FORMAL, 1.0, np.where(form == PROJECT, 0.0, np.nan))
    return Traits(_complexity(world, one, other), 0.5 * (ties.trust_ab[at] + ties.trust_ba[at]), shared, formal)


def _complexity(world: World, one: NDArray, other: NDArray) -> NDArray[np.float64]:
    assert world.log is not None
    deals = world.log.table("deal")
    out = np.full(one.size, np.nan)
    for n, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        if not deals:
            break
        there = np.zeros(deals["deal"].size, bool)
        for owner, ally in ((a, b), (b, a)):
            teams = np.stack([deals[f"member_{k}"] for k in (1, 2, 3)])
            there |= (deals["owner"] == owner) & (teams == ally).any(axis=0)
        if there.any():
            out[n] = deals["complexity"][there].mean()
    return out


def halves(values: NDArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Above and not above the median of what is known; for a yes/no both sides of it."""
    known = np.isfinite(values)
    if not known.any():
        return known, known
    middle = 0.5 if set(values[known]) <= {0.0, 1.0} else float(np.median(values[known]))
    return known & (values > middle), known & (values <= middle)


def measure_synergy(plan: Plan, replication: int) -> dict[str, float]:
    """Run until the last 24 months, then twice, and compare what the sampled firms earn.

    Parameters
    ----------
    plan, replication
        As for any run.

    Returns
    -------
    dict of str to float
        NaN in a run too short, or where a half is empty or earns nothing.
    """
    world = build(plan, replication, EventLog())
    start = first_month(plan)
    out = {column.name: np.nan for column in COLUMNS}
    if start is None:
        return out
    for _ in range(start):
        advance(world)
    apart = Counterfactual(world)
    n = apart.firms.size // 2
    one, other = apart.firms[:n], apart.firms[n:]
    groups = {"sigma": np.ones(n, bool)}
    for name, values in traits_of(world, one, other)._asdict().items():
        groups[f"sigma_{name}_high"], groups[f"sigma_{name}_low"] = halves(values)
    profits = {name: np.zeros(2) for name in groups}
    for _ in range(plan.burn_in + plan.months - start):
        advance(world)
        advance(apart.branch)
        for name, chosen in groups.items():
            firms = np.concatenate([one[chosen], other[chosen]])
            profits[name] += [earned(w, firms)[1] for w in (world, apart.branch)]
    out |= {name: one_plus_one(*both) for name, both in profits.items()}
    out |= {f"sigma_{s}_gap": out[f"sigma_{s}_high"] - out[f"sigma_{s}_low"] for s in SPLITS}
    return out | {"sampled": float(n)}


SYNERGY = Outcomes("studies-synergy", COLUMNS, measure_synergy)
