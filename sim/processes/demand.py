"""S3 Demand: opportunities arrive at partners that customers know, or are posted on marketplaces.

Each partner is asked Poisson(rate) times a month, rate = load x p x clients x (1+g)^t x (.5 + reputation)
/ (.5 + usual reputation) / mean value; the mean value of a deal grows with the size of who is asked as size^gamma, so volume stays
proportional to the client base.  A customer mostly asks for something that this partner does (first skill
from the partner's own with probability .8); asked at random, most firms could serve next to none of their requests.  A vendor's MDF brings further
customers who ask for that vendor; a technology alliance brings customers who ask for both vendors together,
``joint_solution`` x the usual number x the share of customers who know the lesser-known of the two.

Reads partners, knowledge, relations.leads, agreements, market; writes relations.leads, market (volume, asked_value);
returns the month's Opportunities.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, event_uid, normal, poisson, uniform
from sim.compiled import kernel, leaf, part
from sim.parameters import Par
from sim.processes.directory import Directory, draw
from sim.processes.founding import pick
from sim.state.market import Opportunities, empty_opportunities
from sim.state.ties import TECHNOLOGY_ALLIANCE
from sim.world import World


class Demand(NamedTuple):
    """Parameters of demand."""

    growth_per_year: Annotated[float, Par("1/year", -0.3, 0.5, "assumed; customers' use of IT expands", "growth net of productivity")] = 0.01
    usual_reputation: Annotated[float, Par("share", 0, 1, "assumed; about the mean that emerges", "reputation at which a firm is asked for its normal volume")] = 0.80
    load: Annotated[float, Par("share", 0.1, 2, "assumed; trial .95", "demand as a share of what the client base keeps busy")] = 0.95
    mean_value_usd: Annotated[float, Par("US dollars", 500, 1e6, "assumed; trial 30,000", "mean deal of a firm of 8")] = 30_000.0
    value_with_size: Annotated[float, Par("exponent", 0, 1, "assumed; trial .5", "gamma: deal value grows with size^gamma")] = 0.5
    value_sd: Annotated[float, Par("ln", 0, 3, "assumed; trial 1.1", "sigma of deal value")] = 1.1
    further_needs: Annotated[float, Par("skills", 0, 6, "assumed; trial .8", "mean number of further skills a mean deal needs")] = 0.8
    needs_with_value: Annotated[float, Par("exponent", 0, 1, "assumed; trial .12", "larger deals need more")] = 0.12
    own_skill: Annotated[float, Par("probability", 0, 1, "assumed; trial .8", "the first skill is one that the known partner holds")] = 0.8
    out_of_region: Annotated[float, Par("probability", 0, 1, "assumed; trial .3", "a deal outside the home region")] = 0.3
    out_of_vertical: Annotated[float, Par("probability", 0, 1, "assumed", "a deal outside the firm's verticals")] = 0.2
    vendor_specified: Annotated[float, Par("probability", 0, 1, "assumed; trial .2", "the customer names the vendor")] = 0.20
    rivals: Annotated[float, Par("firms", 0, 20, "assumed", "mean number of rivals outside the channel")] = 1.0
    lead_yield: Annotated[float, Par("US dollars per US dollar", 0, 20, "assumed; trial 4, range 1-6; decides H9", "demand per dollar of MDF")] = 3.0
    joint_solution: Annotated[float, Par("share", 0, 0.2, "assumed; what S15 expects of it", "demand that a technology alliance adds, of that of the lesser-known vendor")] = 0.01
    novelty: Annotated[float, Par("per skill and month", 0, 0.2, "assumed; trial .004", "probability that the technology behind a skill is replaced")] = 0.002
    worth_left: Annotated[float, Par("share", 0, 1, "assumed", "of a skill level that carries over to the successor technology")] = 0.2
    rotation: Annotated[float, Par("per skill and month", 0, 0.2, "assumed; trial .004", "probability that a skill swaps its popularity with another")] = 0.004
    reoffers: Annotated[int, Par("firms", 0, 50, "specification: a few; trial 4", "other firms that a customer turns to when the first fails")] = 4


@leaf
def opportunity_rate(clients, reputation, growth, demand, firm):
    """Opportunities a month that a firm is asked for, and their mean value in US dollars."""
    mean = demand.mean_value_usd * (clients / 8.0) ** demand.value_with_size
    volume = demand.load * firm.revenue_per_staff_usd * clients * growth * (0.5 + reputation) / (0.5 + demand.usual_reputation)
    return volume / mean, mean


@kernel
def _count(partners, relations, reach, key, growth, demand, firm, counts):
    """Opportunities of each partner, N x 3: own customers, those that MDF brought, those who want a joint solution."""
    for r in range(partners.uid.size):
        if partners.alive[r]:
            rate, mean = opportunity_rate(partners.clients[r], partners.reputation[r], growth, demand, firm)
            counts[r, 0] = poisson(uniform(key, Purpose.OPPORTUNITY_COUNT, partners.uid[r]), rate)
            for v in range(relations.leads.shape[1]):
                if relations.leads[r, v] > 0.0:
                    u = uniform(key, Purpose.OPPORTUNITY_COUNT, partners.uid[r], v + 1)
                    counts[r, 1] += poisson(u, relations.leads[r, v] / mean)
            joint = demand.joint_solution * reach[-1] * rate if reach.size else 0.0
            counts[r, 2] = poisson(uniform(key, Purpose.TECH_ALLIANCE_DEAL, partners.uid[r], 0), joint)


@kernel
def _draw(counts, partners, knowledge, relations, market, pairs, reach, month, key, growth, demand, firm, sizes, vendor_size, out):
    """Fill Opportunities for each partner: its own customers, those that MDF brought, those who want a joint solution."""
    o = 0
    for r in range(partners.uid.size):
        own, led = counts[r, 0], counts[r, 1]
        if counts[r].sum() == 0:
            continue
        _, mean = opportunity_rate(partners.clients[r], partners.reputation[r], growth, demand, firm)
        for j in range(counts[r].sum()):
            uid = event_uid(month, partners.uid[r], j)
            value = mean * np.exp(demand.value_sd * normal(key, Purpose.OPPORTUNITY_VALUE, uid) - 0.5 * demand.value_sd**2)
            out.uid[o], out.owner[o], out.known[o] = uid, r, r
            out.priority[o] = uniform(key, Purpose.PRIORITY, uid)
            out.value[o] = max(500.0, value)
            spread = uniform(key, Purpose.OPPORTUNITY_SERVICES, uid, 0) + uniform(key, Purpose.OPPORTUNITY_SERVICES, uid, 1)
            share = min(0.95, firm.services_share * spread)
            out.services[o] = share * out.value[o]
            out.product[o] = out.value[o] - out.services[o]
            needs = _needs(uid, out.value[o], knowledge.can[r] & bits.low_bits(sizes.skills), market.popularity, key, demand)
            out.skills[o] = bits.count(needs)
            u = uniform(key, Purpose.OPPORTUNITY_COMPLEXITY, uid)
            out.complexity[o] = min(1.0, max(0.0, 0.22 * out.skills[o] - 0.12 + 0.25 * u))
            if j >= own + led:
                a, b = pairs[_alliance(uniform(key, Purpose.TECH_ALLIANCE_DEAL, uid, 1), reach)]
                needs |= (1 << (sizes.skills + a)) | (1 << (sizes.skills + b))
            else:
                named = _named(r, j, own, uid, relations, key, demand, vendor_size)
                needs |= 1 << (sizes.skills + named) if named >= 0 else 0
            out.needs[o] = needs
            out.region[o] = _place(partners.region[r], sizes.regions, uid, Purpose.OPPORTUNITY_REGION, demand.out_of_region, key)
            home = _some_bit(partners.verticals[r], uniform(key, Purpose.OPPORTUNITY_VERTICAL, uid, 2))
            out.vertical[o] = _place(home, sizes.verticals, uid, Purpose.OPPORTUNITY_VERTICAL, demand.out_of_vertical, key)
            out.rivals[o] = poisson(uniform(key, Purpose.OPPORTUNITY_RIVALS, uid), demand.rivals)
            out.market[o], out.open[o] = -1, True
            market.asked_value[0] += out.value[o]
            o += 1
        relations.leads[r, :] = 0.0


@part
def _needs(uid, value, own, popularity, key, demand):
    """The skills a deal needs: 1 + Poisson, the first mostly one that the known partner holds."""
    mean = demand.further_needs * (value / demand.mean_value_usd) ** demand.needs_with_value
    further = min(4, poisson(uniform(key, Purpose.OPPORTUNITY_NEEDS, uid), mean))
    others = bits.low_bits(popularity.size) & ~own
    excluded = others if own != 0 and uniform(key, Purpose.OPPORTUNITY_SKILL_OWN, uid) < demand.own_skill else 0
    needs = 1 << pick(uniform(key, Purpose.OPPORTUNITY_SKILL, uid, 0), popularity, excluded)
    for n in range(further):
        k = pick(uniform(key, Purpose.OPPORTUNITY_SKILL, uid, n + 1), popularity, needs)
        if k >= 0:
            needs |= 1 << k
    return needs


@part
def _named(r, j, own, uid, relations, key, demand, vendor_size):
    """The vendor that the customer names, -1 for none; customers found with MDF name the one who paid."""
    if j >= own:
        return pick(uniform(key, Purpose.OPPORTUNITY_VENDOR, uid, 1), relations.leads[r], 0)
    if uniform(key, Purpose.OPPORTUNITY_VENDOR, uid, 0) < demand.vendor_specified:
        return pick(uniform(key, Purpose.OPPORTUNITY_VENDOR, uid, 1), vendor_size, 0)
    return -1


@leaf
def _alliance(u, reach):
    """The technology alliance whose joint solution a customer wants; ``reach`` is cumulative, increasing."""
    return min(reach.size - 1, np.searchsorted(reach, u * reach[-1], side="right"))


@part
def _place(home, n, uid, purpose, elsewhere, key):
    """The home place, or with probability ``elsewhere`` any."""
    if uniform(key, purpose, uid, 0) < elsewhere:
        return int(uniform(key, purpose, uid, 1) * n)
    return home


@part
def _some_bit(mask, u):
    """One of the set's bits."""
    skip = int(u * bits.count(mask))
    bit = 0
    while skip > 0 or not bits.has(mask, bit):
        skip -= 1 if bits.has(mask, bit) else 0
        bit += 1
    return bit


