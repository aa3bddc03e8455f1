"""The commands ``sweep`` and ``collect``."""

import os
import shlex
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from experiments.sweeps.study import Study
    from experiments.sweeps.sweeping import Failed, Status

INTERRUPTED = "interrupted; finished runs are kept, the same command goes on from there"
MOST_FAILURES = 20  # that a status lists

StudyName = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study file, the name of a shipped study, or the folder of a sweep.")
]
Out = Annotated[Path | None, typer.Option(help="Folder of the runs.", show_default="results/sweeps/NAME")]


def sweep(
    study: StudyName,
    out: Out = None,
    workers: Annotated[int | None, typer.Option(min=1, max=1_024, help="Processes.", show_default="all processors")] = None,
    executor: Annotated[
        str | None, typer.Option(metavar="dask://HOST:PORT", help="Run on a Dask cluster.", show_default="this machine")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it will take, and stop.", show_default="no")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Say how far it is and what failed, and stop.", show_default="no")
    ] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again what failed.", show_default="no")] = False,
    extend: Annotated[int, typer.Option(min=0, metavar="SAMPLES", help="Add so many samples to the design.")] = 0,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="POINT:REPLICATION", help="Do one run again, here, and show it.", show_default="none"),
    ] = None,
    point: Annotated[
        int | None, typer.Option(min=0, help="Print the scenario of a point, as a scenario file.", show_default="none")
    ] = None,
    adopt: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Take over finished runs that collect wrote to a .parquet file.", show_default="none"),
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Only make the report of what is there.", show_default="no")] = False,
    no_report: Annotated[bool, typer.Option("--no-report", help="Make no report at the end.", show_default="no")] = False,
) -> None:
    """Run a study of many points, and analyse it.

    It goes on where it was interrupted, with the same command. Runs that fail never stop the rest; the last line says how many.
    """
    asked = {"--dry-run": dry_run, "--status": status, "--run": run, "--point": point, "--adopt": adopt, "--report": report}
    _check_together(
        [name for name, value in asked.items() if value is not None and value is not False],
        [name for name, value in {"--extend": extend, "--retry-failed": retry_failed}.items() if value],
    )
    found, folder = _opened(study, out)
    if dry_run:
        return _dry_run(found, folder, workers, retry_failed, extend)
    if status:
        return _status(found, folder)
    if run is not None:
        return _one(_with_points_of(folder, found), run)
    if point is not None:
        return _scenario(_with_points_of(folder, found), point)
    if adopt is not None:
        return _adopt(found, folder, adopt)
    if report:
        return _report(found, folder)
    state = _run(found, folder, workers, executor, retry_failed, extend)
    if not no_report:
        _report(state.study, folder)
    _say_failed(state, folder)


def _check_together(instead: list[str], further: list[str]) -> None:
    """See that at most one thing is to be done instead of running, and that nothing is asked that would then be ignored."""
    from experiments.pool import StudyError

    if len(instead) > 1:
        raise StudyError(f"{' and '.join(instead)}: each is done instead of running; give one at a time")
    if instead and further and instead != ["--dry-run"]:
        raise StudyError(f"{further[0]} beside {instead[0]}: nothing would be run, so leave one of them out")


def collect(
    study: StudyName,
    file: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Table to write, .parquet or .csv.")],
    out: Out = None,
    series: Annotated[
        bool, typer.Option("--series", help="The monthly series instead of the outcomes.", show_default="no")
    ] = False,
) -> None:
    """Write the runs of a study as one table."""
    from experiments.sweeps import sweeping

    found, folder = _opened(study, out)
    rows, state = sweeping.collect(found, file, folder, series), sweeping.status(found, folder)
    typer.echo(f"{file}: {rows:,} rows; {_done(state)}.")


def add_commands(app: typer.Typer) -> None:
    """Give a command line the commands of sweeps."""
    app.command("sweep")(sweep)
    app.command("collect")(collect)


def _opened(name: str, out: Path | None) -> "tuple[Study, Path]":
    """The study of a file, a name, or a folder; and its folder."""
    from experiments.pool import StudyError
    from experiments.sweeps.record import FILE, read_record
    from experiments.sweeps.study import read_study
    from experiments.sweeps.sweeping import folder_of

    if (Path(name) / FILE).is_file():
        record = read_record(Path(name))
        if record is None or not record.path:
            raise StudyError(f"{name}: does not say where its study file is; name the file, and the folder with --out")
        return read_study(record.path), out or Path(name)
    study = read_study(name)
    return study, folder_of(study, out)


def _with_points_of(folder: Path, study: "Study") -> "Study":
    """The study with the points that an extension gave it in its folder."""
    from experiments.sweeps.record import read_record

    kept = read_record(folder)
    return study if kept is None else study.with_samples(max(study.design.samples, kept.samples))


def _dry_run(study: "Study", folder: Path, workers: int | None, retry: bool, extend: int) -> None:
    from experiments.sweeps.estimate import estimate, lines
    from experiments.sweeps.record import read_record
    from experiments.sweeps.sweeping import planned, status

    study = planned(study, folder, extend)
    there, left = 0, study.points * study.replications.least
    if read_record(folder) is not None:
        found = status(study, folder)
        there = found.done + (0 if retry else len(found.failed))
        left = found.total - there
    typer.echo(study.title)
    if not left:
        typer.echo(f"Runs:   none: all {there:,} were run; they are in {folder}")
        return
    typer.echo("\n".join(lines(study, estimate(study, there, left), workers or os.cpu_count() or 1, folder)))


