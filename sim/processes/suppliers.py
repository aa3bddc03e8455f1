"""The drawn world of vendors, distributors and marketplaces, which differ persistently from each other.

Vendors that did not differ in support and margin would leave peers nothing to disagree on.  What a plan
gives is taken; the rest is drawn from the replication's key and the uid.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.chance import Purpose, normal, uniform
from sim.parameters import Par
from sim.plan import Plan
from sim.state.suppliers import ARMS, empty_distributors, empty_marketplaces, empty_programmes, empty_vendors
from sim.world import World


class SupplierWorld(NamedTuple):
    """Parameters of how suppliers are drawn."""

    list_margin: Annotated[float, Par("share", 0, 0.5, "product about 12 % (6-15), IPED 2019", "mean list margin")] = 0.12
    list_margin_sd: Annotated[float, Par("share", 0, 0.2, "assumed; trial .012-.02", "spread of list margins")] = 0.012
    rebate_1: Annotated[float, Par("share", 0, 0.3, "rebates 1-5 %, assumed within", "rebate in tier 1")] = 0.01
    rebate_2: Annotated[float, Par("share", 0, 0.3, "as above", "rebate in tier 2")] = 0.03
    mdf: Annotated[float, Par("share of purchases", 0, 0.2, "co-op and MDF 1-5 % of purchases", "market development funds")] = 0.01
    support: Annotated[float, Par("quality", 0, 1, "assumed", "mean quality of support")] = 0.5
    support_sd: Annotated[float, Par("quality", 0, 0.5, "assumed; trial .25", "spread of support")] = 0.2
    training: Annotated[float, Par("quality", 0, 1, "assumed", "mean quality of training")] = 0.5
    training_sd: Annotated[float, Par("quality", 0, 0.5, "assumed", "spread of training")] = 0.15
    conflict: Annotated[float, Par("probability a bid", 0, 1, "assumed", "mean direct-sale conflict rate")] = 0.06
    conflict_sd: Annotated[float, Par("ln", 0, 2, "assumed", "spread of conflict rates")] = 0.4
    openness: Annotated[float, Par("share", 0, 1, "assumed", "mean openness of vendors")] = 0.5
    size_zipf: Annotated[float, Par("exponent", 0, 3, "assumed", "how unequal vendors' names are")] = 0.6
    fit_low: Annotated[float, Par("share", 0, 1, "assumed", "fit of a vendor's product with a skill outside its core")] = 0.25
    fit_core: Annotated[float, Par("probability", 0, 1, "assumed", "a skill is in a vendor's core")] = 0.4
    fee_share: Annotated[float, Par("share", 0, 0.5, "assumed", "referral or co-sell fee on product")] = 0.10
    goods_cost: Annotated[float, Par("share of list price", 0, 1, "assumed", "vendor's cost of goods")] = 0.45
    distributor_margin: Annotated[float, Par("share of sales", 0, 0.3, "5.45-5.65 %, Ingram Micro 2007-08", "distributor's gross margin")] = 0.055
    distributor_margin_sd: Annotated[float, Par("share of sales", 0, 0.1, "assumed", "spread of distributors' margins")] = 0.004
    line_card: Annotated[float, Par("probability", 0, 1, "assumed", "a distributor carries a vendor at the start")] = 0.7
    distributor_regions: Annotated[float, Par("probability", 0, 1, "assumed", "a distributor serves a region")] = 0.8


def _clip(x: float, low: float, high: float) -> float:
    return min(high, max(low, x))


def draw_suppliers(world: World, plan: Plan, parameters: SupplierWorld) -> None:
    """Write vendors, programmes, distributors and marketplaces; what the plan gives overrides what is drawn."""
    size = plan.size
    of_vendors, of_fit = world.key_of("vendors", plan.redraw), world.key_of("vendor_fit", plan.redraw)
    of_distributors, of_cards = world.key_of("distributors", plan.redraw), world.key_of("line_cards", plan.redraw)
    world.vendors = empty_vendors(size.vendors, size.skills)
    world.programmes = empty_programmes(size.vendors)
    world.distributors = empty_distributors(size.distributors, size.vendors)
    world.marketplaces = empty_marketplaces(size.marketplaces, size.vendors)
    for v in range(size.vendors):
        _draw_vendor(world.vendors, v, of_vendors, of_fit, parameters, size.skills)
        _override(world.vendors, v, plan.vendors)
    world.vendors.size[:] /= max(1e-12, world.vendors.size.sum())
    for d in range(size.distributors):
        _draw_distributor(world, d, of_distributors, of_cards, parameters)
        _override(world.distributors, d, plan.distributors)
    for q in range(size.marketplaces):
        _draw_marketplace(world.marketplaces, q, world.world_key)
        _override(world.marketplaces, q, plan.marketplaces)


def _draw_vendor(vendors, v: int, key, of_fit, p: SupplierWorld, skills: int) -> None:
    def z(j: int) -> float:
        return normal(key, int(Purpose.VENDOR_WORLD), v, j)

    vendors.uid[v], vendors.active[v] = v, True
    vendors.size[v] = 1.0 / (v + 1.0) ** p.size_zipf
    vendors.list_margin[v] = _clip(p.list_margin + p.list_margin_sd * z(0), 0.0, 0.5)
    vendors.rebate_1[v], vendors.rebate_2[v], vendors.mdf[v] = p.rebate_1, p.rebate_2, p.mdf
    vendors.support[v] = _clip(p.support + p.support_sd * z(1), 0.02, 0.98)
    vendors.training[v] = _clip(p.training + p.training_sd * z(2), 0.02, 0.98)
    vendors.conflict[v] = _clip(p.conflict * np.exp(p.conflict_sd * z(3) - 0.5 * p.conflict_sd**2), 0.0, 0.9)
    vendors.openness[v] = _clip(p.openness + 0.2 * z(4), 0.05, 0.95)
    vendors.fee_share[v], vendors.goods_cost[v] = p.fee_share, p.goods_cost
    vendors.arms[v] = 1.0 / len(ARMS)
    for k in range(skills):
        core = uniform(of_fit, int(Purpose.VENDOR_WORLD), v, 1000 + 2 * k) < p.fit_core
        level = uniform(of_fit, int(Purpose.VENDOR_WORLD), v, 1001 + 2 * k)
        vendors.fit[v, k] = 0.6 + 0.4 * level if core else min(1.0, p.fit_low * (0.5 + level))


def _draw_distributor(world: World, d: int, key, of_cards, p: SupplierWorld) -> None:
    distributors = world.distributors
    distributors.uid[d], distributors.active[d] = d, True
    distributors.margin[d] = _clip(p.distributor_margin + p.distributor_margin_sd * normal(key, int(Purpose.VENDOR_WORLD), 5_000 + d, 0), 0.0, 0.3)
    distributors.credit[d] = uniform(key, int(Purpose.VENDOR_WORLD), 5_000 + d, 10)
    distributors.service[d] = uniform(key, int(Purpose.VENDOR_WORLD), 5_000 + d, 11)
    for region in range(world.size.regions):
        if uniform(of_cards, int(Purpose.VENDOR_WORLD), 5_000 + d, 100 + region) < p.distributor_regions:
            distributors.regions[d] |= 1 << region
    for vertical in range(world.size.verticals):
        if uniform(of_cards, int(Purpose.VENDOR_WORLD), 5_000 + d, 300 + vertical) < 0.4:
            distributors.verticals[d] |= 1 << vertical


def _draw_marketplace(marketplaces, q: int, key) -> None:
    marketplaces.uid[q], marketplaces.active[q] = q, True
    marketplaces.take_rate[q] = 0.10
    marketplaces.verification[q] = 0.4 + 0.4 * uniform(key, int(Purpose.VENDOR_WORLD), 9_000 + q, 0)
    marketplaces.reach[q] = np.exp(0.3 * normal(key, int(Purpose.VENDOR_WORLD), 9_000 + q, 3))
    marketplaces.max_complexity[q], marketplaces.price_level[q] = 1.0, 0.9


def _override(table, row: int, given: tuple[dict[str, float], ...]) -> None:
    if row >= len(given):
        return
    for field, value in given[row].items():
        if field.startswith("arm_"):
            table.arms[row, ARMS.index(field.removeprefix("arm_"))] = value
        else:
            getattr(table, field)[row] = value
