"""What a partner is when it enters: drawn from its uid alone, so that nobody else's entry changes it.

Founders and entrants are drawn alike, with the key of the world before the first month; only staff comes from outside: the
founders' sizes are quantiles dealt out (section 5), an entrant's is a draw of its own (S2).  It has a home region and now and
then further ones, one or two verticals, skills picked in proportion to their popularity, vendors picked in
proportion to how often customers name them times how well they fit its skills, a year of purchases spread over them at
random, and nine months of overhead in cash.  The business type is written down for reports; no equation reads it.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, normal, uniform
from sim.compiled import allocating_kernel, leaf, part
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.firm import overhead, reference_margin
from sim.state.partners import NEVER


class Founding(NamedTuple):
    """Parameters of what firms are drawn to be."""

    size_log_mean: Annotated[float, Par("ln staff", -2, 4, "fitted to mean 8, 97 % below 50, top 20 % hold 80 %", "mu of staff")] = 0.66
    size_log_sd: Annotated[float, Par("ln staff", 0, 3, "fitted as above", "sigma of staff")] = 1.68
    size_cap: Annotated[float, Par("staff", 1, 1e6, "assumed; trial 600", "largest firm drawn")] = 600.0
    skills_base: Annotated[float, Par("skills", 0, 20, "assumed; trial 2", "skills held = floor(base + 3 u + 1.6 ln staff)")] = 2.0
    skills_spread: Annotated[float, Par("skills", 0, 20, "assumed; trial 3", "width of the uniform part")] = 3.0
    skills_per_log_staff: Annotated[float, Par("skills per ln staff", 0, 10, "assumed; trial 1.6", "larger firms hold more skills")] = 1.6
    skill_zipf: Annotated[float, Par("exponent", 0, 3, "assumed; trial .8", "Zipf exponent of skill popularity")] = 0.8
    vendors_base: Annotated[float, Par("vendors", 0, 30, "about 70 % in 1-4 programmes, active 3-6 (CompTIA, CRN)", "vendors carried at entry = floor(base + spread u + .4 ln staff)")] = 3.0
    vendors_spread: Annotated[float, Par("vendors", 0, 30, "as above", "width of the uniform part")] = 3.0
    reach_per_log_staff: Annotated[float, Par("probability per ln staff", 0, 1, "assumed", "chance to serve each further region")] = 0.05
    taste_sd: Annotated[float, Par("ln", 0, 2, "assumed", "spread of the attention that a membership costs")] = 0.3
    first_attitude: Annotated[float, Par("attitude", -1, 1, "assumed", "own experience with a vendor at first")] = 0.1
    first_expectation: Annotated[float, Par("performance", -2, 2, "assumed; trial .55", "expectation at first")] = 0.55


@leaf
def pick(u, weights, taken):
    """Index drawn in proportion to ``weights`` among those not in the bit mask ``taken``, -1 if none is left."""
    total = 0.0
    for k in range(weights.size):
        if not bits.has(taken, k):
            total += weights[k]
    target = u * total
    chosen = -1
    for k in range(weights.size):
        if not bits.has(taken, k) and weights[k] > 0.0:
            chosen = k
            target -= weights[k]
            if target < 0.0:
                break
    return chosen


@leaf
def fit_with(fit, skills_mask):
    """How well a vendor's product (fit over skills) serves a set of skills: its mean, .5 for the empty set."""
    left = skills_mask & bits.low_bits(fit.size)
    total, n = 0.0, bits.count(left)
    while left:
        total += fit[bits.first(left)]
        left &= left - 1
    return total / n if n else 0.5


