"""S8 Programme: what vendors pay their partners, and what it buys, by hand."""

import pytest

from sim.ledger import Flow, Outer
from sim.processes import programme
from sim.processes.programme import Programme
from sim.state.suppliers import REFERRAL
from tests.small_world import small_world, stated, total_money

STATED = {"tier_1": 0.15, "tier_2": 0.40, "certify": 0.08, "certify_with_share": 0.10, "lapse": 0.03}
MONTH_OF_QUARTER_END = 2


def world_with_purchases(month=MONTH_OF_QUARTER_END, tier=1):
    """Firm 0 bought 10,000 of vendor 0 this month and 30,000 this quarter."""
    world = small_world(programme=STATED, demand={"lead_yield": 4.0}, month=month)
    world.relations.bought_month[0, 0], world.relations.bought_quarter[0, 0] = 10_000.0, 30_000.0
    world.relations.tier[0, 0] = tier
    return world


@pytest.mark.parametrize(("bought", "tier"), [(14_999.0, 0), (15_000.0, 1), (39_999.0, 1), (40_000.0, 2)])
def test_tiers_are_relative_to_a_firms_normal_sales(bought, tier):
    """Thresholds .15 and .40 of 100,000."""
    assert programme.tier_reached(bought, 100_000.0, stated(Programme(), **STATED)) == tier


@pytest.mark.parametrize(("bought", "after"), [(True, 0.515), (False, 0.485)])
def test_certification_is_gained_by_those_who_buy_and_lapses(bought, after):
    """.5 + .5 x (.08 + .1 x .4) x .5 - .03 x .5, or the lapse alone."""
    assert programme.certification_after(0.5, 0.5, 0.4, bought, stated(Programme(), **STATED)) == pytest.approx(after)


@pytest.mark.parametrize("held", [0.0, 0.25, 1.0])
def test_certification_never_exceeds_one(held):
    """A gain of 1 x (1 + 2 x 1) closes all of what is missing and no more."""
    assert programme.certification_after(held, 1.0, 1.0, True, Programme(certify=1.0, certify_with_share=2.0, lapse=0.0)) == 1.0


@pytest.mark.parametrize(("tier", "rebate"), [(0, 0.0), (1, 600.0), (2, 1_200.0)])
def test_rebates_are_paid_on_the_quarters_purchases_by_tier(tier, rebate):
    """0, 2 or 4 % of 30,000, from the vendor to the partner, who books it as margin."""
    world = world_with_purchases(tier=tier)
    programme.run(world)
    assert world.partners.cash[0] == pytest.approx(100_000.0 + rebate)
    assert world.partners.margin_month[0] == pytest.approx(rebate)
    assert world.vendors.cash[0] == pytest.approx(-rebate)
    assert world.ledger.flows[Flow.REBATE] == pytest.approx(rebate)


def test_rebates_accrue_each_month_and_are_paid_at_the_end_of_a_quarter():
    """In the first month of a quarter a benefit of 2 % of 10,000 is booked, and nothing paid."""
    world = world_with_purchases(month=0)
    programme.run(world)
    assert world.partners.cash[0] == 100_000.0
    assert world.relations.benefit_month[0, 0] == pytest.approx(200.0)
    assert [programme.quarter_ends(month) for month in range(6)] == [False, False, True] * 2


def test_mdf_is_spent_on_finding_customers_who_ask_for_the_vendor():
    """1 % of 10,000 goes through the partner to households and brings leads of 4 US dollars each."""
    world = world_with_purchases(month=0, tier=0)
    world.programmes.mdf[0] = 0.01
    money = total_money(world)
    programme.run(world)
    assert (world.partners.cash[0], world.vendors.cash[0], world.ledger.outer[Outer.HOUSEHOLDS]) == (100_000.0, -100.0, 100.0)
    assert world.relations.leads[0].tolist() == pytest.approx([400.0, 0.0])
    assert world.relations.benefit_month[0, 0] == world.vendors.spend_month[0] == pytest.approx(100.0)
    assert total_money(world) == pytest.approx(money)


def test_where_the_vendor_contracts_there_is_no_rebate():
    """Under referral the partner earns its fee and no rebate, whatever its tier."""
    world = world_with_purchases(tier=2)
    world.vendors.partner_model[0] = REFERRAL
    programme.run(world)
    assert world.partners.cash[0] == 100_000.0
    assert world.relations.benefit_month[0, 0] == 0.0


def test_tiers_are_set_at_the_end_of_a_quarter_by_the_last_years_purchases():
    """Normal sales of a client base of 8 are 12 x 8 x 10,000 x .5 = 480,000; 40 % of them reach tier 2."""
    for month, tier in ((1, 0), (2, 2)):
        world = world_with_purchases(month=month, tier=0)
        world.relations.bought_year[0, 0] = 192_000.0
        programme.run(world)
        assert world.relations.tier[0, 0] == tier


def test_training_certifies_by_share_of_wallet():
    """All of the wallet: 0 + .5 x (.08 + .10 x 1)."""
    world = world_with_purchases(month=0)
    world.relations.bought_year[0, 0] = 10_000.0
    programme.run(world)
    assert world.relations.certification[0, 0] == pytest.approx(0.09)
