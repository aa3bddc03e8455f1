"""The world before the first month: suppliers, founders, networks, agreements, drawn from a plan."""

from statistics import NormalDist

import numpy as np

from sim import given
from sim.chance import Purpose, uniforms
from sim.events import EventLog
from sim.ledger import empty_ledger
from sim.plan import Plan
from sim.processes import agreements, hosts
from sim.processes.demand import grown
from sim.processes.founding import Founding, found
from sim.processes.opening import open_network
from sim.processes.skills import refresh_can
from sim.processes.suppliers import draw_suppliers
from sim.processes.turnover import record_entry
from sim.state.market import empty_market
from sim.state.networks import empty_networks
from sim.state.partners import empty_knowledge, empty_memberships, empty_partners, empty_relations
from sim.state.ties import LINE_CARD, LISTING, empty_agreements, empty_projects, empty_ties
from sim.world import World


def founder_sizes(n: int, key, founding: Founding) -> np.ndarray:
    """Staff of n founders: the quantiles of a lognormal at (i + .5) / n, dealt out at random, at most the cap.

    A plain draw of 1,000 has a standard error of 1 in its mean.
    """
    normal = NormalDist()
    order = np.argsort(uniforms(key, int(Purpose.FOUNDER_SIZE), np.arange(n), 0))
    sizes = np.empty(n)
    for rank, who in enumerate(order):
        z = normal.inv_cdf((rank + 0.5) / n)
        sizes[who] = np.exp(founding.size_log_mean + founding.size_log_sd * z)
    return np.clip(sizes, 1.0, founding.size_cap)


def build(plan: Plan, replication: int, log: EventLog | None = None) -> World:
    """The world of one replication at the start of month 0."""
    world = World(
        plan.size, dict(plan.parameters), dict(plan.rules), plan.switches, plan.seed, replication, plan.burn_in, plan.schedule,
        log,
    )  # fmt: skip
    world.policies = plan.policies()
    founding = plan.parameters["founding"]
    world.ledger = empty_ledger()
    world.market = empty_market(plan.size.skills)
    world.market.popularity[:] = 1.0 / np.arange(1, plan.size.skills + 1) ** founding.skill_zipf
    world.market.popularity[:] /= world.market.popularity.sum()
    world.market.norm[0] = founding.first_expectation
    world.market.volume[0] = grown(plan.parameters["demand"].growth_per_year, -plan.burn_in - 1)  # 1 in the first month after
    draw_suppliers(world, plan, plan.parameters["suppliers"])
    world.networks = empty_networks(0, plan.size.vendors)
    world.agreements, world.ties, world.projects = empty_agreements(64), empty_ties(256), empty_projects(256)
    _found_partners(world, plan)
    _sign_first_agreements(world, plan)
    _spread_first_purchases(world)
    _open_networks(world, plan)
    given.ally(world, plan)
    return world


def _open_networks(world: World, plan: Plan) -> None:
    """Open the networks of the plan, those with a host of their own first, and let given members in."""
    rows = {}
    key = world.key_of("memberships", plan.redraw)
    for n in sorted(range(len(plan.networks)), key=lambda n: plan.networks[n].host < 0):
        for _ in range(plan.networks[n].count):
            rows[n] = open_network(world, plan.networks[n], key)
            hosts.record_policy(world, rows[n], 0)
    given.join(world, plan, rows)


def _found_partners(world: World, plan: Plan) -> None:
    n, size = plan.partners, plan.size
    spare = max(8, n // 20)
    world.partners, world.memberships = empty_partners(n + spare), empty_memberships(n + spare)
    world.relations = empty_relations(n + spare, size.vendors)
    world.knowledge = empty_knowledge(n + spare, size.skills, 0, size.distributors)
    founding = plan.parameters["founding"]
    staff = founder_sizes(n, world.key_of("staff", plan.redraw), founding)
    if plan.given is not None:
        m = len(plan.given.names)
        staff[:m] = np.where(np.isnan(plan.given.staff), staff[:m], plan.given.staff)
    rows = np.arange(n)
    found(
        rows, rows, staff, 0, world.world_key, world.partners, world.relations, world.knowledge, world.memberships, world.vendors,
        world.market.popularity, world.ledger, founding, plan.parameters["firm"], size,
    )  # fmt: skip
    world.partners.entered[:n] = -(120 * uniforms(world.world_key, int(Purpose.FOUNDER_AGE), rows, 0)).astype(np.int64)
    if plan.redraw:
        given.redraw_partners(world, plan, staff)
    if plan.given is not None:
        given.write_partners(world, plan)
    given.redraw_levels(world, plan)
    refresh_can(world.partners, world.relations, world.knowledge, plan.parameters["firm"].skill_threshold, size.skills)
    record_entry(world, rows, np.full(n, -1))


def _sign_first_agreements(world: World, plan: Plan) -> None:
    """Line cards and listings that stand at the start; every vendor is with at least one distributor."""
    chance_of, key = plan.parameters["suppliers"].line_card, world.key_of("line_cards", plan.redraw)
    for v in range(plan.size.vendors):
        u = uniforms(key, int(Purpose.AGREEMENT), np.arange(plan.size.distributors), v)
        with_it = u < chance_of
        if plan.size.distributors and not with_it.any():
            with_it[int(u.argmin())] = True
        for d in np.flatnonzero(with_it):
            agreements.sign(world, LINE_CARD, v, int(d), (v, int(d)))
        for q in range(plan.size.marketplaces):
            agreements.sign(world, LISTING, v, q, (v, q))


def _spread_first_purchases(world: World) -> None:
    """What partners bought before the run came from distributors and vendors in proportion to their line cards."""
    cards = world.distributors.line_card
    counts = np.maximum(1, cards.sum(axis=0))
    for d in range(cards.shape[0]):
        serves = (world.distributors.regions[d] >> world.partners.region) & 1
        share = np.where(cards[d], 1.0 / counts, 0.0) * (1.0 - world.vendors.list_margin)
        world.knowledge.sourced[:, d] = 0.75 * serves * (world.relations.bought_year * share).sum(axis=1)
        world.distributors.sales_year[d] = world.knowledge.sourced[:, d].sum()
        world.distributors.sold[d] = 0.75 * (world.relations.bought_year * serves[:, None]).sum(axis=0) * share
    world.vendors.channel_year[:] = world.relations.bought_year.sum(axis=0)
