"""S8 Payment: who pays whom for a delivered deal, in double entry.

The customer pays the owner, who contracts, for services, and for product too where the vendor's partner
model is resale; else the vendor contracts the product and pays the buyer a fee (referral, co-sell) or
nothing (service-led).  The buyer pays the supplier list price less margin.  Each member pays its own
delivery wages.  A posted task pays its marketplace a fee on the whole price; each ally that a network brokered
pays that network its take rate on the ally's work, as agreed at consent; a pair that met outside or went direct
pays nobody.  What is left of the gross margin after coordination, brokerage and fees is split as agreed (S6):
share_i = d_i + beta_i (margin - sum d), booked net of subcontracting.

Reads deliveries, projects; writes cash of all, partners' and relations' sums of the month, the ledger,
ties (surplus of the month), memberships (value credited), events.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.compiled import kernel, leaf, part
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.consent import bargaining_weight, nash_share
from sim.processes.delivery import Deliveries
from sim.processes.vendor_choice import earned_on_product
from sim.state.suppliers import RESALE, SERVICE_LED
from sim.state.table import Floats, empty
from sim.state.ties import TEAM_SIZE
from sim.world import World


class Payment(NamedTuple):
    """Parameters of payment."""

    credit_half_life: Annotated[float, Par("months", 1, 600, "assumed; trial 12", "half-life of a network's credit for a pair that met there")] = 12.0


class Settlement(NamedTuple):
    """What each delivered deal earned; D rows."""

    margin: Floats  # gross margin after coordination, brokerage and fees, US dollars
    brokerage: Floats  # paid to the networks that brokered allies, US dollars
    fees: Floats  # task fee paid to the marketplace, US dollars
    product_margin: Floats  # US dollars, before quarterly rebates
    services_margin: Floats  # US dollars
    share: Floats  # D x TEAM_SIZE, US dollars


@kernel
def _settle(
    due, success, projects, partners, relations, knowledge, vendors, distributors, marketplaces, networks, ties, memberships,
    market, ledger, firm, consent, delivery, payment, month, out,
):  # fmt: skip
    for n in range(due.size):
        p = due[n]
        v, source, carrier = projects.vendor[p], projects.source[p], projects.carrier[p]
        owner, buyer = projects.member[p, 0], projects.member[p, carrier]
        product, services = projects.product[p], projects.services[p]
        model = vendors.partner_model[v]
        refund = 0.0 if success[n] else delivery.refund * services
        out.product_margin[n] = earned_on_product(v, vendors) * product
        out.services_margin[n] = firm.services_margin * services - refund
        if projects.market[p] >= 0 and projects.network[p] >= 0:
            out.fees[n] = networks.take_rate[projects.network[p]] * projects.value[p]
        out.brokerage[n] = projects.brokerage[p].sum()
        margin = out.product_margin[n] + out.services_margin[n] - projects.coordination[p] - out.brokerage[n] - out.fees[n]
        out.margin[n] = margin
        sum_outside = 0.0
        for m in range(TEAM_SIZE):
            sum_outside += projects.outside[p, m]
        price = projects.value[p] if model == RESALE else services
        pay(ledger.flows, Flow.SALE, ledger.outer, Outer.CUSTOMERS, partners.cash, owner, price)
        pay(ledger.flows, Flow.REFUND, partners.cash, owner, ledger.outer, Outer.CUSTOMERS, refund)
        pay(ledger.flows, Flow.COORDINATION, partners.cash, owner, ledger.outer, Outer.HOUSEHOLDS, projects.coordination[p])
        _pay_take_rate(owner, projects.network[p], out.fees[n], partners, networks, ledger)
        for m in range(1, TEAM_SIZE):
            _pay_take_rate(owner, projects.broker[p, m], projects.brokerage[p, m], partners, networks, ledger)
        cost = _buy_product(buyer, v, source, model, product, partners, relations, knowledge, vendors, distributors, ledger, month)
        for m in range(TEAM_SIZE):
            r = projects.member[p, m]
            if r < 0:
                continue
            beta = bargaining_weight(projects.work[p, m], 1.0, consent.finder, m == 0)
            share = nash_share(projects.outside[p, m], beta, margin, sum_outside)
            out.share[n, m] = share
            wages = (1.0 - firm.services_margin) * services * projects.work[p, m]
            pay(ledger.flows, Flow.DELIVERY, partners.cash, r, ledger.outer, Outer.HOUSEHOLDS, wages)
            due_to = share + wages + (cost if m == carrier else 0.0)
            if m > 0 and due_to >= 0.0:
                pay(ledger.flows, Flow.SUBCONTRACT, partners.cash, owner, partners.cash, r, due_to)
            elif m > 0:
                pay(ledger.flows, Flow.SUBCONTRACT, partners.cash, r, partners.cash, owner, -due_to)
            partners.margin_month[r] += share
            revenue = projects.value[p] * projects.work[p, m]
            partners.revenue_month[r] += revenue
            partners.revenue_year[r] += revenue
            if projects.size[p] > 1:
                partners.allied_year[r] += revenue
        if projects.size[p] > 1:
            market.solo_profit[0] += margin - sum_outside
            market.solo_profit[1] += sum_outside
        _credit(n, p, projects, partners, networks, ties, memberships, marketplaces, payment, month, out)


@part
def _pay_take_rate(owner, network, amount, partners, networks, ledger):
    """The owner pays a network for a task or for an ally that it brokered, where anything is owed."""
    if amount > 0.0:
        pay(ledger.flows, Flow.TASK_FEE, partners.cash, owner, networks.cash, network, amount)
        networks.income_month[network] += amount


@part
def _buy_product(buyer, v, source, model, product, partners, relations, knowledge, vendors, distributors, ledger, month):
    """Move the money for the product; returns what it cost the buyer, a fee received counting negative."""
    relations.bought_month[buyer, v] += product
    relations.last_bought[buyer, v] = month
    relations.bought_quarter[buyer, v] += product
    relations.bought_year[buyer, v] += product
    vendors.channel_month[v] += product
    vendors.channel_year[v] += product
    pay(ledger.flows, Flow.GOODS, vendors.cash, v, ledger.outer, Outer.MANUFACTURERS, vendors.goods_cost[v] * product)
    if model != RESALE:
        pay(ledger.flows, Flow.VENDOR_CONTRACT, ledger.outer, Outer.CUSTOMERS, vendors.cash, v, product)
        fee = 0.0 if model == SERVICE_LED else vendors.fee_share[v] * product
        pay(ledger.flows, Flow.PARTNER_FEE, vendors.cash, v, partners.cash, buyer, fee)
        relations.margin_month[buyer, v] += fee
        return -fee
    cost = (1.0 - vendors.list_margin[v]) * product
    relations.margin_month[buyer, v] += product - cost
    if source < 0:
        pay(ledger.flows, Flow.PURCHASE_DIRECT, partners.cash, buyer, vendors.cash, v, cost)
    else:
        pay(ledger.flows, Flow.PURCHASE_DISTRIBUTOR, partners.cash, buyer, distributors.cash, source, cost)
        supply = (1.0 - distributors.margin[source]) * cost
        pay(ledger.flows, Flow.DISTRIBUTOR_SUPPLY, distributors.cash, source, vendors.cash, v, supply)
        distributors.sales_month[source] += cost
        distributors.sales_year[source] += cost
        distributors.sold_month[source, v] += cost
        distributors.sold[source, v] += cost
        knowledge.sourced[buyer, source] += cost
        knowledge.sourced_month[buyer, source] += cost
    return cost


@leaf
def network_credit(age, half_life):
    """The part of a pair's value credited to the network where it met: 1/2 after each half-life."""
    return 0.5 ** (age / half_life)


