"""The monthly series: what is measured of the whole world at the end of each month.

Names, units and meanings are in ``sim.observe.catalogue``.  Only living partners count.
"""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ledger import Flow
from sim.observe import measures
from sim.processes.firm import overheads
from sim.state.networks import KINDS
from sim.state.ties import ACQUAINTANCE, AGREEMENT_KINDS, FORMS
from sim.world import World

MONTHS = 12
Values = dict[str, float]


class Memory:
    """What the observer remembers: who was there last month, and the line cards of the last 12 months.

    Snapshots are never written to, so copies share them.
    """

    def __init__(self) -> None:
        self.line_cards: deque[tuple[NDArray[np.int64], NDArray[np.bool_]]] = deque(maxlen=MONTHS)
        self.partners: NDArray[np.int64] | None = None
        self.networks: NDArray[np.int64] | None = None

    def copy(self) -> "Memory":
        """An independent copy, for a branch of the run."""
        twin = Memory()
        twin.line_cards = self.line_cards.copy()
        twin.partners, twin.networks = self.partners, self.networks
        return twin

    def remember(self, world: World) -> None:
        """Take note of the month that has just ended; ``observe`` does so by itself."""
        alive = np.flatnonzero(world.partners.alive)
        self.partners, self.networks = world.partners.uid[alive], world.networks.uid[world.networks.open]
        self.line_cards.append((self.partners, world.relations.carried[alive]))


def observe(world: World, memory: Memory | None = None, month: int | None = None) -> Values:
    """All series of the month that has just ended.

    Parameters
    ----------
    world : World
        At the end of a month; nothing in it is changed.
    memory : Memory, optional
        Handed in every month; without it the series that look back (retention, entries, exits, networks
        opened and closed) are NaN.
    month : int, optional
        The month that has just ended; ``world.month - 1`` when left out, as the clock already shows the next.

    Returns
    -------
    dict of str to float
        The same names in the same order every month; NaN where undefined.
    """
    month = world.month - 1 if month is None else month
    alive = np.flatnonzero(world.partners.alive)
    found = (
        _population(world, alive)
        | _changes(world, alive, memory)
        | _networks(world, alive)
        | _alliances(world, alive)
        | _agreements(world)
        | _loyalty(world, alive, month)
        | _retention(world, alive, memory, month)
        | _market(world)
        | _flows(world)
        | _money(world, alive)
    )
    if memory is not None:
        memory.remember(world)
    return found


def _mean(values: Any) -> float:
    return float(values.mean()) if values.size else np.nan


def _spread(attitude: NDArray[np.float64], carried: NDArray[np.bool_], liking: Any, carriers: Any) -> float:
    """Standard deviation of attitudes around the mean of each vendor's partners."""
    around = liking / np.maximum(1, carriers)
    return float(np.sqrt(_mean((attitude - around)[carried] ** 2)))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0.0 else np.nan


def _population(world: World, alive: NDArray[np.int64]) -> Values:
    partners = world.partners
    staff = partners.staff[alive]
    revenue = partners.revenue_year[alive]
    return {
        "partners": float(alive.size),
        "staff_mean": _mean(staff),
        "staff_below_50": _mean(staff < 50.0),
        "utilisation": _mean(partners.utilisation[alive]),
        "revenue_month": float(partners.revenue_month[alive].sum()),
        "margin_month": float(partners.margin_month[alive].sum()),
        "revenue_top_20": measures.top_share(revenue),
        "joint_share": _ratio(partners.allied_year[alive].sum(), revenue.sum()),
    }


def _gone(before: NDArray[np.int64] | None, now: NDArray[np.int64]) -> tuple[float, float]:
    """How many came and how many went, NaN when nothing is remembered."""
    if before is None:
        return np.nan, np.nan
    stayed = np.isin(now, before, assume_unique=True).sum()
    return float(now.size - stayed), float(before.size - stayed)


