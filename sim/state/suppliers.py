"""Suppliers and places to sell: vendors, distributors, marketplaces."""

from typing import NamedTuple

from sim.state.table import Bools, Floats, Ints, empty

PARTNER_MODELS = ("resale", "referral", "co_sell", "service_led")
RESALE, REFERRAL, CO_SELL, SERVICE_LED = range(4)


class Vendors(NamedTuple):
    """One row a vendor, V rows."""

    uid: Ints
    active: Bools
    size: Floats  # share of customers who would name this vendor; sums to 1 when drawn, and events do not rescale it
    fit: Floats  # V x K, how well its product serves each skill, 0..1
    list_margin: Floats  # partner's margin on product at list price, before rebates, share
    rebate_1: Floats  # rebate on purchases in tier 1, share
    rebate_2: Floats  # rebate on purchases in tier 2, share
    mdf: Floats  # market development funds, share of purchases
    training: Floats  # quality of training offered, 0..1
    support: Floats  # quality of partner support, 0..1
    conflict: Floats  # probability that direct sales compete for a partner's bid
    openness: Floats  # willingness to recruit and to sponsor hosts of others, 0..1
    partner_model: Ints  # index into PARTNER_MODELS
    fee_share: Floats  # what the partner earns on product under referral and co-sell, share
    goods_cost: Floats  # cost of goods, share of list price
    channel_month: Floats  # channel sales this month at list price, US dollars
    channel_year: Floats  # 12-month running channel sales at list price, US dollars
    direct_month: Floats  # direct sales this month, US dollars
    spend_month: Floats  # programme spend this month, US dollars
    budget: Floats  # extra programme budget, share of channel sales
    arms: Floats  # V x 5, division of the budget over ARMS
    cash: Floats  # US dollars, cumulative


class Programmes(NamedTuple):
    """What each vendor's programme amounts to this month, V rows: list policy plus budget and rivalry."""

    rebate_1: Floats  # share of purchases in tier 1
    rebate_2: Floats  # share of purchases in tier 2
    mdf: Floats  # share of purchases
    training: Floats  # quality, 0..1
    conflict: Floats  # probability
    community: Floats  # US dollars a month more for the vendor's own network
    spend: Floats  # US dollars a month on training and less conflict
    matched: Floats  # what the vendor adds to its rebates to answer rivals, share
    offer_before: Floats  # margin + rebate + MDF at the end of burn-in, before events, share


ARMS = ("rebate", "mdf", "community", "training", "less_conflict")


class Distributors(NamedTuple):
    """One row a distributor, D rows."""

    uid: Ints
    active: Bools
    line_card: Bools  # D x V, an agreement of both sides
    margin: Floats  # gross margin on what it resells, share of its sales
    credit: Floats  # generosity of credit, 0..1
    service: Floats  # quality of service, 0..1
    regions: Ints  # bit mask of regions served
    verticals: Ints  # bit mask of verticals in focus
    sales_month: Floats  # US dollars
    sales_year: Floats  # US dollars, 12-month running
    sold: Floats  # D x V, 12-month running sales, US dollars
    sold_month: Floats  # D x V, sales this month, US dollars
    cash: Floats  # US dollars, cumulative


class Marketplaces(NamedTuple):
    """One row a marketplace, Q rows."""

    uid: Ints
    active: Bools
    take_rate: Floats  # share of the task's price
    verification: Floats  # how thoroughly providers are checked, 0..1
    reach: Floats  # customers who look there, relative to an average marketplace = 1
    max_complexity: Floats  # tasks above this complexity are not accepted, 0..1
    price_level: Floats  # average accepted bid relative to list price
    listed: Bools  # Q x V, vendors listed: whom a customer may name in a task posted here
    jobs_month: Floats  # completed jobs this month
    value_month: Floats  # value of completed jobs this month, US dollars


def empty_vendors(n: int, skills: int) -> Vendors:
    """N inactive vendors."""
    return empty(Vendors, n, {"fit": skills, "arms": len(ARMS)})


def empty_distributors(n: int, vendors: int) -> Distributors:
    """N inactive distributors with empty line cards."""
    return empty(Distributors, n, {"line_card": vendors, "sold": vendors, "sold_month": vendors})


def empty_marketplaces(n: int, vendors: int) -> Marketplaces:
    """N inactive marketplaces."""
    return empty(Marketplaces, n, {"listed": vendors})


def empty_programmes(n: int) -> Programmes:
    """N vendors without a programme."""
    return empty(Programmes, n)
