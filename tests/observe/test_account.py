"""The loyalty account: it sums to what happened, and what is off books nothing."""

import numpy as np
import pytest

from sim.observe.account import ATTITUDE, WALLET, account_of
from sim.observe.account.books import CAUSES
from sim.observe.account.choice import driver_parts, probabilities, route_parts, shapley
from sim.observe.account.means import mean_of, shift
from sim.observe.run import run_replication
from sim.rules.vendor_choice import Argmax, Softmax
from sim.scenario import load

SMALL = {"population.partners": 60, "months": 10, "burn_in_months": 3}


def account(**settings):
    return account_of(load("quick", SMALL | settings).plan, 0)


def booked(found, quantity, *causes):
    return {c: np.abs(found.bookings[quantity][:, CAUSES[quantity].index(c)]).sum() for c in causes}


@pytest.fixture(scope="module")
def usual():
    return account()


def test_the_bookings_of_every_month_and_vendor_sum_to_the_change(usual):
    assert usual.months == 10
    assert usual.gap() < 1e-12


def test_the_levels_are_those_of_the_series_and_the_witness_changes_nothing(usual):
    series = run_replication(load("quick", SMALL).plan, 0, synergy=False).series
    for quantity in (ATTITUDE, WALLET):
        seen = np.array([series[f"{quantity}_{v}"][2:] for v in range(10)]).T
        assert np.nan_to_num(seen) == pytest.approx(usual.levels[quantity], abs=1e-12)


def test_every_mechanism_that_is_on_books_something_and_nothing_is_left_over(usual):
    assert all(booked(usual, ATTITUDE, "margin", "support", "conflict", "benefits", "treadmill", "peers", "hosts", "entry", "exit").values())
    assert all(booked(usual, WALLET, "line_card", "co_delivery", "margin", "habit", "fit", "peers", "hosts", "deal_chance").values())
    assert usual.left_over(ATTITUDE)[0] == usual.left_over(WALLET)[0] == 0.0


def test_what_loyalty_is_made_of_sums_to_its_level(usual):
    for quantity in (ATTITUDE, WALLET):
        assert usual.made[quantity].sum(axis=(1, 3, 4)) == pytest.approx(usual.levels[quantity][1:], abs=1e-12)


NOBODY_COMES_OR_GOES = {"turnover.retirement_per_year": 0.0, "turnover.months_to_bankruptcy": 60}
OFF = [
    ({"switches.peer_influence": False}, {ATTITUDE: ("peers",), WALLET: ("peers",)}),
    ({"switches.host_influence": False}, {ATTITUDE: ("hosts",), WALLET: ("hosts",)}),
    ({"switches.habit": False}, {WALLET: ("habit",)}),
    ({"switches.treadmill": False}, {ATTITUDE: ("treadmill",)}),
    ({"switches.discovery": False}, {ATTITUDE: ("co_delivery",), WALLET: ("co_delivery",)}),
    ({"switches.satisfaction": False}, {ATTITUDE: ("margin", "support", "conflict", "benefits", "standing", "treadmill", "month_chance")}),
    ({"satisfaction.margin": 0.0, "satisfaction.noise": 0.0, "satisfaction.voice": 0.0}, {ATTITUDE: ("margin", "month_chance", "voice")}),
    ({"satisfaction.support": 0.0, "satisfaction.drop_per_month": 0.0}, {ATTITUDE: ("support", "dropped", "voice")}),
    ({"satisfaction.conflict": 0.0, "satisfaction.benefit": 0.0}, {ATTITUDE: ("conflict", "benefits")}),
    ({"discovery.specified": 0.0}, {ATTITUDE: ("specified",), WALLET: ("specified",)}),
    ({"discovery.recruited": 0.0}, {ATTITUDE: ("recruited",), WALLET: ("recruited",)}),
    ({"rules.vendor_choice.margin": 0.0, "rules.vendor_choice.certification": 0.0}, {WALLET: ("margin", "certification")}),
    ({"rules.vendor_choice.attitude": 0.0, "rules.vendor_choice.fit": 0.0}, {WALLET: ("experience", "peers", "hosts", "fit")}),
    ({"rules.vendor_choice.name": "argmax"}, {WALLET: ("deal_chance",)}),
    (NOBODY_COMES_OR_GOES, {ATTITUDE: ("entry", "exit"), WALLET: ("entry", "exit")}),
]  # fmt: skip
MORE = {"satisfaction.drop_per_month": 0.05, "satisfaction.voice": 0.8, "discovery.specified": 0.2, "discovery.recruited": 0.1}
"""Makes what is rare in a small world frequent, so that every column holds something while nothing is off."""
ELSEWHERE = {
    ATTITUDE: {"indebtedness", "events", "first_impression", "residual"},  # the tests below; the last is empty everywhere
    WALLET: {"line_card", "events", "residual"},  # what was brought along cannot be switched off
}


@pytest.fixture(scope="module")
def lively():
    return account(**MORE)


@pytest.mark.parametrize(("settings", "columns"), OFF, ids=[next(iter(settings)) for settings, _ in OFF])
def test_a_mechanism_that_is_off_leaves_its_columns_empty(settings, columns, lively):
    found = account(**MORE | settings)
    for quantity, causes in columns.items():
        assert not any(booked(found, quantity, *causes).values())
        assert all(booked(lively, quantity, *causes).values())
    assert found.gap() < 1e-12


def test_every_column_is_emptied_by_something():
    for quantity, causes in CAUSES.items():
        emptied = {cause for _, columns in OFF for cause in columns.get(quantity, ())}
        assert emptied | ELSEWHERE[quantity] == set(causes)


