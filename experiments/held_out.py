"""What the held-out facts measure in a run: E3, E4, E5 of the specification.

Nothing may be calibrated on them; ``experiments.checks --held-out`` looks at them and logs every look.

**E3.** *Early growth* is that of all pure P2P networks over their first eight years (the source's span, 2001-2009), from
the first month-end on, or over as many years as there are.  *Mature* begins with the fifth year.  *Turnover* is given
twice: all who leave, and those who choose to, since a tenth of firms leaves the market each year whatever networks do.
**E4.** Members are those of pure P2P and community networks, as the source surveyed such an association.  Selection is
what is left of the difference between members and others after the effect of randomised encouragement.
**E5.** A partner's exit, a change of form and the end of the run censor; alliances count that began after burn-in.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from experiments.encouragement import effect, encourage
from experiments.growth import growth_between, lives, turnover
from experiments.outcomes import Outcome, Outcomes
from experiments.survival import alliance_spells, hazard_by_age, median_life, survival
from sim.observe.run import run_replication
from sim.plan import Plan

P2P = ("pure_p2p", "community")
EARLY, MATURE = 96, 48  # months of a network's life
FOLLOW = 24  # months after the lot
AGES = np.array([0, 6, 12, 24, 36, 60, 96])  # months beyond the minimum term
_INTERVALS = range(AGES.size - 1)

COLUMNS = (
    Outcome("early_growth", "1/year, logs", "growth of pure P2P networks over their first eight years"),
    Outcome("mature_turnover", "1/year", "members that leave pure P2P networks past four years, for whatever reason"),
    Outcome("mature_turnover_by_choice", "1/year", "the same, those who choose to"),
    Outcome("later_growth", "1/year, logs", "growth of pure P2P networks from their fifth year on"),
    Outcome("member_share", "share", "share of joint work in the revenue of members of pure P2P and community networks"),
    Outcome("other_share", "share", "the same of firms outside"),
    Outcome("member_gap", "share", "mean share of joint work of a member less that of a firm outside"),
    Outcome("first_stage", "share of time", "what the lot adds to membership over two years"),
    Outcome("caused", "share", "what membership adds to the share of joint work in firms that the lot moved"),
    Outcome("selected", "share", "the gap less what is caused"),
    Outcome("formal_60", "share", "formal alliances that last beyond 60 months"),
    Outcome("occasional_median", "months", "median life of occasional alliances"),
    Outcome("project_median", "months", "median life of project alliances"),
    *(Outcome(f"formal_ends_{k}", "alliances", f"formal alliances that ended in interval {k}") for k in _INTERVALS),
    *(
        Outcome(f"formal_risk_{k}", "months", f"months at risk of formal alliances in age interval {k}")
        for k in range(AGES.size - 1)
    ),
)


def members_at(memberships: pa.Table, policies: pa.Table, kinds: tuple[str, ...], month: int) -> NDArray[np.int64]:
    """Uids of the members of networks of some kinds at the end of a month.

    Parameters
    ----------
    memberships, policies : pyarrow.Table
        ``memberships`` and ``network_policies`` of ``sim.observe.schema``.
    kinds : tuple of str
        Kinds of network.
    month : int
        From the start of the run.

    Returns
    -------
    int array
        Each once.
    """
    mine = np.isin(np.array(policies["kind"].to_pylist(), object).astype(str), kinds)
    networks = policies["network"].to_numpy()[mine]
    left = memberships["left"].fill_null(np.iinfo(np.int64).max).to_numpy()
    there = (memberships["joined"].to_numpy() <= month) & (left > month) & np.isin(memberships["network"].to_numpy(), networks)
    return np.unique(memberships["partner"].to_numpy()[there])


def joint_shares(tables: Mapping[str, pa.Table], since: int) -> tuple[float, float, float]:
    """Share of joint work in the revenue of P2P members and of others, and the mean gap between firms.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        The public tables.
    since : int
        First month that counts.

    Returns
    -------
    tuple of float
        Means over year-ends; NaN where there is none or one side is empty.
    """
    years = tables["partner_years"]
    month, partner = years["month"].to_numpy(), years["partner"].to_numpy()
    revenue, allied = years["revenue"].to_numpy(), years["allied"].to_numpy()
    found = []
    for m in np.unique(month[month >= since]):
        at = (month == m) & (revenue > 0.0)
        inside = np.isin(partner, members_at(tables["memberships"], tables["network_policies"], P2P, int(m)))
        a, b = at & inside, at & ~inside
        if a.any() and b.any():
            shares = allied[a].sum() / revenue[a].sum(), allied[b].sum() / revenue[b].sum()
            found.append((*shares, (allied[a] / revenue[a]).mean() - (allied[b] / revenue[b]).mean()))
    means = np.mean(found, axis=0) if found else np.full(3, np.nan)
    return float(means[0]), float(means[1]), float(means[2])


def held_out(tables: Mapping[str, pa.Table], plan: Plan) -> dict[str, float]:
    """All columns that follow from one undisturbed run.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        The public tables.
    plan : Plan
        Gives burn-in, months and the minimum term.

    Returns
    -------
    dict of str to float
        NaN where the run is too short.
    """
    total = plan.burn_in + plan.months
    pure = lives(tables["memberships"], tables["network_policies"], "pure_p2p", total)
    member, other, gap = joint_shares(tables, plan.burn_in)
    by_form = {f: alliance_spells(tables["alliances"], f, plan.burn_in, total) for f in ("formal", "occasional", "project")}
    ends, risk = hazard_by_age(by_form["formal"], plan.parameters["form"].minimum_term + AGES)
    return {
        "early_growth": growth_between(pure.members, 0, min(EARLY, total - 1)),
        "mature_turnover": turnover(pure.members, pure.left, MATURE),
        "mature_turnover_by_choice": turnover(pure.members, pure.chose, MATURE),
        "later_growth": growth_between(pure.members, MATURE, total - 1),
        "member_share": member,
        "other_share": other,
        "member_gap": gap,
        "formal_60": survival(by_form["formal"], 60),
        "occasional_median": median_life(by_form["occasional"]),
        "project_median": median_life(by_form["project"]),
        **{f"formal_ends_{k}": float(n) for k, n in enumerate(ends)},
        **{f"formal_risk_{k}": float(n) for k, n in enumerate(risk)},
    }


def measure_held_out(plan: Plan, replication: int) -> dict[str, float]:
    """Run one replication, and again with the lot, and give what the held-out facts measure."""
    out = held_out(run_replication(plan, replication).tables, plan)
    month = plan.months // 2
    if plan.months - month >= 12:
        first, caused = effect(encourage(plan, replication, P2P, month, min(FOLLOW, plan.months - month)))
    else:
        first, caused = np.nan, np.nan
    return out | {"first_stage": first, "caused": caused, "selected": out["member_gap"] - caused}


HELD_OUT = Outcomes("held-out", COLUMNS, measure_held_out)
