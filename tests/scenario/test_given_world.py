"""What data say of ties stands in the world at its start, and what is drawn again is only what was asked for."""

import numpy as np
import pytest

from sim.engine import advance
from sim.events import EventLog
from sim.given import CASH_SD
from sim.grounds import INPUTS, drawn_inputs, inputs, support
from sim.plan import GivenTies
from sim.population import build
from sim.processes import hosts
from sim.scenario import ScenarioError, load
from sim.state.networks import DISTRIBUTOR, PURE_P2P, VENDOR
from sim.state.partners import MEMBERSHIP_SLOTS, NEVER
from sim.state.ties import FORMAL, OCCASIONAL, PROJECT
from tests.analytic.plans import balances, built, differing_columns, small_plan

NAMES = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon"]
SCENARIO = """
schema_version = 1
extends = "baseline"
title = "given"
[population]
csv = "p.csv"
memberships_csv = "m.csv"
alliances_csv = "a.csv"
relations_csv = "r.csv"
vendors = 3
distributors = 2
marketplaces = 1
[[networks]]
name = "Second"
kind = "vendor"
host = "Acme"
founding_members = 0
[[networks]]
kind = "vendor"
[[networks]]
name = "Big Box Club"
kind = "distributor"
host = "Distributor 2"
founding_members = 0
[[networks]]
name = "Peers"
kind = "pure_p2p"
founding_members = 0
cohort_size = 2
[[vendors]]
name = "Zenith"
[[vendors]]
name = "Acme"
"""
MEMBERS = "partner,network\nAlpha,Peers\nBeta,Peers\nGamma,Peers\nDelta,Second\nEpsilon,Big Box Club\nAlpha,Big Box Club\n"


@pytest.fixture
def write(tmp_path):
    """Writes a scenario with given ties and gives its path."""

    def to_disk(**changed: str):
        files = {
            "p": "name,staff\n" + "".join(f"{name},{n + 2}\n" for n, name in enumerate(NAMES)),
            "m": MEMBERS,
            "a": "partner,other,form\nBeta,Alpha,formal\nGamma,Delta,project\nAlpha,Epsilon,\n",
            "r": "partner,vendor,share\nAlpha,Zenith,3\nAlpha,Acme,1\nBeta,Acme,\n",
        } | changed
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        path = tmp_path / "case.toml"
        path.write_text(SCENARIO)
        return path

    return to_disk


@pytest.fixture
def world(write):
    """The world at its start."""
    plan = load(write()).plan
    return build(plan, 0, EventLog())


def members(world, m):
    return sorted(NAMES[r] for r in np.flatnonzero((world.memberships.network == m).any(axis=1)))


def test_given_members_are_the_members_at_the_start_and_nobody_else(world):
    """Each network has its given members, hosted ones their host; groups without a name invite as usual."""
    rows = {int(world.networks.kind[m] * 10 + world.networks.host[m]): m for m in np.flatnonzero(world.networks.open)}
    assert members(world, rows[VENDOR * 10 + 1]) == ["Delta"]
    assert members(world, rows[DISTRIBUTOR * 10 + 1]) == ["Alpha", "Epsilon"]
    assert members(world, rows[PURE_P2P * 10 - 1]) == ["Alpha", "Beta", "Gamma"]
    assert VENDOR * 10 + 0 in rows, "the network without a host took the first that is free"
    joined = world.log.table("membership_joined")
    assert set(zip(joined["partner"], joined["network"], strict=True)) >= {
        (3, rows[VENDOR * 10 + 1]),
        (2, rows[PURE_P2P * 10 - 1]),
    }


def test_cohorts_fill_in_the_order_of_the_data(world):
    """Three members of a network with cohorts of two are in two cohorts."""
    m = int(np.flatnonzero(world.networks.kind == PURE_P2P)[0])
    at = world.memberships.network == m
    assert world.memberships.cohort[at].tolist() == [0, 0, 1]
    assert world.networks.cohorts[m] == 2
    assert world.knowledge.aware[:3, m].all()


