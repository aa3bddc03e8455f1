"""The verdicts on an arm from its table of headline outcomes, by the rules of ``sim.verdict``."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

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


def cell_of(table: pa.Table, arm: str) -> Cell:
    """Judge one arm.

    Parameters
    ----------
    table
        Headline outcomes as ``run_arms`` gives them.
    arm
        Its name.

    Returns
    -------
    Cell
        Undecided below two replications.
    """

    def of(name: str) -> np.ndarray:
        return values_of(table, arm, name)

    level = judge_band(relative_change(of("memberships"), of("memberships_early")), MARGIN_LEVEL)
    around = figure(of("memberships_slope_level")).mean
    slope = judge_band(of("memberships_slope") / around if around > 0.0 else of("memberships_slope"), MARGIN_SLOPE)
    wallet = judge_band(of("focal_wallet") - of("focal_wallet_early"), MARGIN_WALLET)
    attitude = judge_band(of("focal_attitude") - of("focal_attitude_early"), MARGIN_ATTITUDE)
    kept = judge_band(of("retention") - of("retention_early"), MARGIN_RETENTION)
    liked = judge_band(of("attitude") - of("attitude_early"), MARGIN_ATTITUDE)
    made = judge_band(of("one_plus_one") - SYNERGY, MARGIN_SYNERGY)
    words = {"above": "more than 2", "within": "about 2", "below": "less than 2"}
    return Cell(
        trend_word(level, slope)[0], loyalty_word(wallet, attitude), loyalty_word(kept, liked), words.get(made.place, made.place),
        level.figure, slope.figure, wallet.figure, attitude.figure,
    )  # fmt: skip
