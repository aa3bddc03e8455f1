"""The market's own state, and what a month's opportunities and bids look like while they last."""

from typing import NamedTuple

import numpy as np

from sim.state.table import Bools, Floats, Ints, empty
from sim.state.ties import TEAM_SIZE


class Market(NamedTuple):
    """What belongs to nobody."""

    popularity: Floats  # K, how often customers ask for each skill, sums to 1
    renewed: Ints  # K, month in which the technology behind each skill was last replaced
    norm: Floats  # 1, what partners in the market expect of a vendor (mean performance, 12-month average)
    asked_value: Floats  # 1, demand this month, US dollars
    unserved_value: Floats  # 1, demand this month that nobody could or would serve, US dollars
    lost_value: Floats  # 1, demand this month lost to competitors outside the channel, US dollars
    volume: Floats  # 1, demand per client relative to the first month after burn-in
    solo_profit: Floats  # 2, this month: surplus of joint deals over outside options, sum of outside options


class Opportunities(NamedTuple):
    """Customers' opportunities of one month, O rows."""

    uid: Ints
    owner: Ints  # row of the partner that is asked
    known: Ints  # row of the partner that the customer knows
    priority: Floats  # order in which conflicts are settled, lowest first
    value: Floats  # price, US dollars
    product: Floats  # US dollars at list price
    services: Floats  # US dollars
    needs: Ints  # bit mask of skills (0..K-1) and specified vendors (K..K+V-1)
    skills: Ints  # number of skills needed
    complexity: Floats  # 0..1
    region: Ints
    vertical: Ints
    rivals: Ints  # competitors outside the channel
    market: Ints  # marketplace on which it is posted, -1 for none
    open: Bools  # still to be served
    won: Bools  # a partner won it
    offered: Bools  # somebody made an offer that could be delivered


class Bids(NamedTuple):
    """How each opportunity is to be served, O rows."""

    size: Ints  # members so far; 0 = no bid
    member: Ints  # O x TEAM_SIZE, rows, the owner first
    task: Ints  # O x TEAM_SIZE, bit mask of what each member does
    outside: Floats  # O x TEAM_SIZE, outside option of each member, US dollars
    met: Ints  # O x TEAM_SIZE, network through which the member was found, -1 for none
    missing: Ints  # bit mask still to be covered
    refused: Ints  # refusals so far
    ready: Bools  # covered and within capacity
    alone: Bools  # the owner can do it alone
    coordination: Floats  # US dollars
    brokerage: Floats  # O x TEAM_SIZE, take rate owed to the network that brokered each ally, US dollars
    trust: Floats  # mean trust between owner and allies, 1 alone
    quality: Floats  # 0..1
    vendor: Ints
    carrier: Ints  # position in the team
    source: Ints  # distributor, -1 = vendor
    conflict: Bools  # the vendor's direct sales compete
    won: Bools
    chance: Floats  # probability of winning


def empty_opportunities(n: int) -> Opportunities:
    """N opportunities yet to be described."""
    return empty(Opportunities, n)


def empty_bids(n: int) -> Bids:
    """No bids yet."""
    wide = dict.fromkeys(("member", "task", "outside", "met", "brokerage"), TEAM_SIZE)
    return empty(Bids, n, wide, {"member": -1, "met": -1, "vendor": -1, "source": -1, "trust": 1.0})


def empty_market(skills: int) -> Market:
    """No demand yet, at its normal volume."""
    asked, unserved, lost, norm = (np.zeros(1) for _ in range(4))
    return Market(np.zeros(skills), np.zeros(skills, np.int64), norm, asked, unserved, lost, np.ones(1), np.zeros(2))
