"""Agreements among vendors, distributors, marketplaces and networks."""

import math

from tests.reference.agents import Agreement, ReferenceDistributor
from tests.reference.shared import CONSTANTS, WHY, event_uid, pair_uid

ORDER = ("line_card", "listing", "technology_alliance", "affiliation")
COSTS = {
    "line_card": "line_card_cost_usd", "listing": "listing_cost_usd", "technology_alliance": "technology_cost_usd",
    "affiliation": "affiliation_cost_usd",
}  # fmt: skip


def expected_values(model, kind: str, vendor, other) -> tuple[float, float]:
    """What an agreement is worth a month to each side."""
    terms = model.p["agreements"]
    gain = terms.further_reach * terms.vendor_margin
    if kind == "line_card":
        sales = _sales_through(model, vendor, other)
        return (gain - other.margin * (1.0 - vendor.list_margin)) * sales, other.margin * sales
    if kind == "listing":
        sales = 0.5 * other.value_month * vendor.size
        return gain * sales, 0.02 * sales
    if kind == "technology_alliance":
        apart = sum(abs(a - b) for a, b in zip(vendor.fit, other.fit, strict=True)) / len(vendor.fit)
        sales = min(vendor.channel_year, other.channel_year) / 12.0
        value = terms.joint_share * terms.vendor_margin * sales * 2.0 * apart
        return value, value
    members = [p for cohort in other.roster.values() for p in cohort.values()]
    spend = sum(p.relations[vendor.uid].bought_year for p in members) / 12.0
    payment = max(0.002, other.sponsorship) * spend
    return terms.sponsor_effect * terms.vendor_margin * spend - payment, payment


def _sales_through(model, vendor, distributor: ReferenceDistributor) -> float:
    if vendor.uid in distributor.line_card:
        return distributor.sold[vendor.uid] / 12.0
    active = [d for d in model.distributors if d.active]
    total = sum(d.sales_year for d in active)
    share = distributor.sales_year / total if total > 0.0 else 1.0 / max(1, len(active))
    return share * vendor.channel_year / 12.0


def _pair(kind: str, vendor, other) -> int:
    return pair_uid(vendor.uid, other.uid + (ORDER.index(kind) + 1) * 2**40)


def sign(model, kind: str, vendor, other) -> None:
    """Make an agreement and put it into force."""
    uid = event_uid(model.tick, _pair(kind, vendor, other), ORDER.index(kind))
    values = list(expected_values(model, kind, vendor, other))
    model.agreements[kind, vendor.uid, other.uid] = Agreement(uid, kind, vendor, other, model.tick, values)
    if kind == "line_card":
        other.line_card.add(vendor.uid)
    elif kind == "listing":
        other.listed.add(vendor.uid)
    elif kind == "affiliation":
        _share_evenly(other, {*other.mix, vendor.uid})


def _share_evenly(network, sponsors: set[int]) -> None:
    network.mix = {v: 1.0 / len(sponsors) for v in sponsors}


def end(model, agreement: Agreement) -> None:
    """An agreement ends and is no longer in force."""
    vendor, other = agreement.first, agreement.second
    del model.agreements[agreement.kind, vendor.uid, other.uid]
    if agreement.kind == "line_card":
        other.line_card.discard(vendor.uid)
    elif agreement.kind == "listing":
        other.listed.discard(vendor.uid)
    elif agreement.kind == "affiliation":
        _share_evenly(other, set(other.mix) - {vendor.uid})


def run(model) -> None:
    """Review and sign at the end of each quarter."""
    if not model.switches.agreements or model.tick % 3 != 2:
        return
    terms = model.p["agreements"]
    for agreement in sorted(model.agreements.values(), key=lambda a: a.uid):
        for side, value in enumerate(expected_values(model, agreement.kind, agreement.first, agreement.second)):
            agreement.values[side] += 0.5 * (value - agreement.values[side])
        poor = min(agreement.values) < getattr(terms, COSTS[agreement.kind])
        agreement.below = agreement.below + 1 if poor else 0
        if agreement.below >= terms.patience:
            end(model, agreement)
    for kind, vendor, other in list(_possible(model)):
        if (kind, vendor.uid, other.uid) not in model.agreements and _both_want(model, kind, vendor, other):
            sign(model, kind, vendor, other)


def _possible(model):
    kinds = [CONSTANTS["KINDS"].index(k) for k in ("pure_p2p", "community")]
    for vendor in (v for v in model.vendors if v.active):
        yield from (("line_card", vendor, d) for d in model.distributors if d.active)
        yield from (("listing", vendor, q) for q in model.marketplaces if q.active)
        yield from (("technology_alliance", vendor, w) for w in model.vendors if w.active and w.uid > vendor.uid)
        hosts = [n for n in model.open_networks() if n.kind in kinds and n.broadcast > 0.0]
        yield from (("affiliation", vendor, n) for n in hosts)


def _both_want(model, kind: str, vendor, other) -> bool:
    terms, pair = model.p["agreements"], _pair(kind, vendor, other)
    if model.now.uniform(WHY.AGREEMENT, pair) >= terms.look:
        return False
    cost = getattr(terms, COSTS[kind])
    values = expected_values(model, kind, vendor, other)
    noise = [math.exp(terms.noise * model.now.normal(WHY.AGREEMENT_NOISE, pair, side)) for side in range(2)]
    return all(value * e > cost for value, e in zip(values, noise, strict=True))
