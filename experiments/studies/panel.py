"""What most studies measure of a run: the headline outcomes and what the essay's claims ask for beyond them."""

from collections.abc import Callable, Mapping

import numpy as np

from experiments.outcomes import COLUMNS as HEADLINE
from experiments.outcomes import FOCAL, Outcome, Outcomes, Series, headline, mean_in, ratio
from experiments.studies.growth_curve import fitted
from experiments.studies.joint_work import embedded_growth_gap, marketplace_gaps, pairs_of, repeat_share
from experiments.studies.ladder import STEPS, climb_after_success, rungs_of, transitions
from experiments.studies.leaving import CLASSES, Leaving
from experiments.studies.small_world import small_world
from experiments.studies.watching import Watched, run_watched
from sim.events import LeaveReason
from sim.observe.evidence import theil_sen
from sim.plan import Plan
from sim.processes.membership import leave_networks
from sim.state.networks import COMMUNITY, KINDS
from sim.verdict import LOOK_BACK, since_of, windows
from sim.world import World

YEAR = 12
_LATE = (
    ("wallet_hhi", "wallet_hhi"), ("kind_diversity", "kind_diversity"), ("focal_true", f"dick_basu_true_{FOCAL}"),
    ("focal_retention", f"retention_{FOCAL}"), ("focal_carriers", f"carriers_{FOCAL}"),
    ("distributor_sales", "distributor_sales"),
)  # fmt: skip

EXTRA: tuple[Outcome, ...] = (
    Outcome("memberships_since_start", "%", "memberships per partner, last year over the first year of the run, less 1"),
    Outcome("memberships_slope_share", "1/year", "slope of memberships per partner over the last two years, share of the level"),
    Outcome("networks_slope_share", "1/year", "slope of open networks over the last five years, share of the level"),
    Outcome("aic_logistic_less_saturating", "AICc", "logistic less saturating curve, on half-year means of memberships"),
    Outcome("aic_logistic_less_line", "AICc", "logistic less straight line, likewise"),
    Outcome("kind_diversity", "nats", "Shannon diversity of the kinds of open networks"),
    Outcome("kind_diversity_change", "nats", "its change since the year before the first event, or the first years"),
    Outcome("wallet_hhi", "0..1", "mean concentration of partners' wallets"),
    Outcome("focal_true", "share", "partners truly loyal to the focal vendor (Dick and Basu)"),
    Outcome("focal_retention", "share", "relations with the focal vendor of 12 months ago still there"),
    Outcome("focal_carriers", "share", "partners that carry the focal vendor"),
    Outcome("focal_profit", "US dollars a month", "change of the focal vendor's cash since the first event", "relative"),
    Outcome("vendor_top", "share", "largest vendor's share of channel sales"),
    Outcome("distributor_sales", "US dollars a month", "distributors' sales", "relative"),
    *(Outcome(f"share_{k}", "share", f"memberships held by {k} networks") for k in KINDS),
    Outcome("community_lead", "share", "memberships held by third-party communities less those of the largest other kind"),
    Outcome("community_share_change", "share", "change of their share since the first year after burn-in"),
    Outcome("posted_complexity_gap", "0..1", "complexity of work through marketplaces less that of other work"),
    Outcome("posted_far_gap", "share", "work outside the owner's home region, marketplaces less other"),
    Outcome("posted_trust_gap", "0..1", "trust in teams, marketplaces less other"),
    Outcome("posted_repeat_gap", "share", "joint work with an earlier ally, marketplaces less other"),
    Outcome("repeat_share", "share", "joint work with an earlier ally"),
    Outcome("formal_from_below", "share", "formal alliances that came up from another form"),
    *(Outcome(f"{a}_to_{b}", "share", f"ended {a} alliances that went on as {b}") for a, b in STEPS),
    *(Outcome(f"{a}_to_{b}_months", "months", f"mean time from {a} to {b}") for a, b in STEPS),
    Outcome("climb_after_success", "share", "pairs in a higher form within two years of a first success"),
    Outcome("climb_after_failure", "share", "the same after a first failure"),
    Outcome("climb_after_success_gap", "share", "the difference"),
    Outcome("small_world_early", "1", "small-world quotient of alliances, first two year-ends after burn-in"),
    Outcome("small_world_late", "1", "the same, last two"),
    Outcome("small_world_change", "ln", "their change in logs"),
    Outcome("embedded_growth_gap", "ln", "two-year growth of firms that kept to old allies less that of others"),
    Outcome("leave_rate", "1/year", "members that leave a network by choice", "relative"),
    *(Outcome(f"leave_months_{k}", "months", f"membership months in class {k} of utility") for k in range(CLASSES)),
    *(Outcome(f"leave_exits_{k}", "exits", f"leaving by choice in class {k} of utility") for k in range(CLASSES)),
)
COLUMNS = (*HEADLINE, *EXTRA)


