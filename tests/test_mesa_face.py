"""The Mesa face: agents are views of rows, the model's step is one month."""

import gc
import sys
import types
import weakref

import mesa
import numpy as np
import pytest

from sim.agents import KINDS_OF_AGENT, Distributor, Marketplace, Partner, Vendor
from sim.events import EventLog
from sim.ledger import empty_ledger
from sim.model import ChannelModel
from sim.processes.discovery import Discovery
from sim.processes.firm import Firm
from sim.state import networks, partners, suppliers, ties
from sim.state.market import empty_market
from sim.switches import Switches
from sim.view import Column, FirmLeftError
from sim.world import Size, World, extend

pytestmark = pytest.mark.filterwarnings("error")

FOUNDERS = (11, 12, 13)  # uids; the vendors are 0 and 1, the networks 7 (open) and 8 (closed)


def small_world() -> World:
    """Three partners in rows 0..2 and a free row 3; two vendors, a distributor, a marketplace."""
    size = Size(skills=4, verticals=2, regions=2, vendors=2, distributors=1, marketplaces=1)
    world = World(size, {"firm": Firm(), "discovery": Discovery()}, {}, Switches(), seed=1, replication=0, log=EventLog())
    world.partners = partners.empty_partners(4)
    world.relations = partners.empty_relations(4, 2)
    world.memberships = partners.empty_memberships(4)
    world.knowledge = partners.empty_knowledge(4, 4, 2, 1)
    world.vendors = suppliers.empty_vendors(2, 4)
    world.programmes = suppliers.empty_programmes(2)
    world.distributors = suppliers.empty_distributors(1, 2)
    world.marketplaces = suppliers.empty_marketplaces(1, 2)
    world.networks = networks.empty_networks(2, 2)
    world.ties = ties.empty_ties(2)
    world.projects = ties.empty_projects(1)
    world.agreements = ties.empty_agreements(1)
    world.market = empty_market(4)
    world.ledger = empty_ledger()
    world.partners.uid[:3] = FOUNDERS
    world.partners.alive[:3] = True
    world.partners.staff[:3] = 5.0, 10.0, 20.0
    world.partners.region[:3] = 0, 1, 1
    world.vendors.uid[:] = 0, 1
    for table in (world.vendors, world.distributors, world.marketplaces):
        table.active[:] = True
    world.networks.uid[:] = 7, 8
    world.networks.open[0] = True
    world.networks.cohort_size[0] = 2
    return world


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def model(world):
    model = ChannelModel(world=world)
    yield model
    model.dispose()


def replace_one(world: World) -> None:
    """One month in which partner 12 leaves and partner 99 takes over its row."""
    world.month += 1
    row = int(np.flatnonzero(world.partners.uid == 12)[0])
    world.partners.uid[row] = 99
    world.partners.staff[row] = 3.0


@pytest.fixture
def month(monkeypatch):
    """Make a function the month of this test's models."""

    def use(advance):
        monkeypatch.setitem(sys.modules, "sim.engine", types.SimpleNamespace(advance=advance))

    return use


# views


def test_reading_a_view_reads_the_column(model, world):
    partner = model.partner(12)
    world.partners.staff[1] = 42.0
    assert partner.staff == 42.0


def test_writing_a_view_writes_the_column(model, world):
    model.partner(12).staff = 43.0
    assert world.partners.staff[1] == 43.0


def test_a_view_follows_its_firm_when_the_rows_of_storage_move(model, world):
    partner = model.partner(12)
    order = np.array([2, 3, 0, 1])
    world.partners = type(world.partners)(*(column[order] for column in world.partners))
    assert (partner.row, partner.staff) == (3, 10.0)


def test_a_view_follows_its_firm_when_the_table_grows(model, world):
    partner = model.partner(12)
    world.partners = extend(world.partners, 10, partners.empty_partners)
    partner.staff = 44.0
    assert world.partners.staff[1] == 44.0


def test_a_view_of_a_firm_that_left_says_so_and_never_reads_its_successor(model, world):
    partner = model.partner(12)
    replace_one(world)
    assert not partner.alive
    with pytest.raises(FirmLeftError, match="partner 12 is not in the market"):
        _ = partner.staff
    with pytest.raises(FirmLeftError):
        partner.staff = 1.0
    assert "left" in repr(partner)


def test_what_only_the_month_may_write_cannot_be_set(model):
    with pytest.raises(AttributeError, match="cannot be set"):
        model.partner(11).backlog = 1.0
    with pytest.raises(ValueError, match="read-only"):
        model.partner(11).skills[0] = 1.0


@pytest.mark.parametrize("bad", [-0.1, 1.5, float("nan")])
def test_a_share_must_lie_between_0_and_1(model, bad):
    with pytest.raises(ValueError, match="list_margin must lie between 0 and 1"):
        model.vendor(0).set_margin(bad)


