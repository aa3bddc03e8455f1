"""Study files: read, resolved, and every mistake named with file, key and remedy before anything runs."""

from pathlib import Path

import pytest

import experiments
from experiments.pool import StudyError
from experiments.sweeps.grid import Grid
from experiments.sweeps.record import compare, record_of
from experiments.sweeps.study import read_study, shipped

RIGHT = """\
schema_version = 1
title = "Small"
scenario = "baseline"
outcomes = ["memberships", "focal_wallet"]

[settings]
population.partners = 60
months = 12

[uncertainties]
demand.growth_per_year = { low = -0.02, high = 0.05 }
"membership.attention" = { low = 0.004, high = 0.06, distribution = "log_uniform" }

[levers]
switches.habit = [true, false]
population.vendors = { low = 6, high = 12 }
networks.vendor.fee_per_month_usd = { low = 0, high = 500 }

[design]
kind = "sobol"
samples = 8

[replications]
count = 2
"""


def read(tmp_path, text, **files):
    path = tmp_path / "small.toml"
    path.write_text(text, encoding="utf-8")
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    return read_study(path)


def test_bare_and_quoted_keys_are_factors_of_their_role_and_kind(tmp_path):
    study = read(tmp_path, RIGHT)
    assert [(f.name, f.role, f.whole) for f in study.factors] == [
        ("demand.growth_per_year", "uncertainty", False), ("membership.attention", "uncertainty", False),
        ("switches.habit", "lever", False), ("population.vendors", "lever", True),
        ("networks.vendor.fee_per_month_usd", "lever", False),
    ]  # fmt: skip
    assert (study.points, study.replications.most) == (8, 2)


def test_a_point_becomes_the_plan_that_its_settings_describe(tmp_path):
    study = read(tmp_path, RIGHT)
    grid = Grid(study)
    settings = grid.settings(3)
    plan = study.subject.prepare(settings, study.seed(3))
    assert plan.partners == 60
    assert plan.size.vendors == len(plan.vendors) == settings["population.vendors"]
    assert plan.parameters["demand"].growth_per_year == settings["demand.growth_per_year"]
    assert [g.policy.fee_per_month_usd for g in plan.networks if g.kind == 2] == [settings["networks.vendor.fee_per_month_usd"]]


def test_paired_points_share_their_chance_and_others_do_not(tmp_path):
    paired, apart = read(tmp_path, RIGHT), read(tmp_path, RIGHT + "paired = false\n")
    assert {paired.subject.prepare({}, paired.seed(p)).seed for p in range(4)} == {1}
    assert len({apart.subject.prepare({}, apart.seed(p)).seed for p in range(4)}) == 4


def test_the_rows_of_a_file_are_drawn_whole(tmp_path):
    text = RIGHT.replace("[levers]", '[uncertainties.accepted]\nfile = "accepted.csv"\n[levers]')
    study = read(tmp_path, text, accepted="demand.load,population.regions\n0.8,10\n0.9,20\n")
    rows = {(s["demand.load"], s["population.regions"]) for s in map(Grid(study).settings, range(8))}
    assert rows == {(0.8, 10), (0.9, 20)}
    assert {Grid(study).labels(p)["accepted"] for p in range(8)} == {1, 2}


def test_the_points_of_a_file_are_met_exactly(tmp_path):
    text = RIGHT.split("[uncertainties]")[0] + '[design]\nkind = "csv"\nfile = "points.csv"\n'
    study = read(tmp_path, text, points="demand.load,switches.habit\n0.83,true\n0.91,false\n0.87,true\n")
    assert [Grid(study).settings(p) for p in range(3)] == [
        {"demand.load": 0.83, "switches.habit": True}, {"demand.load": 0.91, "switches.habit": False},
        {"demand.load": 0.87, "switches.habit": True},
    ]  # fmt: skip


CSV_DESIGN = RIGHT.split("[uncertainties]")[0] + '[levers]\ndemand.load = { low = 0.8, high = 1.2 }\n[design]\nkind = "csv"\nfile = "points.csv"\n'
BAD_CELLS = {
    "not a number": ("0.83\n\nnan\n", "line 4, column demand.load: expected a finite number, got \"nan\""),
    "as others write it": ("0.83\nNaN\n", "line 3, column demand.load: expected a finite number"),
    "infinite": ("0.83\n0.9\n-inf\n", "line 4, column demand.load: expected a finite number"),
    "too many digits": ("0.83\n99999999999999999999\n", "line 3, column demand.load: expected a finite number"),
    "empty": ('0.83\n""\n0.9\n', None),
    "text among numbers": ("0.83\nmuch\n", 'line 3, column demand.load: expected a number as in the rows above, got "much"'),
    "outside the factor": ("0.83\n0.9\n1.3\n", "line 4, column demand.load: expected a number from the factor's low \\(0.8\\) to its high \\(1.2\\), got 1.3"),
}  # fmt: skip


