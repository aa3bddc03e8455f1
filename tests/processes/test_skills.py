"""S13 Skills: learning by doing, by training, from allies, in networks, and forgetting, by hand."""

import numpy as np
import pytest

from sim.processes import skills
from tests.small_world import VENDOR_0, delivered, join, project, refresh, small_world

NOTHING = {
    "decay": 0.0, "use": 0.0, "training": 0.0, "training_with_size": 0.0, "new_skill": 0.0, "new_level": 0.5, "from_allies": 0.0,
    "education": 0.0,
}  # fmt: skip


def learn(off=(), change=None, deliver=(), **parameters):
    """One month of learning at these rates; ``deliver`` are the members of a delivered deal of skills 0 and 1."""
    world = small_world(skills=NOTHING | parameters, off=off)
    if change:
        change(world)
    refresh(world)
    skills.run(world, delivered(*([project(world, *deliver, needs=0b0011)] if deliver else [])))
    return world


def test_skills_become_obsolete():
    """.6 x (1 - .1)."""
    assert learn(decay=0.1).knowledge.skills[0, 0] == pytest.approx(0.54)


def test_a_skill_that_decays_below_the_threshold_is_held_no_longer():
    """.6 x .5 = .3 is below .35: only the vendor is left of what firm 0 can do."""
    assert learn(decay=0.5).knowledge.can[0] == VENDOR_0


def test_use_raises_a_skill_less_in_larger_firms():
    """.6 + .1 / (1 + sqrt 9) x .4 = .61 for who holds and used it; skill 3 was not needed; firm 2 took no part."""

    def change(world):
        world.partners.staff[:], world.knowledge.skills[0, 3] = 9.0, 0.6

    world = learn(use=0.1, change=change, deliver=(0, 1))
    assert world.knowledge.skills[0].tolist() == pytest.approx([0.61, 0.0, 0.0, 0.6])
    assert world.knowledge.skills[1].tolist() == pytest.approx([0.0, 0.61, 0.0, 0.0])
    assert world.knowledge.skills[2, 2] == 0.6


def test_allies_pass_on_practice():
    """Half of the gap: firm 0 (.4) rises to .6 by firm 1 (.8), which learns nothing from a lower level."""

    def change(world):
        world.knowledge.skills[:2, 0] = 0.4, 0.8
        world.knowledge.skills[1, 1] = 0.0

    world = learn(from_allies=0.5, change=change, deliver=(0, 1))
    assert world.knowledge.skills[:2, 0].tolist() == pytest.approx([0.6, 0.8])


def test_a_level_never_exceeds_one_however_many_allies_pass_on_practice():
    """At a share of 1 firm 0 gains .6 from each of two allies; own use raises another skill to 1 and no further."""

    def change(world):
        world.knowledge.skills[:, 1] = 0.0, 0.6, 0.6

    world = learn(from_allies=1.0, use=1.0, change=change, deliver=(0, 1, 2))
    assert world.knowledge.skills[0, 1] == 1.0
    assert world.knowledge.skills.max() <= 1.0


def test_a_skill_learned_from_an_ally_can_come_to_be_held():
    """0 + .75 x (.6 - 0) = .45 is above .35."""
    world = learn(from_allies=0.75, deliver=(0, 1))
    assert world.knowledge.can[:2].tolist() == [VENDOR_0 | 0b0011, VENDOR_0 | 0b0011]


def test_a_firm_trains_itself_on_a_skill_that_it_holds():
    """.1 x (1 + .5 x ln e^2) = .2 of what is missing: .6 + .2 x .4."""

    def change(world):
        world.partners.staff[:] = np.e**2

    world = learn(training=0.1, training_with_size=0.5, change=change)
    assert world.knowledge.skills.diagonal().tolist() == pytest.approx([0.68, 0.68, 0.68])
    assert (world.knowledge.skills > 0.0).sum() == 3


def test_a_firm_takes_up_a_new_skill_that_customers_ask_for():
    """At a rate of 1 firm 0 takes up skill 3, the only one that is asked for beside its own, at level .5."""

    def change(world):
        world.market.popularity[:] = [0.5, 0.0, 0.0, 0.5]

    world = learn(new_skill=1.0, change=change)
    assert world.knowledge.skills[0].tolist() == [0.6, 0.0, 0.0, 0.5]
    assert world.knowledge.can[0] == VENDOR_0 | 0b1001


@pytest.mark.parametrize(("capital", "level"), [(0.75, 0.68), (0.0, 0.62), (5.0, 0.68)])
def test_a_network_educates_members_by_attendance(capital, level):
    """100 US dollars at .2: .6 + .2 x min(1, .25 + capital) x .4; a firm outside learns nothing."""

    def change(world):
        world.networks.education[0], world.networks.education_added[0] = 60.0, 40.0
        join(world, 0, 0, capital=capital)

    world = learn(education=0.2, change=change)
    assert world.knowledge.skills[0, 0] == pytest.approx(level)
    assert world.knowledge.skills[1, 1] == 0.6


def test_learning_off_means_that_skills_neither_rise_nor_decay():
    """Switch learning: all rates are high and nothing changes."""
    world = learn(off=("learning",), deliver=(0, 1), decay=0.5, use=1.0, training=1.0, new_skill=1.0, from_allies=1.0)
    assert world.knowledge.skills.diagonal().tolist() == [0.6, 0.6, 0.6]
    assert world.knowledge.skills.sum() == pytest.approx(1.8)


def test_firms_that_left_can_do_nothing():
    """A row without a firm has an empty set."""

    def change(world):
        world.partners.alive[2] = False

    assert learn(change=change).knowledge.can[2] == 0