@part
def _credit(n, p, projects, partners, networks, ties, memberships, marketplaces, payment, month, out):
    """Credit a deal to the tie and to the network in which it was made, while both are members."""
    q = projects.market[p]
    if q >= 0:
        marketplaces.jobs_month[q] += 1.0
        marketplaces.value_month[q] += projects.value[p]
        if projects.network[p] >= 0:
            networks.value_month[projects.network[p]] += projects.value[p]
            s = slot_of(projects.member[p, 0], projects.network[p], memberships)
            if s >= 0:
                gain = max(0.0, out.share[n, 0] - projects.outside[p, 0])
                memberships.value_month[projects.member[p, 0], s] += gain
                memberships.uses_month[projects.member[p, 0], s] += 1.0
    for m in range(1, TEAM_SIZE):
        t, r = projects.tie[p, m], projects.member[p, m]
        if r < 0 or t < 0 or not ties.used[t]:
            continue
        owner = projects.member[p, 0]
        gain_ally = out.share[n, m] - projects.outside[p, m]
        gain_owner = (out.share[n, 0] - projects.outside[p, 0]) * projects.work[p, m] / max(1e-9, 1.0 - projects.work[p, 0])
        ties.excess_month[t] += gain_ally + gain_owner
        ties.deals_month[t] += 1.0
        joint = out.margin[n] + projects.coordination[p]
        for i in range(TEAM_SIZE):
            joint -= projects.outside[p, i]
        first = ties.deals[t] == 0
        ties.value[t] = joint if first else 0.8 * ties.value[t] + 0.2 * joint
        ties.volume[t] = projects.value[p] if first else 0.8 * ties.volume[t] + 0.2 * projects.value[p]
        ties.deals[t] += 1
        network = ties.met[t]
        if network < 0:
            continue
        networks.value_month[network] += projects.value[p] * projects.work[p, m]
        credit = network_credit(month - ties.met_month[t], payment.credit_half_life)
        mine, theirs = slot_of(owner, network, memberships), slot_of(r, network, memberships)
        if mine >= 0 and theirs >= 0:
            memberships.value_month[owner, mine] += max(0.0, gain_owner) * credit
            memberships.value_month[r, theirs] += max(0.0, gain_ally) * credit
            memberships.uses_month[owner, mine] += 1.0
            memberships.uses_month[r, theirs] += 1.0


