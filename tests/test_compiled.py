"""Calling machine code without asking Numba gives what asking gives, whatever the arguments are."""

from typing import NamedTuple

import numpy as np
import pytest

from sim.compiled import Compiled, allocating_kernel, kernel, leaf
from sim.state.table import Floats, Ints


class Rates(NamedTuple):
    """Parameters."""

    rate: float
    count: int


class Rows(NamedTuple):
    """A table."""

    x: Floats
    n: Ints


@leaf
def _twice(x):
    return x * 2


@leaf
def _shifted(x, by=1):
    return x + by


@leaf
def _spread(rates):
    return rates.rate * rates.count / 4


@kernel
def _sum(column):
    total = 0.0
    for n in range(column.size):
        total += column[n]
    return total


@kernel
def _dot(rows):
    total = 0.0
    for n in range(rows.x.size):
        total += rows.x[n] * rows.n[n]
    return total


@allocating_kernel
def _more(column):
    out = np.empty(column.size)
    for n in range(column.size):
        out[n] = _twice(column[n])
    return out


def each_way(function, *args):
    """What the function gives, asked twice, so that the second time the machine code is known; Numba's own answer."""
    return function(*args), function(*args), function.dispatcher(*args)


@pytest.mark.parametrize("x", [3, 3.5, True, -(2**62), np.int64(7), np.uint64(2**63 + 1), np.float64(0.25)], ids=repr)
def test_numbers_are_told_apart_by_their_class(x):
    """Each is asked after all the others have been, in both orders."""
    for other in (1, 0.5, np.uint64(1), x):
        _twice(other)
    first, again, asked = each_way(_twice, x)
    assert first == again == asked
    assert type(first) is type(again) is type(asked)


@pytest.mark.parametrize(
    "column",
    [np.arange(6.0), np.arange(6), np.arange(12.0)[::2], np.arange(6) > 2, np.arange(6, dtype=np.float32)],
    ids=["floats", "whole numbers", "every other", "yes or no", "half as wide"],
)
def test_arrays_are_told_apart_by_type_and_layout(column):
    _sum(np.ones(3))
    first, again, asked = each_way(_sum, column)
    assert first == again == asked == column.sum()


def test_parameters_are_told_apart_by_what_they_hold():
    """A count that is no whole number would be cut off if the code for whole numbers were taken."""
    for rates in (Rates(0.5, 3), Rates(0.5, 3.7), Rates(1, 3), Rates(0.5, 3)):
        assert each_way(_spread, rates) == (pytest.approx(rates.rate * rates.count / 4),) * 3


def test_a_table_of_any_size_goes_with_one_code():
    for n in (1, 5, 0):
        rows = Rows(np.arange(n, dtype=float), np.arange(n))
        assert each_way(_dot, rows) == ((rows.x * rows.n).sum(),) * 3
    assert len(_dot.overloads) == len(_dot._known) == 1


def test_names_and_defaults_are_left_to_numba():
    assert _shifted(1) == _shifted(1) == 2
    assert _shifted._known[(int,)] is _shifted.dispatcher
    assert _shifted(1, by=3) == _shifted(by=3, x=1) == _shifted(1, 3) == 4


def test_compiled_callers_see_numbas_own_function():
    assert isinstance(_twice, Compiled)
    assert _more(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]


def test_an_error_is_numbas():
    for _ in range(2):
        _twice(1)
        with pytest.raises(OverflowError):
            _twice(2**63 + 1)
    with pytest.raises(TypeError):
        _twice()
    with pytest.raises(TypeError):
        _twice("one", "two")
