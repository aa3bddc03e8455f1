"""The commands ``live`` and ``replay``; nothing of the engine or the server is imported before one needs it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sim.scenario import Scenario

Settings = Annotated[
    list[str],
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, e.g. population.partners=300.", show_default="none"),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command("live")(watch_live)
    app.command("replay")(record_replay)


def watch_live(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario's name, or a TOML file.")] = "baseline",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 for one that is free.")] = 8765,
    host: Annotated[str, typer.Option(help="Address; others than this machine's need allow-remote.")] = "127.0.0.1",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let others reach it, with a token.", show_default="no")
    ] = False,
    allow_host: Annotated[
        list[str],
        typer.Option("--allow-host", metavar="NAME", help="A name under which others ask for it.", show_default="none"),
    ] = [],  # noqa: B006 (how Typer writes an option that may be repeated)
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.", show_default="no")] = False,
    seed: Annotated[int | None, typer.Option(min=0, max=2**53, help="Seed of all chance.", show_default="the scenario's")] = None,
    settings: Settings = [],  # noqa: B006 (as above)
) -> None:
    """Watch a run in the browser, steer it, rewind it."""
    from sim.live.start import start

    loaded = _loaded(scenario, settings, seed)
    start(loaded, host, port, lambda line: typer.echo(line), allow_remote, tuple(allow_host), not no_browser)


def record_replay(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A scenario's name, a TOML file, or a folder of results.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML file to write.")] = Path("replay.html"),
    settings: Settings = [],  # noqa: B006 (as above)
) -> None:
    """Record a run as one HTML file that plays without a server.

    Of a folder of results, its first replication is run again.
    """
    from experiments.pages import check_page_path
    from experiments.progress import progress_shown
    from experiments.runner import write_file
    from sim.live.replay import recorded

    check_page_path(out)
    loaded = _loaded(run, settings, None)
    with progress_shown("months") as progress:
        page = recorded(loaded, progress)
    write_file(out, page)
    typer.echo(f"{out} written, {out.stat().st_size / 1e6:.1f} MB: open it in a browser.")


def _loaded(name: str, settings: list[str], seed: int | None) -> "Scenario":
    """A scenario with its settings, on a model that is compiled."""
    from experiments.compiling import compile_once
    from experiments.setting import parsed
    from sim.scenario import from_document
    from sim.scenario.stored import open_document

    changes = [parsed(text) for text in settings] + ([("--seed", "seed", seed)] if seed is not None else [])
    loaded = from_document(open_document(name, changes))
    compile_once(loaded.plan)
    return loaded
