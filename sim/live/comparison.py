"""Two runs on the same random numbers, in words: what differs in the second, since when, where and why.

A difference counts when it is beyond the margins of ``sim.verdict``; "since" is the first month of the present spell in
which it was.  It is one pair of runs, without an interval: whether the difference would come out so again is for the
command ``run`` over many replications.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.live.headline import CAUSE_WORDS, SMALLEST_GROUP, signed, since, when, where
from sim.live.names import KIND_WORDS
from sim.live.saved import Move
from sim.live.track import Track
from sim.observe.loyalty_account import CAUSES, GROUPS
from sim.state.networks import KINDS
from sim.verdict import MARGIN_ATTITUDE, MARGIN_LEVEL, MARGIN_WALLET

Series = Mapping[str, Sequence[float]]


class Pair(NamedTuple):
    """The series of two runs up to the same month, and what is needed to speak of them."""

    one: Series
    other: Series
    months: int  # that both have passed
    burn_in: int
    vendors: Sequence[str]

    def difference(self, name: str, relative: bool = False) -> NDArray[np.float64]:
        """The second less the first, month by month; NaN where a relative one has no base."""
        a, b = (np.asarray(series[name][: self.months], np.float64) for series in (self.one, self.other))
        return np.divide(b - a, np.abs(a), out=np.full(a.size, np.nan), where=a != 0.0) if relative else b - a

    def when(self, difference: NDArray[np.float64], margin: float) -> str:
        """Since when it has been beyond the margin; "" when it is within."""
        began = since(difference, margin)
        return "" if began < 0 else f", {when(began, self.burn_in)}"


def compared(one: Track, other: Track) -> dict[str, str]:
    """Two sentences, ``networks`` and ``loyalty``, on how the second track differs from the first in the present month."""
    pair = Pair(one.series, other.series, one.world.month, one.scenario.plan.burn_in, one.scenario.plan.names.vendors)
    return spoken(pair, _change(one, other))


def spoken(pair: Pair, change: str) -> dict[str, str]:
    """The two sentences; ``change`` says what the second has that the first has not."""
    if pair.months == 0 or _same(pair):
        return {"networks": f"{change}: no difference so far.", "loyalty": ""}
    return {"networks": signed(f"{change}: {_networks(pair)}."), "loyalty": signed(f"{_loyalty(pair)}.")}


def _same(pair: Pair) -> bool:
    return all(np.nan_to_num(pair.difference(name)[-1]) == 0.0 for name in ("memberships_per_partner", "attitude", "alliances"))


def _change(one: Track, other: Track) -> str:
    if one.base is not other.base:
        also = ", as shipped" if other.base.title == one.base.title else ""
        return f"B ({other.base.title}{also}) against A"
    moved = [(move, "B") for move in other.moves if move not in one.moves]
    moved += [(move, "A") for move in one.moves if move not in other.moves]
    if not moved:
        return "A and B are alike until a lever of one is moved"
    (move, of), more = moved[-1], len(moved) - 1
    others = f" and {more} more change{'s' if more > 1 else ''}" if more else ""
    return f"B against A, with {_of_move(move)} in {of}{others}"


def _of_move(move: Move) -> str:
    """A move in words: "list margin of all vendors at 0.02 from month 14"."""
    *above, name = move.key.split(".")
    whose = "" if not above or above[0] == "switches" else f" of {_whose(above)}"
    value = ("on" if move.value else "off") if isinstance(move.value, bool) else f"at {move.value:g}"
    return f"{name.replace('_', ' ')}{whose.replace('_', ' ')} {value} from month {move.month}"


def _whose(above: list[str]) -> str:
    """The rows that a key names: "vendor 1", "all vendors", "marketplace networks"; or the process of a parameter."""
    if above[-1].isdigit():
        return f"{above[0].removesuffix('s')} {above[-1]}"
    return " ".join(reversed(above))


def _networks(pair: Pair) -> str:
    memberships, alliances = (pair.difference(name, relative=True) for name in ("memberships_per_partner", "alliances"))
    parts = [f"memberships a partner {_percent(memberships[-1])}{pair.when(memberships, MARGIN_LEVEL)}"]
    members = {kind: pair.difference(f"members_{kind}") for kind in KINDS}
    most = max(members, key=lambda kind: abs(members[kind][-1]))
    if abs(members[most][-1]) >= 1.0:
        parts.append(f"most in {KIND_WORDS[most]} networks ({members[most][-1]:+.0f} members)")
    return "; ".join([*parts, f"alliances {_percent(alliances[-1])}{pair.when(alliances, MARGIN_LEVEL)}"])


def _percent(share: float) -> str:
    if not np.isfinite(share) or abs(share) < 0.005:
        return "the same"
    return f"{100 * abs(share):.0f} % {'lower' if share < 0 else 'higher'}"


def _loyalty(pair: Pair) -> str:
    wallets = [pair.difference(f"wallet_{v}") for v in range(len(pair.vendors))]
    moved = max(range(len(wallets)), key=lambda v: abs(np.nan_to_num(wallets[v][-1])))
    attitude = pair.difference("attitude")
    points = 100 * float(np.nan_to_num(wallets[moved][-1]))
    to_vendor = f"to {pair.vendors[moved]} {abs(points):.1f} points of wallet {'lower' if points < 0 else 'higher'}"
    felt = f"attitude to all {_by(attitude[-1])}{pair.when(attitude, MARGIN_ATTITUDE)}"
    small = since(wallets[moved], MARGIN_WALLET) < 0 and since(attitude, MARGIN_ATTITUDE) < 0
    start = "Loyalty hardly differs: at most " if small else "With the change, loyalty "
    return f"{start}{to_vendor}{pair.when(wallets[moved], MARGIN_WALLET)}; {felt}{_most_felt(pair)}"


def _by(difference: float) -> str:
    if abs(difference) < 0.005:
        return "the same"
    return f"{abs(difference):.2f} {'lower' if difference < 0 else 'higher'}"


def _most_felt(pair: Pair) -> str:
    """Where attitudes differ most, and which cause brought most of it; "" when nowhere by a hundredth."""
    groups = [
        g for g in GROUPS[1:] if min(s[f"relations_in_{g}"][pair.months - 1] for s in (pair.one, pair.other)) >= SMALLEST_GROUP
    ]
    felt = {g: float(np.nan_to_num(pair.difference(f"attitude_in_{g}")[-1])) for g in groups}
    most = max(felt, key=lambda g: abs(felt[g]), default=None)
    if most is None or abs(felt[most]) < 0.01:
        return ""
    brought = {cause: float(np.nansum(pair.difference(f"account_{most}_{cause}"))) for cause in CAUSES}
    cause = max(brought, key=lambda c: brought[c] * np.sign(felt[most]))
    return f", most {where(most)} ({felt[most]:+.2f}), mainly through {CAUSE_WORDS[cause]} ({brought[cause]:+.2f})"