@pytest.mark.parametrize("kind", KINDS_OF_AGENT)
def test_every_column_of_a_view_is_one_of_its_table(world, kind):
    columns = {name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, Column)}
    assert columns
    assert columns <= set(getattr(world, kind.table)._fields)


@pytest.mark.parametrize("kind", KINDS_OF_AGENT)
def test_every_attribute_of_a_view_can_be_read(model, kind):
    agent = next(iter(model.agents_by_type[kind]))
    ours = [name for base in kind.__mro__ if base.__module__.startswith("sim.") for name in vars(base)]
    for name in ours:
        if isinstance(getattr(kind, name), Column | property):
            assert getattr(agent, name) is not None


def test_setting_cash_is_booked_against_the_owners(model, world):
    for amount in (100.0, 40.0):
        model.partner(11).cash = amount
        assert world.partners.cash[0] == amount
        assert world.partners.cash.sum() + world.ledger.outer.sum() == 0.0


# verbs


def test_carrying_a_vendor_shows_in_relations_and_in_what_the_partner_can_do(model, world):
    partner, vendor = model.partner(13), model.vendor(1)
    partner.carry(vendor)
    partner.carry(1)
    assert world.relations.carried[2].tolist() == [False, True]
    assert world.knowledge.can[2] == 1 << 5
    assert (partner.vendors, vendor.partners, vendor.reach) == ([vendor], [partner], 1)
    assert world.log.table("vendor_taken")["partner"].tolist() == [13]
    partner.drop(vendor)
    assert not partner.carries(vendor)
    assert world.knowledge.can[2] == 0
    assert world.log.table("vendor_dropped")["vendor"].tolist() == [1]


def test_learning_a_skill_counts_from_the_threshold_on(model, world):
    partner = model.partner(11)
    partner.learn(2, 0.9)
    partner.learn(3, 0.1)
    assert partner.skills.tolist() == [0.0, 0.0, 0.9, 0.1]
    assert partner.skills_held == [2]
    partner.learn(2, 0.0)
    assert world.knowledge.can[0] == 0


def test_wallet_share_is_the_share_of_purchases(model, world):
    world.relations.bought_year[0] = 30.0, 10.0
    assert model.partner(11).wallet_share(0) == 0.75
    assert model.partner(12).wallet_share(0) == 0.0


def test_joining_fills_cohorts_and_leaving_frees_them(model, world):
    for uid in FOUNDERS:
        model.partner(uid).join(7)
        model.partner(uid).join(7)
    assert world.memberships.cohort[:3, 0].tolist() == [0, 0, 1]
    assert world.networks.cohorts[0] == 2
    assert world.networks.members[0] == 3
    model.partner(12).leave(7)
    model.partner(12).leave(7)
    assert world.networks.members[0] == 2
    assert (model.partner(11).networks, model.partner(12).networks) == ({7: "pure_p2p"}, {})
    model.partner(12).join(7)
    assert world.memberships.cohort[1, 0] == 0
    assert world.log.table("membership_joined")["partner"].tolist() == [11, 12, 13, 12]
    assert world.log.table("membership_left")["partner"].tolist() == [12]


def test_a_cohort_without_competition_takes_no_second_firm_of_a_region_and_vertical(model, world):
    world.networks.non_compete[0] = True
    world.partners.verticals[:3] = 1
    for uid in FOUNDERS:  # 12 and 13 are of one region
        model.partner(uid).join(7)
    assert world.memberships.cohort[:3, 0].tolist() == [0, 0, 1]
    world.networks.cohort_size[0] = 3
    model.partner(13).leave(7)
    model.partner(13).join(7)
    assert world.memberships.cohort[2, 0] == 1


def test_a_partner_without_a_free_slot_cannot_join(model, world):
    world.memberships.network[0] = 1
    with pytest.raises(ValueError, match="no free membership slot"):
        model.partner(11).join(7)


def test_a_closed_network_cannot_be_joined(model):
    with pytest.raises(LookupError, match="no open network 8"):
        model.partner(11).join(8)


def test_allies_are_the_partners_of_alliances_under_way(model, world):
    world.ties.used[:] = True
    world.ties.a[:], world.ties.uid_a[:] = 0, 11
    world.ties.b[:], world.ties.uid_b[:] = (1, 2), (12, 13)
    world.ties.form[:] = ties.ACQUAINTANCE, ties.FORMAL
    assert model.partner(11).allies == [model.partner(13)]
    assert model.partner(13).allies == [model.partner(11)]
    assert model.partner(12).allies == []


# Mesa


