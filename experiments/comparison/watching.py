"""What a comparison watches beside the series of a run: loyalty and networks by group.

One column a month each.  ``wallet@size:small`` is the focal vendor's share of wallet, ``attitude@...`` the attitude to it and
``members@...`` the memberships, of the partners in one group.
"""

import numpy as np
from numpy.typing import NDArray

from sim.observe import measures
from sim.plan import Plan
from sim.state.networks import KINDS
from sim.state.partners import BUSINESS_TYPES
from sim.world import World

FOCAL = 0
SIZES = ("under 5 staff", "5 to 19 staff", "20 staff and more")
_BOUNDS = (5.0, 20.0)
NO_NETWORK = "in no network"


def size_class(staff: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index into ``SIZES``."""
    return np.searchsorted(_BOUNDS, staff, side="right")


class Watcher:
    """Collects one value a month by name.

    Parameters
    ----------
    plan
        Names of regions and verticals, and the months.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.columns: dict[str, NDArray[np.float64]] = {}

    def __call__(self, world: World) -> None:
        """Note the month that has just ended."""
        for name, value in _by_group(world, self.plan).items():
            column = self.columns.setdefault(name, np.full(self.plan.burn_in + self.plan.months, np.nan))
            column[world.month - 1] = value


def _by_group(world: World, plan: Plan) -> dict[str, float]:
    rows = np.flatnonzero(world.partners.alive)
    shares = measures.shares_of_wallet(world.relations.bought_year[rows])[:, FOCAL]
    attitude = np.where(world.relations.carried[rows, FOCAL], world.relations.attitude[rows, FOCAL], np.nan)
    members = (world.memberships.network[rows] >= 0).sum(axis=1).astype(float)
    out: dict[str, float] = {}
    for group, inside in groups_of(world, rows, plan).items():
        known = attitude[inside]
        known = known[np.isfinite(known)]
        out[f"wallet@{group}"] = float(shares[inside].mean()) if inside.any() else np.nan
        out[f"attitude@{group}"] = float(known.mean()) if known.size else np.nan
        out[f"members@{group}"] = float(members[inside].mean()) if inside.any() else np.nan
    return out


def groups_of(world: World, rows: NDArray[np.int64], plan: Plan) -> dict[str, NDArray[np.bool_]]:
    """Which of some partners belong to each group: by region, vertical, size, business type and kind of network.

    Parameters
    ----------
    world
        The state.
    rows : int array, n
        Rows of partners.
    plan
        Names.

    Returns
    -------
    dict of str to bool array, n
        Names as "region:North"; a partner in several kinds of networks, or verticals, counts in each.
    """
    partners, network = world.partners, world.memberships.network[rows]
    kind = np.where(network >= 0, world.networks.kind[np.maximum(network, 0)] if world.networks.kind.size else -1, -1)
    sizes = size_class(partners.staff[rows])
    out = {f"region:{name}": partners.region[rows] == n for n, name in enumerate(plan.names.regions)}
    out |= {f"vertical:{name}": (partners.verticals[rows] >> n) & 1 == 1 for n, name in enumerate(plan.names.verticals)}
    out |= {f"size:{name}": sizes == n for n, name in enumerate(SIZES)}
    out |= {f"type:{name}": partners.business_type[rows] == n for n, name in enumerate(BUSINESS_TYPES)}
    out |= {f"kind:{name}": (kind == n).any(axis=1) for n, name in enumerate(KINDS)}
    return out | {f"kind:{NO_NETWORK}": (kind < 0).all(axis=1)}
