"""What a run comes to: the headline outcomes, one number each, as pure functions of its series and events.

Levels are means over the last 12 months, *early* ones over the months that ``sim.verdict.windows`` compares with; where
the plan has events, early is the year before the first.  Rates and sums cover the last 60 months after burn-in.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sim.observe.counterfactual import MONTHS
from sim.observe.evidence import theil_sen
from sim.observe.measures import one_plus_one, surplus_ratio
from sim.observe.run import run_replication
from sim.plan import Plan
from sim.state.networks import KINDS
from sim.state.ties import ACQUAINTANCE, AGREEMENT_KINDS, FORMS
from sim.verdict import LOOK_BACK, Windows, since_of, windows

FOCAL = 0  # row of the focal vendor

Span = tuple[int, int]
Series = Mapping[str, NDArray]
Tables = Mapping[str, pa.Table]


class Outcome(NamedTuple):
    """One number a run; differences between arms are read as shares of the baseline's mean where it is relative."""

    name: str
    unit: str
    meaning: str
    scale: Literal["relative", "absolute"] = "absolute"


class Outcomes(NamedTuple):
    """What is measured of each run: ``measure(plan, replication)`` runs it and gives every column."""

    name: str
    columns: tuple[Outcome, ...]
    measure: Callable[[Plan, int], Mapping[str, float]]


def mean_in(series: Series, name: str, span: Span) -> float:
    """Mean of what is known of a series from the first month of a span to before its last; NaN when nothing is."""
    path = np.asarray(series[name][span[0] : span[1]], np.float64)
    known = path[np.isfinite(path)]
    return float(known.mean()) if known.size else np.nan


def sum_in(series: Series, name: str, span: Span) -> float:
    """Sum of what is known of a series in a span; NaN when nothing is."""
    path = np.asarray(series[name][span[0] : span[1]], np.float64)
    known = path[np.isfinite(path)]
    return float(known.sum()) if known.size else np.nan


def ratio(part: float, whole: float) -> float:
    """Part over whole; NaN where the whole is not positive."""
    return float(part / whole) if whole > 0.0 else np.nan


def drop_rate(relations: pa.Table, line_cards: float, span: Span) -> float:
    """Relations dropped for dissatisfaction a month, as a share of those carried.

    Parameters
    ----------
    relations : pyarrow.Table
        ``vendor_relations`` of ``sim.observe.schema``.
    line_cards : float
        Mean number of relations carried in the span.
    span : tuple of int
        First month and month after the last.

    Returns
    -------
    float
        1/month; NaN when nothing is carried.
    """
    when = pc.and_(pc.greater_equal(relations["dropped"], span[0]), pc.less(relations["dropped"], span[1]))
    count = pc.sum(pc.and_(when, pc.equal(relations["why_dropped"], "dissatisfied"))).as_py() or 0
    return ratio(count / max(1, span[1] - span[0]), line_cards)


_BEFORE = (
    Outcome("memberships_early", "memberships", "memberships per partner before"),
    Outcome("memberships_slope", "memberships a year", "Theil-Sen slope of memberships per partner over the last 24 months"),
    Outcome("memberships_slope_level", "memberships", "memberships per partner over the months of the slope"),
    Outcome("focal_wallet_early", "share", "share of wallet of the focal vendor before"),
    Outcome("focal_attitude_early", "-1..1", "attitude to the focal vendor before"),
    Outcome("retention_early", "share", "relations of 12 months ago still there, before"),
    Outcome("attitude_early", "-1..1", "mean attitude before"),
)

