"""Designs: points in the unit cube, prefixes of one sequence, and factors that turn them into values."""

import math

import numpy as np
import pytest

from experiments.sweeps.designs import KINDS, Design, block, points, total
from experiments.sweeps.factors import LEVER, UNCERTAINTY, Factor

RANGE = Factor("a", UNCERTAINTY, low=-1.0, high=3.0)
LIST = Factor("b", LEVER, ("x", "y", "z"))
WHOLE = Factor("c", LEVER, low=1.0, high=5.0, whole=True)
FACTORS = (RANGE, LIST, WHOLE)


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "csv"])
def test_points_lie_in_the_unit_cube_and_any_part_of_a_design_is_that_part(kind):
    design = Design(kind, samples=12, levels=4, seed=3)
    every = points(design, FACTORS)
    assert every.shape == (total(design, FACTORS), 3)
    assert ((every >= 0.0) & (every <= 1.0)).all()
    for first, last in ((0, 5), (5, 11), (7, 8), (len(every) - 3, len(every))):
        assert np.array_equal(points(design, FACTORS, first, last), every[first:last])


@pytest.mark.parametrize("kind", ["sobol", "random", "saltelli", "morris"])
def test_a_longer_design_begins_with_the_points_of_a_shorter_one(kind):
    short, long = Design(kind, samples=7, seed=5), Design(kind, samples=20, seed=5)
    assert np.array_equal(points(short, FACTORS), points(long, FACTORS)[: total(short, FACTORS)])
    assert not np.array_equal(points(short, FACTORS), points(short._replace(seed=6), FACTORS))


def test_a_grid_has_every_combination_once_the_last_factor_fastest():
    every = points(Design("grid", levels=2), (RANGE, LIST))
    assert [(RANGE.value(a), LIST.value(b)) for a, b in every] == [
        (-1.0, "x"), (-1.0, "y"), (-1.0, "z"), (3.0, "x"), (3.0, "y"), (3.0, "z"),
    ]  # fmt: skip


def test_one_at_a_time_moves_one_factor_from_the_nominal_point():
    factors = (RANGE._replace(nominal=0.5), LIST._replace(nominal="z"))
    every = points(Design("one_at_a_time", levels=3), factors)
    values = [(round(factors[0].value(a), 12), factors[1].value(b)) for a, b in every]
    assert values == [(0.5, "z"), (-1.0, "z"), (1.0, "z"), (3.0, "z"), (0.5, "x"), (0.5, "y"), (0.5, "z")]


def test_a_latin_hypercube_has_one_point_in_each_of_its_strata():
    every = points(Design("lhs", samples=10), FACTORS)
    assert all(sorted(np.floor(10 * column)) == list(range(10)) for column in every.T)


@pytest.mark.parametrize("second", [False, True])
def test_each_point_of_a_saltelli_block_takes_one_column_from_the_other_sample(second):
    design = Design("saltelli", samples=4, second_order=second)
    size = block(design, FACTORS)
    for one in points(design, FACTORS).reshape(4, size, 3):
        a, b = one[0], one[-1]
        for n in range(3):
            assert one[1 + n].tolist() == [b[m] if m == n else a[m] for m in range(3)]
            if second:
                assert one[4 + n].tolist() == [a[m] if m == n else b[m] for m in range(3)]


def test_each_step_of_a_morris_trajectory_moves_one_factor_by_two_thirds():
    for path in points(Design("morris", samples=20, levels=4), FACTORS).reshape(20, 4, 3):
        steps = np.abs(np.diff(path, axis=0))
        assert np.allclose(np.sort(steps, axis=1), [[0, 0, 2 / 3]] * 3)
        assert sorted(steps.argmax(axis=1)) == [0, 1, 2]
        assert set(np.round(path.ravel() * 3, 9)) <= {0.0, 1.0, 2.0, 3.0}


def test_listed_and_whole_values_are_equally_likely():
    u = (np.arange(3000) + 0.5) / 3000
    assert [sum(LIST.value(x) == v for x in u) for v in "xyz"] == [1000] * 3
    assert [sum(WHOLE.value(x) == v for x in u) for v in range(1, 6)] == [600] * 5
    assert isinstance(WHOLE.value(0.3), int)


@pytest.mark.parametrize(
    ("factor", "median", "quarter"),
    [
        (Factor("a", LEVER, distribution="log_uniform", low=1.0, high=100.0), 10.0, math.sqrt(10.0)),
        (Factor("a", LEVER, distribution="triangular", low=0.0, high=1.0, mode=0.5), 0.5, math.sqrt(0.125)),
        (Factor("a", LEVER, distribution="normal", low=-90.0, high=110.0, mean=10.0, sd=2.0), 10.0, 10.0 - 2.0 * 0.6744897501960817),
    ],
)
def test_quantiles_of_distributions(factor, median, quarter):
    assert factor.value(0.5) == pytest.approx(median)
    assert factor.value(0.25) == pytest.approx(quarter)
    assert factor.value(factor.coordinate(quarter)) == pytest.approx(quarter)


def test_a_normal_stays_within_its_ends():
    cut = Factor("a", LEVER, distribution="normal", low=9.0, high=12.0, mean=10.0, sd=2.0)
    assert (cut.value(0.0), cut.value(1.0)) == pytest.approx((9.0, 12.0))
