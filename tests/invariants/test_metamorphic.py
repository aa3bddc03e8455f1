"""What must not matter does not: the order of storage, a shock of nothing, the future, a firm that nobody meets."""

import numpy as np
import pytest

from sim.engine import advance
from sim.plan import Event
from sim.processes.founding import found
from sim.world import TABLES
from tests.analytic.plans import after, built, differing_columns, differing_events, small_plan, with_parameters

OF_PARTNERS = ("partners", "relations", "memberships", "knowledge")
MONTHS = 24


def storage_permuted(world, rng):
    """The same world with the rows of partners, ties and projects in another order; uids stay with their owners."""
    twin = world.copy()
    firm = rng.permutation(world.partners.uid.size)
    tie, project = rng.permutation(world.ties.used.size), rng.permutation(world.projects.used.size)
    for names, order in ((OF_PARTNERS, firm), (("ties",), tie), (("projects",), project)):
        for name in names:
            for column in getattr(twin, name):
                column[:] = column[order]
    new_firm, new_tie = np.argsort(firm), np.argsort(tie)  # old row -> new row
    for column in (twin.ties.a, twin.ties.b):
        column[:] = new_firm[column]
    for column, new in ((twin.projects.member, new_firm), (twin.projects.tie, new_tie)):
        column[:] = np.where(column >= 0, new[column], -1)
    return twin


def by_uid(world):
    """Every column of partners, of living ones in the order of their uids; 0 where a membership slot is free."""
    rows = np.flatnonzero(world.partners.alive)
    rows = rows[np.argsort(world.partners.uid[rows])]
    out = {f"{t}.{field}": column[rows] for t in OF_PARTNERS for field, column in getattr(world, t)._asdict().items()}
    inside = out["memberships.network"] >= 0
    return out | {name: np.where(inside, column, 0) for name, column in out.items() if name.startswith("memberships.")}


def assert_same(mine, theirs, name):
    """Whole numbers are equal, floats to nine digits."""
    if mine.dtype.kind == "f":
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-6 if "cash" in name else 1e-9, err_msg=name)
    else:
        np.testing.assert_array_equal(mine, theirs, err_msg=name)


def sorted_events(world, table):
    """A table of the log, its rows in an order that does not depend on storage."""
    columns = world.log.table(table)
    keys = [column for column in columns.values() if column.dtype.kind != "f"]
    order = np.lexsort(keys[::-1])
    return {name: column[order] for name, column in columns.items()}


@pytest.mark.parametrize("begun", [0, 7])
def test_the_order_of_storage_does_not_matter(begun):
    """With the rows of partners, ties and projects shuffled, the same happens to the same firms, at the same amounts."""
    world = after(built(small_plan(100)), begun)
    twin = storage_permuted(world, np.random.default_rng(3))
    world = world.copy()
    assert not (world.partners.uid == twin.partners.uid).all()
    for _ in range(MONTHS):
        advance(world)
        advance(twin)
    assert world.log.columns.keys() == twin.log.columns.keys()
    for table in world.log.columns:
        mine, theirs = sorted_events(world, table), sorted_events(twin, table)
        for name, column in mine.items():
            assert_same(column, theirs[name], f"{table}.{name}")
    mine, theirs = by_uid(world), by_uid(twin)
    for name, column in mine.items():
        assert_same(column, theirs[name], name)
    for name in ("vendors", "distributors", "marketplaces", "networks", "market", "programmes"):
        for field, column in getattr(world, name)._asdict().items():
            assert_same(column, getattr(getattr(twin, name), field), f"{name}.{field} cash")


def test_a_shuffle_that_mixes_up_firms_is_noticed():
    """Two firms that swap uids but nothing else give other events."""
    world = built(small_plan(100))
    twin = world.copy()
    world = world.copy()
    twin.partners.uid[[0, 1]] = twin.partners.uid[[1, 0]]
    after(world, 3)
    after(twin, 3)
    mine, theirs = sorted_events(world, "deal"), sorted_events(twin, "deal")
    assert mine["deal"].shape != theirs["deal"].shape or (mine["deal"] != theirs["deal"]).any()


NOTHING = (
    Event(6, "shock", field="experience", value=0.0, how="add"),
    Event(6, "shock", field="expectation", value=1.0, how="multiply"),
    Event(6, "shock", field="cash", value=0.0, how="add"),
    Event(6, "shock", field="clients", value=-0.5, how="add", share=0.0),
    Event(6, "set_parameter", "demand.load", value=1.0, how="multiply"),
    Event(6, "set_parameter", "consent.rejections", value=0, how="add"),
    Event(6, "set_switch", "switches.habit", value=1.0),
    Event(6, "change_vendor", "all", "rebate_2", value=0.0, how="add"),
    Event(6, "change_vendor", "1", "arm_mdf", value=1.0, how="multiply"),
    Event(6, "change_distributor", "all", "margin", value=0.0, how="add"),
    Event(6, "change_marketplace", "all", "take_rate", value=1.0, how="multiply"),
    Event(6, "close_network", "999"),
    Event(6, "vendor_leaves", "999"),
)


