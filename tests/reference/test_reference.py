"""The engine agrees with an independent model of one object an agent, in every month and to the last digit or nearly."""

import ast
from pathlib import Path

import pytest

from sim.switches import Switches
from tests.reference.compare import compare_months, plan_of
from tests.reference.shared import SHARED

OFF = ("trust", "habit", "discovery", "stickiness", "outside_options", "novelty")
OTHERS_OFF = (
    "imitation", "peer_influence", "host_influence", "satisfaction", "treadmill", "leakage", "learning", "host_entry",
    "agreements", "growth",
)  # fmt: skip
UNUSUAL_VENDORS = (
    {"partner_model": 1, "budget": 0.02, "arm_rebate": 1.0},
    {"partner_model": 2, "budget": 0.03, "arm_community": 0.9, "arm_training": 0.5},
    {"partner_model": 3, "mdf": 0.04},
    {"conflict": 0.4, "list_margin": 0.2},
)


@pytest.mark.slow
def test_the_default_plan_agrees_for_36_months():
    assert compare_months(plan_of(burn_in=12, months=24)) is None


@pytest.mark.slow
def test_another_seed_agrees():
    assert compare_months(plan_of(burn_in=0, months=12, seed=20_080_401)) is None


@pytest.mark.slow
@pytest.mark.parametrize("off", [OFF, OTHERS_OFF], ids=["choices", "dynamics"])
def test_a_plan_with_mechanisms_switched_off_agrees(off):
    switches = Switches()._replace(**dict.fromkeys(off, False))
    assert compare_months(plan_of(burn_in=6, months=6, seed=3, switches=switches)) is None


@pytest.mark.slow
def test_a_plan_of_unusual_vendors_and_busy_hosts_agrees():
    """Every partner model, budgets that rivals answer, entry, many new networks that soon fail, and fees that climb."""
    plan = plan_of(
        partners=120, burn_in=3, months=15, seed=5, vendors=UNUSUAL_VENDORS,
        switches=Switches()._replace(rival_response=True, indebtedness=True),
    )  # fmt: skip
    changes = {
        "turnover": {"extra_entry_per_year": 0.3, "succession": 0.7, "retirement_per_year": 0.4},
        "hosts": {"entry": 0.3, "grace": 2, "patience": 2, "adaptive": 1, "leakage": 0.9},
        "demand": {"novelty": 0.05, "rotation": 0.05, "joint_solution": 0.05},
        "agreements": {"look": 0.8, "technology_cost_usd": 200.0, "affiliation_cost_usd": 1.0},
    }
    parameters = plan.parameters | {process: plan.parameters[process]._replace(**values) for process, values in changes.items()}
    assert compare_months(plan._replace(parameters=parameters)) is None


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