def test_events_and_first_impressions_book_only_where_there_are_any(usual):
    assert not any(booked(usual, ATTITUDE, "events").values())
    assert not any(booked(usual, WALLET, "events").values())
    assert all(booked(usual, ATTITUDE, "first_impression").values())


def test_indebtedness_books_only_where_it_is_on(usual):
    assert not any(booked(usual, ATTITUDE, "indebtedness").values())
    found = account(**{"switches.indebtedness": True})
    assert all(booked(found, ATTITUDE, "indebtedness").values())
    assert found.gap() < 1e-12


@pytest.mark.parametrize(
    "settings",
    [
        {"rules.influence.name": "degroot"},
        {"rules.vendor_choice.name": "argmax"},
        {"events": [{"month": 4, "kind": "merge_vendors", "target": "2", "into": "1"}]},
        {"events": [{"month": 4, "kind": "shock", "field": "experience", "value": -0.5, "share": 0.7}]},
    ],
    ids=["DeGroot", "argmax", "merger", "shock"],
)
def test_it_sums_under_other_rules_and_events(settings):
    found = account(**settings)
    assert found.gap() < 1e-12
    if "shock" in str(settings):
        assert found.by_cause(ATTITUDE, 0)[CAUSES[ATTITUDE].index("events")].sum() < -0.2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vendors_merge", "distributor_leaves", "new_loyalty_programme", "opensearch_partners"])
def test_it_sums_in_shipped_scenarios_whose_events_fall_into_the_run(name):
    few = {} if name == "opensearch_partners" else {"population.partners": 30, "months": 40}
    found = account_of(load(name, {"months": 4, "burn_in_months": 0, **few}).plan, 0)
    assert found.gap() < 1e-12
    assert found.left_over(ATTITUDE)[0] == found.left_over(WALLET)[0] == 0.0


def test_a_waterfall_of_a_span_leads_from_its_start_to_its_end(usual):
    before, after = usual.change(WALLET, 0, (5, 9))
    assert sum(bar.amount for bar in usual.waterfall(WALLET, 0, (5, 9))) == pytest.approx(after - before, abs=1e-12)
    with pytest.raises(ValueError, match="begins with 3"):
        usual.waterfall(WALLET, 0, (0, 2))


def test_the_table_holds_every_booking_with_kind_and_group(usual):
    table = usual.table()
    assert table.column_names == ["month", "quantity", "cause", "vendor", "kind", "group", "amount"]
    total = sum(usual.bookings[q].sum() for q in usual.bookings)
    assert sum(table["amount"].to_pylist()) == pytest.approx(total, abs=1e-12)
    assert set(table["group"].to_pylist()) <= set(usual.groups)


def test_a_mean_moves_by_those_who_stay_leave_and_come():
    before, after = np.array([[1.0], [3.0], [5.0], [0.0]]), np.array([[2.0], [3.0], [0.0], [10.0]])
    was, now = np.array([[1], [1], [1], [0]], bool), np.array([[1], [1], [0], [1]], bool)
    moved = shift(before, after, was, now, np.array([True, True, False, False]))
    own = (np.where(was & now, after - before, 0.0) * moved.weight).sum()
    assert (own, moved.left.sum(), moved.came.sum()) == pytest.approx((0.5, -1.0, 2.5))  # 3 to 2 without the third, 2.5, then 5
    assert own + moved.left.sum() + moved.came.sum() == pytest.approx(mean_of(after, now)[0] - mean_of(before, was)[0])


def test_shapley_of_the_glove_game():
    worth = np.array([1.0 if s & 1 and s & 6 else 0.0 for s in range(8)])  # a left glove and one of two right ones
    assert shapley(worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_drivers_add_up_to_the_probability_and_one_that_is_equal_for_all_adds_nothing():
    terms = np.array([[[1.0, 0.0, 0.5]], [[0.3, 0.3, 0.3]]])
    feasible = np.array([[True, True, False]])
    parts, likely = driver_parts(terms, feasible, Softmax())
    assert likely[0] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1)), 0.0])
    assert parts.sum(axis=0) + probabilities(np.zeros((1, 3)), feasible, 1.0) == pytest.approx(likely)
    assert parts[1] == pytest.approx(0.0)
    assert driver_parts(terms, feasible, Argmax())[1].tolist() == [[1.0, 0.0, 0.0]]


def test_a_discovered_vendor_takes_from_those_that_were_there():
    parts = route_parts(np.array([True, True, True, False]), np.array([0, 0, 3, 3]), 4)
    assert parts[0] == pytest.approx([0.5, 0.5, 0.0, 0.0])
    assert parts[3] == pytest.approx([-1 / 6, -1 / 6, 1 / 3, 0.0])
    both = route_parts(np.array([True, True]), np.array([1, 2]), 3)
    assert both.sum(axis=0) == pytest.approx([0.5, 0.5])
    assert both[1] == pytest.approx([0.75, -0.25])


@pytest.mark.parametrize("slope", [1.0, 900.0])
def test_all_sets_of_a_logit_at_once_are_what_they_are_one_after_the_other(slope):
    """Also with a slope so steep that products of weights vanish, and with a team that has no vendor."""
    generator = np.random.default_rng(8)
    terms, feasible = generator.normal(0.0, 1.0, (3, 70, 4)), generator.random((70, 4)) < 0.7
    parts, likely = driver_parts(terms, feasible, Softmax(slope=slope))
    worth = np.array([probabilities(terms[[i for i in range(3) if s >> i & 1]].sum(axis=0), feasible, slope) for s in range(8)])
    assert likely == pytest.approx(worth[-1], abs=1e-12)
    assert parts == pytest.approx(shapley(worth), abs=1e-12)
