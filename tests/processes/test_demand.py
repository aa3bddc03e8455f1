"""S3 Demand: what customers ask for and of whom, by hand."""

import numpy as np
import pytest
from scipy.stats import poisson

from sim.chance import Purpose, normal, uniform
from sim.processes import demand
from sim.processes.agreements import sign
from sim.processes.demand import Demand
from sim.state.ties import TECHNOLOGY_ALLIANCE
from tests.small_world import FIRM, VENDOR_0, VENDOR_1, deals, directory_of, small_world, stated

PLAIN = {
    "growth_per_year": 0.0, "usual_reputation": 0.5, "load": 1.0, "mean_value_usd": 10_000.0, "value_with_size": 0.5,
    "value_sd": 0.0, "further_needs": 0.0, "needs_with_value": 0.0, "own_skill": 1.0, "out_of_region": 0.0,
    "out_of_vertical": 0.0, "vendor_specified": 0.0, "rivals": 0.0, "lead_yield": 0.0, "joint_solution": 0.0, "reoffers": 50,
}  # fmt: skip


@pytest.mark.parametrize(
    ("clients", "reputation", "growth", "rate", "mean"),
    [(8.0, 0.5, 1.0, 8.0, 10_000.0), (32.0, 0.5, 1.0, 16.0, 20_000.0), (8.0, 1.0, 1.0, 12.0, 10_000.0), (8.0, 0.5, 1.1, 8.8, 10_000.0)],
)
def test_volume_is_proportional_to_clients_and_the_value_of_a_deal_grows_with_size(clients, reputation, growth, rate, mean):
    """Volume = 10,000 x clients x growth x (.5 + reputation) / 1; mean value = 10,000 x (clients / 8)^.5."""
    got = demand.opportunity_rate(clients, reputation, growth, stated(Demand(), **PLAIN), FIRM)
    assert got == pytest.approx((rate, mean))


def test_each_firm_is_asked_a_poisson_number_of_times():
    """The count of firm r is the Poisson quantile of its draw at a rate of 8."""
    world = small_world(demand=PLAIN)
    out = demand.run(world)
    expected = [poisson.ppf(uniform(world.key, Purpose.OPPORTUNITY_COUNT, uid), 8.0) for uid in (10, 11, 12)]
    assert np.bincount(out.owner, minlength=3).tolist() == expected
    assert np.all(np.diff(out.priority) > 0.0)
    assert out.uid.size == np.unique(out.uid).size


def test_a_plain_deal_is_what_the_known_partner_does_where_it_is():
    """Without spread and errands: value 10,000, one skill that the owner holds, its region and vertical, no rivals."""
    world = small_world(demand=PLAIN)
    world.partners.region[1], world.partners.verticals[1] = 1, 0b10
    out = demand.run(world)
    assert out.value.tolist() == pytest.approx([10_000.0] * out.uid.size)
    assert (out.product + out.services).tolist() == pytest.approx(out.value.tolist())
    assert np.array_equal(out.needs, 1 << out.owner)
    assert np.array_equal(out.region, out.owner == 1)
    assert np.array_equal(out.vertical, out.owner == 1)
    assert (out.rivals.sum(), out.skills.max(), out.open.all(), set(out.market.tolist())) == (0, 1, True, {-1})
    assert world.market.asked_value[0] == pytest.approx(10_000.0 * out.uid.size)


def test_values_are_lognormal_and_services_are_twice_a_mean_of_two_draws():
    """Value = 10,000 e^(.8 z - .32), at least 500; services share = .5 (u + u'), at most .95."""
    world = small_world(demand=PLAIN | {"value_sd": 0.8})
    out = demand.run(world)
    z = np.array([normal(world.key, Purpose.OPPORTUNITY_VALUE, uid) for uid in out.uid])
    u = [uniform(world.key, Purpose.OPPORTUNITY_SERVICES, uid, 0) + uniform(world.key, Purpose.OPPORTUNITY_SERVICES, uid, 1) for uid in out.uid]
    assert out.value.tolist() == pytest.approx(np.maximum(500.0, 10_000.0 * np.exp(0.8 * z - 0.32)).tolist())
    assert (out.services / out.value).tolist() == pytest.approx(np.minimum(0.95, 0.5 * np.array(u)).tolist())


def test_larger_deals_need_more_skills():
    """1 + Poisson(.5 x (value / 10,000)^.5): 1.0 further for deals of 40,000 of a firm of 128, but never more than exist."""
    world = small_world(demand=PLAIN | {"further_needs": 0.5, "needs_with_value": 0.5, "load": 4.0})
    world.partners.clients[0] = 128.0
    out = demand.run(world)
    for uid, skills in zip(out.uid[out.owner == 0], out.skills[out.owner == 0], strict=True):
        further = poisson.ppf(uniform(world.key, Purpose.OPPORTUNITY_NEEDS, uid), 1.0)
        assert skills == 1 + min(3, max(0, further))


def test_a_firm_of_two_verticals_is_asked_in_both():
    """Verticals 0 and 1 by the half of the draw."""
    world = small_world(demand=PLAIN)
    world.partners.verticals[:] = 0b11
    out = demand.run(world)
    half = [uniform(world.key, Purpose.OPPORTUNITY_VERTICAL, uid, 2) >= 0.5 for uid in out.uid]
    assert out.vertical.tolist() == [int(second) for second in half]


