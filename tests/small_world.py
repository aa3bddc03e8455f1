"""Worlds of three to five firms, written by hand: two vendors, one distributor, one marketplace, two networks.

Nothing is drawn and nothing is left to a default that a test relies on: a test states the parameters that
its arithmetic uses, and writes the columns that it is about.  Firms' economics are those of ``FIRM``, so that
a firm of 8 has a capacity of 64,000 and a reference margin of 24,000 US dollars a month.
"""

from functools import partial
from typing import Any

import numpy as np

from sim import chance
from sim.events import EventLog
from sim.ledger import empty_ledger
from sim.processes import PARAMETERS
from sim.processes.delivery import Deliveries
from sim.processes.directory import Directory, arrange
from sim.processes.firm import Firm
from sim.processes.search import POOL, Pool
from sim.rules.registry import DEFAULTS, make_rule
from sim.rules.tables import Contacts
from sim.state.market import Bids, Opportunities, empty_bids, empty_market, empty_opportunities
from sim.state.networks import OPEN, PURE_P2P, VENDOR, empty_networks
from sim.state.partners import empty_knowledge, empty_memberships, empty_partners, empty_relations
from sim.state.suppliers import RESALE, empty_distributors, empty_marketplaces, empty_programmes, empty_vendors
from sim.state.ties import TEAM_SIZE, empty_agreements, empty_projects, empty_ties
from sim.switches import Switches
from sim.world import Size, World

SKILLS = 4
VENDOR_0, VENDOR_1 = 1 << SKILLS, 1 << (SKILLS + 1)  # the vendors as bits of what a firm can do or a deal needs

FIRM = Firm(
    revenue_per_staff_usd=10_000.0,
    services_share=0.5,
    services_margin=0.5,
    product_margin=0.1,
    product_work=0.2,  # work of a deal = services + .2 product
    headroom=0.75,  # capacity = staff x 10,000 x (.5 + .2 x .5) / .75 = 8,000 a head
    overhead=0.6,  # reference margin = staff x 10,000 x (.5 x .5 + .5 x .1) = 3,000 a head
    variable_pay=0.8,
    cash_at_entry=9.0,
    cash_kept=9.0,
    backlog_limit=4.0,
    outside_weight=0.5,  # outside option = .5 util^2 x .3 / .6 x work = .25 util^2 x work
    outside_curve=2.0,
    skill_threshold=0.35,
)


def small_world(
    firms: int = 3,
    *,
    rules: dict[str, Any] | None = None,
    on: tuple[str, ...] = (),
    off: tuple[str, ...] = (),
    month: int = 0,
    burn_in: int = 0,
    seed: int = 1,
    **parameters: dict[str, float],
) -> World:
    """A world with that many firms in rows 0, 1, 2...; ``trust={"prior": .4}`` states parameters of a process."""
    size = Size(skills=SKILLS, verticals=2, regions=2, vendors=2, distributors=1, marketplaces=1)
    given = {name: kind() for name, kind in PARAMETERS.items()} | {"firm": FIRM}
    for name, values in parameters.items():
        given[name] = stated(given[name], **values)
    switches = Switches()._replace(**dict.fromkeys(on, True), **dict.fromkeys(off, False))
    chosen = {point: make_rule(point, name, {}) for point, name in DEFAULTS.items()} | (rules or {})
    world = World(size, given, chosen, switches, seed, 0, burn_in, (), EventLog())
    world.month = month
    _write_partners(world, firms)
    _write_suppliers(world)
    _write_networks(world)
    world.ties, world.projects, world.agreements = empty_ties(6), empty_projects(4), empty_agreements(4)
    world.market, world.ledger = empty_market(SKILLS), empty_ledger()
    world.market.popularity[:], world.market.norm[0] = 0.25, 0.5
    return world


def stated(group: Any, **values: float) -> Any:
    """A group of parameters with these values, each of its declared type, as kernels expect."""
    return group._replace(**{name: type(getattr(group, name))(value) for name, value in values.items()})


def _write_partners(world: World, firms: int) -> None:
    """Firms of 8 in region 0 and vertical 0; firm r has uid 10 + r, holds skill r at level .6 and carries vendor 0."""
    world.partners, world.relations = empty_partners(firms), empty_relations(firms, 2)
    world.memberships, world.knowledge = empty_memberships(firms), empty_knowledge(firms, SKILLS, 2, 1)
    partners = world.partners
    partners.uid[:], partners.alive[:] = 10 + np.arange(firms), True
    partners.staff[:], partners.clients[:], partners.taste[:] = 8.0, 8.0, 1.0
    partners.reach[:], partners.verticals[:] = 0b01, 0b01
    partners.cash[:], partners.utilisation[:], partners.margin_ewma[:] = 100_000.0, 0.5, 24_000.0
    partners.reputation[:], partners.rating[:] = 0.5, 0.5
    for r in range(firms):
        world.knowledge.skills[r, r % SKILLS] = 0.6
    world.relations.carried[:, 0] = True
    world.relations.expectation[:] = 0.5
    refresh(world)


