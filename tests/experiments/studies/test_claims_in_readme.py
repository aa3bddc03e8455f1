"""The table of claims in the README says what the committed tables of the studies say."""

import csv
import re
from pathlib import Path

import pytest

EXPERIMENTS = Path(__file__).parents[3] / "experiments"
FIGURE = re.compile(r"(?<![\w.])-?\d*\.?\d+(?![\w])")
SCALES = (1.0, -1.0, 100.0, -100.0)  # as it is, in points or per cent, and said as a loss


def tables(*names: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in names:
        with (EXPERIMENTS / "claims" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows


def claims() -> dict[str, list[str]]:
    """Cells of the table's rows, by claim."""
    lines = (EXPERIMENTS / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| H\d+ \|", line)]
    return {row[0]: row[1:] for row in rows}


def known(study: str) -> list[float]:
    """All figures of a study that are kept, other than counts and spreads; also with what they are differences from."""
    names = ("mean", "low", "high", "smallest", "without", "without_low", "without_high")
    rows = [row for row in tables("verdicts", "ablations") if row["study"] == study]
    found = [(float(row[name]), float(row.get("reference", 0.0))) for row in rows for name in names if row.get(name)]
    return [value for value, _ in found] + [value + reference for value, reference in found]


def said_by_none(figure: str, values: list[float]) -> bool:
    """Whether a figure is no value rounded to its decimals, in any of the scales."""
    decimals = len(figure.partition(".")[2])
    within = 0.5 * 10.0**-decimals + 1e-9
    return not any(abs(float(figure) - scale * value) <= within for value in values for scale in SCALES)


def test_every_verdict_is_the_one_that_was_reached():
    reached = {row["study"]: row["claim_verdict"] for row in tables("verdicts")}
    assert {study: cells[1] for study, cells in claims().items()} == reached
    assert len(reached) == 14


@pytest.mark.parametrize("study", [f"H{n}" for n in range(1, 15)])
def test_every_figure_is_a_rounded_value_of_the_tables(study):
    """Those of what decided and of what it goes without."""
    values = known(study)
    _, _, decided, without, _ = claims()[study]
    figures = FIGURE.findall(re.sub(r"1 \+ 1", "", f"{decided} {without}"))
    assert [figure for figure in figures if said_by_none(figure, values)] == []


def test_a_wrong_figure_is_noticed():
    assert said_by_none("-.66", known("H5"))
    assert not said_by_none("-.65", known("H5"))
