"""The loyalty account by vendor: causes sum to the change of the mean attitude to each, and each is what it says."""

import numpy as np
import pytest

from sim.live.loyalty import vendor_account
from sim.live.track import Track
from sim.observe.loyalty_account import CAUSES, GROUPS, Relationships


def moment(uid: list[int], carried: list[list[int]], attitude: list[list[float]], experience: list[list[float]]) -> Relationships:
    """Partners who are in no network."""
    member = np.zeros((len(uid), len(GROUPS)), bool)
    return Relationships(np.array(uid), member, np.array(carried, bool), np.array(attitude), np.array(experience))


def test_each_cause_is_counted_for_the_vendor_that_it_concerns():
    before = moment([1, 2, 3], [[1, 0], [1, 1], [1, 0]], [[0.4, 0], [0.2, 0.1], [0.0, 0]], [[0.5, 0], [0.2, 0.1], [0.1, 0]])
    now = moment([1, 2, 4], [[1, 1], [0, 1], [1, 0]], [[0.1, 0.3], [0, 0.1], [0.5, 0]], [[0.3, 0.3], [0, 0.0], [0.5, 0]])
    found = dict(zip(CAUSES, vendor_account(before, now).T.tolist(), strict=True))
    # to the first, mean 0.2 before and 0.3 now, over two relations; to the second, mean 0.1 before and 0.2 now
    assert found["experience"] == pytest.approx([-0.2 / 2, -0.1 / 2])
    assert found["others"] == pytest.approx([(-0.3 + 0.2) / 2, 0.1 / 2])
    assert found["taken_on"] == pytest.approx([0.0, (0.3 - 0.1) / 2])
    assert found["dropped"] == pytest.approx([(0.2 - 0.2) / 2, 0.0])
    assert found["came_and_went"] == pytest.approx([((0.5 - 0.2) + (0.2 - 0.0)) / 2, 0.0])
    assert sum(np.array(found[cause]) for cause in CAUSES) == pytest.approx([0.1, 0.1])


def test_a_vendor_that_nobody_carries_has_no_account():
    one = moment([1], [[1, 0]], [[0.1, 0.0]], [[0.1, 0.0]])
    assert np.isnan(vendor_account(one, one)[1]).all()
    assert vendor_account(one, one)[0].tolist() == [0.0] * len(CAUSES)


def test_the_account_of_a_run_adds_up_to_what_the_attitude_to_each_vendor_did(small, tmp_path):
    track = Track(small, tmp_path)
    for _ in range(12):
        track.step()
    for v in range(small.plan.size.vendors):
        causes = sum(np.array(track.series[f"account_to_{v}_{cause}"]) for cause in CAUSES)
        assert np.diff(track.series[f"attitude_{v}"]) == pytest.approx(causes[1:], abs=1e-9)
