"""Monthly series of the live view beyond those that every run has: loyalty by kind of network and its account, also by vendor."""

import numpy as np
from numpy.typing import NDArray

from sim.observe.loyalty_account import CAUSES, GROUPS, Relationships, account, mean_attitude


def loyalty_series(before: Relationships, now: Relationships) -> dict[str, float]:
    """Mean attitude and relations of each group, and by how much each cause moved it this month."""
    means, relations = mean_attitude(now).tolist(), (now.member.T @ now.carried.sum(axis=1)).tolist()
    causes = np.nan_to_num(account(before, now)).tolist()
    out = {f"attitude_in_{group}": means[g] for g, group in enumerate(GROUPS)}
    out |= {f"relations_in_{group}": float(relations[g]) for g, group in enumerate(GROUPS)}
    out |= {f"account_{group}_{cause}": causes[g][c] for g, group in enumerate(GROUPS) for c, cause in enumerate(CAUSES)}
    by_vendor = np.nan_to_num(vendor_account(before, now)).tolist()
    out |= {f"account_to_{v}_{cause}": causes[c] for v, causes in enumerate(by_vendor) for c, cause in enumerate(CAUSES)}
    return out


def vendor_account(before: Relationships, now: Relationships) -> NDArray[np.float64]:
    """The loyalty account of all partners' relations to each vendor, vendors x CAUSES.

    As ``sim.observe.loyalty_account`` has it for groups of partners; here came and went are partners in the market.  Rows
    sum to the change of the mean attitude to the vendor; NaN for a vendor that nobody carries at either time.
    """
    _, then, here = np.intersect1d(before.uid, now.uid, assume_unique=True, return_indices=True)
    was, is_ = before.carried[then], now.carried[here]
    held, holds = before.carried.sum(axis=0), now.carried.sum(axis=0)
    liking_then, liking_now = (_total(r.attitude, r.carried) for r in (before, now))
    mean = np.divide(liking_then, held, out=np.full(held.size, np.nan), where=held > 0)
    own = _total(now.experience[here] - before.experience[then], was & is_)
    taken = _total(now.attitude[here] - mean, is_ & ~was)
    dropped = _total(mean - before.attitude[then], was & ~is_)
    stay = _total(now.attitude[here] - before.attitude[then], was & is_)
    turnover = liking_now - mean * holds - (stay + taken + dropped)  # what is left is theirs, as the sum is exact
    causes = np.stack((own, stay - own, taken, dropped, turnover), axis=1)
    return np.where(((held > 0) & (holds > 0))[:, None], causes / np.maximum(1, holds)[:, None], np.nan)


def _total(value: NDArray[np.float64], relation: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Sum over the relations to each vendor."""
    return np.where(relation, value, 0.0).sum(axis=0)
