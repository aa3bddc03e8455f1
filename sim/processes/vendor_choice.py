"""S4 Vendor choice: which vendor's product goes into a deal, among those that the team carries.

It is chosen when the team stands, since the team decides what is feasible and certified.  For each vendor
the buyer is the first member (the owner first) who carries it.  The rule sees margin after rebate, the
buyer's attitude, fit, habit and the team's certification.

Reads bids, relations, vendors, programmes; writes bids.vendor, bids.carrier, bids.ready.
"""

from typing import Any

import numpy as np

from sim import bits
from sim.compiled import kernel, leaf
from sim.processes.founding import fit_with
from sim.rules.answers import decided
from sim.rules.tables import VendorOptions
from sim.state.market import Bids, Opportunities
from sim.state.suppliers import RESALE, SERVICE_LED
from sim.world import World


@leaf
def earned_on_product(v, vendors):
    """What a deal earns on a dollar of product, before rebates: a share.

    Resale: the list margin.  Referral and co-sell: the fee.  Service-led: nothing.
    """
    model = vendors.partner_model[v]
    return vendors.list_margin[v] if model == RESALE else 0.0 if model == SERVICE_LED else vendors.fee_share[v]


@leaf
def product_margin(v, tier, vendors, programmes):
    """What the buyer earns on a dollar of product, a share: with the rebate of its tier under resale."""
    rebate = programmes.rebate_1[v] if tier == 1 else programmes.rebate_2[v] if tier == 2 else 0.0
    return earned_on_product(v, vendors) + (rebate if vendors.partner_model[v] == RESALE else 0.0)


@leaf
def wallet_share(r, v, relations):
    """W: the share of a partner's purchases of the last 12 months that went to a vendor."""
    return share_of_wallet(relations.bought_year[r, v], whole_wallet(r, relations))


@leaf
def whole_wallet(r, relations):
    """A partner's purchases of the last 12 months from all vendors, US dollars at list price."""
    total = 0.0
    for v in range(relations.bought_year.shape[1]):
        total += relations.bought_year[r, v]
    return total


@leaf
def share_of_wallet(bought, wallet):
    """A share of all purchases, 0 where there are none."""
    return bought / wallet if wallet > 0.0 else 0.0


@kernel
def _options(chosen, deals, bids, relations, vendors, programmes, sizes, habit_on, options, buyer):
    for d in range(chosen.size):
        o = chosen[d]
        named = deals.needs[o] >> sizes.skills
        skills = deals.needs[o] & bits.low_bits(sizes.skills)
        wallet_of, wallet = -1, 0.0
        for v in range(vendors.uid.size):
            buyer[d, v] = -1
            certified = 0.0
            for m in range(bids.size[o]):
                r = bids.member[o, m]
                if relations.carried[r, v]:
                    if buyer[d, v] < 0:
                        buyer[d, v] = m
                    certified = max(certified, relations.certification[r, v])
            allowed = named == 0 or bits.has(named, v)
            options.feasible[d, v] = buyer[d, v] >= 0 and vendors.active[v] and allowed
            if not options.feasible[d, v]:
                continue
            r = bids.member[o, buyer[d, v]]
            options.margin[d, v] = product_margin(v, relations.tier[r, v], vendors, programmes)
            options.attitude[d, v] = relations.attitude[r, v]
            options.fit[d, v] = fit_with(vendors.fit[v], skills)
            if habit_on and r != wallet_of:
                wallet_of, wallet = r, whole_wallet(r, relations)
            options.habit[d, v] = share_of_wallet(relations.bought_year[r, v], wallet) if habit_on else 0.0
            options.certification[d, v] = certified


@kernel
def _write(chosen, vendor, feasible, buyer, bids):
    for d in range(chosen.size):
        o, v = chosen[d], vendor[d]
        if v >= 0 and feasible[d, v]:
            bids.vendor[o], bids.carrier[o] = v, buyer[d, v]
        else:
            bids.vendor[o], bids.carrier[o], bids.ready[o] = -1, 0, False


def run(world: World, deals: Opportunities, bids: Bids, chance: Any) -> None:
    """Choose the vendor of every bid that is ready; a bid without a vendor is not."""
    chosen = np.flatnonzero(bids.ready)
    shape = (chosen.size, world.vendors.uid.size)
    owner = world.partners.uid[bids.member[chosen, 0]]
    options = VendorOptions(
        deals.uid[chosen], owner, np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape, bool)
    )
    buyer = np.zeros(shape, np.int64)
    _options(
        chosen, deals, bids, world.relations, world.vendors, world.programmes, world.size, world.switches.habit, options, buyer
    )  # fmt: skip
    if chosen.size == 0:
        return
    vendor = decided("vendor_choice", world.rules["vendor_choice"], options, chance)
    _write(chosen, vendor, options.feasible, buyer, bids)
