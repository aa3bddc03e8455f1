"""From protocols to a report: a study that is made up, run on outcomes that are made up, and the words that come of it."""

import csv
import re

import numpy as np
import pyarrow.parquet as pq
import pytest

from experiments import arms
from experiments.outcomes import Outcome, Outcomes
from experiments.pool import StudyError
from experiments.studies import command, running
from experiments.studies import finding as finding_of
from experiments.studies import report as report_of
from experiments.studies.budget import BUDGETS, Budget
from experiments.studies.finding import find
from experiments.studies.judging import OPEN, REFUTED, SUPPORTED, judge
from experiments.studies.protocol import protocols
from experiments.studies.words import _meanings, amount, expected, in_short, interval, listed, mechanism_in_words, named
from sim.observe.evidence import Figure

STUDY = """\
id = "H1"
title = "Attention <b>matters</b>"
claim = "a"
says = "Costly attention lowers y."
question = "Does it?"
design = "Two worlds."
note = "Made up."
[[arm]]
name = "dear"
coefficients = { "membership.reach" = 0.02 }
[[arm]]
name = "cheap"
[[contrast]]
name = "y rises"
outcome = "y"
arms = { "dear" = 1, "cheap" = -1 }
expected = "more"
smallest = 0.1
why = "w"
sd = 0.05
sd_source = "s"
[[ablation]]
name = "no imitation"
settings = { "switches.imitation" = false }
mechanism = "imitation"
[[ablation]]
name = "no habit"
settings = { "switches.habit" = false }
mechanism = "habit"
[[axis]]
key = "membership.attention"
values = [0.004, 0.012, 0.04]
why = "assumed"
[ranking]
outcome = "y"
control = "cheap"
arms = ["dear"]
"""
FIT = (0.004, 0.01, 0.016, 0.028, 0.034, 0.04)
RAN: list[str] = []
TINY = Budget("small", 40, 12, 4, 4, 4, 4, False, 6, 2, second_seed=True)


def made_up(plan, replication):
    """Y rises by what reach is worth, falls with attention, and goes with imitation; half of the seed's noise is shared."""
    RAN.append(plan.title)
    reach, attention = plan.parameters["membership"].reach, plan.parameters["membership"].attention
    effect = 20.0 * (reach - 0.004) * plan.switches.imitation * (1.0 - attention / 0.02)
    wobble = np.random.default_rng([plan.seed, replication, round(1e6 * reach)]).normal(0.0, 0.001)
    return {"y": 1.0 + effect * 4.0 + 0.1 * replication + wobble}


@pytest.fixture
def study(tmp_path, monkeypatch):
    RAN.clear()
    folder = tmp_path / "protocols"
    folder.mkdir()
    (folder / "h01.toml").write_text(STUDY)
    outcomes = Outcomes("made-up", (Outcome("y", "1", "made up", "relative"),), made_up)
    monkeypatch.setattr(arms, "compile_once", lambda plan, say: None)
    monkeypatch.setattr(running, "outcomes_of", lambda measure: outcomes)
    monkeypatch.setattr(command, "protocols", lambda only: protocols(only, folder))
    monkeypatch.setitem(BUDGETS, "small", TINY)
    return tmp_path


def run(place, seed=None):
    return command.hypotheses("small", [], place / "report", 1, place / "runs", seed, False, "channel-sim hypotheses")


