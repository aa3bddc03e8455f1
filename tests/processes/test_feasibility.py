"""S4 What can be done alone, by hand: a deal of 10,000 of product and 10,000 of services is 12,000 of work."""

import pytest

from sim.processes import feasibility
from tests.small_world import FIRM, VENDOR_0, VENDOR_1, deals, refresh, small_world

STATED = {"search": {"look_around": 0.0}}
ROOM = 4 * 64_000.0  # work that a firm of 8 takes on ahead


def world_with_skills(*skills, **options):
    """Firm 0 holds these skills."""
    world = small_world(**(STATED | options))
    for k in skills:
        world.knowledge.skills[0, k] = 0.6
    refresh(world)
    return world


@pytest.mark.parametrize(
    ("tasks", "needs", "work"),
    [
        (0b0001, 0b0011, 6_000.0),  # half of the skills, half of 12,000
        (0b0011, 0b0011, 12_000.0),
        (0b0001, VENDOR_0 | 0b0011, 5_000.0),  # a vendor was named: the skills share the services alone
        (VENDOR_0, VENDOR_0 | 0b0011, 2_000.0),  # and who carries it has the work of selling the product
        (VENDOR_1, VENDOR_0 | VENDOR_1 | 0b0001, 1_000.0),
    ],
)
def test_the_work_of_a_deal_is_shared_by_its_tasks(tasks, needs, work):
    """Each skill is an equal part of the work; a named vendor is the work of selling the product."""
    assert feasibility.task_work(tasks, needs, 10_000.0, 10_000.0, small_world().size, FIRM) == pytest.approx(work)


@pytest.mark.parametrize(("room", "taken"), [(12_000.0, 0b0101), (6_000.0, 0b0001), (5_999.0, 0)])
def test_a_firm_takes_as_many_of_its_tasks_as_it_has_room_for(room, taken):
    """Two tasks of 6,000 each: all that fit, the lowest first."""
    got = feasibility.affordable(0b0101, 0b0101, 10_000.0, 10_000.0, ROOM - room, 8.0, small_world().size, FIRM)
    assert got == taken


def test_what_the_owner_cannot_cover_is_missing():
    """The owner does skill 0 and sells vendor 0, 5,000 + 2,000 of work; skill 1 must be found in others."""
    world = small_world(**STATED)
    bid = feasibility.run(world, deals(world, VENDOR_0 | 0b0011))
    assert (bid.task[0, 0], bid.missing[0]) == (VENDOR_0 | 0b0001, 0b0010)
    assert (bid.size[0], bid.member[0, 0], bool(bid.ready[0]), bool(bid.alone[0])) == (1, 0, False, False)
    assert world.partners.backlog.tolist() == pytest.approx([7_000.0, 0.0, 0.0])


def test_what_the_owner_covers_is_ready_at_once():
    """Its outside option is .25 x .5^2 x 12,000 of work."""
    world = world_with_skills(1)
    bid = feasibility.run(world, deals(world, 0b0011))
    assert (bid.missing[0], bool(bid.ready[0]), bool(bid.alone[0])) == (0, True, True)
    assert bid.outside[0, 0] == pytest.approx(750.0)


def test_deals_are_served_in_order_until_the_room_is_taken():
    """With room for 12,000 the first deal is done alone, the second is not."""
    world = world_with_skills(1)
    world.partners.backlog[0] = ROOM - 12_000.0
    assert feasibility.run(world, deals(world, 0b0011, 0b0011)).alone.tolist() == [True, False]


def test_a_deal_that_is_closed_gets_no_bid():
    """Only open opportunities are bid for."""
    world = small_world(**STATED)
    bid = feasibility.run(world, deals(world, 0b0001, open=False))
    assert bid.size.tolist() == [0]
    assert world.partners.backlog[0] == 0.0


@pytest.mark.parametrize(("market", "missing"), [(-1, 0b0010), (0, 0)])
def test_a_firm_that_could_do_it_alone_may_look_for_a_partner_all_the_same(market, missing):
    """At a probability of 1 it keeps one task and asks for the rest, but not for a task from a marketplace."""
    world = world_with_skills(1, search={"look_around": 1.0})
    bid = feasibility.run(world, deals(world, 0b0011, market=market))
    assert (bid.missing[0], bool(bid.alone[0])) == (missing, True)


def test_work_reserved_for_a_bid_that_was_not_won_is_given_back():
    """Of bids of 6,000 and 12,000 the first is won and keeps its work in the backlog."""
    world = small_world(**STATED)
    asked = deals(world, 0b0011, 0b0001)
    bid = feasibility.run(world, asked)
    assert world.partners.backlog[0] == pytest.approx(18_000.0)
    bid.won[0] = True
    feasibility.release(world, asked, bid)
    assert world.partners.backlog[0] == pytest.approx(6_000.0)


def test_outside_options_off_means_that_capacity_has_no_price():
    """Switch outside_options: d = 0 for the owner."""
    world = world_with_skills(1, off=("outside_options",))
    assert feasibility.run(world, deals(world, 0b0011)).outside[0, 0] == 0.0
