"""A trial on a cluster: the table of a Dask cluster, one worker of which is killed, must be that of this machine alone.

    python -m experiments.sweep_cluster --runs 400
    python -m experiments.sweep_cluster --study small.toml

It starts a scheduler and two workers on this machine, each a process of its own as on a cluster, runs the trial's study
through ``--executor``, kills one worker with its supervising process in the middle, and compares.
"""

import contextlib
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from experiments import console
from experiments.known_answers import with_columns
from experiments.outcomes import Outcome
from experiments.pool import StudyError

STUDY = """\
schema_version = 1
title = "Trial on a cluster"
function = "experiments.sweep_cluster:wave"

[settings]
seconds = {seconds}

[uncertainties]
x = {{ low = 0.0, high = 6.0 }}

[design]
kind = "sobol"
samples = {samples}

[replications]
count = 4
"""


@with_columns(Outcome("y", "1", "a wave"))
def wave(settings: Mapping[str, Any], replication: int, seed: int) -> dict[str, float]:
    """A number, after a while."""
    time.sleep(float(settings["seconds"]))
    return {"y": math.sin(settings["x"] + replication)}


class Cluster(NamedTuple):
    """A Dask cluster on this machine."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A scheduler and some workers, each a process with its own process group, ended at the end.

    Parameters
    ----------
    folder
        For their logs and scratch files.
    workers
        How many, of one thread each.
    """
    address = f"tcp://127.0.0.1:{_free_port()}"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    started: list[subprocess.Popen[bytes]] = []

    def start(*call: str) -> subprocess.Popen[bytes]:
        with (folder / "dask.log").open("ab") as log:
            command = [sys.executable, "-m", "distributed.cli." + call[0], *call[1:]]
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True))
        return started[-1]

    try:
        start("dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard", "--no-show")
        members = [start("dask_worker", address, "--nthreads", "1", "--no-dashboard") for _ in range(workers)]
        yield Cluster(address.replace("tcp://", "dask://"), members)
    finally:
        for process in reversed(started):
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def _storing_often() -> Iterator[None]:
    """Write chunks every second, so that a worker is killed in the middle."""
    from experiments.sweeps import supervisor

    before, supervisor.CHUNK_SECONDS = supervisor.CHUNK_SECONDS, 1.0
    try:
        yield
    finally:
        supervisor.CHUNK_SECONDS = before


def trial(folder: Path, runs: int, seconds: float, path: Path | None = None) -> tuple[bool, int]:
    """Run a study here and on a cluster of which a worker is killed.

    Parameters
    ----------
    folder
        For both.
    runs
        About so many.
    seconds
        That a run takes.
    path
        A study file to run instead.

    Returns
    -------
    tuple
        Whether the tables are the same, byte for byte; and how many runs were finished when the worker was killed.
    """
    from experiments.sweeps.study import read_study
    from experiments.sweeps.supervisor import Progress
    from experiments.sweeps.sweeping import collect, run_study

    if path is None:
        path = folder / "trial.toml"
        path.write_text(STUDY.format(seconds=seconds, samples=max(2, runs // 4)), encoding="utf-8")
    study = read_study(path)
    run_study(study, folder / "here", workers=2)
    killed_at: list[int] = []
    with cluster(folder) as found, _storing_often():

        def watch(progress: Progress) -> None:
            if progress.done >= study.points // 2 and not killed_at:
                killed_at.append(progress.done)
                kill(found.workers[0])

        run_study(study, folder / "there", executor=found.address, tell=watch)
    for name in ("here", "there"):
        collect(study, folder / f"{name}.parquet", folder / name)
    same = (folder / "here.parquet").read_bytes() == (folder / "there.parquet").read_bytes()
    return same, killed_at[0] if killed_at else -1


def main(
    runs: Annotated[int, typer.Option(min=8, help="Runs, about.")] = 400,
    seconds: Annotated[float, typer.Option(min=0.0, help="That a run takes.")] = 0.1,
    study: Annotated[Path | None, typer.Option(help="A study file to run instead, best a small one.")] = None,
) -> None:
    """Compare a sweep on a small Dask cluster, one worker killed, with one on this machine."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            same, killed_at = trial(Path(folder), runs, seconds, study)
        except StudyError:
            typer.echo((Path(folder) / "dask.log").read_text(encoding="utf-8")[-3000:], err=True)
            raise
    typer.echo(f"a worker was killed when {killed_at:,} runs were stored; the tables are {'identical' if same else 'DIFFERENT'}")
    raise typer.Exit(0 if same and killed_at >= 0 else 1)


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command()(main)

if __name__ == "__main__":
    console.run_app(app)