def test_given_alliances_stand_in_their_form(world):
    """An alliance has its form, the prior of trust, and, where it lasts, goodwill; it is on record."""
    ties = world.ties
    pairs = {(NAMES[ties.a[t]], NAMES[ties.b[t]]): t for t in np.flatnonzero(ties.used)}
    forms = {pair: int(ties.form[t]) for pair, t in pairs.items()}
    assert forms == {("Alpha", "Beta"): FORMAL, ("Gamma", "Delta"): PROJECT, ("Alpha", "Epsilon"): OCCASIONAL}
    prior = world.parameters["trust"].prior
    t = pairs["Alpha", "Beta"]
    assert ties.trust_ab[t] == ties.trust_ba[t] == prior
    assert ties.goodwill[t] == pytest.approx((4_000.0 + 12 * 60.0) * (0.5 + prior))
    assert sorted(world.log.table("alliance_started")["form"]) == [PROJECT, OCCASIONAL, FORMAL]
    assert len(set(ties.alliance[list(pairs.values())])) == 3


def test_a_partner_with_given_vendors_carries_these_in_their_shares(world):
    """Given vendors replace drawn ones; the rest keep what was drawn; the bits of what a firm can do agree."""
    relations = world.relations
    assert relations.carried[:2].tolist() == [[True, True, False], [False, True, False]]
    assert relations.carried[2].any()
    firm = world.parameters["firm"]
    product = 12.0 * 2 * firm.revenue_per_staff_usd * (1.0 - firm.services_share)
    assert relations.bought_year[0].tolist() == pytest.approx([0.75 * product, 0.25 * product, 0.0])
    assert relations.last_bought[1].tolist() == [NEVER, 0, NEVER]
    skills = world.size.skills
    assert [(int(world.knowledge.can[r]) >> skills) & 7 for r in range(2)] == [0b011, 0b010]


def test_a_member_of_a_vendors_network_carries_that_vendor(world):
    """Else it would have to leave in the first month."""
    assert world.relations.carried[3, 1]


def test_a_world_with_given_ties_runs_and_conserves_money(world):
    """Half a year passes, every balance adding up."""
    for _ in range(6):
        advance(world)
    total, size = balances(world)
    assert abs(total) <= 1e-9 * size


def test_memberships_beyond_what_a_partner_can_hold_are_left_out_and_counted(write):
    """The first ones count."""
    names = [f"Net {n}" for n in range(MEMBERSHIP_SLOTS + 2)]
    path = write(m="partner,network\n" + "".join(f"Alpha,{name}\n" for name in names))
    extra = "".join(f'[[networks]]\nname = "{name}"\nkind = "community"\nfounding_members = 0\n' for name in names)
    path.write_text(path.read_text() + extra)
    scenario = load(path)
    assert scenario.partners.beyond == 2
    assert "Left out: 2 memberships" in "\n".join(scenario.partners.lines())
    assert (build(scenario.plan, 0).memberships.network[0] >= 0).all()


@pytest.mark.parametrize(
    ("file", "text", "fragment"),
    [
        ("m", "partner,network\nAlpha,Peeers\n", 'm.csv, line 2: the scenario has no network "Peeers", did you mean "peers"?'),
        ("m", "partner,network\nAlpa,Peers\n", 'there is no partner "Alpa", did you mean "Alpha"?'),
        ("r", "partner,vendor\nAlpha,Nobody\n", 'no vendor "Nobody"'),
        ("a", "partner,other\nAlpha,Beta\nbeta,alpha\n", "is already on line 2"),
    ],
)
def test_a_row_that_names_nobody_is_refused_by_line(write, file, text, fragment):
    """A tie with somebody who is not there is refused with the nearest name."""
    with pytest.raises(ScenarioError) as caught:
        load(write(**{file: text}))
    assert fragment in str(caught.value)
    assert f"population.{dict(m='memberships', r='relations', a='alliances')[file]}_csv" in str(caught.value)


@pytest.mark.parametrize(
    ("more", "fragment"),
    [
        ('name = "X"\ncount = 2', "expected 1"),
        ('host = "Acme"', "has no host"),
        ('name = "peers"', "twice"),
    ],
)
def test_names_and_hosts_of_networks_are_checked(write, more, fragment):
    """A name is of one network, a host of the right kind."""
    path = write()
    path.write_text(path.read_text() + f'[[networks]]\nkind = "community"\n{more}\n')
    with pytest.raises(ScenarioError, match=fragment):
        load(path)


def test_the_content_of_each_table_is_part_of_the_digest(write):
    """One tie more is another scenario."""
    before = load(write()).digest()
    assert load(write(a="partner,other\nBeta,Alpha\n")).digest() != before
    assert load(write()).digest() == before


