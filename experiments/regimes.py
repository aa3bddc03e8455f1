"""The nine regimes: networks grow, stabilise, decline, times loyalty strengthening, holding, eroding.

``regimes.toml`` beside this file holds an arm a cell, at most three economic keys from the baseline each, within sourced
ranges.  The table says which cell each arm reaches, and with ``--robust`` whether every assumed coefficient, a fifth more
or less, leaves it there, by the design of ``experiments.screening``.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import typer
from numpy.typing import NDArray

from experiments import console
from experiments.cells import Cell, Changes, cell_of, changes_of, judged
from experiments.coefficients import Coefficient, assumed, scaled
from experiments.outcomes import HEADLINE
from experiments.pool import StudyError
from experiments.screening import STEP, Moved, changed, main_effects, moved, two_level
from sim.plan import Plan

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


def disturbed(plan: Plan, seeds: int) -> tuple[list[Coefficient], NDArray[np.int8], dict[str, Plan], dict[str, list[int]]]:
    """A plan with every assumed coefficient a fifth higher or lower, all in each run, as a two-level design says.

    Parameters
    ----------
    plan
        The plan.
    seeds
        Replications, each used by about as many runs of the design.

    Returns
    -------
    tuple
        The coefficients, the design (runs x coefficients), a plan a run by name, and the replication of each.
    """
    known = [c for c in assumed(plan) if scaled(c, 1.0 + STEP) is not None or scaled(c, 1.0 - STEP) is not None]
    design = two_level(len(known))
    names = [f"run {n}" for n in range(len(design))]
    plans = {name: changed(plan, known, row) for name, row in zip(names, design, strict=True)}
    return known, design, plans, {name: [n % seeds] for n, name in enumerate(names)}


def robustness(name: str, plan: Plan, own: pa.Table, seeds: int, out: Path, workers: int) -> tuple[list[Moved], Cell]:
    """The coefficients that move an arm to another cell, and the verdicts when all of them are changed at once."""
    known, design, plans, each = disturbed(plan, seeds)
    found = console.study(plans, each, HEADLINE, out, workers)
    together = changes_of(found.set_column(0, "arm", pa.array([name] * len(found), pa.string())), name)
    base = changes_of(own, name)
    pair = np.array([n % seeds for n in range(len(design))])
    fitted = [main_effects(design, change - alone[pair]) for change, alone in zip(together, base, strict=True)]
    effects = {c.key: Changes(*(effect[n] for effect, _ in fitted)) for n, c in enumerate(known)}
    return moved(base, effects, Changes(*(error[0] for _, error in fitted)), CELL), judged(together)


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
        console.study(arms_all, range(1), HEADLINE, out, workers, dry_run)
    table = console.study(plans, range(replications), HEADLINE, out, workers, dry_run)
    robustly: dict[str, str] = {}
    for name, plan in plans.items() if robust else ():
        movers, together = robustness(name, plan, table, replications, out, workers)
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
