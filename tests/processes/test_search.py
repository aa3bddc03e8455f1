"""S5 Search: whom a partner could ask for what it cannot cover, by hand."""

import numpy as np
import pytest

from sim.processes import feasibility, search
from sim.processes.acquaintance import neighbours
from sim.state.networks import VERIFIED
from tests.small_world import Spy, chance_of, deals, directory_of, join, refresh, small_world, tie

STATED = {"look_around": 0.0, "own_cohort": 0.0, "tool_probes": 0.0, "vetting": 0.2, "rating_trust": 0.4}
EMPTY = directory_of((), (), (), (), (), ())
TRUST = {"prior": 0.4}


def look(world, spy, directory=EMPTY, needs=(0b0011,), region=0):
    """Search for what firm 0 cannot cover; returns the pool and what the rule was shown."""
    opportunities = deals(world, *needs, region=region)
    placed = feasibility.run(world, opportunities)
    world.rules["search"] = spy
    pool, _ = search.run(world, opportunities, placed, neighbours(world), directory, chance_of(world))
    return pool, spy.tables[0] if spy.tables else None


def found(pool, d=0):
    return pool.row[d][pool.row[d] >= 0].tolist()


def world_with_helpers(firms=4, off=(), **parameters):
    """Firm 0 lacks skill 1, which all others hold."""
    world = small_world(firms, search=STATED | parameters, trust=TRUST, off=off)
    world.knowledge.skills[1:, 1] = 0.6
    refresh(world)
    return world


def test_the_most_trusted_allies_who_cover_something_come_first():
    """Two of three ties are looked at: trust .9 and .7, not .5; each side's own trust is remembered."""
    world = world_with_helpers()
    for other, trust in ((1, 0.5), (2, 0.9), (3, 0.7)):
        tie(world, 0, other, trust_ab=trust, trust_ba=trust - 0.1)
    pool, table = look(world, Spy(1.0, allies=2))
    assert found(pool) == [2, 3]
    assert table.near[0, :2].tolist() == [1.0, 1.0]
    assert pool.trust[0, :2].tolist() == pytest.approx([0.9, 0.7])
    assert pool.trust_back[0, :2].tolist() == pytest.approx([0.8, 0.6])


def test_an_ally_who_covers_nothing_is_not_a_candidate():
    """Firm 2 is trusted most but lacks skill 1."""
    world = small_world(search=STATED, trust=TRUST)
    tie(world, 0, 1, trust_ab=0.5), tie(world, 0, 2, trust_ab=0.9)
    pool, _ = look(world, Spy(1.0, allies=2))
    assert found(pool) == [1]


@pytest.mark.parametrize(("first", "second", "trust"), [(0.8, 0.9, 0.72), (0.3, 0.9, 0.4)])
def test_an_ally_of_an_ally_is_trusted_by_the_product_of_both_but_at_least_as_a_stranger(first, second, trust):
    """.8 x .9 = .72; .3 x .9 = .27 is less than the prior of .4."""
    world = small_world(search=STATED, trust=TRUST)
    world.knowledge.can[1], world.knowledge.can[2] = 0, 0b0010
    tie(world, 0, 1, trust_ab=first), tie(world, 1, 2, trust_ab=second)
    pool, _ = look(world, Spy(1.0, friends=1))
    assert found(pool) == [2]
    assert pool.trust[0, 0] == pytest.approx(trust)


def test_a_network_gives_contacts_by_its_density():
    """Twenty contacts times a density of 1 meet both other members, times a density of 0 nobody."""
    world = world_with_helpers()
    join(world, 0, 0, 1, 2)
    members = directory_of((), (), (1, 2), (), (), ())
    pool, _ = look(world, Spy(1.0, members=20.0), members)
    assert sorted(found(pool)) == [1, 2]
    assert set(pool.met[0, :2].tolist()) == {0}
    world.networks.density[0] = 0.0
    assert found(look(world, Spy(1.0, members=20.0), members)[0]) == []


def test_vetting_by_a_network_adds_trust():
    """Prior .4 + .2 x verification .5."""
    world = world_with_helpers()
    world.networks.verification[1] = 0.5
    join(world, 1, 0, 1)
    pool, _ = look(world, Spy(1.0, members=20.0), directory_of((), (), (), (1,), (), ()))
    assert pool.trust[0, 0] == pool.trust_back[0, 0] == pytest.approx(0.5)