def _run(study: "Study", folder: Path, workers: int | None, executor: str | None, retry: bool, extend: int) -> "Status":
    from experiments.pool import StudyError
    from experiments.sweeps.record import read_record
    from experiments.sweeps.sweeping import planned, run_study, status
    from experiments.sweeps.telling import told

    ahead, kept = planned(study, folder, extend), read_record(folder)
    typer.echo(f"{study.title}: {ahead.points:,} points in {folder}.", err=True)
    if kept is not None and kept.extending:
        typer.echo(f"The extension by {kept.extending:,} samples that was begun goes on; no more are added.", err=True)
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with told(study.replications.adaptive) as tell:
            study = run_study(study, folder, workers=workers, executor=executor, retry_failed=retry, extend=extend, tell=tell)
    except KeyboardInterrupt:
        print(f"error: {INTERRUPTED}", file=sys.stderr)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGTERM, before)
    state = status(study, folder)
    _say(state, folder)
    if not state.done:
        raise StudyError(f"{folder}: all {state.total:,} runs failed, so there is nothing to report; see why above")
    return state


def _interrupt(number: int, frame: object) -> None:
    """What a batch system sends before it kills: store what is finished, as on Ctrl-C."""
    raise KeyboardInterrupt


def _adopt(study: "Study", folder: Path, file: Path) -> None:
    from experiments.sweeps.adoption import adopt

    typer.echo(f"{adopt(study, file, folder):,} runs of {file} taken over.")
    _status(study, folder)


def _status(study: "Study", folder: Path) -> None:
    from experiments.sweeps.sweeping import status

    state = status(study, folder)
    _say(state, folder)
    _say_failed(state, folder)


def _done(found: "Status") -> str:
    least = "at least " if found.study.replications.adaptive and found.done < found.total else ""
    return f"{found.done:,} of {least}{found.total:,} runs done, {len(found.failed):,} failed"


def _say(found: "Status", folder: Path) -> None:
    from experiments.sweeps.estimate import size
    from experiments.sweeps.telling import lasting

    mean = f", {found.seconds / found.timed:.3g} s a run" if found.timed else ""
    mean += f" ({found.done - found.timed:,} runs were taken over)" if found.timed < found.done else ""
    at_work = "; a sweep is at work there" if found.at_work else ""
    typer.echo(f"{_done(found)}{at_work}.")
    typer.echo(f"{lasting(found.seconds)} of computing{mean}; {size(found.bytes)} in {folder}.")
    if found.beyond:
        typer.echo(f"{found.beyond:,} more runs, beyond the replications that the study asks for, are kept but used nowhere.")
    for failed in found.failed[:MOST_FAILURES]:
        typer.echo(_failure(found.study, folder, failed))
    if len(found.failed) > MOST_FAILURES:
        typer.echo(f"... and {len(found.failed) - MOST_FAILURES:,} more")


def _say_failed(found: "Status", folder: Path) -> None:
    if found.failed:
        again = f"{command(found.study, folder)} --retry-failed"
        typer.echo(f"{len(found.failed):,} of {found.total:,} runs failed and are in no table; run them again: {again}")


def _failure(study: "Study", folder: Path, failed: "Failed") -> str:
    head = f"point {failed.point}, replication {failed.replication} {failed.kind} at {failed.stage}: {failed.reason}"
    return f"{head}\n    reproduce: {command(study, folder)} --run {failed.point}:{failed.replication}"


def command(study: "Study", folder: Path) -> str:
    """How a sweep is called."""
    from experiments.sweeps.sweeping import RESULTS

    own = "" if folder == RESULTS / study.name else f" --out {shlex.quote(str(folder))}"
    return f"channel-sim sweep {shlex.quote(str(study.path or study.name))}{own}"


def _one(study: "Study", asked: str) -> None:
    """Do one run in this process, without any limit, so that whatever happens can be seen."""
    from experiments.pool import StudyError
    from experiments.sweeps.grid import Grid
    from experiments.sweeps.subjects import names_of
    from experiments.sweeps.tasks import RAISED, numbers_of, reason_of

    point, _, replication = asked.partition(":")
    if not (point.isdecimal() and replication.isdecimal()) or int(point) >= study.points:
        raise StudyError(f"--run {asked}: expected POINT:REPLICATION with a point from 0 to {study.points - 1}, for instance 0:0")
    settings = Grid(study).settings(int(point))
    typer.echo("\n".join(f"{key} = {value!r}" for key, value in settings.items()))
    subject, stage = study.subject, ["scenario"]
    try:
        prepared = subject.prepare(settings, study.seed(int(point)))
        values, _ = subject.run(prepared, int(replication), lambda name: stage.__setitem__(0, name))
        numbers = numbers_of(values, names_of(subject.columns))
    except (Exception, SystemExit) as error:
        typer.echo(traceback.format_exc(), err=True, nl=False)
        raise StudyError(f"point {point}, replication {replication} {RAISED} at {stage[0]}: {reason_of(error)}") from None
    typer.echo("\n".join(f"{c.name}: {number:.6g}" for c, number in zip(subject.columns, numbers, strict=True)))


def _scenario(study: "Study", point: int) -> None:
    from experiments.pool import StudyError
    from experiments.sweeps.grid import Grid
    from experiments.sweeps.subjects import ScenarioSubject
    from sim.scenario.listing import written_out

    if point >= study.points or not isinstance(study.subject, ScenarioSubject):
        raise StudyError(f"--point {point}: expected a point from 0 to {study.points - 1} of a study of a scenario")
    typer.echo(written_out(study.subject.scenario(Grid(study).settings(point), study.seed(point)), False), nl=False)


def _report(study: "Study", folder: Path) -> None:
    from experiments.sweeps.report import write_report

    path = write_report(study, folder, typer.echo)
    typer.echo(f"Report: {path}")
