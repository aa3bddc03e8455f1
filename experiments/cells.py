"""The verdicts on an arm from its table of headline outcomes, by the rules of ``sim.verdict``."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.arms import values_of
from sim.observe.evidence import Figure, figure, judge_band, relative_change
from sim.verdict import MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_RETENTION, MARGIN_SLOPE, MARGIN_WALLET, loyalty_word, trend_word

SYNERGY = 2.0  # what 1 + 1 makes without synergy
MARGIN_SYNERGY = 0.2


class Cell(NamedTuple):
    """Headline verdicts on one arm."""

    networks: str  # grow, stabilise, decline or undecided
    loyalty: str  # to the focal vendor: strengthens, holds, erodes, undecided, or both halves
    loyalty_all: str  # over all vendors: retention and attitude
    synergy: str  # "more than 2", "about 2", "less than 2" or undecided
    level: Figure  # change of memberships per partner, share
    slope: Figure  # share a year
    wallet: Figure  # change, share of wallet of the focal vendor
    attitude: Figure  # change, attitude to the focal vendor


HEADLINES = ("networks", "loyalty", "loyalty_all", "synergy")


class Changes(NamedTuple):
    """What the verdicts are judged on, one number a run each."""

    level: NDArray[np.float64]  # memberships per partner, share
    slope: NDArray[np.float64]  # share a year
    wallet: NDArray[np.float64]  # of the focal vendor
    attitude: NDArray[np.float64]  # to the focal vendor
    retention: NDArray[np.float64]
    attitude_all: NDArray[np.float64]
    synergy: NDArray[np.float64]  # one plus one less two


def changes_of(table: pa.Table, arm: str) -> Changes:
    """What one arm's verdicts are judged on.

    Parameters
    ----------
    table
        Headline outcomes as ``run_arms`` gives them, or those of ``outcomes.JUDGED``.
    arm
        Its name.

    Returns
    -------
    Changes
        Arrays of one number a run; synergy is NaN where the table does not tell it.
    """

    def of(name: str) -> np.ndarray:
        return values_of(table, arm, name)

    wallet = of("focal_wallet") - of("focal_wallet_early")
    around = figure(of("memberships_slope_level")).mean
    return Changes(
        relative_change(of("memberships"), of("memberships_early")),
        of("memberships_slope") / around if around > 0.0 else of("memberships_slope"),
        wallet,
        of("focal_attitude") - of("focal_attitude_early"),
        of("retention") - of("retention_early"),
        of("attitude") - of("attitude_early"),
        (of("one_plus_one") if "one_plus_one" in table.column_names else np.full(len(wallet), np.nan)) - SYNERGY,
    )


def judged(changes: Changes) -> Cell:
    """The verdicts on some changes; undecided below two runs."""
    level, slope = judge_band(changes.level, MARGIN_LEVEL), judge_band(changes.slope, MARGIN_SLOPE)
    wallet, attitude = judge_band(changes.wallet, MARGIN_WALLET), judge_band(changes.attitude, MARGIN_ATTITUDE)
    kept, liked = judge_band(changes.retention, MARGIN_RETENTION), judge_band(changes.attitude_all, MARGIN_ATTITUDE)
    made = judge_band(changes.synergy, MARGIN_SYNERGY)
    words = {"above": "more than 2", "within": "about 2", "below": "less than 2"}
    return Cell(
        trend_word(level, slope)[0], loyalty_word(wallet, attitude), loyalty_word(kept, liked), words.get(made.place, made.place),
        level.figure, slope.figure, wallet.figure, attitude.figure,
    )  # fmt: skip


def cell_of(table: pa.Table, arm: str) -> Cell:
    """Judge one arm of a table as ``run_arms`` gives it; undecided below two replications."""
    return judged(changes_of(table, arm))


def words_of(cell: Cell) -> tuple[str, ...]:
    """A cell's headline verdicts, in the order of ``HEADLINES``."""
    return tuple(getattr(cell, name) for name in HEADLINES)
