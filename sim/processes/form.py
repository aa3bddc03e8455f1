"""S6 Form: a won deal becomes a project; partners who deliver it together become allied in a form they choose.

For each owner and ally of a newly won deal the form rule weighs project, occasional and formal; each
side's private expectation of joint deals blurs the rate, and the form is the lower of the two wishes, for
both must consent.  Setting up a form is paid half by each.

Reads bids, pool ties, partners; writes projects, ties, the ledger, events.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.chance import Purpose, event_uid, pair_uid, uniforms_at
from sim.compiled import allocating_kernel, kernel, leaf, part
from sim.events import AllianceEnd
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.acquaintance import Neighbours, mean_trust, other_end, tie_between
from sim.processes.feasibility import task_work
from sim.processes.firm import capacity, work_of
from sim.rules.answers import decided
from sim.rules.form import costs_of
from sim.rules.tables import Prospects
from sim.state.market import Bids, Opportunities
from sim.state.networks import MARKETPLACE
from sim.state.suppliers import SERVICE_LED
from sim.state.ties import ACQUAINTANCE, FORMAL, OCCASIONAL, PROJECT, TEAM_SIZE, empty_projects, empty_ties
from sim.world import World, extend


class Form(NamedTuple):
    """Parameters of alliances as they begin."""

    minimum_term: Annotated[int, Par("months", 0, 120, "assumed; trial 12", "minimum term of a formal alliance")] = 12
    goodwill_months: Annotated[float, Par("months of upkeep", 0, 60, "assumed; trial 12", "goodwill at the start of an alliance")] = 12.0
    rate_noise: Annotated[float, Par("ln", 0, 2, "assumed", "spread of each side's private expectation of joint deals")] = 0.25
    first_rate: Annotated[float, Par("deals a month", 0, 2, "assumed: one deal in two years", "joint deals expected of a new acquaintance")] = 0.04
    longest_project: Annotated[int, Par("months", 1, 60, "assumed", "longest time to delivery")] = 12
    service_led_uplift: Annotated[float, Par("share", 0, 1, "assumed", "services added where the vendor's model is service-led")] = 0.10


@leaf
def lead_time(backlog, staff, firm, longest):
    """Months until a firm has worked off its backlog, at least 1."""
    return min(longest, max(1, int(np.ceil(backlog / max(1e-9, capacity(staff, firm))))))


@part
def broker_of(o, bids):
    """The network that a team is put down to: the first that brokers an ally, else where the first ally was met."""
    for m in range(1, bids.size[o]):
        if bids.brokerage[o, m] > 0.0:
            return bids.met[o, m]
    return bids.met[o, 1] if bids.size[o] > 1 else -1


@kernel
def _sign(won, free, deals, bids, partners, networks, vendors, relations, projects, firm, sizes, form, month, attempt):
    for n in range(won.size):
        o, p = won[n], free[n]
        projects.used[p], projects.uid[p], projects.signed[p], projects.size[p] = True, deals.uid[o], month, bids.size[o]
        services = deals.services[o]
        if vendors.partner_model[bids.vendor[o]] == SERVICE_LED:
            services *= 1.0 + form.service_led_uplift
        lead = 1
        total = work_of(deals.product[o], deals.services[o], firm)
        for m in range(TEAM_SIZE):
            projects.member[p, m] = projects.member_uid[p, m] = projects.tie[p, m] = -1
            projects.work[p, m] = projects.outside[p, m] = projects.brokerage[p, m] = 0.0
            projects.broker[p, m] = -1
            if m < bids.size[o]:
                r = bids.member[o, m]
                projects.member[p, m], projects.member_uid[p, m] = r, partners.uid[r]
                work = task_work(bids.task[o, m], deals.needs[o], deals.product[o], deals.services[o], sizes, firm)
                projects.work[p, m], projects.outside[p, m] = work / total, bids.outside[o, m]
                partners.won_month[r] += work
                if bids.brokerage[o, m] > 0.0:
                    projects.broker[p, m], projects.brokerage[p, m] = bids.met[o, m], bids.brokerage[o, m]
                lead = max(lead, lead_time(partners.backlog[r], partners.staff[r], firm, form.longest_project))
        projects.due[p], projects.workload[p] = month + lead, total
        projects.value[p], projects.product[p], projects.services[p] = deals.product[o] + services, deals.product[o], services
        projects.complexity[p], projects.needs[p] = deals.complexity[o], deals.needs[o]
        projects.region[p], projects.vertical[p], projects.vendor[p] = deals.region[o], deals.vertical[o], bids.vendor[o]
        projects.source[p], projects.carrier[p], projects.market[p] = bids.source[o], bids.carrier[o], deals.market[o]
        projects.network[p] = broker_of(o, bids)
        if deals.market[o] >= 0:
            for m in range(networks.uid.size):
                if networks.open[m] and networks.kind[m] == MARKETPLACE and networks.host[m] == deals.market[o]:
                    projects.network[p] = m
        projects.network_uid[p] = networks.uid[projects.network[p]] if projects.network[p] >= 0 else -1
        projects.quality[p], projects.trust[p], projects.win_probability[p] = bids.quality[o], bids.trust[o], bids.chance[o]
        projects.coordination[p], projects.attempt[p], projects.alone[p] = bids.coordination[o], attempt, bids.alone[o]
        projects.certified[p] = relations.certification[projects.member[p, bids.carrier[o]], bids.vendor[o]]


@kernel
def _meet(rows, projects, partners, ties, near, free, networks, bids_met, prior, form, month, latest, before, found):
    """Find or make the tie of the owner with each ally; writes the ties of these projects, one entry an ally, and returns how many.

    Ties made here are not among ``near`` yet, and a pair may win twice: ``latest`` (-1 each) is room for the last new
    tie of each partner, ``before`` for the one before it, two entries a tie, first that of its end ``a``.
    """
    used = n = 0
    for k in range(rows.size):
        p = rows[k]
        owner = projects.member[p, 0]
        for m in range(1, TEAM_SIZE):
            r = projects.member[p, m]
            if r < 0:
                continue
            t = tie_between(owner, r, near)
            new = latest[owner]
            while t < 0 and new >= 0:
                if other_end(free[new], owner, ties) == r:
                    t = free[new]
                new = before[new, 0] if ties.a[free[new]] == owner else before[new, 1]
            if t < 0:
                t = free[used]
                begin(t, owner, r, partners, ties, bids_met[k, m], networks, prior, form, month)
                before[used, 0], before[used, 1] = latest[ties.a[t]], latest[ties.b[t]]
                latest[ties.a[t]] = latest[ties.b[t]] = used
                used += 1
            projects.tie[p, m] = t
            found[n] = t
            n += 1
    return n


@leaf
def begin(t, x, y, partners, ties, met, networks, prior, form, month):
    """Write a tie of partners x and y who met in network ``met`` into row t, without an alliance yet."""
    a, b = (x, y) if partners.uid[x] < partners.uid[y] else (y, x)
    ties.used[t], ties.a[t], ties.b[t], ties.uid_a[t], ties.uid_b[t] = True, a, b, partners.uid[a], partners.uid[b]
    ties.alliance[t], ties.form[t], ties.started[t], ties.term_end[t], ties.until[t] = -1, ACQUAINTANCE, month, month, month
    ties.trust_ab[t] = ties.trust_ba[t] = prior
    ties.goodwill[t], ties.rate[t], ties.value[t], ties.volume[t] = 0.0, form.first_rate, 0.0, 0.0
    ties.excess_month[t] = ties.deals_month[t] = 0.0
    ties.deals[t] = ties.successes[t] = 0
    ties.last[t], ties.met_month[t], ties.direct[t], ties.barred[t] = month, month, False, False
    ties.met[t], ties.met_uid[t] = met, networks.uid[met] if met >= 0 else -1


@allocating_kernel
def _ally(tie, wanted, until, ties, setup, upkeep, partners, ledger, form, trust_on, prior, month):
    """Give each tie the form wanted if it is higher than the present; returns uids ended and begun."""
    ended, begun = np.full(tie.size, -1), np.full(tie.size, -1)
    for n in range(tie.size):
        t, new = tie[n], wanted[n]
        ties.until[t] = max(ties.until[t], until[n])
        ties.last[t] = month
        if new <= ties.form[t]:
            continue
        ended[n] = ties.alliance[t]
        begun[n] = event_uid(month, pair_uid(ties.uid_a[t], ties.uid_b[t]), new)
        ties.alliance[t], ties.form[t], ties.started[t] = begun[n], new, month
        ties.term_end[t] = month + (form.minimum_term if new == FORMAL else 0)
        if new >= OCCASIONAL:
            trust = mean_trust(t, ties, trust_on, prior)
            ties.goodwill[t] = max(ties.goodwill[t], (setup[new] + form.goodwill_months * upkeep[new]) * (0.5 + trust))
            for r in (ties.a[t], ties.b[t]):
                pay(ledger.flows, Flow.FORM_COST, partners.cash, r, ledger.outer, Outer.HOUSEHOLDS, 0.5 * setup[new])
    return ended, begun


def run(world: World, deals: Opportunities, bids: Bids, near: Neighbours, attempt: int, chance: Any) -> None:
    """Turn won bids into projects, and their teams into allies."""
    form, partners = world.parameters["form"], world.partners
    won = np.flatnonzero(bids.won)
    rows = _room_for_projects(world, won.size)
    _sign(
        won, rows, deals, bids, partners, world.networks, world.vendors, world.relations, world.projects, world.parameters["firm"],
        world.size, form, world.month, attempt,
    )  # fmt: skip
    joint = bids.size[won] > 1
    rows, met = rows[joint], bids.met[won[joint]]
    if rows.size == 0:
        return
    prior = world.parameters["trust"].prior
    free = room_for_ties(world, rows.size * (TEAM_SIZE - 1))
    tie, before, latest = np.empty(free.size, np.int64), np.empty((free.size, 2), np.int64), np.full(partners.uid.size, -1)
    n = _meet(
        rows, world.projects, partners, world.ties, near, free, world.networks, met, prior, form, world.month, latest, before, tie
    )  # fmt: skip
    tie = tie[:n]
    until = np.repeat(world.projects.due[rows], bids.size[won[joint]] - 1)
    wanted = _wishes(world, tie, rows, chance)
    setup, _, upkeep = costs_of(world.rules["form"])
    trust_on = world.switches.trust
    ended, begun = _ally(tie, wanted, until, world.ties, setup, upkeep, partners, world.ledger, form, trust_on, prior, world.month)
    if world.log is not None:
        _record(world, tie, wanted, ended, begun)


def _record(world: World, tie: np.ndarray, wanted: np.ndarray, ended: np.ndarray, begun: np.ndarray) -> None:
    """Put on record the alliances that a new form ended, and those that it began."""
    world.record("alliance_ended", month=world.month, alliance=ended[ended >= 0], reason=int(AllianceEnd.CHANGED_FORM))
    new, ties = tie[begun >= 0], world.ties
    world.record(
        "alliance_started", month=world.month, alliance=begun[begun >= 0], uid_a=ties.uid_a[new], uid_b=ties.uid_b[new],
        form=wanted[begun >= 0], network=ties.met_uid[new], trust_ab=ties.trust_ab[new], trust_ba=ties.trust_ba[new],
    )  # fmt: skip


@allocating_kernel
def _pairs(tie, uid_a, uid_b):
    out = np.empty(tie.size, np.int64)
    for n in range(tie.size):
        out[n] = pair_uid(uid_a[tie[n]], uid_b[tie[n]])
    return out


def _wishes(world: World, tie: np.ndarray, rows: np.ndarray, chance: Any) -> np.ndarray:
    """The form that both sides of each tie want: the lower of two private wishes."""
    ties, form = world.ties, world.parameters["form"]
    pair = _pairs(tie, ties.uid_a, ties.uid_b)
    if world.switches.trust:
        trust = np.minimum(ties.trust_ab[tie], ties.trust_ba[tie])
    else:
        trust = np.full(tie.size, world.parameters["trust"].prior)
    wishes = []
    for side in range(2):
        blur = uniforms_at(world.key, Purpose.FORM_NOISE, pair, side)
        rate = ties.rate[tie] * np.exp(form.rate_noise * np.sqrt(3.0) * (2.0 * blur - 1.0))
        table = Prospects(pair, ties.form[tie], rate, ties.value[tie], ties.volume[tie], trust)
        wishes.append(decided("form", world.rules["form"], table, chance))
    return np.maximum(PROJECT, np.minimum(wishes[0], wishes[1]))


def _room_for_projects(world: World, n: int) -> np.ndarray:
    free = np.flatnonzero(~world.projects.used)
    if free.size < n:
        world.projects = extend(world.projects, max(n, world.projects.used.size // 4), empty_projects)
        free = np.flatnonzero(~world.projects.used)
    return free[:n]


def room_for_ties(world: World, n: int) -> np.ndarray:
    """Rows of n free ties, made when there are too few."""
    free = np.flatnonzero(~world.ties.used)
    if free.size < n:
        world.ties = extend(world.ties, max(n, world.ties.used.size // 4), empty_ties)
        free = np.flatnonzero(~world.ties.used)
    return free[:n]
