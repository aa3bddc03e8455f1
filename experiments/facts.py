"""What the calibration set of facts measures in a run: E1, E2, E10, E12 of the specification, and the exit of S2.

Nothing of the facts that are held out (E3-E5, ``experiments.held_out``) is computed here.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from experiments.outcomes import Outcome, Outcomes, Series, Tables, mean_in, ratio, sum_in
from sim.observe.run import run_replication
from sim.plan import Plan

TWO_YEARS = 24

COLUMNS = (
    Outcome("staff_mean", "full-time equivalents", "mean staff of a partner, all months after burn-in"),
    Outcome("staff_late", "full-time equivalents", "the same, last 12 months"),
    Outcome("staff_below_50", "share", "partners with fewer than 50 staff"),
    Outcome("revenue_top_20", "share", "12-month revenue held by the top fifth of partners"),
    Outcome("active_vendors", "vendors", "median number of vendors bought from within 12 months"),
    Outcome("dropped_24", "share", "partners that dropped a vendor within 24 months, of those that lived through them"),
    Outcome("satisfied", "share", "partners with a favourable attitude to their primary vendor"),
    Outcome("margin_slope", "1", "slope of a deal's gross margin on its services share"),
    Outcome("margin_intercept", "share", "gross margin of a deal without services"),
    Outcome("distributor_margin", "share", "distributors' gross margin on what they sell"),
    Outcome("marketplace_take", "share", "marketplaces' fees on the value of the work done through them"),
    Outcome("multi_homers", "memberships", "mean memberships of partners in two or more networks"),
    Outcome("largest_to_median", "1", "members of the largest network over those of the median one"),
    Outcome("exits", "1/year", "partners that left, share of those living"),
)


def dropped_within(relations: pa.Table, partners: pa.Table, start: int, length: int = TWO_YEARS) -> float:
    """Share of partners that dropped a vendor for dissatisfaction in a window, of those that lived through it.

    Parameters
    ----------
    relations, partners : pyarrow.Table
        ``vendor_relations`` and ``partners`` of ``sim.observe.schema``.
    start : int
        First month of the window.
    length : int
        Months.

    Returns
    -------
    float
        NaN when nobody lived through it.
    """
    end = start + length
    entered = partners["entered"].to_numpy()
    left = partners["left"].fill_null(np.iinfo(np.int64).max).to_numpy()
    living = partners["partner"].to_numpy()[(entered <= start) & (left >= end)]
    when = relations["dropped"].fill_null(-1).to_numpy()
    unhappy = np.array(relations["why_dropped"].to_pylist(), object) == "dissatisfied"
    who = relations["partner"].to_numpy()[(when >= start) & (when < end) & unhappy]
    return float(np.isin(living, who).mean()) if living.size else np.nan


def blended_margin(deals: pa.Table, since: int) -> tuple[float, float]:
    """Least-squares line of a deal's gross margin on its services share, each dollar weighing the same.

    Parameters
    ----------
    deals : pyarrow.Table
        ``deals`` of ``sim.observe.schema``.
    since : int
        First month of delivery that counts.

    Returns
    -------
    tuple of float
        Slope and intercept; NaN below three deals.
    """
    keep = deals["delivered"].to_numpy() >= since
    value = deals["value"].to_numpy()[keep]
    if value.size < 3:
        return np.nan, np.nan
    share = deals["services"].to_numpy()[keep] / value
    margin = (deals["product_margin"].to_numpy()[keep] + deals["services_margin"].to_numpy()[keep]) / value
    slope, intercept = np.polyfit(share, margin, 1, w=np.sqrt(value))
    return float(slope), float(intercept)


def facts(series: Series, tables: Tables, plan: Plan) -> dict[str, float]:
    """All columns of one run.

    Parameters
    ----------
    series, tables
        As ``run_replication`` gives them.
    plan : Plan
        Gives burn-in.

    Returns
    -------
    dict of str to float
        NaN where the run is too short.
    """
    total = len(series["partners"])
    after, late = (plan.burn_in, total), (max(plan.burn_in, total - 12), total)
    slope, intercept = blended_margin(tables["deals"], plan.burn_in)
    starts = range(plan.burn_in, total - TWO_YEARS + 1, TWO_YEARS)
    dropped = [dropped_within(tables["vendor_relations"], tables["partners"], start) for start in starts]
    bought, supplied = (sum_in(series, f"flow_{flow}", after) for flow in ("purchase_distributor", "distributor_supply"))
    years = [(y, y + 12) for y in range(plan.burn_in, total, 12)]
    spread = [ratio(mean_in(series, "network_largest", y), mean_in(series, "network_median", y)) for y in years]
    return {
        "staff_mean": mean_in(series, "staff_mean", after),
        "staff_late": mean_in(series, "staff_mean", late),
        "staff_below_50": mean_in(series, "staff_below_50", after),
        "revenue_top_20": mean_in(series, "revenue_top_20", after),
        "active_vendors": mean_in(series, "active_vendors_median", after),
        "dropped_24": float(np.mean(dropped)) if dropped else np.nan,
        "satisfied": mean_in(series, "satisfied_share", after),
        "margin_slope": slope,
        "margin_intercept": intercept,
        "distributor_margin": ratio(bought - supplied, bought),
        "marketplace_take": ratio(sum_in(series, "flow_task_fee", after), sum_in(series, "value_marketplace", after)),
        "multi_homers": mean_in(series, "multi_homers_mean", after),
        "largest_to_median": float(np.nanmean(spread)) if np.isfinite(spread).any() else np.nan,
        "exits": 12.0 * ratio(mean_in(series, "exits", after), mean_in(series, "partners", after)),
    }


def measure_facts(plan: Plan, replication: int) -> Mapping[str, float]:
    """Run one replication and give what the calibration set measures."""
    result = run_replication(plan, replication)
    return facts(result.series, result.tables, plan)


FACTS = Outcomes("facts", COLUMNS, measure_facts)
