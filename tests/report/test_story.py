"""Stories: what is told follows from the tables, with the figures behind it."""

import re

import pytest

from experiments import story
from experiments.story import partner_named, vendor_named, who_left
from sim.observe.account.causes import OWN
from sim.observe.account.diary import EMPTY, diary_of
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
    page = diary.pages[drop["partner"], drop["dropped"] - 1]
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
    lines = tell(drop["partner"], plan, tables, EMPTY)
    assert any(x.endswith(f"drops {plan.names.vendors[drop['vendor']]}") for x in lines)


def test_names_are_found_by_name_number_and_succession(plan, tables):
    names = names_of(plan, tables)
    assert names.partner(7 + (1 << 32)) == "Partner 8 (successor 1)"
    assert partner_named(plan, tables, "8") == partner_named(plan, tables, "Partner 8") == 7
    assert vendor_named(plan, "3") == vendor_named(plan, plan.names.vendors[2]) == 2


def test_dates_count_from_the_end_of_burn_in():
    assert [date(m, 12) for m in (12, 23, 24, 10)] == ["year 1, month  1", "year 1, month 12", "year 2, month  1", "2 months before"]


def test_each_decision_is_told_with_what_was_compared(plan, tables):
    uids = [r["partner"] for r in tables["partners"].to_pylist()]
    diary = diary_of(plan, 0, uids)
    lines = [line for uid in uids for line in tell(uid, plan, tables, diary)]
    for told, figures in {
        ": joins network": r"it expected worth [+-][\d.]+ % of a gross margin of [\d,]+ US dollars a month \(.*attention to \d+ memberships? -[\d.]+\)",
        ": leaves network": r"(it was worth .* chance of leaving that month [\d.]+ %|the network closed|no longer eligible)",
        ": drops Vendor": r"chance of dropping it that month [\d.]+ %, [\d.]+ times that at a neutral attitude",
        ": takes on Vendor": r"with \d+ vendors? on its line card",
        ": begins an occasional": r"over 24 months worth as occasional alliance [-\d,]+, ",
        ": the occasional": r"(months of upkeep [\d,]+\)|the other left the market|for reasons outside|it promised)",
    }.items():
        said = [line for line in lines if told in line]
        assert said, told
        assert all(re.search(figures, line) for line in said), said[0]


def test_a_story_of_who_left_begins_with_how_many_did(plan, tables, drop, tmp_path, monkeypatch):
    monkeypatch.setattr(story, "load_stored", lambda folder: load("quick", SETTINGS))
    monkeypatch.setattr(story, "_tables", lambda folder, replication: tables)
    name, many = plan.names.vendors[drop["vendor"]], len(who_left(tables, plan, drop["vendor"]))
    assert many > 1
    lines = story.stories(tmp_path, None, str(drop["vendor"] + 1), 1, 0, False)
    assert lines[0] == f"{many} partners dropped {name} in the 12 months after burn-in; told of are the 1 who had bought most of it in the year before."
    everybody = story.stories(tmp_path, None, str(drop["vendor"] + 1), 1000, 0, False)
    assert everybody[0] == f"{many} partners dropped {name} in the 12 months after burn-in."


def test_a_vendor_is_found_by_its_name_in_any_case_or_its_number():
    """The name may be written in any case; a number counts from 1."""
    plan = load("quick").plan
    assert [vendor_named(plan, name) for name in ("Vendor 2", "vendor 2", "2")] == [1, 1, 1]
