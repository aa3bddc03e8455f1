"""The what-if commands of the command line: compare, story, account, attribute, report, verify.

Nothing of the engine is imported before a command needs it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="One more scenario: the first with this change; several with ';' between.",
        show_default="none",
    ),
]
Everywhere = Annotated[
    list[str], typer.Option("--with", metavar="KEY=VALUE", help="A setting that holds in every scenario.", show_default="none")
]
Jobs = Annotated[
    int | None, typer.Option(min=1, max=256, help="Processes.", show_default="all processors, as far as memory allows")
]
Partners = Annotated[
    int | None, typer.Option(min=2, max=2_000_000, help="Partners in every scenario.", show_default="the scenarios'")
]
Months = Annotated[
    int | None, typer.Option(min=1, max=1_200, help="Months after burn-in in every scenario.", show_default="the scenarios'")
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**62, help="Seed of all chance in every scenario.", show_default="the scenarios'")
]
Where = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of results or of a comparison, as it was printed.")]


def add_to(app: typer.Typer) -> None:
    """Put the commands on a command line."""
    app.command("compare")(compare)
    app.command("story")(story)
    app.command("account")(account)
    app.command("attribute")(attribute)
    app.command("report")(report)
    app.command("verify")(verify)


@contextmanager
def quietly(unit: str) -> Iterator[Any]:
    """In place of progress that is shown."""
    yield lambda done, total: None


@contextmanager
def _mendable() -> Iterator[None]:
    """Let what the user can mend end in one message."""
    from experiments.arms import RunFailedError
    from experiments.pool import StudyError
    from experiments.runner import RunError

    try:
        yield
    except (RunFailedError, StudyError, FileNotFoundError) as error:
        raise RunError(str(error)) from error


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="BASELINE SCENARIO...", help="Names, TOML files, folders of results.")
    ],
    settings: Settings = [],  # noqa: B006 (how Typer writes an option that may be repeated)
    everywhere: Everywhere = [],  # noqa: B006 (as above)
    world: Annotated[
        str, typer.Option(metavar="drawn|fixed", help="Suppliers drawn anew for each pair, or the same in all.")
    ] = "drawn",
    pairs: Annotated[int, typer.Option(min=2, max=10_000, help="Pairs of runs at most.")] = 32,
    decide: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Indicators that must be decided, by commas.",
            show_default="memberships, wallet, attitude, retention",
        ),
    ] = None,
    matters: Annotated[
        list[str],
        typer.Option(metavar="NAME=NUMBER", help="Smallest difference that matters.", show_default="see experiments/README.md"),
    ] = [],  # noqa: B006 (as above)
    given_world: Annotated[
        int, typer.Option(min=0, max=1000, help="Further pairs in one world, for the correlation given the world.")
    ] = 8,
    partners: Partners = None,
    months: Months = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the comparison.", show_default="a new one in results/")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost, and stop.", show_default="no")] = False,
) -> None:
    """Compare scenarios with the first, pair by pair.

    Pairs are added until every headline difference is decided or --pairs are run.
    """
    from experiments.comparison.cases import cases_of
    from experiments.comparison.indicators import HEADLINE, indicators
    from experiments.comparison.procedure import Design, run_comparison
    from experiments.comparison.screen import render
    from experiments.progress import progress_shown

    if world not in ("drawn", "fixed"):
        raise typer.BadParameter(f"--world {world}: expected drawn or fixed")
    with _mendable():
        cases = cases_of(scenarios, _variants(settings), _shared(everywhere, partners, months, seed), world == "fixed")
        headline = tuple(name.strip() for name in decide.split(",")) if decide else HEADLINE
        design = Design(headline, dict(map(_number, matters)), pairs, world == "fixed", given_world)
        indicators(design.headline, design.matters)  # says at once what is wrong with them
        place = out or _place(cases, design)
        if dry_run:
            _say_cost(cases, design, jobs, place)
            return
        typer.echo(f"Comparing {', '.join(c.name for c in cases[1:])} with {cases[0].name}.", err=True)
        found = run_comparison(
            cases, design, place, jobs, progress_shown, lambda line: typer.echo(line, err=True), sys.argv
        )  # fmt: skip
        typer.echo(render(found))
        typer.echo(f"Report: channel-sim report {place} -o report.html")


def _variants(settings: list[str]) -> list[tuple[str, list[Any]]]:
    from experiments.setting import parsed

    return [(text, [parsed(part) for part in text.split(";")]) for text in settings]


def _shared(everywhere: list[str], partners: int | None, months: int | None, seed: int | None) -> list[Any]:
    from experiments.setting import parsed

    asked = {"population.partners": ("--partners", partners), "months": ("--months", months), "seed": ("--seed", seed)}
    return [parsed(text, "--with") for text in everywhere] + [(o, key, v) for key, (o, v) in asked.items() if v is not None]


def _number(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise typer.BadParameter(f"--matters {text}: write NAME=NUMBER, for instance focal_wallet=0.01") from None


def _place(cases: Any, design: Any) -> Path:
    import hashlib

    digest = hashlib.sha256("".join(c.scenario.digest() for c in cases).encode() + str(design.fixed_world).encode()).hexdigest()
    return Path("results") / f"compare-{cases[0].name}-{digest[:8]}"


def _say_cost(cases: Any, design: Any, jobs: int | None, place: Path) -> None:
    import os

    from experiments.comparison.looks import planned
    from experiments.comparison.procedure import seconds_a_run
    from experiments.compiling import compile_once
    from experiments.memory import fitting_workers

    plan, looks = cases[0].plan, planned(design.most)
    workers = fitting_workers(plan, jobs, os.cpu_count() or 1)
    compile_once(plan)
    each = seconds_a_run(cases[0])
    further = 0 if design.fixed_world else design.given_world_pairs

    def cost(pairs: int) -> str:
        runs = len(cases) * (pairs + min(further, pairs) + 1)
        return f"{runs:,} runs, about {_duration(runs * each / workers)}"

    typer.echo(
        f"{len(cases)} scenarios of {plan.partners:,} partners over {plan.burn_in + plan.months} months; {workers} processes."
    )
    typer.echo(f"Looks at {', '.join(map(str, looks))} pairs: at least {cost(looks[0])}; at most {cost(looks[-1])}.")
    typer.echo(f"Into {place}. Nothing was run.")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def story(
    folder: Where,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of a partner, or its number, from 1.", show_default="none")
    ] = None,
    left: Annotated[
        str | None,
        typer.Option(metavar="VENDOR", help="Those who dropped this vendor: name, or number from 1.", show_default="none"),
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many partners to tell of.")] = 10,
    replication: Annotated[int, typer.Option(min=0, help="Whose events are told.")] = 0,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Without the figures behind decisions, which need the run once more.", show_default="no"),
    ] = False,
) -> None:
    """Tell why a partner, or who left a vendor, did so."""
    from experiments.progress import progress_shown
    from experiments.story import stories

    if (partner is None) == (left is None):
        raise typer.BadParameter("name a partner with --partner, or a vendor that was left with --left")
    with _mendable(), progress_shown() as progress:
        lines = stories(_first_case(folder), partner, left, most, replication, not quick, progress)
    typer.echo("\n".join(lines))


def _first_case(folder: Path) -> Path:
    """The folder itself, or the baseline of a comparison."""
    from experiments.comparison.procedure import is_comparison

    return sorted((folder / "cases").iterdir())[0] if is_comparison(folder) else folder


def account(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario's name, a TOML file, or a folder of results.")],
    vendor: Annotated[str, typer.Option(metavar="VENDOR", help="Name, or number from 1.")] = "1",
    first: Annotated[int, typer.Option("--from", min=0, metavar="MONTH", help="First month, 0 the first after burn-in.")] = 0,
    last: Annotated[
        int | None, typer.Option("--to", min=0, metavar="MONTH", help="Last month.", show_default="the last of the run")
    ] = None,
    by: Annotated[str, typer.Option(metavar="size|region|type", help="How partners are grouped in the CSV file.")] = "size",
    replication: Annotated[int, typer.Option(min=0, help="The run that is accounted for.")] = 0,
    csv: Annotated[
        Path | None, typer.Option(help="File for all bookings, by month, cause, vendor, kind and group.", show_default="none")
    ] = None,
    settings: Annotated[
        list[str], typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.", show_default="none")
    ] = [],  # noqa: B006
    partners: Partners = None,
    months: Months = None,
    seed: Seed = None,
) -> None:
    """Book every change of loyalty to a vendor to its cause."""
    from experiments.comparison.ledger_screen import account_lines, write_bookings
    from experiments.progress import progress_shown
    from experiments.setting import parsed
    from experiments.story import vendor_named
    from sim.observe.account import account_of
    from sim.scenario import from_document
    from sim.scenario.stored import open_document

    if by not in ("size", "region", "type"):
        raise typer.BadParameter(f"--by {by}: expected size, region or type")
    with _mendable():
        plan = from_document(open_document(scenario, [*map(parsed, settings), *_shared([], partners, months, seed)])).plan
        row, end = vendor_named(plan, vendor), plan.months - 1 if last is None else last
        if not first <= end < plan.months:
            raise typer.BadParameter(f"--from {first} --to {end}: expected months from 0 to {plan.months - 1}, in this order")
        with progress_shown() as progress:
            found = account_of(plan, replication, by, progress)
        typer.echo("\n".join(account_lines(found, row, (plan.burn_in + first, plan.burn_in + end + 1), plan.burn_in)))
        if csv is not None:
            write_bookings(found, csv)
            typer.echo(f"Bookings: {csv}")


def attribute(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of a comparison, as it was printed.")],
    of: Annotated[str, typer.Option(metavar="INDICATOR", help="In what the scenarios differ.")] = "focal_wallet",
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="The scenario.", show_default="the first after the baseline")
    ] = None,
    mechanisms: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Switches, by commas.", show_default="the four that matter most, found by screening"),
    ] = None,
    pairs: Annotated[int, typer.Option(min=2, max=1000, help="Pairs of runs for each combination.")] = 8,
    jobs: Jobs = None,
) -> None:
    """Say which mechanisms carry a difference between two scenarios."""
    from experiments.comparison.attribution import attribute as find
    from experiments.comparison.attribution import save
    from experiments.comparison.attribution_screen import lines
    from experiments.comparison.indicators import indicators
    from experiments.comparison.procedure import read_comparison
    from experiments.memory import fitting_workers
    from experiments.progress import progress_shown
    from experiments.runner import RunError

    with _mendable():
        found = read_comparison(folder)
        names = [case.name for case in found.cases[1:]]
        if scenario is not None and scenario not in names:
            raise RunError(f"{folder}: no scenario {scenario!r} is compared there; there are {', '.join(names)}")
        other = found.cases[1 + names.index(scenario or names[0])]
        indicator = next(i for i in indicators([of]) if i.name == of)
        players = [name.strip() for name in mechanisms.split(",")] if mechanisms else []
        workers = fitting_workers(other.plan, jobs, _processors())
        made = find(
            found.cases[0], other, indicator, folder / "switched", players, pairs, workers=workers, progress=progress_shown
        )
        save(made, folder)
    typer.echo("\n".join(lines(made)))
    typer.echo(f"Kept in {folder}; its report shows it.")


def report(
    folder: Where,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The HTML file.")] = Path("report.html"),
    csv: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for every chart's data as CSV.", show_default="none")
    ] = None,
    accounts: Annotated[
        int, typer.Option(min=0, max=1000, help="Runs of each scenario to account for; 0 leaves the accounts out.")
    ] = 6,
    jobs: Jobs = None,
) -> None:
    """Make a page of a run or a comparison, for any browser."""
    from experiments.comparison.material import of_comparison, of_run
    from experiments.comparison.procedure import is_comparison, read_comparison
    from experiments.comparison.report.building import build
    from experiments.memory import fitting_workers
    from experiments.pages import check_page_path
    from experiments.progress import progress_shown

    with _mendable():
        check_page_path(out)
        if is_comparison(folder):
            found = read_comparison(folder)
            workers = fitting_workers(found.cases[0].plan, jobs, _processors())
            material = of_comparison(found, workers, accounts, progress_shown, _made_with(folder))
        else:
            material = of_run(folder, jobs or _processors(), accounts, progress_shown, _made_with(folder))
        size = build(material, out, csv)
    typer.echo(f"{out}: {size / 1e6:.1f} MB." + (f" Charts' data in {csv}." if csv else ""))


def _processors() -> int:
    import os

    return os.cpu_count() or 1


def _made_with(folder: Path) -> tuple[str, ...]:
    """The command that made the results, as their folder keeps it."""
    import json

    for name in ("comparison.json", "provenance.json"):
        try:
            words = json.loads((folder / name).read_text(encoding="utf-8"))["command"]
            return ("channel-sim", *map(str, words[1:]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return ("channel-sim", "report", str(folder))


def verify(
    file: Annotated[Path, typer.Argument(metavar="REPORT", help="A report's HTML file.")],
    runs: Annotated[int, typer.Option(min=1, help="Runs to make again.")] = 4,
) -> None:
    """Run a sample again to see whether a report holds."""
    from experiments.comparison.report.building import verify as check

    with _mendable():
        check(file, runs, lambda line: typer.echo(f"{file}: {line}."))
    typer.echo(f"{file}: verified.")
