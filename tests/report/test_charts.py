"""Charts: what they draw follows from what they are given."""

import re

import numpy as np
import pyarrow as pa

from sim.report.blocks import Chart, Section, Table, charts_of, csv_of, html_of
from sim.report.charts.bands import Bands, band_chart, quantiles_of
from sim.report.charts.bars import Estimate, forest, histogram, waterfall
from sim.report.charts.frame import Scale, extent, month_axis, number, ticks
from sim.report.charts.network import Picture, network_chart, picture_of, places


def test_a_scale_maps_linearly_and_ticks_are_round():
    assert Scale(0.0, 10.0, 100.0, 0.0)(2.5) == 75.0
    assert ticks(-0.9, 2.1) == [0.0, 1.0, 2.0]
    assert extent([np.nan]) == (-1.0, 1.0)
    assert [number(v) for v in (1234567.0, 12345.0, 0.1234, np.nan)] == ["1.23 m", "12.3 k", "0.123", "-"]


def test_quantiles_are_across_replications_and_unknown_where_nothing_is_known():
    found = quantiles_of(np.array([[1.0, np.nan], [3.0, np.nan]]))
    assert found[2, 0] == 2.0
    assert np.isnan(found[:, 1]).all()


def test_a_band_chart_draws_each_scenario_and_differences_with_their_zero_line():
    level = quantiles_of(10.0 + np.arange(6.0).reshape(2, 3))
    alone = band_chart("t", "u", [0, 1, 2], [Bands("a", level)])
    both = band_chart("t", "u", [0, 1, 2], [Bands("a", level), Bands("b", level + 1, level * 0 + 1)])
    assert (alone.count("median line0"), alone.count("median line1")) == (1, 0)
    assert (both.count("median line1"), both.count('class="zero"')) == (2, 1)
    assert "NaN" not in both
    assert "nan" not in both


def test_a_waterfall_ends_where_its_bars_lead():
    svg = waterfall("t", "points", 0.2, [Estimate("up", 0.1), Estimate("down", -0.05)], 0.25, 100.0)
    assert re.findall(r'class="(gain|loss)"', svg) == ["gain", "loss"]
    ends = re.findall(r'<line x1="([\d.]+)"[^>]*class="(mark|grid)"', svg)
    assert ends[-1][0] == ends[-2][0]  # the last bar ends at the mark of the end


def test_a_forest_has_at_least_two_ticks():
    for reach in (1.0, 2.6, 3.7, 4.9, 7.0):
        svg = forest("t", "u", [Estimate("a", 0.04, -0.95 * reach, reach)])
        numbers = [float(said) for said in re.findall(r'class="tick"[^>]*>([^<]*)</text>', svg)]
        assert len(set(numbers[1:])) >= 2, (reach, numbers)


def test_a_forest_fills_only_the_dots_whose_interval_leaves_out_zero():
    svg = forest("t", "u", [Estimate("clear", 1.0, 0.5, 1.5), Estimate("not", 1.0, -0.5, 2.5), Estimate("bare", 1.0)])
    assert re.findall(r'class="(dot[ open]*)"', svg) == ["dot", "dot open", "dot open"]


def test_a_histogram_counts_every_value_and_marks_what_it_is_told():
    svg = histogram("t", "u", np.array([1.0, 1.0, 3.0, np.nan]), (("two", 2.0),), bins=2)
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" class="column"', svg)]
    assert heights == [110.0, 55.0]
    assert "two" in svg
    assert "nothing to show" in histogram("t", "u", np.array([]))


def test_the_picture_shows_who_is_there_at_the_end_of_a_month():
    firms = pa.table({"partner": [1, 2, 3], "entered": [0, 0, 5], "left": pa.array([None, 4, None], pa.int64()), "region": [0, 1, 1], "staff_entered": [2.0, 3.0, 4.0]})
    bonds = pa.table({"uid_a": [1, 1], "uid_b": [2, 3], "form": ["formal", "project"], "start": [1, 1], "end": pa.array([4, None], pa.int64())})
    carried = pa.table({"partner": [1, 2], "vendor": [0, 1], "taken_on": [0, 0], "dropped": pa.array([None, None], pa.int64())})
    years = pa.table({"month": [2], "partner": [1], "staff": [9.0]})
    tables = {"partners": firms, "alliances": bonds, "vendor_relations": carried, "partner_years": years}
    early, late = picture_of(tables, 3), picture_of(tables, 5)
    assert (early.partners.tolist(), early.staff.tolist(), early.loyal.tolist()) == ([1, 2], [9.0, 3.0], [True, False])
    assert (early.pairs.tolist(), early.formal.tolist(), early.alliances) == ([[0, 1]], [True], 1)
    assert (late.partners.tolist(), late.pairs.tolist()) == ([1, 3], [])


def test_a_partner_keeps_its_place_whoever_comes_and_goes():
    uid = np.array([5, 9])
    both = places(np.array([0, 1]), uid, 2)
    assert np.array_equal(places(np.array([1]), uid[1:], 2)[0], both[1])


def test_text_is_escaped_and_a_chart_carries_its_data():
    chart = Chart("<b>", "<svg></svg>", "x", ("a",), ((1.5,),))
    section = Section("s", "T & T", ("<script>", Table(("h",), (("<i>",),)), (chart,)))
    html = html_of(section)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert charts_of([section]) == [chart]
    assert csv_of(("a",), ((1.5,),)) == "a\n1.5\n"
    assert 'download="x.csv"' in html


def test_a_mark_that_is_not_known_is_left_out_of_a_distribution():
    """As the sum of pairs is that earned nothing without their alliance."""
    drawn = histogram("t", "u", np.array([1.9, 2.1]), (("2", 2.0), ("sum nan", np.nan)))
    assert "nan" not in drawn
    assert ">2<" in drawn


def test_nearly_equal_values_are_one_column_on_an_axis_that_can_be_read():
    drawn = histogram("t", "u", np.array([2.0, 2.00004]), (("2", 2.0),))
    assert drawn.count('class="column"') == 24
    assert "e+00" not in drawn


def test_the_word_month_is_not_written_over_a_tick():
    drawn = month_axis(Scale(0.0, 113.0, 46.0, 392.0), 100.0)
    assert re.findall(r">(\w+)<", drawn) == ["0", "24", "48", "72", "96", "month"]
    assert ">108<" not in month_axis(Scale(36.0, 113.0, 46.0, 392.0), 100.0)


def test_many_alliances_are_drawn_more_faintly_than_few():
    few, many = (
        network_chart(Picture(0, np.arange(40), np.zeros(40, int), np.ones(40), np.ones(40, bool), np.array([[0, 1]] * n), np.zeros(n, bool), n), ["R"], ["V"], "t")
        for n in (10, 2_500)
    )
    assert 'stroke-opacity="1.00"' in few
    assert 'stroke-opacity="0.16"' in many
