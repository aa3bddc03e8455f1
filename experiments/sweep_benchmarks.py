"""What sweeping costs besides the runs: the runner's overhead, and the memory of its coordinator.

python -m experiments.sweep_benchmarks overhead   # of runs of 20 ms; below 5 % is asked for
python -m experiments.sweep_benchmarks memory     # of the coordinator, at 100 and at 10,000 runs
python -m experiments.sweep_benchmarks throughput experiments/studies/sensitivity.toml  # runs a second of a sweep on disk
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments import console
from experiments.known_answers import with_columns
from experiments.outcomes import Outcome

STUDY: dict[str, Any] = {
    "schema_version": 1,
    "title": "Benchmark",
    "function": "experiments.sweep_benchmarks:pause",
    "uncertainties": {f"x{n}": {"low": 0.0, "high": 1.0} for n in range(20)},
    "design": {"kind": "sobol"},
    "replications": {"count": 4},
}
COLUMNS = tuple(Outcome(f"y{n}", "1", "a number") for n in range(50))


@with_columns(*COLUMNS)
def pause(settings: Mapping[str, Any], replication: int, seed: int) -> dict[str, float]:
    """As many outcomes as a real run has, after a while."""
    time.sleep(float(settings["seconds"]))
    return {c.name: settings["x0"] + n + replication for n, c in enumerate(COLUMNS)}


def once(runs: int, seconds: float, workers: int, folder: Path) -> dict[str, float]:
    """Sweep the study once in this process.

    Parameters
    ----------
    runs
        A multiple of 4.
    seconds
        That a run takes.
    workers
        Processes.
    folder
        Of the runs.

    Returns
    -------
    dict
        ``all`` and ``steady`` seconds, the latter from the first runs stored on; ``steady_runs``; ``peak`` bytes of this
        process; ``own`` seconds of the runs.
    """
    from experiments.memory import peak
    from experiments.sweeps.study import study_of
    from experiments.sweeps.supervisor import Progress
    from experiments.sweeps.sweeping import run_study, status

    tree = STUDY | {"settings": {"seconds": seconds}, "design": {"kind": "sobol", "samples": runs // 4}}
    study = study_of(tree, Path("benchmark.toml"))
    seen: list[tuple[int, float]] = []

    def watch(progress: Progress) -> None:
        seen.append((progress.done, time.perf_counter()))

    began = time.perf_counter()
    run_study(study, folder, workers=workers, tell=watch)
    ended = time.perf_counter()
    first = next((n, at) for n, at in seen if n > 0)
    own = status(study, folder).seconds
    steady = {"steady": seen[-1][1] - first[1], "steady_runs": runs - first[0]}
    return {"all": ended - began, **steady, "own": own, "peak": float(peak())}


def fresh(runs: int, seconds: float, workers: int) -> dict[str, float]:
    """The same in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-m", "experiments.sweep_benchmarks", "once", str(runs), str(seconds), str(workers), folder]
        return json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command("once", hidden=True)
def _once(runs: int, seconds: float, workers: int, folder: Path) -> None:
    typer.echo(json.dumps(once(runs, seconds, workers, folder)))


