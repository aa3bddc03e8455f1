"""S14 Membership: who hears of a network, who joins, who leaves.

Awareness spreads as in Bass (1969): hazard p (host marketing) + q x share of the contacts met this month who
are members.  An aware firm considers one network now and then and joins with logit of its utility; a member
leaves with logit of minus utility minus what it would lose.  Utility is a share of the firm's own gross
margin: expected value of deals (own average, or what members report) + complementary reach + tools
(worth more with capital) + education + support - dues - attention, which rises with every membership.

Capital Z <- (1 - fade) Z + gain x use is built by use alone, raises the value of tools and is lost on leaving.

Reads networks, partners, ties, directory; writes memberships, knowledge.aware, networks (value, cohorts),
events.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, pair_key, uniform, uniforms
from sim.compiled import allocating_kernel, kernel, leaf, part
from sim.events import JoinReason, LeaveReason
from sim.parameters import Par
from sim.processes.acquaintance import Neighbours
from sim.processes.directory import Directory, draw
from sim.processes.firm import logistic
from sim.processes.payment import slot_of
from sim.state.networks import BUYS_ABOVE, CARRIES_VENDOR, VERIFIED
from sim.world import World


class Membership(NamedTuple):
    """Parameters of membership."""

    imitation: Annotated[float, Par("1/month", 0, 2, "assumed; trial .15", "q, awareness by contacts")] = 0.15
    contacts: Annotated[int, Par("firms", 0, 50, "assumed", "firms of the region met a month")] = 3
    consider: Annotated[float, Par("probability a month", 0, 1, "assumed; trial .10", "a firm considers one network that it is aware of")] = 0.10
    join: Annotated[float, Par("log odds", -20, 20, "assumed; trial -2", "joining at utility 0")] = -2.0
    leave: Annotated[float, Par("log odds", -20, 20, "assumed; trial -4.2", "leaving in a month at utility 0")] = -4.2
    slope: Annotated[float, Par("log odds per share of margin", 0, 1000, "assumed; trial 60", "theta, slope of both choices")] = 60.0
    attention: Annotated[float, Par("share of margin per membership", 0, 0.5, "assumed; trial .012; swept in every study", "a principal's time for each further membership")] = 0.012
    reach: Annotated[float, Par("share of margin", 0, 0.2, "assumed; trial .004", "value of reach, times density x ln(1 + members)")] = 0.004
    tools: Annotated[float, Par("share of margin", 0, 0.2, "assumed", "value of perfect tools without capital")] = 0.008
    tools_with_capital: Annotated[float, Par("1", 0, 10, "assumed", "what capital adds to the value of tools, times Z / (1 + Z)")] = 1.0
    education: Annotated[float, Par("share of margin per US dollar", 0, 0.01, "assumed; trial .00004", "value of education and support a month")] = 0.00004
    loss: Annotated[float, Par("log odds per month of use", 0, 20, "assumed; trial 1.5", "what losing capital weighs against leaving")] = 1.5
    capital_fade: Annotated[float, Par("1/month", 0, 1, "assumed; trial .05", "capital lost a month")] = 0.05
    capital_gain: Annotated[float, Par("months of use", 0, 1, "assumed; trial .08", "capital gained by a use")] = 0.08
    tool_use: Annotated[float, Par("uses a month", 0, 10, "assumed", "use of perfect tools")] = 1.0
    value_memory: Annotated[float, Par("1/month", 0.001, 1, "assumed; trial .06", "weight of this month in the value of a membership")] = 0.06
    prior_value: Annotated[float, Par("share of margin", 0, 0.5, "assumed; trial .02", "value expected of a new network")] = 0.02
    cohorts_per_quarter: Annotated[int, Par("cohorts", 0, 100, "assumed: cohorts of 12 fill one a quarter", "new cohorts that a network opens in a quarter")] = 1


@leaf
def awareness_hazard(push, imitation, share):
    """Bass: p + q x share of contacts that are members, a probability a month."""
    return min(1.0, push + imitation * share)


@leaf
def membership_utility(value, density, members, tool_quality, capital, spend, fee, memberships, taste, membership):
    """Utility of a membership, a share of the firm's monthly gross margin.

    ``value`` and ``fee`` are shares of margin; ``spend`` is education and support, US dollars a month;
    ``memberships`` counts the firm's memberships, this one included.
    """
    gain = value + membership.reach * density * np.log(1.0 + members) + membership.education * spend
    gain += membership.tools * tool_quality * (1.0 + membership.tools_with_capital * capital / (1.0 + capital))
    return gain - fee - membership.attention * taste * memberships


@leaf
def capital_after(capital, uses, membership):
    """Z after a month with so many uses."""
    return (1.0 - membership.capital_fade) * capital + membership.capital_gain * uses


@leaf
def may_enter(r, m, partners, relations, knowledge, networks):
    """Whether a network's entry rule lets a partner in (cohorts aside)."""
    rule = networks.entry_rule[m]
    if networks.vertical[m] >= 0 and not bits.has(partners.verticals[r], networks.vertical[m]):
        return False
    if rule == CARRIES_VENDOR:
        for v in range(relations.carried.shape[1]):
            if networks.mix[m, v] > 0.0 and relations.carried[r, v] and relations.tier[r, v] >= networks.entry_threshold[m]:
                return True
        return False
    if rule == BUYS_ABOVE:
        return knowledge.sourced[r, networks.host[m]] >= networks.entry_threshold[m]
    if rule == VERIFIED:
        return partners.rating[r] >= networks.entry_threshold[m]
    return True


