"""Monthly series of the live view beyond those that every run has: loyalty by kind of network, and its account."""

import numpy as np

from sim.observe.loyalty_account import CAUSES, GROUPS, Relationships, account, mean_attitude


def loyalty_series(before: Relationships, now: Relationships) -> dict[str, float]:
    """Mean attitude and relations of each group, and by how much each cause moved it this month."""
    means, relations = mean_attitude(now).tolist(), (now.member.T @ now.carried.sum(axis=1)).tolist()
    causes = np.nan_to_num(account(before, now)).tolist()
    out = {f"attitude_in_{group}": means[g] for g, group in enumerate(GROUPS)}
    out |= {f"relations_in_{group}": float(relations[g]) for g, group in enumerate(GROUPS)}
    out |= {f"account_{group}_{cause}": causes[g][c] for g, group in enumerate(GROUPS) for c, cause in enumerate(CAUSES)}
    return out
