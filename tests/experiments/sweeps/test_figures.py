"""Figures and page of a sweep: what they draw is true, what is absent is said, the page fetches nothing."""

import base64
import hashlib
import json
import math
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from experiments import sweep
from experiments.known_answers import with_columns
from experiments.outcomes import Outcome
from experiments.sweeps.factors import Factor
from experiments.sweeps.figures import SHADES, pairs_figure, regime_figure
from experiments.sweeps.interactions import interaction, main_effects
from experiments.sweeps.means import Means, means_of
from experiments.sweeps.regime_map import LOYALTY, NEEDED, NETWORKS, RegimeMap, binned, regimes_in_words, regimes_of
from experiments.sweeps.report import meanings, sentence, write_report
from experiments.sweeps.sensitivity import coordinates, sensitivity
from experiments.sweeps.study import study_of
from experiments.sweeps.sweeping import opened
from sim.parameters import declared
from sim.policy import Policy
from tests.experiments.sweeps.test_analysis import ISHIGAMI, UNIT, noise, tree, unpaired


def test_an_outcome_that_does_not_vary_has_no_indices_and_says_so():
    study = study_of(tree("ishigami", ISHIGAMI, {"kind": "saltelli", "samples": 16}), Path("known.toml"))
    flat = Means("y", np.full(study.points, 3.0), np.zeros(study.points), np.ones(study.points, np.int64))
    assert sensitivity(study, flat).note == "it does not vary over the design"


def test_each_run_has_the_regime_of_its_own_numbers():
    base = dict.fromkeys(NEEDED, 1.0) | {"memberships_slope": 0.0, "focal_attitude_early": 1.0}
    runs = [
        base, base | {"memberships": 1.2}, base | {"memberships": 0.8}, base | {"memberships_slope": 0.05},
        base | {"focal_wallet": 1.03, "focal_attitude": 1.1}, base | {"focal_wallet": 0.97, "focal_attitude": 0.9},
        base | {"focal_wallet": 1.03}, base | {"focal_wallet": math.nan},
    ]  # fmt: skip
    networks, loyalty = regimes_of(pa.table({name: [run[name] for run in runs] for name in NEEDED}))
    assert [NETWORKS[n] for n in networks] == ["stabilise", "grow", "decline", "grow", *["stabilise"] * 4]
    assert [LOYALTY[n] if n >= 0 else None for n in loyalty] == [*["holds"] * 4, "strengthens", "erodes", "mixed", None]


def test_regimes_are_said_in_words_and_so_is_what_is_mixed():
    base = dict.fromkeys(NEEDED, 1.0) | {"memberships_slope": 0.0, "focal_attitude_early": 1.0}
    runs = [*[base] * 5, *[base | {"focal_wallet": 1.03}] * 2, base | {"memberships": 1.2, "focal_wallet": 0.97, "focal_attitude": 1.1}]
    runs += [base | {"focal_wallet": math.nan}]
    said = regimes_in_words(pa.table({name: [run[name] for run in runs] for name in NEEDED}))
    assert said == (
        "Of 8 runs networks stabilise in 88 %, grow in 12 %; loyalty holds in 62 %, mixed in 38 %. Mixed is: behaviour "
        "strengthens while attitude holds 25 %, behaviour erodes while attitude strengthens 12 %."
    )


def test_lists_are_binned_by_value_and_ranges_in_equally_likely_parts():
    place, labels = binned(Factor("a", "lever", ("x", "y")), np.array([0.25, 0.75]))
    assert (place.tolist(), labels) == ([0, 1], ("x", "y"))
    u = np.array([0.0, 0.39, 1.0, *np.linspace(0, 1, 20)])
    place, labels = binned(Factor("a", "lever", low=0.0, high=10.0), u)
    assert (place[:3].tolist(), labels[1]) == ([0, 1, 4], "2 to 4")
    assert binned(Factor("a", "lever", low=-0.04, high=0.08), u, 3)[1] == ("-0.04 to 0", "0 to 0.04", "0.04 to 0.08")
    place, labels = binned(Factor("a", "lever", low=1.0, high=12.0, whole=True), u)
    assert labels == ("1 to 3", "4 to 5", "6 to 8", "9 to 10", "11 to 12")
    assert place[:3].tolist() == [0, 1, 4]