def test_every_actor_is_a_registered_agent(model):
    assert {t: len(model.agents_by_type.get(t, ())) for t in (Partner, Vendor, Distributor, Marketplace)} == {
        Partner: 3,
        Vendor: 2,
        Distributor: 1,
        Marketplace: 1,
    }
    assert len(model.agents) == 7


def test_agent_sets_select_sort_group_aggregate_shuffle_and_do(model, world):
    people = model.partners
    assert [p.uid for p in people.select(lambda p: p.region == 1)] == [12, 13]
    assert [p.uid for p in people.sort("staff", ascending=False)] == [13, 12, 11]
    assert people.agg("staff", sum) == 35.0
    assert {region: len(group) for region, group in people.groupby("region")} == {0: 1, 1: 2}
    assert sorted(p.uid for p in people.shuffle()) == list(FOUNDERS)
    people.do("carry", 0)
    people.set("staff", 1.0)
    assert world.relations.carried[:, 0].tolist() == [True, True, True, False]
    assert world.partners.staff[:3].tolist() == [1.0, 1.0, 1.0]


def test_a_data_collector_sees_model_and_agents(model, month):
    month(replace_one)
    model.datacollector = mesa.DataCollector(
        model_reporters={"tick": "tick", "people": lambda m: m.partners.agg("staff", sum)},
        agent_reporters={"uid": "uid"},
        agenttype_reporters={Partner: {"uid": "uid", "staff": "staff"}},
    )
    model.step()
    by_model = model.datacollector.get_model_vars_dataframe()
    assert by_model.to_dict("list") == {"tick": [1], "people": [28.0]}
    assert len(model.datacollector.get_agent_vars_dataframe()) == 7
    assert sorted(model.datacollector.get_agenttype_vars_dataframe(Partner)["uid"]) == [11, 13, 99]


def test_after_a_step_entrants_are_registered_and_leavers_removed(model, month):
    month(replace_one)
    stays, leaves = model.partner(11), model.partner(12)
    model.step()
    registered = model.agents_by_type[Partner]
    assert sorted(p.uid for p in registered) == [11, 13, 99]
    assert stays in registered
    assert leaves not in registered
    assert (model.tick, model.partner(99).staff) == (1, 3.0)
    with pytest.raises(FirmLeftError, match="no partner 12"):
        model.partner(12)


def test_a_vendor_that_leaves_is_removed(model, world, month):
    month(lambda world: world.vendors.active.__setitem__(1, False))
    model.step()
    assert [v.uid for v in model.vendors] == [0]


def test_above_the_limit_partners_are_views_that_mesa_does_not_hold(world, month):
    month(replace_one)
    model = ChannelModel(world=world, registered_partners=2)
    assert Partner not in model.agents_by_type
    assert model.partners.sort("staff", ascending=True).get("uid") == [11, 12, 13]
    assert model.partner(11) is next(iter(model.partners))
    assert len(model.agents) == 4
    leaves = model.partner(12)
    model.step()
    assert not leaves.alive
    assert model.partners.get("uid") == [11, 13, 99]
    model.dispose()


def test_mesas_random_streams_do_not_touch_the_world(world):
    twin = small_world()
    model = ChannelModel(world=world)
    model.partners.shuffle(inplace=True)
    model.dispose()
    for name in ("partners", "relations", "memberships", "networks"):
        for column, other in zip(getattr(world, name), getattr(twin, name), strict=True):
            np.testing.assert_array_equal(column, other)


@pytest.mark.parametrize("limit", [0, 5000])
def test_a_disposed_model_is_garbage(world, month, limit):
    month(replace_one)
    model = ChannelModel(world=world, registered_partners=limit)
    model.datacollector = mesa.DataCollector(agent_reporters={"uid": "uid"})
    model.partners.do("carry", 0)
    model.step()
    model.dispose()
    ghost = weakref.ref(model)
    del model
    gc.collect()
    assert ghost() is None


# with the engine


@pytest.fixture
def baseline():
    model = ChannelModel("baseline")
    yield model
    model.dispose()


@pytest.mark.slow
def test_a_scenario_runs_by_its_name_and_its_agents_are_its_rows(baseline):
    for _ in range(6):
        baseline.step()
    world = baseline.world
    living = world.partners.uid[world.partners.alive]
    assert sorted(p.uid for p in baseline.agents_by_type[Partner]) == sorted(living.tolist())
    assert baseline.partners.agg("cash", sum) == pytest.approx(world.partners.cash[world.partners.alive].sum())


@pytest.mark.slow
def test_the_mesa_face_runs_the_same_months_as_the_engine(baseline):
    from sim.engine import advance, build

    world = build(baseline.plan, 0)
    for _ in range(3):
        baseline.step()
        advance(world)
    for column, other in zip(baseline.world.partners, world.partners, strict=True):
        np.testing.assert_array_equal(column, other)
