"""What happened before, from CSV files: revenue of partners, and how many left."""

import math
from functools import partial
from typing import NamedTuple

from sim.scenario.csv_table import CsvTable, Faults, Record, note, number_in, together
from sim.scenario.problems import ScenarioError, shown
from sim.scenario.ties_csv import PARTNER, Roll

REVENUE_WORDS = "revenue annual_revenue revenue_usd revenue_year turnover sales yearly_revenue"
REVENUE = {"partner": PARTNER, "revenue": REVENUE_WORDS, "year": "year fiscal_year period"}
CHURN = {
    "year": "year fiscal_year period",
    "partners": "partners partners_at_start start opening active count total",
    "left": "left exits exited lost departures leavers churned terminated",
    "churn": "churn churn_rate exit_rate rate attrition annual_churn",
}
MOST_REVENUE = 1e12  # US dollars a year


class PastYear(NamedTuple):
    """Partners that left in a year."""

    year: str
    churn: float  # share of partners
    partners: float  # at the start of the year; NaN where only the share is given


def revenue_of(record: Record) -> float:
    """Annual revenue of a row, US dollars; NaN where it says nothing.

    Raises
    ------
    ScenarioError
        When it is no amount of money.
    """
    return number_in(record, "revenue", 1.0, MOST_REVENUE, "correct it (US dollars a year) or leave it empty")


def revenue_in(table: CsvTable, roll: Roll, faults: Faults | None = None) -> dict[int, float]:
    """Annual revenue by row of partner, US dollars; of several years the latest."""
    found: dict[int, tuple[str, float]] = {}
    seen: dict[tuple[int, str], int] = {}
    for record in table.records:
        try:
            r, value = together(record, partial(roll.of, record, "partner"), partial(revenue_of, record))
            year = record.cells.get("year", "")
            if (r, year) in seen:
                raise ScenarioError(f"{record.where}: {shown(roll.names[r])} is already on line {seen[r, year]}; remove one")
            seen[r, year] = record.number
            if not math.isnan(value) and (r not in found or year > found[r][0]):
                found[r] = (year, value)
        except ScenarioError as error:
            note(faults, error)
    return {r: value for r, (_, value) in found.items()}


def churn_in(table: CsvTable, faults: Faults | None = None) -> list[PastYear]:
    """Churn by year, in the order of the table."""
    if "churn" not in table.taken and not {"partners", "left"} <= set(table.taken):
        raise ScenarioError(f"{table.label}, line 1: neither a column churn nor both partners and left; add them")
    out = []
    for record in table.records:
        try:
            remedy = "correct it or leave the cell empty"
            partners, left, rate = together(
                record,
                partial(number_in, record, "partners", 1.0, 1e9, remedy),
                partial(number_in, record, "left", 0.0, 1e9, remedy),
                partial(number_in, record, "churn", 0.0, 1.0, "correct it"),
            )
            churn = rate if math.isnan(left) or math.isnan(partners) else left / partners
            if math.isnan(churn) or churn > 1.0:
                raise ScenarioError(f"{record.where}: no share of partners that left; give churn, or partners and fewer left")
            out.append(PastYear(record.cells.get("year", ""), churn, partners))
        except ScenarioError as error:
            note(faults, error)
    return out


def mean_churn(years: list[PastYear]) -> float:
    """Annual churn over all years, weighted by partners where all years give them."""
    weights = [y.partners for y in years]
    if any(math.isnan(w) for w in weights):
        weights = [1.0] * len(years)
    return sum(w * y.churn for w, y in zip(weights, years, strict=True)) / sum(weights)
