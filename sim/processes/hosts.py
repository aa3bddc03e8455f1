"""S16 Hosts: tools age and improve, hosts open and close networks, marketplace pairs go direct.

Tool quality = stock / (stock + half x art), the stock built by spend a member and fading, the art rising.
A network closes after sustained loss (counted from its third year).  A host enters by a hazard that rises
with the share of networks of its kind that earn a profit (its forecast).  A pair that met on a network with a
take rate, and succeeded repeatedly, may go direct (leakage), the likelier the more both trust each other.

At the end of a quarter a distributor's network comes to speak of what is on its host's line card.

Reads networks, ties, partners, distributors; writes networks, marketplaces, ties.direct, memberships, events.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.chance import Purpose, pair_uid, uniform
from sim.compiled import allocating_kernel, kernel, leaf
from sim.events import LeaveReason
from sim.parameters import Par
from sim.plan import NetworkGroup
from sim.processes import agreements
from sim.processes.acquaintance import mean_trust
from sim.processes.membership import leave_networks
from sim.processes.opening import (
    HOSTED,
    follow_line_cards,
    free_host,
    hosts_of,
    open_network,
    state_of_the_art,
    tool_quality,
)
from sim.processes.programme import quarter_ends
from sim.state.networks import KINDS
from sim.state.ties import AFFILIATION
from sim.world import World


class Hosts(NamedTuple):
    """Parameters of hosts."""

    entry: Annotated[float, Par("1/month per kind", 0, 1, "assumed; trial .02", "entry of a host when every network of the kind earns")] = 0.02
    courage: Annotated[float, Par("share", 0, 1, "assumed; trial .15", "entry when none earns")] = 0.15
    grace: Annotated[int, Par("months", 0, 240, "assumed; trial 24", "months before losses are counted")] = 24
    patience: Annotated[int, Par("months", 1, 240, "assumed; trial 24", "months in a row at a loss before a network closes")] = 24
    stock_fade: Annotated[float, Par("1/month", 0, 1, "assumed", "tools that age in a month")] = 0.05
    stock_half_usd: Annotated[float, Par("US dollars a member", 1, 1e6, "assumed", "stock of tools of quality one half")] = 1_000.0
    reach_sd: Annotated[float, Par("ln", 0, 2, "assumed; trial .7", "spread of hosts' reach: hosts differ, so that networks come to differ in size")] = 0.7
    art_per_year: Annotated[float, Par("1/year", -0.5, 1, "assumed", "rise of the state of the art of tools")] = 0.03
    leakage: Annotated[float, Par("1/month", 0, 1, "assumed", "a pair goes direct at full trust, after two successes")] = 0.05
    adaptive: Annotated[int, Par("0 or 1", 0, 1, "fixed in experiments, on request", "fees climb the hill of profit")] = 0
    fee_step: Annotated[float, Par("share", 0, 0.5, "assumed", "step of a fee change")] = 0.05


@leaf
def stock_after(stock, spend, fade):
    """Stock of tools a member after a month."""
    return (1.0 - fade) * stock + spend


@allocating_kernel
def _account(networks, hosts, art, month):
    """Close the month's books of each network; returns those that close."""
    closing = np.zeros(networks.uid.size, np.bool_)
    for m in range(networks.uid.size):
        if not networks.open[m]:
            continue
        networks.tool_stock[m] = stock_after(networks.tool_stock[m], networks.tools[m] + networks.tools_added[m], hosts.stock_fade)
        networks.tool_quality[m] = tool_quality(networks.tool_stock[m], art, hosts.stock_half_usd)
        profit = networks.income_month[m] - networks.cost_month[m]
        networks.profit[m] += (profit - networks.profit[m]) / 6.0
        if month - networks.founded[m] >= hosts.grace:
            networks.loss_months[m] = networks.loss_months[m] + 1 if networks.profit[m] < 0.0 else 0
        closing[m] = networks.loss_months[m] >= hosts.patience
    return closing


