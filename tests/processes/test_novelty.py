"""S3 Novelty: what customers ask for moves, and new technology appears, by hand."""

import numpy as np
import pytest

from sim.processes import novelty
from tests.small_world import small_world


def world_before(rotation=0.0, replaced=0.0, off=()):
    world = small_world(demand={"rotation": rotation, "novelty": replaced}, off=off, month=7)
    world.market.popularity[:] = [0.4, 0.3, 0.2, 0.1]
    return world


def test_skills_swap_popularity_and_lose_none():
    """Every skill swaps: the four shares are the same, in another order."""
    world = world_before(rotation=1.0)
    novelty.run(world)
    assert sorted(world.market.popularity.tolist()) == [0.1, 0.2, 0.3, 0.4]
    assert world.market.popularity.tolist() != [0.4, 0.3, 0.2, 0.1]
    assert world.knowledge.skills[0, 0] == 0.6


def test_what_firms_knew_of_a_technology_that_was_replaced_is_worth_a_fifth():
    """.6 -> .12, the replacement is dated, and popularity stays."""
    world = world_before(replaced=1.0)
    novelty.run(world)
    assert world.knowledge.skills[0].tolist() == pytest.approx([0.12, 0.0, 0.0, 0.0])
    assert world.market.renewed.tolist() == [7, 7, 7, 7]
    assert world.market.popularity.tolist() == [0.4, 0.3, 0.2, 0.1]


def test_each_vendors_product_fits_a_new_technology_anew():
    """Half of the old fit and half of a fresh draw: 1.0 lands in [.5, 1), .4 in [.2, .7), and vendors differ."""
    world = world_before(replaced=1.0)
    novelty.run(world)
    assert 0.5 <= world.vendors.fit[0, 0] < 1.0
    assert 0.2 <= world.vendors.fit[1, 0] < 0.7
    fresh = 2.0 * world.vendors.fit - [[1.0, 0.8, 0.6, 0.4], [0.4, 0.6, 0.8, 1.0]]
    assert np.unique(fresh.round(12)).size == 8


def test_novelty_off_means_that_skill_popularity_is_fixed():
    """Switch novelty: nothing moves at rates of 1."""
    world = world_before(rotation=1.0, replaced=1.0, off=("novelty",))
    novelty.run(world)
    assert world.market.popularity.tolist() == [0.4, 0.3, 0.2, 0.1]
    assert world.knowledge.skills[0, 0] == 0.6
    assert world.market.renewed.tolist() == [0, 0, 0, 0]