def _changes(world: World, alive: NDArray[np.int64], memory: Memory | None) -> Values:
    came, went = _gone(memory.partners if memory else None, world.partners.uid[alive])
    opened, closed = _gone(memory.networks if memory else None, world.networks.uid[world.networks.open])
    return {"entries": came, "exits": went, "networks_opened": opened, "networks_closed": closed}


def _networks(world: World, alive: NDArray[np.int64]) -> Values:
    networks = world.networks
    joined = world.memberships.network[alive]
    inside = joined >= 0
    per_partner = inside.sum(axis=1)
    members = np.bincount(joined[inside], minlength=networks.uid.size)
    open_rows = np.flatnonzero(networks.open)
    kinds = networks.kind[open_rows]
    count = measures.count_by_kind(kinds, len(KINDS))
    by_kind = measures.count_by_kind(networks.kind, len(KINDS), members)
    value = measures.count_by_kind(kinds, len(KINDS), networks.value_month[open_rows])
    sizes = members[open_rows]
    out = {
        "networks": float(open_rows.size),
        "memberships": float(per_partner.sum()),
        "memberships_per_partner": _mean(per_partner),
        "members_share": _mean(per_partner > 0),
        "multi_homers_share": measures.multi_homers_share(per_partner),
        "multi_homers_mean": measures.multi_homers_mean(per_partner),
        "network_largest": float(sizes.max(initial=0)),
        "network_median": float(np.median(sizes)) if sizes.size else np.nan,
        "kind_diversity": measures.shannon(count),
        "member_diversity": measures.shannon(by_kind),
    }
    for k, kind in enumerate(KINDS):
        out[f"networks_{kind}"] = float(count[k])
        out[f"members_{kind}"] = float(by_kind[k])
        out[f"value_{kind}"] = float(value[k])
    return out


def _alliances(world: World, alive: NDArray[np.int64]) -> Values:
    ties, partners = world.ties, world.partners
    used = np.flatnonzero(ties.used)
    by_form = measures.alliances_by_form(ties.form[used], len(FORMS))
    edge = used[ties.form[used] > ACQUAINTANCE]
    position = np.full(partners.uid.size, -1)
    position[alive] = np.arange(alive.size)
    a, b = position[ties.a[edge]], position[ties.b[edge]]
    allies = measures.degrees(a, b, alive.size)
    skills = world.size.skills
    can = world.knowledge.can[alive]
    clients = partners.clients[alive]
    own = {
        "reach_skills": can & ((1 << skills) - 1),
        "reach_vendors": can >> skills,
        "reach_verticals": partners.verticals[alive],
        "reach_regions": partners.reach[alive],
    }
    out = {
        "alliances": float(edge.size),
        **{f"alliances_{form}": float(by_form[k]) for k, form in enumerate(FORMS) if k > ACQUAINTANCE},
        "acquaintances": float(by_form[ACQUAINTANCE]),
        "direct_pairs": float((ties.used & ties.direct).sum()),
        "allied_partners": _mean(allies > 0),
        "degree_mean": _mean(allies),
        "largest_component": measures.largest_component_share(a, b, alive.size),
        "trust": _mean(0.5 * (ties.trust_ab[edge] + ties.trust_ba[edge])),
        **{name: _mean(measures.reach_gained(a, b, mask)) for name, mask in own.items()},
        "reach_clients": _ratio(clients[a].sum() + clients[b].sum(), alive.size),
        "synergy_surplus": float(world.market.solo_profit[0]),
        "synergy_outside": float(world.market.solo_profit[1]),
    }
    return out


def _agreements(world: World) -> Values:
    kinds = world.agreements.kind[world.agreements.used]
    return {f"agreements_{kind}": float((kinds == k).sum()) for k, kind in enumerate(AGREEMENT_KINDS)}


