"""The verdicts on a set of replications: whether networks grow, whether loyalty holds, what 1 + 1 makes.

The unit of evidence is the replication: each gives one number, and intervals are 95 % t intervals across them.

**Windows.** *Late* is the last 12 months.  *Early* is the 12 months that lie five years before late, or the first
12 months after burn-in when the run is shorter, or, when a month ``since`` is named (that of an intervention), the 12
months before it.  Windows shrink to half of what there is when fewer than 24 months follow burn-in.

**Bands.** ``sim.observe.evidence.judge_band`` says *above*, *within*, *below* or *undecided* of a change and a margin:
above when the 95 % interval lies above 0 and the mean reaches the margin, within when the two one-sided tests (TOST)
pass inside the margin, undecided with about how many more runs otherwise.

**Networks and alliances.** Level: change of the mean from early to late, in shares of the early level, margin 10 %.
Final slope: Theil-Sen over the last 24 months of each replication, a year, in shares of the level there, margin 3 %
a year.  Persistent slopes vanish after saturation, so a change is mostly a shift of level, and the end of the path
decides only where it still moves:

========= ================== ================== ================== ==================
slope     level above        level within       level below        level undecided
========= ================== ================== ================== ==================
above     grow, still        grow, lately       grow, recovering   grow, at the end
within    grow, levelled off stabilise          decline, level. off undecided
below     decline, lately    decline, lately    decline, still     decline, at the end
undecided grow, slope open 1 undecided          decl., s. open 1   undecided
========= ================== ================== ================== ==================

1 unless the interval of the slope shows a movement the other way, which is undecided.

Where there is no trend at all, level and slope have a chance of 2.5 % each to be called above: growth is seen at most
about 5 % of the time, and so is decline.

**Loyalty.** Behaviour to a vendor is its 12-month share of wallet over all partners, zeros included, margin 2 points;
attitude is the mean over the partners that carry it, margin .05.  Over all vendors, behaviour is the retention of
relations (2 points), since shares of wallet always sum to one.  Above is *strengthens*, within *holds*, below *erodes*.
When both agree that is the verdict; when they disagree the verdict names both, and so when one is undecided.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.observe.evidence import Figure, Judgement, figure, judge_band, relative_change, theil_sen
from sim.observe.measures import LOYALTIES, one_plus_one, surplus_ratio
from sim.plan import Plan
from sim.state.networks import KINDS
from sim.state.ties import ACQUAINTANCE, FORMS

MARGIN_LEVEL = 0.10  # share of the early level
MARGIN_SLOPE = 0.03  # share of the level, a year
MARGIN_WALLET = 0.02  # share of wallet
MARGIN_RETENTION = 0.02  # share of relations
MARGIN_ATTITUDE = 0.05  # of a scale from -1 to 1
WINDOW = 12  # months
SLOPE_WINDOW = 24  # months
LOOK_BACK = 60  # months

UNDECIDED = "undecided"
KIND_WORDS = {kind: kind for kind in KINDS} | {"pure_p2p": "pure P2P", "community": "third-party", "vendor": "vendor-driven"}
LOYALTY_WORDS = {"above": "strengthens", "within": "holds", "below": "erodes", UNDECIDED: UNDECIDED}

Series = dict[str, NDArray]


class Windows(NamedTuple):
    """Months compared, counted from the start of the run; each pair is first month and month after the last."""

    early: tuple[int, int]
    late: tuple[int, int]
    slope: tuple[int, int]


class Trend(NamedTuple):
    """Whether something grows, stabilises or declines."""

    name: str
    verdict: str  # grow, stabilise, decline or undecided
    phase: str  # what the other half of the rule adds, may be empty
    early: Figure  # level in the early window
    late: Figure  # level in the late window
    level: Judgement  # change, share of the early level
    slope: Judgement  # share of the level, a year
    more_runs: int | None  # about how many would decide it; 0 decided, None unknown


class KindVerdict(NamedTuple):
    """One kind of network."""

    kind: str
    members: Trend  # the verdict on the kind
    networks: Trend  # how many networks of the kind are open


class Loyalty(NamedTuple):
    """Loyalty of partners to one vendor, or to all."""

    name: str
    vendor: int  # row, -1 = all vendors
    verdict: str  # strengthens, holds, erodes, undecided, or both halves when they disagree
    behaviour: Judgement  # change of the share of wallet, of retention for all vendors
    attitude: Judgement  # change of the mean attitude
    retention: Judgement  # change of the share of relations kept 12 months
    behaviour_late: Figure
    attitude_late: Figure
    dick_basu: dict[str, Figure]  # late shares: of all partners for one vendor, of carried relations for all
    dick_basu_change: dict[str, Figure]
    more_runs: int | None


class Synergy(NamedTuple):
    """What working together brings."""

    one_plus_one: Figure  # 2 x profit of allied firms / their profit in the branch without the alliance, 24 months
    surplus: Figure  # surplus of joint deals over the outside options of their members, after burn-in
    joint_share: Figure  # late share of revenue from joint work


class Verdict(NamedTuple):
    """All verdicts on one scenario."""

    replications: int
    windows: Windows
    overall: Trend  # memberships per partner
    kinds: tuple[KindVerdict, ...]
    alliances: tuple[Trend, ...]  # by form
    loyalty: Loyalty  # to all vendors
    vendors: tuple[Loyalty, ...]
    focal: int  # row of the focal vendor
    vendor_hhi: Figure  # late
    synergy: Synergy
    unserved: Figure  # late share of demand that nobody would serve
    lost: Figure  # late share of demand lost to competitors outside the channel
    undecided: tuple[tuple[str, int | None], ...]  # what, and about how many more runs


def windows(total: int, burn_in: int, since: int | None = None) -> Windows:
    """The months to compare.

    Parameters
    ----------
    total : int
        Months in all, burn-in included.
    burn_in : int
        Months of burn-in.
    since : int, optional
        Month after burn-in at which an intervention began; the early window ends there.

    Returns
    -------
    Windows
        Empty windows when fewer than two months are left to compare.

    Raises
    ------
    ValueError
        When ``since`` is not within the run.
    """
    first = burn_in + (since or 0)
    if since is not None and not 0 <= since <= total - burn_in:
        raise ValueError(f"since = {since} is not within the {total - burn_in} months after burn-in")
    if since is not None:
        width = max(0, min(WINDOW, total - first))
        early = (max(0, first - WINDOW), first)
    else:
        width = max(0, min(WINDOW, (total - burn_in) // 2))
        start = max(burn_in, total - width - LOOK_BACK)
        early = (start, start + width)
    return Windows(early, (total - width, total), (max(first, total - SLOPE_WINDOW), total))


def since_of(plan: Plan) -> int | None:
    """Month after burn-in of the first event within the run, before which a verdict looks back; None without events."""
    return min((event.month for event in plan.schedule if event.month < plan.months), default=None)


def judge(series_by_replication: Sequence[Series], plan: Plan, focal: int = 0, since: int | None = None) -> Verdict:
    """All verdicts on some replications of one plan.

    Parameters
    ----------
    series_by_replication : sequence of dict of str to array, T
        Monthly series from the start of the run, as ``run_replication`` gives them; a series that is missing is
        unknown.
    plan : Plan
        Gives burn-in and the vendors' names.
    focal : int
        Row of the focal vendor.
    since : int, optional
        Month after burn-in before which the comparison looks. When left out, that of the plan's first event; without
        events, five years before the end.

    Returns
    -------
    Verdict
        Verdicts are "undecided" below two replications.

    Raises
    ------
    ValueError
        When there is no replication or no such vendor.
    """
    runs = _Runs(series_by_replication, plan.burn_in, since_of(plan) if since is None else since)
    if not 0 <= focal < len(plan.names.vendors):
        raise ValueError(f"no vendor {focal}; there are {len(plan.names.vendors)}")
    overall = _trend(runs, "memberships_per_partner", "networks")
    kinds = tuple(_kind(runs, kind) for kind in KINDS)
    alliances = tuple(_trend(runs, f"alliances_{form}", f"{form} alliances") for form in FORMS[ACQUAINTANCE + 1 :])
    loyalty = _loyalty(runs, "all vendors", -1)
    vendors = tuple(_loyalty(runs, name, v) for v, name in enumerate(plan.names.vendors))
    late, after, all_months = runs.windows.late, (plan.burn_in, runs.total), (0, runs.total)
    asked = runs.total_of("demand_asked", late)
    synergy = Synergy(
        figure(_each(one_plus_one, runs.total_of("paired_profit", all_months), runs.total_of("barred_profit", all_months))),
        figure(_each(surplus_ratio, runs.total_of("synergy_surplus", after), runs.total_of("synergy_outside", after))),
        figure(runs.mean_of("joint_share", late)),
    )
    trends = [overall, *(k.members for k in kinds), *alliances]
    open_questions = [(t.name, t.more_runs) for t in trends if t.verdict == UNDECIDED]
    open_questions += [(f"loyalty to {x.name}", x.more_runs) for x in (loyalty, vendors[focal]) if UNDECIDED in x.verdict]
    return Verdict(
        replications=len(series_by_replication),
        windows=runs.windows,
        overall=overall,
        kinds=kinds,
        alliances=alliances,
        loyalty=loyalty,
        vendors=vendors,
        focal=focal,
        vendor_hhi=figure(runs.mean_of("vendor_hhi", late)),
        synergy=synergy,
        unserved=figure(_each(_part, runs.total_of("demand_unserved", late), asked)),
        lost=figure(_each(_part, runs.total_of("demand_lost", late), asked)),
        undecided=tuple(open_questions),
    )


class _Runs:
    """Replications as one matrix a series, and what a window says of each."""

    def __init__(self, replications: Sequence[Series], burn_in: int, since: int | None) -> None:
        if not replications:
            raise ValueError("there is no replication to judge")
        self.replications = replications
        self.total = min(len(column) for one in replications for column in one.values())
        self.windows = windows(self.total, burn_in, since)

    def paths(self, name: str, window: tuple[int, int]) -> NDArray[np.float64]:
        """R x months."""
        first, last = window
        unknown = np.full(self.total, np.nan)
        return np.array([np.asarray(one.get(name, unknown), np.float64)[first:last] for one in self.replications])

    def mean_of(self, name: str, window: tuple[int, int]) -> NDArray[np.float64]:
        return np.array(
            [path[np.isfinite(path)].mean() if np.isfinite(path).any() else np.nan for path in self.paths(name, window)]
        )

    def total_of(self, name: str, window: tuple[int, int]) -> NDArray[np.float64]:
        return np.array(
            [path[np.isfinite(path)].sum() if np.isfinite(path).any() else np.nan for path in self.paths(name, window)]
        )

    def change(self, name: str, margin: float) -> Judgement:
        """Change from early to late in the series' own unit."""
        return judge_band(self.mean_of(name, self.windows.late) - self.mean_of(name, self.windows.early), margin)


