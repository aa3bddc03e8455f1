"""The directory: who is where, and how somebody is drawn, by hand."""

import pytest

from sim.chance import Purpose, uniform
from sim.processes import directory
from tests.small_world import directory_of, join, small_world


@pytest.mark.parametrize(("u", "row"), [(0.0, 5), (0.25, 5), (0.26, 7), (0.75, 7), (0.76, 5)])
def test_a_draw_takes_the_entry_next_after_its_point_on_the_ring(u, row):
    """Entries 5 at .25 and 7 at .75; beyond the last the ring begins again."""
    assert directory.draw(directory_of((), (5, 7), (), (), (), ()), 1, u) == row


def test_an_empty_segment_has_nobody():
    """Also between two that have somebody."""
    assert directory.draw(directory_of((1,), (), (2,), (), (), ()), 1, 0.5) == -1


def entries(found, segment):
    return sorted(found.rows[found.start[segment] : found.start[segment + 1]].tolist())


def test_regions_networks_and_cohorts_list_their_living_firms():
    """Regions are segments 0 and 1, networks 2 and 3, cohorts from 4; firm 3 has left."""
    world = small_world(firms=4)
    world.partners.region[1], world.partners.alive[3] = 1, False
    world.networks.cohorts[0] = 2
    join(world, 0, 0, cohort=0), join(world, 0, 2, cohort=1), join(world, 1, 0, 1)
    found = directory.look_up(world)
    assert (found.networks.tolist(), found.cohorts.tolist()) == ([2], [4, 6, 7])
    assert [entries(found, s) for s in range(7)] == [[0, 2], [1], [0, 2], [0, 1], [0], [2], [0, 1]]


def test_firms_stand_on_the_ring_by_a_hash_of_the_month():
    """Firm 0's place in region 0 is its draw of this month."""
    world = small_world()
    found = directory.look_up(world)
    place = uniform(world.key, Purpose.RING, 10)
    assert found.rows[found.keys == place].tolist() == [0]


def test_one_more_firm_changes_only_the_draws_that_fall_to_it():
    """Among 200 points of the ring every one that moves, moves to firm 3."""
    world = small_world(firms=4)
    world.partners.alive[3] = False
    before = directory.look_up(world)
    world.partners.alive[3] = True
    after = directory.look_up(world)
    points = [(i + 0.5) / 200 for i in range(200)]
    draws = [(directory.draw(before, 0, u), directory.draw(after, 0, u)) for u in points]
    moved = {new for old, new in draws if new != old}
    assert moved == {3}
    assert {old for old, _ in draws} == {0, 1, 2}