def of_a_function(text):
    """The study of a function, which takes any setting."""
    text = text.replace('scenario = "baseline"', 'function = "experiments.sweep_cluster:wave"')
    return text.replace('outcomes = ["memberships", "focal_wallet"]\n', "")


@pytest.mark.parametrize("mistake", BAD_CELLS)
def test_a_cell_of_a_file_that_cannot_be_used_is_named_with_line_and_column(tmp_path, mistake):
    cells, says = BAD_CELLS[mistake]
    if says is None:  # beside another cell, since a line without any is none
        cells, says = "demand.load,switches.habit\n0.83,true\n,false\n", "line 3, column demand.load: empty; write a value"
    else:
        cells = "demand.load\n" + cells
    for text in (CSV_DESIGN, of_a_function(CSV_DESIGN)):
        with pytest.raises(StudyError, match=f"small.toml: design.file: points.csv, {says}"):
            read(tmp_path, text, points=cells)


def test_the_values_of_a_factor_fit_in_one_column_of_the_table(tmp_path):
    text = of_a_function(RIGHT)
    assert read(tmp_path, text).points == 8
    for values, says in {
        '["a", 1]': "value 2: expected a text, got 1; write values of one kind", "[0, true]": "value 2: expected a number, got true",
        "[[1], [2]]": "value 1: expected a finite number, a text, true or false, got a list", "[1.0, nan]": "value 2: expected a number, got nan",
    }.items():  # fmt: skip
        with pytest.raises(StudyError, match=f"levers: switches.habit, {says}"):
            read(tmp_path, text.replace("[true, false]", values))


def test_all_cells_of_a_file_are_tried_on_the_scenario_and_not_only_the_ends(tmp_path):
    text = RIGHT.split("[uncertainties]")[0] + '[design]\nkind = "csv"\nfile = "points.csv"\n'
    rows = ["10"] * 300 + ["10.5"] + ["11"] * 300
    with pytest.raises(StudyError, match=r"points\.csv, line 302, column population\.vendors: .*whole number"):
        read(tmp_path, text, points="population.vendors\n" + "\n".join(rows) + "\n")
    text = RIGHT.replace("[levers]", '[uncertainties.accepted]\nfile = "accepted.csv"\n[levers]')
    with pytest.raises(StudyError, match=r"accepted\.file: accepted\.csv, line 4: demand\.load: expected a number from"):
        read(tmp_path, text, accepted="demand.load\n0.8\n\n80\n0.9\n")


def test_what_a_calibration_writes_is_drawn_and_run_as_it_is(tmp_path):
    written = (Path(experiments.__file__).parent / "plausible.csv").read_text(encoding="utf-8").splitlines()[:4]
    text = RIGHT.replace("[levers]", '[uncertainties.accepted]\nfile = "accepted.csv"\n[levers]')
    keys = written[0].split(",")[2:]
    text = text.replace('"membership.attention" = { low = 0.004, high = 0.06, distribution = "log_uniform" }', "")
    assert list(Grid(read(tmp_path, text, accepted="\n".join(written))).settings(0))[1 : 1 + len(keys)] == keys
    text = RIGHT.split("[uncertainties]")[0] + '[design]\nkind = "csv"\nfile = "points.csv"\n'
    assert list(Grid(read(tmp_path, text, points="\n".join(written))).settings(0)) == keys


def test_the_samples_of_a_design_that_can_grow_are_not_part_of_its_identity_and_anything_else_is(tmp_path):
    first = read(tmp_path, RIGHT).identity()
    assert read(tmp_path, RIGHT.replace("samples = 8", "samples = 16")).identity() == first
    assert read(tmp_path, RIGHT.replace("count = 2", "count = 4")).identity() == first
    for old, new in (("0.05", "0.06"), ("partners = 60", "partners = 61"), ("samples = 8", "samples = 8\nseed = 2"), ('"sobol"', '"random"')):
        assert read(tmp_path, RIGHT.replace(old, new)).identity() != first