COLUMNS = {
    "staff": {"partners.staff", "partners.clients"},
    "regions": {"partners.region", "partners.reach"},
    "verticals": {"partners.verticals"},
    "business_type": {"partners.business_type"},
    "skills": {"knowledge.skills", "knowledge.can"},
    "skill_levels": {"knowledge.skills"},
    "cash": {"partners.cash"},
    "vendors": {"vendors.list_margin", "vendors.support"},
    "vendor_fit": {"vendors.fit"},
    "distributors": {"distributors.margin", "distributors.service"},
    "line_cards": {"distributors.line_card", "distributors.regions"},
    "relations": {"relations.carried", "relations.bought_year"},
    "memberships": {"memberships.network"},
}
DERIVED = (
    "knowledge.sourced",
    "distributors.",
    "agreements.",
    "vendors.channel_year",
    "ledger.",
    "memberships.",
    "knowledge.aware",
    "networks.",
)


@pytest.mark.parametrize("name", INPUTS)
def test_what_is_drawn_again_differs_and_nothing_else(name):
    """Redrawing an input changes its columns and what follows from them; every other column keeps every bit."""
    plan = small_plan(60)
    changed = set(differing_columns(built(plan), built(plan._replace(redraw=frozenset((name,))))))
    assert changed >= COLUMNS[name]
    if name in ("staff", "vendors", "vendor_fit"):  # firms, and whom they carry, follow from these
        assert "partners.region" not in changed
        return
    assert {c for c in changed - COLUMNS[name] if not c.startswith(DERIVED)} <= {"relations.attitude", "relations.experience",
        "relations.last_bought", "knowledge.can"}  # fmt: skip


def test_what_is_given_is_not_drawn_again(write):
    """Given staff, memberships and vendors stay when their inputs are drawn again."""
    plan = load(write()).plan
    one, other = build(plan, 0), build(plan._replace(redraw=frozenset(("staff", "memberships", "relations"))), 0)
    assert (one.partners.staff[:5] == other.partners.staff[:5]).all()
    assert (one.relations.carried[:2] == other.relations.carried[:2]).all()
    named = [m for m in range(4) if m != 1]
    assert all(members(one, m) == members(other, m) for m in named)


def test_redrawn_cash_keeps_its_mean_and_money_adds_up():
    """Cash drawn again is lognormal around the default, and owners paid it in."""
    plan = small_plan(2_000)
    one, other = built(plan), built(plan._replace(redraw=frozenset(("cash",))))
    ratio = other.partners.cash[:2_000] / one.partners.cash[:2_000]
    assert np.log(ratio).std() == pytest.approx(CASH_SD, rel=0.1)
    assert ratio.mean() == pytest.approx(1.0, abs=0.05)
    assert abs(balances(other)[0]) <= 1e-9 * balances(other)[1]


def test_a_network_that_closes_frees_given_members_like_any_other(world):
    """Given memberships are memberships."""
    m = int(np.flatnonzero(world.networks.kind == PURE_P2P)[0])
    hosts.close_network(world, m)
    assert members(world, m) == []


def test_inputs_count_what_is_given(write):
    """Of each input it is known how much is given; what is wholly given is not drawn."""
    plan = load(write()).plan
    parts = inputs(plan)
    assert (parts["staff"].given, parts["staff"].drawn) == (5, 0)
    assert parts["relations"].given == 2
    assert "staff" not in drawn_inputs(plan)
    assert "memberships" not in drawn_inputs(plan)
    assert {"relations", "skills", "cash", "vendors"} <= set(drawn_inputs(plan))


def test_a_verdict_is_supported_by_what_it_is_about(write):
    """Networks need memberships, joint work alliances, loyalty the vendors of half of the partners; else it is refused or labelled."""
    plan = load(write()).plan
    assert support(plan) == ("data", "drawn", "data")
    carried = np.array([[r, 0] for r in range(3)])
    assert support(plan._replace(ties=plan.ties._replace(carried=carried))).loyalty == "data"
    assert support(plan._replace(ties=None)) == ("drawn", "drawn", "drawn"), "vendors have names of their own"
    nameless = plan._replace(ties=GivenTies(), names=plan.names._replace(vendors=("Vendor 1", "Vendor 2", "Vendor 3")))
    assert support(nameless).loyalty == "refused"
    assert support(nameless._replace(vendors=({"list_margin": 0.1},))).loyalty == "drawn"
    assert support(small_plan()) is None, "nobody expects a verdict on data where there are none"
