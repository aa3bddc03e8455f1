"""The nine regimes: networks grow, stabilise, decline, times loyalty strengthening, holding, eroding.

``regimes.toml`` beside this file holds an arm a cell, at most three economic keys from the baseline each, within sourced
ranges.  The table says which cell each arm reaches, and with ``--robust`` whether every assumed coefficient, a fifth more
or less, leaves it there, by the design of ``experiments.screening``.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments import console
from experiments.cells import cell_of, judged
from experiments.outcomes import JUDGED
from experiments.pool import StudyError
from experiments.screening import disturbed, moved, screen

FILE = console.HERE / "regimes.toml"
MOST_KEYS = 3
CELL = 2  # verdicts that make a cell: on networks and on loyalty to the focal vendor
NETWORKS, LOYALTY = ("grow", "stabilise", "decline"), ("strengthens", "holds", "erodes")


def keys_of(arm: dict[str, Any]) -> set[str]:
    """Economic keys that an arm changes: settings, and what its events change in whom."""
    events = {f"{e['kind']} {e.get('target', '')} {e.get('field', '')}".strip() for e in arm.get("events", [])}
    return set(arm.get("settings", {})) | events


def read(path: Path = FILE) -> dict[str, dict[str, Any]]:
    """The arms of a file by name.

    Parameters
    ----------
    path
        A TOML file.

    Returns
    -------
    dict
        Each arm with ``cell`` (two words), ``settings``, ``events`` and ``source``.

    Raises
    ------
    StudyError
        When the file cannot be read, an arm has more than three keys, a rule, no source, or no cell.
    """
    try:
        arms = {arm.get("name", ""): arm for arm in tomllib.loads(path.read_text(encoding="utf-8")).get("arm", [])}
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: cannot be read: {error}") from error
    for name, arm in arms.items():
        cell = arm.get("cell", [])
        if not name or len(cell) != 2 or cell[0] not in NETWORKS or cell[1] not in LOYALTY:
            raise StudyError(f"{path}: arm {name!r}: expected a name and a cell such as [{NETWORKS[0]!r}, {LOYALTY[1]!r}]")
        if len(keys_of(arm)) > MOST_KEYS or not arm.get("source"):
            raise StudyError(f"{path}: arm {name!r}: expected at most {MOST_KEYS} keys and a source for their ranges")
        if any(key.startswith("rules.") for key in keys_of(arm)):
            raise StudyError(f"{path}: arm {name!r}: rules are not economic keys; change parameters or policies")
    if not arms:
        raise StudyError(f"{path}: there is no [[arm]] in it")
    return arms


HEADERS = ("arm", "expected", "reached", "memberships", "slope a year", "wallet", "attitude", "robust")
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 30,
    partners: console.Partners = 500,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = 144,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    file: Annotated[Path, typer.Option(help="Arms.")] = FILE,
    only: Annotated[list[str], typer.Option(help="Arms to run; all by default.")] = [],  # noqa: B006 (as in run_sim)
    robust: Annotated[bool, typer.Option("--robust", help="Change every assumed coefficient by a fifth.")] = False,
    table_out: Annotated[Path, typer.Option(help="Where the table is written.")] = console.HERE / "regimes_measured.csv",
) -> None:
    """Say which regime each arm reaches."""
    known = read(file)
    if unknown := set(only) - set(known):
        raise StudyError(f"{file}: there is no arm {sorted(unknown)[0]!r}; there are: {'; '.join(known)}")
    arms = {name: arm for name, arm in known.items() if not only or name in only}
    world = console.world_of(partners, seed, months)
    plans = {}
    for name, arm in arms.items():
        settings = {**arm.get("settings", {}), **({"events": arm["events"]} if "events" in arm else {})}
        plans[name] = console.plan_of(world, settings, f"{file.name}, arm {name!r}")
    if dry_run and robust:
        typer.echo("Designs in which every coefficient is changed, before the arms themselves:")
        designs = {name: disturbed(plan, replications) for name, plan in plans.items()}
        arms_all = {f"{name}: {run}": p for name, (_, _, runs, _) in designs.items() for run, p in runs.items()}
        console.study(arms_all, range(1), JUDGED, out, workers, dry_run)
    table = console.study(plans, range(replications), JUDGED, out, workers, dry_run)
    robustly: dict[str, str] = {}
    for name, plan in plans.items() if robust else ():
        found = screen(name, plan, table, replications, lambda plans, each: console.study(plans, each, JUDGED, out, workers))
        movers, together = moved(found, CELL), judged(found.together)
        said = f"{len({m.key for m in movers})} move it, {sum(m.sure for m in movers)} surely"
        robustly[name] = f"{said}; all at once: {together.networks} / {together.loyalty}"
        typer.echo(f"{name}: {robustly[name]}")
        typer.echo("\n".join(f"  {m.key} x{m.factor:g} -> {' / '.join(m.verdict)}{', surely' if m.sure else ''}" for m in movers))
    rows = []
    for name, arm in arms.items():
        cell = cell_of(table, name)
        figures = [console.interval(f) for f in (cell.level, cell.slope, cell.wallet, cell.attitude)]
        reached_by = f"{cell.networks} / {cell.loyalty}"
        rows.append([name, " / ".join(arm["cell"]), reached_by, *figures, robustly.get(name, "not asked")])
    typer.echo(console.show(HEADERS, rows))
    reached = {row[2] for row in rows if row[1] == row[2]}
    typer.echo(f"\n{len(reached)} of {len(NETWORKS) * len(LOYALTY)} regimes reached.")
    console.write_csv(table_out, HEADERS, rows)


if __name__ == "__main__":
    console.run_app(app)
