"""What 1 + 1 makes: allied firms beside the same firms in a branch of the run where their alliance is forbidden.

At the start of the last 24 months a sample of alliances is drawn, no firm in two of them.  The branch draws the
same random numbers; there the two firms of each sampled pair may not work together, but may with anybody else.
Few pairs are barred at once, so that what they do to each other is small beside what it does to them.

Sigma = 2 x (profit of the sampled firms) / (their profit in the branch), a ratio of sums; 2 means that the alliance
adds nothing.  Profit is gross margin less overhead, before dues; a firm that has left earns nothing.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.chance import Purpose, pair_uid, uniforms
from sim.plan import Plan
from sim.processes.firm import overheads
from sim.state.ties import ACQUAINTANCE, PROJECT
from sim.world import World

MONTHS = 24  # the specification compares over 24 months
SAMPLED = 0.05  # of the partners at most are in a sampled alliance, assumed: small enough not to disturb the market
NAMES = ("paired_margin", "barred_margin", "paired_profit", "barred_profit")

Values = dict[str, float]


def first_month(plan: Plan) -> int | None:
    """Month, counted from the start of the run, in which the branch begins; None in a run too short for it."""
    return plan.burn_in + plan.months - MONTHS if plan.months >= MONTHS else None


def sample_alliances(world: World) -> NDArray[np.int64]:
    """Rows of sampled alliances in force, in the order of a hash of the pair, no firm in two."""
    ties = world.ties
    rows = np.flatnonzero(ties.used & (ties.form >= PROJECT))
    uids = np.array([pair_uid(a, b) for a, b in zip(ties.uid_a[rows], ties.uid_b[rows], strict=True)], np.int64)
    rows = rows[np.argsort(uniforms(world.key, int(Purpose.COUNTERFACTUAL_SAMPLE), uids, 0))]
    most = max(1, int(SAMPLED * world.partners.alive.sum() / 2))
    taken: set[int] = set()
    chosen: list[int] = []
    for row in rows:
        pair = {int(ties.a[row]), int(ties.b[row])}
        if len(chosen) < most and not pair & taken:
            chosen.append(int(row))
            taken |= pair
    return np.array(chosen, np.int64)


def bar(world: World, rows: NDArray[np.int64]) -> None:
    """End some alliances and forbid their pairs to work together."""
    ties = world.ties
    ties.form[rows], ties.alliance[rows] = ACQUAINTANCE, -1
    ties.barred[rows] = True


class Counterfactual:
    """The branch of a run in which a sample of its alliances is forbidden."""

    def __init__(self, world: World) -> None:
        rows = sample_alliances(world)
        self.alliances = world.ties.alliance[rows].copy()
        self.firms = np.concatenate([world.ties.uid_a[rows], world.ties.uid_b[rows]])
        self.branch = world.copy()
        self.branch.log = None
        self.by_firm = np.zeros((2, self.firms.size))  # profit so far, paired and barred, US dollars
        bar(self.branch, rows)

    def step(self, world: World) -> Values:
        """Let a month pass in the branch and compare; ``world`` has just passed the same month.

        Returns
        -------
        dict of str to float
            ``NAMES``: US dollars a month earned by the sampled firms, NaN when no alliance was in force.
        """
        from sim.month import advance

        advance(self.branch)
        if not self.firms.size:
            return dict.fromkeys(NAMES, np.nan)
        paired, barred = earned(world, self.firms), earned(self.branch, self.firms)
        self.by_firm += [profit_of_each(world, self.firms), profit_of_each(self.branch, self.firms)]
        return dict(zip(NAMES, (paired[0], barred[0], paired[1], barred[1]), strict=True))


    def pairs(self) -> NDArray[np.float64]:
        """Joint profit so far of each sampled pair, and in the branch where their alliance is forbidden; n x 2, US dollars."""
        return (self.by_firm[:, : self.firms.size // 2] + self.by_firm[:, self.firms.size // 2 :]).T


def profit_of_each(world: World, firms: NDArray[np.int64]) -> NDArray[np.float64]:
    """Profit of each of some firms in the month that has just ended, US dollars; 0 of one that has left."""
    partners, firm = world.partners, world.parameters["firm"]
    living = np.flatnonzero(partners.alive)
    _, at, rows = np.intersect1d(firms, partners.uid[living], return_indices=True)
    rows = living[rows]
    profit = np.zeros(firms.size)
    profit[at] = partners.margin_month[rows] - overheads(partners.staff[rows], partners.margin_ewma[rows], firm)
    return profit


def earned(world: World, firms: NDArray[np.int64]) -> tuple[float, float]:
    """Gross margin and profit of some firms in the month that has just ended, US dollars."""
    partners, firm = world.partners, world.parameters["firm"]
    rows = np.flatnonzero(partners.alive & np.isin(partners.uid, firms))
    margin = float(partners.margin_month[rows].sum())
    # fsum, since sum() rounds differently from Python 3.12 on
    costs = math.fsum(overheads(partners.staff[rows], partners.margin_ewma[rows], firm))
    return margin, margin - costs
