"""How much a study may cost."""

from typing import NamedTuple


class Budget(NamedTuple):
    """Size of the world, and how many runs."""

    name: str
    partners: int
    months: int  # after burn-in
    least: int  # replications of the study itself, 0 for what the power calculation asks
    most: int  # replications of the study itself at most
    aside: int  # replications at most of arms on which no verdict hangs
    side: int  # replications of each value on an axis; ablations have those of the study
    ends: bool  # whether only the lowest and the highest value on each axis are run
    points: int  # of the sweep over all axes at once
    seeds: int  # replications of each point
    second_seed: bool  # whether the study is repeated on other seeds


BUDGETS = {
    "small": Budget("small", 200, 60, 6, 6, 6, 2, True, 0, 1, second_seed=False),
    "full": Budget("full", 500, 120, 0, 600, 120, 12, False, 24, 2, second_seed=True),
}
# 500 partners, not 1,000: the spread of the focal vendor's share between runs is the drawn set of vendors and does not fall
# with the number of partners (trial: 1.63 and 1.64 points), so twice the partners would buy nothing.
