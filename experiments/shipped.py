"""The shipped what-ifs at full size, each paired with its base: what its text foresees, what came, and both verdicts.

``foreseen.toml`` beside this file says for every what-if what it should do, in the form of ``predictions.toml``, and
which scenario it is compared with.  Scenarios made of real lists have no base; their verdicts are shown alone.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from experiments import console
from experiments.cells import Cell, cell_of
from experiments.outcomes import HEADLINE
from experiments.pool import StudyError
from experiments.predictions import BASE, HEADERS, compare, differences, read
from sim.scenario import load, shipped_names

FILE = console.HERE / "foreseen.toml"
ALONE = ("quick", "opensearch_partners", "kubernetes_providers", "network_memberships")  # no what-ifs of the baseline


def bases(path: Path = FILE) -> dict[str, str]:
    """What each what-if of a file is compared with.

    Parameters
    ----------
    path
        A TOML file that ``predictions.read`` has accepted.

    Returns
    -------
    dict
        Base by scenario.

    Raises
    ------
    StudyError
        When an arm or a base is no shipped scenario.
    """
    found = {arm["name"]: arm.get("base", BASE) for arm in tomllib.loads(path.read_text(encoding="utf-8"))["arm"]}
    for name in [*found, *found.values()]:
        if name not in shipped_names():
            raise StudyError(f"{path}: {name!r} is no shipped scenario; there are: {', '.join(shipped_names())}")
    return found


def verdict_line(name: str, cell: Cell) -> list[str]:
    """A scenario's verdicts with the figures behind them, as a row."""
    figures = [console.interval(f) for f in (cell.level, cell.slope, cell.wallet, cell.attitude)]
    return [name, cell.networks, cell.loyalty, cell.synergy, *figures]


VERDICT_HEADERS = ("scenario", "networks", "loyalty, focal", "1 + 1", "memberships", "slope a year", "wallet", "attitude")
VERDICT_CSV = ("scenario", "base", "networks", "loyalty", "synergy", "memberships", "slope", "wallet", "attitude")
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    replications: console.Replications = 30,
    partners: console.Partners = None,
    workers: console.Workers = 0,
    seed: console.Seed = None,
    months: console.Months = None,
    out: console.Out = console.RUNS,
    dry_run: console.DryRun = False,
    only: Annotated[list[str], typer.Option(help="Scenarios to run; all what-ifs by default.")] = [],  # noqa: B006 (as in run_sim)
    measured: Annotated[Path, typer.Option(help="Where verdicts are written.")] = console.HERE / "shipped_measured.csv",
) -> None:
    """Run every shipped what-if beside its base and say whether it does what its text foresees."""
    _, predictions = read(FILE)
    compared = bases()
    if unknown := set(only) - set(compared):
        raise StudyError(f"{FILE}: there is no arm {sorted(unknown)[0]!r}; there are: {', '.join(compared)}")
    chosen = [name for name in compared if not only or name in only]
    asked = [(f"--{k.rpartition('.')[2]}", k, v) for k, v in console.world_of(partners, seed, months).items()]
    names = dict.fromkeys([*(compared[name] for name in chosen), *chosen])
    plans = {name: load(name, asked).plan for name in names}
    table = console.study(plans, range(replications), HEADLINE, out, workers, dry_run)
    rows = []
    for p in (p for p in predictions if p.arm in chosen):
        found = compare(p, differences(table, p.arm, p.outcome, compared[p.arm]))
        rows.append([*p[:4], console.interval(found.difference), found.said])
    typer.echo(console.show(HEADERS, rows))
    cells = {name: cell_of(table, name) for name in names}
    lines = {name: verdict_line(name, cell) for name, cell in cells.items()}
    typer.echo("\n" + console.show(VERDICT_HEADERS, list(lines.values())))
    console.write_csv(measured, VERDICT_CSV, [[n, compared.get(n, ""), *line[1:]] for n, line in lines.items()])
    same = [name for name in chosen if cells[name][:4] == cells[compared[name]][:4]]
    agreed = sum(row[-1] == "agrees" for row in rows)
    typer.echo(f"\n{agreed} of {len(rows)} foresights agree. The same verdicts as the base: {', '.join(same) or 'none'}.")


if __name__ == "__main__":
    console.run_app(app)
