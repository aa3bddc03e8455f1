"""Whose story to tell, and gathering what it needs: the tables of a folder of results, and the run once more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from experiments.runner import RunError
from sim.observe.account.diary import EMPTY, diary_of
from sim.observe.store import read_replication
from sim.plan import Plan
from sim.report.results import finished
from sim.report.story import names_of, tell
from sim.scenario.problems import position
from sim.scenario.stored import load_stored

Progress = Callable[[int, int], None]


def stories(
    folder: Path,
    partner: str | None,
    left: str | None,
    most: int,
    replication: int,
    figures: bool,
    progress: Progress | None = None,
) -> list[str]:
    """Lines of the stories of one partner, or of those who left a vendor.

    Parameters
    ----------
    folder
        Of results.
    partner
        A name or number.
    left
        Name or number, from 1, of the vendor that the partners dropped.
    most
        How many partners.
    replication
        Whose events are told.
    figures
        Whether the replication is run again for what the partners thought.
    progress
        Of that run.

    Raises
    ------
    RunError
        When there is no such partner, vendor or replication.
    ScenarioError
        When the folder holds no results.
    """
    plan = load_stored(folder).plan
    tables = _tables(folder, replication)
    vendor = None if left is None else vendor_named(plan, left)
    everybody = [partner_named(plan, tables, partner)] if partner is not None else who_left(tables, plan, vendor or 0)
    chosen = everybody[:most]
    if not chosen:
        return [
            f"Nobody dropped {plan.names.vendors[vendor or 0]} for dissatisfaction in the {plan.months} months after burn-in."
        ]
    diary = diary_of(plan, replication, chosen, progress) if figures else EMPTY
    out: list[str] = [] if vendor is None else [*_heading(plan, vendor, len(everybody), len(chosen)), ""]
    for uid in chosen:
        out += [*tell(uid, plan, tables, diary, vendor), ""]
    return out[:-1]


def _heading(plan: Plan, vendor: int, left: int, told: int) -> list[str]:
    """How many left a vendor, and which of them are told of."""
    who = "1 partner" if left == 1 else f"{left} partners"
    first = f"{who} dropped {plan.names.vendors[vendor]} in the {plan.months} months after burn-in"
    return [f"{first}." if told == left else f"{first}; told of are the {told} who had bought most of it in the year before."]


def _tables(folder: Path, replication: int) -> dict[str, Any]:
    places = dict(finished(folder))
    if replication not in places:
        there = ", ".join(map(str, places)) or "none"
        raise RunError(f"{folder}: replication {replication} is not there (there: {there}); name another with --replication")
    try:
        return read_replication(places[replication]).tables
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}: cannot be read: {error}; run its scenario again") from error


def vendor_named(plan: Plan, name: str) -> int:
    """Row of the vendor of this name, or of this number from 1.

    Raises
    ------
    RunError
        When there is none.
    """
    vendors = plan.names.vendors
    if (row := position(name, vendors)) is not None:
        return row
    if name.isdecimal() and 1 <= int(name) <= len(vendors):
        return int(name) - 1
    raise RunError(f"no vendor is called {name!r}; there are {', '.join(vendors)}, or write a number from 1 to {len(vendors)}")


def partner_named(plan: Plan, tables: dict[str, Any], name: str) -> int:
    """Uid of the partner of this name.

    Raises
    ------
    RunError
        When there is none.
    """
    from difflib import get_close_matches

    names = names_of(plan, tables)
    known = {names.partner(uid): uid for uid in tables["partners"]["partner"].to_pylist()}
    wanted = f"Partner {name}" if name.isdecimal() and name not in known else name
    if (row := position(wanted, list(known))) is not None:
        return list(known.values())[row]
    near = get_close_matches(wanted, known, 3, 0.5) or list(known)[:3]
    raise RunError(f"no partner is called {name!r}; for instance {', '.join(near)}")


def who_left(tables: dict[str, Any], plan: Plan, vendor: int, most: int | None = None) -> list[int]:
    """Uids of those who dropped a vendor after burn-in, those who had bought most of it in the year before first."""
    relations, deals = tables["vendor_relations"], tables["deals"]
    chosen = pc.and_(pc.equal(relations["vendor"], vendor), pc.equal(relations["why_dropped"], "dissatisfied"))
    rows = [r for r in relations.filter(chosen).to_pylist() if r["dropped"] >= plan.burn_in]
    of_vendor = deals.filter(pc.equal(deals["vendor"], vendor)).select(["owner", "delivered", "product"]).to_pylist()

    def bought(row: dict[str, Any]) -> float:
        return sum(
            d["product"]
            for d in of_vendor
            if d["owner"] == row["partner"] and row["dropped"] - 12 <= d["delivered"] <= row["dropped"]
        )

    ranked = sorted(rows, key=lambda row: (-bought(row), row["partner"]))
    return list(dict.fromkeys(row["partner"] for row in ranked))[:most]