def test_a_study_is_judged_ablated_and_turned(study, capsys):
    finding = run(study)[0]
    assert finding.verdict == finding.other_seeds == SUPPORTED
    assert [a.said for a in finding.ablations] == ["takes it away", "leaves it"]
    axis = finding.axes[0]
    assert [v.leans for v in axis.values] == [SUPPORTED, SUPPORTED, REFUTED]
    assert [v.default for v in axis.values] == [False, True, False]
    flip = axis.flips[0]
    assert (flip.low, flip.high) == (0.012, 0.04)
    assert flip.at == pytest.approx(0.02 * (1.0 - 0.1 / 1.28), abs=0.001)  # where 1.28 (1 - attention / .02) is .1
    assert 0.3 < finding.sweep.supported < 0.7
    assert [(h.contrast, h.supported, h.effect) for h in finding.sweep.held] == [
        (finding.protocol.primaries[0].name, finding.sweep.supported, finding.sweep.effect)
    ]
    assert finding.sweep.opposite == pytest.approx(0.5, abs=0.17)  # attention beyond .0216 of .004 to .04
    assert finding.sweep.drivers[0][0] == "membership.attention"
    assert finding.sweep.drivers[0][1] < -0.9
    assert [v.best for v in axis.values] == ["dear", "dear", "cheap"]  # the control, where nothing adds anything
    assert {arm for arm, _ in finding.sweep.winners} == {"dear", "cheap"}
    assert sum(share for _, share in finding.sweep.winners) == pytest.approx(1.0)
    assert "H1 Attention <b>matters</b>: SUPPORTED" in capsys.readouterr().out


def test_what_decided_a_refuted_claim_is_the_contrast_that_was_refuted(study):
    finding = run(study)[0]
    assert finding.deciding is finding.rulings[0]
    refuted = finding.rulings[0]._replace(verdict=REFUTED)
    assert finding._replace(verdict=REFUTED, rulings=(finding.rulings[0], refuted)).deciding is refuted


def test_axes_and_sweep_show_the_contrast_that_decided(study):
    second = """[[contrast]]
name = "y falls"
outcome = "y"
arms = { "dear" = -1, "cheap" = 1 }
expected = "more"
smallest = 0.1
why = "w"
sd = 0.05
sd_source = "s"
"""
    aside = second.replace('"y falls"', '"y falls, as an aside"').replace('why = "w"', 'why = "w"\nprimary = false')
    (study / "protocols" / "h01.toml").write_text(
        STUDY.replace("[[ablation]]", f"{second}{aside}[[ablation]]", 1)
        .replace('mechanism = "habit"', 'mechanism = "habit"\ncontrast = "y falls"')
    )
    finding = run(study)[0]
    assert finding.verdict == REFUTED
    assert finding.deciding.contrast.name == "y falls"
    default = next(v for v in finding.axes[0].values if v.default)
    assert default.effect.mean == pytest.approx(finding.deciding.figure.mean) == pytest.approx(-0.512, abs=0.003)
    assert finding.sweep.effect == next(h.effect for h in finding.sweep.held if h.contrast == "y falls")
    assert finding.sweep.drivers[0][1] > 0.9  # the dearer attention, the less "y falls" is wrong
    text = (study / "report" / "report.md").read_text()
    assert "Beside it, without weight in the verdict: Not as claimed: y falls, as an aside: -0.51" in text
    assert "the effect is *y falls*" in text
    assert re.search(r"\*y rises\* \([^)]*\) goes, or turns round, without this mechanism: imitation\. \*y falls\* \(-0\.51[^)]*\) stays", text)
    axes, sweep = (list(csv.DictReader((study / "report" / f"{name}.csv").read_text().splitlines())) for name in ("axes", "sweep"))
    assert {row["contrast"] for row in axes + sweep} == {"y falls"}
    assert next(float(row["mean"]) for row in axes if row["default"] == "True") == pytest.approx(default.effect.mean)
    assert float(sweep[0]["mean"]) == pytest.approx(finding.sweep.effect.mean)