def test_demand_grows_month_by_month_and_a_change_of_rate_changes_no_level():
    """1.1 after twelve months at 10 % a year; then a rate of -20 % takes 0.8^(1/12) off in the first month, no more."""
    world = small_world(demand=PLAIN | {"growth_per_year": 0.1})
    for _ in range(12):
        demand.run(world)
    assert demand.growth_index(world) == pytest.approx(1.1)
    world.parameters["demand"] = world.parameters["demand"]._replace(growth_per_year=-0.2)
    demand.run(world)
    assert demand.growth_index(world) == pytest.approx(1.1 * 0.8 ** (1 / 12))


def test_a_firm_that_left_is_asked_nothing():
    """Only living firms have customers."""
    world = small_world(demand=PLAIN)
    world.partners.alive[1:] = False
    assert set(demand.run(world).owner.tolist()) == {0}


def test_complexity_rises_with_the_number_of_skills_needed():
    """One skill: .22 - .12 + .25 u, between .1 and .35; four or more are .76 to 1."""
    simple, hard = small_world(demand=PLAIN), small_world(demand=PLAIN | {"further_needs": 6.0})
    assert demand.run(simple).complexity.max() < 0.35
    out = demand.run(hard)
    assert out.complexity[out.skills == 4].min() >= 0.76


def test_a_customer_may_name_a_vendor_in_proportion_to_its_name():
    """At a probability of 1 every deal names a vendor; vendor 1, which has left the market, is named by nobody."""
    world = small_world(demand=PLAIN | {"vendor_specified": 1.0})
    world.vendors.active[1] = False
    out = demand.run(world)
    assert np.all(out.needs >> 4 == 1)


def test_mdf_brings_customers_who_ask_for_the_vendor_that_paid():
    """With no other demand, leads of 80,000 at a mean value of 10,000 bring Poisson(8) deals that name vendor 1."""
    world = small_world(demand=PLAIN | {"load": 0.0})
    world.relations.leads[0, 1] = 80_000.0
    out = demand.run(world)
    assert out.uid.size == poisson.ppf(uniform(world.key, Purpose.OPPORTUNITY_COUNT, 10, 2), 8.0) > 0
    assert np.all(out.needs & (VENDOR_0 | VENDOR_1) == VENDOR_1)
    assert np.all(world.relations.leads == 0.0)


def test_a_technology_alliance_opens_deals_that_need_both_vendors():
    """At .5 the vendor of .4 of all names brings Poisson(.5 x .4 x 8) further deals that name both; the others stay as they were."""
    allied, apart = small_world(demand=PLAIN | {"joint_solution": 0.5}), small_world(demand=PLAIN | {"joint_solution": 0.5})
    sign(allied, TECHNOLOGY_ALLIANCE, 0, 1, (0, 1))
    more, usual = demand.run(allied), demand.run(apart)
    joint = more.needs >> 4 == 0b11
    expected = [poisson.ppf(uniform(allied.key, Purpose.TECH_ALLIANCE_DEAL, uid, 0), 1.6) for uid in (10, 11, 12)]
    assert np.bincount(more.owner[joint], minlength=3).tolist() == expected
    assert joint.sum() > 0
    assert more.uid[~joint].tolist() == usual.uid.tolist()
    assert np.all(usual.needs >> 4 == 0)


@pytest.mark.parametrize(("u", "alliance"), [(0.0, 0), (0.19, 0), (0.21, 1), (0.99, 1)])
def test_customers_want_a_joint_solution_in_proportion_to_its_reach(u, alliance):
    """Reaches of .1 and .4: the first has a fifth of all."""
    assert demand._alliance(u, np.array([0.1, 0.5])) == alliance


def test_an_open_deal_is_offered_to_who_covers_most_of_it():
    """Of firms 1 (one skill of two) and 2 (both) in the region the customer turns to firm 2."""
    world = small_world(demand=PLAIN)
    world.knowledge.can[2] = 0b0110
    out = deals(world, 0b0110)
    demand.reoffer(world, out, directory_of((0, 1, 2), (), (), (), (), ()))
    assert (out.owner[0], out.known[0], bool(out.open[0])) == (2, 0, True)


@pytest.mark.parametrize(("needs", "market", "open_after"), [(0b1000, -1, False), (0b0001, -1, False), (0b0110, 0, False)])
def test_a_deal_that_nobody_else_could_touch_is_gone(needs, market, open_after):
    """Nobody holds skill 3, and skill 0 only who failed: the deal is closed; a posted task neither is offered again nor stays with who failed."""
    world = small_world(demand=PLAIN)
    out = deals(world, needs, market=market)
    demand.reoffer(world, out, directory_of((0, 1, 2), (), (), (), (), ()))
    assert bool(out.open[0]) is open_after
    assert out.owner[0] == 0


def test_what_is_gone_was_lost_if_anybody_had_offered_and_unserved_if_nobody_had():
    """Of deals of 100, 200 and 400 one was won, one lost after an offer, one never offered."""
    world = small_world(demand=PLAIN)
    out = deals(world, 1, 1, 1, value=[100.0, 200.0, 400.0], won=[True, False, False], offered=[True, True, False])
    demand.close(world, out)
    assert (world.market.lost_value[0], world.market.unserved_value[0]) == (200.0, 400.0)
