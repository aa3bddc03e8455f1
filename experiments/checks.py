"""The empirical checks of the specification on the default scenario, over many seeds, one line a statement.

python -m experiments.checks              E1, E2, E10, E12: what the model is calibrated on
python -m experiments.checks --held-out      and E3, E4, E5; every such look is logged
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

import numpy as np
import pyarrow as pa
import typer

from experiments import console, looks
from experiments.arms import values_of
from experiments.facts import FACTS
from experiments.held_out import AGES, HELD_OUT
from sim.observe.evidence import figure

ARM = "baseline"


class Statement(NamedTuple):
    """A number that a run shall show, and where it comes from."""

    id: str
    text: str
    source: str
    column: str
    low: float = -math.inf
    high: float = math.inf

    @property
    def band(self) -> str:
        """The band in words, empty where the number is only reported."""
        if math.isinf(self.low) and math.isinf(self.high):
            return "reported"
        if math.isinf(self.low):
            return f"below {self.high:g}"
        return f"at least {self.low:g}" if math.isinf(self.high) else f"{self.low:g} to {self.high:g}"

    @property
    def judged(self) -> bool:
        """Whether it has a band."""
        return math.isfinite(self.low) or math.isfinite(self.high)


CALIBRATION = (
    Statement("E1", "mean staff", "lognormal fit", "staff_mean", 7, 9),
    Statement("E1", "mean staff, last year", "lognormal fit", "staff_late", 7, 9),
    Statement("E1", "share below 50 staff", "lognormal fit", "staff_below_50", 0.96, 0.98),
    Statement("E1", "revenue of the top fifth", "lognormal fit", "revenue_top_20", 0.72, 0.88),
    Statement("E2", "active vendors, median", "CompTIA, CRN", "active_vendors", 3, 6),
    Statement("E2", "dropped one within 24 months", "CompTIA 2022", "dropped_24", 0.40, 0.60),
    Statement("E2", "satisfied with the primary vendor", "CompTIA 2012", "satisfied", 0.60, 0.70),
    Statement("E10", "margin on services share, slope", "IPED 2019", "margin_slope", 0.38, 0.58),
    Statement("E10", "margin on services share, intercept", "IPED 2019", "margin_intercept", 0.08, 0.16),
    Statement("E10", "distributor's gross margin", "Ingram Micro 2007-08", "distributor_margin", 0.05, 0.06),
    Statement("E10", "marketplace's take", "Field Nation", "marketplace_take", 0.08, 0.12),
    Statement("E12", "memberships of multi-homers", "Galaskiewicz", "multi_homers", 2, 5),
    Statement("E12", "largest network over median", "Galaskiewicz", "largest_to_median", 3),
    Statement("S2", "exit a year (an input, not a check)", "McBain", "exits", 0.10, 0.15),
)
HELD_OUT_STATEMENTS = (
    Statement("E3", "pure P2P network: early growth a year", "Heartland 2001-09", "early_growth", 0.36, 0.56),
    Statement("E3", "mature turnover, all who leave", "Heartland", "mature_turnover", high=0.08),
    Statement("E3", "mature turnover, by choice", "Heartland", "mature_turnover_by_choice", high=0.08),
    Statement("E3", "later net growth a year", "specification", "later_growth", high=0.03),
    Statement("E4", "P2P share of members' revenue", "IAMCP/IDC", "member_share", 0.15, 0.47),
    Statement("E4", "  the same of firms outside", "", "other_share"),
    Statement("E4", "  gap between firms inside and outside", "", "member_gap"),
    Statement("E4", "  first stage of the lot", "", "first_stage"),
    Statement("E4", "  caused by membership", "", "caused"),
    Statement("E4", "  selection", "", "selected"),
    Statement("E5", "formal alliances beyond 60 months", "Harrigan; Bleeke and Ernst", "formal_60", 0.35, 0.60),
    Statement("E5", "occasional, median life in months", "Vaccario 2018", "occasional_median", high=24),
    Statement("E5", "project, median life in months", "Vaccario 2018", "project_median", high=24),
)


def verdict_on(statement: Statement, values: np.ndarray) -> str:
    """Whether a statement holds.

    Parameters
    ----------
    statement
        With its band.
    values
        One a seed.

    Returns
    -------
    str
        "holds" when the whole 95 % interval of the mean lies in the band, "holds, at the edge" when only the mean does,
        "misses" when it does not, "unknown" when nothing is known, "" when it has no band.
    """
    found = figure(values)
    if not statement.judged:
        return ""
    if found.n == 0:
        return "unknown"
    if not statement.low <= found.mean <= statement.high:
        return "misses"
    sure = math.isnan(found.low) or (statement.low <= found.low and found.high <= statement.high)
    return "holds" if sure else "holds, at the edge"


def lines(statements: Sequence[Statement], table: pa.Table) -> list[list[str]]:
    """A row a statement: id, text, source, band, mean with interval, share of seeds in band, verdict."""
    rows = []
    for s in statements:
        values = values_of(table, ARM, s.column)
        finite = values[~np.isnan(values)]
        share = f"{np.mean((finite >= s.low) & (finite <= s.high)):.0%}" if s.judged and finite.size else ""
        shown = console.interval(figure(values)) if np.isfinite(finite).all() else "beyond the run"
        rows.append([s.id, s.text, s.source, s.band, shown, share, verdict_on(s, values)])
    return rows


def hazard_line(ends: np.ndarray, risk: np.ndarray) -> tuple[str, str]:
    """Formal alliances' hazard by age beyond the term, and whether it both rises and falls.

    Parameters
    ----------
    ends, risk : array, intervals
        Ends and months at risk, all seeds together.

    Returns
    -------
    tuple of str
        The hazards a month, and "holds" when some later interval lies significantly above an earlier one and some
        significantly below (two-sided 5 % each by the normal approximation), else what it does.
    """
    known = risk > 0
    rate, variance = ends[known] / risk[known], ends[known] / risk[known] ** 2
    i, j = np.triu_indices(rate.size, 1)
    z = (rate[j] - rate[i]) / np.sqrt(np.maximum(variance[i] + variance[j], 1e-300))
    up, down = bool((z > 1.96).any()), bool((z < -1.96).any())
    words = {
        (True, True): "holds",
        (True, False): "misses: rises",
        (False, True): "misses: falls",
        (False, False): "misses: flat",
    }
    labels = [f"{a}-{b}: {n / r:.4f}" for (a, b), n, r in zip(pairwise(AGES), ends, risk, strict=True) if r > 0]
    return ", ".join(labels), words.get((up, down), "misses: flat") if labels else "unknown"


HEADERS = ("id", "statement", "source", "band", "mean [95 %]", "in band", "")
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    held_out: Annotated[bool, typer.Option("--held-out", help="Look at E3-E5 too; the look is logged.")] = False,
    replications: console.Replications = 30,
    partners: console.Partners = None,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    note: Annotated[str, typer.Option(help="What to add to the line in the log of looks.")] = "",
) -> None:
    """Check E1, E2, E10 and E12 on the default scenario, and on request E3-E5."""
    plan = console.plan_of(console.world_of(partners, seed, months))
    arms, seeds = {ARM: plan}, range(replications)
    rows = lines(CALIBRATION, console.study(arms, seeds, FACTS, out, workers, dry_run))
    if held_out:
        looks.log_look(plan, note)
        table = console.study(arms, seeds, HELD_OUT, out, workers)
        rows += lines(HELD_OUT_STATEMENTS, table)
        ages = range(AGES.size - 1)
        ends, risk = (np.array([values_of(table, ARM, f"formal_{w}_{k}").sum() for k in ages]) for w in ("ends", "risk"))
        shown, said = hazard_line(ends, risk)
        rows.append(["E5", "formal hazard not monotone beyond the term", "specification", "up and down", "see below", "", said])
    typer.echo(console.show(HEADERS, rows))
    if held_out:
        typer.echo(f"Formal hazard a month by months beyond the minimum term: {shown}")
        typer.echo("\nLooks at what is held out:\n" + looks.read_log())


if __name__ == "__main__":
    console.run_app(app)