@kernel
def _leak(ties, networks, hosts, trust_on, prior, key):
    for t in range(ties.used.size):
        m = ties.met[t]
        if not ties.used[t] or m < 0 or ties.direct[t] or ties.successes[t] < 2 or networks.take_rate[m] <= 0.0:
            continue
        likely = hosts.leakage * mean_trust(t, ties, trust_on, prior)
        if uniform(key, Purpose.LEAKAGE, pair_uid(ties.uid_a[t], ties.uid_b[t])) < likely:
            ties.direct[t] = True


def close_network(world: World, m: int) -> None:
    """Close a network: its members leave, ties forget where they were met, pending deals pay it nothing, sponsors part."""
    reasons = np.where(world.memberships.network == m, int(LeaveReason.NETWORK_CLOSED), -1)
    leave_networks(world, reasons)
    world.networks.open[m] = False
    world.ties.met[world.ties.met == m] = -1
    pending = world.projects.used & (world.projects.network == m)
    world.projects.network[pending] = -1
    unpaid = world.projects.broker == m
    world.projects.broker[unpaid] = -1
    world.projects.brokerage[unpaid] = 0.0
    affiliated = world.agreements.used & (world.agreements.kind == AFFILIATION) & (world.agreements.second == m)
    for row in np.flatnonzero(affiliated):
        agreements.end(world, int(row), 1)
    record_policy(world, m, 2)


def record_policy(world: World, m: int, status: int) -> None:
    """Put a network's policy on record; status 0 opened, 1 changed, 2 closed."""
    networks = world.networks
    host = -1
    if networks.kind[m] in HOSTED and networks.host[m] >= 0:
        host = int(hosts_of(world, int(networks.kind[m])).uid[networks.host[m]])
    world.record(
        "network_policy", month=world.month, network=networks.uid[m], kind=networks.kind[m], host=host, fee=networks.fee[m],
        take_rate=networks.take_rate[m], broadcast=networks.broadcast[m], density=networks.density[m], tools=networks.tools[m],
        education=networks.education[m], support=networks.support[m], status=status,
    )  # fmt: skip


def _climb(world: World, hosts: Hosts) -> None:
    networks = world.networks
    for m in np.flatnonzero(networks.open & (networks.fee > 0.0)):
        direction = np.sign(networks.last_change[m]) or 1.0
        if networks.profit[m] < networks.last_profit[m]:
            direction = -direction
        networks.last_change[m], networks.last_profit[m] = direction * hosts.fee_step, networks.profit[m]
        networks.fee[m] *= 1.0 + networks.last_change[m]
        record_policy(world, int(m), 1)


def run(world: World) -> None:
    """Close the books, let networks close and open, let pairs go direct."""
    hosts, networks = world.parameters["hosts"], world.networks
    art = state_of_the_art(world)
    for m in np.flatnonzero(_account(networks, hosts, art, world.month)):
        close_network(world, int(m))
    if quarter_ends(world.month):
        follow_line_cards(world)
    if world.switches.leakage:
        _leak(world.ties, networks, hosts, world.switches.trust, world.parameters["trust"].prior, world.key)
    if hosts.adaptive and world.month % 3 == 2:
        _climb(world, hosts)
    if world.switches.host_entry:
        _let_hosts_enter(world, hosts)


def _let_hosts_enter(world: World, hosts: Hosts) -> None:
    for kind in range(len(KINDS)):
        same = world.networks.open & (world.networks.kind == kind)
        earning = float((world.networks.profit[same] > 0.0).mean()) if same.any() else 0.0
        if uniform(world.key, int(Purpose.HOST_ENTRY), kind) >= hosts.entry * (hosts.courage + (1.0 - hosts.courage) * earning):
            continue
        if free_host(world, kind) is None:
            continue
        m = open_network(world, NetworkGroup(kind, 1, world.policies[kind]))
        record_policy(world, m, 0)
