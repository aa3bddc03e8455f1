"""The pictures of the validation page: what the figures of the table look like."""

import numpy as np
import pyarrow as pa

from experiments.pictures import Line, plot
from experiments.survival import alliance_spells, survival
from experiments.validation import awareness, tie_formation
from sim.plan import Plan
from sim.state.ties import FORMS, PROJECT

DOTS = 600  # deals drawn at most
LONGEST = 96  # months of survival shown


def awareness_picture() -> str:
    """A1: one run against the Bass curve."""
    years = np.arange(1, awareness.MONTHS + 1) / 12.0
    aware = awareness.share_aware(awareness.bass_world(5_000), seed=1)
    lines = [Line("one run", years, aware), Line("Bass F(t)", years, awareness.bass(12.0 * years), "dashed")]
    return plot(lines, "years", "share aware", "A1. Awareness of a network alone follows the S-curve of Bass.")


def ties_picture() -> str:
    """A3: three runs against k(t)."""
    months = np.arange(1, tie_formation.MONTHS + 1)
    lines = [Line(f"seed {seed}", months, tie_formation.mean_degrees(seed)) for seed in (1, 2, 3)]
    lines.append(Line("k(t)", months, tie_formation.expected(), "dashed"))
    caption = "A3. Ties that form and end at fixed rates grow and level off by themselves: the null of a growth that stabilises."
    return plot(lines, "months", "mean number of ties", caption)


def margin_picture(deals: pa.Table, plan: Plan, line: tuple[float, float]) -> str:
    """E10: gross margin of deals against their services share, with the line through them.

    Parameters
    ----------
    deals
        Of one replication.
    plan
        Gives burn-in.
    line
        Slope and intercept.

    Returns
    -------
    str
        A figure.
    """
    late = deals["delivered"].to_numpy() >= plan.burn_in
    value = deals["value"].to_numpy()[late]
    share = deals["services"].to_numpy()[late] / value
    margin = (deals["product_margin"].to_numpy()[late] + deals["services_margin"].to_numpy()[late]) / value
    every = max(1, share.size // DOTS)
    ends = np.array([0.0, 1.0])
    lines = [
        Line("deals", share[::every], margin[::every], "points"),
        Line("fitted", ends, line[1] + line[0] * ends),
        Line("IPED 2019", np.array([0.2, 0.34, 0.68]), np.array([0.22, 0.28, 0.45]), "dashed"),
    ]
    caption = "E10. Gross margin against services share, one replication: a test of the ledger, not of behaviour."
    return plot(lines, "services share of a deal", "gross margin", caption)


def survival_picture(alliances: pa.Table, plan: Plan) -> str:
    """E5: share of alliances that last, by form.

    Parameters
    ----------
    alliances
        Of one replication.
    plan
        Gives burn-in and months.

    Returns
    -------
    str
        A figure; an exit, a change of form and the end of the run censor.
    """
    total = plan.burn_in + plan.months
    ages = np.arange(0, min(LONGEST, plan.months) + 1)
    lines = []
    for form in FORMS[PROJECT:]:
        spells = alliance_spells(alliances, form, plan.burn_in, total)
        lines.append(Line(form, ages, np.array([survival(spells, int(age)) for age in ages]), "steps"))
    return plot(lines, "months", "share that lasts", "E5. Kaplan-Meier survival of alliances by form, one replication.")
