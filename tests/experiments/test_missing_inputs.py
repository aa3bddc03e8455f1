"""Which drawn inputs drive the outcome."""

import numpy as np
import pytest

from experiments.missing_inputs import Driver, Ranking, Share, lines, on_a_small_budget, rank_drawn_inputs, variance_share
from sim.plan import GivenPartners
from tests.analytic.plans import small_plan

N = 30
UNKNOWN = np.full(N, -1)
GIVEN = GivenPartners(
    tuple(f"p{n}" for n in range(N)), np.full(N, 4.0), UNKNOWN, UNKNOWN * 0, UNKNOWN * 0, UNKNOWN, np.zeros((N, 20), bool)
)


@pytest.fixture(scope="module")
def ranking():
    """A small world with given staff."""
    plan = small_plan(N, months=14, given=GIVEN)
    return rank_drawn_inputs(plan, 4, names=("staff", "business_type", "relations", "cash"))


def test_an_input_that_no_rule_reads_has_no_share(ranking):
    """Nothing in the month reads a firm's business type, so drawing it again changes no outcome at all."""
    (planted,) = [d for d in ranking.drivers if d.name == "business_type"]
    assert all(share == (0.0, 0.0, 0.0) for share in planted.shares.values())
    assert ranking.drivers[-1].name == "business_type"


def test_an_input_that_is_given_is_never_ranked(ranking):
    """Staff is given for all, so there is nothing to collect, even when asked for."""
    assert {d.name for d in ranking.drivers} == {"business_type", "relations", "cash"}


def test_an_input_that_decides_is_found(ranking):
    """Who carries whom moves the focal share of wallet."""
    (relations,) = [d for d in ranking.drivers if d.name == "relations"]
    assert relations.shares["wallet"].mean > 0.05
    assert (relations.drawn, relations.of) == (N, N)


def known_answer(replications: int, weight: float) -> np.ndarray:
    """Y = a + weight b + noise, all standard normal; arm 1 draws b again, so its share is weight^2 / (2 + weight^2)."""
    chance = np.random.default_rng(5)
    a, b, again, noise = chance.normal(size=(4, replications))
    return np.stack([a + weight * b + noise, a + weight * again + noise])


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0, 3.0])
def test_the_share_is_that_of_the_variance(weight):
    """On a sum of independent parts the share of one is its variance over the whole."""
    true = weight**2 / (2.0 + weight**2)
    share = variance_share(known_answer(4_000, weight), 1)
    assert share.mean == pytest.approx(true, abs=0.04)
    assert share.low <= true <= share.high


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """Over 200 samples of ten pairs the 95 % interval holds the true share mostly."""
    chance = np.random.default_rng(11)
    held = 0
    for _ in range(200):
        a, b, again = chance.normal(size=(3, 10))
        share = variance_share(np.stack([a + b, a + again]), 1)
        held += share.low <= 0.5 <= share.high
    assert held >= 170


def test_an_outcome_that_does_not_vary_has_no_share():
    """No variance, nothing to share out."""
    assert variance_share(np.ones((3, 5)), 2) == (0.0, 0.0, 0.0)


def test_the_table_begins_with_what_to_collect():
    """The advice names what stands out of chance, in plain words."""
    strong, weak = Share(0.6, 0.3, 0.9), Share(0.02, 0.0, 0.1)
    outcomes = ("memberships", "wallet", "attitude")
    drivers = (
        Driver("relations", 30, 40, dict.fromkeys(outcomes, strong)),
        Driver("cash", 40, 40, dict.fromkeys(outcomes, weak)),
    )
    text = lines(Ranking(drivers, 8, 36))
    assert text[0] == "Collect next: vendors carried."
    assert "60 % (30 to 90)" in text[3]
    assert text[3].startswith("vendors carried")
    assert lines(Ranking(drivers[1:], 8, 36))[0].startswith("No drawn input goes with 10 % or more")
    unsure = Driver("vendors", 5, 5, dict.fromkeys(outcomes, Share(0.4, 0.0, 1.2)))
    assert lines(Ranking((unsure, *drivers), 8, 36))[0] == "Collect next: vendors' terms (uncertain), vendors carried."


def test_a_small_budget_is_never_longer_than_the_plan():
    """Three years at most."""
    plan = on_a_small_budget(small_plan(months=120)._replace(burn_in=36))
    assert (plan.months, plan.burn_in) == (24, 12)
    assert on_a_small_budget(small_plan(months=6)).months == 6


def test_too_few_replications_are_refused():
    """An interval needs three pairs."""
    with pytest.raises(ValueError, match="at least 3"):
        rank_drawn_inputs(small_plan(10), 2)
