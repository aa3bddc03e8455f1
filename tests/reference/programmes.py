"""What vendors' budgets amount to, what programmes pay, and what a month costs."""

import math

from tests.reference.agents import Network, ReferencePartner, ReferenceVendor
from tests.reference.contest import RESALE
from tests.reference.shared import CONSTANTS, certification_after, overhead, tier_reached

VENDOR, DISTRIBUTOR = (CONSTANTS["KINDS"].index(kind) for kind in ("vendor", "distributor"))


def set_policies(model) -> None:
    """Divide every vendor's budget over its arms."""
    policies = model.p["policies"]
    if model.tick == model.plan.burn_in:
        for vendor in model.vendors:
            vendor.programme["offer_before"] = _offer(vendor)
    if model.switches.rival_response and model.tick >= model.plan.burn_in:
        _answer_rivals(model)
    for vendor in model.vendors:
        spend = {arm: vendor.budget * share for arm, share in vendor.arms.items()}
        sales, programme = vendor.channel_year / 12.0, vendor.programme
        programme["rebate_1"] = vendor.rebate_1 + spend["rebate"] + programme["matched"]
        programme["rebate_2"] = vendor.rebate_2 + spend["rebate"] + programme["matched"]
        programme["mdf"] = vendor.mdf + spend["mdf"]
        added = policies.training_effect * spend["training"]
        programme["training"] = vendor.training + (1.0 - vendor.training) * added / (1.0 + added)
        programme["conflict"] = vendor.conflict * math.exp(-policies.conflict_effect * spend["less_conflict"])
        programme["community"] = spend["community"] * sales
        programme["spend"] = (spend["training"] + spend["less_conflict"]) * sales
        vendor.spend_month = programme["spend"]
        if vendor.active and programme["spend"] > 0.0:
            model.pay("PROGRAMME", vendor, model.households, programme["spend"])
    for network in model.networks:
        network.tools_added = network.education_added = 0.0
        if network.open and network.kind == VENDOR:
            each = network.host.programme["community"] / max(1, network.members)
            network.tools_added = network.education_added = 0.5 * each


def _offer(vendor: ReferenceVendor) -> float:
    """What a vendor itself offers: its list terms and what its budget adds to rebates and MDF."""
    added = vendor.budget * (vendor.arms["rebate"] + vendor.arms["mdf"])
    return vendor.list_margin + vendor.rebate_2 + vendor.mdf + added


def _answer_rivals(model) -> None:
    policies, active = model.p["policies"], [v for v in model.vendors if v.active]
    added = {v.uid: max(0.0, _offer(v) - v.programme["offer_before"]) for v in active}
    for vendor in active:
        others = [x for uid, x in added.items() if uid != vendor.uid]
        goal = max(0.0, policies.match * max(others, default=0.0) - added[vendor.uid])
        vendor.programme["matched"] += (goal - vendor.programme["matched"]) / policies.match_lag


def reward(model) -> None:
    """Vendors pay MDF and, at the end of a quarter, rebates; buyers get certified."""
    firm, quarter_ends = model.p["firm"], model.tick % 3 == 2
    for partner in model.partners.values():
        normal = 12.0 * partner.clients * firm.revenue_per_staff_usd * (1.0 - firm.services_share)
        for vendor in model.vendors:
            relation = partner.relations[vendor.uid]
            if relation.carried or relation.bought_quarter != 0.0:
                _reward(model, partner, vendor, normal, quarter_ends)
            relation.leads = model.p["demand"].lead_yield * vendor.programme["mdf"] * relation.bought_month


def _reward(model, partner: ReferencePartner, vendor: ReferenceVendor, normal: float, quarter_ends: bool) -> None:
    programme, relation = model.p["programme"], partner.relations[vendor.uid]
    bought, rate = relation.bought_month, 0.0
    if vendor.partner_model == RESALE and relation.tier > 0:
        rate = vendor.programme["rebate_1" if relation.tier == 1 else "rebate_2"]
    funds = vendor.programme["mdf"] * bought
    relation.benefit_month = rate * bought + funds
    if funds > 0.0:
        model.pay("MDF", vendor, partner, funds)
        model.pay("LEAD_SPEND", partner, model.households, funds)
    vendor.spend_month += relation.benefit_month
    wallet, training = partner.wallet(vendor.uid), vendor.programme["training"]
    relation.certification = certification_after(relation.certification, training, wallet, bought > 0.0, programme)
    if quarter_ends:
        rebate = rate * relation.bought_quarter
        model.pay("REBATE", vendor, partner, rebate)
        partner.margin_month += rebate
        relation.tier = tier_reached(relation.bought_year, normal, programme)


def pay_running_costs(model) -> None:
    """Distributors, networks and partners pay what a month costs."""
    for distributor in model.distributors:
        cost = max(0.0, distributor.margin - CONSTANTS["OPERATING_MARGIN"]) * distributor.sales_month
        model.pay("SUPPLIER_COST", distributor, model.households, cost)
    for network in model.networks:
        members = [p for cohort in network.roster.values() for p in cohort.values()]
        network.members = len(members)
        for partner in members:
            _pay_dues(model, partner, network)
        if network.open:
            _pay_network(model, network)
    for partner in model.partners.values():
        _pay_overhead(model, partner)


def _pay_dues(model, partner: ReferencePartner, network: Network) -> None:
    if network.fee > 0.0:
        model.pay("DUES", partner, network, network.fee)
        network.income_month += network.fee
    bought = {v: partner.relations[v].bought_month for v, share in network.mix.items() if share > 0.0}
    sponsors = [(model.vendors[v], amount) for v, amount in bought.items()]
    if network.kind == DISTRIBUTOR:
        sponsors = [(network.host, partner.sourced_month[network.host.uid])]
    for sponsor, purchases in sponsors:
        amount = network.sponsorship * purchases
        model.pay("SPONSORSHIP", sponsor, network, amount)
        network.income_month += amount
        if isinstance(sponsor, ReferenceVendor):
            sponsor.spend_month += amount


def _pay_network(model, network: Network) -> None:
    each = network.tools + network.tools_added + network.spend
    cost = network.fixed_cost + each * network.members
    granted = (network.tools_added + network.education_added) * network.members
    if granted > 0.0:
        model.pay("SPONSORSHIP", network.host, network, granted)
        network.host.spend_month += granted
        network.income_month += granted
    model.pay("NETWORK_SPEND", network, model.households, cost)
    network.cost_month += cost
    lacking = network.cost_month - network.income_month
    if lacking > 0.0 and network.kind in (VENDOR, DISTRIBUTOR):
        model.pay("SPONSORSHIP", network.host, network, lacking)
        if network.kind == VENDOR:
            network.host.spend_month += lacking


def _pay_overhead(model, partner: ReferencePartner) -> None:
    firm = model.p["firm"]
    partner.margin_ewma += (partner.margin_month - partner.margin_ewma) / 6.0
    cost = overhead(partner.staff, partner.margin_ewma, firm)
    model.pay("OVERHEAD", partner, model.households, cost)
    spare = partner.cash - firm.cash_kept * cost
    if spare > 0.0:
        model.pay("DIVIDEND", partner, model.owners, spare)
