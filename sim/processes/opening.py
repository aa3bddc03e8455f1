"""S16 Opening a network: its policy written into a row, its host found, its first members invited.

Networks of vendors, distributors and marketplaces need a host of that sort that has none open: the lowest row that is free;
where no marketplace is free a new one enters.  Pure P2P groups and communities need none.  A network begins with a stock of
six months of its spending on tools, a reach drawn once, and as many founding members as its policy asks, among firms
that its entry rule lets in; a distributor's network speaks of the vendors on the line card of its host in proportion to what
it sells of them at cost.
"""

from typing import Any

import numpy as np

from sim.chance import Purpose, normal, pair_keys, uniform, uniforms
from sim.compiled import leaf
from sim.events import JoinReason
from sim.plan import NetworkGroup
from sim.policy import MIX_HOST, MIX_MARGIN, Policy
from sim.processes import agreements
from sim.processes.membership import cohort_state, enter, find_cohort, may_enter
from sim.state.networks import DISTRIBUTOR, MARKETPLACE, VENDOR, empty_networks
from sim.state.suppliers import empty_marketplaces
from sim.state.ties import LISTING
from sim.world import World, extend

HOSTED = (VENDOR, DISTRIBUTOR, MARKETPLACE)  # kinds whose host is an actor with another business


@leaf
def tool_quality(stock, art, half):
    """Quality of tools, 0..1."""
    return stock / (stock + half * art)


def state_of_the_art(world: World) -> float:
    """What the stock of tools is measured against, 1 in the first month."""
    return float((1.0 + world.parameters["hosts"].art_per_year) ** (world.month / 12.0))


def hosts_of(world: World, kind: int) -> Any:
    """The table of the actors that host networks of a kind in ``HOSTED``."""
    return {VENDOR: world.vendors, DISTRIBUTOR: world.distributors, MARKETPLACE: world.marketplaces}[kind]


def free_host(world: World, kind: int) -> int | None:
    """The row of a host that could open a network of that kind; -1 where it needs none, None where none is free."""
    if kind not in HOSTED:
        return -1
    table = hosts_of(world, kind)
    busy = set(world.networks.host[world.networks.open & (world.networks.kind == kind)].tolist())
    rows = [int(r) for r in np.flatnonzero(table.active) if r not in busy]
    if rows:
        return rows[0]
    return table.uid.size if kind == MARKETPLACE else None


def _new_marketplace(world: World) -> None:
    """A marketplace enters: a row like the average of its peers, with a uid of its own; every vendor lists with it."""
    old = world.marketplaces
    world.marketplaces = extend(old, 1, lambda n: empty_marketplaces(n, world.size.vendors))
    new, q = world.marketplaces, old.uid.size
    new.uid[q], new.active[q] = q, True
    new.verification[q] = uniform(world.key, int(Purpose.HOST_ATTRIBUTES), q, 0) * 0.4 + 0.4
    new.reach[q] = np.exp(0.3 * normal(world.key, int(Purpose.HOST_ATTRIBUTES), q, 5))
    new.max_complexity[q], new.price_level[q], new.take_rate[q] = 1.0, 0.9, 0.10
    for v in np.flatnonzero(world.vendors.active):
        agreements.sign(world, LISTING, int(v), q, (int(world.vendors.uid[v]), q))


def open_network(world: World, group: NetworkGroup, key: np.uint64 | None = None) -> int:
    """Open one network of a group; returns its row.  ``key`` is that of the first members' chance, else the world's."""
    kind, policy = group.kind, group.policy
    host = group.host if group.host >= 0 else free_host(world, kind)
    if host is None:
        raise ValueError("no host is free to open such a network")
    if kind == MARKETPLACE and host == world.marketplaces.uid.size:
        _new_marketplace(world)
    m = _free_row(world)
    uid = int(world.networks.uid.max()) + 1 if world.networks.uid.size else 0
    networks = world.networks
    for column in networks:
        column[m] = 0
    _write_policy(networks, m, policy)
    networks.uid[m], networks.open[m], networks.kind[m], networks.host[m] = uid, True, kind, host
    networks.founded[m] = world.month
    networks.reach[m] = np.exp(world.parameters["hosts"].reach_sd * normal(world.world_key, int(Purpose.HOST_ATTRIBUTES), uid, 1))
    networks.vertical[m] = -1
    if policy.vertical_focus:
        networks.vertical[m] = int(uniform(world.world_key, int(Purpose.HOST_ATTRIBUTES), uid, 4) * world.size.verticals)
    if kind == MARKETPLACE:
        world.marketplaces.take_rate[host] = networks.take_rate[m]
    networks.value_member[m] = world.parameters["membership"].prior_value
    networks.tool_stock[m] = 6.0 * policy.tools_per_member_usd
    half = world.parameters["hosts"].stock_half_usd
    networks.tool_quality[m] = tool_quality(networks.tool_stock[m], state_of_the_art(world), half)
    networks.mix_by[m] = policy.mix
    _write_mix(world, m)
    invite(world, m, policy.founding_members, world.world_key if key is None else key)
    return m