def test_a_changed_rule_or_file_among_the_values_of_a_factor_makes_another_study(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    rule, firms = tmp_path / "rule_of_mine.py", tmp_path / "firms.csv"
    rule.write_text("class Never:\n    def decide(self, table, chance):\n        return table.share < 0.0\n", encoding="utf-8")
    firms.write_text("name,staff\nA,10\nB,20\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text('schema_version = 1\ntitle = "Mine"\nextends = "baseline"\n', encoding="utf-8")
    levers = 'rules.consent.name = ["private_estimate", "rule_of_mine:Never"]\npopulation.csv = ["firms.csv"]'
    text = RIGHT.replace('"baseline"', '"mine.toml"').replace("population.partners = 60", "").replace("[levers]", f"[levers]\n{levers}")
    first = record_of(read(tmp_path, text))
    assert record_of(read(tmp_path, text)) == first
    rule.write_text(rule.read_text().replace("<", ">="), encoding="utf-8")
    with pytest.raises(StudyError, match=r"the content of rule_of_mine:Never was .*, is"):
        compare(tmp_path, first, record_of(read(tmp_path, text)))
    changed = record_of(read(tmp_path, text))
    firms.write_text("name,staff\nA,10\nB,21\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"the content of firms\.csv was .*, is"):
        compare(tmp_path, changed, record_of(read(tmp_path, text)))
    assert "sources" not in read(tmp_path, RIGHT).identity()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_study_is_right(name):
    assert read_study(name).factors


MISTAKES = {
    "no such key": ("growth_per_year", "growth_per_yaer", 'uncertainties: demand.growth_per_yaer.*unknown key, did you mean "growth_per_year"'),
    "out of range": ("high = 0.05", "high = 7.0", "growth_per_year.high: .*expected a number from"),
    "field misspelt": ("high = 0.05", "hihg = 0.05", 'unknown key, did you mean "high"'),
    "no end": (", high = 0.05", "", "uncertainties: demand.growth_per_year.high: missing; a uniform distribution needs low, high"),
    "ends swapped": ("low = -0.02, high = 0.05", "low = 0.05, high = -0.02", "high: expected more than low"),
    "not positive": ("low = 0.004", "low = 0.0", "attention.low: expected a positive number for a log_uniform"),
    "distribution": ("log_uniform", "lognormal", 'distribution: expected one of these names, got "lognormal"'),
    "not a table": ("{ low = -0.02, high = 0.05 }", "3", "growth_per_year: expected a table, got 3; write"),
    "twice": ("[true, false]", "[true, true]", "switches.habit.values: true twice; remove one"),
    "no bool": ("[true, false]", '[true, "no"]', "levers: switches.habit, value 2: .*expected true or false"),
    "fraction": ("low = 6, high = 12", "low = 6.5, high = 12", "population.vendors: expected whole numbers, got 6.5; round"),
    "both roles": ("[levers]", "[levers]\ndemand.growth_per_year = [0.0, 0.1]", "levers: demand.growth_per_year: is an uncertainty as well"),
    "a row of all": ("[levers]", "[levers]\nvendors.1.list_margin = [0.1, 0.2]\nvendors.all.list_margin = [0.1, 0.2]",
        "levers: vendors.all.list_margin: sets what levers: vendors.1.list_margin sets too, .*; remove one of them"),
    "a kind of all": ("[levers]", "[levers]\nnetworks.all.fee_per_month_usd = [0, 500]",
        "levers: networks.vendor.fee_per_month_usd: sets what levers: networks.all.fee_per_month_usd sets too"),
    "set and varied": ("months = 12", "months = 12\ndemand.growth_per_year = 0.01",
        "settings: demand.growth_per_year: is not used, since uncertainties: demand.growth_per_year varies it; remove one of them"),
    "a seed for each": ("[levers]", "[levers]\nseed = [1, 2]", "levers: seed: is not used with paired = false"),
    "no network": ("networks.vendor", "networks.vendr", 'did you mean "vendor"'),
    "outcome": ('"focal_wallet"', '"focal_walet"', 'outcomes: there is no outcome "focal_walet", did you mean "focal_wallet"'),
    "design": ('"sobol"', '"sobl"', 'design.kind: expected one of these names, got "sobl", did you mean "sobol"'),
    "samples": ("samples = 8", "", "design.samples: missing; a sobol design needs a number of samples"),
    "samples of a grid": ('"sobol"', '"grid"', "design.samples: a grid design has no number of samples; remove it"),
    "levels": ('"sobol"', '"morris"\nlevels = 5', "design.levels: expected an even number"),
    "count": ("count = 2", "count = 0", "replications.count: expected a whole number from 1 to 100000, got 0"),
    "width": ("count = 2", "most = 9\n[replications.half_width]\nmembership = 0.1", 'half_width: there is no outcome "membership", did you mean'),
    "most": ("count = 2", "[replications.half_width]\nmemberships = 0.1", "replications.most: expected a whole number from least"),
    "count and width": ("count = 2", "count = 2\nmost = 9\n[replications.half_width]\nmemberships = 0.1", "replications.count: either count or"),
    "section": ("[levers]", "[lever]", 'lever: unknown key, did you mean "levers"'),
    "scenario": ('scenario = "baseline"', 'scenario = "basline"', 'scenario: .*did you mean "baseline"'),
    "no scenario": ('scenario = "baseline"', "", "scenario: expected a scenario or a function, one of them"),
    "function": ('scenario = "baseline"', 'function = "experiments.nowhere:f"', "function: .*cannot be imported"),
    "settings": ("months = 12", "moths = 12", 'moths: unknown key, did you mean "months"'),
    "series": ("[settings]", 'series = ["memberships_per_partnr"]\n[settings]', 'series: .*did you mean "memberships_per_partner"'),
    "axes": ("[replications]", '[analysis]\naxes = ["switches.habit", "demand.load"]\n[replications]', 'analysis.axes: there is no factor "demand.load"'),
    "one axis": ("[replications]", '[analysis]\naxes = ["demand.load"]\n[replications]', "analysis.axes: expected at least 2 entries, got 1; add one"),
    "no axis": ("[replications]", "[analysis]\naxes = []\n[replications]", "analysis.axes: expected at least 2 entries, got 0; add one"),
    "same axes": ("[replications]", '[analysis]\naxes = ["switches.habit", "switches.habit"]\n[replications]', 'analysis.axes: "switches.habit" twice; name two'),
    "limits": ("[replications]", "[limits]\nseconds_per_run = -1\n[replications]", "limits.seconds_per_run: expected a number from 0.01"),
    "together": ("low = 6, high = 12 }", "low = 6, high = 40 }\npopulation.skills = { low = 10, high = 50 }", "values that do not go together: .*expected together at most"),
    "file": ("[levers]", '[uncertainties.accepted]\nfile = "acepted.csv"\n[levers]', "accepted.file: acepted.csv: there is no such file"),
    "outside": ("[levers]", '[uncertainties.accepted]\nfile = "../a.csv"\n[levers]', "expected a file beside the study"),
    "not TOML": ("[design]", "[design", "line 19.*not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_file_key_and_remedy(tmp_path, mistake):
    old, new, says = MISTAKES[mistake]
    assert old in RIGHT
    text = RIGHT.replace(old, new) + ("paired = false\n" if mistake == "a seed for each" else "")
    with pytest.raises(StudyError, match=f"small.toml.*{says}") as raised:
        read(tmp_path, text)
    assert "\n" not in str(raised.value)


def test_a_setting_of_all_rows_may_be_varied_in_some_but_not_one_of_some_in_all(tmp_path):
    text = RIGHT.replace("population.vendors = { low = 6, high = 12 }\n", "")
    study = read(tmp_path, text.replace("[uncertainties]", "vendors.all.list_margin = 0.1\n[uncertainties]\nvendors.1.list_margin = [0.05, 0.2]"))
    with pytest.raises(StudyError, match=r"settings: vendors\.2\.list_margin: is not used, since uncertainties: vendors\.all\.list_margin"):
        read(tmp_path, text.replace("[uncertainties]", "vendors.2.list_margin = 0.1\n[uncertainties]\nvendors.all.list_margin = [0.05, 0.2]"))
    margins = {p: study.subject.prepare(Grid(study).settings(p), None).vendors for p in range(8)}
    assert {(round(v[0]["list_margin"], 2), round(v[1]["list_margin"], 2)) for v in margins.values()} == {(0.05, 0.1), (0.2, 0.1)}


def test_keys_of_the_rows_of_a_file_overlap_as_others_do(tmp_path):
    text = RIGHT.replace("[levers]", '[uncertainties.accepted]\nfile = "accepted.csv"\n[levers]')
    with pytest.raises(StudyError, match=r"accepted: demand\.growth_per_year: sets what uncertainties: demand\.growth_per_year sets"):
        read(tmp_path, text, accepted="demand.growth_per_year,demand.load\n0.01,0.9\n")
    with pytest.raises(StudyError, match=r"settings: months: is not used, since uncertainties: accepted: months varies it"):
        read(tmp_path, of_a_function(text), accepted="months,b\n12,0.9\n")


def test_a_study_that_does_not_exist_is_named_with_the_nearest():
    with pytest.raises(StudyError, match="there is no such study"):
        read_study("sensitivty")


def test_the_scenario_of_a_point_is_itself_a_file_that_means_the_same(tmp_path):
    from sim.scenario import load
    from sim.scenario.listing import written_out

    study = read(tmp_path, RIGHT + "paired = false\n")
    scenario = study.subject.scenario(Grid(study).settings(5), study.seed(5))
    (tmp_path / "point.toml").write_text(written_out(scenario, False), encoding="utf-8")
    assert load(tmp_path / "point.toml").digest() == scenario.digest()
