"""S8 Running costs: overhead, dues, sponsorship, hosts' spending, dividends.

Every membership pays its dues; a network's sponsors pay a share of members' purchases from the vendors that
the host speaks of, a hosting distributor a share of their purchases from itself; the network spends on tools, education and
support for each member and has a fixed cost.  A vendor or distributor makes good its own network's deficit.
Partners pay overhead, most of it variable pay, and dividends above the cash that they keep.

Reads partners, memberships, networks, relations, knowledge; writes cash of all, networks' income and cost, the ledger.
"""

from sim.compiled import kernel, part
from sim.ledger import Flow, Outer, pay
from sim.processes.firm import overhead
from sim.state.networks import DISTRIBUTOR, VENDOR
from sim.world import World

OPERATING_MARGIN = 0.0127  # of a distributor, share of sales; Ingram Micro 2007-08


@kernel
def _pay_overhead(partners, ledger, firm):
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        partners.margin_ewma[r] += (partners.margin_month[r] - partners.margin_ewma[r]) / 6.0
        cost = overhead(partners.staff[r], partners.margin_ewma[r], firm)
        pay(ledger.flows, Flow.OVERHEAD, partners.cash, r, ledger.outer, Outer.HOUSEHOLDS, cost)
        spare = partners.cash[r] - firm.cash_kept * cost
        if spare > 0.0:
            pay(ledger.flows, Flow.DIVIDEND, partners.cash, r, ledger.outer, Outer.OWNERS, spare)


@kernel
def _pay_networks(partners, memberships, relations, knowledge, networks, vendors, distributors, ledger):
    networks.members[:] = 0
    for r in range(partners.uid.size):
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m < 0:
                continue
            networks.members[m] += 1
            if networks.fee[m] > 0.0:
                pay(ledger.flows, Flow.DUES, partners.cash, r, networks.cash, m, networks.fee[m])
                networks.income_month[m] += networks.fee[m]
            if networks.sponsorship[m] > 0.0:
                _sponsor(r, m, networks, relations, knowledge, vendors, distributors, ledger)
    for m in range(networks.uid.size):
        if not networks.open[m]:
            continue
        added = (networks.tools_added[m] + networks.education_added[m]) * networks.members[m]
        if added > 0.0:  # a vendor's community budget is the network's income, else its own generosity would close it
            pay(ledger.flows, Flow.SPONSORSHIP, vendors.cash, networks.host[m], networks.cash, m, added)
            vendors.spend_month[networks.host[m]] += added
            networks.income_month[m] += added
        each = networks.tools[m] + networks.education[m] + networks.support[m]
        cost = networks.fixed_cost[m] + each * networks.members[m] + added
        pay(ledger.flows, Flow.NETWORK_SPEND, networks.cash, m, ledger.outer, Outer.HOUSEHOLDS, cost)
        networks.cost_month[m] += cost
        _cover_deficit(m, networks, vendors, distributors, ledger)


@part
def _sponsor(r, m, networks, relations, knowledge, vendors, distributors, ledger):
    """Sponsors pay a share of what the member bought: each mentioned vendor, or the hosting distributor of what it sold."""
    if networks.kind[m] == DISTRIBUTOR:
        amount = networks.sponsorship[m] * knowledge.sourced_month[r, networks.host[m]]
        pay(ledger.flows, Flow.SPONSORSHIP, distributors.cash, networks.host[m], networks.cash, m, amount)
        networks.income_month[m] += amount
        return
    for v in range(relations.bought_month.shape[1]):
        if networks.mix[m, v] <= 0.0 or relations.bought_month[r, v] <= 0.0:
            continue
        amount = networks.sponsorship[m] * relations.bought_month[r, v]
        pay(ledger.flows, Flow.SPONSORSHIP, vendors.cash, v, networks.cash, m, amount)
        vendors.spend_month[v] += amount
        networks.income_month[m] += amount


@part
def _cover_deficit(m, networks, vendors, distributors, ledger):
    """A host with a business of its own pays what its network lacks; the network's profit still shows it."""
    lacking = networks.cost_month[m] - networks.income_month[m]
    if lacking <= 0.0 or networks.host[m] < 0:
        return
    if networks.kind[m] == VENDOR:
        pay(ledger.flows, Flow.SPONSORSHIP, vendors.cash, networks.host[m], networks.cash, m, lacking)
        vendors.spend_month[networks.host[m]] += lacking
    elif networks.kind[m] == DISTRIBUTOR:
        pay(ledger.flows, Flow.SPONSORSHIP, distributors.cash, networks.host[m], networks.cash, m, lacking)


@kernel
def _pay_suppliers(distributors, ledger, operating):
    """A distributor's operating cost is what its gross margin leaves above the operating margin."""
    for d in range(distributors.uid.size):
        cost = max(0.0, distributors.margin[d] - operating) * distributors.sales_month[d]
        pay(ledger.flows, Flow.SUPPLIER_COST, distributors.cash, d, ledger.outer, Outer.HOUSEHOLDS, cost)


def run(world: World) -> None:
    """Pay what a month costs."""
    _pay_suppliers(world.distributors, world.ledger, OPERATING_MARGIN)
    _pay_networks(
        world.partners, world.memberships, world.relations, world.knowledge, world.networks, world.vendors, world.distributors, world.ledger,
    )  # fmt: skip
    _pay_overhead(world.partners, world.ledger, world.parameters["firm"])
