"""S11 Satisfaction: how a partner fares with a vendor, what it comes to expect, when it leaves, by hand."""

import numpy as np
import pytest

from sim.events import Dropped
from sim.processes import satisfaction
from sim.processes.satisfaction import Satisfaction
from tests.small_world import VENDOR_0, VENDOR_1, refresh, small_world, stated

STATED = {
    "base": 0.5, "margin": 6.0, "reference_margin": 0.12, "support": 0.8, "conflict": 1.5, "reference_conflict": 0.05,
    "benefit": 6.0, "reference_benefit": 0.02, "noise": 0.0, "tolerance": 0.02, "gain": 0.1, "loss": 0.2, "pull": 0.0,
    "adaptation": 0.1, "drop_per_month": 0.0, "drop_attitude": 0.0, "drop_habit": 0.0, "voice": 0.0, "indebtedness": 0.5,
}  # fmt: skip


def world_with_business(*, expectation=0.5, on=(), off=(), **parameters):
    """Firm 0 bought 1,000 of vendor 0 at a margin of 15 %, got 3 % in benefits, met a conflict in one bid of four."""
    world = small_world(satisfaction=STATED | parameters, on=on, off=off)
    relations = world.relations
    relations.bought_month[0, 0], relations.margin_month[0, 0], relations.benefit_month[0, 0] = 1_000.0, 150.0, 30.0
    relations.bids_month[0, 0], relations.conflicts_month[0, 0] = 4.0, 1.0
    relations.experience[0, 0], relations.expectation[0, 0] = 0.2, expectation
    world.vendors.support[0] = 0.75
    return world


def test_performance_adds_up_margin_support_conflict_and_benefits():
    """.5 + 6 x .03 + .8 x .25 - 1.5 x .2 + 6 x .01 + .1 x 2 = .84."""
    group = stated(Satisfaction(), **STATED)._replace(noise=0.1)
    assert satisfaction.performance(0.15, 0.75, 0.25, 0.03, 2.0, group) == pytest.approx(0.84)


def test_a_month_better_than_expected_raises_experience():
    """Perf = .64; D = .64 - (.5 - .02) = .16; X += .1 x .16 x (1 - .2)."""
    world = world_with_business()
    satisfaction.run(world)
    assert world.relations.experience[0, 0] == pytest.approx(0.2 + 0.0128)


def test_a_month_worse_than_expected_lowers_experience_at_twice_the_rate():
    """D = .64 - (.9 - .02) = -.24; X -= .2 x .24 x (1 + .2)."""
    world = world_with_business(expectation=0.9)
    satisfaction.run(world)
    assert world.relations.experience[0, 0] == pytest.approx(0.2 - 0.0576)


def test_experience_is_pulled_mildly_to_zero():
    """X -= .5 X on top of the gain."""
    world = world_with_business(pull=0.5)
    satisfaction.run(world)
    assert world.relations.experience[0, 0] == pytest.approx(0.2 + 0.0128 - 0.1)


def test_expectation_follows_half_performance_and_half_the_norm():
    """Target = .5 x .64 + .5 x .5 = .57; E += .1 x (.57 - .5)."""
    world = world_with_business()
    satisfaction.run(world)
    assert world.relations.expectation[0, 0] == pytest.approx(0.507)


def test_the_norm_is_a_12_month_average_of_performance():
    """Norm += (.64 - .5) / 12."""
    world = world_with_business()
    satisfaction.run(world)
    assert world.market.norm[0] == pytest.approx(0.5 + 0.14 / 12)


def test_months_without_business_teach_nothing():
    """Neither firm 1 nor firm 2 bought or bid: their relations stay as they are."""
    world = world_with_business()
    satisfaction.run(world)
    assert np.all(world.relations.experience[1:] == 0.0)
    assert np.all(world.relations.expectation[1:] == 0.5)


