"""What firms weighed in their decisions, recomputed by the processes' own scalar functions from what these are about to read."""

from typing import Any, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, uniform
from sim.events import TakenOn
from sim.observe.account.experience import interpreted
from sim.processes.discovery import primary_attitude, room_on_line_card
from sim.processes.firm import logistic
from sim.processes.founding import fit_with
from sim.processes.membership import capital_after, membership_utility
from sim.processes.satisfaction import drop_hazard
from sim.processes.vendor_choice import share_of_wallet, whole_wallet
from sim.rules.form import value_of_form
from sim.rules.tables import Prospects, Standing
from sim.state.ties import PROJECT
from sim.world import World

LEAST_MARGIN = 500.0  # US dollars a month: margin that membership counts at least


class Worth(NamedTuple):
    """What a membership was worth to a firm; all parts but the last five are shares of its monthly gross margin."""

    deals: float
    reach: float
    tools: float
    education: float
    dues: float  # negative
    attention: float  # negative
    margin: float  # US dollars a month
    memberships: int  # this one included
    capital: float  # Z, months of use
    chance: float  # of the decision, in the month in which it was taken
    neutral: float  # the same at a worth of zero and without capital

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return float(sum(self[:6]))


class Drop(NamedTuple):
    """On what a vendor was dropped."""

    attitude: float
    share: float  # of the partner's wallet, 12 months
    chance: float
    neutral: float  # at attitude 0 and a fifth of the wallet


class Taking(NamedTuple):
    """On what a vendor was taken on."""

    carried: int  # vendors on the line card before
    chance: float  # a month of being recruited by anybody, or after this deal, or after such a request
    share: float  # of the recruiting that fell to this vendor; NaN where it was not recruited
    ally: float  # attitude to the vendor of the ally who bought it; NaN where there was no joint deal
    own: float  # the partner's attitude to its own primary vendor


class Parting(NamedTuple):
    """On what an alliance ended, US dollars."""

    goodwill: float
    flow: float  # joint surplus a month
    saved: float  # a month, against the same deals project by project
    upkeep: float  # a month
    better: float  # surplus a month with another firm
    switching: float
    ahead: float  # months looked ahead; NaN where the rule does not look ahead


class Allying(NamedTuple):
    """On what an alliance was begun, as the more cautious side saw it."""

    rate: float  # joint deals a month
    surplus: float  # a deal, US dollars
    worth: tuple[float, ...]  # of project, occasional and formal over the horizon, US dollars
    horizon: float  # months; NaN where the rule weighs none


def carried_by(world: World, r: int) -> list[int]:
    """Vendors on a partner's line card."""
    return [int(v) for v in np.flatnonzero(world.relations.carried[r])]


def standing_with(world: World, r: int, v: int) -> Drop:
    """On what a partner is about to decide whether it keeps a vendor."""
    relations, satisfaction = world.relations, world.parameters["satisfaction"]
    attitude = float(relations.attitude[r, v])
    share = float(share_of_wallet(relations.bought_year[r, v], whole_wallet(r, relations)))
    hazard = interpreted(drop_hazard)
    return Drop(attitude, share, float(hazard(attitude, share, satisfaction)), float(hazard(0.0, 0.2, satisfaction)))


class JointDeal(NamedTuple):
    """A joint deal that falls due, which may lead a member to a vendor."""

    uid: int
    members: tuple[int, ...]  # rows, -1 for none
    buyer: int  # row of the member who buys the product
    vendor: int


def joint_deals(world: World) -> list[JointDeal]:
    """The joint deals with a product that are delivered this month; to be read before they are paid."""
    projects = world.projects
    due = projects.used & (projects.due <= world.month) & (projects.size > 1) & (projects.vendor >= 0)
    found = []
    for p in np.flatnonzero(due).tolist():
        members = tuple(int(r) for r in projects.member[p])
        found.append(JointDeal(int(projects.uid[p]), members, members[int(projects.carrier[p])], int(projects.vendor[p])))
    return found


def offers_to(world: World, uid: int, r: int, delivered: list[JointDeal]) -> dict[tuple[int, int, int], Taking]:
    """What stands behind each way in which a partner may take on a vendor this month, by partner, vendor and way."""
    relations, vendors, discovery = world.relations, world.vendors, world.parameters["discovery"]
    carried = len(carried_by(world, r))
    room, own = float(room_on_line_card(carried, discovery.typical)), float(primary_attitude(r, relations))
    skills = world.knowledge.can[r] & bits.low_bits(world.size.skills)
    fit = np.array([fit_with(vendors.fit[v], skills) for v in range(vendors.uid.size)])
    liking = (1.0 + relations.attitude[r]) * vendors.openness * fit
    weight = np.where(vendors.active & ~relations.carried[r], vendors.size * liking, 0.0)
    share = weight / max(1e-300, float(weight.sum()))
    out: dict[tuple[int, int, int], Taking] = {}
    for v in np.flatnonzero(~relations.carried[r]).tolist():
        out[uid, v, int(TakenOn.RECRUITED)] = Taking(carried, discovery.recruited * room, float(share[v]), np.nan, own)
        out[uid, v, int(TakenOn.SPECIFIED)] = Taking(carried, discovery.specified * room, np.nan, np.nan, own)
    best: dict[int, float] = {}
    for deal in delivered:  # of several with the same vendor, the one that led to it
        if r not in deal.members or deal.buyer == r:
            continue
        ally = float(relations.attitude[deal.buyer, deal.vendor])
        likely = discovery.co_delivery * float(logistic(discovery.advantage * (ally - own))) * room
        beyond = float(uniform(world.key, Purpose.CO_DELIVERY, deal.uid, deal.members.index(r))) - likely
        if beyond < best.get(deal.vendor, np.inf):
            best[deal.vendor] = beyond
            out[uid, deal.vendor, int(TakenOn.CO_DELIVERY)] = Taking(carried, likely, np.nan, ally, own)
    return out


