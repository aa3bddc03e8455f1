"""Vendors that a scenario aims at and the headlines are not about: how its share of wallet and the attitude to it differ."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np

from experiments.comparison.cases import Case
from experiments.comparison.differences import Difference
from experiments.comparison.indicators import Indicator
from experiments.comparison.procedure import Comparison, judged
from experiments.comparison.runs import Record, read
from experiments.outcomes import FOCAL, Outcome, mean_in
from sim.plan import Plan
from sim.state.networks import VENDOR
from sim.verdict import MARGIN_ATTITUDE, MARGIN_WALLET, windows


def aimed_at(comparison: Comparison) -> list[tuple[str, str, list[Difference]]]:
    """For each case and each vendor but the first that it changes: their names, and how loyalty to that vendor differs."""
    base, *others = comparison.cases
    rows = {case.name: found for case in others if (found := vendors_changed(base.plan, case.plan))}
    kept = {name: [read(path) for path in comparison.records[name]] for name in (base.name, *rows) if rows}
    return [
        (case.name, base.plan.names.vendors[v], _differences(comparison, kept, base, case, v))
        for case in others
        for v in rows.get(case.name, ())
    ]


def vendors_changed(base: Plan, plan: Plan) -> list[int]:
    """Rows of vendors, without the first, whose terms, events or networks are other ones in a plan.

    What a scenario does to all vendors alike aims at none.
    """
    alone: dict[str, float] = {}
    found = {v for v, (one, other) in enumerate(zip_longest(base.vendors, plan.vendors, fillvalue=alone)) if one != other}
    for event in plan.schedule:
        if event in base.schedule:
            continue
        if event.kind in ("change_vendor", "vendor_leaves", "merge_vendors"):
            found |= {int(row) for row in (event.target, event.into) if row.isdecimal()}
        if event.group is not None and event.group.kind == VENDOR and event.group.host >= 0:
            found.add(event.group.host)
    return sorted(found - {FOCAL}) if len(found) < plan.size.vendors else []


def _differences(
    comparison: Comparison, kept: Mapping[str, Sequence[Record]], base: Case, case: Case, v: int
) -> list[Difference]:
    vendor = base.plan.names.vendors[v]
    wanted = (
        Indicator(Outcome(f"wallet_{v}", "share", f"share of wallet of {vendor}"), MARGIN_WALLET, True),
        Indicator(Outcome(f"attitude_{v}", "-1..1", f"attitude to {vendor}"), MARGIN_ATTITUDE, True),
    )
    late = windows(base.plan.burn_in + base.plan.months, base.plan.burn_in).late
    sample = {c.name: _levels(kept[c.name], wanted, late) for c in (base, case)}
    return judged((base, case), sample, wanted, comparison.looks)


def _levels(records: Sequence[Record], wanted: Sequence[Indicator], late: tuple[int, int]) -> dict[str, np.ndarray]:
    return {i.name: np.array([mean_in(record.series, i.name, late) for record in records]) for i in wanted}
