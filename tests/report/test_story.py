"""Stories: what is told follows from the tables, with the figures behind it."""

import pytest

from experiments.story import partner_named, vendor_named, who_left
from sim.observe.account.causes import OWN
from sim.observe.account.diary import diary_of
from sim.observe.account.witness import HEARD
from sim.observe.run import run_replication
from sim.report.story import date, names_of, tell
from sim.scenario import load

SETTINGS = {"population.partners": 50, "months": 12, "burn_in_months": 3, "satisfaction.drop_per_month": 0.05}


@pytest.fixture(scope="module")
def plan():
    return load("quick", SETTINGS).plan


@pytest.fixture(scope="module")
def tables(plan):
    return run_replication(plan, 0, synergy=False).tables


@pytest.fixture(scope="module")
def drop(plan, tables):
    rows = tables["vendor_relations"].to_pylist()
    return next(r for r in rows if r["why_dropped"] == "dissatisfied" and r["dropped"] >= plan.burn_in)


def test_a_drop_is_told_with_its_date_and_what_was_thought(plan, tables, drop):
    diary = diary_of(plan, 0, [drop["partner"]])
    page = diary[drop["partner"], drop["dropped"] - 1]
    v = drop["vendor"]
    assert page.carried[v]
    assert sum(page.parts[name][v] for name in (*OWN, *HEARD)) == pytest.approx(page.attitude[v])
    line = next(x for x in tell(drop["partner"], plan, tables, diary) if f"drops {plan.names.vendors[v]}" in x)
    assert date(drop["dropped"], plan.burn_in) in line
    assert f"its attitude was {page.attitude[v]:+.2f}" in line
    assert f"{100 * page.share[v]:.0f} % of its wallet" in line


def test_who_left_a_vendor_did_and_the_largest_buyers_come_first(plan, tables, drop):
    found = who_left(tables, plan, drop["vendor"], 100)
    dropped = {
        r["partner"] for r in tables["vendor_relations"].to_pylist()
        if r["vendor"] == drop["vendor"] and r["why_dropped"] == "dissatisfied" and r["dropped"] >= plan.burn_in
    }  # fmt: skip
    assert drop["partner"] in found
    assert set(found) <= dropped
    assert len(found) == len(dropped)
    assert who_left(tables, plan, drop["vendor"], 2) == found[:2]


def test_without_a_diary_the_events_are_told_all_the_same(plan, tables, drop):
    lines = tell(drop["partner"], plan, tables, {})
    assert any(x.endswith(f"drops {plan.names.vendors[drop['vendor']]}") for x in lines)


def test_names_are_found_by_name_number_and_succession(plan, tables):
    names = names_of(plan, tables)
    assert names.partner(7 + (1 << 32)) == "Partner 7 (successor 1)"
    assert partner_named(plan, tables, "7") == partner_named(plan, tables, "Partner 7") == 7
    assert vendor_named(plan, "3") == vendor_named(plan, plan.names.vendors[2]) == 2


def test_dates_count_from_the_end_of_burn_in():
    assert [date(m, 12) for m in (12, 23, 24, 10)] == ["year 1, month  1", "year 1, month 12", "year 2, month  1", "2 months before"]
