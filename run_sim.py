"""The front door: the command line of the simulator.

    python run_sim.py run baseline

Nothing of the engine is imported before a command needs it.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments import commands, watching
from experiments.comparison import commands as what_if
from experiments.sweeps import command as sweeps

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

channel-sim --help lists all commands, channel-sim COMMAND --help the options of one."""

MENDABLE = ("ScenarioError", "RunError", "StudyError", "RunFailedError", "LiveError")  # errors whose message says what to do
INTERRUPTED = "interrupted; finished replications are kept, the same command goes on from there, and so does resume"

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=WELCOME.split("\n\n", 1)[0])
UsageProblem: Any = typer.BadParameter.__mro__[1].__mro__[1]  # the base of all that is wrong with a command line

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or a TOML file.")]
ScenarioOrFolder = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's name, a TOML file, or a folder of results.")
]
ResultsFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of results, as a run printed it.")]
Settings = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, e.g. demand.growth_per_year=0.02.", show_default="none"),
]
THEIRS = "the scenario's"
Replications = Annotated[int | None, typer.Option(min=1, max=10_000, help="Runs that differ by chance.", show_default=THEIRS)]
Workers = Annotated[
    int | None, typer.Option(min=1, max=256, help="Processes.", show_default="all processors, as far as memory allows")
]
Out = Annotated[Path | None, typer.Option(help="Folder of the results.", show_default="a new one in results/")]


@app.callback(invoke_without_command=True)
def welcome(context: typer.Context) -> None:
    """Agent-based simulator of IT channel ecosystems."""
    if context.invoked_subcommand is None:
        typer.echo(WELCOME)


@app.command("run")
def run_scenario(
    scenario: ScenarioName,
    replications: Replications = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**62, help="Seed of all chance.", show_default=THEIRS)] = None,
    months: Annotated[int | None, typer.Option(min=1, max=1_200, help="Months after burn-in.", show_default=THEIRS)] = None,
    workers: Workers = None,
    out: Out = None,
    no_rank: Annotated[
        bool,
        typer.Option("--no-rank", help="Do not say what to collect next.", show_default="said of data of your own"),
    ] = False,
    settings: Settings = [],  # noqa: B006 (how Typer writes an option that may be repeated)
) -> None:
    """Run a scenario and say what came of it."""
    loaded = _load(scenario, settings, {"replications": replications, "seed": seed, "months": months})
    _run(loaded, out or _place(loaded), workers)
    if loaded.plan.given is not None and not no_rank:
        _rank(loaded, workers)


@app.command("list")
def list_scenarios() -> None:
    """List the scenarios that come with the simulator."""
    import textwrap
    import tomllib

    from sim.scenario.document import SHIPPED, shipped_names

    names = shipped_names()
    indent = max(map(len, names), default=0) + 2
    for name in names:
        head = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
        typer.echo(f"{name:<{indent}}{head.get('title', '')}")
        typer.echo(textwrap.fill(head.get("question", ""), 100, initial_indent=" " * indent, subsequent_indent=" " * indent))


@app.command("show")
def show_scenario(
    scenario: ScenarioOrFolder,
    origin: Annotated[
        bool, typer.Option("--origin", help="Say of each value where it comes from.", show_default="units only")
    ] = False,
    settings: Settings = [],  # noqa: B006 (as above)
) -> None:
    """Print a scenario with every value filled in.

    What is printed is itself a scenario file that means the same.
    """
    from sim.scenario.listing import written_out

    typer.echo(written_out(_load(scenario, settings, {}), origin), nl=False)


@app.command("diff")
def show_differences(
    one: Annotated[str, typer.Argument(metavar="A", help="A scenario's name, a TOML file, or a folder of results.")],
    other: Annotated[str, typer.Argument(metavar="B", help="What to compare it with.")],
) -> None:
    """Print in what two scenarios differ, both values and the unit."""
    from sim.scenario.differences import compared

    typer.echo(compared(_load(one, [], {}), _load(other, [], {}), (one, other)), nl=False)


@app.command("check")
def check_scenario(file: ScenarioOrFolder, settings: Settings = []) -> None:  # noqa: B006 (as above)
    """Check a scenario without running it."""
    loaded = _load(file, settings, {})
    _introduce(loaded)
    typer.echo(f"{loaded.origin[0]} is right. Digest {loaded.digest()[:8]}.")


