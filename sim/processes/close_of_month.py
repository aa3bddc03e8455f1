"""The books of a month: sums that begin at zero, running 12-month figures that fade by a twelfth.

This comes first in a month, before S1, so that the sums of the month before can be read between two months.  Sums of a
quarter begin at zero in its first month.
"""

from sim.processes.programme import quarter_ends
from sim.world import World

YEAR_FADE = 11.0 / 12.0  # a running year is an exponential average with a memory of 12 months


def open_books(world: World) -> None:
    """Start a month's sums at zero and let the running years fade."""
    for table in (world.partners, world.relations, world.knowledge, world.vendors, world.distributors, world.marketplaces, world.networks):
        for name in table._fields:
            if name.endswith("_month") and name not in ("met_month",):
                getattr(table, name)[:] = 0.0
    if quarter_ends(world.month - 1):
        world.relations.bought_quarter[:] = 0.0
    for column in running_years(world):
        column *= YEAR_FADE
    world.ledger.flows[:] = 0.0


def running_years(world: World) -> tuple:
    """Every column that sums up the last 12 months."""
    partners, vendors, distributors = world.partners, world.vendors, world.distributors
    return (
        partners.revenue_year, partners.allied_year, world.relations.bought_year, vendors.channel_year, distributors.sales_year,
        distributors.sold, world.knowledge.sourced,
    )  # fmt: skip


