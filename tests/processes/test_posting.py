"""S3 Posting: which opportunities customers put on a marketplace, by hand."""

import pytest

from sim.processes import posting
from sim.processes.posting import Posting
from sim.state.networks import MARKETPLACE
from tests.small_world import VENDOR_1, deals, directory_of, refresh, small_world, stated

KEEN = {
    "base": 10.0, "price": 0.0, "assurance": 0.0, "complexity": 0.0, "size": 0.0, "bidders": 20, "lowest_bid": 0.8, "load_price": 0.0,
}  # fmt: skip


def post(*providers, region=0, needs=0b0010, change=None, **parameters):
    """Let a customer of firm 0 post a task; providers are the marketplace's members."""
    world = small_world(posting=KEEN | parameters)
    world.networks.kind[1], world.networks.host[1] = MARKETPLACE, 0
    if change:
        change(world)
    asked = deals(world, needs, region=region)
    posting.run(world, asked, directory_of((), (), (), providers, (), ()))
    return world, asked


def test_what_a_customer_sees_in_a_marketplace():
    """.2 + 6 x (1 - .9) + 1 x (.8 - .6) - 5 x .1 - .8 x ln(8,000 / 8,000) + ln 1 = .5; for e times the value .8 less."""
    group = stated(Posting(), base=0.2, price=6.0, assurance=1.0, complexity=5.0, size=0.8)
    assert posting.posting_utility(0.9, 0.8, 1.0, 0.1, 8_000.0, group) == pytest.approx(0.5)
    assert posting.posting_utility(0.9, 0.8, 1.0, 0.1, 8_000.0 * 2.718281828, group) == pytest.approx(-0.3)


@pytest.mark.parametrize(("load", "lowest", "bid"), [(0.4, 0.78, 0.905), (3.0, 0.78, 1.055), (0.0, 0.3, 0.5)])
def test_a_provider_bids_by_its_load_and_never_below_cost(load, lowest, bid):
    """.78 + .25 x .4 + .05 x .5; a load counts at most 1; delivery costs .5 of list price."""
    group = stated(Posting(), lowest_bid=lowest, load_price=0.25)
    u = 0.5 if lowest > 0.5 else 0.0
    assert posting.bid_price(load, u, 0.5, group) == pytest.approx(bid)


def test_a_posted_task_goes_to_the_provider_at_its_price():
    """Firm 1 bids between .8 and .85 of services of 10,000; product is not bargained for."""
    world, asked = post(1)
    price = asked.services[0] / 10_000.0
    assert (asked.owner[0], asked.known[0], asked.market[0]) == (1, 0, 0)
    assert 0.8 <= price < 0.85
    assert asked.value[0] == pytest.approx(10_000.0 + 10_000.0 * price)
    assert world.marketplaces.price_level[0] == pytest.approx(0.9 + 0.02 * (price - 0.9))


def test_a_customer_who_dislikes_marketplaces_asks_the_partner_it_knows():
    """At a utility of -10 nothing is posted."""
    _, asked = post(1, base=-10.0)
    assert (asked.owner[0], asked.market[0], asked.value[0]) == (0, -1, 20_000.0)


@pytest.mark.parametrize(("weight", "winner"), [(10.0, 2), (0.0, 1)])
def test_the_customer_weighs_rating_against_price(weight, winner):
    """Firm 1 bids the lower price at an empty backlog; firm 2, three quarters loaded, is rated better."""

    def change(world):
        world.knowledge.can[2] |= 0b0010
        world.partners.rating[1:] = 0.2, 0.9
        world.partners.backlog[2] = 3 * 64_000.0

    _, asked = post(1, 2, change=change, assurance=weight, price=6.0, load_price=0.5)
    assert asked.owner[0] == winner


@pytest.mark.parametrize(
    ("column", "value"),
    [("reach", 0b10), ("backlog", 250_000.0)],
)
def test_who_cannot_reach_the_region_or_has_no_room_does_not_bid(column, value):
    """A task of 12,000 needs that much room of 256,000; without bidders it is not posted."""

    def change(world):
        getattr(world.partners, column)[1] = value

    assert post(1, change=change)[1].market[0] == -1


def test_who_does_not_cover_all_skills_does_not_bid():
    """Firm 1 holds skill 1 but not skill 2."""
    assert post(1, needs=0b0110)[1].market[0] == -1


def test_a_marketplace_may_refuse_what_is_too_complex():
    """A task of complexity .5 where .4 is the limit."""
    world = small_world(posting=KEEN)
    world.networks.kind[0], world.networks.host[0] = MARKETPLACE, 0  # network 1 is hosted by vendor 0
    world.marketplaces.max_complexity[0] = 0.4
    asked = deals(world, 0b0010, 0b0010, complexity=[0.5, 0.3])
    posting.run(world, asked, directory_of((), (), (1,), (), (), ()))
    assert asked.market.tolist() == [-1, 0]


def carry_vendor_1(world):
    """Let firm 2 hold skill 1 and carry vendor 1; firm 1 does not carry it."""
    world.knowledge.skills[2, 1], world.relations.carried[2, 1] = 0.6, True
    refresh(world)


def test_a_task_that_names_a_vendor_goes_to_a_provider_that_carries_it():
    """Firms 1 and 2 hold the skill, only firm 2 carries vendor 1; with firm 1 alone there the task is not posted."""
    assert post(1, 2, needs=0b0010 | VENDOR_1, change=carry_vendor_1)[1].owner[0] == 2
    assert post(1, needs=0b0010 | VENDOR_1, change=carry_vendor_1)[1].market[0] == -1


@pytest.mark.parametrize(("listed", "needs", "market"), [(False, VENDOR_1, -1), (True, VENDOR_1, 0), (False, 0, 0)])
def test_a_task_that_names_a_vendor_can_be_posted_only_where_the_vendor_is_listed(listed, needs, market):
    """Without its listing of vendor 1 the marketplace takes the task only if nobody named that vendor."""

    def change(world):
        carry_vendor_1(world)
        world.marketplaces.listed[0, 1] = listed

    assert post(1, 2, needs=0b0010 | needs, change=change)[1].market[0] == market
