"""Benchmarks: growth as a power, shares that add up, and a check that takes a second look. No time is asserted."""

import json

import pytest

from experiments.benchmarks import check
from experiments.benchmarks.measures import exponent, long_run, set_up, shares, state_bytes
from sim import month
from sim.world import TABLES


def test_growth_is_the_power_of_the_number_of_partners():
    """Ten times the partners: ten times the time is 1, a hundred times 2."""
    assert exponent(500, 0.01, 5_000, 0.1) == pytest.approx(1.0)
    assert exponent(500, 0.01, 5_000, 1.0) == pytest.approx(2.0)


def test_shares_of_processes_add_up_and_the_processes_are_left_as_they_were():
    """Every process that the month calls has a share, the rest is "other"."""
    world, _ = set_up(40)
    before = month.search.run
    found = shares(world, 2)
    assert month.search.run is before
    assert {"search", "demand", "payment", "growth", "other"} <= set(found)
    assert sum(found.values()) == pytest.approx(1.0)


def test_bytes_are_those_of_all_tables():
    """The sum over the columns of every table."""
    world, _ = set_up(40)
    assert state_bytes(world) == sum(column.nbytes for name in TABLES for column in getattr(world, name))


def test_a_long_run_says_four_times_how_it_goes():
    """Months 2, 4, 6 and 8 of 8."""
    said = []
    long_run(40, 8, said.append)
    assert [line.split(":")[0].split() for line in said] == [["month", str(at)] for at in (2, 4, 6, 8)]


@pytest.mark.parametrize(
    ("measured", "worse"),
    [((1.29,), []), ((1.4, 1.2), []), ((1.4, 1.5, 1.2), []), ((1.4, 1.5, 1.6), ["month"])],
)
def test_a_ratio_counts_as_worse_when_three_looks_agree(measured, worse, tmp_path, monkeypatch):
    """Up to 1.3 times is good enough, and so is one good look of three."""
    kept, looks, said = tmp_path / "ratios.json", iter(measured), []
    kept.write_text(json.dumps({"month": 1.0}), encoding="utf-8")
    monkeypatch.setattr(check, "KEPT", kept)
    monkeypatch.setattr(check, "RATIOS", {"month": lambda: next(looks)})
    assert check.worse(said.append) == worse
    assert said[0].startswith("WORSE" if worse else "ok")
    assert next(looks, None) is None


def test_every_ratio_is_kept():
    """And nothing else is."""
    assert set(json.loads(check.KEPT.read_text(encoding="utf-8"))) == set(check.RATIOS)
