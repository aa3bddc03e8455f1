"""The loyalty account: by how much each cause moved the mean attitude of partners to their vendors in a month.

For any group of partners the mean attitude is taken over its relations, the pairs of a member and a vendor that it
carries.  With n relations now and the mean A-bar before, the change of the mean is exactly the sum of

    experience   sum over relations that stay of X' - X, over n
    others       sum over relations that stay of (A' - X') - (A - X), over n: how far peers and hosts pull the
                 expressed attitude away from own experience
    taken_on     sum over vendors taken on of A' - A-bar, over n
    dropped      sum over vendors dropped of A-bar - A, over n
    came_and_went  the same two sums for partners that joined or left the group or the market
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.state.networks import KINDS
from sim.world import World

CAUSES = ("experience", "others", "taken_on", "dropped", "came_and_went")
GROUPS = ("all", *KINDS, "none")  # everybody, members of at least one network of a kind, members of no network


class Relationships(NamedTuple):
    """What the account compares: living partners in order of uid, n rows."""

    uid: NDArray[np.int64]
    member: NDArray[np.bool_]  # n x GROUPS
    carried: NDArray[np.bool_]  # n x V
    attitude: NDArray[np.float64]  # n x V
    experience: NDArray[np.float64]  # n x V


def relationships(world: World) -> Relationships:
    """A copy of who is where and thinks what at this moment."""
    rows = np.flatnonzero(world.partners.alive)
    rows = rows[np.argsort(world.partners.uid[rows])]
    member = np.zeros((rows.size, len(GROUPS)), np.bool_)
    member[:, 0] = True
    joined = world.memberships.network[rows]
    for k in range(len(KINDS)):
        of_kind = np.append(world.networks.open & (world.networks.kind == k), False)
        member[:, 1 + k] = of_kind[joined].any(axis=1)  # -1, no network, is the last entry
    member[:, -1] = (joined < 0).all(axis=1)
    tables = world.relations
    return Relationships(
        world.partners.uid[rows].copy(), member, tables.carried[rows], tables.attitude[rows], tables.experience[rows]
    )


def mean_attitude(now: Relationships) -> NDArray[np.float64]:
    """Mean attitude over the relations of each group, GROUPS entries; NaN for a group without relations."""
    relations, liking = (
        now.member.T @ now.carried.sum(axis=1),
        now.member.T @ np.where(now.carried, now.attitude, 0.0).sum(axis=1),
    )
    return np.divide(liking, relations, out=np.full(len(GROUPS), np.nan), where=relations > 0)


def account(before: Relationships, now: Relationships) -> NDArray[np.float64]:
    """How much each cause moved the mean attitude of each group.

    Parameters
    ----------
    before, now : Relationships
        At the end of two months.

    Returns
    -------
    array, GROUPS x CAUSES
        Rows sum to the change of ``mean_attitude``; NaN for a group without relations at either time.
    """
    _, then, here = np.intersect1d(before.uid, now.uid, assume_unique=True, return_indices=True)
    stayed_then, stayed_now = np.zeros(before.uid.size, np.bool_), np.zeros(now.uid.size, np.bool_)
    stayed_then[then] = stayed_now[here] = True
    means = mean_attitude(before)
    out = np.full((len(GROUPS), len(CAUSES)), np.nan)
    for g in range(len(GROUPS)):
        of_then, of_now = before.member[:, g, None] & before.carried, now.member[:, g, None] & now.carried
        n = of_now.sum()
        if n == 0 or not of_then.any():
            continue
        both = of_then[then] & of_now[here]
        own = np.where(both, now.experience[here] - before.experience[then], 0.0).sum()
        all_in_all = np.where(both, now.attitude[here] - before.attitude[then], 0.0).sum()
        new, gone = of_now.copy(), of_then.copy()
        new[here] &= ~both
        gone[then] &= ~both
        taken = new & stayed_now[:, None]
        taken[here] &= ~before.carried[then]
        left = gone & stayed_then[:, None]
        left[then] &= ~now.carried[here]
        gain, loss = now.attitude - means[g], means[g] - before.attitude
        came = np.where(new & ~taken, gain, 0.0).sum() + np.where(gone & ~left, loss, 0.0).sum()
        parts = (own, all_in_all - own, np.where(taken, gain, 0.0).sum(), np.where(left, loss, 0.0).sum(), came)
        out[g] = np.array(parts) / n
    return out
