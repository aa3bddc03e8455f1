"""Participation in networks, answers by hand."""

import math

import numpy as np

from sim.observe import measures as m


def test_count_by_kind_names_every_kind():
    """A kind without networks counts 0, and weights are summed."""
    kinds = np.array([0, 2, 2])
    assert m.count_by_kind(kinds, 4).tolist() == [1, 0, 2, 0]
    assert m.count_by_kind(kinds, 4, np.array([5.0, 1.0, 2.5])).tolist() == [5.0, 0.0, 3.5, 0.0]


def test_a_multi_homer_is_in_two_or_more():
    """Of five partners with 0, 1, 2, 3, 1 memberships two are multi-homers with 2.5 on average."""
    memberships = np.array([0, 1, 2, 3, 1])
    assert m.multi_homers(memberships).tolist() == [False, False, True, True, False]
    assert m.multi_homers_share(memberships) == 0.4
    assert m.multi_homers_mean(memberships) == 2.5


def test_no_multi_homers_have_no_mean():
    """Without multi-homers their mean is undefined, without partners so is the share."""
    assert math.isnan(m.multi_homers_mean(np.array([0, 1])))
    assert math.isnan(m.multi_homers_share(np.empty(0, np.int64)))