def grown(growth_per_year: float, months: float) -> float:
    """What demand is multiplied by in so many months at one rate of growth."""
    return (1.0 + growth_per_year) ** (months / 12.0)


def growth_index(world: World) -> float:
    """Demand per client relative to the first month after burn-in."""
    return float(world.market.volume[0])


def run(world: World) -> Opportunities:
    """The opportunities of this month, in order of priority."""
    demand, firm = world.parameters["demand"], world.parameters["firm"]
    world.market.volume[0] *= grown(demand.growth_per_year, 1)  # month by month, so that a change of rate changes no level
    growth = growth_index(world)
    pairs = _technology_pairs(world)
    reach = np.cumsum(world.vendors.size[pairs].min(axis=1))
    counts = np.zeros((world.partners.uid.size, 3), np.int64)
    _count(world.partners, world.relations, reach, world.key, growth, demand, firm, counts)
    deals = empty_opportunities(int(counts.sum()))
    named = np.where(world.vendors.active, world.vendors.size, 0.0)
    for scalar in (world.market.asked_value, world.market.unserved_value, world.market.lost_value, world.market.solo_profit):
        scalar[:] = 0.0
    _draw(
        counts, world.partners, world.knowledge, world.relations, world.market, pairs, reach, world.month, world.key, growth,
        demand, firm, world.size, named, deals,
    )  # fmt: skip
    order = np.argsort(deals.priority)
    columns: list[Any] = [column[order] for column in deals]
    return Opportunities(*columns)