def test_the_report_holds_words_tables_pictures_and_the_protocols_hash(study):
    finding = run(study)[0]
    text, html = (study / "report" / "report.md").read_text(), (study / "report" / "report.html").read_text()
    assert "What a 2008 essay on partner networks got right" in text
    assert "the best is another elsewhere: cheap at membership.attention 0.04" in text
    assert re.search(r"\*y rises\* \([^)]*\) goes, or turns round, without this mechanism: imitation\.", text)
    assert re.search(r"\*y rises\* \([^)]*\) stays without this mechanism: habit\.", text)
    assert "membership.attention between 0.012 and 0.04" in text
    assert "*y rises* goes the other way; on average" in text
    assert finding.protocol.hash in text
    assert "Attention &lt;b&gt;matters&lt;/b&gt;" in html
    assert html.count("<svg") >= 3
    assert 'class="good">supported' in html
    with (study / "report" / "verdicts.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["study"], row["protocol"], row["verdict"]) == ("H1", finding.protocol.hash, "supported")
    rows = pq.read_table(study / "report" / "runs.parquet").to_pylist()
    assert sum(r["condition"] == "as it is" and r["arm"] == "dear" for r in rows) == TINY.least
    assert {r["condition"] for r in rows} >= {"no imitation", "point 0", "other seeds", "membership.attention = 0.04"}
    means = {arm: np.mean([r["value"] for r in rows if (r["condition"], r["arm"]) == ("as it is", arm)]) for arm in ("dear", "cheap")}
    assert float(row["mean"]) == pytest.approx(means["dear"] - means["cheap"], abs=1e-12)


def test_finished_runs_are_kept_and_a_shared_arm_runs_once(study):
    run(study)
    first = len(RAN)
    run(study)
    assert len(RAN) == first
    # arms 2 x 4, two ablations, two values other than the default, six points twice, and the second seed
    assert first == 8 + 16 + 16 + 24 + 8


def test_at_the_small_budget_axes_are_run_at_their_ends(study, monkeypatch):
    monkeypatch.setitem(BUDGETS, "small", TINY._replace(ends=True, points=0))
    text = (study / "protocols" / "h01.toml").read_text()
    (study / "protocols" / "h01.toml").write_text(text.replace("0.004, 0.012, 0.04", "0.002, 0.004, 0.012, 0.03, 0.04"))
    axis = run(study)[0].axes[0]
    assert [v.value for v in axis.values] == [0.002, 0.012, 0.04]
    assert "no points of the sweep" in (study / "report" / "report.md").read_text()


def test_a_dry_run_runs_nothing_and_says_how_much_there_is(study, capsys):
    assert command.hypotheses("small", [], None, 1, study / "runs", None, True, "") == []
    assert RAN == []
    assert "1 studies at budget small: about 72 runs" in capsys.readouterr().out


def test_where_the_spread_found_asks_for_more_runs_more_are_run(study, monkeypatch):
    def noisy(plan, replication):
        rng = np.random.default_rng([plan.seed, replication, round(1e6 * plan.parameters["membership"].reach)])
        return {"y": 1.0 + rng.normal(0.0, 0.2)}

    outcomes = Outcomes("noisy", (Outcome("y", "1", "made up", "relative"),), noisy)
    monkeypatch.setattr(running, "outcomes_of", lambda measure: outcomes)
    protocol = command.protocols(())[0]
    budget = TINY._replace(least=0, most=70, points=0, second_seed=False)
    results = running.run_study(protocol, budget, study / "runs", 1, None, None)
    assert 30 < results.replications <= 70
    found = find(protocol, results, budget, None)
    assert found.rulings[0].figure.n == results.replications
    assert found.verdict in (OPEN, REFUTED)


def test_more_are_run_until_the_spread_found_no_longer_asks_for_more(study, monkeypatch):
    asked = iter([30, 33, 35, 34])
    monkeypatch.setattr(running, "planned", lambda contrasts, spreads=None: next(asked))
    protocol = command.protocols(())[0]
    results = running.run_study(protocol, TINY._replace(least=0, most=70, second_seed=False), study / "runs", 1, None, None)
    assert results.replications == 35
    assert results.values("no habit")("dear", "y").size == 35  # an ablation as often as the study
    assert results.values("membership.attention = 0.04")("dear", "y").size == TINY.side


def test_arms_on_which_no_verdict_hangs_have_a_limit_of_their_own(study):
    aside = '[[arm]]\nname = "middling"\ncoefficients = { "membership.reach" = 0.01 }\n'
    path = study / "protocols" / "h01.toml"
    path.write_text(STUDY.replace("[[contrast]]", f"{aside}[[contrast]]", 1))
    budget = TINY._replace(least=7, aside=5)
    protocol = command.protocols(())[0]
    results = running.run_study(protocol, budget, study / "runs", 1, None, None)
    assert [results.values("as it is")(arm, "y").size for arm in ("dear", "cheap", "middling")] == [7, 7, 5]
    assert [results.values("no habit")(arm, "y").size for arm in ("dear", "cheap")] == [7, 7]
    assert [results.values("other seeds")(arm, "y").size for arm in ("dear", "cheap")] == [7, 7]
    runs, _ = running.cost_of(protocol, budget, None)
    assert runs == 7 * 2 + 5 + 2 * 2 * 7 + 2 * 2 * 4 + 6 * 2 * 2 + 7 * 2  # as it is, ablations, axis, points, other seeds


def test_an_ablation_also_says_what_it_does_to_other_effects_between_its_arms(study):
    path = study / "protocols" / "h01.toml"
    other, nothing = (
        f'[[contrast]]\nname = "{name}"\noutcome = "y"\narms = {arms}\nexpected = "more"\nsmallest = 9.0\n'
        'why = "w"\nsd = 0.05\nsd_source = "s"\nprimary = false\n'
        for name, arms in (("y falls back", '{ "cheap" = 1, "dear" = -1 }'), ("nothing", '{ "dear" = 1 }\nreference = 1.66'))
    )
    path.write_text(STUDY.replace("[[ablation]]", other + nothing + "[[ablation]]", 1))
    found = run(study)[0]
    said = {(a.ablation.name, a.contrast.name): (a.asked, a.said) for a in found.ablations}
    assert said == {
        ("no imitation", "y rises"): (True, "takes it away"),
        ("no imitation", "y falls back"): (False, "takes it away"),  # smaller than what is of interest, but sure
        ("no habit", "y rises"): (True, "leaves it"),
        ("no habit", "y falls back"): (False, "leaves it"),
    }
    assert "Of the other effects, *y falls back* goes without: imitation." in (study / "report" / "report.md").read_text()


def test_an_ablation_that_puts_something_in_is_said_so(study, monkeypatch):
    def spoilt(plan, replication):
        return {"y": 1.0} if plan.switches.indebtedness else made_up(plan, replication)

    outcomes = Outcomes("spoilt", (Outcome("y", "1", "made up", "relative"),), spoilt)
    monkeypatch.setattr(running, "outcomes_of", lambda measure: outcomes)
    path = study / "protocols" / "h01.toml"
    path.write_text(STUDY.replace('"switches.habit" = false', '"switches.indebtedness" = true'))
    run(study)
    text = (study / "report" / "report.md").read_text()
    assert re.search(r"\*y rises\* \([^)]*\) goes, or turns round, once this is put in: habit\.", text)
    assert "| imitation; with: habit |" in text
    assert "| puts in: habit |" in text


def test_the_study_is_run_over_points_that_fit(study):
    table = study / "points.csv"
    rows = [f"p{n},0.1,{0.004 + 0.006 * n}" for n in range(7)]
    table.write_text("point,loss,membership.attention\n" + "\n".join(rows) + "\n")
    found = command.hypotheses("small", [], study / "report", 1, study / "runs", None, False, "", table)[0]
    assert found.plausible.points == 6  # the budget's most
    assert found.plausible.effect.mean == pytest.approx(np.mean([1.28 * (1 - a / 0.02) for a in FIT]), abs=0.003)
    assert found.plausible.supported == pytest.approx(3 / 6)  # the first three
    assert (
        "At 6 points that fit what is known of real channels the means support it in 50%; on average over them *y rises* is"
        in (study / "report" / "report.md").read_text()
    )
    table.write_text("point,loss,membership.nonsense\np,0.1,1\n")
    with pytest.raises(StudyError, match=r"condition 'plausible 0': membership\.nonsense: there is no such coefficient"):
        command.hypotheses("small", [], None, 1, study / "runs", None, False, "", table)
    table.write_text("point,loss,membership.attention\np,0.1,much\n")
    with pytest.raises(StudyError, match=r"points\.csv: cannot be read as a table of plausible points"):
        command.hypotheses("small", [], None, 1, study / "runs", None, True, "", table)


def test_in_short_sorts_claims_by_verdict(study):
    alone = run(study)
    assert not any("nothing" in line for line in in_short(alone))
    lines = in_short(alone * 2)
    assert "- *Attention <b>matters</b>* (H1). Plan for partner networks to fill up" in lines[0]
    assert lines[1].endswith("nothing.")
    untried = [f._replace(axes=()) for f in run(study)]
    assert not any("turn" in line for line in in_short(untried))
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_every_study_says_what_each_verdict_would_mean():
    for protocol in protocols():
        assert set(_meanings()[protocol.id]) == {"supported", "refuted", "open"}


@pytest.mark.parametrize(
    ("words", "reference", "interval_", "expected_"),
    [
        ("more", 2.0, "2.03 [1.96, 2.1]", "at least 2.2"),
        ("same", 0.0, "0.03 [-0.0447, 0.105]", "between -0.2 and 0.2"),
        ("no less", 0.0, "0.03 [-0.0447, 0.105]", "above -0.2"),
    ],
)
def test_a_contrast_with_a_fixed_number_is_said_as_a_level(words, reference, interval_, expected_):
    protocol = next(p for p in protocols() if p.id == "H3")
    asked = protocol.contrasts[0]._replace(expected=words, reference=reference)
    ruling = judge(asked, np.zeros(3))._replace(figure=Figure(0.03, -0.0447, 0.1047, 0.07, 6), unit="1")
    assert (interval(ruling), expected(ruling)) == (interval_, expected_)


def test_numbers_are_said_as_one_says_them():
    assert (amount(0.0213, "share"), named("share")) == ("2.13", " points")
    assert (amount(0.1, "%"), named("%")) == ("10", " %")
    assert amount(2.05, "1") == "2.05"
    assert amount(float("nan"), "share") == "unknown"


@pytest.mark.parametrize(
    ("now", "change", "said"),
    [
        ((0.9, 0.8, 1.0), (-0.1, -0.3, 0.1), "leaves it"),
        ((0.6, -0.3, 1.5), (-0.4, -1.3, 0.5), "not distinguishable"),  # large, and nothing is known of it
        ((0.3, -0.1, 0.7), (-0.7, -1.1, -0.3), "takes it away"),
        ((0.3, 0.2, 0.4), (-0.7, -0.8, -0.6), "takes it away"),
        ((0.3, -0.6, 1.2), (-0.7, -1.6, 0.2), "not distinguishable"),
        ((-0.5, -0.7, -0.3), (-1.5, -1.7, -1.3), "reverses it"),
    ],
)
def test_an_effect_is_said_to_stay_only_where_runs_show_that_it_does(now, change, said):
    whole = [Figure(mean, low, high, 6, 1.0) for mean, low, high in ((1.0, 0.9, 1.1), now, change)]
    assert finding_of._taken_away(0.1, *whole) == said


def test_a_mechanism_that_takes_away_several_effects_is_named_once_and_effects_that_were_asked_about_are_no_others(study):
    made = run(study)[0]
    gone = next(a for a in made.ablations if a.said == "takes it away")
    aside = gone._replace(ablation=gone.ablation._replace(contrast="z"))  # asked about something else
    twice = made._replace(ablations=(gone, gone, aside))
    assert report_of._gone(twice) == gone.ablation.mechanism
    assert "Of the other effects" not in mechanism_in_words(twice)
