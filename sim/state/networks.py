"""Networks: one class; the kinds differ only in their policy vector (host, who pays, who may enter...)."""

from typing import NamedTuple

from sim.state.table import Bools, Floats, Ints, empty

KINDS = ("pure_p2p", "community", "vendor", "distributor", "marketplace")
PURE_P2P, COMMUNITY, VENDOR, DISTRIBUTOR, MARKETPLACE = range(5)

ENTRY_RULES = ("open", "peers_admit", "carries_vendor", "buys_above", "verified")
OPEN, PEERS_ADMIT, CARRIES_VENDOR, BUYS_ABOVE, VERIFIED = range(5)


class Networks(NamedTuple):
    """One row a network, M rows; rows of closed networks have ``open`` False and stay."""

    uid: Ints
    open: Bools
    kind: Ints  # index into KINDS, a label: no loyalty equation reads it
    host: Ints  # row of the vendor, distributor or marketplace that hosts it, -1 for none
    founded: Ints  # month
    fee: Floats  # US dollars a month a member
    take_rate: Floats  # tau, share of the price of work that it brokers
    cohort_size: Ints  # members of a cohort, 0 = one cohort for all
    non_compete: Bools  # a cohort admits no second firm of the same region and vertical
    broadcast: Floats  # b, share of what a member hears that the host says, 0..1
    mix: Floats  # M x V, g, how strongly the host speaks of each vendor, sums to 1 or is 0
    mix_by: Ints  # index into sim.policy.MIXES: what decides the mix
    density: Floats  # rho, contact density: share of the search rule's members that one search sees
    verification: Floats  # nu, how thoroughly members are checked, 0..1
    entry_rule: Ints  # index into ENTRY_RULES
    entry_threshold: Floats  # tier, US dollars a year, or rating, as the entry rule needs
    tools: Floats  # spend on tools, US dollars a month a member
    education: Floats  # spend on education, US dollars a month a member
    support: Floats  # spend on support, US dollars a month a member
    tools_added: Floats  # what the host's budget adds to tools, US dollars a month a member
    education_added: Floats  # what the host's budget adds to education, US dollars a month a member
    marketing: Floats  # monthly probability that the host reaches a firm that could join
    formality: Floats  # 0 very loose .. 1 contractual
    reach: Floats  # multiplies marketing: hosts differ
    vertical: Ints  # vertical in focus, -1 for none
    sponsorship: Floats  # share of members' purchases: from mix vendors paid by them, from a hosting distributor by it
    tool_quality: Floats  # quality of tools relative to the state of the art, 0..1
    tool_stock: Floats  # accumulated tool spend a member, US dollars
    fixed_cost: Floats  # US dollars a month
    cash: Floats  # US dollars, cumulative
    income_month: Floats  # US dollars
    cost_month: Floats  # US dollars
    profit: Floats  # 6-month average profit a month, US dollars
    loss_months: Ints  # months in a row at a loss, after the first 24
    members: Ints  # members when the month's dues were paid, before anybody leaves or joins
    value_month: Floats  # value of deals done through it this month, US dollars
    value_member: Floats  # average value of membership as peers report it, share of a member's gross margin
    cohorts: Ints  # cohorts opened so far
    admitted_quarter: Ints  # members admitted into new cohorts this quarter
    last_change: Floats  # last change of the fee, share; for hill climbing
    last_profit: Floats  # profit when the fee was last changed, US dollars


def empty_networks(n: int, vendors: int) -> Networks:
    """M closed rows."""
    return empty(Networks, n, {"mix": vendors}, {"host": -1, "vertical": -1})
