"""The table of claims in the README says what the committed tables of the studies say."""

import csv
import re
from pathlib import Path

import pytest

EXPERIMENTS = Path(__file__).parents[3] / "experiments"
FIGURE = re.compile(r"(?<![\w.])-?\d*\.?\d+(?![\w])")
WITH_INTERVAL = re.compile(rf"({FIGURE.pattern})[^\[\d]*\[({FIGURE.pattern}), ({FIGURE.pattern})\]")
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


def known(study: str) -> list[list[float]]:
    """Values with their intervals, a list for each row of a study, and the smallest that mattered; also with what they differ from."""
    names = (("mean", "low", "high"), ("smallest",), ("without", "without_low", "without_high"))
    rows = [row for row in tables("verdicts", "ablations") if row["study"] == study]
    found = [
        ([float(row[name]) for name in three], float(row.get("reference", 0.0)))
        for row in rows
        for three in names
        if all(row.get(name) for name in three)
    ]
    return [values for values, _ in found] + [[value + reference for value in values] for values, reference in found]


def is_rounded(figure: str, value: float) -> bool:
    """Whether a figure is a value, rounded to the figure's decimals."""
    return abs(float(figure) - value) <= 0.5 * 10.0 ** -len(figure.partition(".")[2]) + 1e-9


def said_by_none(figure: str, known_rows: list[list[float]]) -> bool:
    """Whether a figure is no value of any row, in any of the scales."""
    return not any(is_rounded(figure, scale * value) for row in known_rows for value in row for scale in SCALES)


def of_no_row(three: tuple[str, str, str], known_rows: list[list[float]]) -> bool:
    """Whether a value and its interval do not stand together in one row, in one of the scales."""
    value, *bounds = three
    for row in known_rows:
        for scale in SCALES:
            scaled = [scale * v for v in row]
            if len(row) == 3 and is_rounded(value, scaled[0]) and all(map(is_rounded, bounds, sorted(scaled[1:]))):
                return False
    return True


def test_every_verdict_is_the_one_that_was_reached():
    reached = {row["study"]: row["claim_verdict"] for row in tables("verdicts")}
    assert {study: cells[1] for study, cells in claims().items()} == reached
    assert len(reached) == 14


@pytest.mark.parametrize("study", [f"H{n}" for n in range(1, 15)])
def test_every_figure_is_a_rounded_value_of_the_tables(study):
    """Those of what decided and of what it goes without; a value and its interval are of one row."""
    rows = known(study)
    _, _, decided, without, _ = claims()[study]
    said = re.sub(r"1 \+ 1", "", f"{decided} {without}")
    assert [figure for figure in FIGURE.findall(said) if said_by_none(figure, rows)] == []
    assert [three for three in WITH_INTERVAL.findall(said) if of_no_row(three, rows)] == []


def test_intervals_are_found():
    decided = [cells[2] for cells in claims().values()]
    assert sum(len(WITH_INTERVAL.findall(re.sub(r"1 \+ 1", "", said))) for said in decided) == "".join(decided).count("[") == 18


def test_a_wrong_figure_is_noticed():
    assert said_by_none("-.66", known("H5"))
    assert not said_by_none("-.65", known("H5"))
    assert not of_no_row(("-.65", "-1.02", "-.28"), known("H5"))
    assert of_no_row((".19", "-1.02", "-.28"), known("H5"))
    assert of_no_row(("-.65", "-1.02", ".47"), known("H5"))
