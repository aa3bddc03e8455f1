"""A small report of every shipped scenario against the baseline: made, verified, looked at in a browser.

    python -m experiments.comparison.every_report --out results/reports

Each scenario is compared with the one that it extends (itself where that is none) at a small size, so what the reports say
means nothing; that they can be made, and that the accounts sum, does.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import typer

from experiments import console
from experiments.comparison.cases import cases_of
from experiments.comparison.commands import quietly
from experiments.comparison.material import of_comparison
from experiments.comparison.procedure import Design, run_comparison
from experiments.comparison.report.building import build, verify
from experiments.pool import StudyError
from sim.scenario import shipped_names
from sim.scenario.document import SHIPPED

EXACT = 1e-6  # by how much an account may miss the change


def base_of(name: str) -> str:
    """The scenario that a shipped one extends, itself where it extends none or has partners of its own."""
    head = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
    return name if "csv" in head.get("population", {}) or "months" in head else head.get("extends", name)


def small_report(name: str, out: Path, partners: int, months: int, pairs: int, workers: int) -> tuple[Path, float]:
    """Make the report of one scenario; returns its file and by how much its accounts miss the change at most."""
    settings = [("--months", "months", months), ("--burn-in", "burn_in_months", 6)]
    if "csv" not in tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8")).get("population", {}):
        settings.append(("--partners", "population.partners", partners))
    cases = cases_of([base_of(name), name], (), settings)
    folder = out / "runs" / name
    comparison = run_comparison(cases, Design(("focal_attitude",), {}, pairs, given_world_pairs=0), folder, workers)
    material = of_comparison(comparison, workers, pairs, quietly, ("channel-sim", "compare", base_of(name), name))
    path = out / f"{name}.html"
    build(material, path)
    return path, max(s.gap for found in material.accounts.values() for s in found)


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = Path("results") / "reports",
    only: Annotated[list[str], typer.Option(help="Scenarios; all by default.", show_default="all")] = [],  # noqa: B006
    partners: console.Partners = 60,
    months: Annotated[int, typer.Option(min=2, help="Months after burn-in.")] = 45,
    pairs: Annotated[int, typer.Option(min=2, help="Pairs of runs.")] = 2,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    look: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to look at each in headless Chromium.")] = True,
) -> None:
    """Make, verify and look at a small report of every shipped scenario."""
    from experiments.comparison.browsing import browser, is_there, problems_of

    if look and not is_there():
        raise StudyError("Chromium and its driver are not installed; apt-get install chromium chromium-driver, or --no-browser")
    out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for name in only or shipped_names():
        path, gap = small_report(name, out, partners or 60, months, pairs, workers)
        verify(path, 1, lambda line: None)
        found = [f"its account misses the change by {gap:.1e}"] if gap > EXACT else []
        if look:
            with browser() as driver:
                found += problems_of(path, driver, out / "pictures")
        typer.echo(f"{name:<28} {path.stat().st_size / 1e6:.1f} MB, account exact to {gap:.0e}: {'; '.join(found) or 'well'}")
        wrong += [f"{name}: {words}" for words in found]
    if wrong:
        raise StudyError(f"{len(wrong)} things are wrong: {'; '.join(wrong)}")
    typer.echo(f"All reports are well, in {out}.")


if __name__ == "__main__":
    console.run_app(app)
