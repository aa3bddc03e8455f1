"""A9 Money: nothing is made or lost, deals are shared out in full, and nobody takes on more than it can do."""

import numpy as np
import pytest

from experiments.validation.money import MONTHS, PLANS, WITHIN, imbalance, unshared, world_of, worst
from sim.engine import advance
from sim.ledger import Flow
from tests.analytic.plans import after, built, small_plan


@pytest.mark.parametrize("name", PLANS)
def test_money_adds_up_and_nobody_takes_on_too_much(name):
    """Balances, shares of deals, what partners keep, what customers spend, and backlogs, in every month of every plan."""
    assert {key: size for key, size in worst(name).items() if size > WITHIN} == {}


@pytest.mark.parametrize("name", PLANS)
def test_fees_are_the_take_rate_of_tasks_and_what_deals_owe_is_what_networks_are_paid(name):
    """A posted task pays its marketplace's rate; month by month brokerage and fees of deals sum to the flow of take rates."""
    world = world_of(name)
    for month in range(MONTHS):
        advance(world)
        deals = world.log.table("deal")
        owed = (deals["brokerage"] + deals["fees"])[deals["month"] == month].sum() if deals else 0.0
        assert world.ledger.flows[Flow.TASK_FEE] == pytest.approx(owed, rel=WITHIN)
    market = deals["market"] >= 0
    rate = world.marketplaces.take_rate[0] if world.marketplaces.uid.size else 0.0  # no event changes it here
    np.testing.assert_allclose(deals["fees"], np.where(market & (deals["network"] >= 0), rate * deals["value"], 0.0), rtol=1e-12)
    assert deals["deal"].size > 500
    assert market.any()


@pytest.mark.parametrize("name", PLANS)
def test_the_work_of_a_project_is_done_once(name):
    """The members' shares of the work of every project under way sum to one, and none is negative."""
    world = world_of(name)
    for _ in range(MONTHS):
        advance(world)
        work = world.projects.work[world.projects.used]
        assert (work >= 0.0).all()
        np.testing.assert_allclose(work.sum(axis=1), 1.0, rtol=0, atol=1e-9)


def test_a_fee_withheld_from_the_books_would_be_noticed():
    """One dollar more in one pocket than was paid breaks the sum of balances."""
    world = built(small_plan(partners=30))
    advance(world)
    world.partners.cash[0] += 1.0
    assert imbalance(world) > WITHIN


def test_a_share_withheld_would_be_noticed():
    """A ten-thousandth of a deal that nobody got breaks the sum of its shares."""
    deals = after(built(small_plan(partners=30)), 12).log.table("deal")
    assert unshared(deals) <= WITHIN
    deals["share_0"] = deals["share_0"] - 1e-4 * deals["value"]
    assert unshared(deals) > WITHIN