def test_few_values_of_a_range_or_of_whole_numbers_each_have_a_cell_and_long_lists_say_from_where_to_where():
    place, labels = binned(Factor("a", "lever", low=0.0, high=3.0), np.array([0.0, 1 / 3, 2 / 3, 1.0, 1 / 3 + 1e-15]))
    assert (place.tolist(), labels) == ([0, 1, 2, 3, 1], ("0", "1", "2", "3"))
    place, labels = binned(Factor("a", "lever", low=2.0, high=4.0, whole=True), np.linspace(0, 1, 30))
    assert (place[[0, 15, 29]].tolist(), labels) == ([0, 1, 2], ("2", "3", "4"))
    some = (30, *range(11))
    place, labels = binned(Factor("a", "lever", some), (np.arange(12) + 0.5) / 12)
    assert (place.tolist(), labels) == (
        [4, 0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4],
        ("0 to 2", "3 to 4", "5 to 7", "8 to 9", "10 to 30"),
    )


def test_interaction_lines_hold_the_means_of_their_cells():
    study = study_of(tree("ishigami", UNIT, {"kind": "grid", "levels": 6}), Path("known.toml"))
    u = coordinates(study)
    y = np.where(u[:, 1] < 1 / 3, u[:, 0], 1.0 - u[:, 0])
    found = interaction(study, Means("y", y, np.zeros(len(y)), np.ones(len(y), np.int64)), u, "x1", "x2")
    assert np.all(np.diff(found.mean[0]) > 0)
    assert np.all(np.diff(found.mean[2]) < 0)
    assert found.points.sum() == len(y)


def made(function, factors, design, **sections):
    """A study, and its points' coordinates and outcomes by a function of them, without any run."""
    study = study_of(tree("ishigami", factors, design, **sections), Path("known.toml"))
    u = coordinates(study)
    return study, u, known(function(u))


def known(y):
    """Means of single replications."""
    return Means("y", y, np.full(len(y), np.nan), np.ones(len(y), np.int64))


@pytest.mark.parametrize("kind", ["saltelli", "morris", "random"])
def test_intervals_of_interactions_hold_the_true_mean_as_often_as_they_say(kind):
    """The mean is x1 + x2; the rest, of mean 0, is nearly the same at all points of a sample or trajectory of ten factors."""
    ten = {f"x{n}": {"low": 0.0, "high": 1.0} for n in range(1, 11)}
    pairs = ((2, 3), (4, 5), (6, 7), (8, 9), (2, 5), (4, 7))
    study, _, _ = made(lambda u: u[:, 0], ten, {"kind": kind, "samples": 400 if kind == "random" else 80})
    held, wider = [], []
    for seed in range(20):
        again = study._replace(design=study.design._replace(seed=seed))
        u = coordinates(again)
        mean, rest = u[:, 0] + u[:, 1], 12 * sum((u[:, a] - 0.5) * (u[:, b] - 0.5) for a, b in pairs)
        found = interaction(again, known(mean + rest), u, "x1", "x2")
        true = interaction(again, known(mean), u, "x1", "x2").mean
        sure = np.isfinite(found.half)
        held += (np.abs(found.mean - true) <= found.half)[sure].tolist()
        loose = again._replace(analysis=again.analysis._replace(confidence=0.5))
        wider.append(np.nanmean(found.half / interaction(loose, known(mean + rest), u, "x1", "x2").half))
    assert 0.9 <= np.mean(held) <= 0.98
    assert min(wider) > 2


