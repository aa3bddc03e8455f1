"""``hypotheses``: all studies at a budget, and one report."""

import os
from collections.abc import Sequence
from pathlib import Path

import typer

from experiments.progress import progress_shown
from experiments.runner import write_file
from experiments.studies import data, report, words
from experiments.studies.budget import BUDGETS, Budget
from experiments.studies.finding import Finding, find
from experiments.studies.protocol import Protocol, committed, protocols
from experiments.studies.running import Points, Results, cost_of, plausible_points, run_study


def hypotheses(
    budget: str,
    only: Sequence[str],
    out: Path | None,
    workers: int,
    runs: Path,
    seed: int | None,
    dry_run: bool,
    asked: str,
    plausible: Path | None = None,
) -> list[Finding]:
    """Run studies, print their verdicts, write the report.

    Parameters
    ----------
    budget
        A name in ``BUDGETS``.
    only
        Ids of studies; empty for all.
    out
        Folder of the report, results/hypotheses-BUDGET where None.
    workers
        Processes, 0 for all processors.
    runs
        Folder of finished runs.
    seed
        Of all chance, the scenario's where None.
    dry_run
        Whether to say only how much there is to run.
    asked
        The command, for the report.
    plausible
        Table of points that fit what is known of real channels, where there is one.

    Returns
    -------
    list of Finding
        Empty after a dry run.

    Raises
    ------
    StudyError
        When a study is unknown or its protocol is wrong.
    """
    from sim.compiled import source_hash

    chosen, size = protocols(tuple(only)), BUDGETS[budget]
    points = [] if plausible is None else plausible_points(plausible, size.points)
    _announce(chosen, size, seed, points)
    if dry_run:
        return []
    findings, results = [], {}
    for protocol in chosen:
        results[protocol.id], finding = _study(protocol, size, runs, workers, seed, points)
        findings.append(finding)
        typer.echo(f"{protocol.id} {protocol.title}: {finding.verdict.upper()}. {words.verdict_in_words(finding)}")
    folder = out or Path("results") / f"hypotheses-{budget}"
    context = report.Context(size, asked, source_hash(), 1 if seed is None else seed)
    files = data.write(folder, findings, results)
    write_file(folder / "report.md", report.markdown(findings, context))
    write_file(folder / "report.html", report.html(findings, context))
    typer.echo(f"\n{folder}: report.html, report.md, {', '.join(files)}.")
    return findings


def _study(
    protocol: Protocol, size: Budget, runs: Path, workers: int, seed: int | None, points: Points
) -> tuple[Results, Finding]:
    with progress_shown("runs") as progress:
        results = run_study(protocol, size, runs, workers or os.cpu_count() or 1, seed, progress, points)
    return results, find(protocol, results, size, seed, points)


def _announce(chosen: Sequence[Protocol], size: Budget, seed: int | None, points: Points) -> None:
    costs = [cost_of(protocol, size, seed, points) for protocol in chosen]
    runs, months = sum(c[0] for c in costs), sum(c[1] for c in costs)
    typer.echo(f"{len(chosen)} studies at budget {size.name}: about {runs:,} runs, {months / 1e6:,.1f} million partner-months.")
    for protocol, (own, of_them) in zip(chosen, costs, strict=True):
        typer.echo(f"  {protocol.id:4s} {own:6,} runs, {of_them / 1e6:6.1f} million  {protocol.title}")
    if loose := [p.id for p in chosen if committed(p) == "not committed"]:
        typer.echo(f"Protocols that differ from what is committed: {', '.join(loose)}. Commit them before their results count.")
