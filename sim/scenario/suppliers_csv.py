"""Vendors and distributors from CSV files: names, and such terms as the file gives."""

import math
from functools import partial
from typing import Any

from sim.parameters import Par
from sim.scenario.columns import DISTRIBUTOR, VENDOR
from sim.scenario.csv_table import CsvTable, Faults, Record, checked_name, folded, note, number_in, together
from sim.scenario.partners_csv import COLUMNS
from sim.scenario.problems import ScenarioError, shown, unlike
from sim.state.suppliers import PARTNER_MODELS

_VENDOR_WORDS = {
    "list_margin": "margin partner_margin discount",
    "rebate_1": "rebate",
    "rebate_2": "top_rebate rebate_top",
    "mdf": "market_development_funds coop co_op",
    "conflict": "direct_conflict conflict_rate",
    "size": "weight revenue market_share share sales",
    "partner_model": "model programme_model program_model",
}
_DISTRIBUTOR_WORDS = {"margin": "gross_margin"}
VENDORS = {
    "name": f"{COLUMNS['name']} vendor vendors vendor_name supplier brand manufacturer",
    **{field: f"{field} {_VENDOR_WORDS.get(field, '')}" for field in (*VENDOR, "partner_model")},
}
DISTRIBUTORS = {
    "name": f"{COLUMNS['name']} distributor distributors distributor_name wholesaler",
    **{field: f"{field} {_DISTRIBUTOR_WORDS.get(field, '')}" for field in DISTRIBUTOR},
}


def suppliers_in(table: CsvTable, terms: dict[str, Any], faults: Faults | None = None) -> list[dict[str, Any]]:
    """One dict a supplier: its name, and the terms that the table gives of it; sizes relative to the largest.

    Parameters
    ----------
    table
        Of ``VENDORS`` or ``DISTRIBUTORS``.
    terms
        ``columns.VENDOR`` or ``columns.DISTRIBUTOR``: the range of each.
    faults
        Collects rows that cannot be used.
    """
    out: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for record in table.records:
        try:
            row = _supplier(record, terms)
            key = folded(row["name"])
            if key in seen:
                raise ScenarioError(f"{record.where}: {shown(row['name'])} is already on line {seen[key]}; remove one")
            seen[key] = record.number
            out.append(row)
        except ScenarioError as error:
            note(faults, error)
    largest = max((row.get("size", 0.0) for row in out), default=0.0)
    for row in out:
        if "size" in row:
            row["size"] = round(max(terms["size"].low, row["size"] / largest), 6) if largest > 0.0 else 1.0
    return out


def _supplier(record: Record, terms: dict[str, Any]) -> dict[str, Any]:
    name, model, *values = together(
        record,
        partial(_name, record),
        partial(_model, record),
        *(partial(_term, record, field, par) for field, par in terms.items()),
    )
    row = {"name": name, **{field: value for field, value in zip(terms, values, strict=True) if not math.isnan(value)}}
    return {**row, "partner_model": model} if model else row


def _name(record: Record) -> str:
    name = checked_name(record.cells["name"], record.where, "row")
    if len(name) > 100 or name.isdecimal() or name.casefold() == "all":
        raise ScenarioError(f"{record.where}: name: {shown(name)} is not a name of at most 100 characters; change it")
    return name


def _term(record: Record, field: str, par: Par) -> float:
    low, high = (0.0, 1e15) if field == "size" else (par.low, par.high)
    return number_in(record, field, low, high, f"correct it ({par.unit}) or leave it empty")


def _model(record: Record) -> str:
    model = folded(record.cells.get("partner_model", "")).replace(" ", "_")
    if model and model not in PARTNER_MODELS:
        raise ScenarioError(f"{record.where}: partner_model: there is no model {shown(model)}{unlike(model, PARTNER_MODELS)}")
    return model
