"""A user's own rule, written outside the repository, decides like one of ours, by either of the two routes."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sim.rules.registry import DEFAULTS, RuleError, make_rule
from sim.scenario import load
from tests.analytic.plans import after, built, differing_columns, differing_events, small_plan, with_rules

MONTHS = 24
RULES = '''
"""Rules of a user: each twice, over columns and one case at a time."""

import numpy as np

from sim.chance import Purpose


class FairColumns:
    """Accept a share that beats the outside option by a margin, or on a whim."""

    def __init__(self, margin=1.0, whim=0.0):
        self.margin, self.whim = margin, whim

    def decide(self, table, chance):
        whim = chance(Purpose.USER, table.deal ^ table.party, 0) < self.whim
        return (table.share >= self.margin * table.outside) & (table.trust > 0.1) | whim


class FairOne:
    def __init__(self, margin=1.0, whim=0.0):
        self.margin, self.whim = margin, whim

    def decide_one(self, case, chance):
        whim = chance(Purpose.USER, case.deal ^ case.party, 0) < self.whim
        return case.share >= self.margin * case.outside and case.trust > 0.1 or whim


class LoyalColumns:
    """The vendor most liked, and among equals the one bought from most."""

    def decide(self, table, chance):
        value = np.where(table.feasible, table.attitude + 0.5 * table.habit, -np.inf)
        return np.where(table.feasible.any(axis=1), value.argmax(axis=1), -1)


class LoyalOne:
    def decide_one(self, case, chance):
        best, chosen = -np.inf, -1
        for v in range(len(case.feasible)):
            value = case.attitude[v] + 0.5 * case.habit[v]
            if case.feasible[v] and value > best:
                best, chosen = value, v
        return chosen


class StubbornColumns:
    """Believe what is heard only where it is close to what one thinks."""

    def __init__(self, tolerance=0.3):
        self.tolerance = tolerance

    def decide(self, table, chance):
        near = np.abs(table.heard - table.attitude) < self.tolerance
        weight = np.where(near, table.openness[:, None], 0.0)
        return (1.0 - weight) * table.experience + weight * table.heard


class StubbornOne:
    def __init__(self, tolerance=0.3):
        self.tolerance = tolerance

    def decide_one(self, case, chance):
        out = []
        for experience, attitude, heard in zip(case.experience, case.attitude, case.heard):
            weight = case.openness if abs(heard - attitude) < self.tolerance else 0.0
            out.append((1.0 - weight) * experience + weight * heard)
        return out


class LadderColumns:
    """A formal alliance for pairs that expect much of each other."""

    def decide(self, table, chance):
        return np.where(table.rate * table.surplus > 100.0, 3, np.where(table.trust > 0.5, 2, 1))


class LadderOne:
    def decide_one(self, case, chance):
        return 3 if case.rate * case.surplus > 100.0 else 2 if case.trust > 0.5 else 1


class PatienceColumns:
    """End what has earned nothing for a year."""

    def decide(self, table, chance):
        return np.where((table.age > 12) & (table.flow < table.upkeep) & ~table.bound, 1, 0)


class PatienceOne:
    def decide_one(self, case, chance):
        return 1 if case.age > 12 and case.flow < case.upkeep and not case.bound else 0


class NeighboursColumns:
    """Ask the nearest first, then the best."""

    allies, friends, members, strangers = 3, 1, 4.0, 1.0

    def decide(self, table, chance):
        return np.where((table.contact >= 0) & (table.coverage > 0), table.near + table.quality, -np.inf)


class NeighboursOne:
    allies, friends, members, strangers = 3, 1, 4.0, 1.0

    def decide_one(self, case, chance):
        rows = zip(case.near, case.quality, case.contact, case.coverage)
        return [near + quality if contact >= 0 and covers > 0 else -np.inf for near, quality, contact, covers in rows]


class Silent:
    pass
'''
PAIRS = {
    "consent": ("Fair", {"margin": 1.1}),
    "vendor_choice": ("Loyal", {}),
    "influence": ("Stubborn", {"tolerance": 0.2}),
    "form": ("Ladder", {}),
    "dissolution": ("Patience", {}),
    "search": ("Neighbours", {}),
}


@pytest.fixture
def users_module(tmp_path, monkeypatch):
    """Name of a module that lies outside the repository and can be imported."""
    name = "rules_of_a_user"
    (tmp_path / f"{name}.py").write_text(RULES, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


@pytest.mark.parametrize("point", PAIRS)
def test_both_routes_give_the_same_run(point, users_module):
    """A rule over columns and the same rule one case at a time, each named by its import path, give equal runs."""
    name, options = PAIRS[point]
    worlds = []
    for route in ("Columns", "One"):
        rule = make_rule(point, f"{users_module}:{name}{route}", dict(options))
        worlds.append(after(built(with_rules(small_plan(100), **{point: rule})), MONTHS))
    assert differing_events(*worlds) == []
    assert differing_columns(*worlds) == []


@pytest.mark.parametrize("point", PAIRS)
def test_a_users_rule_makes_a_difference(point, users_module):
    """The run is another one than with our own rule, so the user's rule was asked."""
    name, options = PAIRS[point]
    rule = make_rule(point, f"{users_module}:{name}Columns", dict(options))
    ours = after(built(small_plan(100)), MONTHS)
    theirs = after(built(with_rules(small_plan(100), **{point: rule})), MONTHS)
    assert differing_columns(ours, theirs) != []


