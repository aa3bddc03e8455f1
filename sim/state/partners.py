"""Partners: the firms of the channel, and what each knows of every vendor and network."""

from typing import NamedTuple

import numpy as np

from sim.state.table import Bools, Floats, Ints, empty

BUSINESS_TYPES = ("reseller", "msp", "isv", "si", "consultant")
MEMBERSHIP_SLOTS = 12  # memory bound on simultaneous memberships; attention cost binds long before
NEVER = -(10**6)  # a month before any other: never yet


class Partners(NamedTuple):
    """One row a partner, N rows; rows of firms that left have ``alive`` False."""

    uid: Ints  # permanent identity
    alive: Bools
    entered: Ints  # month of entry, negative for founders older than the run
    staff: Floats  # full-time equivalents
    clients: Floats  # client base, in the staff that its demand would keep busy at normal load
    business_type: Ints  # index into BUSINESS_TYPES
    region: Ints  # home region, 0..R-1
    reach: Ints  # bit mask of regions served, home included
    verticals: Ints  # bit mask of verticals served
    taste: Floats  # multiplies the firm's attention cost of a membership, 1 = average
    cash: Floats  # US dollars
    backlog: Floats  # work sold and not yet done, US dollars of work
    utilisation: Floats  # 3-month average of work done / capacity, 0..1
    reputation: Floats  # average success of past work as customers see it, 0..1
    rating: Floats  # public rating on marketplaces, 0..1
    rated: Ints  # number of ratings received
    months_negative: Ints  # months in a row with cash below zero
    margin_month: Floats  # gross margin booked this month, US dollars
    margin_ewma: Floats  # 6-month average gross margin a month, US dollars
    revenue_month: Floats  # revenue booked this month net of subcontracting, US dollars
    revenue_year: Floats  # 12-month running revenue, US dollars
    allied_year: Floats  # the part of revenue_year from work done with other partners, US dollars
    won_month: Floats  # work won this month, US dollars of work


class Relations(NamedTuple):
    """One entry a partner and vendor, N x V."""

    carried: Bools
    since: Ints  # month taken on
    experience: Floats  # X, own experience, -1..1
    attitude: Floats  # A, expressed attitude, -1..1
    expectation: Floats  # E, expected performance
    bought_year: Floats  # 12-month running purchases at list price, US dollars
    bought_month: Floats  # purchases this month at list price, US dollars
    bought_quarter: Floats  # purchases this quarter, US dollars
    margin_month: Floats  # product margin realised this month, US dollars
    benefit_month: Floats  # rebates, MDF and bonuses received this month, US dollars
    leads: Floats  # demand for this vendor bought with its MDF and not yet asked, US dollars
    bids_month: Floats  # bids this month
    conflicts_month: Floats  # bids this month in which the vendor's direct sales competed
    tier: Ints  # 0 registered, 1, 2
    certification: Floats  # share of the vendor's certification held, 0..1
    last_bought: Ints  # month of the last purchase


class Memberships(NamedTuple):
    """One entry a partner and slot, N x MEMBERSHIP_SLOTS; ``network`` is -1 where the slot is free."""

    network: Ints  # row of the network
    joined: Ints  # month
    cohort: Ints  # cohort within the network
    capital: Floats  # Z, network-specific capital, in months of typical use
    value: Floats  # average value a month credited to the network, US dollars
    value_month: Floats  # value credited this month, US dollars
    uses_month: Floats  # uses this month (joint deals, jobs, sessions attended)


class Knowledge(NamedTuple):
    """What a partner can do and has heard of, N rows."""

    skills: Floats  # N x K, level 0..1
    aware: Bools  # N x M, has heard of the network
    sourced: Floats  # N x D, 12-month running purchases from each distributor, US dollars
    sourced_month: Floats  # N x D, purchases from each distributor this month, US dollars
    can: Ints  # N, bit mask: skills held (bits 0..K-1) and vendors carried (bits K..K+V-1)


def empty_partners(n: int) -> Partners:
    """N rows in which nobody lives."""
    return empty(Partners, n)


def empty_relations(n: int, vendors: int) -> Relations:
    """No relations; never bought."""
    return empty(Relations, n, vendors, {"last_bought": NEVER})


def empty_memberships(n: int) -> Memberships:
    """No memberships."""
    return empty(Memberships, n, MEMBERSHIP_SLOTS, {"network": -1})


def empty_knowledge(n: int, skills: int, networks: int, distributors: int) -> Knowledge:
    """No skills, nothing heard of."""
    return Knowledge(
        skills=np.zeros((n, skills)),
        aware=np.zeros((n, networks), np.bool_),
        sourced=np.zeros((n, distributors)),
        sourced_month=np.zeros((n, distributors)),
        can=np.zeros(n, np.int64),
    )