@app.command("schema")
def print_schema(out: Annotated[Path | None, typer.Option(help="File to write.", show_default="standard output")] = None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from sim.scenario import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    from experiments.runner import write_file

    write_file(out, text)
    typer.echo(f"{out} written.")


@app.command("resume")
def resume_run(folder: ResultsFolder, replications: Replications = None, workers: Workers = None) -> None:
    """Go on with an interrupted run, from its folder."""
    from sim.scenario.stored import load_stored

    loaded = load_stored(folder)
    _run(loaded if replications is None else loaded._replace(replications=replications), folder, workers)


@app.command("branch")
def run_branch(
    scenario: ScenarioOrFolder,
    at: Annotated[int, typer.Option(min=0, max=1_199, metavar="MONTH", help="Month of the change, 0 the first after burn-in.")],
    settings: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="What changes in that month: a parameter, switches.NAME, vendors.NAME.FIELD (also distributors, "
            "marketplaces), networks.KIND.FIELD; NAME may be all.",
            show_default="nothing",
        ),
    ] = [],  # noqa: B006 (as above)
    replications: Replications = None,
    workers: Workers = None,
    out: Out = None,
) -> None:
    """Run a scenario with a change in some month.

    Up to that month the run is the same as without the change, bit for bit.
    """
    from experiments.runner import RunError, check_kept
    from sim.scenario import from_document
    from sim.scenario.branch import branched
    from sim.scenario.document import with_settings
    from sim.scenario.stored import is_results, load_stored

    before = load_stored(scenario) if is_results(scenario) else _load(scenario, [], {})
    if is_results(scenario):
        check_kept(Path(scenario), before.digest())
    if at >= before.plan.months:
        raise RunError(f"--at {at}: expected a month from 0 to {before.plan.months - 1}, the last of {before.name}")
    document = branched(before.document, at, [_setting(text) for text in settings])
    if replications is not None:
        document = with_settings(document, [("--replications", "replications", replications)])
    loaded = from_document(document)
    _run(loaded, out or _place(loaded), workers)


what_if.add_to(app)


@app.command("export")
def export_results(
    folder: ResultsFolder, out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the CSV files; new, or empty.")]
) -> None:
    """Write the tables of results as CSV files."""
    from experiments.exporting import export

    replications = export(folder, out)
    typer.echo(f"{replications} replications from {folder} in {out}: one file a table, units in columns.csv.")


def _run(scenario: "Scenario", folder: Path, workers: int | None) -> None:
    """Run what is missing in a folder, and print the answer."""
    from experiments.memory import fitting_workers
    from experiments.runner import check_folder, run_replications

    digest = scenario.digest()
    check_folder(folder, digest)
    jobs = fitting_workers(scenario.plan, workers, min(os.cpu_count() or 1, scenario.replications))
    _introduce(scenario)

    from experiments.compiling import compile_once
    from experiments.progress import progress_shown

    compile_once(scenario.plan)
    with progress_shown() as progress:
        folders = run_replications(
            scenario.plan, digest, scenario.replications, folder, jobs, progress, scenario=scenario.as_json(), command=sys.argv
        )

    from sim.observe.store import read_replication
    from sim.report.screen import render
    from sim.verdict import judge

    series = [{name: column for name, column in read_replication(f).series.items() if name != "month"} for f in folders]
    typer.echo(render(judge(series, scenario.plan), scenario.plan, folder))


def _rank(scenario: "Scenario", workers: int | None) -> None:
    """Say which drawn inputs drive the verdict most, and so what to collect next."""
    from experiments.missing_inputs import FEW_REPLICATIONS, lines, on_a_small_budget, rank_drawn_inputs
    from experiments.progress import progress_shown

    typer.echo("Which of the drawn inputs matter most? Further short runs, each with one of them drawn again ...", err=True)
    plan = on_a_small_budget(scenario.plan)
    with progress_shown("runs") as progress:
        ranking = rank_drawn_inputs(plan, FEW_REPLICATIONS, workers=workers or os.cpu_count() or 1, progress=progress)
    typer.echo("\n" + "\n".join(lines(ranking)))


