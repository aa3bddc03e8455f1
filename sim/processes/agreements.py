"""S15 Agreements among vendors, distributors, marketplaces and network hosts.

At the end of each quarter, pairs without an agreement estimate what one would be worth to each a month,
each with private noise, and sign when both expect more than its cost; agreements whose realised value to
either side stays below its cost for two quarters end.

- line card: the distributor expects its share of the vendor's channel sales at its margin; the vendor
  expects further reach on it, less the distributor's margin.
- listing: the marketplace expects a share of its jobs to use the vendor; the vendor expects sales from them.
  Tasks whose customer named a vendor can be posted only where it is listed (S3).
- technology alliance: two vendors whose products fit different skills expect joint solutions, for which further
  customers ask (S3).
- affiliation: a community or pure P2P network takes a vendor as sponsor; it expects the sponsorship, the vendor
  its members' purchases.

Reads vendors, distributors, marketplaces, networks; writes agreements, line cards, listings, networks.mix.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim.chance import Purpose, event_uid, normal, pair_uid, uniform
from sim.parameters import Par
from sim.state.networks import COMMUNITY, PURE_P2P
from sim.state.ties import AFFILIATION, LINE_CARD, LISTING, TECHNOLOGY_ALLIANCE, empty_agreements
from sim.world import World, extend


class AgreementTerms(NamedTuple):
    """Parameters of agreements."""

    line_card_cost_usd: Annotated[float, Par("US dollars a month", 0, 1e6, "assumed", "cost of a line card to each side")] = 600.0
    listing_cost_usd: Annotated[float, Par("US dollars a month", 0, 1e6, "assumed", "cost of a listing to each side")] = 100.0
    technology_cost_usd: Annotated[float, Par("US dollars a month", 0, 1e6, "assumed", "cost of a technology alliance to each vendor")] = 3_000.0
    affiliation_cost_usd: Annotated[float, Par("US dollars a month", 0, 1e6, "assumed", "cost of an affiliation to each side")] = 300.0
    further_reach: Annotated[float, Par("share", 0, 1, "assumed", "sales through a distributor that the vendor would not have had")] = 0.20
    vendor_margin: Annotated[float, Par("share of list price", 0, 1, "assumed", "vendor's contribution on a further sale")] = 0.30
    noise: Annotated[float, Par("ln", 0, 2, "assumed", "spread of each side's private estimate")] = 0.5
    joint_share: Annotated[float, Par("share of sales", 0, 0.2, "assumed", "sales that a joint solution is expected to add")] = 0.01
    sponsor_effect: Annotated[float, Par("share of purchases", 0, 0.5, "assumed", "further purchases that a sponsor expects of members")] = 0.03
    patience: Annotated[int, Par("quarters", 1, 40, "assumed", "quarters below cost before an agreement ends")] = 2
    look: Annotated[float, Par("share of pairs a quarter", 0, 1, "assumed: finite attention", "pairs that consider each other")] = 0.10


def expected_values(world: World, kind: int, first: int, second: int) -> tuple[float, float]:
    """What an agreement is worth a month to each of its parties, US dollars, as the market stands."""
    terms, vendors = world.parameters["agreements"], world.vendors
    if kind == LINE_CARD:
        distributors = world.distributors
        total = distributors.sales_year[distributors.active].sum()
        share = distributors.sales_year[second] / total if total > 0.0 else 1.0 / max(1, distributors.active.sum())
        held = distributors.sold[second, first] / 12.0
        sales = held if distributors.line_card[second, first] else share * vendors.channel_year[first] / 12.0
        gain = terms.further_reach * terms.vendor_margin - distributors.margin[second] * (1.0 - vendors.list_margin[first])
        return gain * sales, distributors.margin[second] * sales
    if kind == LISTING:
        jobs = world.marketplaces.value_month[second]
        sales = 0.5 * jobs * vendors.size[first]
        return terms.further_reach * terms.vendor_margin * sales, 0.02 * sales
    if kind == TECHNOLOGY_ALLIANCE:
        apart = float(np.abs(vendors.fit[first] - vendors.fit[second]).mean())
        sales = np.minimum(vendors.channel_year[first], vendors.channel_year[second]) / 12.0
        value = terms.joint_share * terms.vendor_margin * sales * 2.0 * apart
        return value, value
    spend = _member_purchases(world, second, first)
    payment = _sponsorship(world, second) * spend
    return terms.sponsor_effect * terms.vendor_margin * spend - payment, payment


def _sponsorship(world: World, network: int) -> float:
    return max(0.002, float(world.networks.sponsorship[network]))


def _member_purchases(world: World, network: int, vendor: int) -> float:
    inside = (world.memberships.network == network).any(axis=1)
    return float(world.relations.bought_year[inside, vendor].sum() / 12.0)


def _parties(world: World) -> list[tuple[int, int, int, int, int]]:
    """Every possible agreement: kind, first and second party's row, and their uids."""
    vendors = [v for v in range(world.vendors.uid.size) if world.vendors.active[v]]
    open_hosts = world.networks.open & np.isin(world.networks.kind, (PURE_P2P, COMMUNITY)) & (world.networks.broadcast > 0.0)
    hosts = [(int(m), int(world.networks.uid[m])) for m in np.flatnonzero(open_hosts)]
    out: list[Any] = []
    for v in vendors:
        uid = int(world.vendors.uid[v])
        out += [(LINE_CARD, v, d, uid, int(world.distributors.uid[d])) for d in np.flatnonzero(world.distributors.active)]
        out += [(LISTING, v, q, uid, int(world.marketplaces.uid[q])) for q in np.flatnonzero(world.marketplaces.active)]
        out += [(TECHNOLOGY_ALLIANCE, v, w, uid, int(world.vendors.uid[w])) for w in vendors if w > v]
        out += [(AFFILIATION, v, m, uid, of) for m, of in hosts]
    return [(k, int(a), int(b), x, y) for k, a, b, x, y in out]


