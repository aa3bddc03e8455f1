"""S1 Events: what a scenario makes happen at the start of a month, one small function a kind.

Months count from the end of burn-in.  A change is *set*, *add* or *multiply*; the outcome is kept within the range that
the field has in section 6.  Events of one month happen in the order of the scenario, before anything else.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.chance import Purpose, uniforms
from sim.events import Dropped, TakenOn
from sim.ledger import Outer
from sim.plan import Event
from sim.processes import agreements, hosts
from sim.processes.opening import follow_line_cards, free_host, open_network
from sim.state.networks import KINDS
from sim.state.suppliers import ARMS
from sim.state.ties import TECHNOLOGY_ALLIANCE
from sim.world import World


def changed(old: Any, value: float, how: str) -> Any:
    """The old value set to, increased by, or multiplied by ``value``."""
    if how == "set":
        return old * 0 + value
    return old + value if how == "add" else old * value


def rows_named(target: str, active: np.ndarray, uid: np.ndarray) -> np.ndarray:
    """Rows that a target names: "all" active ones, or the one of that number (its row at the start)."""
    if target == "all":
        return np.flatnonzero(active)
    return np.flatnonzero(active & (uid == int(target)))


def set_parameter(world: World, event: Event) -> None:
    """Change one parameter from now on."""
    group, name = event.target.split(".", 1)
    old = world.parameters[group]
    value = changed(getattr(old, name), event.value, event.how)
    world.parameters[group] = old._replace(**{name: type(getattr(old, name))(value)})


def set_switch(world: World, event: Event) -> None:
    """Turn a mechanism on or off from now on."""
    world.switches = world.switches._replace(**{event.target.removeprefix("switches."): bool(event.value)})


def change_row(table: Any, rows: np.ndarray, event: Event) -> None:
    """Change one column of some rows, within the field's range."""
    column = getattr(table, event.field)
    column[rows] = np.clip(changed(column[rows], event.value, event.how), event.low, event.high)


def change_vendor(world: World, event: Event) -> None:
    """Change a vendor's policy; ``arm_...`` fields divide its budget."""
    rows = rows_named(event.target, world.vendors.active, world.vendors.uid)
    if event.field.startswith("arm_"):
        arm = ARMS.index(event.field.removeprefix("arm_"))
        world.vendors.arms[rows, arm] = np.clip(changed(world.vendors.arms[rows, arm], event.value, event.how), event.low, event.high)
    else:
        change_row(world.vendors, rows, event)


def change_distributor(world: World, event: Event) -> None:
    """Change a distributor's terms."""
    change_row(world.distributors, rows_named(event.target, world.distributors.active, world.distributors.uid), event)


def change_marketplace(world: World, event: Event) -> None:
    """Change a marketplace's terms; its network takes the same rate."""
    rows = rows_named(event.target, world.marketplaces.active, world.marketplaces.uid)
    change_row(world.marketplaces, rows, event)
    if event.field == "take_rate":
        networks = world.networks
        for q in rows:
            own = networks.open & (networks.kind == KINDS.index("marketplace")) & (networks.host == q)
            networks.take_rate[own] = world.marketplaces.take_rate[q]


def networks_named(world: World, target: str) -> np.ndarray:
    """Rows of open networks that a target names: "all", a kind, or a number."""
    if target in KINDS:
        return np.flatnonzero(world.networks.open & (world.networks.kind == KINDS.index(target)))
    return rows_named(target, world.networks.open, world.networks.uid)


def change_network(world: World, event: Event) -> None:
    """Change the policy of some networks."""
    rows = networks_named(world, event.target)
    change_row(world.networks, rows, event)
    for m in rows:
        hosts.record_policy(world, int(m), 1)


def open_networks(world: World, event: Event) -> None:
    """Open the networks of a group, as far as hosts are free."""
    assert event.group is not None
    for _ in range(event.group.count):
        if free_host(world, event.group.kind) is None:
            break
        opened = open_network(world, event.group)
        hosts.record_policy(world, opened, 0)


def close_networks(world: World, event: Event) -> None:
    """Close some networks."""
    for m in networks_named(world, event.target):
        hosts.close_network(world, int(m))


def vendor_leaves(world: World, event: Event) -> None:
    """A vendor leaves the market: every partner drops it, its network and agreements end."""
    for v in rows_named(event.target, world.vendors.active, world.vendors.uid):
        carried = np.flatnonzero(world.relations.carried[:, v])
        world.record(
            "vendor_dropped", month=world.month, partner=world.partners.uid[carried], vendor=int(world.vendors.uid[v]),
            reason=int(Dropped.VENDOR_LEFT),
        )  # fmt: skip
        world.relations.carried[:, v] = False
        world.knowledge.can[:] &= ~(1 << (world.size.skills + int(v)))
        _retire_vendor(world, int(v))


