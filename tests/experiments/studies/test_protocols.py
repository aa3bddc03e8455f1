"""The fourteen protocols: complete, runnable, and refused by name where something is wrong."""

import re

import pytest

from experiments.coefficients import coefficients
from experiments.pool import StudyError
from experiments.studies.budget import BUDGETS
from experiments.studies.protocol import committed, protocols, read
from experiments.studies.running import BASE, Condition, along_axes, jobs_of, outcomes_of, plan_for, sweep_points
from experiments.studies.words import mechanism
from sim.scenario import load

ALL = protocols()
BASELINE = {c.key: c for c in coefficients(load("baseline").plan)}
LEAST = """\
id = "H99"
title = "t"
claim = "a"
says = "s"
question = "q"
design = "d"
note = "n"
[[arm]]
name = "one"
[[contrast]]
name = "c"
outcome = "memberships"
arms = { "one" = 1 }
expected = "more"
smallest = 0.1
why = "w"
sd = 0.1
sd_source = "assumed"
"""


def test_there_are_fourteen_and_they_cover_the_essays_claims():
    assert [p.id for p in ALL] == [f"H{n}" for n in range(1, 15)]
    assert set("".join(p.claim for p in ALL).replace(", ", "")) >= set("abcefghijk")


@pytest.mark.parametrize("protocol", ALL, ids=lambda p: p.id)
def test_every_arm_condition_and_outcome_of_a_protocol_exists(protocol):
    small = BUDGETS["small"]._replace(partners=60, months=30)
    nothing = Condition(BASE, {}, {})
    for arm in protocol.arms:
        plan_for(protocol, arm, nothing, small, None)
    known = {arm.name: {c.name for c in outcomes_of(arm.measure).columns} for arm in protocol.arms}
    for contrast in protocol.contrasts:
        for arm in contrast.arms:
            needed = contrast.outcome if contrast.statistic == "linear" else f"{contrast.outcome}_exits_0"
            assert needed in known[arm], contrast.name
        assert contrast.why
        assert contrast.sd_source
        assert contrast.scale == "absolute" or any(w < 0 for w in contrast.arms.values())
    for job in jobs_of(protocol, small, 2, None):
        plan_for(protocol, protocol.arms[0], job.condition, small, None)


@pytest.mark.parametrize("protocol", ALL, ids=lambda p: p.id)
def test_every_study_has_ablations_axes_within_range_and_the_default_on_each(protocol):
    assert len(protocol.ablations) >= 2
    assert len(protocol.axes) >= 3
    for axis in protocol.axes:
        c = BASELINE[axis.key]
        assert all(c.low <= v <= c.high for v in axis.values)
        assert c.value in axis.values
    plan = plan_for(protocol, protocol.arms[0], Condition(BASE, {}, {}), BUDGETS["small"]._replace(partners=60), None)
    assert sum(condition.name == BASE for _, _, condition in along_axes(protocol, plan)) >= len(protocol.axes) - 1


def test_the_sweep_fills_every_axis_and_is_the_same_every_time():
    points = sweep_points(ALL[6], 8)
    assert points == sweep_points(ALL[6], 8)
    loss = sorted(p["membership.loss"] for p in points)
    assert all(3.0 * k / 8 <= v <= 3.0 * (k + 1) / 8 for k, v in enumerate(loss))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "t"\n', "", "'title' is missing"),
        ('outcome = "memberships"', 'outcom = "memberships"', "contrast has no 'outcom'"),
        ('arms = { "one" = 1 }', 'arms = { "two" = 1 }', "there is no arm 'two'"),
        ('expected = "more"', 'expected = "bigger"', "'bigger': expected one of more, less"),
        ("smallest = 0.1", "smallest = 0.0", "must be positive"),
        ('why = "w"', 'why = "w"\nprimary = false', "no contrast is primary"),
        ("[[arm]]", "[[arm]", "cannot be read"),
    ],
)
def test_a_protocol_that_is_wrong_is_refused_by_file_and_name(tmp_path, old, new, says):
    path = tmp_path / "h99.toml"
    path.write_text(LEAST)
    assert read(path).contrasts[0].primary
    path.write_text(LEAST.replace(old, new, 1))
    with pytest.raises(StudyError, match=r"h99\.toml.*" + says):
        read(path)


def test_an_unknown_study_is_refused():
    with pytest.raises(StudyError, match="--only H15: there is no such study; there are H1, H2"):
        protocols(("H15",))


def test_the_hash_is_of_the_file(tmp_path):
    path = tmp_path / "h99.toml"
    path.write_text(LEAST)
    before = read(path).hash
    path.write_text(LEAST.replace("0.1", "0.2", 1))
    assert read(path).hash != before
    assert committed(ALL[0]) != ""


FURTHER = """\
[[ablation]]
study = "H99"
name = "no imitation"
mechanism = "imitation"
settings = { "switches.imitation" = false }
added = 2026-11-26
because = "the effect stayed"
"""


def test_what_was_corrected_is_read_from_the_head_of_the_file(tmp_path):
    (tmp_path / "h99.toml").write_text("# Written today.\n# Corrected since.\n" + LEAST + "# not this\n")
    assert protocols(folder=tmp_path)[0].history == "Written today. Corrected since."
    assert all(p.history.startswith("Written on ") for p in ALL)


def test_what_is_asked_afterwards_stands_apart_and_leaves_the_protocol_as_it_was(tmp_path):
    (tmp_path / "h99.toml").write_text(LEAST)
    (before,) = protocols(folder=tmp_path)
    (tmp_path / "further.toml").write_text(FURTHER)
    (after,) = protocols(folder=tmp_path)
    assert after.hash == before.hash
    assert before.ablations == ()
    (added,) = after.ablations
    assert (added.name, added.contrast, added.afterwards) == ("no imitation", "c", "2026-11-26: the effect stayed")
    assert mechanism(added) == "imitation (asked afterwards)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"H99"', '"H98"', "there is no study 'H98'"),
        ('because = "the effect stayed"', "", "'because' is missing"),
        ("mechanism =", "mechanisms =", "further ablation has no 'mechanisms'"),
        ('name = "no imitation"', 'name = "no imitation"\ncontrast = "d"', "there is no contrast 'd'"),
        ("[[ablation]]", "[ablation", "cannot be read"),
        (FURTHER, FURTHER + FURTHER, "H99 has one of that name"),
    ],
)
def test_what_is_wrong_with_a_further_ablation_is_named(tmp_path, old, new, said):
    (tmp_path / "h99.toml").write_text(LEAST)
    (tmp_path / "further.toml").write_text(FURTHER.replace(old, new))
    with pytest.raises(StudyError, match=re.escape(said)) as refused:
        protocols(folder=tmp_path)
    assert "further.toml" in str(refused.value)
