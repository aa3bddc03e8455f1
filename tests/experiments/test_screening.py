"""Two-level designs in which all coefficients change at once, and what each does by itself."""

import numpy as np
import pytest

from experiments.cells import Changes
from experiments.coefficients import assumed, coefficients
from experiments.flips import nearest_ways
from experiments.screening import Screened, changed, first_flips, main_effects, moved, near_end, two_level
from sim.scenario import load

RUNS = 10


@pytest.mark.parametrize("factors", [2, 3, 7, 11, 20, 271])
def test_columns_are_orthogonal_and_free_of_products_of_two_others(factors):
    """So the effect of one coefficient is not that of another, nor of two others together."""
    design = two_level(factors).astype(int)
    runs = len(design)
    assert (design.T @ design == runs * np.eye(factors)).all()
    assert (design.sum(axis=0) == 0).all()
    product = design[:, 0] * design[:, 1]
    assert (design.T @ product == 0).all()


def test_effects_are_found_beside_an_interaction():
    """Y = 3 + 2 a - b + 5 a c: the effects of a, b, c are 2, -1, 0."""
    design = two_level(11).astype(int)
    y = 3.0 + 2.0 * design[:, 0] - design[:, 1] + 5.0 * design[:, 0] * design[:, 2]
    effects, error = main_effects(design, y)
    np.testing.assert_allclose(effects[:4], [2.0, -1.0, 0.0, 0.0], atol=1e-12)
    assert error[0] > 0.5  # the interaction is in the rest


def test_the_standard_error_is_that_of_the_effect():
    """Of 200 responses without any effect, about 95 % of effects lie within 1.96 standard errors."""
    rng = np.random.default_rng(3)
    design = two_level(19)
    found = [main_effects(design, rng.normal(size=len(design))) for _ in range(200)]
    inside = np.mean([(np.abs(effects) <= 1.96 * error).mean() for effects, error in found])
    assert 0.92 < inside < 0.97


def test_each_coefficient_is_a_fifth_higher_or_lower():
    """And those that are zero stay."""
    plan = load("baseline", {"population.partners": 60}).plan
    known = assumed(plan)
    signs = np.where(np.arange(len(known)) % 2 == 0, 1, -1)
    now = {c.key: c.value for c in coefficients(changed(plan, known, signs))}
    for c, sign in zip(known, signs, strict=True):
        if not c.whole and not c.key.startswith("rules.") and c.low <= 1.2 * abs(c.value) <= c.high:
            assert now[c.key] == pytest.approx(c.value * (1.0 + 0.2 * sign))


def changes(**values):
    """Ten runs in which nothing changes but for what is said."""
    noise = np.linspace(-0.001, 0.001, RUNS)
    return Changes(*(noise + values.get(name, 0.0) for name in Changes._fields))


def scalars(**values):
    return Changes(*(values.get(name, 0.0) for name in Changes._fields))


def test_a_coefficient_moves_a_verdict_when_its_effect_takes_it_across_a_margin():
    """Wallet holds at 0 within 2 points; an effect of 3 points makes it erode one way and strengthen the other."""
    effects = {"idle": scalars(), "strong": scalars(wallet=0.03, attitude=0.06), "perhaps": scalars(level=0.12)}
    screened = Screened(changes(), changes(), effects, scalars(level=0.05, wallet=0.001, attitude=0.001))
    found = moved(screened, headlines=2)
    assert [(m.key, m.factor, m.verdict, m.sure) for m in found] == [
        ("strong", 0.8, ("stabilise", "erodes"), True),
        ("strong", 1.2, ("stabilise", "strengthens"), True),
        ("perhaps", 0.8, ("decline", "holds"), False),
        ("perhaps", 1.2, ("grow", "holds"), False),
    ]


def test_the_nearest_flip_is_where_the_effect_in_logarithms_reaches_the_margin():
    """A 20 % change moves the level by 5 %: the margin of 10 % is reached at 1.2 squared, about x1.44."""
    screened = Screened(changes(), changes(), {"a": scalars(level=0.05), "b": scalars(level=0.01)}, scalars())
    factor, key, _, verdict = first_flips(screened, headlines=2)[0]
    assert (key, verdict) == ("a", 0)
    assert factor == pytest.approx(1.44, abs=0.05)
    found = first_flips(screened, headlines=2)
    assert {(k, u) for _, k, u, _ in found} == {("a", True), ("a", False)}
    assert nearest_ways([(1.1, "a", True, 0), (1.2, "b", True, 0), (1.3, "a", True, 1)], 1) == [("a", True)]


def test_an_effect_that_may_be_chance_foresees_no_flip():
    """Of two effects of the same size only the one that is known surely counts, and by what of it is sure."""
    effects = {"sure": scalars(wallet=0.01, attitude=0.03), "noise": scalars(level=0.05)}
    found = first_flips(Screened(changes(), changes(), effects, scalars(level=0.05, wallet=0.001, attitude=0.001)), headlines=2, most=10.0)
    assert {key for _, key, _, _ in found} == {"sure"}
    assert near_end(scalars(level=-0.05), scalars(level=0.01)).level == pytest.approx(-0.0304)
