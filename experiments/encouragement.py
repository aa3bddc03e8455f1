"""Randomised encouragement: in one month a random half of the firms outside a kind of network is enrolled in it.

Who joins by choice differs from who does not, so comparing members with others mixes what a network does with whom it
attracts.  Enrolment by lot does not: among firms that were outside, what the lot adds to an outcome over what it adds to
membership (Wald 1940; Imbens and Angrist 1994) is the effect on those whom the lot moved, and the difference between
members and others less that effect is selection.  The enrolled may leave again from the next month on.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance import Purpose, uniforms
from sim.engine import advance, build
from sim.plan import Plan
from sim.processes.membership import cohort_state, enter, find_cohort, may_enter
from sim.state.networks import KINDS
from sim.world import World

LOT = 7  # which draw of Purpose.USER is the lot
OPENINGS = 100  # cohorts that a network may open for the enrolled, the most that ``cohort_state`` has room for


class Encouraged(NamedTuple):
    """Firms that were outside the kind in the month of the lot and lived to the end of the follow-up, n each."""

    drawn: NDArray[np.bool_]  # whether the lot fell on it
    member: NDArray[np.float64]  # share of the follow-up in which it was a member of the kind
    joint_share: NDArray[np.float64]  # share of its revenue from joint work, in the last 12 months of the follow-up
    revenue: NDArray[np.float64]  # US dollars, in those 12 months


def members_of(world: World, kinds: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which rows of partners are members of a network of these kinds."""
    wanted = np.isin(world.networks.kind, [KINDS.index(k) for k in kinds]) & world.networks.open
    joined = world.memberships.network
    return ((joined >= 0) & wanted[np.maximum(joined, 0)]).any(axis=1) & world.partners.alive


def enrol(world: World, kinds: tuple[str, ...], share: float = 0.5) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Draw lots among living firms outside these kinds and enrol those drawn, each in the network that a hash picks.

    Parameters
    ----------
    world : World
        Memberships are written.
    kinds : tuple of str
        Kinds of network.
    share : float
        Share of firms on which the lot falls.

    Returns
    -------
    tuple
        Uids of the firms outside, and on which of them the lot fell.
    """
    partners, networks = world.partners, world.networks
    rows = np.flatnonzero(partners.alive & ~members_of(world, kinds))
    rows = rows[np.argsort(partners.uid[rows])]
    drawn = uniforms(world.key, int(Purpose.USER), partners.uid[rows], LOT) < share
    open_rows = np.flatnonzero(networks.open & np.isin(networks.kind, [KINDS.index(k) for k in kinds]))
    enrol_each(world, [(int(r), open_rows) for r in rows[drawn]])
    return partners.uid[rows].copy(), drawn


def enrol_each(world: World, invited: Sequence[tuple[int, NDArray[np.int64]]]) -> NDArray[np.bool_]:
    """Enrol each firm in the first network, in the order of a hash, that admits it.

    Parameters
    ----------
    world : World
        Memberships are written.
    invited : sequence of tuple
        Row of a partner, and rows of networks that it may be enrolled in.

    Returns
    -------
    array, one an invitation
        Whether some network admitted the firm.
    """
    partners, networks, memberships = world.partners, world.networks, world.memberships
    admitted = networks.admitted_quarter.copy()
    first, filled, served = cohort_state(partners, memberships, networks, world.size.regions)
    entered = np.zeros(len(invited), bool)
    for n, (r, open_rows) in enumerate(invited):
        order = np.argsort(
            uniforms(world.key, int(Purpose.USER), networks.uid[open_rows] + (int(partners.uid[r]) << 20), LOT + 1)
        )
        for m in open_rows[order]:
            if not may_enter(r, m, partners, world.relations, world.knowledge, networks):
                continue
            cohort = find_cohort(r, m, partners, networks, first, filled, served, admitted[m] + OPENINGS)
            value = networks.value_member[m] * partners.margin_ewma[r]
            if cohort >= 0 and enter(r, m, cohort, world.month, value, partners, memberships, first, filled, served) >= 0:
                world.knowledge.aware[r, m] = True
                entered[n] = True
                break
    networks.admitted_quarter[:] = admitted  # the lot takes no choice away from others
    return entered


def encourage(plan: Plan, replication: int, kinds: tuple[str, ...], month: int, follow: int = 24) -> Encouraged:
    """Run a plan with the lot drawn in a month after burn-in and follow the firms that were outside.

    Parameters
    ----------
    plan, replication
        As for any run.
    kinds : tuple of str
        Kinds of network.
    month : int
        Month of the lot, after burn-in.
    follow : int
        Months of follow-up, at least 12.

    Returns
    -------
    Encouraged
        Firms that left the market meanwhile are not in it.
    """
    world = build(plan, replication)
    for _ in range(plan.burn_in + month):
        advance(world)
    uids, drawn = enrol(world, kinds)
    inside = np.zeros(uids.size)
    for _ in range(follow):
        advance(world)
        row = rows_of(world, uids)
        inside += np.where(row >= 0, members_of(world, kinds)[row], False) / follow
    row = rows_of(world, uids)
    stayed = row >= 0
    revenue, allied = world.partners.revenue_year[row[stayed]], world.partners.allied_year[row[stayed]]
    share = np.divide(allied, revenue, out=np.full(revenue.size, np.nan), where=revenue > 0.0)
    return Encouraged(drawn[stayed], inside[stayed], share, revenue)


def rows_of(world: World, uids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of each living firm, -1 where it has left."""
    row_of = {int(uid): int(r) for r, uid in enumerate(world.partners.uid) if world.partners.alive[r]}
    return np.array([row_of.get(int(uid), -1) for uid in uids], np.int64)


def effect(firms: Encouraged) -> tuple[float, float]:
    """What the lot adds to membership, and what membership adds to the share of joint work in those whom the lot moved.

    Parameters
    ----------
    firms : Encouraged
        As ``encourage`` gives them.

    Returns
    -------
    tuple of float
        First stage, and the Wald estimate; NaN where the lot moved nobody.
    """
    known = np.isfinite(firms.joint_share)
    yes, no = known & firms.drawn, known & ~firms.drawn
    if not yes.any() or not no.any():
        return np.nan, np.nan
    first = float(firms.member[yes].mean() - firms.member[no].mean())
    moved = float(firms.joint_share[yes].mean() - firms.joint_share[no].mean())
    return first, moved / first if first > 0.0 else np.nan
