"""Whom a comparison is about: vendors that a scenario aims at, and data that support no verdict."""

import numpy as np
import pytest

from experiments.comparison.aimed import aimed_at, vendors_changed
from experiments.comparison.cases import cases_of
from experiments.comparison.differences import NO_GROUND
from experiments.comparison.procedure import Design, run_comparison
from experiments.comparison.runs import read
from experiments.comparison.screen import answers, render
from sim.plan import Event, NetworkGroup
from sim.scenario import Scenario
from sim.state.networks import COMMUNITY, VENDOR
from sim.verdict import windows

SMALL = [("--partners", "population.partners", 40), ("--months", "months", 15), ("--burn-in", "burn_in_months", 3)]
CUT = """schema_version = 1
extends = "quick"
title = "Two vendors cut their margins"

[[events]]
month = 0
kind = "change_vendor"
target = "all"
field = "conflict"
value = 0.1

[[events]]
month = 2
kind = "change_vendor"
target = "3"
field = "list_margin"
value = -0.04
how = "add"
"""
NAMES = """schema_version = 1
extends = "baseline"
title = "Only names"

[population]
csv = "names.csv"
"""
BASE = Scenario.load("quick").plan


def compared(folder, source, pairs=4):
    cases = cases_of(["quick", str(source)], (), SMALL)
    return run_comparison(cases, Design(("memberships", "focal_wallet"), {}, pairs, given_world_pairs=0), folder, 1)


@pytest.mark.parametrize(
    ("changed", "rows"),
    [
        ({}, []),
        ({"schedule": (Event(3, "change_vendor", "2", "list_margin"), Event(3, "change_vendor", "0", "list_margin"))}, [2]),
        ({"schedule": (Event(3, "change_vendor", "all", "list_margin"), Event(3, "change_network", "2", "tools"))}, []),
        ({"schedule": (Event(3, "merge_vendors", "4", into="1"), Event(3, "vendor_leaves", "5"))}, [1, 4, 5]),
        ({"schedule": (Event(3, "open_network", group=NetworkGroup(VENDOR, 1, None, host=3)),)}, [3]),
        ({"schedule": (Event(3, "open_network", group=NetworkGroup(COMMUNITY, 1, None)),)}, []),
        ({"vendors": ({}, {"list_margin": 0.1})}, [1]),
        ({"vendors": ({"list_margin": 0.1},) * BASE.size.vendors}, []),
    ],
)
def test_vendors_other_than_the_first_that_a_plan_changes_are_found(changed, rows):
    assert vendors_changed(BASE, BASE._replace(**changed)) == rows


def test_the_screen_says_how_loyalty_to_the_vendor_moves_that_a_scenario_aims_at(tmp_path):
    (tmp_path / "cut.toml").write_text(CUT)
    made = compared(tmp_path / "c", tmp_path / "cut.toml")
    ((case, vendor, found),) = aimed_at(made)
    assert (case, vendor) == ("cut", "Vendor 3")
    late = slice(*windows(18, 3).late)
    records = {name: [read(path) for path in files] for name, files in made.records.items()}
    levels = {name: np.array([r.series["wallet_2"][late].mean() for r in found]) for name, found in records.items()}
    assert found[0].unit.mean == pytest.approx((levels["cut"] - levels["quick"]).mean())
    assert records["cut"][0].outcomes["focal_wallet"] == pytest.approx(records["cut"][0].series["wallet_0"][late].mean())
    screen = render(made)
    assert "cut changes Vendor 3: " in screen
    assert "All else on a vendor here is about Vendor 1, the first one; aim at that one" in screen
    assert "share of wallet of Vendor 1" in answers(made)[0]
    assert "focal vendor" not in screen


def test_names_alone_support_no_verdict_on_loyalty_in_a_comparison_either(tmp_path):
    (tmp_path / "names.csv").write_text("name\n" + "".join(f"Partner {chr(65 + n // 26)}{n}\n" for n in range(40)))
    (tmp_path / "one.toml").write_text(NAMES)
    (tmp_path / "two.toml").write_text(NAMES + "\n[membership]\nattention = 0.05\n")
    cases = cases_of([str(tmp_path / "one.toml"), str(tmp_path / "two.toml")], (), SMALL[1:])
    made = run_comparison(cases, Design(("memberships", "focal_wallet"), {}, 4, given_world_pairs=0), tmp_path / "c", 1)
    verdicts = {d.indicator.name: d.verdict for d in made.differences}
    assert verdicts["focal_wallet"] == verdicts["retention"] == NO_GROUND
    assert verdicts["memberships"] != NO_GROUND
    assert "on loyalty to a vendor the data support no verdict" in answers(made)[0]
    screen = render(made)
    assert "Not from your data but the model's own: networks (memberships are drawn); 1 + 1 (no alliances are given)." in screen
    assert not any("points" in line for line in screen.splitlines() if " focal_wallet " in line and NO_GROUND in line)
