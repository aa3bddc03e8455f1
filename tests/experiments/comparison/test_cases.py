"""What can be compared pair by pair, and how a refusal says what to do."""

import numpy as np
import pytest

from experiments.comparison.cases import cases_of
from experiments.setting import parsed
from sim.population import build
from sim.scenario import ScenarioError

SMALL = [("--partners", "population.partners", 30), ("--months", "months", 3), ("--burn-in", "burn_in_months", 1)]


def test_scenarios_and_variants_of_the_first_have_names_of_their_own():
    load = "demand.load=1.1"
    found = cases_of(["quick", "quick"], [(load, [parsed(load)])], SMALL)
    assert [c.name for c in found] == ["quick", "quick (2)", load]
    assert [c.plan.parameters["demand"].load for c in found[::2]] == [found[1].plan.parameters["demand"].load, 1.1]


@pytest.mark.parametrize(
    ("other", "words"),
    [("months=4", "months after burn-in 3 and 4"), ("population.partners=31", "partners 30 and 31"), ("seed=2", "seed 1 and 2")],
)
def test_scenarios_that_pairs_cannot_share_are_refused_with_the_remedy(other, words):
    with pytest.raises(ScenarioError, match=words) as caught:
        cases_of(["quick"], [(other, [parsed(other)])], SMALL)
    assert "--with" in str(caught.value)


def test_one_scenario_alone_cannot_be_compared():
    with pytest.raises(ScenarioError, match="nothing to compare it with"):
        cases_of(["quick"])


def test_a_fixed_world_has_the_same_vendors_in_every_replication_and_other_partners():
    case = cases_of(["quick", "quick"], (), SMALL, fixed_world=True)[0]
    one, other = build(case.plan, 0), build(case.plan, 1)
    assert np.array_equal(one.vendors.fit, other.vendors.fit)
    assert np.array_equal(one.vendors.list_margin, other.vendors.list_margin)
    assert not np.array_equal(one.partners.region, other.partners.region)
    drawn = cases_of(["quick", "quick"], (), SMALL)[0].plan
    assert not np.array_equal(build(drawn, 0).vendors.list_margin, build(drawn, 1).vendors.list_margin)