def _technology_pairs(world: World) -> np.ndarray:
    agreements = world.agreements
    rows = np.flatnonzero(agreements.used & (agreements.kind == TECHNOLOGY_ALLIANCE))
    rows = rows[np.argsort(agreements.uid[rows])]
    return np.stack([agreements.first[rows], agreements.second[rows]], axis=1)



@kernel
def _reoffer(deals, knowledge, directory, key, sizes, tries):
    for o in range(deals.uid.size):
        if not deals.open[o]:
            continue
        if deals.market[o] >= 0:  # awarded, and the winner could not do it after all
            deals.open[o] = False
            continue
        skills = deals.needs[o] & bits.low_bits(sizes.skills)
        best, best_covered = -1, 0
        for j in range(tries):
            r = draw(directory, deals.region[o], uniform(key, Purpose.REOFFER, deals.uid[o], j))
            if r < 0 or r == deals.owner[o]:
                continue
            covered = bits.count(knowledge.can[r] & skills)
            if covered > best_covered:
                best, best_covered = r, covered
        if best >= 0:
            deals.owner[o] = best
        else:
            deals.open[o] = False


def reoffer(world: World, deals: Opportunities, directory: Directory) -> None:
    """Offer what is still open to the best of up to four other firms of the region, then it is gone.

    Else an alliance that rescues a lost bid would create market volume by decree.  A posted task was put to
    several firms already; if its winner fails to staff it, it is gone.
    """
    tries = world.parameters["demand"].reoffers
    _reoffer(deals, world.knowledge, directory, world.key, world.size, tries)


def close(world: World, deals: Opportunities) -> None:
    """Count what is gone: nobody could serve it, or rivals or the vendor's direct sales won it."""
    gone = ~deals.won
    world.market.unserved_value[0] = deals.value[gone & ~deals.offered].sum()
    world.market.lost_value[0] = deals.value[gone & deals.offered].sum()