_OF_MEMBER = ("network", "capital", "value", "uses_month", "value_month")
_OF_NETWORK = ("uid", "density", "members", "tool_quality", "education", "education_added", "support", "fee")


def membership_state(world: World, r: int) -> dict[str, Any]:
    """A copy of what membership is about to read of one partner, and of every network."""
    kept: dict[str, Any] = {f"my_{name}": getattr(world.memberships, name)[r].copy() for name in _OF_MEMBER}
    kept |= {name: getattr(world.networks, name).copy() for name in _OF_NETWORK}
    return kept | {"margin": max(LEAST_MARGIN, float(world.partners.margin_ewma[r])), "taste": float(world.partners.taste[r])}


def staying(kept: dict[str, Any], network: int, world: World) -> Worth:
    """What a membership was worth in the month in which the firm thought of leaving.

    Parameters
    ----------
    kept
        As before membership ran.
    network
        Uid.
    world
        Of the parameters and switches.
    """
    membership = world.parameters["membership"]
    m = int(np.flatnonzero(kept["uid"] == network)[0])
    slot = int(np.flatnonzero(kept["my_network"] == m)[0])
    uses = kept["my_uses_month"][slot] + membership.tool_use * kept["tool_quality"][m]
    capital = float(capital_after(kept["my_capital"][slot], uses, membership)) if world.switches.stickiness else 0.0
    value = kept["my_value"][slot] + membership.value_memory * (kept["my_value_month"][slot] - kept["my_value"][slot])
    parts = _parts(kept, m, value / kept["margin"], capital, int((kept["my_network"] >= 0).sum()), membership)
    odds = membership.leave - membership.slope * sum(parts) - membership.loss * capital
    return _worth(parts, kept, capital, int((kept["my_network"] >= 0).sum()), odds, membership.leave)


def joining(kept: dict[str, Any], network: int, gone: int, world: World) -> Worth:
    """What a firm expected of a network that it joined, ``gone`` memberships having ended in the same month."""
    membership = world.parameters["membership"]
    m = int(np.flatnonzero(kept["uid"] == network)[0])
    count = 1 + int((kept["my_network"] >= 0).sum()) - gone
    parts = _parts(kept, m, float(world.networks.value_member[m]), 0.0, count, membership)
    return _worth(parts, kept, 0.0, count, membership.join + membership.slope * sum(parts), membership.join)


def _parts(kept: dict[str, Any], m: int, value: float, capital: float, count: int, membership: Any) -> list[float]:
    """Utility by part, from the process's own function with all else at nothing; it is a sum."""
    spend = kept["education"][m] + kept["education_added"][m] + kept["support"][m]
    of, nothing = interpreted(membership_utility), dict.fromkeys(
        ("value", "density", "members", "tool_quality", "capital", "spend", "fee", "memberships"), 0.0
    )  # fmt: skip
    given = (
        {"value": value}, {"density": kept["density"][m], "members": kept["members"][m]},
        {"tool_quality": kept["tool_quality"][m], "capital": capital}, {"spend": spend}, {"fee": kept["fee"][m] / kept["margin"]},
        {"memberships": count},
    )  # fmt: skip
    return [float(of(**(nothing | part), taste=kept["taste"], membership=membership)) for part in given]


def _worth(parts: list[float], kept: dict[str, Any], capital: float, count: int, odds: float, neutral: float) -> Worth:
    chances = (float(interpreted(logistic)(x)) for x in (odds, neutral))
    deals, reach, tools, education, dues, attention = parts
    return Worth(deals, reach, tools, education, dues, attention, kept["margin"], count, capital, *chances)


def parting(table: Standing, n: int, rule: Any) -> Parting:
    """On what row ``n`` of what was put to the rule of dissolution was decided."""
    columns = (table.goodwill, table.flow, table.saved, table.upkeep, table.better, table.switching)
    goodwill, flow, saved, upkeep, better, switching = (float(column[n]) for column in columns)
    return Parting(goodwill, flow, saved, upkeep, better, switching, float(getattr(rule, "months_ahead", np.nan)))


def allying(table: Prospects, n: int, rule: Any) -> Allying:
    """On what row ``n`` of what was put to the rule of forms was decided."""
    horizon = float(getattr(rule, "horizon", np.nan))
    rate, surplus, volume, trust = (float(x[n]) for x in (table.rate, table.surplus, table.volume, table.trust))
    if not np.isfinite(horizon):
        return Allying(rate, surplus, (), horizon)
    of = interpreted(value_of_form)
    worth = []
    for form in range(PROJECT, len(rule.setup)):
        due = 0.0 if form == table.form[n] else rule.setup[form]
        worth.append(float(of(rate, surplus, volume, trust, horizon, due, rule.coordination[form], rule.upkeep[form])))
    return Allying(rate, surplus, tuple(worth), horizon)
