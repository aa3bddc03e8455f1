"""The frozen run gives what it gave before."""

import csv
import json

import pytest

from sim.parameters import declared
from sim.policy import Policy
from sim.processes import PARAMETERS
from tests.golden.trace import DIGEST, PLAN, TRACE, digest, golden_plan, run

COUNTS = {
    "month", "partners", "highest_uid", "networks", "memberships", "idle_ties", "project_ties", "occasional_ties", "formal_ties",
    "projects", "carried", "agreements", "skills_held",
}  # fmt: skip


def test_the_frozen_run_gives_the_committed_trace():
    """Every count of every month is the same, and every amount to nine digits; see trace.py to accept a change."""
    rows, world = run()
    with TRACE.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    assert len(rows) == len(expected) == 24
    for row, before in zip(rows, expected, strict=True):
        assert row.keys() == before.keys()
        expect = {n: int(v) if n in COUNTS else pytest.approx(float(v), rel=1e-9, abs=1e-9) for n, v in before.items()}
        changed = [name for name, value in row.items() if value != expect[name]]
        assert not changed, f"month {row['month']}: {changed}"
    assert digest(world, whole_numbers=True) == DIGEST.read_text(encoding="utf-8").strip()


def test_one_changed_decision_changes_the_digest():
    """The digest sees a single skill, membership or tie that is another."""
    _, world = run()
    before = digest(world, whole_numbers=True)
    world.ties.form[0] ^= 1
    assert digest(world, whole_numbers=True) != before


def test_the_frozen_plan_leaves_nothing_to_defaults():
    """Each parameter and each field of a policy stands in plan.json, so that a new default changes no trace."""
    given = json.loads(PLAN.read_text(encoding="utf-8"))
    assert {process: list(values) for process, values in given["parameters"].items()} == {
        process: list(declared(group)) for process, group in PARAMETERS.items()
    }
    assert all(list(group["policy"]) == list(Policy._fields) for group in given["networks"])
    assert golden_plan().parameters["firm"]._asdict() == given["parameters"]["firm"]
