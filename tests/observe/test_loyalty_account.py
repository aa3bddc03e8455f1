"""The loyalty account: causes add up to the change of the mean, and each cause is what it is called."""

import numpy as np
import pytest

from sim.engine import advance, build
from sim.observe.loyalty_account import CAUSES, GROUPS, Relationships, account, mean_attitude, relationships
from sim.scenario import load


def relations(uids, carried, attitude, experience=None, members=None):
    carried, attitude = np.array(carried, bool), np.array(attitude, float)
    member = np.zeros((len(uids), len(GROUPS)), bool)
    member[:, 0] = True
    if members is not None:
        member[:, 1] = members
    return Relationships(
        np.array(uids), member, carried, attitude, attitude if experience is None else np.array(experience, float)
    )


def causes(before, now, group=0):
    return dict(zip(CAUSES, account(before, now)[group].round(12).tolist(), strict=True))


def test_own_experience_and_what_others_say_are_told_apart():
    """Two relations stay; experience falls by .2 on average, the pull of others rises by .05."""
    before = relations([1, 2], [[1], [1]], [[0.5], [0.3]], [[0.5], [0.3]])
    now = relations([1, 2], [[1], [1]], [[0.3], [0.2]], [[0.2], [0.2]])
    assert causes(before, now) == {"experience": -0.2, "others": 0.05, "taken_on": 0, "dropped": 0, "came_and_went": 0}


def test_dropping_a_disliked_vendor_raises_the_mean_and_taking_one_on_counts_from_it():
    before = relations([1], [[1, 1, 0]], [[0.4, -0.4, 0.0]])  # mean 0
    now = relations([1], [[1, 0, 1]], [[0.4, -0.4, 0.1]])  # mean .25
    assert causes(before, now) == {"experience": 0, "others": 0, "taken_on": 0.05, "dropped": 0.2, "came_and_went": 0}


def test_who_joins_or_leaves_a_group_is_neither_taken_on_nor_dropped():
    before = relations([1, 2, 3], [[1], [1], [1]], [[0.6], [0.0], [0.3]], members=[True, True, False])
    now = relations([1, 3, 4], [[1], [1], [1]], [[0.6], [0.3], [0.9]], members=[True, True, False])
    assert causes(before, now, 1) == {"experience": 0, "others": 0, "taken_on": 0, "dropped": 0, "came_and_went": 0.15}
    assert causes(before, now)["came_and_went"] == pytest.approx(0.3)  # 2 went, 4 came; the mean rose from .3 to .6


def test_causes_add_up_to_the_change_of_the_mean_in_every_group_and_month():
    world = build(load("quick").plan, 0)
    before = relationships(world)
    for _ in range(18):
        advance(world)
        now = relationships(world)
        change = mean_attitude(now) - mean_attitude(before)
        total = account(before, now).sum(axis=1)
        known = np.isfinite(change)
        assert np.allclose(total[known], change[known], atol=1e-12)
        assert known.sum() >= 5
        before = now


def test_a_group_without_relations_has_no_account():
    empty = relations([1], [[1]], [[0.5]])
    assert np.isnan(account(empty, empty)[1]).all()
