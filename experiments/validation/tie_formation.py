"""A3 Ties that are born and end at fixed rates without feedback: k(t) = k* (1 - e^{-(l+h)t}), k* = (N - 1) l / (l + h).

It grows and then stabilises by itself, so it is the null of the claim that networks do. Pairs meet at random; ties end
by the process of continuation under the rule of fixed hazard.
"""

import numpy as np
from numpy.typing import NDArray

from experiments.validation.check import Check, check
from experiments.validation.plans import built, small_plan, with_parameters, with_rules
from sim.chance import Purpose, pair_uid, uniforms_at
from sim.processes import continuation
from sim.processes.directory import look_up
from sim.rules.registry import make_rule
from sim.state.ties import ACQUAINTANCE, OCCASIONAL, empty_ties
from sim.world import World

N, BIRTH, DEATH, MONTHS = 60, 0.02, 0.05, 120  # rates a month
LOOKED_AT = (1, 6, 12, 24, 60, 120)  # months
MOST = 3.0  # standard errors
SOURCE = "two-state chain"


def monthly(rate: float, other: float) -> float:
    """Probability that a pair is in the other state a month later, of a two-state chain in continuous time."""
    return rate / (rate + other) * (1.0 - np.exp(-(rate + other)))


def tie_world(seed: int, per_month: float) -> tuple[World, NDArray[np.int64]]:
    """Firms with one row of ties a pair, no tie in use, and dissolution by a fixed hazard."""
    plainest = {"hazard_per_month": 0.0, "look_outside": 0.0, "forget_months": 600}
    plan = with_parameters(small_plan(N, seed=seed), continuation=plainest)
    rule = make_rule("dissolution", "fixed_hazard", {"per_month": per_month})
    world = built(with_rules(plan, dissolution=rule))
    a, b = np.triu_indices(N, 1)
    world.ties = empty_ties(a.size)
    ties = world.ties
    ties.a[:], ties.b[:], ties.uid_a[:], ties.uid_b[:] = a, b, a, b
    return world, np.array([pair_uid(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)])


def mean_degrees(seed: int, birth: float | None = None, death: float | None = None) -> NDArray[np.float64]:
    """Mean degree at the end of each month, from no ties; probabilities a month."""
    birth, death = birth or monthly(BIRTH, DEATH), death or monthly(DEATH, BIRTH)
    world, pairs = tie_world(seed, death)
    ties, out = world.ties, np.empty(MONTHS)
    for world.month in range(MONTHS):
        draw = lambda purpose, uids, j=0: uniforms_at(world.key, purpose, uids, j)  # noqa: E731
        apart = ~(ties.used & (ties.form == OCCASIONAL))
        continuation.run(world, look_up(world), np.zeros(ties.used.size), draw)
        met = apart & (draw(Purpose.USER, pairs, 0) < birth)
        ties.used[met], ties.form[met], ties.alliance[met], ties.started[met] = True, OCCASIONAL, pairs[met], world.month
        ties.used[ties.form == ACQUAINTANCE] = False
        out[world.month] = 2.0 * ties.used.sum() / N
    return out


def expected() -> NDArray[np.float64]:
    """k(t) at the end of each month."""
    return (N - 1) * _linked()


def _linked() -> NDArray[np.float64]:
    months = np.arange(1, MONTHS + 1)
    return BIRTH / (BIRTH + DEATH) * (1.0 - np.exp(-(BIRTH + DEATH) * months))


def standard_errors() -> NDArray[np.float64]:
    """Of the mean degree, each month; pairs are independent of each other."""
    p = _linked()
    return 2.0 / N * np.sqrt(N * (N - 1) / 2 * p * (1.0 - p))


def deviation(degrees: NDArray) -> float:
    """Largest distance from k(t) in the months looked at, in standard errors."""
    at = np.array(LOOKED_AT) - 1
    return float(np.abs((degrees - expected()) / standard_errors())[at].max())


def check_path(degrees: NDArray, seed: int) -> Check:
    """One run."""
    worst = deviation(degrees)
    text = f"tie birth and death, seed {seed}: largest distance from k(t) in months {', '.join(map(str, LOOKED_AT))}"
    return check("A3", text, SOURCE, f"{MOST:g} standard errors", f"{worst:.2f}", worst < MOST)


def checks() -> list[Check]:
    """All of A3."""
    return [check_path(mean_degrees(seed), seed) for seed in (1, 2, 3)]
