"""The state of either model as the same plain dicts: entity -> key -> field -> value, keys being uids."""

import numpy as np

from sim.ledger import Flow, Outer
from sim.state.ties import AGREEMENT_KINDS
from sim.world import World
from tests.reference.model import ReferenceModel

State = dict[str, dict[object, dict[str, object]]]

FIRM = (
    "entered", "staff", "clients", "business_type", "region", "taste", "cash", "backlog", "utilisation", "reputation", "rating", "rated",
    "months_negative", "margin_month", "margin_ewma", "revenue_month", "revenue_year", "allied_year", "won_month",
)  # fmt: skip
RELATION = (
    "carried", "since", "experience", "attitude", "expectation", "bought_year", "bought_month", "bought_quarter", "margin_month",
    "benefit_month", "leads", "bids_month", "conflicts_month", "tier", "certification", "last_bought",
)  # fmt: skip
MEMBERSHIP = ("joined", "cohort", "capital", "value", "value_month", "uses_month")
VENDOR = (
    "active", "partner_model", "size", "list_margin", "rebate_1", "rebate_2", "mdf", "training", "support", "conflict", "openness", "fee_share",
    "goods_cost", "channel_month", "channel_year", "direct_month", "spend_month", "budget", "cash",
)  # fmt: skip
DISTRIBUTOR = ("active", "margin", "credit", "service", "sales_month", "sales_year", "cash")
MARKETPLACE = ("active", "take_rate", "verification", "reach", "max_complexity", "price_level", "jobs_month", "value_month")
NETWORK = (
    "open", "kind", "founded", "fee", "take_rate", "cohort_size", "non_compete", "broadcast", "density", "verification", "entry_rule",
    "entry_threshold", "tools", "education", "support", "tools_added", "education_added", "marketing", "formality", "reach", "vertical",
    "sponsorship", "tool_quality", "tool_stock", "fixed_cost", "cash", "income_month", "cost_month", "profit", "loss_months", "members",
    "value_month", "value_member", "cohorts", "admitted_quarter", "last_change", "last_profit",
)  # fmt: skip
TIE = (
    "alliance", "form", "started", "term_end", "until", "goodwill", "rate", "value", "volume", "excess_month", "deals_month", "deals",
    "successes", "last", "met_uid", "met_month", "direct",
)  # fmt: skip
PROJECT = ("due", "value", "product", "services", "complexity", "vendor", "carrier", "quality", "trust", "coordination", "signed", "workload")


def _members(mask: int) -> list[int]:
    return [bit for bit in range(63) if int(mask) >> bit & 1]


def _row(table, fields: tuple[str, ...], at) -> dict[str, object]:
    return {name: getattr(table, name)[at].item() for name in fields}


def _fields(thing, fields: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(thing, name) for name in fields}


def engine_state(world: World) -> State:
    """What the engine holds."""
    p, k, n = world.partners, world.knowledge, world.networks
    alive = [(int(r), int(p.uid[r])) for r in np.flatnonzero(p.alive)]
    state: State = {"partner": {}, "relation": {}, "membership": {}, "tie": {}, "project": {}}
    for r, uid in alive:
        state["partner"][uid] = _row(p, FIRM, r) | {
            "reach": _members(p.reach[r]), "verticals": _members(p.verticals[r]), "levels": k.skills[r].tolist(),
            "held": _members(k.can[r] & ((1 << world.size.skills) - 1)), "on line card": _members(k.can[r] >> world.size.skills),
            "aware of": np.flatnonzero(k.aware[r]).tolist(), "sourced": k.sourced[r].tolist(),
            "sourced_month": k.sourced_month[r].tolist(),
        }  # fmt: skip
        for v in range(world.vendors.uid.size):
            state["relation"][uid, v] = _row(world.relations, RELATION, (r, v))
        for s, m in enumerate(world.memberships.network[r]):
            if m >= 0:
                state["membership"][uid, int(n.uid[m])] = _row(world.memberships, MEMBERSHIP, (r, s)) | {"seat": s}
    t = world.ties
    for at in np.flatnonzero(t.used):
        trust = [t.trust_ab[at].item(), t.trust_ba[at].item()]
        row = {"trust": trust, "met": int(t.met[at])}
        state["tie"][int(p.uid[t.a[at]]), int(p.uid[t.b[at]])] = _row(t, TIE, at) | row
    for at in np.flatnonzero(world.projects.used):
        state["project"][int(world.projects.uid[at])] = _engine_project(world, int(at))
    state |= _engine_suppliers(world)
    state["network"] = {
        int(n.uid[m]): _row(n, NETWORK, m) | {"mix": n.mix[m].tolist(), "host": int(n.host[m])}
        for m in range(n.uid.size) if n.uid[m] >= 0
    }  # fmt: skip
    return state


def _engine_project(world: World, at: int) -> dict[str, object]:
    j = world.projects
    size = max(m + 1 for m in range(j.member.shape[1]) if j.member[at, m] >= 0)
    row = _row(j, PROJECT, at) | {"needs": _members(j.needs[at] & ((1 << world.size.skills) - 1))}
    row |= {name: getattr(j, name)[at, :size].tolist() for name in ("work", "outside")}
    row |= {name: int(getattr(j, name)[at]) for name in ("market", "network", "source")}
    team = [int(world.partners.uid[m]) if m >= 0 else -1 for m in j.member[at, :size]]
    brokers = [(int(b), owed.item()) for b, owed in zip(j.broker[at], j.brokerage[at], strict=True) if b >= 0]
    return row | {"team": team, "members": int(j.size[at]), "owed to brokers": brokers}