def test_on_a_grid_intervals_are_of_chance_alone_and_factors_are_chosen_by_their_main_effects(tmp_path):
    factors = {"x2": UNIT["x2"], "x3": UNIT["x3"], "x1": UNIT["x1"]}
    swept = sweep(unpaired({"kind": "grid", "levels": 4}, 3, factors), tmp_path, workers=1)
    study, store = opened(swept.study, tmp_path)
    means, u = means_of(study, store, ("y",))["y"], coordinates(study)
    assert max(main_effects(study, means, u), key=main_effects(study, means, u).get) == "x1"
    found = interaction(study, means, u, "x1", "x2")
    assert found.parts == found.lines == ("0", "0.333333", "0.666667", "1")
    assert found.half.mean() == pytest.approx(2.31 / math.sqrt(4 * 3), rel=0.3)  # t of eight degrees of freedom
    page = write_report(study, tmp_path).read_text(encoding="utf-8")
    assert "along which its mean varies" in page
    assert "y along x1, by" in page
    assert "intervals of chance between replications" in page


def figures_of(page):
    return json.loads(re.search(r'id="figures">(.*?)</script>', page, re.S).group(1).replace("<\\/", "</"))["figures"]


def test_one_at_a_time_shows_each_factor_from_its_nominal_value(tmp_path):
    factors = {"x1": {"low": 0.0, "high": 1.0, "nominal": 0.25}, "x2": UNIT["x2"], "x3": [True, False]}
    design = {"kind": "one_at_a_time", "levels": 3}
    asked = tree("tests.experiments.sweeps.test_analysis:noisy", factors, design, settings={"noise": 0.0})
    swept = sweep(asked, tmp_path, workers=1)
    page = write_report(swept.study, tmp_path).read_text(encoding="utf-8")
    assert "Each factor by itself" in page
    assert ">Interactions</h2>" not in page
    assert len(figures_of(page)) == 1
    first, nominal = figures_of(page)[0]["data"][:2]
    assert first["x"] == [0.0, 0.5, 1.0]
    assert first["y"] == pytest.approx([0.0, math.sqrt(3.0), math.sqrt(12.0)], abs=1e-5)
    assert (nominal["x"], nominal["y"]) == ([0.25], pytest.approx([0.25 * math.sqrt(12.0)], abs=1e-5))
    assert first["customdata"] == [1, 2, 3]


@with_columns(Outcome("y", "1", "has gaps"), Outcome("z", "1", "is never known"))
def nothing(settings, replication, seed):
    return {"y": settings["x1"] + noise(seed, replication, 1.0), "z": math.nan}


def test_an_outcome_without_values_has_a_word_and_no_empty_figures(tmp_path):
    asked = tree("tests.experiments.sweeps.test_figures:nothing", UNIT, {"kind": "sobol", "samples": 40})
    page = write_report(sweep(asked, tmp_path, workers=1).study, tmp_path).read_text(encoding="utf-8")
    assert re.search("<b>z<.b> [(][^)]*[)]: no run gives it a value[.]", page)
    assert not re.findall(r'download="[a-z]+-z.csv"', page)


def test_points_that_are_not_run_yet_are_not_called_left_out():
    study, _, means = made(lambda u: u[:, 0], UNIT, {"kind": "saltelli", "samples": 16})
    waiting, missing = np.arange(80) >= 70, np.isin(np.arange(80), (3, 4, 11))
    means = means._replace(mean=np.where(waiting | missing, np.nan, means.mean), waiting=waiting)
    found = sensitivity(study, means)
    assert (found.used, found.waiting, found.left_out) == (60, 10, 10)
    assert " Points not run yet: 10. Points left out for want of values: 10." in sentence(found, means)