def _place(scenario: "Scenario") -> Path:
    return Path("results") / f"{scenario.name}-{scenario.digest()[:8]}-s{scenario.plan.seed}"


@app.command("import")
def import_csv_files(
    partners: Annotated[Path | None, typer.Argument(help="CSV file of partners: name, staff, regions, skills, ...")] = None,
    vendors: Annotated[Path | None, typer.Option(help="CSV file of vendors: name and terms.", show_default="none")] = None,
    distributors: Annotated[
        Path | None, typer.Option(help="CSV file of distributors: name and terms.", show_default="none")
    ] = None,
    memberships: Annotated[Path | None, typer.Option(help="CSV file: partner, network, kind, host.", show_default="none")] = None,
    alliances: Annotated[Path | None, typer.Option(help="CSV file: partner, other, form.", show_default="none")] = None,
    relations: Annotated[
        Path | None, typer.Option(help="CSV file of vendors carried: partner, vendor, share.", show_default="none")
    ] = None,
    revenue: Annotated[
        Path | None, typer.Option(help="CSV file of past revenue: partner, revenue, year.", show_default="none")
    ] = None,
    churn: Annotated[Path | None, typer.Option(help="CSV file of past churn: year, partners, left.", show_default="none")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the scenario.", show_default="that of the file")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the scenario.", show_default="its name")] = None,
    question: Annotated[str | None, typer.Option(help="What is asked of it.", show_default="none")] = None,
    about: Annotated[
        str | None, typer.Option(help="Where the data come from; kept in the scenario's text.", show_default="none")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the scenario.", show_default="the present one")] = None,
    focal: Annotated[
        str | None, typer.Option(metavar="NAME", help="The vendor in focus.", show_default="the first, or most frequent")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave out rows that cannot be used.", show_default="no")
    ] = False,
) -> None:
    """Make a scenario from CSV files of your own."""
    from sim.scenario import ScenarioError
    from sim.scenario.importing import BadRowsError, import_data

    try:
        made = import_data(
            partners, vendors=vendors, distributors=distributors, memberships=memberships, alliances=alliances,
            relations=relations, revenue=revenue, churn=churn, name=name, title=title, question=question, about=about, out=out,
            focal=focal, skip_bad_rows=skip_bad_rows, tell=lambda line: typer.echo(line, err=True),
        )  # fmt: skip
    except BadRowsError as error:
        for row in error.rows:
            typer.echo(row, err=True)
        raise ScenarioError(str(error)) from error
    typer.echo("\n".join(made.lines()))


def _load(name: str, settings: list[str], options: dict[str, int | None]) -> "Scenario":
    from sim.scenario import from_document
    from sim.scenario.stored import open_document

    changes = [_setting(text) for text in settings]
    changes += [(f"--{key}", key, value) for key, value in options.items() if value is not None]
    return from_document(open_document(name, changes))


def _setting(text: str) -> tuple[str, str, Any]:
    from experiments.setting import parsed

    return parsed(text)


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


watching.add_to(app)
commands.add_to(app)
sweeps.add_commands(app)


def main() -> None:
    """Run the command line; what the user can mend ends in one message and exit status 2."""
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())  # where a user's own rules are
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _fail(INTERRUPTED, 130)
    except UsageProblem as problem:
        _fail(problem.format_message(), 2)
    except typer.Abort:
        _fail(INTERRUPTED, 130)
    except BrokenPipeError:  # whoever read the output has gone
        _hush()
        sys.exit(141)
    except OSError as error:
        if error.filename is None:  # standard output itself
            _hush()
        _fail(f"{error.filename or 'the output'}: cannot be used: {error.strerror or error}", 2)
    except (ValueError, RuntimeError) as error:
        if type(error).__name__ not in MENDABLE:
            raise
        _fail(str(error), 2)
    else:
        if status == 130:  # Typer turns Ctrl-C into this status
            _fail(INTERRUPTED, 130)
        sys.exit(status if isinstance(status, int) else 0)


def _hush() -> None:
    """Send what is still to be printed nowhere, so that the interpreter does not stumble over it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, status: int) -> None:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