def test_a_rating_adds_trust_where_entry_is_by_verification():
    """Prior .4 + .4 x (.9 - .5) for a provider rated .9."""
    world = world_with_helpers()
    world.networks.entry_rule[0], world.networks.verification[0], world.partners.rating[1] = VERIFIED, 0.5, 0.9
    join(world, 0, 0, 1)
    pool, _ = look(world, Spy(1.0, members=20.0), directory_of((), (), (1,), (), (), ()))
    assert pool.trust[0, 0] == pytest.approx(0.56)


def test_strangers_come_from_the_region_of_the_deal():
    """Region 1 holds firm 3 alone, and a stranger is trusted at the prior."""
    world = world_with_helpers()
    pool, _ = look(world, Spy(1.0, strangers=5.0), directory_of((1, 2), (3,), (), (), (), ()), region=1)
    assert found(pool) == [3]
    assert (pool.trust[0, 0], pool.met[0, 0], pool.tie[0, 0]) == (0.4, -1, -1)


def test_better_tools_read_more_profiles_for_a_contact():
    """Half of the members cover nothing: with 50 profiles a contact everybody finds firm 1, with one profile some do not."""
    for quality, everybody in ((1.0, True), (0.0, False)):
        world = small_world(search=STATED | {"tool_probes": 50.0}, trust=TRUST)
        join(world, 0, 0, 1, 2)
        world.networks.tool_quality[0] = quality
        world.partners.staff[0] = 1e6
        pool, _ = look(world, Spy(1.0, members=1.0), directory_of((), (), (1, 2), (), (), ()), needs=(0b0011,) * 30)
        assert all(found(pool, d) == [1] for d in range(30)) is everybody


def test_a_contact_in_a_network_comes_from_the_own_cohort():
    """At a probability of 1 the other cohort's firm 2 is never met."""
    world = world_with_helpers(own_cohort=1.0)
    join(world, 0, 0, 1, 2)
    pool, _ = look(world, Spy(1.0, members=20.0), directory_of((), (), (1, 2), (), (1,), ()))
    assert found(pool) == [1]


def test_trust_off_means_that_everybody_is_trusted_at_the_prior():
    """Switch trust: neither experience nor vetting counts."""
    world = world_with_helpers(off=("trust",))
    tie(world, 0, 1, trust_ab=0.9)
    world.networks.verification[0] = 1.0
    join(world, 0, 0, 2)
    pool, _ = look(world, Spy(1.0, allies=1, members=20.0), directory_of((), (), (2,), (), (), ()))
    assert found(pool) == [1, 2]
    assert pool.trust[0, :2].tolist() == pool.trust_back[0, :2].tolist() == [0.4, 0.4]


def test_the_rule_is_told_what_a_contact_brings():
    """Firm 1 covers one of two missing skills at .6, shares one of its two skills, and is not in the deal's region."""
    world = small_world(search=STATED, trust=TRUST)
    world.knowledge.skills[1] = [0.9, 0.6, 0.0, 0.0]
    world.partners.region[1] = 1
    refresh(world)
    tie(world, 0, 1, trust_ab=0.7)
    _, table = look(world, Spy(1.0, allies=1), needs=(0b0111,))
    assert (table.deal[0], table.owner[0], table.contact[0, 0]) == (700, 10, 11)
    told = [column[0, 0] for column in (table.coverage, table.trust, table.quality, table.overlap, table.near)]
    assert told == pytest.approx([0.5, 0.7, 0.6, 0.5, 0.0])
    assert np.all(table.contact[0, 1:] == -1)


def test_nobody_searches_for_a_bid_that_is_complete():
    """Firm 0 can do a deal of skill 0 alone."""
    world = world_with_helpers()
    pool, table = look(world, Spy(1.0, allies=2), needs=(0b0001,))
    assert pool.deal.size == 0
    assert table is None


def test_skills_are_averaged_over_the_tasks_at_hand():
    """(.8 + .4) / 2 over skills 0 and 2; 0 where there is no task."""
    levels = np.array([0.8, 0.1, 0.4, 0.0])
    assert search.mean_level(levels, 0b0101) == pytest.approx(0.6)
    assert search.mean_level(levels, 0) == 0.0
