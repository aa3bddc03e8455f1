"""What a comparison compares: the headline outcomes of a run, and how small a difference is too small to matter."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from experiments.outcomes import COLUMNS, Outcome
from sim.scenario import ScenarioError
from sim.verdict import MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_RETENTION, MARGIN_WALLET

HEADLINE = ("memberships", "focal_wallet", "focal_attitude", "retention")  # replications are added until these are decided
_LOYALTY = ("focal_wallet", "focal_attitude", "retention", "attitude", "attitude_spread", "satisfied", "drops")
SHARE = 0.02  # of a share that has no margin of its own in sim.verdict: 2 points, assumed
_OWN = {
    "focal_wallet": MARGIN_WALLET, "retention": MARGIN_RETENTION, "focal_attitude": MARGIN_ATTITUDE, "attitude": MARGIN_ATTITUDE,
    "attitude_spread": MARGIN_ATTITUDE, "trust": MARGIN_ATTITUDE,
}  # fmt: skip
_NAMES = [c.name for c in COLUMNS if not c.name.endswith(("_early", "_slope", "_slope_level"))]


class Indicator(NamedTuple):
    """One outcome that scenarios are compared by."""

    outcome: Outcome
    matters: float  # smallest difference that matters: share of the baseline's mean where relative, else in its own unit
    headline: bool

    @property
    def name(self) -> str:
        """Name of the outcome."""
        return self.outcome.name

    @property
    def relative(self) -> bool:
        """Whether differences are shares of the baseline's mean."""
        return self.outcome.scale == "relative"


def indicators(headline: Sequence[str] = HEADLINE, matters: Mapping[str, float] | None = None) -> list[Indicator]:
    """All indicators, the headline ones first.

    Parameters
    ----------
    headline
        Names of those that must be decided.
    matters
        Smallest differences that matter, where they shall not be the defaults: those of ``sim.verdict``, 10 % of what
        is relative, 2 points of a share.

    Raises
    ------
    ScenarioError
        When there is no such indicator, or a smallest difference is not positive.
    """
    own = dict(matters or {})
    for name in [*headline, *own]:
        if name not in _NAMES:
            near = get_close_matches(name, _NAMES, 1, 0.5)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise ScenarioError(f'no indicator is called "{name}"{hint}; there are {", ".join(_NAMES)}')
    for name, value in own.items():
        if not 0.0 < value < float("inf"):
            raise ScenarioError(f"--matters {name}={value:g}: expected a positive number, the smallest difference that matters")
    by_name = {c.name: c for c in COLUMNS}
    ordered = [*dict.fromkeys(headline), *(n for n in _NAMES if n not in headline)]
    return [Indicator(by_name[n], own.get(n, _default(by_name[n])), n in headline) for n in ordered]


def of_loyalty(indicator: Indicator) -> bool:
    """Whether it is about loyalty to vendors, that to one of them (``wallet_3``) included."""
    return indicator.name in _LOYALTY or indicator.name.startswith(("wallet_", "attitude_"))


def _default(outcome: Outcome) -> float:
    return MARGIN_LEVEL if outcome.scale == "relative" else _OWN.get(outcome.name, SHARE)


__all__ = ["HEADLINE", "Indicator", "indicators", "of_loyalty"]