@pytest.fixture(scope="module")
def undisturbed():
    """The run to which nothing happens."""
    return after(built(small_plan(60)), 12)


@pytest.mark.parametrize("event", NOTHING, ids=lambda e: f"{e.kind}-{e.target}{e.field}")
def test_a_shock_of_size_zero_changes_no_bit(event, undisturbed):
    """An event that adds nothing, multiplies by one or reaches nobody leaves every table and event as it was."""
    world = after(built(small_plan(60, schedule=(event,))), 12)
    assert differing_columns(undisturbed, world) == []
    assert differing_events(undisturbed, world) == []


SOMETHING = (
    Event(6, "shock", field="experience", value=-0.5, how="add", share=0.3),
    Event(6, "shock", field="cash", value=-5e4, how="add", share=0.3),
    Event(6, "shock", field="clients", value=2.0, how="multiply", share=0.3),
    Event(6, "set_parameter", "demand.load", value=1.3, how="multiply"),
    Event(6, "set_switch", "switches.trust", value=0.0),
    Event(6, "change_vendor", "0", "list_margin", value=0.05, how="add"),
    Event(6, "vendor_leaves", "1"),
    Event(6, "merge_vendors", "1", into="0"),
    Event(6, "distributor_leaves", "0"),
    Event(6, "close_network", "vendor"),
)


@pytest.mark.parametrize("event", SOMETHING, ids=lambda e: f"{e.kind}-{e.target}{e.field}")
def test_nothing_differs_before_a_shock(event):
    """Up to the month of an event no bit differs; after it something does."""
    calm, shaken = built(small_plan(60)), built(small_plan(60, schedule=(event,)))
    after(calm, 6)
    after(shaken, 6)
    assert differing_columns(calm, shaken) == []
    assert differing_events(calm, shaken) == []
    after(calm, 1)
    after(shaken, 1)
    assert differing_columns(calm, shaken) != []


def joined_by_one_more(world, row, uid=5_000):
    """The same world with one more partner in a row that nobody uses."""
    twin = world.copy()
    assert not twin.partners.alive[row]
    founding, firm = twin.parameters["founding"], twin.parameters["firm"]
    found(
        np.array([row]), np.array([uid]), np.array([8.0]), 0, twin.world_key, twin.partners, twin.relations, twin.knowledge,
        twin.memberships, twin.vendors, twin.market.popularity, twin.ledger, founding, firm, twin.size,
    )  # fmt: skip
    return twin


def rows_that_differ(world, twin):
    """Rows of partners in which any column differs by a bit, awareness aside."""
    differ = np.zeros(world.partners.uid.size, bool)
    for table in OF_PARTNERS:
        for name, column in getattr(world, table)._asdict().items():
            other = getattr(getattr(twin, table), name)
            differ |= (column != other).reshape(column.shape[0], -1).any(axis=1)
            assert column.shape == other.shape, name
    return np.flatnonzero(differ)


def test_one_more_partner_changes_few_at_first():
    """After a month more than nine firms in ten are the same to the last bit: only draws that hit the newcomer differ."""
    world = built(small_plan(200))
    last = world.partners.uid.size - 1
    twin = joined_by_one_more(world, last)
    world = world.copy()
    advance(world)
    advance(twin)
    others = np.setdiff1d(rows_that_differ(world, twin), [last])
    assert twin.partners.alive[last]
    assert others.size < 0.1 * world.partners.alive.sum()


def test_one_more_partner_whom_nobody_meets_changes_nobody():
    """A newcomer alone in its region, without customers, skills or vendors, leaves everybody else as they were for a year."""
    plan = small_plan(100, switches=small_plan().switches._replace(growth=False, learning=False))
    nobody_leaves = {"retirement_per_year": 0.0, "months_to_bankruptcy": 60}  # a successor might settle beside the newcomer
    plan = with_parameters(plan, discovery={"recruited": 0.0}, turnover=nobody_leaves)
    world = built(plan)
    elsewhere = plan.size.regions - 1
    moved = world.partners.region == elsewhere
    world.partners.region[moved] = 0
    last = world.partners.uid.size - 1
    twin = joined_by_one_more(world, last)
    world = world.copy()
    partners = twin.partners
    partners.region[last], partners.reach[last] = elsewhere, 1 << elsewhere
    partners.clients[last], partners.taste[last] = 1e-9, 1e9
    twin.knowledge.skills[last], twin.knowledge.can[last] = 0.0, 0
    twin.relations.carried[last], twin.relations.bought_year[last] = False, 0.0
    for month in range(12):
        advance(world)
        advance(twin)
        assert rows_that_differ(world, twin).tolist() == [last], f"month {month}"
        assert twin.partners.alive[last]
    theirs = {"partners", "relations", "memberships", "knowledge", "ledger"}
    assert {name.partition(".")[0] for name in differing_columns(world, twin)} <= theirs


def test_every_table_of_the_world_is_compared():
    """The comparisons above leave out no table."""
    assert set(OF_PARTNERS) < set(TABLES)
    assert len(TABLES) == 14
