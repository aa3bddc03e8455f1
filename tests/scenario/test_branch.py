"""A branch: the same up to a month, then changed."""

import pytest

from sim.scenario import ScenarioError, from_document, load
from sim.scenario.branch import branched
from sim.scenario.document import read_document

CHANGES = [("--set x", "demand.load", 0.5), ("--set y", "switches.habit", False), ("--set z", "vendors.Vendor 2.mdf", 0.05),
           ("--set f", "networks.community.fee_per_month_usd", 90), ("--set t", "marketplaces.all.take_rate", 0.2)]  # fmt: skip


def test_without_a_change_a_branch_is_the_scenario_itself():
    """Without a change the branch has the scenario's digest and title."""
    scenario = from_document(branched(read_document("quick"), 5, []))
    assert (scenario.digest(), scenario.title) == (load("quick").digest(), load("quick").title)


def test_each_change_is_an_event_of_its_month_after_those_that_are_there():
    """Parameters, switches, suppliers and networks change by events, in order, and the start stays as it was."""
    once = branched(read_document("quick"), 7, CHANGES)
    twice = from_document(branched(once, 7, CHANGES[:1]))
    events = [(e.month, e.kind, e.target, e.field, e.value) for e in twice.plan.schedule]
    assert events == [
        (7, "set_parameter", "demand.load", "", 0.5),
        (7, "set_switch", "switches.habit", "", 0.0),
        (7, "change_vendor", "1", "mdf", 0.05),
        (7, "change_network", "community", "fee", 90.0),
        (7, "change_marketplace", "all", "take_rate", 0.2),
        (7, "set_parameter", "demand.load", "", 0.5),
    ]
    assert twice.plan._replace(schedule=(), title="", rules={}) == load("quick").plan._replace(title="", rules={})
    assert twice.title == "Quick look, changed in month 7"


def test_what_is_wrong_with_a_change_names_its_option():
    """A refusal names the option that asked for it, not a line of a file."""
    for key, value, says in (("demand.load", 9, "0.1 to 2"), ("switches.hab", True, "habit"), ("seed", 2, "cannot change")):
        with pytest.raises(ScenarioError, match=says) as refused:
            from_document(branched(read_document("quick"), 3, [("--set it", key, value)]))
        assert str(refused.value).startswith("--set it: ")
