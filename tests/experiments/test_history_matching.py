"""History matching on a model whose answer is known."""

import numpy as np
import pytest

from experiments.calibrate import FREE
from experiments.history_matching import CANDIDATES, Band, Matched, implausibility, lines, match, outside
from experiments.pool import StudyError

BANDS = (Band("a", 0.4, 0.6), Band("b", -np.inf, 0.3))


def model(points):
    """Two statements of four parameters: a smooth one of the first two, one of the third; the fourth does not matter."""
    rng = np.random.default_rng(len(points))
    a = np.sin(2.0 * points[:, 0]) * 0.6 + 0.4 * points[:, 1] ** 2
    means = np.stack([a, points[:, 2]], axis=1) + rng.normal(0.0, 0.005, (len(points), 2))
    return means, np.full(means.shape, 0.005)


def truly_left(points):
    a = np.sin(2.0 * points[:, 0]) * 0.6 + 0.4 * points[:, 1] ** 2
    return (a >= 0.4) & (a <= 0.6) & (points[:, 2] <= 0.3)


@pytest.fixture(scope="module")
def matched():
    return match(model, BANDS, 4, 2, 48)


def test_what_is_left_shrinks_to_what_the_bands_allow(matched):
    from experiments.calibrate import design

    candidates = design(CANDIDATES, 4, 2)
    true = truly_left(candidates)
    left = {tuple(p) for p in matched.left.tolist()}
    assert np.mean([tuple(p) in left for p in candidates[true].tolist()]) > 0.99  # next to nothing is ruled out wrongly
    assert matched.waves[-1].left < 1.35 * true.mean()
    assert matched.waves[1].run == 96


def test_the_second_wave_falls_where_the_first_foretold(matched):
    assert np.isnan(matched.waves[0].covered)
    assert matched.waves[1].covered > 0.95


def test_a_parameter_that_does_not_matter_is_not_identified(matched):
    wide = np.repeat(matched.left, 4, axis=1)[:, : len(FREE)]  # 0 0 0 0 1 1 1 1 2 2 2 2 3 3 3 3
    said = [row[-1] for row in lines(Matched(matched.waves, wide, matched.implausibility))]
    assert said[8:12] == ["yes"] * 4
    assert said[12:16] == ["no"] * 4


def test_a_statement_that_is_nowhere_known_rules_nothing_out():
    assert implausibility(np.zeros((3, 2)), [None], [BANDS[0]]).tolist() == [0.0, 0.0, 0.0]
    assert outside(np.array([0.3, 0.5, 0.9]), BANDS[0]) == pytest.approx([0.1, 0.0, 0.3])


def test_bands_that_cannot_hold_are_said():
    with pytest.raises(StudyError, match="nothing is left"):
        match(model, (Band("a", 5.0, 6.0), BANDS[1]), 4, 1, 32)
