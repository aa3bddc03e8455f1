"""Commands of the front door that belong to experiments; nothing of the engine is imported before one needs it."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

RUNS = Path("results") / "arms"
THEIRS = "the scenario's"

Partners = Annotated[int | None, typer.Option(min=2, max=2_000_000, help="Partners.", show_default=THEIRS)]
Months = Annotated[int | None, typer.Option(min=1, max=1_200, help="Months after burn-in.", show_default=THEIRS)]
Seed = Annotated[int | None, typer.Option(min=0, max=2**62, help="Seed of all chance.", show_default=THEIRS)]
Workers = Annotated[int, typer.Option(min=0, max=256, help="Processes; 0 is all processors.")]
Runs = Annotated[Path, typer.Option(help="Folder where finished runs are kept.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file, in the order in which help shows them."""
    ours: dict[str, Callable[..., None]] = {
        "validate": validate_model,
        "hypotheses": study_hypotheses,
        "reference": run_reference,
        "odd": write_odd,
    }
    for name, command in ours.items():
        app.command(name)(command)


def validate_model(
    replications: Annotated[int, typer.Option(min=2, max=10_000, help="Seeds of the empirical rows.")] = 30,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="HTML page to write.", show_default="none")] = None,
    only: Annotated[list[str], typer.Option(metavar="ID", help="A1..A9, E1..E12, or A or E.", show_default="all")] = [],  # noqa: B006 (how Typer writes an option that may be repeated)
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Look at E3-E5 too; the look is logged.", show_default="not looked at")
    ] = False,
    partners: Partners = None,
    months: Months = None,
    seed: Seed = None,
    workers: Workers = 0,
    runs: Runs = RUNS,
    note: Annotated[str, typer.Option(help="What to add to the line in the log of looks.", show_default="nothing")] = "",
) -> None:
    """Check the model against what must hold and what is known.

    A1-A9 are exact or analytic; E1-E12 are figures of real channels, measured on the baseline.
    """
    from experiments.console import world_of
    from experiments.validation.command import validate

    world = world_of(partners, seed, months)
    validate(replications, out, only, held_out, world, workers, runs, note, asked())


def study_hypotheses(
    budget: Annotated[Literal["small", "full"], typer.Option(help="How much to run.")] = "small",
    only: Annotated[list[str], typer.Option(metavar="ID", help="H1..H14.", show_default="all")] = [],  # noqa: B006 (as above)
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder of the report.", show_default="results/hypotheses-BUDGET")
    ] = None,
    seed: Seed = None,
    workers: Workers = 0,
    runs: Runs = RUNS,
    plausible: Annotated[
        Path | None, typer.Option(help="CSV file of points that fit, as experiments.calibrate writes it.", show_default="none")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how much there is to run, and stop.", show_default="run")
    ] = False,
) -> None:
    """Put the essay's fourteen claims to the test.

    Writes one report with verdicts, ablations and flip values. Finished runs are kept; the same command goes on.
    """
    from experiments.studies.command import hypotheses

    hypotheses(budget, only, out, workers, runs, seed, dry_run, asked(), plausible)


def run_reference(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="bass, connections or label-propagation.")],
    settings: Annotated[
        list[str], typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter, e.g. cost=0.6.", show_default="none")
    ] = [],  # noqa: B006 (as above)
    seed: Annotated[int, typer.Option(min=0, max=2**62, help="Seed of all chance.")] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="HTML page to write.", show_default="none")] = None,
) -> None:
    """Run a model of others whose answer is known.

    Awareness after Bass, links by consent after Jackson and Wolinsky, alliances by label propagation after Tomasello.
    """
    from experiments.reference_models.command import reference

    reference(model, settings, seed, out, asked())


def write_odd(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write, .md or .html.", show_default="standard output, as Markdown")
    ] = None,
) -> None:
    """Write the model's ODD protocol, from its code."""
    from experiments.odd.protocol import protocol
    from experiments.pages import write_document

    if out is None:
        typer.echo(protocol(), nl=False)
        return
    write_document(out, "channel-sim: ODD protocol", protocol())
    typer.echo(f"{out} written.")


def asked() -> str:
    """The command line, as it was given."""
    return shlex.join(["channel-sim", *sys.argv[1:]])
