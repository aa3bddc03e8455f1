"""A3 Ties that are born and end at fixed rates without feedback: k(t) = k* (1 - e^{-(l+h)t}), k* = (N - 1) l / (l + h).

It grows and then stabilises by itself, so it is the null of the claim that networks do. Pairs meet at random; ties end
by the process of continuation under the rule of fixed hazard.
"""

import numpy as np
import pytest

from sim.chance import Purpose, pair_uid, uniforms_at
from sim.processes import continuation
from sim.processes.directory import look_up
from sim.rules.registry import make_rule
from sim.state.ties import ACQUAINTANCE, OCCASIONAL, empty_ties
from tests.analytic.plans import built, small_plan, with_parameters, with_rules

N, BIRTH, DEATH, MONTHS = 60, 0.02, 0.05, 120  # rates a month


def monthly(rate, other):
    """Probability that a pair is in the other state a month later, of a two-state chain in continuous time."""
    return rate / (rate + other) * (1.0 - np.exp(-(rate + other)))


def tie_world(seed, per_month):
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


def mean_degrees(seed, birth=None, death=None):
    """Mean degree at the end of each month, from no ties."""
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


def deviations(degrees):
    """How many standard errors the mean degree is from k(t), each month; pairs are independent of each other."""
    months = np.arange(1, MONTHS + 1)
    p = BIRTH / (BIRTH + DEATH) * (1.0 - np.exp(-(BIRTH + DEATH) * months))
    pairs = N * (N - 1) / 2
    return (degrees - (N - 1) * p) / (2.0 / N * np.sqrt(pairs * p * (1.0 - p)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mean_degree_rises_and_stabilises_as_the_formula_says(seed):
    """In months 1, 6, 12, 24, 60 and 120 the mean degree is within three standard errors of k(t)."""
    z = deviations(mean_degrees(seed))
    assert np.abs(z[[0, 5, 11, 23, 59, 119]]).max() < 3.0


def test_another_hazard_would_be_noticed():
    """Ties that end half as often leave the band."""
    z = deviations(mean_degrees(1, death=0.5 * monthly(DEATH, BIRTH)))
    assert np.abs(z[[0, 5, 11, 23, 59, 119]]).max() > 3.0
