"""S1 Policies: what vendors' budgets amount to this month, by hand."""

import numpy as np
import pytest

from sim.ledger import Flow
from sim.plan import Event
from sim.processes import policies
from tests.small_world import small_world

STATED = {"training_effect": 25.0, "conflict_effect": 50.0, "match": 1.0, "match_lag": 2.0}


def budgeted(arm, **options):
    """Vendor 0 spends 2 % of channel sales of 10,000 a month on one arm."""
    world = small_world(policies=STATED, month=1, **options)
    world.vendors.budget[0], world.vendors.channel_year[:] = 0.02, 120_000.0
    world.vendors.arms[0] = 0.0
    world.vendors.arms[0, arm] = 1.0
    world.vendors.conflict[:] = 0.1
    return world


def test_without_a_budget_the_programme_is_the_list_policy():
    """Rebates of 2 and 4 %, training .5, conflict .1, nothing spent."""
    world = budgeted(policies.ARM_REBATE)
    policies.run(world)
    programmes = world.programmes
    assert (programmes.rebate_1[1], programmes.rebate_2[1], programmes.training[1], programmes.conflict[1]) == (0.02, 0.04, 0.5, 0.1)
    assert (programmes.spend[1], world.vendors.cash[1]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("arm", "column", "value"),
    [
        (policies.ARM_REBATE, "rebate_1", 0.04),  # .02 + .02
        (policies.ARM_REBATE, "rebate_2", 0.06),
        (policies.ARM_MDF, "mdf", 0.02),
        (policies.ARM_TRAINING, "training", 2 / 3),  # 25 x .02 = .5 closes .5 / 1.5 of the distance from .5 to 1
        (policies.ARM_LESS_CONFLICT, "conflict", 0.1 * np.exp(-1.0)),  # 50 x .02 = 1
        (policies.ARM_COMMUNITY, "community", 200.0),  # 2 % of 10,000
    ],
)
def test_each_arm_does_what_its_elasticity_says(arm, column, value):
    """A budget of 2 % of sales in one arm changes that arm's column."""
    world = budgeted(arm)
    policies.run(world)
    assert getattr(world.programmes, column)[0] == pytest.approx(value)


@pytest.mark.parametrize(("arm", "spent"), [(policies.ARM_TRAINING, 200.0), (policies.ARM_LESS_CONFLICT, 200.0), (policies.ARM_REBATE, 0.0)])
def test_training_and_less_conflict_are_paid_at_once(arm, spent):
    """2 % of 10,000; rebates are paid when they fall due."""
    world = budgeted(arm)
    policies.run(world)
    assert (-world.vendors.cash[0], world.ledger.flows[Flow.PROGRAMME], world.vendors.spend_month[0]) == pytest.approx((spent,) * 3)


def test_a_community_budget_goes_half_into_tools_and_half_into_education_by_member():
    """200 for 4 members: 25 and 25 each; the pure P2P network gets nothing."""
    world = budgeted(policies.ARM_COMMUNITY)
    world.networks.members[:] = 4
    policies.run(world)
    assert world.networks.tools_added.tolist() == world.networks.education_added.tolist() == [0.0, 25.0]


def rivals(on=(), **parameters):
    """Vendor 0 has added .02 to its offer since the end of burn-in, vendor 1 nothing."""
    world = small_world(policies=STATED | parameters, on=on, month=1)
    world.programmes.offer_before[:] = [0.1 + 0.02, 0.2 + 0.04]
    policies.run(world)
    return world


def test_rival_response_off_means_that_other_vendors_do_not_answer():
    """Switch rival_response (off unless asked for): nobody matches."""
    assert rivals().programmes.matched.tolist() == [0.0, 0.0]


def test_rival_response_on_means_that_vendors_answer_within_a_lag():
    """Half of .02 in the first of two months of lag; who went ahead does not match itself."""
    world = rivals(on=("rival_response",))
    assert world.programmes.matched.tolist() == pytest.approx([0.0, 0.01])
    assert world.programmes.rebate_2.tolist() == pytest.approx([0.04, 0.05])
    policies.run(world)
    assert world.programmes.matched.tolist() == pytest.approx([0.0, 0.015])


def test_who_added_something_itself_answers_only_the_rest():
    """Vendor 0 added .02 and vendor 1 .005: the gap is .015, and half of it is closed; vendor 0 is ahead and adds nothing."""
    world = small_world(policies=STATED, on=("rival_response",), month=1)
    world.programmes.offer_before[:] = [0.1 + 0.02, 0.2 + 0.035]
    policies.run(world)
    assert world.programmes.matched.tolist() == pytest.approx([0.0, 0.0075])


def test_rivals_may_match_in_part():
    """A match of one half aims at .01."""
    assert rivals(on=("rival_response",), match=0.5).programmes.matched.tolist() == pytest.approx([0.0, 0.005])


def test_rivals_answer_market_development_funds_as_they_do_rebates():
    """Vendor 0 offers .1 + .04 + .02 of MDF where it was .1 + .04; half of it is matched in the first of two months."""
    world = small_world(policies=STATED, on=("rival_response",), month=1)
    world.programmes.offer_before[:], world.vendors.mdf[0] = [0.14, 0.24], 0.02
    policies.run(world)
    assert world.programmes.matched.tolist() == pytest.approx([0.0, 0.01])


def test_without_burn_in_what_stood_from_the_start_is_no_addition():
    """Rebates of 5 and 1 % on the list from month 0: nobody added anything, so nobody answers."""
    world = small_world(policies=STATED, on=("rival_response",))
    for column in (world.programmes.rebate_1, world.programmes.rebate_2):
        column[:] = 0.0  # as a world begins
    world.vendors.rebate_2[:] = [0.05, 0.01]
    for world.month in (0, 1):
        policies.run(world)
    assert world.programmes.matched.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("field", ["list_margin", "rebate_2", "mdf"])
def test_rivals_answer_an_offer_that_rises_in_the_first_month_after_burn_in(field):
    """Vendor 0 adds .02 at once; with a lag of 2 vendor 1 closes half of it at once and half of the rest a month later."""
    world = small_world(policies=STATED, on=("rival_response",), burn_in=5)
    world.schedule = [Event(0, "change_vendor", "0", field, 0.02, "add")]
    for world.month, matched in ((5, 0.01), (6, 0.015)):
        policies.run(world)
        assert world.programmes.matched.tolist() == pytest.approx([0.0, matched])


def test_rivals_answer_a_budget_for_rebates_and_funds_that_is_set_up_after_burn_in():
    """All of a budget of .02, which its vendor divides over rebate and MDF; the other arms are no offer on product."""
    for share, matched in ((0.5, 0.01), (0.2, 0.004)):
        world = small_world(policies=STATED, on=("rival_response",), burn_in=5, month=5)
        world.vendors.arms[0] = share
        world.schedule = [Event(0, "change_vendor", "0", "budget", 0.02, "set")]
        policies.run(world)
        assert world.programmes.matched.tolist() == pytest.approx([0.0, matched])
