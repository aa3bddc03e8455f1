"""Who leaves networks by choice, by what the membership was worth, and the rate ratio of two arms at equal worth."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.processes.membership import membership_utility
from sim.state.networks import CARRIES_VENDOR
from sim.world import World

EDGES = np.arange(-0.06, 0.1001, 0.0025)  # classes of utility, shares of margin; below and above are classes too
CLASSES = EDGES.size + 1
LEAST_MARGIN = 500.0  # US dollars a month, as in the process


def utilities(world: World) -> NDArray[np.float64]:
    """What each membership is worth at the end of a month, N x slots, NaN where a slot is free; all costs deducted."""
    partners, networks, memberships = world.partners, world.networks, world.memberships
    joined = memberships.network
    m = np.maximum(joined, 0)
    margin = np.maximum(LEAST_MARGIN, partners.margin_ewma)[:, None]
    spend = networks.education + networks.education_added + networks.support
    each = getattr(membership_utility, "py_func", membership_utility)
    number = (joined >= 0).sum(axis=1)[:, None]
    found = each(
        memberships.value / margin, networks.density[m], networks.members[m], networks.tool_quality[m], memberships.capital,
        spend[m], networks.fee[m] / margin, number, partners.taste[:, None], world.parameters["membership"],
    )  # fmt: skip
    return np.where((joined >= 0) & partners.alive[:, None], found, np.nan)


class Leaving:
    """Counts months at risk and leaving by choice in each class of utility, from a month on."""

    def __init__(self, since: int) -> None:
        self.since = since
        self.months, self.exits = np.zeros(CLASSES), np.zeros(CLASSES)
        self.before: tuple[NDArray, NDArray, NDArray, NDArray] | None = None

    def look(self, world: World, month: int) -> None:
        """Compare with a month ago, then remember this month."""
        if self.before is not None and month > self.since:
            self._count(world)
        memberships = world.memberships
        self.before = (world.partners.uid.copy(), memberships.network.copy(), memberships.joined.copy(), utilities(world))

    def _count(self, world: World) -> None:
        assert self.before is not None
        uid, network, joined, worth = self.before
        n = uid.size
        stayed = (world.partners.alive[:n] & (world.partners.uid[:n] == uid))[:, None]
        at_risk = np.isfinite(worth) & stayed & world.networks.open[np.maximum(network, 0)] & _admitted(world, network)
        now = world.memberships
        left = at_risk & ((now.network[:n] != network) | (now.joined[:n] != joined))
        which = np.digitize(worth[at_risk], EDGES)
        self.months += np.bincount(which, minlength=CLASSES)
        self.exits += np.bincount(np.digitize(worth[left], EDGES), minlength=CLASSES)

    def found(self) -> Mapping[str, float]:
        """Months and exits by class, and the rate of all, 1/year."""
        out = {f"leave_months_{k}": float(v) for k, v in enumerate(self.months)}
        out |= {f"leave_exits_{k}": float(v) for k, v in enumerate(self.exits)}
        total = self.months.sum()
        return out | {"leave_rate": float(12.0 * self.exits.sum() / total) if total else np.nan}


def _admitted(world: World, network: NDArray) -> NDArray[np.bool_]:
    """Whether the network's entry rule still lets the member in: who no longer carries the vendor is not asked."""
    m = np.maximum(network, 0)
    networks = world.networks
    carries = (networks.mix > 0.0).astype(float) @ world.relations.carried[: network.shape[0]].T.astype(float) > 0.0
    rows = np.arange(network.shape[0])[:, None]
    return (networks.entry_rule[m] != CARRIES_VENDOR) | carries[m, rows]


def mantel_haenszel(exits: NDArray, months: NDArray, other_exits: NDArray, other_months: NDArray) -> float:
    """Logarithm of the ratio of two rates, held equal in class: ln(sum a T' / T+ over sum b T / T+).

    Parameters
    ----------
    exits, months, other_exits, other_months
        By class; the first two of the arm above the line.

    Returns
    -------
    float
        NaN where either sum is zero.

    References
    ----------
    K. J. Rothman, S. Greenland and T. L. Lash, Modern Epidemiology (2008), ch. 15.
    """
    both = np.maximum(months + other_months, 1e-300)
    above, below = float((exits * other_months / both).sum()), float((other_exits * months / both).sum())
    return float(np.log(above / below)) if above > 0.0 and below > 0.0 else np.nan