def _engine_suppliers(world: World) -> State:
    v, d, q, market = world.vendors, world.distributors, world.marketplaces, world.market
    programme = world.programmes._fields
    g = world.agreements
    return {
        "vendor": {
            i: _row(v, VENDOR, i) | {"fit": v.fit[i].tolist(), "programme": [getattr(world.programmes, f)[i].item() for f in programme]}
            for i in range(v.uid.size)
        },
        "distributor": {
            i: _row(d, DISTRIBUTOR, i) | {"line_card": np.flatnonzero(d.line_card[i]).tolist(), "sold": d.sold[i].tolist()}
            for i in range(d.uid.size)
        },
        "marketplace": {i: _row(q, MARKETPLACE, i) | {"listed": np.flatnonzero(q.listed[i]).tolist()} for i in range(q.uid.size)},
        "agreement": {
            int(g.uid[i]): {
                "parties": (AGREEMENT_KINDS[g.kind[i]], int(g.first[i]), int(g.second[i])), "started": int(g.started[i]),
                "values": [g.value_first[i].item(), g.value_second[i].item()], "below": int(g.below[i]),
            }
            for i in np.flatnonzero(g.used)
        },
        "ledger": {
            "flows": {flow.name: world.ledger.flows[flow].item() for flow in Flow},
            "outer": {outer.name: world.ledger.outer[outer].item() for outer in Outer},
        },
        "market": {"market": {
            "popularity": market.popularity.tolist(), "renewed": market.renewed.tolist(), "norm": market.norm[0].item(),
            "volume": market.volume[0].item(),
            "asked_value": market.asked_value[0].item(), "unserved_value": market.unserved_value[0].item(),
            "lost_value": market.lost_value[0].item(), "solo_profit": market.solo_profit.tolist(),
        }},
    }  # fmt: skip


def reference_state(model: ReferenceModel) -> State:
    """What the reference holds."""
    state: State = {"partner": {}, "relation": {}, "membership": {}, "tie": {}, "project": {}}
    for uid, p in model.partners.items():
        state["partner"][uid] = _fields(p, FIRM) | {
            "reach": sorted(p.reach), "verticals": sorted(p.verticals), "levels": list(p.levels), "held": sorted(p.held),
            "on line card": sorted(p.carried), "aware of": sorted(p.aware), "sourced": list(p.sourced),
            "sourced_month": list(p.sourced_month),
        }  # fmt: skip
        for v, relation in p.relations.items():
            state["relation"][uid, v] = _fields(relation, RELATION)
        for s, seat in enumerate(p.seats):
            if seat is not None:
                state["membership"][uid, seat.network.uid] = _fields(seat, MEMBERSHIP) | {"seat": s}
    for pair, tie in model.ties.items():
        trust = [tie.trust[uid] for uid in pair]
        state["tie"][pair] = _fields(tie, TIE) | {"trust": trust, "met": _uid(tie.met)}
    for uid, j in model.projects.items():
        state["project"][uid] = _fields(j, PROJECT) | {
            "needs": sorted(j.skills), "work": [x.work for x in j.parts[:_last(j)]], "outside": [x.outside for x in j.parts[:_last(j)]],
            "market": _uid(j.market), "network": _uid(j.network), "source": -1 if j.source is None else j.source,
            "team": [_uid(x.partner) for x in j.parts[:_last(j)]], "members": len(j.present),
            "owed to brokers": [(x.broker.uid, x.brokerage) for x in j.parts if x.broker is not None],
        }  # fmt: skip
    state |= _reference_suppliers(model)
    vendors = range(len(model.vendors))
    state["network"] = {
        n.uid: _fields(n, NETWORK) | {"mix": [n.mix.get(v, 0.0) for v in vendors], "host": _uid(n.host)} for n in model.networks
    }
    return state


def _last(project) -> int:
    """How many parts there are up to the last whose firm is still there."""
    return max(at + 1 for at, part in enumerate(project.parts) if part.partner is not None)


def _uid(thing) -> int:
    return -1 if thing is None else thing.uid


def _reference_suppliers(model: ReferenceModel) -> State:
    outer = {o.name: getattr(model, o.name.lower()).cash for o in Outer}
    return {
        "vendor": {v.uid: _fields(v, VENDOR) | {"fit": list(v.fit), "programme": _programme(v)} for v in model.vendors},
        "distributor": {
            d.uid: _fields(d, DISTRIBUTOR) | {"line_card": sorted(d.line_card), "sold": list(d.sold)} for d in model.distributors
        },
        "marketplace": {q.uid: _fields(q, MARKETPLACE) | {"listed": sorted(q.listed)} for q in model.marketplaces},
        "agreement": {
            a.uid: {"parties": (a.kind, a.first.uid, a.second.uid), "started": a.started, "values": list(a.values), "below": a.below}
            for a in model.agreements.values()
        },
        "ledger": {"flows": {flow.name: model.flows.get(flow.name, 0.0) for flow in Flow}, "outer": outer},
        "market": {"market": {
            "popularity": list(model.popularity), "renewed": list(model.renewed), "norm": model.norm, "volume": model.volume,
            "asked_value": model.asked_value,
            "unserved_value": model.unserved_value, "lost_value": model.lost_value, "solo_profit": list(model.solo_profit),
        }},
    }  # fmt: skip


def _programme(vendor) -> list[float]:
    order = ("rebate_1", "rebate_2", "mdf", "training", "conflict", "community", "spend", "matched", "offer_before")
    return [vendor.programme[name] for name in order]
