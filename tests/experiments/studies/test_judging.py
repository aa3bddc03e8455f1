"""From figures to verdicts: every expectation, the smallest effect, power, rate ratios, ranks."""

import numpy as np
import pytest

from experiments.studies.judging import (
    OPEN,
    REFUTED,
    SUPPORTED,
    chance_to_decide,
    combined,
    effects,
    judge,
    planned,
    ranked,
    replications,
)
from experiments.studies.leaving import CLASSES, mantel_haenszel
from experiments.studies.protocol import Contrast


def contrast(**other):
    made = {
        "name": "c", "outcome": "y", "arms": {"a": 1.0, "b": -1.0}, "reference": 0.0, "scale": "absolute", "expected": "more",
        "smallest": 1.0, "why": "w", "sd": 1.0, "sd_source": "s", "primary": True, "statistic": "linear",
    }  # fmt: skip
    return Contrast(**(made | other))


def around(mean, spread=0.1, n=10):
    z = np.linspace(-1.0, 1.0, n)
    return mean + spread * z / z.std(ddof=1)


@pytest.mark.parametrize(
    ("expected", "mean", "spread", "verdict"),
    [
        ("more", 2.0, 0.1, SUPPORTED),
        ("more", 0.5, 0.1, REFUTED),  # surely there, and surely too small
        ("more", -2.0, 0.1, REFUTED),
        ("more", 1.0, 9.0, OPEN),
        ("less", -2.0, 0.1, SUPPORTED),
        ("less", 0.0, 0.1, REFUTED),
        ("same", 0.1, 0.1, SUPPORTED),
        ("same", 2.0, 0.1, REFUTED),
        ("same", 0.0, 9.0, OPEN),
        ("no less", 0.0, 0.1, SUPPORTED),
        ("no less", 5.0, 9.0, SUPPORTED),
        ("no less", -0.9, 1.0, OPEN),
        ("no less", -2.0, 0.1, REFUTED),
        ("no more", 0.5, 0.1, SUPPORTED),
        ("no more", 2.0, 0.1, REFUTED),
    ],
)
def test_a_verdict_follows_from_interval_and_smallest_effect(expected, mean, spread, verdict):
    assert judge(contrast(expected=expected), around(mean, spread)).verdict == verdict


def test_one_replication_decides_nothing_and_a_mean_only_leans():
    found = judge(contrast(), np.array([5.0]))
    assert (found.verdict, found.leans) == (OPEN, SUPPORTED)
    assert judge(contrast(), np.array([np.nan, np.nan])).leans == OPEN


def test_a_claim_needs_all_its_parts_and_falls_with_one():
    assert combined([SUPPORTED, SUPPORTED]) == SUPPORTED
    assert combined([SUPPORTED, OPEN]) == OPEN
    assert combined([SUPPORTED, OPEN, REFUTED]) == REFUTED


def test_effects_are_weighed_paired_and_relative_to_what_stands_below():
    table = {("a", "y"): [3.0, 5.0], ("b", "y"): [1.0, 2.0], ("c", "y"): [1.0, 1.0], ("d", "y"): [2.0, 2.0]}
    values = lambda arm, outcome: np.array(table[arm, outcome])  # noqa: E731
    four = contrast(arms={"a": 1.0, "b": -1.0, "c": -1.0, "d": 1.0}, reference=0.5)
    assert effects(four, values) == pytest.approx([2.5, 3.5])
    assert effects(contrast(scale="relative"), values).mean() == pytest.approx(8.0 / 3.0 - 1.0)
    assert effects(contrast(arms={"a": 1.0}, reference=2.0), values) == pytest.approx([1.0, 3.0])


def test_the_rate_ratio_holds_worth_equal():
    """Rates of .1 and .2 in two classes halve in both, though crude rates hide it as membership moves between classes."""
    months, other = np.array([100.0, 900.0]), np.array([900.0, 100.0])
    rate = np.array([0.1, 0.2])
    assert mantel_haenszel(0.5 * rate * months, months, rate * other, other) == pytest.approx(np.log(0.5))
    crude = (0.5 * rate * months).sum() / months.sum() / ((rate * other).sum() / other.sum())
    assert crude > 0.8
    assert np.isnan(mantel_haenszel(0.0 * rate, months, rate * other, other))


def test_a_contrast_of_rates_reads_the_classes():
    def values(arm, outcome):
        _, what, k = outcome.rsplit("_", 2)
        here = int(k) in (3, 4)
        size = {"months": 50.0, "exits": 5.0 if arm == "a" else 10.0}[what]
        return np.array([size, size]) if here else np.zeros(2)

    found = effects(contrast(statistic="mantel_haenszel", outcome="leave"), values)
    assert found == pytest.approx([np.log(0.5)] * 2)
    assert CLASSES > 4


def test_power_grows_with_runs_and_the_number_asked_for_has_it():
    c = contrast(sd=2.0)
    assert chance_to_decide(c, 10, 2.0) < chance_to_decide(c, 40, 2.0) < chance_to_decide(c, 400, 2.0)
    n = replications(c)
    assert chance_to_decide(c, n, 2.0) >= 0.8 > chance_to_decide(c, n - 1, 2.0)
    assert planned([contrast(sd=0.01)]) == 30
    assert planned([contrast(sd=0.01)], {"c": 2.0}) == n > 30


def test_the_power_claimed_is_the_power_found():
    """Of 400 studies with the planned number of runs and no effect at least three in four say so."""
    c = contrast(expected="same", sd=2.0)
    rng = np.random.default_rng(1)
    n = replications(c)
    said = [judge(c, rng.normal(0.0, 2.0, n)).verdict for _ in range(400)]
    assert 0.75 < said.count(SUPPORTED) / 400 < 0.87
    assert said.count(REFUTED) < 12


def test_arms_are_ranked_by_what_they_add():
    values = lambda arm, outcome: np.array({"none": [10.0, 20.0], "x": [11.0, 22.0], "y": [12.0, 24.0]}[arm])  # noqa: E731
    assert [(arm, round(f.mean, 6)) for arm, f in ranked(values, "y", "none", ["x", "y"])] == [("y", 0.2), ("x", 0.1)]
