"""Benchmarks: growth as a power, shares that add up, and a check that takes a second look. No time is asserted."""

import json

import numpy as np
import pytest

from experiments.benchmarks import check
from experiments.benchmarks.__main__ import main
from experiments.benchmarks.long import Run, long_run, shown
from experiments.benchmarks.measures import exponent, set_up, shares, state_bytes
from experiments.runner import RunError
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


def test_a_long_run_says_what_memory_it_needs_and_four_times_how_it_goes():
    """Months 2, 4, 6 and 8 of 8."""
    said = []
    long_run(40, 8, said.append)
    assert said[0].startswith("memory: about 0.3")
    assert [line.split(":")[0].split() for line in said[1:]] == [["month", str(at)] for at in (2, 4, 6, 8)]


def _same(run: Run, other: Run) -> bool:
    """Whether two runs end in the same world, with the same series."""
    pairs = [pair for name in TABLES for pair in zip(getattr(run.world, name), getattr(other.world, name), strict=True)]
    series = [[list(row.values()) for row in one.rows] for one in (run, other)]
    return all(np.array_equal(*pair, equal_nan=True) for pair in (*pairs, series))


def test_a_long_run_that_was_interrupted_goes_on_with_the_same_bits(tmp_path):
    """Killed while a stage is written: the one before counts, and series that look back 12 months are as if nothing had been."""
    whole, said = long_run(40, 17, [].append), []
    long_run(40, 15, said.append, tmp_path, every=7)
    half = tmp_path / "month-000016"
    half.mkdir()
    (half / "world.npz").write_bytes(b"half a world")
    again = long_run(40, 17, said.append, tmp_path)
    assert "going on after month 15" in said
    assert _same(whole, again)
    assert [place.name for place in tmp_path.iterdir()] == ["month-000017"]


def test_the_series_shown_are_those_of_every_second_year_and_the_last_month():
    """Months 24 and 30 of 30."""
    run = long_run(40, 30, [].append)
    table = shown(run.rows)
    assert [row[0] for row in table] == ["24", "30"]
    assert table[1][1] == f"{run.rows[29]['partners']:.4g}"


def test_a_long_run_refuses_what_is_kept_of_another_and_what_does_not_fit(tmp_path, monkeypatch, capsys):
    """One message each, status 2, and what was kept is left alone."""
    long_run(40, 2, [].append, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr("sys.argv", ["benchmarks", "--long", "41x2", "--out", str(tmp_path)])
    assert main() == 2
    assert "partners 40 (now 41)" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "month-000002" / "world.npz").write_bytes(b"half a world")
    with pytest.raises(RunError, match=r"month-000002: damaged .*; name another with --out"):
        long_run(40, 3, [].append, tmp_path)
    monkeypatch.setattr("experiments.benchmarks.long.available", lambda: 10**8)
    with pytest.raises(RunError, match=r"40 partners need about 0\.3 GB of memory; 0\.1 GB are available"):
        long_run(40, 2, [].append)


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
