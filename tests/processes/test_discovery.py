"""S12 Discovery: how partners come to carry a vendor that they did not, by hand."""

import pytest

from sim.chance import Purpose, uniform
from sim.events import TakenOn
from sim.processes import discovery
from tests.small_world import VENDOR_0, VENDOR_1, deals, delivered, project, refresh, small_world, stated

NEVER = {"co_delivery": 0.0, "advantage": 10.0, "specified": 0.0, "recruited": 0.0, "typical": 60.0, "first_experience": 0.1}
BY_JOINT_DEALS = NEVER | {"co_delivery": 1.0}  # times a room of almost 2 on a short line card


def world_with_joint_deal(parameters=BY_JOINT_DEALS, off=(), success=True, liked=1.0):
    """Firms 0 and 1 delivered together with vendor 1, which only firm 1 carries and likes."""
    world = small_world(discovery=parameters, off=off, month=9)
    world.relations.carried[1, 1] = True
    world.relations.attitude[1, 1], world.relations.attitude[0, 0] = liked, -liked
    world.relations.bought_year[:, 0] = 1.0
    refresh(world)
    p = project(world, 0, 1, vendor=1, carrier=1)
    discovery.run(world, delivered(p, success=success), deals(world))
    return world


@pytest.mark.parametrize(("carried", "room"), [(4, 1.0), (6, 0.537883), (0, 1.761594)])
def test_a_further_vendor_is_the_less_welcome_the_longer_the_line_card(carried, room):
    """2 / (1 + e^((n - 4) / 2))."""
    assert discovery.room_on_line_card(carried, 4.0) == pytest.approx(room, abs=1e-6)


def test_a_successful_joint_deal_makes_an_allys_vendor_known():
    """At an advantage of 10 x 2 it is all but certain: taken on in month 9, with a first experience, at the norm."""
    world = world_with_joint_deal()
    relations = world.relations
    assert relations.carried[:, 1].tolist() == [True, True, False]
    assert (relations.experience[0, 1], relations.expectation[0, 1], relations.since[0, 1]) == (0.1, 0.5, 9)
    assert world.knowledge.can[0] == VENDOR_0 | VENDOR_1 | 0b0001
    taken = world.log.table("vendor_taken")
    assert (taken["partner"].tolist(), taken["vendor"].tolist(), taken["reason"].tolist()) == ([10], [1], [TakenOn.CO_DELIVERY])


def test_a_failed_deal_or_a_vendor_that_the_ally_likes_less_convinces_nobody():
    """A failure never does; a disadvantage of 10 x -2 makes it all but impossible."""
    assert not world_with_joint_deal(success=False).relations.carried[0, 1]
    assert not world_with_joint_deal(liked=-1.0).relations.carried[0, 1]


def test_discovery_off_means_that_nobody_learns_of_a_vendor_through_joint_deals():
    """Switch discovery: the same joint deal makes nothing known, but a customer's wish still does."""
    assert not world_with_joint_deal(off=("discovery",)).relations.carried[0, 1]
    world = small_world(discovery=NEVER | {"specified": 1.0}, off=("discovery",))
    discovery.run(world, delivered(), deals(world, VENDOR_1 | 0b0001))
    assert world.relations.carried[0, 1]


@pytest.mark.parametrize(("nudge", "takes"), [(0.999, False), (1.001, True)])
def test_the_chance_is_perceived_advantage_times_room(nudge, takes):
    """Co-delivery x 1 / (1 + e^(-1 x (.5 - .2))) x 2 / (1 + e^((1 - 4) / 2)), just below or above the draw."""
    world = small_world(discovery=NEVER)
    world.relations.carried[1, 1], world.relations.attitude[1, 1], world.relations.attitude[0, 0] = True, 0.5, 0.2
    p = project(world, 0, 1, vendor=1, carrier=1)
    likely = 0.574443 * 1.635149
    co = uniform(world.key, Purpose.CO_DELIVERY, world.projects.uid[p], 0) / likely
    world.parameters["discovery"] = stated(world.parameters["discovery"], co_delivery=co * nudge, advantage=1.0, typical=4.0)
    discovery.run(world, delivered(p), deals(world))
    assert bool(world.relations.carried[0, 1]) is takes


def test_a_vendor_that_a_customer_asked_for_is_taken_on_by_whom_the_customer_knows():
    """The deal was offered on to firm 1, but it was firm 0 that was asked first."""
    world = small_world(discovery=NEVER | {"specified": 1.0})
    asked = deals(world, VENDOR_1 | 0b0001)
    asked.owner[0] = 1
    discovery.run(world, delivered(), asked)
    assert world.relations.carried[:, 1].tolist() == [True, False, False]
    assert world.log.table("vendor_taken")["reason"].tolist() == [TakenOn.SPECIFIED]


def test_a_vendor_that_left_is_not_taken_on_at_a_customers_wish():
    """Nor is vendor 0, which firm 0 carries already, taken on again."""
    world = small_world(discovery=NEVER | {"specified": 1.0})
    world.vendors.active[1] = False
    discovery.run(world, delivered(), deals(world, VENDOR_1 | 0b0001, VENDOR_0 | 0b0001))
    assert world.relations.carried[0].tolist() == [True, False]
    assert world.log.table("vendor_taken") == {}


def test_vendors_recruit_who_does_not_carry_them():
    """At a rate of 1 every living firm takes on the only vendor that it lacks, unless that vendor is closed to all."""
    for openness, recruited in ((1.0, [True, True, False]), (0.0, [False, False, False])):
        world = small_world(discovery=NEVER | {"recruited": 1.0})
        world.vendors.openness[1], world.partners.alive[2] = openness, False
        discovery.run(world, delivered(), deals(world))
        assert world.relations.carried[:, 1].tolist() == recruited


def test_the_primary_vendor_is_the_one_most_is_bought_from():
    """70 of vendor 1 against 30 of vendor 0, if it is still carried."""
    world = small_world()
    world.relations.bought_year[0], world.relations.attitude[0] = [30.0, 70.0], [0.3, -0.7]
    assert discovery.primary_attitude(0, world.relations) == 0.3
    world.relations.carried[0, 1] = True
    assert discovery.primary_attitude(0, world.relations) == -0.7