def test_second_order_is_shown_pair_by_pair_the_largest_on_top():
    design = {"kind": "saltelli", "samples": 256, "second_order": True}
    study, _, means = made(lambda u: u[:, 0] + 4 * (u[:, 1] - 0.5) * (u[:, 2] - 0.5), UNIT, design)
    figure = pairs_figure(sensitivity(study, means))
    assert figure.rows[0][:2] == ("x2", "x3")
    assert figure.data[0]["y"][-1] == "x2 with x3"
    assert figure.rows[0][2] == pytest.approx((1 / 9) / (1 / 9 + 1 / 12), abs=0.1)


def test_empty_cells_of_the_regime_map_do_not_look_like_cells_of_0_percent():
    share = np.zeros((len(NETWORKS), len(LOYALTY), 1, 2))
    share[..., 1] = np.nan
    share[0, 0, 0, 0] = 1.0
    figure = regime_figure(RegimeMap("a", "b", ("1", "2"), ("1",), share, np.array([[3, 0]])))
    assert [d["text"] for d in figure.data[:2]] == [[["100", ""]], [["0", ""]]]
    assert figure.layout["plot_bgcolor"] not in {shade for _, shade in SHADES}


def test_the_page_says_what_factors_mean_and_how_many_adaptive_points_are_too_wide(tmp_path):
    path = tmp_path / "known.toml"
    path.write_text(
        """schema_version = 1
title = "Known"
function = "tests.experiments.sweeps.test_analysis:noisy"
[uncertainties]
x1 = { low = 0.0, high = 1.0, meaning = "what makes y" }
[design]
kind = "sobol"
samples = 4
[replications]
least = 2
most = 4
half_width = { y = 0.001 }
""",
        encoding="utf-8",
    )
    page = write_report(sweep(path, tmp_path / "out", workers=1).study, tmp_path / "out").read_text(encoding="utf-8")
    assert "what makes y" in page
    assert "<b>y</b> (" in page
    assert "4 of the points have all 4 replications and still miss the half width of y, 0.001." in page


def test_what_a_study_leaves_unsaid_of_a_factor_the_model_says():
    levers = {"demand": {"novelty": [0.0, 0.01]}, "networks": {"vendor": {"broadcast": [0.0, 0.5]}}}
    asked = {"schema_version": 1, "title": "T", "scenario": "quick", "levers": levers, "design": {"kind": "grid"}}
    said = meanings(study_of(asked))
    assert said["demand.novelty"] == "probability that the technology behind a skill is replaced"
    assert said["networks.vendor.broadcast"] == declared(Policy)["broadcast"][2].meaning


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    asked = tree("tests.experiments.sweeps.test_analysis:gaps", UNIT, {"kind": "saltelli", "samples": 64}, question="</script>?")
    swept = sweep(asked, folder, workers=1)
    return write_report(swept.study, folder).read_text(encoding="utf-8")


def test_the_page_lets_nothing_be_loaded_and_only_its_own_scripts_run(report):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', report).group(1)
    scripts = re.findall(r"<script>(.*?)</script>", report, re.S)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]
    assert len(scripts) == 2
    assert f"default-src 'none'; script-src {' '.join(hashes)};" in policy
    assert not re.findall(r"""<(?:script|img|link|iframe)[^>]* (?:src|href)=["'](?!data:)""", report)


def test_each_figure_comes_with_its_data_and_failed_runs_with_their_command(report):
    content = json.loads(re.search(r'id="figures">(.*?)</script>', report, re.S).group(1).replace("<\\/", "</"))
    links = re.findall(r'download="([^"]+)" href="data:text/csv;base64,([^"]+)"', report)
    assert len(links) == len(content["figures"]) >= 4
    table = dict(links)["sensitivity-y.csv"]
    assert base64.b64decode(table).decode().splitlines()[0] == "factor,other,measure,value,low,high,chance alone"
    assert "Runs that failed" in report
    assert re.search(r"channel-sim sweep [^<]* --run \d+:0", report)
    assert "ValueError: no" in report
