"""The screen says what the verdicts rest on when partners come from data."""

import numpy as np
import pytest

from sim.plan import GivenPartners, GivenTies
from sim.report.screen import NO_LOYALTY, render
from sim.verdict import judge
from tests.analytic.plans import small_plan
from tests.report.test_screen import world

N = 40
UNKNOWN = np.full(N, -1)
GIVEN = GivenPartners(
    tuple(f"p{n}" for n in range(N)), np.arange(1.0, N + 1), UNKNOWN, UNKNOWN * 0, UNKNOWN * 0, UNKNOWN, np.zeros((N, 20), bool)
)
VENDORS = ("Acme", "Beta", "Gamma")
ALL = np.arange(N)
TIES = GivenTies(
    members=np.stack([ALL, ALL * 0], axis=1),
    alliances=np.array([[0, 1, 3]]),
    carried=np.stack([ALL, ALL % 3], axis=1),
    shares=np.ones(N),
)


def plan(vendors=VENDORS, **more):
    base = small_plan(N, months=144, given=GIVEN, **more)
    return base._replace(burn_in=36, names=base.names._replace(vendors=vendors), size=base.size._replace(vendors=3))


def screen(the_plan, **changed):
    return render(judge([world(**changed)] * 3, the_plan), the_plan, "results/x")


def flat(text):
    return " ".join(text.split())


def test_what_is_given_and_what_is_drawn_is_named():
    """Two lists: what the data gave, in part or whole, and what was drawn."""
    text = flat(screen(plan(ties=TIES)))
    assert "Given: names, staff, vendors carried, memberships, alliances." in text
    assert "Drawn: regions, verticals, business types, which skills are held, skill levels, cash," in text
    assert "Not from your data" not in text
    assert "Loyalty to Acme: holds" in text


def test_a_loyalty_verdict_is_refused_when_vendors_and_relations_are_drawn():
    """No vendor of the data, no verdict on loyalty to one; not in the answer, the table or what is undecided."""
    text = flat(screen(plan(("Vendor 1", "Vendor 2", "Vendor 3")), wallet_0=np.random.default_rng(1).random(180)))
    assert NO_LOYALTY in text
    assert "Loyalty to a vendor: no verdict" in text
    assert "oyalty to Vendor" not in text
    assert "points" not in text.replace("within 2 points", "")
    assert "Not from your data but the model's own: networks (memberships are drawn); 1 + 1 (no alliances are given)." in text


def test_a_loyalty_verdict_on_named_vendors_without_relations_is_labelled():
    """Vendors with names but drawn relations: a verdict of the model, not of the data."""
    text = flat(screen(plan()))
    assert "Loyalty to Acme: holds" in text
    assert "loyalty (for too few partners the vendors carried are given)" in text


def test_a_scenario_without_data_says_nothing_of_data():
    """The baseline is nobody's data."""
    text = screen(plan()._replace(given=None))
    assert "Given:" not in text
    assert "Loyalty to Acme: holds" in text


@pytest.mark.parametrize("vendors", [VENDORS, ("Vendor 1", "Vendor 2", "Vendor 3")])
def test_nothing_is_cut_and_the_last_line_is_where_results_lie(vendors):
    """The lines about data come on top of the forty of a screen."""
    lines = screen(plan(vendors)).splitlines()
    assert lines[-1] == "Results: results/x"
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 100
    assert not any(line.endswith("...") for line in lines)