@app.command()
def overhead(
    runs: Annotated[int, typer.Option(min=400, help="Runs.")] = 6_000,
    milliseconds: Annotated[float, typer.Option(min=1.0, help="That a run takes.")] = 20.0,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """What the runner costs, as a share of the runs' own time."""
    found = fresh(runs, milliseconds / 1000, workers)
    own = found["own"] / runs
    spent = workers * found["steady"] / found["steady_runs"]
    typer.echo(f"{runs:,} runs of {1000 * own:.2f} ms on {workers} workers in {found['all']:.1f} s")
    typer.echo(f"a run took {1000 * spent:.2f} ms of a worker's time: overhead {100 * (spent / own - 1):.1f} %")
    empty = fresh(20_000, 0.0, workers)
    cost = workers * empty["steady"] / empty["steady_runs"] - empty["own"] / 20_000
    share = 100 * cost / (milliseconds / 1000)
    typer.echo(f"beside an empty run it costs {1000 * cost:.3f} ms: {share:.1f} % of {milliseconds:g} ms")


@app.command()
def memory(
    few: Annotated[int, typer.Option(min=4, help="Runs of the short sweep.")] = 100,
    many: Annotated[int, typer.Option(min=4, help="Runs of the long sweep.")] = 10_000,
    most: Annotated[int, typer.Option(min=4, help="Runs of the longest sweep.")] = 40_000,
) -> None:
    """Peak memory of the coordinator of a short and of long sweeps; chunks that are being written make a bounded difference."""
    for runs in (few, many, most):
        typer.echo(f"{runs:>9,} runs: peak of the coordinator {fresh(runs, 0.001, 2)['peak'] / 1e6:.1f} MB")


@app.command("mesa")
def against_mesa(
    partners: Annotated[int, typer.Option(min=40, help="Partners.")] = 80,
    months: Annotated[int, typer.Option(min=2, help="Months, without burn-in.")] = 12,
    runs: Annotated[int, typer.Option(min=2, help="Runs of each.")] = 6,
) -> None:
    """How many times longer the plain Mesa reference takes under batch_run than the same runs of a sweep; one process each."""
    tree: dict[str, Any] = {
        "schema_version": 1,
        "title": "The same runs",
        "scenario": "baseline",
        "settings": {"population": {"partners": partners}, "months": months, "burn_in_months": 0},
        "uncertainties": {"membership": {"attention": {"low": 0.008, "high": 0.02}}},
        "design": {"kind": "grid", "levels": 2},
        "replications": {"count": max(1, runs // 2)},
    }
    ours = _swept(tree)
    theirs = _batch_run(tree)
    for name, seconds in (("sweep", ours), ("Mesa's batch_run", theirs)):
        typer.echo(f"{name:17} {seconds:8.3f} s a run of {partners} partners and {months} months")
    typer.echo(f"ratio {theirs / ours:.1f}, with recording and outcomes in the sweep and three numbers a run collected by Mesa")


def _swept(tree: Mapping[str, Any]) -> float:
    """Wall-clock seconds a run of a sweep, after its worker began."""
    from experiments.sweeps.study import study_of
    from experiments.sweeps.sweeping import run_study, status

    with tempfile.TemporaryDirectory() as folder:
        study = study_of(tree, Path("same.toml"))
        run_study(study, folder, workers=1)
        found = status(study, folder)
        return found.seconds / found.done


def _batch_run(tree: Mapping[str, Any]) -> float:
    """Wall-clock seconds a run of the plain Mesa reference under ``mesa.batch_run``."""
    import importlib

    from experiments.sweeps.grid import Grid
    from experiments.sweeps.study import study_of

    mesa = importlib.import_module("mesa")
    reference = importlib.import_module("tests.reference.model").ReferenceModel
    study = study_of(tree, Path("same.toml"))
    plans = [study.subject.prepare(Grid(study).settings(p), None) for p in range(study.points)]

    class Collected(reference):  # type: ignore[misc,valid-type]
        """The reference with a collector, as batch_run wants it."""

        def __init__(self, point: int, replication: int) -> None:
            super().__init__(plans[point], replication)
            self.datacollector = mesa.DataCollector({
                "memberships": lambda m: sum(n.members for n in m.networks if n.open),
                "alliances": lambda m: len(m.ties),
                "networks": lambda m: sum(n.open for n in m.networks),
            })  # fmt: skip

        def step(self) -> None:
            super().step()
            self.datacollector.collect(self)

    parameters = {"point": range(study.points), "replication": range(study.replications.most)}
    months = plans[0].months
    began = time.perf_counter()
    mesa.batch_run(Collected, parameters, number_processes=1, max_steps=months - 1, display_progress=False)
    return (time.perf_counter() - began) / (study.points * study.replications.most)


@app.command()
def throughput(
    study: Annotated[str, typer.Argument(help="A study file or a name.")],
    out: Annotated[Path | None, typer.Option(help="Folder of its runs.")] = None,
) -> None:
    """Runs a second that a finished sweep came to, by the runs' own time."""
    from experiments.pool import StudyError
    from experiments.sweeps.study import read_study
    from experiments.sweeps.sweeping import status

    found = status(read_study(study), out)
    if not found.timed:
        raise StudyError(f"{study}: holds no run whose time is known; what was taken over from a table is not timed")
    speed = found.timed / found.seconds
    typer.echo(f"{found.timed:,} runs in {found.seconds:,.0f} s of computing: {speed:.2f} runs a second of a core")


if __name__ == "__main__":
    console.run_app(app)
