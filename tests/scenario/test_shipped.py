"""Every scenario that comes with the simulator runs, and does what its events say."""

import numpy as np
import pytest

from sim.observe.run import run_replication
from sim.scenario import load, shipped_names

DATA = ("kubernetes_providers", "network_memberships", "opensearch_partners")
SMALL = {"population.partners": 60, "burn_in_months": 2, "months": 112}


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_runs_at_small_size(name):
    """A title, a question, a few sentences; a run past its last event gives partners, networks and money."""
    scenario = load(name, {"burn_in_months": 1, "months": 3} if name in DATA else SMALL)
    assert scenario.title
    assert scenario.question.endswith("?")
    assert len(scenario.text.split()) >= 15
    series = run_replication(scenario.plan, 0, synergy=False).series
    assert np.all(series["partners"] > 0)
    assert series["networks"][0] > 0
    assert np.all(np.isfinite(series["customer_spend"]))


@pytest.mark.parametrize(
    ("name", "series", "rises"),
    [
        ("marketplace_enters", "networks_marketplace", True),
        ("community_opens", "networks_community", True),
        ("distributor_leaves", "distributor_sales_0", False),
        ("vendors_merge", "carriers_1", False),
        ("recession", "demand_asked", False),
        ("growing_use_of_it", "demand_asked", True),
    ],
)
def test_an_event_does_what_the_scenario_says(name, series, rises):
    """Against the baseline on the same random numbers, nothing differs before the event, and what it is about does after."""
    settings = SMALL | {"months": 62}
    ours, theirs = (run_replication(load(n, settings).plan, 0, synergy=False).series[series] for n in (name, "baseline"))
    event = 2 + 36
    np.testing.assert_array_equal(ours[:event], theirs[:event])
    difference = float(np.nanmean(ours[event + 12 :] - theirs[event + 12 :]))
    assert difference > 0.0 if rises else difference < 0.0
