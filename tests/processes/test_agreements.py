"""S15 Agreements among vendors, distributors, marketplaces and network hosts, by hand."""

import numpy as np
import pytest

from sim.processes import agreements
from sim.state.ties import AFFILIATION, LINE_CARD, LISTING, TECHNOLOGY_ALLIANCE
from tests.small_world import join, small_world

STATED = {
    "line_card_cost_usd": 100.0, "listing_cost_usd": 100.0, "technology_cost_usd": 100.0, "affiliation_cost_usd": 100.0,
    "further_reach": 0.2, "vendor_margin": 0.3, "noise": 0.0, "joint_share": 0.1, "sponsor_effect": 0.5, "patience": 2, "look": 1.0,
}  # fmt: skip
QUARTER_END = 2


def market(month=QUARTER_END, off=(), **parameters):
    """Channel sales of 120,000 and 60,000 a year, all product sold by the one distributor, jobs of 10,000 a month."""
    world = small_world(agreements=STATED | parameters, month=month, off=off)
    world.vendors.channel_year[:] = [120_000.0, 60_000.0]
    world.distributors.sales_year[0] = 100_000.0
    world.marketplaces.value_month[0] = 10_000.0
    world.distributors.line_card[:], world.marketplaces.listed[:] = False, False
    return world


def standing(world):
    table = world.agreements
    return {(int(table.kind[r]), int(table.first[r]), int(table.second[r])) for r in np.flatnonzero(table.used)}


def test_what_a_line_card_is_expected_to_be_worth():
    """10,000 a month x (.2 x .3 - .05 x .9) to the vendor, x .05 to the distributor; once held, what was sold."""
    world = market()
    assert agreements.expected_values(world, LINE_CARD, 0, 0) == pytest.approx((150.0, 500.0))
    world.distributors.line_card[0, 0], world.distributors.sold[0, 0] = True, 24_000.0
    assert agreements.expected_values(world, LINE_CARD, 0, 0) == pytest.approx((30.0, 100.0))


def test_what_a_listing_is_expected_to_be_worth():
    """Half of 10,000 of jobs x the vendor's .6 of names = 3,000: x .2 x .3 to the vendor, x .02 to the marketplace."""
    assert agreements.expected_values(market(), LISTING, 0, 0) == pytest.approx((180.0, 60.0))


def test_what_a_technology_alliance_is_expected_to_be_worth():
    """.1 x .3 x the smaller sales of 5,000 x 2 x a mean difference in fit of .4."""
    assert agreements.expected_values(market(), TECHNOLOGY_ALLIANCE, 0, 1) == pytest.approx((120.0, 120.0))


def test_what_an_affiliation_is_expected_to_be_worth():
    """A member buys 1,000 a month of vendor 0: the network gets 1 %, the vendor .5 x .3 of it less what it pays."""
    world = market()
    world.networks.sponsorship[0] = 0.01
    world.relations.bought_year[:, 0] = 12_000.0
    join(world, 0, 1)
    assert agreements.expected_values(world, AFFILIATION, 0, 0) == pytest.approx((140.0, 10.0))


def test_what_both_sides_find_worth_its_cost_is_signed_and_in_force():
    """At a cost of 100: vendor 0's line card (150, 500) and the technology alliance (120, 120); no listing (180, 60).

    Vendor 1 at a margin of .2 gains .2 x .3 - .05 x .8 = .02 of 5,000 = 100 by the line card, which is not more than 100.
    """
    world = market()
    agreements.run(world)
    assert standing(world) == {(LINE_CARD, 0, 0), (TECHNOLOGY_ALLIANCE, 0, 1)}
    assert world.distributors.line_card.tolist() == [[True, False]]
    assert len(world.log.table("agreement_signed")["agreement"]) == 2


def test_agreements_are_made_at_the_end_of_a_quarter_and_once():
    """Nothing in months 0 and 1; in month 5 what stands is not signed again."""
    world = market(month=0)
    for world.month in (0, 1):
        agreements.run(world)
        assert standing(world) == set()
    for world.month in (2, 5):
        world.distributors.sold[0, 0] = 120_000.0
        agreements.run(world)
        assert world.agreements.used.sum() == 2


@pytest.mark.parametrize(("look", "signed"), [(1.0, 2), (0.0, 0)])
def test_pairs_must_meet_first(look, signed):
    """At a probability of 0 nobody considers anything."""
    world = market(look=look)
    agreements.run(world)
    assert len(standing(world)) == signed


def test_an_agreement_whose_value_stays_below_its_cost_ends_after_two_quarters():
    """Sales fell to 1,200 a year: averages 150 -> 75.75 and 38.6 are below 100 for a second time in the second quarter."""
    world = market(look=0.0)
    agreements.sign(world, LINE_CARD, 0, 0, (0, 0))
    world.distributors.sold[0, 0] = 1_200.0
    agreements.run(world)
    assert world.agreements.value_first[0] == pytest.approx(0.5 * 150.0 + 0.5 * 1.5)
    assert world.agreements.value_second[0] == pytest.approx(0.5 * 500.0 + 0.5 * 5.0)
    assert (standing(world), world.agreements.below[0]) == ({(LINE_CARD, 0, 0)}, 1)
    world.month = 5
    agreements.run(world)
    assert standing(world) == set()
    assert not world.distributors.line_card[0, 0]


def test_sponsors_share_what_a_host_says():
    """Two affiliated vendors are mentioned equally; when one ends, the other is mentioned alone."""
    world = market()
    for v in (0, 1):
        agreements.sign(world, AFFILIATION, v, 0, (v, 100))
    assert world.networks.mix[0].tolist() == [0.5, 0.5]
    agreements.end(world, 0, 0)
    assert world.networks.mix[0].tolist() == [0.0, 1.0]


def test_agreements_off_means_that_line_cards_and_listings_are_fixed():
    """Switch agreements: nothing is signed and nothing ends, however poor."""
    world = market(off=("agreements",))
    agreements.sign(world, LISTING, 0, 0, (0, 0))
    world.agreements.value_first[0], world.agreements.below[0] = -1e6, 1
    agreements.run(world)
    assert standing(world) == {(LISTING, 0, 0)}
    assert world.marketplaces.listed[0].tolist() == [True, False]