COLUMNS: tuple[Outcome, ...] = (
    Outcome("memberships", "memberships", "memberships per partner, zeros included", "relative"),
    Outcome("networks", "networks", "networks open", "relative"),
    *(Outcome(f"networks_{k}", "networks", f"{k} networks open", "relative") for k in KINDS),
    Outcome("alliances", "alliances", "alliances in force, all forms", "relative"),
    *(Outcome(f"alliances_{f}", "alliances", f"{f} alliances in force", "relative") for f in FORMS[ACQUAINTANCE + 1 :]),
    Outcome("joint_share", "share", "partners' revenue from work done with other partners"),
    Outcome("focal_wallet", "share", "share of wallet of the focal vendor over all partners, zeros included"),
    Outcome("focal_attitude", "-1..1", "attitude of the partners that carry the focal vendor"),
    Outcome("retention", "share", "relations of 12 months ago still there, all vendors"),
    Outcome("attitude", "-1..1", "mean attitude over carried relations"),
    Outcome("attitude_spread", "0..1", "standard deviation of attitudes around the mean of each vendor's partners"),
    Outcome("satisfied", "share", "partners with a favourable attitude to their primary vendor"),
    Outcome("drops", "1/month", "relations dropped for dissatisfaction, share of those carried", "relative"),
    Outcome("line_card", "vendors", "vendors carried by a partner", "relative"),
    Outcome("one_plus_one", "1", "2 x profit of allied firms over that of the same firms without the alliance", "relative"),
    Outcome("surplus", "1", "surplus of joint deals over what their members could do otherwise", "relative"),
    Outcome("trust", "0..1", "mean trust within alliances"),
    Outcome("direct_pairs", "pairs", "pairs that met over a take rate and now bypass it", "relative"),
    *(Outcome(f"agreements_{k}", "agreements", f"{k} agreements in force", "relative") for k in AGREEMENT_KINDS),
    Outcome("unserved", "share", "demand that nobody could or would serve"),
    Outcome("revenue", "US dollars a month", "partners' revenue, net of subcontracting", "relative"),
    Outcome("profit", "US dollars a month", "partners' margin less overhead, dues, bids and cost of alliances", "relative"),
    Outcome("exits", "1/year", "partners that left, share of those living", "relative"),
    Outcome("staff", "full-time equivalents", "mean staff of a partner", "relative"),
    Outcome("vendor_hhi", "0..1", "concentration of vendors' channel sales"),
    Outcome("distributor_share", "share", "product bought through distributors"),
    Outcome("marketplace_share", "share", "value of marketplace jobs over what customers spend"),
    *(Outcome(f"value_{k}", "share", f"revenue from deals met through {k} networks") for k in KINDS),
    *_BEFORE,
)  # fmt: skip

_LATE = {
    "memberships": "memberships_per_partner", "satisfied": "satisfied_share", "focal_wallet": f"wallet_{FOCAL}",
    "focal_attitude": f"attitude_{FOCAL}", "staff": "staff_mean", "revenue": "revenue_month",
}  # fmt: skip
_COMPARED = ("memberships", "focal_wallet", "focal_attitude", "retention", "attitude")
_COSTS = ("overhead", "dues", "bid_cost", "form_cost", "lead_spend")


def _windows_of(plan: Plan) -> Windows:
    """The windows that a verdict compares: the early one before the first event, the others at the end of the run."""
    total = plan.burn_in + plan.months
    return windows(total, plan.burn_in)._replace(early=windows(total, plan.burn_in, since_of(plan)).early)


def _rates(plan: Plan) -> Span:
    """The months of rates and sums."""
    total = plan.burn_in + plan.months
    return max(plan.burn_in, total - LOOK_BACK), total


def _months_in(spans: Iterable[Span]) -> set[int]:
    return {month for span in spans for month in range(*span)}


def judged(series: Series, plan: Plan) -> dict[str, float]:
    """What the verdicts on networks and loyalty are judged on.

    Parameters
    ----------
    series : mapping of str to array, T
        Monthly series from the start of the run.
    plan : Plan
        Gives burn-in, months and the month of the first event.

    Returns
    -------
    dict of str to float
        One entry a column of ``JUDGED``; NaN where undefined.
    """
    early, late, slope = _windows_of(plan)
    out = {name: mean_in(series, _LATE.get(name, name), late) for name in _COMPARED}
    out |= {f"{name}_early": mean_in(series, _LATE.get(name, name), early) for name in _COMPARED}
    out["memberships_slope"] = 12.0 * theil_sen(series["memberships_per_partner"][slope[0] : slope[1]])
    out["memberships_slope_level"] = mean_in(series, "memberships_per_partner", slope)
    return out


