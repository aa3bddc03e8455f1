"""S8 Programme: what vendors pay their partners, and what it buys.

Rebates accrue each month and are paid by fiscal quarter on the quarter's purchases, at the rate of the tier held
during it; then tiers are set for the next quarter by 12-month purchases against thresholds relative to the firm's
size (absolute ones leave rebates to the top tenth).  MDF is paid each month and spent on finding customers who ask for that vendor
(leads).  Training raises the certification of those who buy.

Reads relations, programmes, vendors; writes relations (tier, benefit, leads, certification), cash, ledger.
"""

from typing import Annotated, NamedTuple

from sim.compiled import kernel, leaf
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.vendor_choice import share_of_wallet, whole_wallet
from sim.state.suppliers import RESALE
from sim.world import World


class Programme(NamedTuple):
    """Parameters of partner programmes."""

    tier_1: Annotated[float, Par("share of normal product sales", 0, 5, "assumed; relative to firm size", "12-month purchases that reach tier 1")] = 0.15
    tier_2: Annotated[float, Par("share of normal product sales", 0, 5, "assumed; relative to firm size", "12-month purchases that reach tier 2")] = 0.40
    certify: Annotated[float, Par("1/month", 0, 1, "assumed", "gain of certification by a firm that buys, at training 1")] = 0.08
    certify_with_share: Annotated[float, Par("1/month per share of wallet", 0, 2, "assumed", "further gain by share of wallet")] = 0.10
    lapse: Annotated[float, Par("1/month", 0, 1, "assumed", "certification lost a month")] = 0.03


@leaf
def tier_reached(bought_year, normal_sales, programme):
    """0, 1 or 2 by 12-month purchases relative to a firm's normal product sales of a year."""
    share = bought_year / normal_sales if normal_sales > 0.0 else 0.0
    return 2 if share >= programme.tier_2 else 1 if share >= programme.tier_1 else 0


@leaf
def certification_after(held, training, wallet, bought, programme):
    """Certification after a month, 0..1."""
    gain = min(1.0, training * (programme.certify + programme.certify_with_share * wallet)) if bought else 0.0
    return held + gain * (1.0 - held) - programme.lapse * held


@kernel
def _reward(partners, relations, vendors, programmes, ledger, programme, firm, quarter_ends):
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        normal = 12.0 * partners.clients[r] * firm.revenue_per_staff_usd * (1.0 - firm.services_share)
        wallet = whole_wallet(r, relations)
        for v in range(vendors.uid.size):
            if not relations.carried[r, v] and relations.bought_quarter[r, v] == 0.0:
                continue
            bought = relations.bought_month[r, v]
            rate = programmes.rebate_1[v] if relations.tier[r, v] == 1 else programmes.rebate_2[v] if relations.tier[r, v] == 2 else 0.0
            if vendors.partner_model[v] != RESALE:
                rate = 0.0
            funds = programmes.mdf[v] * bought
            relations.benefit_month[r, v] = rate * bought + funds
            if funds > 0.0:
                pay(ledger.flows, Flow.MDF, vendors.cash, v, partners.cash, r, funds)
                pay(ledger.flows, Flow.LEAD_SPEND, partners.cash, r, ledger.outer, Outer.HOUSEHOLDS, funds)
            vendors.spend_month[v] += relations.benefit_month[r, v]
            training = programmes.training[v]
            share = share_of_wallet(relations.bought_year[r, v], wallet)
            relations.certification[r, v] = certification_after(relations.certification[r, v], training, share, bought > 0.0, programme)
            if quarter_ends:
                rebate = rate * relations.bought_quarter[r, v]
                pay(ledger.flows, Flow.REBATE, vendors.cash, v, partners.cash, r, rebate)
                partners.margin_month[r] += rebate
                relations.tier[r, v] = tier_reached(relations.bought_year[r, v], normal, programme)


@kernel
def _lead(relations, programmes, partners, lead_yield):
    for r in range(partners.uid.size):
        for v in range(programmes.mdf.size):
            relations.leads[r, v] = lead_yield * programmes.mdf[v] * relations.bought_month[r, v]


def quarter_ends(month: int) -> bool:
    """Whether a fiscal quarter ends with this month."""
    return month % 3 == 2


def run(world: World) -> None:
    """Pay MDF and, at the end of a quarter, rebates; certify."""
    _reward(
        world.partners, world.relations, world.vendors, world.programmes, world.ledger, world.parameters["programme"],
        world.parameters["firm"], quarter_ends(world.month),
    )  # fmt: skip
    _lead(world.relations, world.programmes, world.partners, world.parameters["demand"].lead_yield)
