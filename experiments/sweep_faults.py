"""A trial by fault: the table of a sweep that was disturbed as badly as can be must be that of one left in peace.

    python -m experiments.sweep_faults --runs 2000

The study plants runs that kill their worker, runs that raise and runs that hang.  The trial kills the coordinator and
workers at random times, fills the disk once in the middle of a chunk, and goes on with the same command each time.  Then it
compares tables, counts runs, looks for processes left over, and sees whether every culprit is named.
"""

import errno
import math
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from experiments import console
from experiments.known_answers import with_columns
from experiments.outcomes import Outcome

KILLERS, RAISERS, HANGERS = (3, 11, 23), (5, 7, 13, 17, 29), (2, 19)  # points, in their first replication
FULL = os.strerror(errno.ENOSPC)
TOKEN = "CHANNEL_SIM_TRIAL"
STUDY = """\
schema_version = 1
title = "Trial by fault"
function = "experiments.sweep_faults:faulty"

[settings]
seconds = {seconds}

[levers]
x = {{ values = {values} }}

[design]
kind = "grid"

[replications]
count = {replications}

[limits]
seconds_per_run = 2.0
"""


@with_columns(Outcome("level", "1", "a level"), Outcome("wave", "1", "a wave"))
def faulty(settings: Mapping[str, Any], replication: int, seed: int) -> dict[str, float]:
    """Two numbers, after a while; or a disaster, at the planted points."""
    x = int(settings["x"])
    if replication == 0 and x in KILLERS:
        os.kill(os.getpid(), signal.SIGKILL)
    if replication == 0 and x in RAISERS:
        raise ArithmeticError(f"nothing adds up at {x}")
    while replication == 0 and x in HANGERS:
        time.sleep(0.05)
    time.sleep(float(settings["seconds"]))
    return {"level": x / 7.0 + replication, "wave": math.sin(x + replication / 3.0)}


class Outcomes(NamedTuple):
    """What a trial came to."""

    identical: bool  # the table, byte for byte
    right: bool  # each value is what the function gives
    lost: int  # runs neither in the table nor among the failures
    doubled: int
    left_over: int  # processes
    named: bool  # every culprit, and nobody else, with kind and stage
    coordinators_killed: int
    workers_killed: int
    full_disks: int

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.identical and self.right and self.named and not (self.lost or self.doubled or self.left_over)