@kernel
def _hear(partners, relations, knowledge, memberships, networks, near, directory, membership, key, imitation_on, inside):
    """Let everybody hear of networks; ``inside`` is room for M counts."""
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        met = 0
        inside[:] = 0
        if imitation_on:
            for j in range(membership.contacts):
                other = draw(directory, partners.region[r], uniform(key, Purpose.AWARENESS, partners.uid[r], 100_000 + j))
                if other >= 0 and other != r:
                    met += 1
                    _count_inside(other, memberships, inside)
            for at in range(near.start[r], near.start[r + 1]):
                met += 1
                _count_inside(near.other[at], memberships, inside)
        for m in range(networks.uid.size):
            if not networks.open[m] or knowledge.aware[r, m]:
                continue
            eligible = may_enter(r, m, partners, relations, knowledge, networks)
            push = networks.marketing[m] * networks.reach[m] if eligible else 0.0
            share = inside[m] / met if met else 0.0
            hazard = awareness_hazard(push, membership.imitation, share)
            if uniform(key, Purpose.AWARENESS, partners.uid[r], networks.uid[m] & 0xFFFF) < hazard:
                knowledge.aware[r, m] = True


@part
def _count_inside(r, memberships, inside):
    """Add one for each network that a contact is a member of."""
    for s in range(memberships.network.shape[1]):
        if memberships.network[r, s] >= 0:
            inside[memberships.network[r, s]] += 1


@part
def _count_memberships(r, memberships):
    n = 0
    for s in range(memberships.network.shape[1]):
        n += 1 if memberships.network[r, s] >= 0 else 0
    return n


@allocating_kernel
def _leave(partners, relations, memberships, networks, membership, key, stickiness_on, reasons):
    """Update capital and value of every membership; mark who leaves, with the reason, in ``reasons``."""
    value_sum, count = np.zeros(networks.uid.size), np.zeros(networks.uid.size)
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        n = _count_memberships(r, memberships)
        margin = max(500.0, partners.margin_ewma[r])
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m < 0:
                continue
            uses = memberships.uses_month[r, s] + membership.tool_use * networks.tool_quality[m]
            capital = capital_after(memberships.capital[r, s], uses, membership) if stickiness_on else 0.0
            memberships.capital[r, s] = capital
            memberships.value[r, s] += membership.value_memory * (memberships.value_month[r, s] - memberships.value[r, s])
            memberships.value_month[r, s] = memberships.uses_month[r, s] = 0.0
            value = memberships.value[r, s] / margin
            value_sum[m] += value
            count[m] += 1.0
            spend = networks.education[m] + networks.education_added[m] + networks.support[m]
            utility = membership_utility(
                value, networks.density[m], networks.members[m], networks.tool_quality[m], capital, spend, networks.fee[m] / margin, n,
                partners.taste[r], membership,
            )  # fmt: skip
            likely = logistic(membership.leave - membership.slope * utility - membership.loss * capital)
            if networks.entry_rule[m] == CARRIES_VENDOR and not _still_carries(r, m, relations, networks):
                reasons[r, s] = LeaveReason.NO_LONGER_ELIGIBLE
            elif uniform(key, Purpose.LEAVE, pair_key(partners.uid[r], networks.uid[m])) < likely:
                reasons[r, s] = LeaveReason.CHOICE
    for m in range(networks.uid.size):
        if count[m] > 0.0:
            networks.value_member[m] += membership.value_memory * (value_sum[m] / count[m] - networks.value_member[m])


@part
def _still_carries(r, m, relations, networks):
    for v in range(relations.carried.shape[1]):
        if networks.mix[m, v] > 0.0 and relations.carried[r, v]:
            return True
    return False


@allocating_kernel
def cohort_state(partners, memberships, networks, regions):
    """Members of each cohort and, per region, the verticals that its members serve (as bit masks)."""
    first = np.zeros(networks.uid.size + 1, np.int64)
    for m in range(networks.uid.size):
        first[m + 1] = first[m] + networks.cohorts[m] + 101  # room for what a quarter may open
    filled, served = np.zeros(first[-1], np.int64), np.zeros((first[-1], regions), np.int64)
    for r in range(partners.uid.size):
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m >= 0:
                c = first[m] + memberships.cohort[r, s]
                filled[c] += 1
                served[c, partners.region[r]] |= partners.verticals[r]
    return first, filled, served


