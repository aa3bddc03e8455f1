"""Networks open: with a policy, a host, and first members."""

import math

from tests.reference import agreements
from tests.reference.agents import Membership, Network, ReferenceMarketplace, ReferencePartner
from tests.reference.shared import CONSTANTS, WHY, pair_key, tool_quality

KINDS, RULES, MIXES = CONSTANTS["KINDS"], CONSTANTS["ENTRY_RULES"], CONSTANTS["MIXES"]


def free_host(model, kind: int):
    """Who could host a network of that kind: (True, host), (True, None) where a new one or none will do, else (False, None)."""
    tables = {"vendor": model.vendors, "distributor": model.distributors, "marketplace": model.marketplaces}
    if KINDS[kind] not in tables:
        return True, None
    busy = [n.host for n in model.open_networks() if n.kind == kind]
    for host in tables[KINDS[kind]]:
        if host.active and host not in busy:
            return True, host
    return KINDS[kind] == "marketplace", None


def _new_marketplace(model) -> ReferenceMarketplace:
    uid = len(model.marketplaces)
    marketplace = ReferenceMarketplace(model, uid)
    marketplace.verification = model.now.uniform(WHY.HOST_ATTRIBUTES, uid, 0) * 0.4 + 0.4
    marketplace.reach = math.exp(0.3 * model.now.normal(WHY.HOST_ATTRIBUTES, uid, 5))
    model.marketplaces.append(marketplace)
    for vendor in (v for v in model.vendors if v.active):
        agreements.sign(model, "listing", vendor, marketplace)
    return marketplace


def open_network(model, kind: int, policy) -> Network:
    """Open one network."""
    possible, host = free_host(model, kind)
    assert possible, "no host is free to open such a network"
    if host is None and KINDS[kind] == "marketplace":
        host = _new_marketplace(model)
    network = Network(len(model.networks), kind, host, policy, model.tick)
    model.networks.append(network)
    network.reach = math.exp(model.p["hosts"].reach_sd * model.forever.normal(WHY.HOST_ATTRIBUTES, network.uid, 1))
    if policy.vertical_focus:
        network.vertical = int(model.forever.uniform(WHY.HOST_ATTRIBUTES, network.uid, 4) * model.plan.size.verticals)
    if KINDS[kind] == "marketplace":
        host.take_rate = network.take_rate
    network.tool_quality = tool_quality(network.tool_stock, state_of_the_art(model), model.p["hosts"].stock_half_usd)
    network.value_member = model.p["membership"].prior_value
    if MIXES[policy.mix] == "host" and KINDS[kind] == "vendor":
        network.mix = {host.uid: 1.0}
    speak_of_line_card(model, network)
    _invite(model, network, policy.founding_members)
    return network


def speak_of_line_card(model, network: Network) -> None:
    """A distributor's network speaks of its vendors by what they leave the distributor's customers to pay."""
    if MIXES[network.mix_by] == "margin" and KINDS[network.kind] == "distributor":
        weights = {v.uid: 1.0 - v.list_margin for v in model.vendors if v.uid in network.host.line_card and v.active}
        network.mix = {v: w / sum(weights.values()) for v, w in weights.items() if w > 0.0}


def state_of_the_art(model) -> float:
    """What tools are measured against."""
    return (1.0 + model.p["hosts"].art_per_year) ** (model.tick / 12.0)


def _invite(model, network: Network, count: int) -> None:
    order = sorted(model.partners.values(), key=lambda p: model.forever.uniform(WHY.FOUNDER_MEMBERSHIP, pair_key(p.uid, network.uid)))
    joined = 0
    for partner in order:
        if joined >= count:
            return
        if not may_enter(partner, network):
            continue
        partner.aware.add(network.uid)
        cohort = find_cohort(partner, network, network.admitted_quarter + (0 if network.cohorts else 1))
        if cohort is not None and enter(model, partner, network, cohort, network.value_member * partner.margin_ewma):
            joined += 1


def may_enter(partner: ReferencePartner, network: Network) -> bool:
    """Whether a network's entry rule lets a partner in."""
    if network.vertical >= 0 and network.vertical not in partner.verticals:
        return False
    rule = RULES[network.entry_rule]
    if rule == "carries_vendor":
        spoken_of = [partner.relations[v] for v, share in network.mix.items() if share > 0.0]
        return any(r.carried and r.tier >= network.entry_threshold for r in spoken_of)
    if rule == "buys_above":
        return partner.sourced[network.host.uid] >= network.entry_threshold
    if rule == "verified":
        return partner.rating >= network.entry_threshold
    return True


def find_cohort(partner: ReferencePartner, network: Network, openings: int) -> int | None:
    """The first cohort that fits, or a new one where one may be opened."""
    if network.cohort_size == 0:
        return 0
    for cohort in range(network.cohorts):
        if network.fits(partner, cohort):
            return cohort
    if network.admitted_quarter < openings:
        network.admitted_quarter += 1
        network.cohorts += 1
        return network.cohorts - 1
    return None


def enter(model, partner: ReferencePartner, network: Network, cohort: int, value: float) -> bool:
    """Take the first free seat."""
    for at, seat in enumerate(partner.seats):
        if seat is None:
            partner.seats[at] = Membership(network, model.tick, cohort, value)
            network.roster.setdefault(cohort, {})[partner.uid] = partner
            return True
    return False


def leave(partner: ReferencePartner, membership: Membership) -> None:
    """End a membership; what was built is lost."""
    partner.seats[partner.seats.index(membership)] = None
    del membership.network.roster[membership.cohort][partner.uid]