def test_both_routes_draw_the_same_chance(users_module):
    """What ``chance`` says of a case does not depend on whether one case asks or a whole column."""
    worlds = []
    for route in ("Columns", "One"):
        rule = make_rule("consent", f"{users_module}:Fair{route}", {"margin": 2.0, "whim": 0.5})
        worlds.append(after(built(with_rules(small_plan(100), consent=rule)), MONTHS))
    assert differing_events(*worlds) == []
    assert differing_columns(*worlds) == []
    strict = make_rule("consent", f"{users_module}:FairColumns", {"margin": 2.0})
    assert differing_events(worlds[0], after(built(with_rules(small_plan(100), consent=strict)), MONTHS)) != []


@pytest.mark.parametrize("route", ["Columns", "One"])
def test_a_scenario_file_names_a_users_rule(route, users_module, tmp_path):
    """Naming the class and its parameters in a scenario file is the same as making it in Python."""
    path = tmp_path / "own_rule.toml"
    text = f"""
        schema_version = 1
        extends = "quick"
        title = "My own consent"
        months = 12
        burn_in_months = 0
        rules.consent = {{ name = "{users_module}:Fair{route}", margin = 1.1 }}
        population.partners = 60
    """
    path.write_text("\n".join(line.strip() for line in text.splitlines()), encoding="utf-8")
    plan = load(path).plan
    assert plan.months == 12
    by_file = after(built(plan), plan.months)
    rule = make_rule("consent", f"{users_module}:FairColumns", {"margin": 1.1})
    by_hand = after(built(plan._replace(rules={**plan.rules, "consent": rule})), plan.months)
    assert differing_columns(by_file, by_hand) == []
    assert by_file.ties.used.any()


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("rules_of_a_user:Silent", {}, "neither decide"),
        ("rules_of_a_user:Nobody", {}, "no class 'Nobody'"),
        ("no_such_module:Rule", {}, "cannot be imported"),
        ("rules_of_a_user:FairOne", {"margins": 1.0}, "takes no parameter 'margins'"),
        ("Fair", {}, "your own as 'package.module:Class'"),
    ],
)
@pytest.mark.usefixtures("users_module")
def test_a_rule_that_cannot_be_used_is_refused_with_a_remedy(name, options, says):
    """What is wrong with a user's rule is said before the run begins."""
    with pytest.raises(RuleError, match=says):
        make_rule("consent", name, options)


class Answering:
    """A rule as ours, which says nothing of what it looks at or what forms cost, and whose answers are then changed."""

    def __init__(self, point, change):
        self.ours, self.change = make_rule(point, DEFAULTS[point], {}), change

    def decide(self, table, chance):
        """Our answers, changed."""
        return self.change(np.array(self.ours.decide(table, chance)))


@pytest.mark.parametrize("point", DEFAULTS)
def test_answers_are_checked_at_every_point_before_anything_is_done_with_them(point):
    """As a list they are taken as they are; one too few, or too many, ends the run in the month in which it happens."""
    ours = after(built(small_plan(60)), 6)
    assert differing_columns(ours, after(built(with_rules(small_plan(60), **{point: Answering(point, np.ndarray.tolist)})), 6)) == []
    for change in (lambda a: a[:-1], lambda a: np.concatenate([a, a[:1]])):
        with pytest.raises(ValueError, match=rf"the {point} rule has to answer with .* for each of \d+( x \d+)? questions"):
            after(built(with_rules(small_plan(60), **{point: Answering(point, change)})), 6)


def test_the_users_rules_lie_outside_the_repository(users_module):
    """Nothing of the test relies on the rule standing among ours."""
    module = __import__(users_module)
    assert not Path(module.__file__).is_relative_to(Path(__file__).resolve().parents[1])
    assert np.isfinite(module.FairOne().margin)
