"""S1 Policies and events: what the scenario makes happen, and what vendors' budgets amount to this month.

A vendor's programme is its list policy plus its extra budget (a share of channel sales) divided over five
arms: rebate, MDF, community, training, less conflict.  How much a dollar of each arm does is a stated
elasticity with a range.  Where rival response is on, other vendors answer what a vendor adds to its offer.

Reads the schedule, vendors, networks; writes programmes, networks (added tools and education), the ledger.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes import scenario_events
from sim.state.networks import VENDOR
from sim.state.suppliers import ARMS
from sim.world import World

ARM_REBATE, ARM_MDF, ARM_COMMUNITY, ARM_TRAINING, ARM_LESS_CONFLICT = range(len(ARMS))


class Policies(NamedTuple):
    """Parameters of vendors' budgets."""

    training_effect: Annotated[float, Par("quality per share of sales", 0, 200, "assumed; range 5-40; decides H9", "training quality that a budget of 1 of sales would add, before saturation")] = 15.0
    conflict_effect: Annotated[float, Par("1/share of sales", 0, 500, "assumed; range 10-80; decides H9", "conflict falls as e^(-effect x budget share)")] = 30.0
    match: Annotated[float, Par("share", 0, 2, "assumed; 1 = rivals match fully", "what rivals match of another vendor's better offer")] = 1.0
    match_lag: Annotated[float, Par("months", 1, 120, "assumed", "lag of the answer")] = 6.0


def offers(world: World) -> np.ndarray:
    """What each vendor's own policy offers on a dollar of product: margin, top rebate, MDF, V shares."""
    vendors = world.vendors
    budgeted = vendors.budget * (vendors.arms[:, ARM_REBATE] + vendors.arms[:, ARM_MDF])
    return vendors.list_margin + vendors.rebate_2 + vendors.mdf + budgeted


def run(world: World) -> None:
    """Apply this month's events, then work out each vendor's programme."""
    if world.month == world.burn_in:
        world.programmes.offer_before[:] = offers(world)
    scenario_events.run(world)
    vendors, programmes, policies = world.vendors, world.programmes, world.parameters["policies"]
    spend = vendors.budget[:, None] * vendors.arms
    if world.switches.rival_response and world.month >= world.burn_in:
        _answer_rivals(world, policies)
    programmes.rebate_1[:] = vendors.rebate_1 + spend[:, ARM_REBATE] + programmes.matched
    programmes.rebate_2[:] = vendors.rebate_2 + spend[:, ARM_REBATE] + programmes.matched
    programmes.mdf[:] = vendors.mdf + spend[:, ARM_MDF]
    added = policies.training_effect * spend[:, ARM_TRAINING]
    programmes.training[:] = vendors.training + (1.0 - vendors.training) * added / (1.0 + added)
    programmes.conflict[:] = vendors.conflict * np.array([_exp(-policies.conflict_effect * x) for x in spend[:, ARM_LESS_CONFLICT]])
    sales = vendors.channel_year / 12.0
    programmes.community[:] = spend[:, ARM_COMMUNITY] * sales
    programmes.spend[:] = (spend[:, ARM_TRAINING] + spend[:, ARM_LESS_CONFLICT]) * sales
    vendors.spend_month[:] = programmes.spend
    for v in np.flatnonzero(vendors.active & (programmes.spend > 0.0)):
        pay(world.ledger.flows, Flow.PROGRAMME, vendors.cash, v, world.ledger.outer, Outer.HOUSEHOLDS, programmes.spend[v])
    _fund_communities(world)


def _exp(x: float) -> float:
    return float(np.exp(x))


def _answer_rivals(world: World, policies: Policies) -> None:
    """Each vendor closes the gap to the largest addition of another, within the lag."""
    programmes, active = world.programmes, world.vendors.active
    added = np.where(active, np.maximum(0.0, offers(world) - programmes.offer_before), 0.0)
    for v in np.flatnonzero(active):
        others = np.delete(added, v)
        target = policies.match * others.max() if others.size else 0.0
        goal = max(0.0, target - added[v])
        programmes.matched[v] += (goal - programmes.matched[v]) / policies.match_lag


def _fund_communities(world: World) -> None:
    """A vendor's community budget goes into tools and education of its own network, half each, by member."""
    networks = world.networks
    own = networks.open & (networks.kind == VENDOR)
    networks.tools_added[:] = networks.education_added[:] = 0.0
    for m in np.flatnonzero(own):
        each = world.programmes.community[networks.host[m]] / max(1, networks.members[m])
        networks.tools_added[m] = networks.education_added[m] = 0.5 * each