def _retire_vendor(world: World, v: int) -> None:
    world.vendors.active[v] = False
    table = world.agreements
    involved = table.used & ((table.first == v) | ((table.kind == TECHNOLOGY_ALLIANCE) & (table.second == v)))
    for row in np.flatnonzero(involved):
        agreements.end(world, int(row), 1)
    world.networks.mix[:, v] = 0.0
    follow_line_cards(world)
    kind = KINDS.index("vendor")
    for m in np.flatnonzero(world.networks.open & (world.networks.kind == kind) & (world.networks.host == v)):
        hosts.close_network(world, int(m))


def merge_vendors(world: World, event: Event) -> None:
    """One vendor takes over another: its partners, what they bought, their standing, its customers and its best fit.

    A partner keeps the higher tier and certification of the two; purchases of the quarter and the year, paid leads,
    and what each distributor and the whole channel sold in a year are added to the survivor's.
    """
    gone = rows_named(event.target, world.vendors.active, world.vendors.uid)
    into = rows_named(event.into, world.vendors.active, world.vendors.uid)
    if gone.size == 0 or into.size == 0 or gone[0] == into[0]:
        return
    v, u, relations = int(gone[0]), int(into[0]), world.relations
    moved = np.flatnonzero(relations.carried[:, v] & ~relations.carried[:, u])
    for column in (relations.carried, relations.experience, relations.attitude, relations.expectation, relations.since):
        column[moved, u] = column[moved, v]
    for column in (relations.tier, relations.certification, relations.last_bought):
        column[:, u] = np.maximum(column[:, u], column[:, v])
    for column in (relations.bought_year, relations.bought_quarter, relations.leads, world.distributors.sold):
        column[:, u] += column[:, v]
        column[:, v] = 0.0
    relations.tier[:, v], relations.certification[:, v] = 0, 0.0
    world.vendors.channel_year[u] += world.vendors.channel_year[v]
    world.vendors.channel_year[v] = 0.0
    world.knowledge.can[moved] |= 1 << (world.size.skills + u)
    world.record("vendor_taken", month=world.month, partner=world.partners.uid[moved], vendor=int(world.vendors.uid[u]), reason=int(TakenOn.MERGED))
    world.vendors.size[u] += world.vendors.size[v]
    world.vendors.fit[u] = np.maximum(world.vendors.fit[u], world.vendors.fit[v])
    vendor_leaves(world, event)


def distributor_leaves(world: World, event: Event) -> None:
    """A distributor leaves: its line cards and its network end, partners must source elsewhere."""
    table = world.agreements
    for d in rows_named(event.target, world.distributors.active, world.distributors.uid):
        world.distributors.active[d] = False
        for row in np.flatnonzero(table.used & (table.kind == 0) & (table.second == d)):
            agreements.end(world, int(row), 1)
        world.distributors.line_card[d] = False
        kind = KINDS.index("distributor")
        for m in np.flatnonzero(world.networks.open & (world.networks.kind == kind) & (world.networks.host == d)):
            hosts.close_network(world, int(m))


def shock(world: World, event: Event) -> None:
    """Shift one column of a random share of partners: experience or expectation (of every vendor), cash, clients."""
    hit = uniforms(world.key, int(Purpose.USER), world.partners.uid, 1) < event.share
    rows = np.flatnonzero(hit & world.partners.alive)
    if event.field in ("experience", "expectation"):
        column = getattr(world.relations, event.field)
        carried = world.relations.carried[rows]
        column[rows] = np.where(carried, changed(column[rows], event.value, event.how), column[rows])
        if event.field == "experience":
            np.clip(column, -1.0, 1.0, out=column)
    elif event.field == "cash":
        before = world.partners.cash[rows]
        after = changed(before, event.value, event.how)
        world.partners.cash[rows] = after
        world.ledger.outer[Outer.OWNERS] += float((before - after).sum())
    else:
        world.partners.clients[rows] = np.maximum(0.5, changed(world.partners.clients[rows], event.value, event.how))


KINDS_OF_EVENT: dict[str, Callable[[World, Event], None]] = {
    "set_parameter": set_parameter,
    "set_switch": set_switch,
    "change_vendor": change_vendor,
    "change_distributor": change_distributor,
    "change_marketplace": change_marketplace,
    "change_network": change_network,
    "open_network": open_networks,
    "close_network": close_networks,
    "vendor_leaves": vendor_leaves,
    "merge_vendors": merge_vendors,
    "distributor_leaves": distributor_leaves,
    "shock": shock,
}


def run(world: World) -> None:
    """Apply the events of this month, in the order of the scenario."""
    for event in world.schedule:
        if event.month + world.burn_in == world.month:
            KINDS_OF_EVENT[event.kind](world, event)
