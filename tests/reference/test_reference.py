"""The engine agrees with an independent model of one object an agent, in every month and to the last digit or nearly."""

import ast
from pathlib import Path
from typing import Any

import pytest

from sim.plan import NetworkGroup, Plan
from sim.policy import POLICIES
from sim.state.networks import COMMUNITY, DISTRIBUTOR, MARKETPLACE, PURE_P2P, VENDOR
from sim.switches import Switches
from tests.reference.compare import compare_months, plan_of
from tests.reference.shared import SHARED

OFF = ("trust", "habit", "discovery", "stickiness", "novelty")
OTHERS_OFF = (
    "imitation", "peer_influence", "host_influence", "satisfaction", "treadmill", "leakage", "learning", "host_entry",
    "agreements", "growth", "outside_options",
)  # fmt: skip
UNUSUAL_VENDORS = (
    {"partner_model": 1, "budget": 0.02, "arm_rebate": 1.0},
    {"partner_model": 2, "budget": 0.03, "arm_community": 0.9, "arm_training": 0.5},
    {"partner_model": 3, "mdf": 0.04},
    {"conflict": 0.4, "list_margin": 0.2},
)
UNUSUAL_NETWORKS = (
    NetworkGroup(PURE_P2P, 3, POLICIES[PURE_P2P]._replace(cohort_size=3, take_rate=0.02, broadcast=0.2)),
    NetworkGroup(COMMUNITY, 2, POLICIES[COMMUNITY]._replace(cohort_size=4)),
    NetworkGroup(VENDOR, 4, POLICIES[VENDOR]._replace(entry_threshold=1.0)),
    NetworkGroup(DISTRIBUTOR, 2, POLICIES[DISTRIBUTOR]._replace(vertical_focus=True)),
    NetworkGroup(MARKETPLACE, 3, POLICIES[MARKETPLACE]),
)


def agree(plan: Plan) -> None:
    """Fail with the first month, entity and field in which engine and reference differ."""
    differs = compare_months(plan)
    if differs:
        pytest.fail(f"engine and reference part in {differs}", pytrace=False)


@pytest.mark.slow
def test_the_default_plan_agrees_for_36_months():
    agree(plan_of(burn_in=12, months=24))


@pytest.mark.slow
def test_another_seed_agrees():
    agree(plan_of(burn_in=0, months=12, seed=20_080_401))


@pytest.mark.slow
@pytest.mark.parametrize("off", [OFF, OTHERS_OFF], ids=["choices", "dynamics"])
def test_a_plan_with_mechanisms_switched_off_agrees(off):
    switches = Switches()._replace(**dict.fromkeys(off, False))
    agree(plan_of(burn_in=6, months=6, seed=3, switches=switches))


def plan_of_extremes(**fields: Any) -> Plan:
    """Every partner model, budgets that rivals answer, entry and exit, small cohorts, many networks that soon fail, climbing fees."""
    plan = plan_of(
        partners=120, vendors=UNUSUAL_VENDORS, distributors=({"margin": 0.08},), marketplaces=({"reach": 3.0, "max_complexity": 0.4},),
        switches=Switches()._replace(rival_response=True, indebtedness=True), networks=UNUSUAL_NETWORKS, **fields,
    )  # fmt: skip
    return _changed(plan, {
        "turnover": {"extra_entry_per_year": 0.3, "succession": 0.7, "retirement_per_year": 0.4},
        "hosts": {"entry": 0.3, "grace": 2, "patience": 2, "adaptive": 1, "leakage": 0.9},
        "skills": {"from_allies": 0.9}, "suppliers": {"fit_low": 1.0}, "programme": {"certify": 1.0, "certify_with_share": 2.0},
        "demand": {"novelty": 0.05, "rotation": 0.05, "joint_solution": 0.05},
        "membership": {"imitation": 0.6, "consider": 0.6, "cohorts_per_quarter": 2},
        "continuation": {"forget_months": 2, "look_outside": 0.8, "hazard_per_month": 0.05},
        "agreements": {"look": 0.8, "technology_cost_usd": 200.0, "affiliation_cost_usd": 1.0},
    })  # fmt: skip


def _changed(plan: Plan, changes: dict[str, dict[str, Any]]) -> Plan:
    parameters = {process: plan.parameters[process]._replace(**values) for process, values in changes.items()}
    return plan._replace(parameters=plan.parameters | parameters)


@pytest.mark.slow
def test_a_plan_of_extremes_agrees():
    agree(plan_of_extremes(burn_in=3, months=15, seed=5))


@pytest.mark.slow
def test_a_plan_in_which_allies_leave_amid_their_projects_agrees():
    plan = plan_of(burn_in=0, months=30, seed=11)
    agree(_changed(plan, {"turnover": {"retirement_per_year": 0.6}, "delivery": {"base": 0.2}}))


def test_what_both_share_does_not_loop_over_the_state():
    for leaf in SHARED:
        assert leaf.py_func.__code__.co_argcount <= 10, leaf.py_func.__name__
        assert not {"partners", "relations", "ties", "networks", "deals", "bids"} & set(leaf.py_func.__code__.co_varnames)


def test_only_the_named_list_is_taken_from_the_engines_processes():
    for path in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        if path.name not in ("shared.py", "compare.py"):
            assert not {m for m in taken if m.startswith(("sim.processes", "sim.rules", "sim.population"))}, path.name
