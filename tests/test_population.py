"""The world before the first month."""

import pytest

from sim.processes import demand
from tests.analytic.plans import built, small_plan, with_parameters


def test_demand_is_one_in_the_first_month_after_burn_in():
    """Three months of burn-in at 10 % a year: the fourth month has volume 1."""
    world = built(with_parameters(small_plan(partners=3, burn_in=3), demand={"growth_per_year": 0.1}))
    for _ in range(4):
        demand.run(world)
    assert demand.growth_index(world) == pytest.approx(1.0)


def test_hosts_enter_with_the_policy_that_the_scenario_gives_their_kind():
    """A scenario's fee is that of later networks too; a kind that it has no network of takes its own policy."""
    plan = small_plan(partners=10)
    first = plan.networks[0]
    dear = plan._replace(networks=(first._replace(policy=first.policy._replace(fee_per_month_usd=999.0)),))
    policies = built(dear).policies
    assert policies[first.kind].fee_per_month_usd == 999.0
    assert policies == plan._replace(networks=()).policies() | {first.kind: dear.networks[0].policy}
