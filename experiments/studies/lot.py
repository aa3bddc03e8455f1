"""H4 and H5: firms enrolled in a network by lot, and what becomes of the vendor that was their first.

In one month every firm of the population draws a number; some are enrolled in a network of one group, most in none. An effect is
estimated among firms that the group would admit: how much the wallet of the vendor that was first then has changed after the
follow-up, enrolled less not enrolled, over what the lot adds to membership (Wald 1940; Imbens and Angrist 1994).
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.encouragement import enrol_each, rows_of
from experiments.outcomes import Outcome, Outcomes
from sim.chance import Purpose, uniforms
from sim.engine import advance, build
from sim.plan import Plan
from sim.processes.membership import may_enter
from sim.state.networks import DISTRIBUTOR, KINDS, MARKETPLACE, PURE_P2P, VENDOR
from sim.world import World

LOT = 11  # which draw of Purpose.USER is the lot
MONTH, FOLLOW = 24, 24  # of the lot, after burn-in, and of the follow-up
ORDER = ("vendor", "distributor", "pure_p2p", "marketplace")  # as the claim ranks them
SHARE = 0.1  # of the population enrolled in each kind

Rows = NDArray[np.int64]


class Population(NamedTuple):
    """Firms that draw, n each."""

    row: Rows
    uid: NDArray[np.int64]
    first: Rows  # row of the vendor of the largest share of wallet


class Effect(NamedTuple):
    """What enrolment in one group does."""

    wallet: float  # share of wallet of the vendor that was first, per membership
    attitude: float  # to that vendor, per membership
    moved: float  # share of wallet, per enrolment (intention to treat)
    added: float  # membership that the lot adds
    enrolled: float  # firms


def wallets(world: World, rows: Rows, first: Rows) -> NDArray[np.float64]:
    """Share of wallet of a vendor for each firm, 0 where it bought nothing."""
    bought = world.relations.bought_year[rows]
    total = bought.sum(axis=1)
    return np.where(total > 0.0, bought[np.arange(rows.size), first] / np.maximum(total, 1e-9), 0.0)


def attitudes(world: World, rows: Rows, first: Rows) -> NDArray[np.float64]:
    """Attitude to a vendor for each firm, NaN where it no longer carries it."""
    relations = world.relations
    return np.where(relations.carried[rows, first], relations.attitude[rows, first], np.nan)


def hosts_network(world: World) -> NDArray[np.int64]:
    """Row of the open network of each vendor, -1 for none."""
    networks = world.networks
    out = np.full(world.vendors.uid.size, -1)
    for m in np.flatnonzero(networks.open & (networks.kind == VENDOR)):
        out[networks.host[m]] = m
    return out


def open_to(world: World, row: int, candidates: Rows) -> Rows:
    """Those of some networks that a firm is not in and whose rule would admit it."""
    inside = set(world.memberships.network[row].tolist())
    tables = (world.partners, world.relations, world.knowledge, world.networks)
    return np.array([m for m in candidates if int(m) not in inside and may_enter(row, m, *tables)], np.int64)


def draw_lots(world: World, firms: Population, groups: int, share: float) -> NDArray[np.int64]:
    """Which group each firm draws, -1 for none."""
    u = uniforms(world.key, int(Purpose.USER), firms.uid, LOT)
    return np.where(u < groups * share, np.minimum(groups - 1, (u / share).astype(np.int64)), -1)


def follow(
    world: World,
    firms: Population,
    share: float,
    offers: Callable[[int, int], list[Rows]],
    counts: Callable[[Rows], NDArray],
    months: int,
) -> list[Effect]:
    """Draw lots, enrol, let months pass, and compare.

    Parameters
    ----------
    world
        In the month of the lot; it runs on.
    firms
        Who draws.
    share
        Share of them for each group.
    offers
        Networks of each group that a firm (row, row of its first vendor) may be enrolled in; none where it is not eligible.
    counts
        What the rows of firms have of the memberships at stake, n x groups.
    months
        Of the follow-up.

    Returns
    -------
    list of Effect
        One a group; firms that left the market are left out.
    """
    offered = [offers(int(r), int(v)) for r, v in zip(firms.row, firms.first, strict=True)]
    groups = len(offered[0]) if offered else 0
    lot = draw_lots(world, firms, groups, share)
    enrol_each(world, [(int(firms.row[n]), offered[n][lot[n]]) for n in np.flatnonzero(lot >= 0) if offered[n][lot[n]].size])
    wallet, liking = wallets(world, firms.row, firms.first), attitudes(world, firms.row, firms.first)
    inside = np.zeros((firms.row.size, groups))
    for _ in range(months):
        advance(world)
        rows = rows_of(world, firms.uid)
        inside += np.where(rows[:, None] >= 0, counts(np.maximum(rows, 0)), 0.0) / months
    rows = rows_of(world, firms.uid)
    stayed = rows >= 0
    now = np.maximum(rows, 0)
    change, warmer = wallets(world, now, firms.first) - wallet, attitudes(world, now, firms.first) - liking
    out = []
    for g in range(groups):
        eligible = np.array([offer[g].size > 0 for offer in offered]) & stayed
        out.append(_effect(eligible & (lot == g), eligible & (lot < 0), change, warmer, inside[:, g]))
    return out


def _effect(yes: NDArray, no: NDArray, change: NDArray, warmer: NDArray, inside: NDArray) -> Effect:
    if not yes.any() or not no.any():
        return Effect(np.nan, np.nan, np.nan, np.nan, float(yes.sum()))
    added = float(inside[yes].mean() - inside[no].mean())
    moved = float(change[yes].mean() - change[no].mean())
    known = np.isfinite(warmer)
    liked = (
        float(warmer[yes & known].mean() - warmer[no & known].mean()) if (yes & known).any() and (no & known).any() else np.nan
    )
    if added <= 0.0:
        return Effect(np.nan, np.nan, moved, added, float(yes.sum()))
    return Effect(moved / added, liked / added, moved, added, float(yes.sum()))


def population(world: World, chosen: Callable[[Rows, Rows], NDArray[np.bool_]]) -> Population:
    """Living firms that bought something in the last year, in the order of their uids, as far as ``chosen(rows, first)``."""
    partners, bought = world.partners, world.relations.bought_year
    rows = np.flatnonzero(partners.alive & (bought.sum(axis=1) > 0.0))
    rows = rows[np.argsort(partners.uid[rows])]
    first = bought[rows].argmax(axis=1)
    keep = chosen(rows, first)
    return Population(rows[keep], partners.uid[rows[keep]].copy(), first[keep])


def until_the_lot(plan: Plan, replication: int) -> World:
    """The world of a run in the month of the lot."""
    world = build(plan, replication)
    for _ in range(plan.burn_in + MONTH):
        advance(world)
    return world


def measure_lot(plan: Plan, replication: int) -> dict[str, float]:
    """H4: one lot for each kind; the vendor's network is that of the firm's first vendor."""
    world = until_the_lot(plan, replication)
    own = hosts_network(world)
    firms = population(world, lambda rows, first: own[first] >= 0)
    networks = world.networks
    kinds = {"distributor": DISTRIBUTOR, "pure_p2p": PURE_P2P, "marketplace": MARKETPLACE}
    of_kind = {name: np.flatnonzero(networks.open & (networks.kind == k)) for name, k in kinds.items()}

    def offers(row: int, first: int) -> list[Rows]:
        joined = world.memberships.network[row]
        kinds_joined = {int(networks.kind[m]) for m in joined[joined >= 0]}
        out = []
        for name in ORDER:
            candidates = np.array([own[first]]) if name == "vendor" else of_kind[name]
            outside = name == "vendor" or KINDS.index(name) not in kinds_joined
            out.append(open_to(world, row, candidates) if outside else candidates[:0])
        return out

    network_of = own[firms.first]

    def counts(rows: Rows) -> NDArray:
        joined = world.memberships.network[rows]
        kind = np.where(joined >= 0, world.networks.kind[np.maximum(joined, 0)], -1)
        found = [(joined == network_of[:, None]).any(axis=1)] + [(kind == kinds[name]).any(axis=1) for name in ORDER[1:]]
        return np.stack(found, axis=1).astype(float)

    effects = dict(zip(ORDER, follow(world, firms, SHARE, offers, counts, FOLLOW), strict=True))
    out = {f"{field}_{name}": value for name, e in effects.items() for field, value in e._asdict().items()}
    pairs = [*pairwise(ORDER), (ORDER[0], ORDER[-1])]
    return out | {f"{a}_less_{b}": effects[a].wallet - effects[b].wallet for a, b in pairs}


def measure_second(plan: Plan, replication: int) -> dict[str, float]:
    """H5: a further membership for firms that have one, in a network that is silent on vendors or speaks of others."""
    world = until_the_lot(plan, replication)
    networks = world.networks
    single = (world.memberships.network >= 0).sum(axis=1) == 1
    firms = population(world, lambda rows, first: single[rows])
    silent = np.flatnonzero(networks.open & (networks.kind == PURE_P2P))
    voiced = np.flatnonzero(networks.open & np.isin(networks.kind, (VENDOR, DISTRIBUTOR)))

    def offers(row: int, first: int) -> list[Rows]:
        others = voiced[(networks.kind[voiced] != VENDOR) | (networks.host[voiced] != first)]
        return [open_to(world, row, silent), open_to(world, row, others)]

    def counts(rows: Rows) -> NDArray:
        number = (world.memberships.network[rows] >= 0).sum(axis=1).astype(float)
        return np.stack([number, number], axis=1)

    quiet, loud = follow(world, firms, 2.0 * SHARE, offers, counts, FOLLOW) if firms.row.size else (_NONE, _NONE)
    return {
        "wallet_silent": quiet.wallet,
        "wallet_voiced": loud.wallet,
        "wallet_further": 0.5 * (quiet.wallet + loud.wallet),
        "wallet_voiced_less_silent": loud.wallet - quiet.wallet,
        "added_silent": quiet.added,
        "added_voiced": loud.added,
        "enrolled_silent": quiet.enrolled,
        "enrolled_voiced": loud.enrolled,
    }


_NONE = Effect(np.nan, np.nan, np.nan, np.nan, 0.0)
_SAYS = {
    "wallet": ("share", "change of the wallet of the vendor that was first, per membership in a {} network"),
    "attitude": ("-1..1", "change of attitude to that vendor, per membership in a {} network"),
    "moved": ("share", "change of that wallet, per enrolment in a {} network"),
    "added": ("share of time", "membership that enrolment in a {} network adds"),
    "enrolled": ("firms", "firms that drew a {} network and were eligible"),
}
LOT_COLUMNS = (
    *(Outcome(f"{field}_{name}", unit, says.format(name)) for name in ORDER for field, (unit, says) in _SAYS.items()),
    *(
        Outcome(f"{a}_less_{b}", "share", f"effect of a {a} network on that wallet less that of a {b} network")
        for a, b in [*pairwise(ORDER), (ORDER[0], ORDER[-1])]
    ),
)
SECOND_COLUMNS = (
    Outcome("wallet_silent", "share", "change of that wallet per further membership, host silent on vendors"),
    Outcome("wallet_voiced", "share", "the same, host speaks of others"),
    Outcome("wallet_further", "share", "mean of the two"),
    Outcome("wallet_voiced_less_silent", "share", "their difference"),
    Outcome("added_silent", "memberships", "memberships that the lot adds, host silent"),
    Outcome("added_voiced", "memberships", "the same, host speaks of others"),
    Outcome("enrolled_silent", "firms", "firms that drew such a network and were eligible"),
    Outcome("enrolled_voiced", "firms", "the same, host speaks of others"),
)
ENROLLED = Outcomes("studies-lot", LOT_COLUMNS, measure_lot)
SECOND = Outcomes("studies-second", SECOND_COLUMNS, measure_second)
