"""Analysis: functions with known answers through the whole path; missing runs by the stated policy."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from experiments import sweep
from experiments.known_answers import ISHIGAMI_FIRST, ISHIGAMI_TOTAL, SOBOL_G_A, sobol_g_indices, with_columns
from experiments.outcomes import Outcome
from experiments.sweeps.factors import Factor
from experiments.sweeps.means import means_of
from experiments.sweeps.report import sentence, write_report
from experiments.sweeps.sensitivity import coordinates, regional, sensitivity
from experiments.sweeps.study import study_of
from experiments.sweeps.sweeping import opened

ISHIGAMI = {f"x{n}": {"low": -math.pi, "high": math.pi} for n in (1, 2, 3)}
SOBOL_G = {f"x{n}": {"low": 0.0, "high": 1.0} for n in range(1, 1 + len(SOBOL_G_A))}


def tree(function, factors, design, count=1, **sections):
    path = function if ":" in function else f"experiments.known_answers:{function}"
    return {
        "schema_version": 1, "title": "Known", "function": path, "uncertainties": factors, "design": design,
        "replications": {"count": count}, **sections,
    }  # fmt: skip


def analysed(asked, folder):
    swept = sweep(asked, folder, workers=1)
    study, store = opened(swept.study, folder)
    means = means_of(study, store, ("y",))["y"]
    return study, means, sensitivity(study, means)


def by(found, measure):
    return [i for i in found.indices if i.measure == measure]


@pytest.mark.parametrize(
    ("function", "factors", "first", "total"),
    [("ishigami", ISHIGAMI, ISHIGAMI_FIRST, ISHIGAMI_TOTAL), ("sobol_g", SOBOL_G, *sobol_g_indices())],
)
def test_sobol_indices_meet_the_known_answer_within_their_intervals(tmp_path, function, factors, first, total):
    _, _, found = analysed(tree(function, factors, {"kind": "saltelli", "samples": 1024}), tmp_path)
    for measure, known in (("first", first), ("total", total)):
        for index, value in zip(by(found, measure), known, strict=True):
            assert index.low - 0.01 <= value <= index.high + 0.01
            assert index.value == pytest.approx(value, abs=0.05)


def test_second_order_finds_the_one_pair_that_interacts(tmp_path):
    design = {"kind": "saltelli", "samples": 512, "second_order": True}
    _, _, found = analysed(tree("ishigami", ISHIGAMI, design), tmp_path)
    pairs = {(i.factor, i.other): i.value for i in by(found, "second")}
    assert max(pairs, key=pairs.get) == ("x1", "x3")
    assert pairs["x1", "x3"] == pytest.approx(ISHIGAMI_TOTAL[2], abs=0.08)


def test_elementary_effects_and_pawn_rank_the_factors_of_sobols_g(tmp_path):
    for kind, samples in (("morris", 60), ("sobol", 512)):
        _, _, found = analysed(tree("sobol_g", SOBOL_G, {"kind": kind, "samples": samples}), tmp_path / kind)
        assert [i.factor for i in found.ranked()][:2] == ["x1", "x2"]
        assert all(i.low <= i.value <= i.high or i.measure == "pawn" for i in found.ranked())


def noise(seed, replication, size):
    return size * float(np.random.default_rng([seed % 2**32, replication]).normal())


@with_columns(Outcome("y", "1", "x1, and chance; x2 and x3 do nothing"))
def noisy(settings, replication, seed):
    return {"y": math.sqrt(12.0) * float(settings["x1"]) + noise(seed, replication, settings.get("noise", 1.0))}


def unpaired(design, count, factors=None, **settings):
    asked = tree("tests.experiments.sweeps.test_analysis:noisy", factors or UNIT, design, count, settings=settings)
    asked["replications"]["paired"] = False
    return asked


def test_what_chance_adds_to_total_order_and_takes_from_first_order_is_known_from_replications(tmp_path):
    _, means, found = analysed(unpaired({"kind": "saltelli", "samples": 256}, 2), tmp_path)
    share = 0.5 / 1.5  # of the variance of means of two replications
    assert [i.value for i in by(found, "first")] == pytest.approx([1 - share, 0.0, 0.0], abs=0.12)
    total = by(found, "total")
    assert [i.value for i in total] == pytest.approx([1.0, share, share], abs=0.08)
    assert [i.chance for i in total] == pytest.approx([share] * 3, abs=0.05)
    assert [i.told for i in total] == [True, False, False]
    said = sentence(found, means)
    assert said.startswith("y: x1 ")
    assert "Not told from a factor that does nothing: " in said
    assert "a factor that does nothing gets total order up to 3" in said


def test_what_chance_adds_to_elementary_effects_is_known_from_replications(tmp_path):
    _, means, found = analysed(unpaired({"kind": "morris", "samples": 100}, 2), tmp_path)
    mu_star = by(found, "mu_star")
    gets = math.sqrt(2 / math.pi) * math.sqrt(2 * 0.5) / (2 / 3)  # mean size of a difference of two means, over the step
    assert [i.chance for i in mu_star] == pytest.approx([gets] * 3, rel=0.1)
    assert [i.value for i in mu_star[1:]] == pytest.approx([gets] * 2, rel=0.2)
    assert [i.told for i in mu_star] == [True, False, False]
    assert "a factor that does nothing gets mu* up to " in sentence(found, means)


def test_from_one_replication_the_page_says_that_chance_cannot_be_told(tmp_path):
    for kind, name in (("saltelli", "total order and lowers first order"), ("morris", "mu*")):
        _, means, found = analysed(unpaired({"kind": kind, "samples": 16}, 1), tmp_path / kind)
        assert f"it cannot be told how far chance raises {name}" in sentence(found, means)


def test_chance_that_paired_replications_share_raises_no_index(tmp_path):
    asked = unpaired({"kind": "saltelli", "samples": 32}, 2)
    asked["replications"]["paired"] = True  # the same seed at all points
    _, _, found = analysed(asked, tmp_path)
    assert [i.chance for i in by(found, "total")] == pytest.approx([0.0] * 3)
    assert [i.value for i in by(found, "total")] == pytest.approx([1.0, 0.0, 0.0], abs=0.02)


@pytest.mark.parametrize("samples", [40, 100, 256])
def test_pawn_does_not_call_factors_drivers_that_do_nothing(tmp_path, samples):
    _, means, found = analysed(unpaired({"kind": "lhs", "samples": samples}, 1, noise=0.2), tmp_path)
    assert [i.factor for i in found.ranked() if i.told] == ["x1"]
    assert min(i.value for i in found.indices) > 0.1  # which is why a floor is needed
    assert all(math.isnan(i.low) for i in found.indices)
    said = sentence(found, means)
    assert re.match(r"y: x1 [.\d]+ \(PAWN index\). Not told from a factor that does nothing: x\d, x\d.", said)
    assert "the largest of as many factors that do nothing stays below" in said


def test_pawn_is_that_of_salib_and_its_floor_holds_for_as_many_factors_as_there_are(tmp_path):
    from SALib.analyze import pawn

    study, means, found = analysed(tree("ishigami", ISHIGAMI, {"kind": "sobol", "samples": 256}), tmp_path)
    problem = {"num_vars": 3, "names": list(ISHIGAMI), "bounds": [[0.0, 1.0]] * 3}
    known = pawn.analyze(problem, coordinates(study), means.mean, S=10)["median"]
    assert [i.value for i in found.indices] == pytest.approx(known, abs=0.02)
    chance = np.random.default_rng(5)
    dealt = [sensitivity(study, means._replace(mean=chance.permutation(means.mean))) for _ in range(60)]
    assert sum(any(i.told for i in d.indices) for d in dealt) <= 8  # 3 expected of 5 %


@with_columns(Outcome("y", "1", "the column a of rows, x1 beside"))
def rows(settings, replication, seed):
    return {"y": float(settings["a"]) + 0.1 * settings["x1"]}


def test_pawn_and_regional_sensitivity_look_at_the_columns_of_rows_not_at_their_number(tmp_path):
    chance = np.random.default_rng(3)
    lines = [f"{chance.random()},{chance.random()},{w}" for w in chance.choice(["p", "q"], 200)]
    (tmp_path / "accepted.csv").write_text("\n".join(["a,b,c", *lines]), encoding="utf-8")
    factors = {"accepted": {"file": "accepted.csv"}, "x1": {"low": 0.0, "high": 1.0}}
    asked = tree("tests.experiments.sweeps.test_analysis:rows", factors, {"kind": "sobol", "samples": 128})
    study = study_of(asked, tmp_path / "known.toml")
    swept = sweep(study, tmp_path / "out", workers=1)
    study, store = opened(swept.study, tmp_path / "out")
    means = means_of(study, store, ("y",))["y"]
    found = sensitivity(study, means)
    assert {i.label: i.told for i in found.ranked()} == {
        "accepted: a": True, "accepted: b": False, "accepted: c": False, "x1": False,
    }  # fmt: skip
    assert regional(study, means).factors == ("accepted: a", "accepted: b", "accepted: c", "x1")
    assert "accepted: a" in write_report(study, tmp_path / "out").read_text(encoding="utf-8")


@with_columns(Outcome("y", "1", "the sum of factors whose whole ranges make 1, 2, 1, 3"))
def listed(settings, replication, seed):
    return {"y": settings["x"] + float(settings["b"]) + settings["three"] + settings["whole"] + 2 * (settings["word"] == "q")}


def test_elementary_effects_are_of_the_whole_range_for_lists_and_whole_numbers_too(tmp_path):
    factors = {
        "x": {"low": 0.0, "high": 1.0}, "b": [True, False], "three": [0, 1, 2], "word": ["p", "q"], "whole": [0, 1, 2, 3],
    }  # fmt: skip
    asked = tree("tests.experiments.sweeps.test_analysis:listed", factors, {"kind": "morris", "samples": 20})
    study, means, found = analysed(asked, tmp_path)
    assert [i.value for i in by(found, "mu_star")] == pytest.approx([1.0, 1.0, 2.0, 2.0, 3.0])
    assert [i.value for i in by(found, "sigma") if i.factor != "word"] == pytest.approx([0.0] * 4)
    ranged = Factor("whole", "lever", low=0.0, high=3.0, whole=True)
    whole = study._replace(factors=(*study.factors[:4], ranged))
    assert by(sensitivity(whole, means), "mu_star")[4].value == pytest.approx(3.0)


def test_regional_sensitivity_finds_what_makes_the_extremes_of_ishigami(tmp_path):
    study, means, _ = analysed(tree("ishigami", ISHIGAMI, {"kind": "sobol", "samples": 512}), tmp_path)
    quarters = regional(study, means).quarters
    assert quarters[0].argmax() == quarters[3].argmax() == 0
    assert quarters[0, 0] > 10 * quarters[1, 0]


def test_chance_between_replications_is_told_apart_from_what_factors_do(tmp_path):
    noisy = tree("ishigami", ISHIGAMI, {"kind": "sobol", "samples": 400}, count=4, settings={"noise": 4.0})
    noisy["replications"]["paired"] = False
    _, means, _ = analysed(noisy, tmp_path)
    variance = 7.0**2 / 8 + 0.1 * math.pi**4 / 5 + 0.01 * math.pi**8 / 18 + 0.5
    assert means.by_chance == pytest.approx((16 / 4) / (variance + 16 / 4), rel=0.25)


@with_columns(Outcome("y", "1", "x1 + 2 x2, unless x3 says no"))
def gaps(settings, replication, seed):
    if settings["x3"] > 0.97:
        raise ValueError("no")
    return {"y": settings["x1"] + 2 * settings["x2"]}


UNIT = {f"x{n}": {"low": 0.0, "high": 1.0} for n in (1, 2, 3)}


def test_missing_runs_are_repaired_by_leaving_whole_samples_out_or_refused_as_the_study_says(tmp_path):
    asked = tree("tests.experiments.sweeps.test_analysis:gaps", UNIT, {"kind": "saltelli", "samples": 256})
    study, means, found = analysed(asked, tmp_path)
    assert 0 < means.missing.sum() < found.left_out
    assert found.left_out % 5 == 0
    assert [i.value for i in by(found, "first")] == pytest.approx([0.2, 0.8, 0.0], abs=0.06)
    refusing = study._replace(analysis=study.analysis._replace(missing="refuse"))
    refused = sensitivity(refusing, means)
    assert refused.indices == ()
    assert "the study's policy is to refuse" in refused.note


@with_columns(Outcome("y", "1", "x1 and the replication; each replication but the first fails in a corner of its own"))
def corners(settings, replication, seed):
    if replication and settings[f"x{1 + replication}"] > 0.8:
        raise ValueError("no")
    return {"y": settings["x1"] + 2 * replication}


def test_a_point_that_lacks_a_paired_replication_is_not_shifted_by_what_the_others_share(tmp_path):
    asked = tree("tests.experiments.sweeps.test_analysis:corners", UNIT, {"kind": "saltelli", "samples": 64}, count=3)
    study, means, found = analysed(asked, tmp_path)
    assert means.mean == pytest.approx(coordinates(study)[:, 0] + 2)
    assert means.within[means.runs > 1] == pytest.approx(0.0)
    assert [i.value for i in by(found, "total")] == pytest.approx([1.0, 0.0, 0.0], abs=0.05)
    assert means.partial == ((means.runs > 0) & (means.runs < 3)).sum() > 0
    assert f"Points with values of some of their replications only: {means.partial:,}." in sentence(found, means)


@with_columns(Outcome("y", "1", "x1 and the replication"), Outcome("w", "1", "is known at once or never"))
def uneven(settings, replication, seed):
    return {"y": settings["x1"] + 2 * replication, "w": replication * (settings["x2"] > 0.5)}


def test_adaptive_points_with_unequal_numbers_of_paired_replications_are_comparable(tmp_path):
    asked = tree("tests.experiments.sweeps.test_analysis:uneven", UNIT, {"kind": "sobol", "samples": 16})
    asked["replications"] = {"least": 2, "most": 6, "half_width": {"w": 0.01}}
    study, means, _ = analysed(asked, tmp_path)
    assert set(means.runs) == {2, 6}
    assert means.mean == pytest.approx(coordinates(study)[:, 0] + 5)
    assert means.partial == 0


def test_points_with_more_paired_replications_than_others_are_comparable_also_when_the_study_asks_for_fewer_now(tmp_path):
    asked = tree("tests.experiments.sweeps.test_analysis:corners", UNIT, {"kind": "sobol", "samples": 40}, count=3)
    longer = sweep(asked, tmp_path, workers=1).study
    shorter = longer._replace(replications=longer.replications._replace(least=2, most=2))
    write_report(shorter, tmp_path)
    study, store = opened(shorter, tmp_path)
    assert means_of(study, store, ("y",))["y"].mean == pytest.approx(coordinates(study)[:, 0] + 1)  # the third is left aside


def test_runs_that_failed_are_run_once_more_when_the_study_says_so(tmp_path):
    asked = tree("tests.experiments.sweeps.test_analysis:once", {"x1": [1, 2]}, {"kind": "grid"}, analysis={"missing": "rerun"})
    asked["settings"] = {"memory": str(tmp_path / "seen")}
    assert sweep(asked, tmp_path / "a", workers=1).failed == []


@with_columns(Outcome("y", "1", "fails at the first call"))
def once(settings, replication, seed):
    seen = Path(f"{settings['memory']}-{settings['x1']}")
    if not seen.exists():
        seen.touch()
        raise OSError("not yet")
    return {"y": 1.0}