class Money:
    """Follows the focal vendor's cash."""

    def __init__(self, since: int) -> None:
        self.since, self.first, self.last, self.months = since, np.nan, np.nan, 0

    def look(self, world: World, month: int) -> None:
        """Note the balance before the first month that counts, and ever since."""
        cash = float(world.vendors.cash[FOCAL])
        if month < self.since:
            self.first = cash
        else:
            self.last, self.months = cash, self.months + 1

    def found(self) -> Mapping[str, float]:
        """US dollars a month."""
        return {"focal_profit": (self.last - self.first) / self.months if self.months else np.nan}


def extra(run: Watched, plan: Plan) -> dict[str, float]:
    """What follows from series and tables alone.

    Parameters
    ----------
    run
        As ``run_watched`` gives it.
    plan
        Gives burn-in, months and the first event.

    Returns
    -------
    dict of str to float
        NaN where undefined.
    """
    series, tables = run
    total, burn_in = len(series["partners"]), plan.burn_in
    deals, pairs, rungs = tables["deals"], pairs_of(tables["deals"]), rungs_of(tables["alliances"])
    since = burn_in + min(24, plan.months // 2)
    return {
        **_levels(series, plan),
        **marketplace_gaps(deals, tables["partners"], pairs, since),
        "repeat_share": repeat_share(pairs, since),
        **transitions(rungs, burn_in),
        **climb_after_success(pairs, rungs, burn_in, total),
        **small_world(tables["alliances"], burn_in, total),
        "embedded_growth_gap": embedded_growth_gap(deals, pairs, tables["partner_years"], total),
    }


def _levels(series: Series, plan: Plan) -> dict[str, float]:
    total = len(series["partners"])
    late, slope = windows(total, plan.burn_in).late, windows(total, plan.burn_in).slope
    early = windows(total, plan.burn_in, since_of(plan)).early
    out = {name: mean_in(series, column, late) for name, column in _LATE}
    first = mean_in(series, "memberships_per_partner", (0, YEAR))
    out["memberships_since_start"] = ratio(mean_in(series, "memberships_per_partner", late), first) - 1.0
    out["memberships_slope_share"] = _slope(series, "memberships_per_partner", slope)
    out["networks_slope_share"] = _slope(series, "networks", (max(plan.burn_in, total - LOOK_BACK), total))
    curves = fitted(np.asarray(series["memberships_per_partner"], float))
    out["aic_logistic_less_saturating"] = curves["logistic"] - curves["saturating"]
    out["aic_logistic_less_line"] = curves["logistic"] - curves["line"]
    out["kind_diversity_change"] = out["kind_diversity"] - mean_in(series, "kind_diversity", early)
    vendors = [name for name in series if name.startswith("market_share_")]
    out["vendor_top"] = max(mean_in(series, name, late) for name in vendors)
    shares = _shares(series, late)
    out |= {f"share_{kind}": share for kind, share in zip(KINDS, shares, strict=True)}
    out["community_lead"] = shares[COMMUNITY] - max(s for k, s in enumerate(shares) if k != COMMUNITY)
    out["community_share_change"] = shares[COMMUNITY] - _shares(series, (plan.burn_in, plan.burn_in + YEAR))[COMMUNITY]
    return out


def _slope(series: Series, name: str, span: tuple[int, int]) -> float:
    return ratio(12.0 * theil_sen(np.asarray(series[name][span[0] : span[1]])), mean_in(series, name, span))


def _shares(series: Series, span: tuple[int, int]) -> list[float]:
    members = [mean_in(series, f"members_{kind}", span) for kind in KINDS]
    return [ratio(m, sum(members)) for m in members]


def cap_at_one(world: World) -> None:
    """Every firm keeps the membership that it has had for longest and leaves the others."""
    memberships = world.memberships
    joined = np.where(memberships.network >= 0, memberships.joined, np.iinfo(np.int64).max)
    keep = joined.argmin(axis=1)[:, None] == np.arange(joined.shape[1])[None, :]
    reasons = np.where((memberships.network >= 0) & ~keep, int(LeaveReason.CHOICE), -1)
    world.month -= 1  # it happens in the month that has just ended
    leave_networks(world, reasons)
    world.month += 1


def _measured(plan: Plan, replication: int, hand: Callable[[World], None] | None = None) -> dict[str, float]:
    event = since_of(plan)
    leaving, money = Leaving(plan.burn_in), Money(plan.burn_in + (0 if event is None else event))
    run = run_watched(plan, replication, (leaving, money), hand)
    out = {**headline(run.series, run.tables, plan), **extra(run, plan), **leaving.found(), **money.found()}
    return {column.name: out[column.name] for column in COLUMNS}


def measure_panel(plan: Plan, replication: int) -> dict[str, float]:
    """One run as it is."""
    return _measured(plan, replication)


def measure_capped(plan: Plan, replication: int) -> dict[str, float]:
    """One run in which no firm keeps more than one membership."""
    return _measured(plan, replication, cap_at_one)


PANEL = Outcomes("studies", COLUMNS, measure_panel)
CAPPED = Outcomes("studies-capped", COLUMNS, measure_capped)
