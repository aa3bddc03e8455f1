"""S17 Growth: client bases follow work won, staff follow the client base and utilisation.

ln clients moves by ``follow`` x (work won / what the base usually yields - 1); ln staff by ``hire`` x
(utilisation - target) - ``revert`` x ln(staff / (clients x growth)), hiring only with cash (free hiring
drifts; demand in proportion to staff would let growth justify itself).

Reads partners; writes partners.staff, clients.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim.compiled import kernel, leaf
from sim.parameters import Par
from sim.processes.demand import growth_index
from sim.world import World


class Growth(NamedTuple):
    """Parameters of growth."""

    hire: Annotated[float, Par("1/month", 0, 1, "assumed; trial .02", "response of staff to utilisation")] = 0.02
    target: Annotated[float, Par("share", 0.1, 1, "assumed; trial .8", "utilisation at which staff stays")] = 0.8
    revert: Annotated[float, Par("1/month", 0, 1, "assumed; trial .02", "pull of staff to the client base")] = 0.02
    follow: Annotated[float, Par("1/month", 0, 1, "assumed", "response of the client base to work won")] = 0.004
    capture: Annotated[float, Par("share", 0.05, 1.5, "assumed; set on E1 (experiments.calibrate): the mean client base hardly drifts", "share of asked work that a firm usually wins")] = 0.72


@leaf
def staff_after(staff, clients, utilisation, has_cash, index, growth):
    """Staff after a month; a firm without cash hires nobody."""
    change = growth.hire * (utilisation - growth.target) - growth.revert * np.log(staff / (clients * index))
    if change > 0.0 and not has_cash:
        change = 0.0
    return max(1.0, staff * np.exp(change))


@leaf
def clients_after(clients, won, usual, growth):
    """Client base after a month in which ``won`` work was won and ``usual`` would be usual."""
    return max(0.5, clients * np.exp(growth.follow * (min(4.0, won / usual) - 1.0)))


@kernel
def _grow(partners, growth, firm, load, index):
    mix = firm.services_share + firm.product_work * (1.0 - firm.services_share)
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        usual = growth.capture * load * firm.revenue_per_staff_usd * mix * partners.clients[r] * index
        partners.clients[r] = clients_after(partners.clients[r], partners.won_month[r], usual, growth)
        has_cash = partners.cash[r] > 0.0
        partners.staff[r] = staff_after(partners.staff[r], partners.clients[r], partners.utilisation[r], has_cash, index, growth)


def run(world: World) -> None:
    """Let firms grow or shrink, where growth is on."""
    if world.switches.growth:
        load = world.parameters["demand"].load
        _grow(world.partners, world.parameters["growth"], world.parameters["firm"], load, growth_index(world))
    if world.month % 12 == 11:
        _record_year(world)


def _record_year(world: World) -> None:
    partners = world.partners
    rows = np.flatnonzero(partners.alive)
    world.record(
        "partner_year", month=world.month, partner=partners.uid[rows], staff=partners.staff[rows], revenue=partners.revenue_year[rows],
        allied=partners.allied_year[rows], cash=partners.cash[rows],
    )  # fmt: skip
