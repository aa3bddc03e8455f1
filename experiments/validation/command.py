"""``validate``: every check of the specification in one table, and as a page with pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from experiments import console
from experiments.facts import blended_margin
from experiments.pages import check_page_path
from experiments.progress import progress_shown
from experiments.runner import RunError, write_file
from experiments.validation import empirical, gallery, report
from experiments.validation.analytic import ANALYTIC
from experiments.validation.check import Check
from sim.observe.run import run_replication
from sim.plan import Plan

EMPIRICAL = ("E1", "E2", "E3", "E4", "E5", "E10", "E12")
HELD_OUT = ("E3", "E4", "E5")


def validate(
    replications: int,
    page: Path | None,
    only: Sequence[str],
    look: bool,
    world: dict[str, Any],
    workers: int,
    runs: Path,
    note: str,
    asked: str,
) -> list[Check]:
    """Run the checks, print the table, write the page.

    Parameters
    ----------
    replications
        Seeds of the E rows.
    page
        HTML file, or None.
    only
        Ids, or "A" and "E" for all of a sort; empty for all.
    look
        Whether to look at what is held out.
    world
        Settings of the baseline that options ask for.
    workers
        Processes, 0 for all processors.
    runs
        Folder of finished runs.
    note
        For the log of looks.
    asked
        The command, for the page.

    Returns
    -------
    list of Check
        In the order of the table.

    Raises
    ------
    RunError
        When an id is unknown.
    """
    wanted = _wanted(only)
    if page is not None:
        check_page_path(page)
    plan, seeds = console.plan_of(world), range(replications)
    checks = _analytic([name for name in ANALYTIC if name in wanted], plan)
    if set(wanted) & set(EMPIRICAL) - set(HELD_OUT):
        checks += [c for c in empirical.calibration(plan, seeds, runs, workers) if c.id in wanted or c.id == "S2"]
    if set(wanted) & set(HELD_OUT):
        checks += [c for c in empirical.held_out(plan, seeds, runs, workers, note, look) if c.id in wanted]
    typer.echo("\n" + report.table(checks))
    typer.echo("\n" + report.summary(checks))
    typer.echo(report.resting_on(plan))
    if page is not None:
        write_file(page, report.html(checks, _pictures(plan, wanted, look), plan, asked))
        typer.echo(f"{page} written.")
    return checks


def _wanted(only: Sequence[str]) -> list[str]:
    known = [*ANALYTIC, *EMPIRICAL]
    if not only:
        return known
    for name in only:
        if name not in (*known, "A", "E"):
            raise RunError(f"--only {name}: there is no such check; there are {', '.join(known)}, and A and E for all of a sort")
    return [name for name in known if name in only or name[0] in only]


def _analytic(names: Sequence[str], plan: Plan) -> list[Check]:
    checks: list[Check] = []
    with progress_shown("checks") as progress:
        progress(0, len(names))
        for n, name in enumerate(names, 1):
            checks += ANALYTIC[name]()
            progress(n, len(names))
    return checks


def _pictures(plan: Plan, wanted: Sequence[str], look: bool) -> list[str]:
    out = [picture() for name, picture in (("A1", gallery.awareness_picture), ("A3", gallery.ties_picture)) if name in wanted]
    survives = look and "E5" in wanted
    if "E10" not in wanted and not survives:
        return out
    tables = run_replication(plan, 0, synergy=False).tables
    if "E10" in wanted:
        out.append(gallery.margin_picture(tables["deals"], plan, blended_margin(tables["deals"], plan.burn_in)))
    if survives:
        out.append(gallery.survival_picture(tables["alliances"], plan))
    return out