def _each(ratio, above: NDArray, below: NDArray) -> NDArray[np.float64]:
    return np.array([ratio(a, b) for a, b in zip(above, below, strict=True)])


def _part(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else np.nan


def _trend(runs: _Runs, series: str, name: str) -> Trend:
    early, late = runs.mean_of(series, runs.windows.early), runs.mean_of(series, runs.windows.late)
    level = judge_band(relative_change(late, early), MARGIN_LEVEL)
    slopes = np.array([12.0 * theil_sen(path) for path in runs.paths(series, runs.windows.slope)])
    around = figure(runs.mean_of(series, runs.windows.slope)).mean
    slope = judge_band(slopes / around if around > 0.0 else slopes, MARGIN_SLOPE)
    verdict, phase = trend_word(level, slope)
    more = 0 if verdict != UNDECIDED else _most([level, slope])
    return Trend(name, verdict, phase, figure(early), figure(late), level, slope, more)


def _kind(runs: _Runs, kind: str) -> KindVerdict:
    words = KIND_WORDS[kind]
    return KindVerdict(
        kind,
        _trend(runs, f"members_{kind}", f"{words} networks"),
        _trend(runs, f"networks_{kind}", f"number of {words} networks"),
    )


def trend_word(level: Judgement, slope: Judgement) -> tuple[str, str]:
    """Verdict and phase from level and final slope: the table in the module's docstring.

    Parameters
    ----------
    level, slope : Judgement
        Change of level and final slope.

    Returns
    -------
    tuple of str
        Verdict, and a phase that may be empty.
    """
    if slope.place == "above":
        return "grow", {"above": "still", "within": "lately", "below": "recovering", UNDECIDED: "at the end"}[level.place]
    if slope.place == "below":
        return "decline", {"above": "lately", "within": "lately", "below": "still", UNDECIDED: "at the end"}[level.place]
    if slope.place == "within":
        words = {"above": ("grow", "levelled off"), "within": ("stabilise", ""), "below": ("decline", "levelled off")}
        return words.get(level.place, (UNDECIDED, ""))
    if level.place == "above" and not slope.figure.high < 0.0:
        return "grow", "slope open"
    if level.place == "below" and not slope.figure.low > 0.0:
        return "decline", "slope open"
    return UNDECIDED, ""


def loyalty_word(behaviour: Judgement, attitude: Judgement) -> str:
    """One word when behaviour and attitude agree, else both.

    Parameters
    ----------
    behaviour, attitude : Judgement
        Changes of share of wallet (or retention) and of attitude.

    Returns
    -------
    str
        For instance "holds", or "erodes in behaviour, holds in attitude".
    """
    acts, feels = LOYALTY_WORDS[behaviour.place], LOYALTY_WORDS[attitude.place]
    return acts if acts == feels else f"{acts} in behaviour, {feels} in attitude"


def _loyalty(runs: _Runs, name: str, vendor: int) -> Loyalty:
    of = "" if vendor < 0 else f"_{vendor}"
    acts = "retention" if vendor < 0 else f"wallet{of}"
    behaviour = runs.change(acts, MARGIN_RETENTION if vendor < 0 else MARGIN_WALLET)
    attitude = runs.change(f"attitude{of}", MARGIN_ATTITUDE)
    late = runs.windows.late
    verdict = loyalty_word(behaviour, attitude)
    cells = {cell: f"dick_basu_{cell}{of}" for cell in LOYALTIES}
    return Loyalty(
        name=name,
        vendor=vendor,
        verdict=verdict,
        behaviour=behaviour,
        attitude=attitude,
        retention=runs.change(f"retention{of}", MARGIN_RETENTION),
        behaviour_late=figure(runs.mean_of(acts, late)),
        attitude_late=figure(runs.mean_of(f"attitude{of}", late)),
        dick_basu={cell: figure(runs.mean_of(s, late)) for cell, s in cells.items()},
        dick_basu_change={cell: runs.change(s, math.inf).figure for cell, s in cells.items()},
        more_runs=_most([behaviour, attitude]) if UNDECIDED in verdict else 0,
    )


def _most(judgements: list[Judgement]) -> int | None:
    """How many more runs decide all that is undecided, None when that is unknown for one."""
    wanted = [j.more_runs for j in judgements if j.place == UNDECIDED]
    known = [n for n in wanted if n is not None]
    return max(known, default=0) if len(known) == len(wanted) else None
