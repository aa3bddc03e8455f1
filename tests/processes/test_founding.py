"""What a partner is when it enters, by hand."""

import numpy as np
import pytest

from sim.ledger import Flow, Outer
from sim.processes import founding
from tests.small_world import SKILLS, VENDOR_1, small_world, total_money

STATED = {
    "skills_base": 2.0, "skills_spread": 0.0, "skills_per_log_staff": 0.0, "vendors_base": 1.0, "vendors_spread": 0.0,
    "reach_per_log_staff": 0.0, "taste_sd": 0.0, "first_attitude": 0.2, "first_expectation": 0.55,
}  # fmt: skip


def found(world, rows, uids, staff=8.0):
    rows, uids = np.array(rows), np.array(uids)
    world.partners.cash[rows] = 0.0
    founding.found(
        rows, uids, np.full(rows.size, staff), 5, world.world_key, world.partners, world.relations, world.knowledge,
        world.memberships, world.vendors, world.market.popularity, world.ledger, world.parameters["founding"],
        world.parameters["firm"], world.size,
    )  # fmt: skip
    return world


@pytest.mark.parametrize(
    ("u", "taken", "index"), [(0.0, 0b000, 0), (0.24, 0b000, 0), (0.26, 0b000, 1), (0.99, 0b000, 2), (0.49, 0b010, 0), (0.51, 0b010, 2), (0.5, 0b111, -1)]
)
def test_one_is_picked_in_proportion_to_its_weight_among_those_not_taken(u, taken, index):
    """Weights 1, 2, 1: quarters of the unit interval; without the middle one halves."""
    assert founding.pick(u, np.array([1.0, 2.0, 1.0]), taken) == index


def test_a_weight_of_nothing_is_never_picked():
    """Neither at the start nor at the end of the interval."""
    weights = np.array([0.0, 1.0, 0.0])
    assert [founding.pick(u, weights, 0) for u in (0.0, 0.5, 0.999999)] == [1, 1, 1]


def test_the_fit_of_a_product_is_its_mean_over_the_skills_at_hand():
    """(1 + .6) / 2; one half of nothing."""
    fit = np.array([1.0, 0.8, 0.6, 0.4])
    assert founding.fit_with(fit, 0b0101) == pytest.approx(0.8)
    assert founding.fit_with(fit, 0) == 0.5


def test_a_founder_is_given_months_of_overhead_by_its_owners():
    """Nine months of .6 x 24,000 x (.2 + .8 x .8) = 12,096."""
    world = small_world(founding=STATED)
    world.partners.cash[0] = 0.0
    money = total_money(world)
    found(world, [0], [77])
    assert world.partners.cash[0] == -world.ledger.outer[Outer.OWNERS] == pytest.approx(9 * 12_096.0)
    assert world.ledger.flows[Flow.CAPITAL] == pytest.approx(108_864.0)
    assert world.partners.margin_ewma[0] == pytest.approx(19_200.0)
    assert total_money(world) == pytest.approx(money)


def test_a_founder_holds_so_many_skills_and_vendors():
    """Two skills at .45 to .95 and floor(1 + .4 ln 8) = 1 vendor with which it did a year's product business of 480,000."""
    world = found(small_world(founding=STATED), [0], [77])
    levels, relations = world.knowledge.skills[0], world.relations
    assert (levels > 0.0).sum() == 2
    assert levels[levels > 0.0].min() >= 0.45
    assert relations.carried[0].sum() == 1
    assert relations.bought_year[0].sum() == pytest.approx(12 * 8 * 10_000.0 * 0.5)
    v = int(relations.carried[0].argmax())
    assert (relations.experience[0, v], relations.attitude[0, v], relations.expectation[0, v]) == (0.2, 0.2, 0.55)
    assert world.knowledge.can[0] == ((levels > 0.0) << np.arange(SKILLS)).sum() | 1 << (SKILLS + v)


def test_larger_firms_hold_more_skills():
    """Floor(0 + 1.6 x ln 8) = 3 against floor(1.6 x ln 2) = 1."""
    for staff, skills in ((8.0, 3), (2.0, 1)):
        world = found(small_world(founding=STATED | {"skills_base": 0.0, "skills_per_log_staff": 1.6}), [0], [77], staff)
        assert (world.knowledge.skills[0] > 0.0).sum() == skills


def test_larger_firms_carry_more_vendors_and_serve_more_regions():
    """Floor(1.3 + .4 ln 8) = 2 vendors and probability ln 8 > 1 of each region, against 1 vendor and the home region of one."""
    for staff, vendors, regions in ((8.0, 2, 2), (1.0, 1, 1)):
        world = found(small_world(founding=STATED | {"vendors_base": 1.3, "reach_per_log_staff": 1.0}), [0], [77], staff)
        assert world.relations.carried[0].sum() == vendors
        assert int(world.partners.reach[0]).bit_count() == regions
        assert (world.partners.reach[0] >> world.partners.region[0]) & 1 == 1
        assert (world.relations.bought_year[0] > 0.0).sum() == vendors


def test_places_and_trades_are_spread_over_all_there_are():
    """Of 60 uids every region, vertical and business type occurs, and none beyond."""
    world = small_world(founding=STATED)
    seen = {"region": set(), "verticals": set(), "business_type": set()}
    for uid in range(60):
        found(world, [0], [uid])
        for name, values in seen.items():
            values.add(int(getattr(world.partners, name)[0]))
    assert seen == {"region": {0, 1}, "verticals": {0b01, 0b10, 0b11}, "business_type": {0, 1, 2, 3, 4}}


def test_a_vendor_that_left_is_carried_by_no_founder():
    """Vendor 0 is gone: everybody begins with vendor 1."""
    world = small_world(founding=STATED)
    world.vendors.active[0] = False
    found(world, [0, 1, 2], [77, 78, 79])
    assert np.all(world.knowledge.can >> SKILLS << SKILLS == VENDOR_1)


def test_a_firm_is_drawn_from_its_uid_alone():
    """Firm 78 is the same in another row and beside other firms."""
    one, other = found(small_world(founding=STATED), [0, 1], [77, 78]), found(small_world(founding=STATED), [2], [78])
    for table in ("partners", "relations", "knowledge"):
        for column, again in zip(getattr(one, table), getattr(other, table), strict=True):
            if np.ndim(column) and table != "knowledge":
                assert np.array_equal(column[1], again[2])
    assert np.array_equal(one.knowledge.skills[1], other.knowledge.skills[2])


def test_nothing_is_left_in_the_row_of_who_was_there_before():
    """Memberships, awareness, purchases, rating, backlog and the count of bad months begin anew."""
    world = small_world(founding=STATED)
    world.memberships.network[0, 0], world.knowledge.aware[0], world.knowledge.sourced[0] = 1, True, 900.0
    world.partners.backlog[0], world.partners.months_negative[0], world.partners.rated[0] = 9.0, 2, 7
    world.relations.certification[0], world.relations.leads[0] = 0.9, 50.0
    found(world, [0], [77])
    assert world.memberships.network[0].max() == -1
    assert not world.knowledge.aware[0].any()
    left = [world.knowledge.sourced[0].sum(), world.partners.backlog[0], world.partners.months_negative[0], world.partners.rated[0]]
    assert [*left, world.relations.certification[0].sum(), world.relations.leads[0].sum()] == [0] * 6