def trial(
    folder: Path,
    runs: int,
    seconds: float,
    coordinators: int,
    workers: int,
    full_disks: int = 1,
    processes: int = 2,
    seed: int = 1,
) -> Outcomes:
    """Disturb a sweep and compare it with one left in peace.

    Parameters
    ----------
    folder
        For both sweeps.
    runs
        About so many.
    seconds
        That a run takes.
    coordinators, workers, full_disks
        How often each is killed, or the disk full.
    processes
        Workers of each sweep.
    seed
        Of the times at which it happens.

    Returns
    -------
    Outcomes
        What differs.
    """
    points = max(40, runs // 4)
    study = folder / "trial.toml"
    study.write_text(
        STUDY.format(seconds=seconds, values=list(range(points)), replications=max(2, runs // points)), encoding="utf-8"
    )
    token = uuid.uuid4().hex
    peace, war = folder / "peace", folder / "war"
    _start(study, peace, processes, token).wait()
    killed = _disturb(study, war, processes, token, coordinators, workers, full_disks, random.Random(seed))
    time.sleep(1.5)  # what is about to end may end
    left = len(list(_bearing(token)))
    return _compared(study, peace, war, left, killed)


def _start(study: Path, out: Path, processes: int, token: str, full_disk: bool = False) -> subprocess.Popen[bytes]:
    """A coordinator that writes chunks often, and may find the disk full at its second."""
    call = [sys.executable, "-m", "experiments.sweep_faults", "coordinate", str(study), str(out), "--workers", str(processes)]
    environment = os.environ | {TOKEN: token, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    log = (study.parent / "log.txt").open("ab")
    with log:
        return subprocess.Popen([*call, *(["--full-disk"] if full_disk else [])], env=environment, stdout=log, stderr=log)


def _disturb(
    study: Path, out: Path, processes: int, token: str, coordinators: int, workers: int, full_disks: int, chance: random.Random
) -> tuple[int, int, int]:
    """Kill until enough were killed, then let it finish."""
    killed = [0, 0, 0]
    while True:
        coordinator = _start(study, out, processes, token, full_disk=killed[2] < full_disks)
        doomed = killed[0] < coordinators
        end = time.monotonic() + chance.uniform(2.5, 6.0)
        while coordinator.poll() is None and not (doomed and time.monotonic() > end):
            time.sleep(chance.uniform(0.05, 0.4))
            cells = [pid for pid in _bearing(token) if pid != coordinator.pid and _is_cell(pid)]
            if cells and killed[1] < workers:
                killed[1] += _kill(chance.choice(cells))
        if coordinator.poll() is None:
            killed[0] += _kill(coordinator.pid)
        status = coordinator.wait()
        log = (study.parent / "log.txt").read_text(encoding="utf-8")
        if status == 0:
            return killed[0], killed[1], killed[2]
        if status not in (-signal.SIGKILL, 2) or log.count("error: ") != log.count(FULL):
            raise RuntimeError(f"the coordinator ended with {status}:\n{log[-3000:]}")
        killed[2] = log.count(FULL)


def _kill(pid: int) -> int:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _bearing(token: str) -> Iterable[int]:
    """Living processes that carry the token in their environment, this one aside."""
    for place in Path("/proc").iterdir():
        if not place.name.isdecimal() or int(place.name) == os.getpid():
            continue
        try:
            carries = f"{TOKEN}={token}".encode() in (place / "environ").read_bytes()
            zombie = (place / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if carries and not zombie:
            yield int(place.name)


def _is_cell(pid: int) -> bool:
    try:
        return b"experiments.sweeps.cell" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _compared(study: Path, peace: Path, war: Path, left: int, killed: tuple[int, int, int]) -> Outcomes:
    from experiments.sweeps.study import read_study
    from experiments.sweeps.sweeping import collect, opened, status

    found = read_study(study)
    for out in (peace, war):
        collect(found, out / "table.parquet", out)
    rows = opened(found, war)[1].rows(0, found.points).to_pylist()
    keys = [(row["point"], row["replication"]) for row in rows]
    failed = status(found, war).failed
    expected = {(p, r) for p in range(found.points) for r in range(found.replications.most)}
    culprits = {
        (p, 0): kind for ps, kind in ((KILLERS, "killed its worker"), (RAISERS, "raised"), (HANGERS, "took too long")) for p in ps
    }
    right = all(row["level"] == row["x"] / 7.0 + row["replication"] for row in rows)
    named = {(f.point, f.replication): f.kind for f in failed} == culprits and all(f.stage == "run" for f in failed)
    return Outcomes(
        (peace / "table.parquet").read_bytes() == (war / "table.parquet").read_bytes(), right,
        len(expected - set(keys) - set(culprits)), len(keys) - len(set(keys)), left, named, *killed,
    )  # fmt: skip


def fill_disk_once() -> None:
    """Let the second chunk meet a full disk after half of its bytes."""
    import pyarrow.parquet as pq

    write, count = pq.write_table, [0]

    def full(table: Any, where: Any, **options: Any) -> None:
        write(table, where, **options)
        count[0] += 1
        if count[0] == 2:
            size = Path(where).stat().st_size
            os.truncate(where, size // 2)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(where))

    pq.write_table = full


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command(hidden=True)
def coordinate(study: Path, out: Path, workers: int = 2, full_disk: Annotated[bool, typer.Option("--full-disk")] = False) -> None:
    """Run the trial's sweep once."""
    from experiments.sweeps import supervisor
    from experiments.sweeps.study import read_study
    from experiments.sweeps.sweeping import run_study

    supervisor.CHUNK_SECONDS, supervisor.BATCH_SECONDS = 0.3, 0.2
    if full_disk:
        fill_disk_once()
    run_study(read_study(study), out, workers=workers)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    runs: Annotated[int, typer.Option(min=80, help="Runs, about.")] = 2_000,
    seconds: Annotated[float, typer.Option(min=0.0, help="That a run takes.")] = 0.05,
    coordinators: Annotated[int, typer.Option(min=0, help="How often the coordinator is killed.")] = 10,
    workers: Annotated[int, typer.Option(min=0, help="How many workers are killed.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the times at which it happens.")] = 1,
) -> None:
    """Disturb a sweep and say whether its table is that of one left in peace."""
    import tempfile

    if context.invoked_subcommand is not None:
        return
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), runs, seconds, coordinators, workers, seed=seed)
    for name, value in found._asdict().items():
        typer.echo(f"{name.replace('_', ' '):20} {value}")
    typer.echo("passed" if found.passed else "FAILED")
    raise typer.Exit(0 if found.passed else 1)


if __name__ == "__main__":
    console.run_app(app)
