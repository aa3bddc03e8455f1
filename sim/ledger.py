"""Money in double entry: every flow has a payer and a payee.

``pay`` takes from one balance and gives to another, so the sum of all balances never changes.  Firms'
balances are the ``cash`` columns of their tables; customers, households (wages and overhead),
manufacturers (cost of goods) and owners are the four outer accounts.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.compiled import leaf
from sim.state.table import Floats


class Outer(IntEnum):
    """Accounts outside the channel."""

    CUSTOMERS = 0
    HOUSEHOLDS = 1
    MANUFACTURERS = 2
    OWNERS = 3


class Flow(IntEnum):
    """What a payment is for (payer -> payee)."""

    SALE = 0  # customer -> partner who contracts
    SUBCONTRACT = 1  # partner who contracts -> ally
    PURCHASE_DIRECT = 2  # partner -> vendor
    PURCHASE_DISTRIBUTOR = 3  # partner -> distributor
    DISTRIBUTOR_SUPPLY = 4  # distributor -> vendor
    VENDOR_CONTRACT = 5  # customer -> vendor, where the vendor contracts (referral, co-sell)
    PARTNER_FEE = 6  # vendor -> partner, referral or co-sell fee
    DIRECT_SALE = 7  # customer -> vendor, sold past the partners
    TASK_FEE = 8  # partner -> network, take rate of what it brokered (a marketplace keeps its books in its network)
    DUES = 9  # partner -> network
    SPONSORSHIP = 10  # vendor or distributor -> network
    REBATE = 11  # vendor -> partner
    MDF = 12  # vendor -> partner
    LEAD_SPEND = 13  # partner -> households, MDF spent on finding customers
    DELIVERY = 14  # partner -> households, wages for services
    OVERHEAD = 15  # partner -> households
    COORDINATION = 16  # partner -> households, cost of working together
    FORM_COST = 17  # partner -> households, setting up or keeping an alliance
    BID_COST = 18  # partner -> households
    GOODS = 19  # vendor -> manufacturers
    PROGRAMME = 20  # vendor -> households, training and conflict reduction
    NETWORK_SPEND = 21  # network -> households
    SUPPLIER_COST = 22  # distributor -> households, cost of operations
    REFUND = 23  # partner -> customer, failed work
    CAPITAL = 24  # owners -> firm
    DIVIDEND = 25  # firm -> owners
    LIQUIDATION = 26  # firm -> owners, what is left (or owed) at exit


class Ledger(NamedTuple):
    """The outer accounts and this month's flows."""

    outer: Floats  # len(Outer), US dollars, cumulative
    flows: Floats  # len(Flow), US dollars this month


def empty_ledger() -> Ledger:
    """Nothing paid yet."""
    return Ledger(np.zeros(len(Outer)), np.zeros(len(Flow)))


@leaf
def pay(flows, purpose, payer, i, payee, j, amount):
    """Move ``amount`` US dollars from balance ``payer[i]`` to ``payee[j]`` and book its purpose."""
    payer[i] -= amount
    payee[j] += amount
    flows[purpose] += amount