COSTS = ("line_card_cost_usd", "listing_cost_usd", "technology_cost_usd", "affiliation_cost_usd")


def sign(world: World, kind: int, first: int, second: int, uids: tuple[int, int]) -> None:
    """Make an agreement and put it into force."""
    agreements = world.agreements
    free = np.flatnonzero(~agreements.used)
    if free.size == 0:
        world.agreements = agreements = extend(agreements, 64, empty_agreements)
        free = np.flatnonzero(~agreements.used)
    row = free[0]
    agreements.used[row], agreements.kind[row], agreements.first[row], agreements.second[row] = True, kind, first, second
    agreements.uid[row] = event_uid(world.month, pair_uid(uids[0], uids[1] + (kind + 1) * 2**40), kind)
    agreements.started[row], agreements.below[row] = world.month, 0
    agreements.value_first[row], agreements.value_second[row] = expected_values(world, kind, first, second)
    _put_in_force(world, kind, first, second, True)
    world.record("agreement_signed", month=world.month, agreement=agreements.uid[row], kind=kind, first=uids[0], second=uids[1])


def _put_in_force(world: World, kind: int, first: int, second: int, on: bool) -> None:
    if kind == LINE_CARD:
        world.distributors.line_card[second, first] = on
    elif kind == LISTING:
        world.marketplaces.listed[second, first] = on
    elif kind == AFFILIATION:
        world.networks.mix[second, first] = 1.0 if on else 0.0
        sponsors = world.networks.mix[second] > 0.0
        if sponsors.any():
            world.networks.mix[second, sponsors] = 1.0 / sponsors.sum()


def end(world: World, row: int, reason: int) -> None:
    """End an agreement; reason 0 value, 1 a party left."""
    agreements = world.agreements
    world.record("agreement_ended", month=world.month, agreement=agreements.uid[row], reason=reason)
    _put_in_force(world, int(agreements.kind[row]), int(agreements.first[row]), int(agreements.second[row]), False)
    agreements.used[row] = False


def run(world: World) -> None:
    """At the end of a quarter, review what stands and sign what both want."""
    if not world.switches.agreements or world.month % 3 != 2:
        return
    terms, agreements = world.parameters["agreements"], world.agreements
    for row in sorted(np.flatnonzero(agreements.used), key=lambda r: int(agreements.uid[r])):
        kind = int(agreements.kind[row])
        values = expected_values(world, kind, int(agreements.first[row]), int(agreements.second[row]))
        agreements.value_first[row] += 0.5 * (values[0] - agreements.value_first[row])
        agreements.value_second[row] += 0.5 * (values[1] - agreements.value_second[row])
        poor = min(agreements.value_first[row], agreements.value_second[row]) < getattr(terms, COSTS[kind])
        agreements.below[row] = agreements.below[row] + 1 if poor else 0
        if agreements.below[row] >= terms.patience:
            end(world, int(row), 0)
    standing = {(int(agreements.kind[r]), int(agreements.first[r]), int(agreements.second[r])) for r in np.flatnonzero(agreements.used)}
    for kind, first, second, uid_1, uid_2 in _parties(world):
        if (kind, first, second) in standing:
            continue
        pair = pair_uid(uid_1, uid_2 + (kind + 1) * 2**40)
        if not consider(world, kind, first, second, int(pair)):
            continue
        sign(world, kind, first, second, (uid_1, uid_2))


def consider(world: World, kind: int, first: int, second: int, pair: int) -> bool:
    """Whether two parties meet this quarter and both expect an agreement to be worth more than its cost."""
    terms = world.parameters["agreements"]
    if uniform(world.key, int(Purpose.AGREEMENT), pair) >= terms.look:
        return False
    cost = getattr(terms, COSTS[kind])
    values = expected_values(world, kind, first, second)
    return all(
        value * np.exp(terms.noise * normal(world.key, int(Purpose.AGREEMENT_NOISE), pair, side)) > cost for side, value in enumerate(values)
    )
