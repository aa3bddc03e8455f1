"""Fitting to past churn and revenue: the closed form, and a known scenario recovered from what it gave."""

import csv

import numpy as np
import pytest

from sim.engine import advance, build
from sim.events import EventLog
from sim.scenario import load
from sim.scenario.fitting import FIRST, MONTHS, PRICE, RETIREMENT, Past, fit, retirement_for
from sim.scenario.importing import import_data
from tests.analytic.plans import small_plan


def test_retirement_is_what_bankruptcy_leaves_of_churn():
    """Who leaves either retires or, of those who do not, goes bankrupt: 1 - .95 x .9 = .145."""
    assert retirement_for(0.145, 0.05) == pytest.approx(0.10)
    assert retirement_for(0.03, 0.05) == 0.0
    assert retirement_for(0.5, 1.0) == 0.0


def test_the_fit_scales_the_price_and_says_what_it_cannot_reach(monkeypatch):
    """Revenue a head follows the price; churn below bankruptcy is at its bound, and that is said."""

    def simulated(plan):
        price = plan.parameters["firm"].revenue_per_staff_usd
        return Past(churn=0.14, bankruptcy=0.06, revenue_a_head=9.0 * price)

    monkeypatch.setattr("sim.scenario.fitting.simulate_past", simulated)
    plan = small_plan()

    def plan_of(settings):
        firm = plan.parameters["firm"]._replace(revenue_per_staff_usd=settings.get(PRICE, 13_000.0))
        return plan._replace(parameters=plan.parameters | {"firm": firm})

    settings, fits = fit(plan_of, churn=0.02, revenue_a_head=90_000.0)
    assert settings[PRICE] == pytest.approx(10_000.0)
    assert settings[RETIREMENT] == 0.0
    assert "at its bound" in fits[0].line()
    assert [round(f.given, 2) for f in fits] == [0.02, 90_000.0]


RETIRES, PRICED = 0.18, 9_000.0


@pytest.mark.slow
def test_a_known_scenario_is_recovered_from_what_it_gave(tmp_path):
    """Two years of exits and a year of revenues of a known world, imported, give its exit and price back."""
    known = {"turnover.retirement_per_year": RETIRES, "firm.revenue_per_staff_usd": PRICED, "population.partners": 400}
    plan = load("quick", known).plan
    log = EventLog()
    world = build(plan, 7, log)
    staff = world.partners.staff[:400].copy()
    revenue = np.zeros(400)
    left = {}
    for month in range(MONTHS):
        advance(world)
        mine = (world.partners.uid[:400] < 1 << 31) & world.partners.alive[:400]
        if month >= FIRST:
            revenue[mine] += world.partners.revenue_month[:400][mine] / world.partners.staff[:400][mine] * staff[mine] / 2.0
    exits = log.table("partner_left")["month"]
    for year in (1, 2):
        left[year] = int(((exits >= 12 * year) & (exits < 12 * (year + 1))).sum())
    stayed = mine & (world.partners.uid[:400] == np.arange(400)) & (revenue > 0)
    with (tmp_path / "p.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["name", "staff", "revenue"])
        writer.writerows([f"P{r}", f"{staff[r]:.2f}", f"{revenue[r]:.0f}" if stayed[r] else ""] for r in range(400))
    (tmp_path / "c.csv").write_text("year,partners,left\n" + "".join(f"{y},400,{n}\n" for y, n in left.items()))
    made = import_data(tmp_path / "p.csv", churn=tmp_path / "c.csv", name="fitted", out=tmp_path / "out")
    parameters = made.scenario.plan.parameters
    assert parameters["turnover"].retirement_per_year == pytest.approx(RETIRES, abs=0.05)
    assert parameters["firm"].revenue_per_staff_usd == pytest.approx(PRICED, rel=0.15)
    churn, head = made.fits
    assert churn.after == pytest.approx(churn.given, abs=0.03)
    assert abs(churn.after - churn.given) < abs(churn.before - churn.given)
    assert head.after == pytest.approx(head.given, rel=0.05)
    assert "Fitted to the past:" in "\n".join(made.lines())
    assert "Fitted to the past" in made.scenario.text
