"""The validation table: every row of the specification, nothing looked at that is held out, and a page."""

import numpy as np
import pyarrow as pa
import pytest

from experiments import console, looks
from experiments.checks import CALIBRATION, HELD_OUT_STATEMENTS
from experiments.pictures import Bar, Line, intervals, plot
from experiments.runner import RunError
from experiments.validation import command, empirical, report
from experiments.validation.analytic import ANALYTIC
from experiments.validation.check import NOT_LOOKED_AT, Check, check
from sim.scenario import load


@pytest.fixture(scope="module")
def plan():
    return load("baseline", {"population.partners": 60, "months": 6, "burn_in_months": 0}).plan


def test_the_table_has_every_row_of_the_specification():
    assert list(ANALYTIC) == [f"A{n}" for n in range(1, 10)]
    assert {s.id for s in (*CALIBRATION, *HELD_OUT_STATEMENTS)} - {"S2"} == set(command.EMPIRICAL)
    assert {s.id for s in HELD_OUT_STATEMENTS} == set(command.HELD_OUT)


def test_a_row_says_mean_interval_and_verdict():
    table = pa.table({"arm": ["baseline"] * 3, "replication": [0, 1, 2], "staff_mean": [8.0, 8.1, 7.9]})
    row = empirical.rows_of(CALIBRATION[:1], table)[0]
    assert row.measured.startswith("8 [7.7")
    assert row.verdict == "holds"
    far = table.set_column(2, "staff_mean", pa.array([11.0, 11.1, 10.9]))
    assert empirical.rows_of(CALIBRATION[:1], far)[0].verdict == "misses"


def test_nobody_looks_at_what_is_held_out_unless_asked(plan, monkeypatch, tmp_path):
    def forbidden(*_, **__):
        raise AssertionError("looked")

    monkeypatch.setattr(console, "study", forbidden)
    monkeypatch.setattr(looks, "log_look", forbidden)
    rows = empirical.held_out(plan, range(2), tmp_path, 1, "", look=False)
    assert {r.verdict for r in rows} == {NOT_LOOKED_AT}
    with pytest.raises(AssertionError, match="looked"):
        empirical.held_out(plan, range(2), tmp_path, 1, "", look=True)


def test_the_command_writes_a_page_and_names_what_does_not_hold(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(
        ANALYTIC, "A5", lambda: [check("A5", "two <b>", "law", "1", "2", holds=False), check("A5", "x", "", "", "", True)]
    )
    page = tmp_path / "page.html"
    found = command.validate(2, page, ["A5", "E3"], False, {}, 1, tmp_path, "", "channel-sim validate")
    said = capsys.readouterr().out
    assert [c.id for c in found][:2] == ["A5", "A5"]
    assert "1 of 2 rows hold. Not: A5 two <b> (misses)." in said
    assert "E3 are held out and were not looked at" in said
    assert "two &lt;b&gt;" in page.read_text()
    with pytest.raises(RunError, match="--only A99"):
        command.validate(2, None, ["A99"], False, {}, 1, tmp_path, "", "")


def test_the_summary_counts_edges_as_holding():
    rows = [
        Check("E1", "s", "", "", "", "holds, at the edge"),
        Check("E1", "t", "", "", "", ""),
        Check("E1", "u", "", "", "", "unknown"),
    ]
    assert report.summary(rows).startswith("1 of 2 rows hold. Not: E1 u (unknown).")


def test_pictures_put_points_where_they_belong_and_leave_out_what_is_unknown():
    picture = plot([Line("a & b", np.array([0.0, 10.0]), np.array([0.0, np.nan]), "points")], "x", "y", "c")
    assert picture.count("<circle") == 1
    assert "a &amp; b" in picture
    assert "nothing is known" in plot([Line("a", np.array([0.0]), np.array([np.nan]))], "x", "y", "c")
    two = intervals([Bar("left", -1.0, -2.0, 0.0, "bad"), Bar("right", 3.0, 2.0, 4.0), Bar("none", np.nan, 0, 0)], "x", "c", 0.5)
    xs = [float(part.split('"')[0]) for part in two.split('<circle cx="')[1:]]
    assert len(xs) == 2
    assert xs[0] < xs[1]