@leaf
def find_cohort(r, m, partners, networks, first, filled, served, openings):
    """The first cohort that admits a partner, a new one if the network may open it; -1 for none."""
    size = networks.cohort_size[m]
    if size == 0:
        return 0
    for c in range(networks.cohorts[m]):
        at = first[m] + c
        rival = networks.non_compete[m] and served[at, partners.region[r]] & partners.verticals[r] != 0
        if filled[at] < size and not rival:
            return c
    if networks.admitted_quarter[m] < openings:
        networks.admitted_quarter[m] += 1
        networks.cohorts[m] += 1
        return networks.cohorts[m] - 1
    return -1


@leaf
def enter(r, m, cohort, month, value, partners, memberships, first, filled, served):
    """Write a membership into a free slot; returns the slot, -1 if there is none."""
    for s in range(memberships.network.shape[1]):
        if memberships.network[r, s] < 0:
            memberships.network[r, s], memberships.joined[r, s], memberships.cohort[r, s] = m, month, cohort
            memberships.capital[r, s], memberships.value[r, s] = 0.0, value
            memberships.value_month[r, s] = memberships.uses_month[r, s] = 0.0
            filled[first[m] + cohort] += 1
            served[first[m] + cohort, partners.region[r]] |= partners.verticals[r]
            return s
    return -1


@allocating_kernel
def _join(order, partners, relations, knowledge, memberships, networks, membership, key, month, regions):
    """Let firms consider, in hashed order; returns rows and networks joined."""
    first, filled, served = cohort_state(partners, memberships, networks, regions)
    rows, joined, n = np.empty(order.size, np.int64), np.empty(order.size, np.int64), 0
    for r in order:
        uid = partners.uid[r]
        if not partners.alive[r] or uniform(key, Purpose.CONSIDER, uid) >= membership.consider:
            continue
        lowest, m = 2.0, -1
        for other in range(networks.uid.size):
            if networks.open[other] and knowledge.aware[r, other] and slot_of(r, other, memberships) < 0:
                u = uniform(key, Purpose.CONSIDER_NETWORK, pair_key(uid, networks.uid[other]))
                if u < lowest and may_enter(r, other, partners, relations, knowledge, networks):
                    lowest, m = u, other
        if m < 0:
            continue
        margin = max(500.0, partners.margin_ewma[r])
        spend = networks.education[m] + networks.education_added[m] + networks.support[m]
        utility = membership_utility(
            networks.value_member[m], networks.density[m], networks.members[m], networks.tool_quality[m], 0.0, spend,
            networks.fee[m] / margin, 1 + _count_memberships(r, memberships), partners.taste[r], membership,
        )  # fmt: skip
        if uniform(key, Purpose.JOIN, pair_key(uid, networks.uid[m])) >= logistic(membership.join + membership.slope * utility):
            continue
        cohort = find_cohort(r, m, partners, networks, first, filled, served, membership.cohorts_per_quarter)
        if cohort < 0:
            continue
        if enter(r, m, cohort, month, networks.value_member[m] * margin, partners, memberships, first, filled, served) >= 0:
            rows[n], joined[n] = r, m
            n += 1
    return rows[:n], joined[:n]


def leave_networks(world: World, reasons: np.ndarray) -> None:
    """End the memberships that carry a reason (-1 stays), N x slots, and put them on record."""
    row, slot = np.nonzero(reasons >= 0)
    network = world.memberships.network[row, slot]
    world.record(
        "membership_left", month=world.month, partner=world.partners.uid[row], network=world.networks.uid[network],
        reason=reasons[row, slot],
    )  # fmt: skip
    world.memberships.network[row, slot] = -1
    world.memberships.capital[row, slot] = 0.0


def run(world: World, near: Neighbours, directory: Directory) -> None:
    """Hear, leave, join."""
    membership, switches, key = world.parameters["membership"], world.switches, world.key
    tables = (world.partners, world.relations, world.knowledge, world.memberships, world.networks)
    _hear(*tables, near, directory, membership, key, switches.imitation, np.zeros(world.networks.uid.size, np.int64))
    reasons = np.full(world.memberships.network.shape, -1)
    _leave(world.partners, world.relations, world.memberships, world.networks, membership, key, switches.stickiness, reasons)
    leave_networks(world, reasons)
    if world.month % 3 == 0:
        world.networks.admitted_quarter[:] = 0
    order = np.argsort(uniforms(key, int(Purpose.ADMISSION), world.partners.uid, 0))
    rows, joined = _join(order, *tables, membership, key, world.month, world.size.regions)
    world.record(
        "membership_joined", month=world.month, partner=world.partners.uid[rows], network=world.networks.uid[joined],
        reason=int(JoinReason.CHOICE),
    )  # fmt: skip