@leaf
def slot_of(r, network, memberships):
    """The slot of a partner's membership in a network, -1 for none."""
    for s in range(memberships.network.shape[1]):
        if memberships.network[r, s] == network:
            return s
    return -1


def run(world: World, deliveries: Deliveries) -> Settlement:
    """Settle every delivered deal and put it on record; the project ends."""
    due = deliveries.project
    out = empty(Settlement, due.size, {"share": TEAM_SIZE})
    parameters = world.parameters
    _settle(
        due, deliveries.success, world.projects, world.partners, world.relations, world.knowledge, world.vendors,
        world.distributors, world.marketplaces, world.networks, world.ties, world.memberships, world.market, world.ledger,
        parameters["firm"], parameters["consent"], parameters["delivery"], parameters["payment"], world.month, out,
    )  # fmt: skip
    if world.log is not None:
        _record(world, deliveries, out)
    world.projects.used[due] = False
    return out


def _record(world: World, deliveries: Deliveries, out: Settlement) -> None:
    p, projects = deliveries.project, world.projects
    by_member = {}
    for m in range(TEAM_SIZE):
        by_member["owner" if m == 0 else f"member_{m}"] = projects.member_uid[p, m]
        by_member[f"share_{m}"] = out.share[:, m]
        by_member[f"outside_{m}"] = projects.outside[p, m]
        by_member[f"work_{m}"] = projects.work[p, m]
    market, source = projects.market[p], projects.source[p]
    markets = world.marketplaces.uid if world.marketplaces.uid.size else np.array([-1])
    sources = world.distributors.uid if world.distributors.uid.size else np.array([-1])
    world.record(
        "deal", month=np.full(p.size, world.month), signed=projects.signed[p], deal=projects.uid[p],
        vendor=world.vendors.uid[projects.vendor[p]], source=np.where(source >= 0, sources[source], -1),
        network=projects.network_uid[p], market=np.where(market >= 0, markets[market], -1), value=projects.value[p],
        product=projects.product[p], services=projects.services[p], complexity=projects.complexity[p],
        success=deliveries.success, product_margin=out.product_margin, services_margin=out.services_margin,
        coordination=projects.coordination[p], brokerage=out.brokerage, fees=out.fees, trust=projects.trust[p], needs=projects.needs[p],
        region=projects.region[p], vertical=projects.vertical[p], alone=projects.alone[p], attempt=projects.attempt[p], **by_member,
    )  # fmt: skip