def refresh(world: World) -> None:
    """Let every firm be able to do what it holds at .35 or more and sell what it carries."""
    held = world.knowledge.skills >= 0.35
    bits = np.concatenate([held, world.relations.carried], axis=1)
    world.knowledge.can[:] = (bits << np.arange(bits.shape[1])).sum(axis=1)


def _write_suppliers(world: World) -> None:
    """Two resale vendors with list margins .1 and .2, a distributor with vendor 0 on its card, a marketplace."""
    world.vendors, world.programmes = empty_vendors(2, SKILLS), empty_programmes(2)
    vendors = world.vendors
    vendors.uid[:], vendors.active[:], vendors.size[:] = [0, 1], True, [0.6, 0.4]
    vendors.fit[:] = [[1.0, 0.8, 0.6, 0.4], [0.4, 0.6, 0.8, 1.0]]
    vendors.list_margin[:], vendors.fee_share[:], vendors.goods_cost[:] = [0.1, 0.2], 0.08, 0.4
    vendors.rebate_1[:], vendors.rebate_2[:], vendors.partner_model[:] = 0.02, 0.04, RESALE
    vendors.training[:], vendors.support[:], vendors.openness[:], vendors.arms[:] = 0.5, 0.5, 1.0, 0.2
    world.programmes.rebate_1[:], world.programmes.rebate_2[:], world.programmes.training[:] = 0.02, 0.04, 0.5
    world.distributors = empty_distributors(1, 2)
    distributors = world.distributors
    distributors.active[:], distributors.line_card[0, 0] = True, True
    distributors.margin[:], distributors.credit[:], distributors.service[:] = 0.05, 0.5, 0.5
    distributors.regions[:], distributors.verticals[:] = 0b11, 0b01
    world.marketplaces = empty_marketplaces(1, 2)
    marketplaces = world.marketplaces
    marketplaces.active[:], marketplaces.listed[:] = True, True
    marketplaces.take_rate[:], marketplaces.verification[:], marketplaces.reach[:] = 0.1, 0.6, 1.0
    marketplaces.max_complexity[:], marketplaces.price_level[:] = 1.0, 0.9


def _write_networks(world: World) -> None:
    """Two open networks without members: 0 (uid 100) pure P2P, 1 (uid 101) of vendor 0, who speaks of itself."""
    world.networks = empty_networks(2, 2)
    networks = world.networks
    networks.uid[:], networks.open[:], networks.kind[:], networks.host[:] = [100, 101], True, [PURE_P2P, VENDOR], [-1, 0]
    networks.density[:], networks.entry_rule[:], networks.reach[:] = [1.0, 0.5], OPEN, 1.0
    networks.mix[1, 0] = 1.0


def chance_of(world: World) -> Any:
    """What rules are given as ``chance`` this month."""
    return partial(chance.uniforms_at, world.key)


def join(world: World, network: int, *rows: int, **columns: float) -> None:
    """Let firms be members of a network, each in its first free slot."""
    for r in rows:
        slot = int(np.flatnonzero(world.memberships.network[r] < 0)[0])
        world.memberships.network[r, slot] = network
        for name, value in columns.items():
            getattr(world.memberships, name)[r, slot] = value
    world.networks.members[network] += len(rows)


def tie(world: World, a: int, b: int, **columns: float) -> int:
    """A tie of two firms, a before b, who met in no network; returns its row."""
    t = int(np.flatnonzero(~world.ties.used)[0])
    ties = world.ties
    ties.used[t], ties.a[t], ties.b[t] = True, a, b
    ties.uid_a[t], ties.uid_b[t] = world.partners.uid[a], world.partners.uid[b]
    ties.trust_ab[t] = ties.trust_ba[t] = 0.4
    ties.last[t] = world.month
    for name, value in columns.items():
        getattr(ties, name)[t] = value
    return t


def project(world: World, *members: int, work: tuple[float, ...] = (), ties: tuple[int, ...] = (), **columns: Any) -> int:
    """A project of these members, the owner first, due now; returns its row.

    It holds 10,000 of product of vendor 0 and 10,000 of services, 12,000 of work.
    """
    p = int(np.flatnonzero(~world.projects.used)[0])
    projects = world.projects
    for column in projects:
        column[p] = 0
    projects.used[p], projects.uid[p], projects.size[p] = True, 500 + p, len(members)
    projects.member[p] = projects.member_uid[p] = projects.tie[p] = projects.broker[p] = -1
    projects.member[p, : len(members)], projects.member_uid[p, : len(members)] = members, world.partners.uid[list(members)]
    projects.work[p, : len(members)] = work or 1.0 / len(members)
    projects.tie[p, 1 : 1 + len(ties)] = ties
    projects.value[p], projects.product[p], projects.services[p] = 20_000.0, 10_000.0, 10_000.0
    projects.source[p] = projects.market[p] = projects.network[p] = projects.network_uid[p] = -1
    projects.due[p], projects.trust[p], projects.quality[p], projects.workload[p] = world.month, 0.5, 0.6, 12_000.0
    for name, value in columns.items():
        getattr(projects, name)[p] = value
    return p


