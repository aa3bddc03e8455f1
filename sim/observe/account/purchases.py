"""Why purchases went where they went: the choice of vendor of every project, kept until it is delivered."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.observe.account.causes import DRIVERS, KIND_NAMES, OUTSIDE, ROUTES
from sim.observe.account.choice import driver_parts, route_parts
from sim.rules.tables import VendorOptions
from sim.state.ties import TEAM_SIZE
from sim.world import World

PARTS = (*ROUTES, *(f"co_delivery:{kind}" for kind in KIND_NAMES), *DRIVERS, "deal_chance")
"""Stocks of a share of wallet; discovery through joint deals by the kind of network in which the team met."""
FIRST_CO_DELIVERY = len(ROUTES)


class Purchase(NamedTuple):
    """Product bought in a delivered deal."""

    row: int
    vendor: int
    product: float  # US dollars
    parts: NDArray[np.float64]  # parts x V: what the deal's choice is made of


class RecordingRule:
    """The choice rule with a memory of the options that it saw."""

    def __init__(self, rule: Any) -> None:
        self.rule = rule
        self.seen: dict[int, tuple[list[NDArray], int]] = {}  # the columns of all options put to the rule together, and the row

    def decide(self, table: VendorOptions, draw: Any) -> Any:
        """As the rule decides."""
        columns = (table.margin, table.attitude, table.fit, table.habit, table.certification, table.feasible)
        kept = [column.copy() for column in columns]
        for d, deal in enumerate(table.deal.tolist()):
            self.seen[deal] = (kept, d)
        return self.rule.decide(table, draw)


def choices(
    world: World, rule: RecordingRule, carried: NDArray, peers: NDArray, hosts: NDArray, route: NDArray
) -> dict[int, NDArray]:
    """What the choices of the projects signed this month are made of, by uid: parts x V.

    Parameters
    ----------
    world
        After the bids of the month.
    rule
        What the choices were made from; forgotten afterwards.
    carried : bool array, N x V
        Line cards when the choices were made.
    peers, hosts : array, N x V
        What they add to attitudes.
    route : int array, N x V
        How each vendor came on the line card.
    """
    projects = world.projects
    signed = [p for p in np.flatnonzero(projects.used & (projects.signed == world.month)) if int(projects.uid[p]) in rule.seen]
    seen = [rule.seen[int(projects.uid[p])] for p in signed]
    rule.seen.clear()
    if not signed:
        return {}
    margin, attitude, fit, habit, certification, feasible = (np.array([kept[c][d] for kept, d in seen]) for c in range(6))
    buyer = _buyers(projects.member[signed], carried)
    every = np.arange(carried.shape[1])
    heard = [np.where(buyer >= 0, part[np.maximum(buyer, 0), every], 0.0) for part in (peers, hosts)]
    weights = getattr(rule.rule, "weights", (0.0,) * 5)
    scaled = [weights[0] * margin, *(weights[1] * x for x in (attitude - heard[0] - heard[1], *heard))]
    terms = np.array([*scaled, weights[2] * fit, weights[3] * habit, weights[4] * certification])
    by_driver, likely = driver_parts(terms, feasible, rule.rule)
    out: dict[int, NDArray] = {}
    routes: dict[bytes, NDArray] = {}  # many teams have the same options
    for n, p in enumerate(signed):
        parts = np.zeros((len(PARTS), every.size))
        ways = np.where(buyer[n] >= 0, route[np.maximum(buyer[n], 0), every], 0)
        first = FIRST_CO_DELIVERY + len(KIND_NAMES)
        same = feasible[n].tobytes() + np.where(feasible[n], ways, 0).tobytes()
        if same not in routes:
            routes[same] = route_parts(feasible[n], ways, first)
        parts[:first] = routes[same]
        parts[first : first + len(DRIVERS)] = by_driver[:, n]
        chance = -likely[n]
        chance[projects.vendor[p]] += 1.0
        parts[PARTS.index("deal_chance")] = chance
        out[int(projects.uid[p])] = parts
    return out


def _buyers(members: NDArray[np.int64], carried: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The first member of each team that carries each vendor, D x V, -1 for none."""
    out = np.full((members.shape[0], carried.shape[1]), -1)
    for m in reversed(range(members.shape[1])):
        row = members[:, m, None]
        out = np.where((row >= 0) & carried[np.maximum(members[:, m], 0)], row, out)
    return out


def delivered(world: World, kept: dict[int, NDArray]) -> list[Purchase]:
    """What is bought with the projects that fall due now; their choices are forgotten.

    Parameters
    ----------
    world
        After delivery, before payment.
    kept
        Choices by uid.
    """
    projects, out = world.projects, []
    for p in np.flatnonzero(projects.used & (projects.due <= world.month)):
        v = int(projects.vendor[p])
        parts = kept.pop(int(projects.uid[p]), None)
        if parts is None:  # signed before the account began: brought along
            parts = np.zeros((len(PARTS), world.size.vendors))
            parts[0, v] = 1.0
        out.append(Purchase(int(projects.member[p, projects.carrier[p]]), v, float(projects.product[p]), parts))
    return out


def met_through(world: World) -> dict[tuple[int, int], int]:
    """Kind of the network in which the team met, by member's row and vendor, of joint projects that fall due now."""
    projects, out = world.projects, {}
    for p in np.flatnonzero(projects.used & (projects.due <= world.month) & (projects.size > 1)):
        network = projects.network[p]
        kind = int(world.networks.kind[network]) if network >= 0 else OUTSIDE
        for m in range(TEAM_SIZE):
            if projects.member[p, m] >= 0:
                out[int(projects.member[p, m]), int(projects.vendor[p])] = kind
    return out