@allocating_kernel
def found(rows, uids, staff, month, key, partners, relations, knowledge, memberships, vendors, popularity, ledger, founding, firm, sizes):
    """Write what the firms ``uids`` are into ``rows``; ``staff`` is given, the rest is drawn.

    ``sizes`` is the world's Size.  Reads vendors and popularity; writes every table of partners.
    """
    for n in range(rows.size):
        r, uid = rows[n], uids[n]
        people = staff[n]
        partners.uid[r], partners.alive[r], partners.entered[r] = uid, True, month
        partners.staff[r] = partners.clients[r] = people
        partners.region[r] = int(uniform(key, Purpose.FOUNDER_REGION, uid) * sizes.regions)
        reach = 1 << partners.region[r]
        for other in range(sizes.regions):
            if uniform(key, Purpose.FOUNDER_REACH, uid, other) < founding.reach_per_log_staff * max(0.0, np.log(people)):
                reach |= 1 << other
        partners.reach[r] = reach
        partners.verticals[r] = 1 << int(uniform(key, Purpose.FOUNDER_VERTICAL, uid, 0) * sizes.verticals)
        partners.verticals[r] |= 1 << int(uniform(key, Purpose.FOUNDER_VERTICAL, uid, 1) * sizes.verticals)
        partners.business_type[r] = int(uniform(key, Purpose.FOUNDER_TYPE, uid) * 5.0)
        partners.taste[r] = np.exp(founding.taste_sd * normal(key, Purpose.TASTE_FOR_CONTACT, uid))
        partners.backlog[r] = 0.0
        partners.utilisation[r], partners.reputation[r], partners.rating[r], partners.rated[r] = 0.8, 0.5, 0.5, 0
        partners.months_negative[r] = 0
        partners.margin_month[r] = partners.revenue_month[r] = partners.won_month[r] = 0.0
        partners.margin_ewma[r] = 0.8 * reference_margin(people, firm)
        partners.revenue_year[r] = partners.allied_year[r] = 0.0
        partners.cash[r] = 0.0
        capital = firm.cash_at_entry * overhead(people, partners.margin_ewma[r], firm)
        pay(ledger.flows, Flow.CAPITAL, ledger.outer, Outer.OWNERS, partners.cash, r, capital)
        _learn_trade(r, uid, people, key, knowledge, popularity, founding)
        _open_line_card(r, uid, people, month, key, relations, knowledge, vendors, founding, firm)
        memberships.network[r, :] = -1
        memberships.capital[r, :] = memberships.value[r, :] = memberships.value_month[r, :] = memberships.uses_month[r, :] = 0.0


@part
def _learn_trade(r, uid, people, key, knowledge, popularity, founding):
    u = uniform(key, Purpose.SKILL_COUNT, uid)
    wanted = int(founding.skills_base + founding.skills_spread * u + founding.skills_per_log_staff * np.log(people))
    knowledge.skills[r, :] = 0.0
    knowledge.aware[r, :] = False
    knowledge.sourced[r, :] = knowledge.sourced_month[r, :] = 0.0
    held = 0
    for n in range(min(max(1, wanted), popularity.size)):
        k = pick(uniform(key, Purpose.SKILL_PICK, uid, n), popularity, held)
        if k < 0:
            break
        held |= 1 << k
        knowledge.skills[r, k] = 0.45 + 0.5 * uniform(key, Purpose.SKILL_LEVEL, uid, n)
    knowledge.can[r] = held


@allocating_kernel
def _open_line_card(r, uid, people, month, key, relations, knowledge, vendors, founding, firm):
    n_vendors = vendors.uid.size
    weights = np.empty(n_vendors)
    for v in range(n_vendors):
        weights[v] = vendors.size[v] * fit_with(vendors.fit[v], knowledge.can[r]) if vendors.active[v] else 0.0
        relations.carried[r, v], relations.since[r, v], relations.last_bought[r, v] = False, month, NEVER
        relations.experience[r, v] = relations.attitude[r, v] = 0.0
        relations.expectation[r, v] = founding.first_expectation
        relations.tier[r, v], relations.certification[r, v] = 0, 0.0
        relations.bought_year[r, v] = relations.bought_month[r, v] = relations.bought_quarter[r, v] = 0.0
        relations.margin_month[r, v] = relations.benefit_month[r, v] = relations.leads[r, v] = 0.0
        relations.bids_month[r, v] = relations.conflicts_month[r, v] = 0.0
    u = uniform(key, Purpose.LINE_CARD_SIZE, uid)
    wanted = int(founding.vendors_base + founding.vendors_spread * u + 0.4 * np.log(people))
    taken, total = 0, 0.0
    for n in range(min(max(1, wanted), n_vendors)):
        v = pick(uniform(key, Purpose.LINE_CARD, uid, n), weights, taken)
        if v < 0:
            break
        taken |= 1 << v
        relations.carried[r, v] = True
        relations.experience[r, v] = relations.attitude[r, v] = founding.first_attitude
        relations.bought_year[r, v] = -np.log(1.0 - uniform(key, Purpose.LINE_CARD, uid, 100 + n))
        total += relations.bought_year[r, v]
        relations.last_bought[r, v] = month
    product = 12.0 * people * firm.revenue_per_staff_usd * (1.0 - firm.services_share)
    for v in range(n_vendors):
        if total > 0.0:
            relations.bought_year[r, v] *= product / total
    knowledge.can[r] |= taken << knowledge.skills.shape[1]
