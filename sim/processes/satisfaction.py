"""S11 Satisfaction: how a partner fares with each vendor, what it comes to expect, and when it leaves.

perf = base + margin (m - reference) + support (s - .5) - conflict (c - reference) + benefits + noise, in
months with business; references are constants, never means of the lever itself, which would flip signs.
D = perf - (E - z), z a zone of tolerance; X += gain D+ (1 - X) - loss D- (1 + X) - pull X, with loss =
2 gain; E follows half perf, half the market's norm (a full treadmill with loss aversion drives X down
whatever vendors do).  A partner drops a vendor (exit) with a hazard that A and W lower; one with A < 0 may complain
instead, and its bad experience is halved (voice).  The last vendor carried is never dropped.

Reads relations' sums of the month, vendors, programmes; writes relations, knowledge.can, events.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.chance import Purpose, normal, uniform
from sim.compiled import kernel, leaf
from sim.events import Dropped
from sim.parameters import Par
from sim.processes.vendor_choice import share_of_wallet, whole_wallet
from sim.world import World


class Satisfaction(NamedTuple):
    """Parameters of satisfaction."""

    base: Annotated[float, Par("performance", -2, 2, "assumed; trial .55", "performance of an average vendor")] = 0.55
    margin: Annotated[float, Par("performance per unit of margin", 0, 50, "assumed; trial 6", "weight of realised margin")] = 6.0
    reference_margin: Annotated[float, Par("share", 0, 0.5, "product margin about 12 %, IPED 2019", "margin of neutral performance")] = 0.12
    support: Annotated[float, Par("performance", 0, 5, "assumed; trial .8", "weight of support")] = 0.8
    conflict: Annotated[float, Par("performance", 0, 10, "assumed; trial .8 at rate 1", "weight of the share of bids with conflict")] = 1.5
    reference_conflict: Annotated[float, Par("share", 0, 1, "assumed", "conflict of neutral performance")] = 0.06
    benefit: Annotated[float, Par("performance per share of purchases", 0, 50, "assumed", "weight of rebates and MDF received")] = 6.0
    reference_benefit: Annotated[float, Par("share of purchases", 0, 0.3, "co-op and MDF 1-5 % of purchases", "benefits of neutral performance")] = 0.02
    noise: Annotated[float, Par("performance", 0, 2, "assumed; trial .3", "spread of a month's performance")] = 0.3
    tolerance: Annotated[float, Par("performance", -0.5, 0.5, "assumed; set on E2 (experiments.calibrate); trial 0-.02", "z, zone of tolerance")] = 0.09
    gain: Annotated[float, Par("share", 0, 1, "assumed; trial .10", "kappa+")] = 0.10
    loss: Annotated[float, Par("share", 0, 1, "kappa-/kappa+ about 2 (loss aversion)", "kappa-")] = 0.20
    pull: Annotated[float, Par("1/month", 0, 0.5, "assumed; trial .015", "mild pull of X to 0")] = 0.015
    adaptation: Annotated[float, Par("1/month", 0, 1, "assumed; trial .08", "speed of the treadmill")] = 0.08
    drop_per_month: Annotated[float, Par("1/month", 0, 0.5, "assumed; set on E2 (experiments.calibrate), half drop one in two years (CompTIA 2022)", "drop hazard at A = 0, W = .2")] = 0.0053
    drop_attitude: Annotated[float, Par("1", 0, 10, "assumed; trial 1.6", "how A lowers the hazard")] = 1.6
    drop_habit: Annotated[float, Par("1", 0, 10, "assumed; trial 1.5", "how W lowers the hazard")] = 1.5
    voice: Annotated[float, Par("probability", 0, 1, "assumed; trial .25", "a partner with A < 0 that would leave complains and is repaired instead, times 2 x support")] = 0.25
    indebtedness: Annotated[float, Par("attitude per share of purchases", 0, 5, "direction: Pelser et al. 2015; size assumed", "how benefits lower commitment, where switched on")] = 0.5


@leaf
def performance(margin, support, conflict, benefit, noise, satisfaction):
    """What a month with a vendor was worth."""
    value = satisfaction.base + satisfaction.margin * (margin - satisfaction.reference_margin)
    value += satisfaction.support * (support - 0.5) - satisfaction.conflict * (conflict - satisfaction.reference_conflict)
    return value + satisfaction.benefit * (benefit - satisfaction.reference_benefit) + satisfaction.noise * noise


@leaf
def updated_experience(experience, gap, satisfaction):
    """X after a month whose performance exceeded what was expected by ``gap``; stays in [-1, 1]."""
    gain = satisfaction.gain * max(0.0, gap) * (1.0 - experience)
    loss = satisfaction.loss * max(0.0, -gap) * (1.0 + experience)
    return min(1.0, max(-1.0, experience + gain - loss - satisfaction.pull * experience))


@leaf
def drop_hazard(attitude, wallet, satisfaction):
    """Probability that a month is the one in which a partner would drop a vendor."""
    odds = np.exp(-satisfaction.drop_attitude * attitude - satisfaction.drop_habit * (wallet - 0.2))
    return min(1.0, satisfaction.drop_per_month * odds)


@kernel
def _fare(partners, relations, vendors, market, satisfaction, key, on, treadmill, indebted):
    total, n = 0.0, 0
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        for v in range(vendors.uid.size):
            bought, bids = relations.bought_month[r, v], relations.bids_month[r, v]
            if not relations.carried[r, v] or (bought <= 0.0 and bids <= 0.0):
                continue
            margin = relations.margin_month[r, v] / bought if bought > 0.0 else satisfaction.reference_margin
            benefit = relations.benefit_month[r, v] / bought if bought > 0.0 else satisfaction.reference_benefit
            conflict = relations.conflicts_month[r, v] / bids if bids > 0.0 else satisfaction.reference_conflict
            noise = normal(key, Purpose.PERFORMANCE_NOISE, partners.uid[r], v)
            perf = performance(margin, vendors.support[v], conflict, benefit, noise, satisfaction)
            total += perf
            n += 1
            if on:
                gap = perf - (relations.expectation[r, v] - satisfaction.tolerance)
                relations.experience[r, v] = updated_experience(relations.experience[r, v], gap, satisfaction)
                if indebted:
                    relations.experience[r, v] = max(-1.0, relations.experience[r, v] - satisfaction.indebtedness * benefit)
            if treadmill:
                target = 0.5 * perf + 0.5 * market.norm[0]
                relations.expectation[r, v] += satisfaction.adaptation * (target - relations.expectation[r, v])
    if n:
        market.norm[0] += (total / n - market.norm[0]) / 12.0


@kernel
def _renew_or_drop(partners, relations, vendors, knowledge, satisfaction, key, skills, rows, dropped):
    """Decide for every relation; writes rows and vendors that were dropped, and returns how many."""
    n = 0
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        carried = 0
        for v in range(vendors.uid.size):
            carried += 1 if relations.carried[r, v] else 0
        wallet = whole_wallet(r, relations)
        for v in range(vendors.uid.size):
            if not relations.carried[r, v] or carried <= 1:
                continue
            attitude = relations.attitude[r, v]
            hazard = drop_hazard(attitude, share_of_wallet(relations.bought_year[r, v], wallet), satisfaction)
            if uniform(key, Purpose.DROP_VENDOR, partners.uid[r], v) >= hazard:
                continue
            if attitude < 0.0 and uniform(key, Purpose.VOICE, partners.uid[r], v) < 2.0 * satisfaction.voice * vendors.support[v]:
                relations.experience[r, v] *= 0.5
                continue
            relations.carried[r, v] = False
            knowledge.can[r] &= ~(1 << (skills + v))
            carried -= 1
            rows[n], dropped[n] = r, v
            n += 1
    return n


def run(world: World) -> None:
    """Let every relation fare, then let partners renew or drop."""
    satisfaction, switches = world.parameters["satisfaction"], world.switches
    _fare(
        world.partners, world.relations, world.vendors, world.market, satisfaction, world.key, switches.satisfaction,
        switches.treadmill, switches.indebtedness,
    )  # fmt: skip
    rows, dropped = (np.empty(world.relations.carried.size, np.int64) for _ in range(2))
    n = _renew_or_drop(
        world.partners, world.relations, world.vendors, world.knowledge, satisfaction, world.key, world.size.skills, rows, dropped
    )  # fmt: skip
    rows, dropped = rows[:n], dropped[:n]
    world.record(
        "vendor_dropped", month=world.month, partner=world.partners.uid[rows], vendor=world.vendors.uid[dropped],
        reason=int(Dropped.DISSATISFIED),
    )  # fmt: skip
