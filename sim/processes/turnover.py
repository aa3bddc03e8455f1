"""S2 Turnover: bankruptcy, retirement, and the firms that come in their place.

Cash below zero for three months in a row is bankruptcy; retirement is a small exogenous hazard, set so
that both together are 10-15 % a year (McBain).  An entrant takes over the leaver's client base
(succession), so size does not drift with entry; further entry is the scenario's.

Reads cash, staff; writes every table of partners, ties, projects, the ledger.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.chance import Purpose, poisson, uniform
from sim.compiled import allocating_kernel, kernel, leaf
from sim.events import AllianceEnd, Dropped, LeaveReason, PartnerExit, TakenOn
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.founding import found
from sim.state.partners import empty_knowledge, empty_memberships, empty_partners, empty_relations
from sim.state.ties import ACQUAINTANCE, TEAM_SIZE
from sim.world import World, extend


class Turnover(NamedTuple):
    """Parameters of entry and exit."""

    retirement_per_year: Annotated[float, Par("1/year", 0, 0.9, "assumed; with bankruptcy 10-15 % a year (McBain)", "exit not caused by losses")] = 0.10
    months_to_bankruptcy: Annotated[int, Par("months", 1, 60, "specification", "months in a row below zero cash")] = 3
    succession: Annotated[float, Par("share", 0, 1, "assumed", "share of leavers that are succeeded by an entrant")] = 1.0
    extra_entry_per_year: Annotated[float, Par("1/year", 0, 1, "assumed", "further entrants as a share of partners")] = 0.0


@allocating_kernel
def leavers(partners, turnover, key):
    """Who leaves: -1 stays, else a PartnerExit reason; N ints.  Counts months below zero."""
    hazard = 1.0 - (1.0 - turnover.retirement_per_year) ** (1.0 / 12.0)
    out = np.full(partners.uid.size, -1)
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        partners.months_negative[r] = partners.months_negative[r] + 1 if partners.cash[r] < 0.0 else 0
        if partners.months_negative[r] >= turnover.months_to_bankruptcy:
            out[r] = PartnerExit.BANKRUPTCY
        elif uniform(key, Purpose.BASE_EXIT, partners.uid[r]) < hazard:
            out[r] = PartnerExit.RETIREMENT
    return out


GENERATION = 1 << 32  # a successor's uid is its predecessor's plus this: permanent, unique, and nobody else's business


def newcomer_uid(month: int, k: int) -> int:
    """The uid of the k-th entrant of a month who succeeds nobody; founders hold those below 2^31."""
    return (1 << 31) + (month << 14) + k


def run(world: World) -> None:
    """Let firms leave, then let their successors and others enter."""
    parameters = world.parameters["turnover"]
    why = leavers(world.partners, parameters, world.key)
    gone = np.flatnonzero(why >= 0)
    gone = gone[np.argsort(world.partners.uid[gone])]
    uids, staff = world.partners.uid[gone], world.partners.clients[gone].copy()
    if gone.size:
        world.record("partner_left", month=world.month, partner=uids, reason=why[gone], staff=world.partners.staff[gone])
        _settle_exit(world, gone)
    keep = np.array([uniform(world.key, int(Purpose.EXTRA_ENTRY), uid, 1) < parameters.succession for uid in uids], dtype=bool)
    successors, predecessors = staff[keep], uids[keep]
    newcomers = _newcomers(world, parameters)
    sizes = np.concatenate([successors, newcomers])
    follows = np.concatenate([predecessors, np.full(newcomers.size, -1)])
    entrants = np.concatenate([predecessors + GENERATION, [newcomer_uid(world.month, k) for k in range(newcomers.size)]])
    if sizes.size:
        _enter(world, entrants.astype(np.int64), sizes, follows)


def _newcomers(world: World, parameters: Turnover) -> np.ndarray:
    expected = parameters.extra_entry_per_year / 12.0 * world.partners.alive.sum()
    count = poisson(uniform(world.key, int(Purpose.EXTRA_ENTRY), 0), expected)
    living = np.flatnonzero(world.partners.alive)
    living = living[np.argsort(world.partners.uid[living])]
    picks = [int(uniform(world.key, int(Purpose.EXTRA_ENTRY), k + 1) * living.size) for k in range(count)]
    return np.minimum(world.partners.clients[living[picks]], 50.0) if picks else np.empty(0)


def _settle_exit(world: World, gone: np.ndarray) -> None:
    partners, month = world.partners, world.month
    _liquidate(gone, partners, world.ledger)
    mask = np.zeros(partners.uid.size, bool)
    mask[gone] = True
    if world.log is not None:
        _record_exit(world, np.sort(gone))
    ties = world.ties
    broken = ties.used & (mask[ties.a] | mask[ties.b])
    active = broken & (ties.form > ACQUAINTANCE)
    world.record("alliance_ended", month=month, alliance=ties.alliance[active], reason=int(AllianceEnd.PARTNER_LEFT))
    ties.used[broken] = False
    ties.form[broken] = ACQUAINTANCE
    ties.alliance[broken] = -1
    _leave_projects(world.projects, mask, partners.backlog, month)
    world.memberships.network[gone] = -1
    world.relations.carried[gone] = False
    world.knowledge.can[gone] = 0
    partners.alive[gone] = False


@kernel
def _liquidate(gone, partners, ledger):
    """Owners take what is left, or make up for what is owed."""
    for r in gone:
        pay(ledger.flows, Flow.LIQUIDATION, partners.cash, r, ledger.outer, Outer.OWNERS, partners.cash[r])


def _record_exit(world: World, gone: np.ndarray) -> None:
    """Put on record what networks and vendors lose with the partners in these rows."""
    row, slot = np.nonzero(world.memberships.network[gone] >= 0)
    world.record(
        "membership_left", month=world.month, partner=world.partners.uid[gone[row]],
        network=world.networks.uid[world.memberships.network[gone[row], slot]], reason=int(LeaveReason.PARTNER_LEFT),
    )  # fmt: skip
    row, vendor = np.nonzero(world.relations.carried[gone])
    world.record(
        "vendor_dropped", month=world.month, partner=world.partners.uid[gone[row]], vendor=world.vendors.uid[vendor],
        reason=int(Dropped.PARTNER_LEFT),
    )  # fmt: skip


@leaf
def work_left(work, signed, due, month):
    """Of some work in a project what is still to do at the start of a month: it is done evenly from signing to delivery."""
    return work * (due - month + 1.0) / (due - signed + 1.0)


@allocating_kernel
def _leave_projects(projects, leaves, backlog, month):
    """A project without its owner is abandoned, an ally's part falls to the owner, and backlogs follow.

    Allies of an abandoned project need not do what is left of their parts; the owner must do what is left of
    a leaver's.  What was owed for brokering a leaver lapses; coordination stays as agreed.
    """
    change = np.zeros(backlog.size)
    for p in range(projects.used.size):
        if not projects.used[p]:
            continue
        owner = projects.member[p, 0]
        projects.used[p] = not leaves[owner]
        for m in range(1, TEAM_SIZE):
            row = projects.member[p, m]
            if row < 0:
                continue
            left = work_left(projects.workload[p] * projects.work[p, m], projects.signed[p], projects.due[p], month)
            if leaves[owner]:
                change[row] -= left
            elif leaves[row]:
                change[owner] += left
                projects.size[p] -= 1
                projects.work[p, 0] += projects.work[p, m]
                projects.work[p, m] = projects.outside[p, m] = projects.brokerage[p, m] = 0.0
                projects.member[p, m] = projects.member_uid[p, m] = projects.tie[p, m] = projects.broker[p, m] = -1
                if projects.carrier[p] == m:
                    projects.carrier[p] = 0
    for r in range(backlog.size):
        backlog[r] = max(0.0, backlog[r] + change[r])


def _enter(world: World, uids: np.ndarray, staff: np.ndarray, follows: np.ndarray) -> None:
    free = np.flatnonzero(~world.partners.alive)
    if free.size < staff.size:
        _make_room(world, max(staff.size, world.partners.uid.size // 8))
        free = np.flatnonzero(~world.partners.alive)
    rows = free[: staff.size]
    found(
        rows, uids, np.maximum(1.0, staff), world.month, world.world_key, world.partners, world.relations, world.knowledge,
        world.memberships, world.vendors, world.market.popularity, world.ledger, world.parameters["founding"],
        world.parameters["firm"], world.size,
    )  # fmt: skip
    record_entry(world, rows, follows)


def record_entry(world: World, rows: np.ndarray, follows: np.ndarray) -> None:
    """Put founders or entrants and their line cards on record."""
    partners = world.partners
    world.record(
        "partner_entered", month=world.month, partner=partners.uid[rows], staff=partners.staff[rows], region=partners.region[rows],
        reach=partners.reach[rows], verticals=partners.verticals[rows], business_type=partners.business_type[rows],
        skills=world.knowledge.can[rows] & ((1 << world.size.skills) - 1), succeeds=follows,
    )  # fmt: skip
    row, vendor = np.nonzero(world.relations.carried[rows])
    world.record("vendor_taken", month=world.month, partner=partners.uid[rows[row]], vendor=world.vendors.uid[vendor], reason=int(TakenOn.FOUNDING))


def _make_room(world: World, rows: int) -> None:
    size = world.size
    world.partners = extend(world.partners, rows, empty_partners)
    world.relations = extend(world.relations, rows, lambda n: empty_relations(n, size.vendors))
    world.memberships = extend(world.memberships, rows, empty_memberships)
    networks = world.networks.uid.size
    world.knowledge = extend(world.knowledge, rows, lambda n: empty_knowledge(n, size.skills, networks, size.distributors))