def _free_row(world: World) -> int:
    """A closed row whose uid may be overwritten; a new one if all are open."""
    rows = np.flatnonzero(~world.networks.open & (world.networks.uid < 0))
    if rows.size == 0:
        more = 16
        world.networks = extend(world.networks, more, lambda n: _unused(n, world.size.vendors))
        aware = np.zeros((world.partners.uid.size, more), bool)
        world.knowledge = world.knowledge._replace(aware=np.concatenate([world.knowledge.aware, aware], axis=1))
        rows = np.flatnonzero(~world.networks.open & (world.networks.uid < 0))
    return int(rows[0])


def _unused(n: int, vendors: int):
    table = empty_networks(n, vendors)
    table.uid[:] = -1
    return table


def _write_policy(networks, m: int, policy: Policy) -> None:
    networks.fee[m], networks.take_rate[m] = policy.fee_per_month_usd, policy.take_rate
    networks.cohort_size[m], networks.non_compete[m] = policy.cohort_size, policy.non_compete
    networks.broadcast[m], networks.density[m], networks.verification[m] = policy.broadcast, policy.density, policy.verification
    networks.entry_rule[m], networks.entry_threshold[m] = policy.entry_rule, policy.entry_threshold
    networks.tools[m], networks.education[m] = policy.tools_per_member_usd, policy.education_per_member_usd
    networks.support[m], networks.marketing[m] = policy.support_per_member_usd, policy.marketing
    networks.formality[m], networks.sponsorship[m] = policy.formality, policy.sponsorship
    networks.fixed_cost[m] = policy.fixed_cost_usd


def _write_mix(world: World, m: int) -> None:
    """g: the hosting vendor, or the distributor's line card by its margin, or nobody (sponsors come by affiliation)."""
    networks = world.networks
    networks.mix[m] = 0.0
    if networks.mix_by[m] == MIX_HOST and networks.kind[m] == VENDOR:
        networks.mix[m, networks.host[m]] = 1.0
    elif networks.mix_by[m] == MIX_MARGIN and networks.kind[m] == DISTRIBUTOR:
        card = world.distributors.line_card[networks.host[m]] & world.vendors.active
        weight = np.where(card, 1.0 - world.vendors.list_margin, 0.0)
        networks.mix[m] = weight / weight.sum() if weight.sum() > 0.0 else 0.0


def follow_line_cards(world: World) -> None:
    """Let distributors' networks speak of what is on the line card now."""
    networks = world.networks
    for m in np.flatnonzero(networks.open & (networks.kind == DISTRIBUTOR) & (networks.mix_by == MIX_MARGIN)):
        _write_mix(world, int(m))


def invite(world: World, m: int, count: int, key: np.uint64) -> None:
    """Let the first members in: eligible firms in the order of a hash of firm and network."""
    partners, networks, memberships = world.partners, world.networks, world.memberships
    order = np.argsort(uniforms(key, int(Purpose.FOUNDER_MEMBERSHIP), pair_keys(partners.uid, networks.uid[m]), 0))
    first, filled, served = cohort_state(partners, memberships, networks, world.size.regions)
    joined: list[int] = []
    for r in order:
        if len(joined) >= count:
            break
        if not partners.alive[r] or not may_enter(r, m, partners, world.relations, world.knowledge, networks):
            continue
        world.knowledge.aware[r, m] = True
        openings = 1 if not networks.cohorts[m] else 0
        cohort = find_cohort(r, m, partners, networks, first, filled, served, networks.admitted_quarter[m] + openings)
        value = networks.value_member[m] * partners.margin_ewma[r]
        if cohort >= 0 and enter(r, m, cohort, world.month, value, partners, memberships, first, filled, served) >= 0:
            joined.append(int(r))
    world.record(
        "membership_joined", month=world.month, partner=partners.uid[joined], network=int(networks.uid[m]), reason=int(JoinReason.FOUNDING)
    )  # fmt: skip
