"""The monthly series of a world of five firms, every figure by hand."""

import math
import time

import numpy as np
import pytest

from sim.observe.catalogue import describe, series_columns
from sim.observe.series import Memory, observe
from sim.processes.firm import overhead, overheads
from sim.world import TABLES

BY_HAND = {
    "partners": 4,
    "staff_mean": 20,
    "staff_below_50": 0.75,
    "revenue_top_20": 0.6,
    "joint_share": 0.2,
    "networks": 3,
    "networks_pure_p2p": 1,
    "networks_vendor": 1,
    "networks_marketplace": 1,
    "networks_community": 0,
    "members_pure_p2p": 3,
    "members_vendor": 2,
    "members_marketplace": 1,
    "memberships": 6,
    "memberships_per_partner": 1.5,
    "members_share": 0.75,
    "multi_homers_share": 0.5,
    "multi_homers_mean": 2.5,
    "network_largest": 3,
    "network_median": 2,
    "kind_diversity": math.log(3),
    "member_diversity": 0.5 * math.log(2) + math.log(3) / 3 + math.log(6) / 6,
    "value_pure_p2p": 40,
    "value_vendor": 25,
    "alliances": 2,
    "alliances_formal": 1,
    "alliances_project": 1,
    "alliances_occasional": 0,
    "acquaintances": 1,
    "direct_pairs": 1,
    "agreements_line_card": 2,
    "agreements_affiliation": 1,
    "agreements_listing": 0,
    "allied_partners": 0.75,
    "degree_mean": 1,
    "largest_component": 0.75,
    "trust": 0.5,
    "reach_skills": (1 + 1 + 2) / 4,
    "reach_vendors": 2 / 4,
    "reach_verticals": 1 / 4,
    "reach_regions": 3 / 4,
    "reach_clients": (10 + 2 + 50 + 10) / 4,
    "synergy_surplus": 30,
    "synergy_outside": 60,
    "wallet_0": (1 + 0.75) / 4,
    "wallet_1": (0.25 + 1) / 4,
    "buying_partners": 0.75,
    "market_share_0": 0.75,
    "carriers_0": 0.5,
    "attitude": (0.5 + 0.2 - 0.4 - 0.3) / 4,
    "attitude_0": 0.35,
    "attitude_1": -0.35,
    "attitude_spread": ((2 * 0.15**2 + 2 * 0.05**2) / 4) ** 0.5,
    "experience": 0.1,
    "vendor_hhi": 0.625,
    "wallet_hhi": (1 + 0.625 + 1) / 3,
    "line_card": 1,
    "active_vendors_median": 1,
    "satisfied_share": 2 / 3,
    "dick_basu_true": 0.5,
    "dick_basu_spurious": 0.5,
    "dick_basu_latent": 0,
    "dick_basu_none": 0,
    "dick_basu_true_0": 0.5,
    "dick_basu_latent_0": 0.25,  # firm 3 likes vendor 0, does not carry it and dislikes the one it carries
    "dick_basu_none_0": 0.25,
    "dick_basu_spurious_1": 0.5,
    "demand_asked": 1000,
    "demand_unserved": 100,
    "demand_lost": 200,
    "channel_sales": 40,
    "direct_sales": 5,
    "distributor_sales": 9,
    "distributor_sales_0": 9,
    "marketplace_value": 50,
    "marketplace_jobs": 2,
    "customer_spend": 890,
    "flow_refund": 15,
    "vendor_cash_1": -3,
    "distributors_cash": 4,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_series_by_hand(make_world, name):
    """Only living firms, open networks and alliances in force count."""
    assert observe(make_world())[name] == pytest.approx(BY_HAND[name])


def test_the_median_partners_profit_is_its_margin_less_the_overhead_that_it_pays(make_world):
    """Also of a firm without margin, and of one whose pay no longer follows its margin."""
    world = make_world()
    partners, firm = world.partners, world.parameters["firm"]
    one_by_one = [overhead(s, m, firm) for s, m in zip(partners.staff, partners.margin_ewma, strict=True)]
    assert overheads(partners.staff, partners.margin_ewma, firm) == pytest.approx(one_by_one, rel=1e-15)
    profit = (partners.margin_ewma - np.array(one_by_one))[partners.alive]
    assert observe(world)["partner_profit_median"] == pytest.approx(np.median(profit))


def test_every_series_is_documented(make_world):
    """Every series has a unit and a meaning, and no other name is accepted."""
    names = list(observe(make_world(), Memory()))
    assert all(c.unit and c.meaning for c in series_columns(names))
    assert describe("wallet_1")[1].endswith("[1]")
    assert describe("dick_basu_true_1") != describe("dick_basu_true")
    for wrong in ("wallet_x", "wallet", "members_club", "alliances_acquaintance", "partners_0"):
        with pytest.raises(ValueError, match="no series"):
            describe(wrong)


def test_observing_changes_nothing(make_world):
    """The observer only looks: every column is as it was."""
    world, twin = make_world(), make_world()
    memory = Memory()
    for month in range(14):
        observe(world, memory, month)
    for name in set(TABLES) - {"programmes", "projects", "agreements"}:
        for column, before in zip(getattr(world, name), getattr(twin, name), strict=True):
            np.testing.assert_array_equal(column, before)


def test_retention_compares_with_twelve_months_ago(make_world):
    """Relations of twelve months ago count as kept unless dropped, also when taken on again; firms that left do not count."""
    world, memory = make_world(), Memory()
    world.relations.since[:] = -5
    for month in range(12):
        assert math.isnan(observe(world, memory, month)["retention"])
    assert observe(world, memory, 12)["retention"] == 1.0
    world.relations.carried[1, 1] = False  # dropped
    world.relations.since[1, 0] = 9  # dropped and taken on again
    world.relations.carried[4, 0] = True  # new
    now = observe(world, memory, 13)
    assert now["retention"] == pytest.approx(2 / 4)
    assert now["retention_0"] == pytest.approx(1 / 2)
    assert now["retention_1"] == pytest.approx(1 / 2)
    world.partners.alive[0] = world.ties.used[0] = False
    assert observe(world, memory, 14)["retention"] == pytest.approx(1 / 3)


def test_a_new_firm_in_an_old_row_inherits_no_relations(make_world):
    """Who was there is known by uid, not by row."""
    world, memory = make_world(), Memory()
    world.relations.since[:] = -5
    for month in range(12):
        observe(world, memory, month)
    world.partners.uid[0] = 77
    world.relations.carried[0] = False
    assert observe(world, memory, 12)["retention"] == 1.0


def test_comings_and_goings_are_counted_by_uid(make_world):
    """A firm that takes the row of another is one exit and one entry, and so with networks."""
    world, memory = make_world(), Memory()
    assert math.isnan(observe(world, memory, 0)["exits"])
    world.partners.uid[0] = 77
    world.partners.alive[4] = False
    world.networks.uid[3], world.networks.open[2] = 104, True
    now = observe(world, memory, 1)
    assert (now["entries"], now["exits"], now["networks_opened"], now["networks_closed"]) == (1, 2, 2, 1)
    still = observe(world, memory, 2)
    assert (still["entries"], still["exits"], still["networks_opened"], still["networks_closed"]) == (0, 0, 0, 0)


def test_a_copied_memory_is_independent(make_world):
    """A branch remembers what its trunk saw and writes nothing back."""
    world, memory = make_world(), Memory()
    for month in range(12):
        observe(world, memory, month)
    branch = memory.copy()
    first = observe(world, branch, 12)
    assert observe(world, memory, 12) == pytest.approx(first, nan_ok=True)


def test_a_world_without_anybody_is_undefined_not_an_error(make_world):
    """With all firms gone, counts are 0 and shares NaN, under the same names in the same order."""
    world = make_world()
    names = list(observe(world, Memory(), 0))
    world.partners.alive[:] = False
    world.ties.used[:] = False
    world.vendors.channel_year[:] = 0.0
    found = observe(world, Memory(), 0)
    assert list(found) == names
    assert found["partners"] == found["memberships"] == found["alliances"] == 0
    assert all(
        math.isnan(found[n]) for n in ("staff_mean", "wallet_0", "attitude", "satisfied_share", "vendor_hhi", "joint_share")
    )


def test_relabelled_firms_give_the_same_series(make_world):
    """Permuting the rows of storage changes no figure."""
    world, other = make_world(), make_world()
    order = np.array([3, 0, 4, 2, 1])
    place = np.argsort(order)
    for name in ("partners", "relations", "memberships", "knowledge"):
        table = getattr(other, name)
        setattr(other, name, type(table)(*(column[order] for column in table)))
    other.ties.a[:], other.ties.b[:] = place[other.ties.a], place[other.ties.b]
    assert observe(other) == pytest.approx(observe(world), nan_ok=True)


@pytest.mark.slow
def test_observing_a_thousand_firms_is_cheap(make_world):
    """A month of 1,000 partners takes some milliseconds at most, also on a busy machine."""
    world, rows = make_world(), 1000
    for name in ("partners", "relations", "memberships", "knowledge"):
        table = getattr(world, name)
        setattr(world, name, type(table)(*(np.concatenate([c] * (rows // 5)) for c in table)))
    world.partners.uid[:] = np.arange(rows)
    memory = Memory()
    took = []
    for month in range(30):
        start = time.perf_counter()
        observe(world, memory, month)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.01