def test_a_month_with_bids_alone_is_judged_by_conflict():
    """Without purchases margin and benefits count as neutral: .5 + .2 - .3 = .4; D = -.08; X = .2 - .2 x .08 x 1.2."""
    world = world_with_business()
    world.relations.bought_month[0, 0] = 0.0
    satisfaction.run(world)
    assert world.relations.experience[0, 0] == pytest.approx(0.2 - 0.0192)


def test_satisfaction_off_means_that_experience_does_not_respond():
    """Switch satisfaction: X stays, whatever the month was like; expectation still moves."""
    world = world_with_business(off=("satisfaction",))
    satisfaction.run(world)
    assert world.relations.experience[0, 0] == 0.2
    assert world.relations.expectation[0, 0] == pytest.approx(0.507)


def test_treadmill_off_means_that_expectation_stays_at_its_first_value():
    """Switch treadmill: E stays .5 while X still learns."""
    world = world_with_business(off=("treadmill",))
    satisfaction.run(world)
    assert world.relations.expectation[0, 0] == 0.5
    assert world.relations.experience[0, 0] == pytest.approx(0.2128)


def test_indebtedness_on_means_that_benefits_lower_commitment():
    """Switch indebtedness: X is lowered by .5 x 3 % of purchases on top."""
    world = world_with_business(on=("indebtedness",))
    satisfaction.run(world)
    assert world.relations.experience[0, 0] == pytest.approx(0.2128 - 0.015)


def test_attitude_and_habit_lower_the_hazard_of_dropping():
    """.01 x e^(2 x .5) at A = -.5 and W = .2; .01 x e^(-1 x .5) at A = 0 and W = .7."""
    group = stated(Satisfaction(), drop_per_month=0.01, drop_attitude=2.0, drop_habit=1.0)
    assert satisfaction.drop_hazard(-0.5, 0.2, group) == pytest.approx(0.0271828)
    assert satisfaction.drop_hazard(0.0, 0.7, group) == pytest.approx(0.00606531)


def test_a_partner_drops_vendors_but_never_its_last():
    """Firm 0 dislikes both and drops vendor 0 at a hazard of 1, firm 1 likes vendor 0 and drops 1, firm 2 keeps its only one."""
    world = small_world(satisfaction=STATED | {"drop_per_month": 0.5, "drop_attitude": 10.0})
    world.relations.carried[:2, 1] = True
    world.relations.attitude[:] = [[-1.0, -1.0], [1.0, -1.0], [-1.0, -1.0]]  # hazard = min(1, .5 e^(-10 A))
    refresh(world)
    satisfaction.run(world)
    assert world.relations.carried.tolist() == [[False, True], [True, False], [True, False]]
    assert (world.knowledge.can & (VENDOR_0 | VENDOR_1)).tolist() == [VENDOR_1, VENDOR_0, VENDOR_0]
    dropped = world.log.table("vendor_dropped")
    assert (dropped["partner"].tolist(), dropped["vendor"].tolist()) == ([10, 11], [0, 1])
    assert dropped["reason"].tolist() == [Dropped.DISSATISFIED] * 2


@pytest.mark.parametrize(("attitude", "support", "complains"), [(-0.4, 1.0, True), (-0.4, 0.0, False), (0.4, 1.0, False)])
def test_a_dissatisfied_partner_may_complain_and_is_repaired(attitude, support, complains):
    """Voice instead of exit, by the vendor's support and only below A = 0: half of the bad experience is forgotten."""
    world = small_world(satisfaction=STATED | {"drop_per_month": 0.5, "drop_habit": 10.0, "voice": 0.5})
    world.relations.carried[0, 1] = True
    world.relations.bought_year[0, 1] = 100.0  # W = 0 with vendor 0: hazard = min(1, .5 e^2)
    world.relations.attitude[0, 0] = world.relations.experience[0, 0] = attitude
    world.vendors.support[0] = support
    satisfaction.run(world)
    assert bool(world.relations.carried[0, 0]) is complains
    assert world.relations.experience[0, 0] == (attitude / 2 if complains else attitude)