def delivered(*projects: int, success: bool | tuple[bool, ...] = True, signal: float = 0.5) -> Deliveries:
    """Deliveries of these projects."""
    n = len(projects)
    succeeded = np.full(n, success) if isinstance(success, bool) else np.array(success)
    return Deliveries(np.array(projects, np.int64), succeeded, np.full(n, signal))


def deals(world: World, *needs: int, **columns: Any) -> Opportunities:
    """Open opportunities at firm 0 with these needs: 10,000 of product and 10,000 of services each, 12,000 of work."""
    n = len(needs)
    out = empty_opportunities(n)
    out.uid[:], out.needs[:], out.market[:], out.open[:] = 700 + np.arange(n), needs, -1, True
    out.skills[:] = [(mask & (VENDOR_0 - 1)).bit_count() for mask in needs]
    out.value[:], out.product[:], out.services[:] = 20_000.0, 10_000.0, 10_000.0
    for name, value in columns.items():
        getattr(out, name)[:] = value
    out.known[:] = out.owner
    return out


def bids(world: World, opportunities: Opportunities, *teams: tuple[tuple[int, int], ...], **columns: Any) -> Bids:
    """Complete bids, one an opportunity, of teams of (firm, tasks), of vendor 0; 12,000 of work is reserved by skill."""
    out = empty_bids(opportunities.uid.size)
    for o, team in enumerate(teams):
        for m, (r, tasks) in enumerate(team):
            out.member[o, m], out.task[o, m] = r, tasks
            world.partners.backlog[r] += 12_000.0 * (tasks & (VENDOR_0 - 1)).bit_count() / opportunities.skills[o]
        out.size[o], out.ready[o], out.vendor[o] = len(team), True, 0
    for name, value in columns.items():
        getattr(out, name)[:] = value
    return out


def pool_of(*rows: tuple[int, ...], trust: float = 0.5, met: int = -1, tie: int = -1) -> Pool:
    """Candidates of each opportunity, all trusted the same both ways."""
    shape = (len(rows), POOL)
    row = np.full(shape, -1)
    for d, found in enumerate(rows):
        row[d, : len(found)] = found
    both_ways = (np.full(shape, trust), np.full(shape, trust))
    return Pool(np.arange(len(rows)), row, np.full(shape, met), np.full(shape, tie), *both_ways, np.where(row < 0, 1, 0))


def directory_of(*segments: tuple[int, ...], regions: int = 2, networks: int = 2) -> Directory:
    """A directory whose segments hold these rows, evenly spaced on the ring: regions, networks, then a cohort a network."""
    hashes = np.array([(i + 0.5) / len(rows) for rows in segments for i in range(len(rows))], np.float64)
    numbers = np.repeat(np.arange(len(segments)), [len(rows) for rows in segments])
    cohorts = regions + networks + np.arange(networks + 1)
    rows = np.array([r for rows in segments for r in rows], np.int64)
    return Directory(*arrange(numbers, hashes, rows, len(segments)), np.array([regions]), cohorts)


def total_money(world: World) -> float:
    """All balances together: what no payment changes."""
    tables = (world.partners, world.vendors, world.distributors, world.networks)
    return float(sum(table.cash.sum() for table in tables) + world.ledger.outer.sum())


class Spy:
    """A rule that answers what it is told, call by call, and remembers the tables that it was shown."""

    allies, friends, members, strangers = 0, 0, 0.0, 0.0  # for search: whom to look among
    coordination = (0.06, 0.06, 0.04, 0.02)  # for consent and form
    setup, upkeep = (0.0, 0.0, 600.0, 4000.0), (0.0, 0.0, 8.0, 60.0)

    def __init__(self, *answers: Any, **looks: float) -> None:
        self.answers = answers
        self.tables: list[Any] = []
        for name, value in looks.items():
            setattr(self, name, value)

    def decide(self, table: Any, chance: Any) -> np.ndarray:
        """The next answer, the last one for ever; an array of one answer a question unless it is one already."""
        answer = self.answers[min(len(self.tables), len(self.answers) - 1)]
        self.tables.append(type(table)(*(column.copy() for column in table)))
        return answer if isinstance(answer, np.ndarray) else np.full(len(table[0]) if not isinstance(table, Contacts) else table.coverage.shape, answer)


__all__ = [
    "FIRM", "SKILLS", "TEAM_SIZE", "VENDOR_0", "VENDOR_1", "Spy", "bids", "chance_of", "deals", "delivered", "directory_of",
    "join", "pool_of", "project", "refresh", "small_world", "stated", "tie", "total_money",
]  # fmt: skip
