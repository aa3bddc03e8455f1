"""The report of a plain run: money with and without its events, synergy, and which networks erode loyalty."""

import numpy as np
import pytest

from experiments.comparison import accounts, runs
from experiments.comparison.commands import quietly
from experiments.comparison.material import of_run
from experiments.comparison.money import dollars, return_of
from experiments.comparison.report.building import build
from experiments.comparison.report.effects import synergy
from experiments.comparison.report.eroding import which
from experiments.comparison.report.money import money
from experiments.runner import RunError, run_replications
from sim.observe.run import run_replication
from sim.report.blocks import Table
from sim.scenario import load

SPENDS = {"month": 4, "kind": "change_vendor", "target": "1", "field": "budget", "value": 0.05}
SETTINGS = {"population.partners": 40, "months": 25, "burn_in_months": 3}


def material_of(place, events, count):
    scenario = load("quick", {**SETTINGS, "events": events})
    run_replications(scenario.plan, scenario.digest(), 2, place, 1, scenario=scenario.as_json())
    return of_run(place, 1, count, quietly, ())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return material_of(tmp_path_factory.mktemp("run") / "r", [SPENDS], 2)


def cells(section, headers):
    table = next(b for b in section.blocks if isinstance(b, Table) and b.headers[0] == headers)
    return {row[1] if headers == "scenario" else row[0]: row for row in table.rows}


def test_what_its_events_bring_is_the_difference_from_the_same_runs_without_them(made):
    plan = made.cases[0].plan
    alone = [run_replication(plan._replace(schedule=()), n, synergy=False).series["vendor_cash_0"] for n in range(2)]
    ours = [record.series["vendor_cash_0"] for record in made.records[made.cases[0].name]]
    assert all(np.array_equal(a[:7], b[:7]) for a, b in zip(alone, ours, strict=True))  # nothing before the event
    expected = return_of(np.array(alone), np.array(ours), "vendor_cash_0", 3 + 4)
    row = cells(money(made), "scenario")["Vendor 1"]
    assert row[2].startswith(f"{dollars(expected.worth.mean)} (")
    assert row[3] == f"{expected.breaking_even}/2"
    assert expected.worth.mean < 0.0  # it spends, and gets little back in two years


def test_who_earns_what_is_the_mean_of_the_last_year(made):
    ours = np.array([r.series["partner_profit_median"][-12:] for r in made.records[made.cases[0].name]])
    assert cells(money(made), "for")["the median partner"][1].startswith(f"{dollars(ours.mean())} (")


def test_without_accounts_it_is_said_how_to_get_the_money_of_a_policy(tmp_path):
    unaccounted = material_of(tmp_path / "r", [SPENDS], 0)
    assert "without its events: channel-sim report" in money(unaccounted).blocks[-1]
    assert build(unaccounted, tmp_path / "r.html") > 0
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Which kind of network erodes loyalty is not known: it takes the accounts of two runs or more" in html
    assert 'id="account"' not in html
    assert "no policy here" in money(material_of(tmp_path / "s", [], 0)).blocks[-1]


def test_one_plus_one_is_shown_as_a_distribution_with_what_could_not_be_done_alone(made):
    section = synergy(made)
    assert section.blocks[1].headers[2] == "joint work that its owner could not have done alone"
    (chart,) = section.blocks[2]
    kept = [t.filter(t["joint_profit"].is_valid()).num_rows for t in [made.tables[made.cases[0].name]["alliances"]]]
    assert len(chart.rows) >= kept[0] > 0


@pytest.mark.parametrize("read", [runs.read, runs.outcomes_of, accounts._read], ids=["record", "outcomes", "account"])
def test_a_damaged_file_of_a_comparison_is_one_message_with_the_remedy(read, tmp_path):
    for content in ("", "[]", '{"moved": 1}'):
        (tmp_path / "x").write_text(content, encoding="utf-8")
        with pytest.raises(RunError, match=r"or damaged \(\w+\); remove it and"):
            read(tmp_path / "x")


STEADY = np.random.default_rng(6).normal(0.0, 0.0005, (8, 5))


@pytest.mark.parametrize(
    ("moved", "spread", "said"),
    [
        ((0, 0, -0.03, -0.004, 0), 1, "vendor-driven ones erode loyalty to Acme most, surely: -3"),
        ((0, 0, -0.006, -0.004, 0), 1, "most, surely, though by less than the 2 points that matter"),
        ((0, 0, -0.0001, 0, 0), 1, "No kind of network erodes loyalty to Acme by the 2 points that matter"),
        ((0, 0, -0.01, 0, 0), 60, "cannot be told yet"),
    ],
    ids=["clear", "clear and small", "none", "not told"],
)
def test_the_first_screen_says_which_kind_erodes_loyalty_and_how_surely(moved, spread, said):
    found = which(np.array(moved) + spread * STEADY, "Acme")
    assert said in found
    if "surely" in said:
        assert "So do, less, distributor ones." in found
    if "cannot" in said:
        assert "about" in found or "more runs than can be said" in found
