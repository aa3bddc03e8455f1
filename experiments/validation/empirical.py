"""The E rows: what is known of real channels, beside what the default scenario shows over many seeds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from experiments import console, looks
from experiments.arms import values_of
from experiments.checks import ARM, CALIBRATION, HELD_OUT_STATEMENTS, Statement, hazard_line, verdict_on
from experiments.facts import FACTS
from experiments.held_out import AGES, HELD_OUT
from experiments.validation.check import NOT_LOOKED_AT, Check
from sim.observe.evidence import figure
from sim.plan import Plan

HAZARD = ("E5", "formal hazard not monotone beyond the term", "specification", "up and down")


def rows_of(statements: Sequence[Statement], table: pa.Table | None) -> list[Check]:
    """A line a statement.

    Parameters
    ----------
    statements
        With their bands.
    table
        As ``run_arms`` gives it, None where nobody looked.

    Returns
    -------
    list of Check
        Mean with its 95 % interval over seeds.
    """
    out = []
    for s in statements:
        if table is None:
            measured, verdict = "", NOT_LOOKED_AT
        else:
            values = values_of(table, ARM, s.column)
            beyond = np.isinf(values).any()
            measured, verdict = "beyond the run" if beyond else console.interval(figure(values)), verdict_on(s, values)
        out.append(Check(s.id, s.text, s.source, s.band, measured, verdict))
    return out


def calibration(plan: Plan, seeds: range, out: Path, workers: int) -> list[Check]:
    """E1, E2, E10, E12, on which the defaults were set."""
    return rows_of(CALIBRATION, console.study({ARM: plan}, seeds, FACTS, out, workers))


def held_out(plan: Plan, seeds: range, out: Path, workers: int, note: str, look: bool) -> list[Check]:
    """E3-E5; the look is logged before anything is computed.

    Parameters
    ----------
    plan, seeds, out, workers
        As for any study.
    note
        What to add to the line in the log.
    look
        Whether to look at all.

    Returns
    -------
    list of Check
        Lines that say "not looked at" where nobody did.
    """
    if not look:
        return [*rows_of(HELD_OUT_STATEMENTS, None), Check(*HAZARD, "", NOT_LOOKED_AT)]
    looks.log_look(plan, note)
    table = console.study({ARM: plan}, seeds, HELD_OUT, out, workers)
    ages = range(AGES.size - 1)
    ends, risk = (np.array([values_of(table, ARM, f"formal_{w}_{k}").sum() for k in ages]) for w in ("ends", "risk"))
    shown, said = hazard_line(ends, risk)
    return [*rows_of(HELD_OUT_STATEMENTS, table), Check(*HAZARD, shown, said)]