def _loyalty(world: World, alive: NDArray[np.int64], month: int) -> Values:
    relations = world.relations
    carried, attitude = relations.carried[alive], relations.attitude[alive]
    bought = relations.bought_year[alive]
    shares = measures.shares_of_wallet(bought)
    wallet = measures.wallet(bought)
    carriers = carried.sum(axis=0)
    liking = np.where(carried, attitude, 0.0).sum(axis=0)
    cells = measures.dick_basu(attitude, shares, carried)
    sales = world.vendors.channel_year
    active = measures.active_vendors(relations.last_bought[alive], month, MONTHS)
    out = {
        "attitude": _ratio(liking.sum(), carriers.sum()),
        "attitude_spread": _spread(attitude, carried, liking, carriers),
        "experience": _mean(relations.experience[alive][carried]),
        "vendor_hhi": measures.hhi(sales),
        "wallet_hhi": measures.row_hhi(shares),
        "buying_partners": _mean(shares.any(axis=1)),
        "line_card": _ratio(carriers.sum(), alive.size),
        "active_vendors_median": float(np.median(active)) if active.size else np.nan,
        "satisfied_share": measures.satisfied_share(attitude, bought, carried),
    }
    for name, share in zip(measures.LOYALTIES, measures.dick_basu_shares(cells[carried]), strict=True):
        out[f"dick_basu_{name}"] = float(share)
    for v in range(wallet.size):
        out[f"wallet_{v}"] = float(wallet[v])
        out[f"market_share_{v}"] = _ratio(sales[v], sales.sum())
        out[f"carriers_{v}"] = _ratio(carriers[v], alive.size)
        out[f"attitude_{v}"] = _ratio(liking[v], carriers[v])
        for name, share in zip(measures.LOYALTIES, measures.dick_basu_shares(cells[:, v]), strict=True):
            out[f"dick_basu_{name}_{v}"] = float(share)
    return out


def _retention(world: World, alive: NDArray[np.int64], memory: Memory | None, month: int) -> Values:
    """Compare with the line cards of 12 months ago: a relation is kept when it was never broken off in between."""
    vendors = world.vendors.uid.size
    uids, carried = world.partners.uid[alive], world.relations.carried[alive]
    kept = np.full(vendors + 1, np.nan)
    if memory is not None and len(memory.line_cards) == MONTHS:
        uids_then, then = memory.line_cards[0]
        _, now_rows, then_rows = np.intersect1d(uids, uids_then, assume_unique=True, return_indices=True)
        still = carried[now_rows] & (world.relations.since[alive[now_rows]] <= month - MONTHS)
        kept = measures.retention(then[then_rows], still)
    return {"retention": float(kept[-1]), **{f"retention_{v}": float(kept[v]) for v in range(vendors)}}


def _market(world: World) -> Values:
    market, vendors, flows = world.market, world.vendors, world.ledger.flows
    sold = world.distributors.sold_month.sum(axis=1)
    paid = flows[Flow.SALE] + flows[Flow.VENDOR_CONTRACT] + flows[Flow.DIRECT_SALE] - flows[Flow.REFUND]
    return {
        "demand_asked": float(market.asked_value[0]),
        "demand_unserved": float(market.unserved_value[0]),
        "demand_lost": float(market.lost_value[0]),
        "channel_sales": float(vendors.channel_month.sum()),
        "direct_sales": float(vendors.direct_month.sum()),
        "distributor_sales": float(sold.sum()),
        **{f"distributor_sales_{d}": float(amount) for d, amount in enumerate(sold)},
        "marketplace_value": float(world.marketplaces.value_month.sum()),
        "marketplace_jobs": float(world.marketplaces.jobs_month.sum()),
        "customer_spend": float(paid),
    }


def _money(world: World, alive: NDArray[np.int64]) -> Values:
    partners, firm = world.partners, world.parameters["firm"]
    margin = partners.margin_ewma[alive]
    profit = margin - overheads(partners.staff[alive], margin, firm)
    return {
        **{f"vendor_cash_{v}": float(cash) for v, cash in enumerate(world.vendors.cash)},
        "distributors_cash": float(world.distributors.cash.sum()),
        "partner_profit_median": float(np.median(profit)) if profit.size else np.nan,
    }


def _flows(world: World) -> Values:
    return {f"flow_{flow.name.lower()}": float(world.ledger.flows[flow]) for flow in Flow}
