"""The front door: the command line of the simulator.

    python run_sim.py run baseline

Nothing of the engine is imported before a command needs it.
"""

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sim.scenario import Scenario

WELCOME = """\
channel-sim simulates an IT channel ecosystem, month by month: partners, vendors, distributors and marketplaces, the
networks in which partners meet, the alliances they form, and their loyalty to vendors.

A scenario is a file that says what differs from the defaults. A run repeats it with different chance and answers:
do networks grow, stabilise or decline; does loyalty strengthen, hold or erode; what do one and one partner make?

Begin with:
  channel-sim list                   the scenarios that come with it
  channel-sim run quick              a small one, about a minute
  channel-sim check my_scenario.toml whether a file of your own is right

scenarios/README.md says how to write one. channel-sim COMMAND --help lists options."""

INTERRUPTED = "interrupted; finished replications are kept, the same command goes on from there"

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=WELCOME.split("\n\n", 1)[0])
UsageProblem: Any = typer.BadParameter.__mro__[1].__mro__[1]  # the base of all that is wrong with a command line

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or a TOML file.")]
Settings = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, e.g. demand.growth_per_year=0.02.")
]


@app.callback(invoke_without_command=True)
def welcome(context: typer.Context) -> None:
    """Agent-based simulator of IT channel ecosystems."""
    if context.invoked_subcommand is None:
        typer.echo(WELCOME)


@app.command("run")
def run_scenario(
    scenario: ScenarioName,
    replications: Annotated[int | None, typer.Option(min=1, max=10_000, help="Runs that differ by chance.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**62, help="Seed of all chance.")] = None,
    months: Annotated[int | None, typer.Option(min=1, max=1_200, help="Months after burn-in.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes; all processors by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results.")] = None,
    settings: Settings = [],  # noqa: B006 (how Typer writes an option that may be repeated)
) -> None:
    """Run a scenario and say what came of it."""
    options = {"replications": replications, "seed": seed, "months": months}
    loaded = _load(scenario, settings, options)

    from experiments.runner import check_folder, run_replications

    digest = loaded.digest()
    folder = out or Path("results") / f"{loaded.name}-{digest[:8]}-s{loaded.plan.seed}"
    check_folder(folder, digest)
    _introduce(loaded)

    from sim.warm_up import warm_up

    warm_up(loaded.plan, lambda line: typer.echo(line, err=True))
    jobs = workers or min(os.cpu_count() or 1, loaded.replications)
    with _progress(loaded) as progress:
        folders = run_replications(
            loaded.plan, digest, loaded.replications, folder, jobs, progress, scenario=loaded.as_json(), command=sys.argv
        )

    from sim.observe.store import read_replication
    from sim.report.screen import render
    from sim.verdict import judge

    series = [{name: column for name, column in read_replication(f).series.items() if name != "month"} for f in folders]
    typer.echo(render(judge(series, loaded.plan), loaded.plan, folder))


@app.command("list")
def list_scenarios() -> None:
    """List the scenarios that come with the simulator."""
    import tomllib

    from sim.scenario.document import SHIPPED, shipped_names

    for name in shipped_names():
        head = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
        typer.echo(f"{name:<24}{head.get('title', '')}: {head.get('question', '')}")


@app.command("check")
def check_scenario(file: ScenarioName, settings: Settings = []) -> None:  # noqa: B006 (as above)
    """Check a scenario without running it."""
    loaded = _load(file, settings, {})
    _introduce(loaded)
    typer.echo(f"{loaded.origin[0]} is right. Digest {loaded.digest()[:8]}.")


def _load(name: str, settings: list[str], options: dict[str, int | None]) -> "Scenario":
    from sim.scenario import load

    changes = [_setting(text) for text in settings]
    changes += [(f"--{key}", key, value) for key, value in options.items() if value is not None]
    return load(name, changes)


def _setting(text: str) -> tuple[str, str, Any]:
    """``key=value`` with the value as TOML writes it, or else as text."""
    import tomllib

    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise typer.BadParameter(f"--set {text}: write KEY=VALUE, for instance demand.growth_per_year=0.02")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"] if "\n" not in value else value
    except (ValueError, RecursionError):
        parsed = value.strip()
    return f"--set {shlex.quote(text)}", key.strip(), parsed


def _introduce(scenario: "Scenario") -> None:
    plan = scenario.plan
    networks = sum(group.count for group in plan.networks)
    typer.echo(
        f"{scenario.title}: {plan.partners:,} partners, {plan.size.vendors} vendors, {networks} networks, "
        f"{plan.months} months after {plan.burn_in} of burn-in, {scenario.replications} replications, seed {plan.seed}."
    )
    if scenario.question:
        typer.echo(f"Question: {scenario.question}")
    if scenario.partners is not None:
        typer.echo("\n".join(scenario.partners.lines()))


@contextmanager
def _progress(scenario: "Scenario") -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, else a line for each tenth."""
    if not sys.stderr.isatty():
        yield _PlainProgress(scenario.plan.burn_in + scenario.plan.months)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} months"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        waiting = "starting"
        task = bar.add_task(waiting, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description="simulating" if done else waiting)

        yield show


class _PlainProgress:
    """Lines for a log: the start, then each tenth."""

    def __init__(self, months: int) -> None:
        self.months = months
        self.began = time.monotonic()
        self.tenth = -1

    def __call__(self, done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        if self.tenth < 0:
            print("simulating", file=sys.stderr, flush=True)
            self.tenth = tenth
        if tenth > self.tenth:
            self.tenth = tenth
            seconds = time.monotonic() - self.began
            print(f"{done:,} of {total:,} months in {seconds:.0f} s", file=sys.stderr, flush=True)


def main() -> None:
    """Run the command line; what the user can mend ends in one message and exit status 2."""
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())  # where a user's own rules are
    try:
        status = app(standalone_mode=False)
    except KeyboardInterrupt:
        _fail(INTERRUPTED, 130)
    except UsageProblem as problem:
        _fail(problem.format_message(), 2)
    except typer.Abort:
        _fail(INTERRUPTED, 130)
    except (ValueError, RuntimeError) as error:
        if type(error).__name__ not in ("ScenarioError", "RunError"):
            raise
        _fail(str(error), 2)
    else:
        if status == 130:  # Typer turns Ctrl-C into this status
            _fail(INTERRUPTED, 130)
        sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str, status: int) -> None:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
