"""Ties between partners, projects under way, and agreements among the other actors."""

from typing import NamedTuple

from sim.state.partners import NEVER
from sim.state.table import Bools, Floats, Ints, empty

FORMS = ("acquaintance", "project", "occasional", "formal")
ACQUAINTANCE, PROJECT, OCCASIONAL, FORMAL = range(4)
TEAM_SIZE = 4  # most firms in a team, the owner included

AGREEMENT_KINDS = ("line_card", "listing", "technology_alliance", "affiliation")
LINE_CARD, LISTING, TECHNOLOGY_ALLIANCE, AFFILIATION = range(4)


class Ties(NamedTuple):
    """One row a pair of partners that worked together; ``used`` False where the row is free.

    ``a`` and ``b`` are rows of partners, ordered so that uid[a] < uid[b].
    """

    used: Bools
    a: Ints
    b: Ints
    uid_a: Ints
    uid_b: Ints
    alliance: Ints  # uid of the current alliance, -1 for none
    form: Ints  # index into FORMS
    started: Ints  # month in which the current form began
    term_end: Ints  # month before which a formal alliance cannot be ended
    until: Ints  # last month of the current project
    trust_ab: Floats  # what a trusts b, 0..1
    trust_ba: Floats  # what b trusts a, 0..1
    goodwill: Floats  # B, US dollars
    rate: Floats  # average joint deals a month
    value: Floats  # average joint surplus a deal before coordination, US dollars
    volume: Floats  # average value of a joint deal, US dollars
    excess_month: Floats  # surplus over outside options booked this month, US dollars
    deals_month: Floats  # joint deals delivered this month
    deals: Ints  # joint deals so far
    successes: Ints  # successful joint deals so far
    last: Ints  # month of the last joint deal
    met: Ints  # row of the network in which they met, -1 for none
    met_uid: Ints  # its uid, -1 for none
    met_month: Ints  # month in which they met
    direct: Bools  # a marketplace pair that now bypasses the marketplace
    barred: Bools  # the two may not work together (in a counterfactual branch)


class Projects(NamedTuple):
    """One row a deal that is won and not yet delivered."""

    used: Bools
    uid: Ints
    signed: Ints  # month
    due: Ints  # month of delivery
    size: Ints  # members still there
    member: Ints  # P x TEAM_SIZE, rows of partners, the owner first, -1 for none
    member_uid: Ints  # P x TEAM_SIZE
    work: Floats  # P x TEAM_SIZE, share of the work
    workload: Floats  # all of the work, as reserved in backlogs, US dollars of work
    outside: Floats  # P x TEAM_SIZE, outside option of each member, US dollars
    value: Floats  # price to the customer, US dollars
    product: Floats  # product at list price, US dollars
    services: Floats  # services, US dollars
    complexity: Floats  # 0..1
    needs: Ints  # bit mask
    region: Ints
    vertical: Ints
    vendor: Ints
    source: Ints  # distributor, -1 when bought from the vendor
    carrier: Ints  # position in the team of the member who buys the product
    market: Ints  # marketplace through which the customer came, -1 for none
    network: Ints  # of the marketplace, else the first that brokered an ally, else where the first ally was met, -1 for none
    network_uid: Ints  # its uid
    tie: Ints  # P x TEAM_SIZE, tie of the owner with each ally, -1 for none
    quality: Floats  # expected quality of the team, 0..1
    trust: Floats  # mean trust in the team before the deal, 0..1
    win_probability: Floats  # as expected when the bid was made
    coordination: Floats  # coordination cost, US dollars
    broker: Ints  # P x TEAM_SIZE, network that brokered each ally, -1 for none
    brokerage: Floats  # P x TEAM_SIZE, take rate owed to that network on the ally's work, US dollars
    attempt: Ints  # 0 the partner whom the customer knew, 1 re-offered
    alone: Bools  # the owner could have done it alone
    certified: Floats  # certification of the carrier, 0..1


class Agreements(NamedTuple):
    """One row an agreement between two of vendor, distributor, marketplace, network."""

    used: Bools
    uid: Ints
    kind: Ints  # index into AGREEMENT_KINDS
    first: Ints  # row of the vendor
    second: Ints  # row of the distributor, marketplace, other vendor or network
    started: Ints  # month
    value_first: Floats  # average value a month to the first party, US dollars
    value_second: Floats  # average value a month to the second party, US dollars
    below: Ints  # quarters in a row that either value was below its cost


def empty_ties(n: int) -> Ties:
    """N free rows."""
    return empty(Ties, n, fill={"alliance": -1, "met": -1, "met_uid": -1, "last": NEVER})


def empty_projects(n: int) -> Projects:
    """N free rows."""
    return empty(Projects, n, dict.fromkeys(("member", "member_uid", "work", "outside", "tie", "broker", "brokerage"), TEAM_SIZE))


def empty_agreements(n: int) -> Agreements:
    """N free rows."""
    return empty(Agreements, n)
