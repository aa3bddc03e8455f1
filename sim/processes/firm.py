"""The economics of one partner that several processes share: capacity, overhead, outside option.

A firm sells product, on which it earns a thin margin, and services, which take its people's time.  Work is measured in
US dollars of services; selling product takes a fifth of its value in work.  Staff at normal load earn the reference
margin; capacity lies above it by 1 / headroom.  Overhead is mostly pay, and most of it follows the firm's own margin.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.compiled import allocating_kernel, leaf
from sim.parameters import Par


class Firm(NamedTuple):
    """Parameters of a firm's economics."""

    revenue_per_staff_usd: Annotated[float, Par("US dollars a month per staff", 1_000, 100_000, "assumed; trial 13,000", "revenue at normal load")] = 13_000.0
    services_share: Annotated[float, Par("share", 0.05, 0.95, "assumed; trial .40", "mean services share of revenue")] = 0.40
    services_margin: Annotated[float, Par("share", 0.2, 0.8, "services about 45-60 %, IPED 2019", "gross margin on services")] = 0.60
    product_margin: Annotated[float, Par("share", 0.02, 0.3, "product about 12 % (6-15), IPED 2019", "reference gross margin on product")] = 0.12
    product_work: Annotated[float, Par("work per US dollar of product", 0, 1, "assumed; trial .2", "work that selling product takes")] = 0.20
    headroom: Annotated[float, Par("share", 0.5, 1, "assumed; trial .85", "normal load as a share of capacity")] = 0.85
    overhead: Annotated[float, Par("share of reference margin", 0, 1.5, "assumed; set on S2 (exit 10-15 % a year); trial .62", "overhead at normal load, most of it pay")] = 0.85
    variable_pay: Annotated[float, Par("share", 0, 1, "assumed; trial .8: lumpy income ruins small firms else", "part of overhead that follows the firm's margin")] = 0.80
    cash_at_entry: Annotated[float, Par("months of overhead", 0, 60, "assumed; trial 9", "cash of an entrant")] = 9.0
    cash_kept: Annotated[float, Par("months of overhead", 0, 60, "assumed; trial 9", "cash above which dividends are paid")] = 9.0
    backlog_limit: Annotated[float, Par("months of capacity", 0.5, 24, "assumed; trial 4", "most work that a firm takes on ahead")] = 4.0
    outside_weight: Annotated[float, Par("share", 0, 1.5, "assumed; trial .5; swept in every study", "omega of the outside option")] = 0.5
    outside_curve: Annotated[float, Par("exponent", 0, 12, "assumed; trial 4; swept in every study", "kappa of the outside option")] = 4.0
    skill_threshold: Annotated[float, Par("level", 0.05, 0.95, "assumed; trial .35", "level at which a skill counts as held")] = 0.35


@leaf
def work_of(product, services, firm):
    """Work in a deal, US dollars of work: services plus a part of the product."""
    return services + firm.product_work * product


@leaf
def capacity(staff, firm):
    """Work that ``staff`` people do in a month, US dollars of work."""
    mix = firm.services_share + firm.product_work * (1.0 - firm.services_share)
    return staff * firm.revenue_per_staff_usd * mix / firm.headroom


@leaf
def reference_margin(staff, firm):
    """Gross margin a month at normal load, US dollars."""
    mix = firm.services_share * firm.services_margin + (1.0 - firm.services_share) * firm.product_margin
    return staff * firm.revenue_per_staff_usd * mix


@leaf
def overhead(staff, margin, firm):
    """Overhead a month, US dollars: a fixed part, and pay that follows the firm's average margin."""
    reference = reference_margin(staff, firm)
    load = min(1.15, max(0.0, margin / reference)) if reference > 0.0 else 0.0
    return firm.overhead * reference * (1.0 - firm.variable_pay + firm.variable_pay * load)


@allocating_kernel
def overheads(staff, margin, firm):
    """``overhead`` of several firms, US dollars a month each."""
    out = np.empty(staff.size)
    for n in range(staff.size):
        out[n] = overhead(staff[n], margin[n], firm)
    return out


@leaf
def outside_option(work, utilisation, firm):
    """What ``work`` US dollars of work would earn otherwise: d = omega util^kappa x margin x work.

    The shadow price of capacity: an idle firm gives up nothing, a busy one nearly its normal margin.
    """
    mix_margin = firm.services_share * firm.services_margin + (1.0 - firm.services_share) * firm.product_margin
    mix_work = firm.services_share + firm.product_work * (1.0 - firm.services_share)
    return firm.outside_weight * min(1.0, utilisation) ** firm.outside_curve * mix_margin / mix_work * work


@leaf
def room_for(work, backlog, staff, firm):
    """Whether a firm can take on that much work more."""
    return backlog + work <= firm.backlog_limit * capacity(staff, firm)


@leaf
def logistic(x):
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + np.exp(-x))
