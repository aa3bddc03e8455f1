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
    was, is_ = before.carried[then], now.carried[here]
    kept, taken, dropped = was & is_, is_ & ~was, was & ~is_
    in_then, in_now = before.member[then], now.member[here]
    stay, join, leave = in_then & in_now, in_now & ~in_then, in_then & ~in_now
    means = mean_attitude(before)
    with np.errstate(invalid="ignore"):  # a group without relations then has no mean
        own = _sums(stay, kept, now.experience[here] - before.experience[then])[0]
        all_in_all = _sums(stay, kept, now.attitude[here] - before.attitude[then])[0]
        gained = _above(means, in_now, taken, now.attitude[here])
        lost = _above(means, in_then, dropped, before.attitude[then])
        came = _above(means, join, kept, now.attitude[here]) + _above(means, *_others(now, here, now.attitude))
        went = _above(means, leave, kept, before.attitude[then]) + _above(means, *_others(before, then, before.attitude))
    causes = np.stack((own, all_in_all - own, gained, -lost, came - went), axis=1)
    relations, those_then = now.member.T @ now.carried.sum(axis=1), before.member.T @ before.carried.sum(axis=1)
    known = (relations > 0) & (those_then > 0)
    return np.where(known[:, None], causes / np.maximum(1, relations)[:, None], np.nan)


def _sums(
    member: NDArray[np.bool_], relation: NDArray[np.bool_], value: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sum of a value over the relations of each group, and how many these are."""
    return member.T @ np.where(relation, value, 0.0).sum(axis=1), member.T @ relation.sum(axis=1)


def _above(
    means: NDArray[np.float64], member: NDArray[np.bool_], relation: NDArray[np.bool_], attitude: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum over the relations of each group of the attitude less the group's mean."""
    total, count = _sums(member, relation, attitude)
    return total - np.where(count > 0, means * count, 0.0)


def _others(
    one: Relationships, common: NDArray[np.int64], attitude: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """Members, relations and attitudes of the partners that are not at the other time."""
    alone = np.ones(one.uid.size, np.bool_)
    alone[common] = False
    return one.member[alone], one.carried[alone], attitude[alone]
