"""A8 The logit choice of vendor: uniform at slope 0, the best at a steep slope, McFadden's shares in between."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from experiments.validation.check import Check, check
from sim import chance
from sim.rules.registry import make_rule
from sim.rules.tables import VendorOptions

D, V = 40_000, 5
WEIGHTS = {"margin": 10.0, "attitude": 1.0, "fit": 1.2, "habit": 2.0, "certification": 0.5}
SLOPES = (0.5, 1.0, 3.0)
MOST = 3.0  # standard errors
SOURCE = "McFadden 1974"


def same_options() -> VendorOptions:
    """Many deals with the same five vendors to choose from; the last vendor is never feasible."""
    rng = np.random.default_rng(8)
    shape = (D, V)
    feasible = np.ones(shape, bool)
    feasible[:, -1] = False
    one = rng.uniform(-1.0, 1.0, V)
    scales = ((0.02, 6), (0.5, 0), (0.3, 1), (0.2, 1), (0.5, 1))  # of margin, attitude, fit, habit, certification
    columns = [np.broadcast_to(scale * (one + shift), shape).copy() for scale, shift in scales]
    margin, attitude, fit, habit, certification = columns
    return VendorOptions(np.arange(D) * 7919, np.zeros(D, np.int64), margin, attitude, fit, habit, certification, feasible)


def chosen(options: VendorOptions, name: str, **given: float) -> NDArray[np.int64]:
    """What a rule decides in month 0 of a run."""
    draw = partial(chance.uniforms_at, np.uint64(chance.month_key(8, 0, 0)))
    return make_rule("vendor_choice", name, given).decide(options, draw)


def logit_shares(options: VendorOptions, slope: float) -> NDArray[np.float64]:
    """P(v) = e^{slope u_v} / sum of the first deal."""
    utility = sum(weight * getattr(options, name)[0] for name, weight in WEIGHTS.items())
    value = np.where(options.feasible[0], slope * utility, -np.inf)
    weight = np.exp(value - value.max())
    return weight / weight.sum()


def deviation(choice: NDArray, shares: NDArray) -> float:
    """Largest distance of the shares chosen from those expected, in standard errors; infinite where none may be chosen."""
    apart = np.abs(np.bincount(choice, minlength=V) / D - shares)
    spread = np.sqrt(shares * (1.0 - shares) / D)
    return float(
        np.max(np.where(spread > 0.0, apart / np.where(spread > 0.0, spread, 1.0), np.where(apart > 1e-12, np.inf, 0.0)))
    )


def check_shares(slope: float, choice: NDArray) -> Check:
    """Shares chosen at a slope."""
    worst = deviation(choice, logit_shares(same_options(), slope))
    text = (
        "vendor choice at slope 0: distance from uniform"
        if slope == 0.0
        else f"vendor choice at slope {slope:g}: distance from the logit"
    )
    return check("A8", text, SOURCE, f"{MOST:g} standard errors", f"{worst:.2f}", worst <= MOST)


def steep(options: VendorOptions) -> tuple[VendorOptions, NDArray[np.int64], NDArray[np.int64]]:
    """Deals whose best vendor differs; what argmax and what a steep softmax choose."""
    mixed = options._replace(attitude=np.random.default_rng(9).uniform(-1.0, 1.0, (D, V)))
    return mixed, chosen(mixed, "argmax"), chosen(mixed, "softmax", slope=1e9)


def checks() -> list[Check]:
    """All of A8."""
    options = same_options()
    out = [check_shares(0.0, chosen(options, "softmax", slope=0.0))]
    out += [check_shares(slope, chosen(options, "softmax", slope=slope, **WEIGHTS)) for slope in SLOPES]
    _, best, found = steep(options)
    other = int((best != found).sum())
    text = "vendor choice at a steep slope: choices other than the best"
    return [*out, check("A8", text, SOURCE, f"0 of {D:,}", str(other), other == 0)]