def headline(series: Series, tables: Tables, plan: Plan) -> dict[str, float]:
    """All headline outcomes of one run.

    Parameters
    ----------
    series : mapping of str to array, T
        Monthly series from the start of the run.
    tables : mapping of str to pyarrow.Table
        The public tables; without any, "drops" is NaN.
    plan : Plan
        Gives burn-in, months and the month of the first event.

    Returns
    -------
    dict of str to float
        One entry a column of ``COLUMNS``; NaN where undefined.
    """
    late, rates = _windows_of(plan).late, _rates(plan)
    late_two = (max(0, rates[1] - MONTHS), rates[1])
    plain = ["networks", "alliances", "joint_share", "trust", "direct_pairs", "attitude_spread"]
    plain += ["satisfied", "line_card", "revenue", "staff", "vendor_hhi", *(f"networks_{k}" for k in KINDS)]
    plain += [*(f"agreements_{k}" for k in AGREEMENT_KINDS), *(f"alliances_{f}" for f in FORMS[ACQUAINTANCE + 1 :])]
    out = judged(series, plan) | {name: mean_in(series, _LATE.get(name, name), late) for name in plain}
    relations = mean_in(series, "line_card", rates) * mean_in(series, "partners", rates)
    out["drops"] = drop_rate(tables["vendor_relations"], relations, rates) if tables else np.nan
    out["one_plus_one"] = one_plus_one(sum_in(series, "paired_profit", late_two), sum_in(series, "barred_profit", late_two))
    out["surplus"] = surplus_ratio(sum_in(series, "synergy_surplus", rates), sum_in(series, "synergy_outside", rates))
    out["unserved"] = ratio(sum_in(series, "demand_unserved", late), sum_in(series, "demand_asked", late))
    spent = math.fsum(mean_in(series, f"flow_{cost}", late) for cost in _COSTS)
    out["profit"] = mean_in(series, "margin_month", late) + mean_in(series, "flow_mdf", late) - spent
    out["exits"] = 12.0 * ratio(mean_in(series, "exits", rates), mean_in(series, "partners", rates))
    through = sum_in(series, "flow_purchase_distributor", late)
    out["distributor_share"] = ratio(through, through + sum_in(series, "flow_purchase_direct", late))
    out["marketplace_share"] = ratio(sum_in(series, "marketplace_value", late), sum_in(series, "customer_spend", late))
    for kind in KINDS:
        out[f"value_{kind}"] = ratio(sum_in(series, f"value_{kind}", late), sum_in(series, "revenue_month", late))
    return {column.name: out[column.name] for column in COLUMNS}


def measure_headline(plan: Plan, replication: int) -> dict[str, float]:
    """Run one replication and give its headline outcomes."""
    result = run_replication(plan, replication)
    return headline(result.series, result.tables, plan)


def measure_judged(plan: Plan, replication: int) -> dict[str, float]:
    """Run one replication, without events and the branch for synergy, and give what verdicts are judged on."""
    result = run_replication(plan, replication, synergy=False, events=False, observed=_months_in(_windows_of(plan)))
    return judged(result.series, plan)


def measure_from_series(plan: Plan, replication: int, synergy: bool = True) -> dict[str, float]:
    """Run one replication without events, and give its headline outcomes but those that are counted from events."""
    observed = _months_in((*_windows_of(plan), _rates(plan)))
    result = run_replication(plan, replication, synergy=synergy, events=False, observed=observed)
    found = headline(result.series, {}, plan)
    return {column.name: found[column.name] for column in FROM_SERIES.columns}


def measure_without_branch(plan: Plan, replication: int) -> dict[str, float]:
    """As from series, without the branch that says what 1 + 1 makes, which takes a fifth of a run."""
    found = measure_from_series(plan, replication, synergy=False)
    return {column.name: found[column.name] for column in WITHOUT_BRANCH.columns}


HEADLINE = Outcomes("headline", COLUMNS, measure_headline)
JUDGED = Outcomes("judged", tuple(c for c in COLUMNS if c.name in _COMPARED or c in _BEFORE), measure_judged)
FROM_SERIES = Outcomes("from series", tuple(c for c in COLUMNS if c.name != "drops"), measure_from_series)
WITHOUT_BRANCH = Outcomes(
    "without branch", tuple(c for c in COLUMNS if c.name not in {"drops", "one_plus_one"}), measure_without_branch
)
