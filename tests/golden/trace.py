"""The golden trace: what a frozen scenario gave when it was last looked at.

``plan.json`` holds every parameter, rule option and policy explicitly, so that a changed default does not change
the trace; only a change of the model does.  To look at the difference, then accept it:

    python -m tests.golden.trace --write     # plan.json stays as it is
    python -m tests.golden.trace --complete  # plan.json gets today's defaults for what it does not name yet
    python -m tests.golden.trace --digest    # of all bits; equal on one machine, whatever the version of Python

``digest.txt`` covers everything that is a whole number (uids, months, counts, decisions) in the last state and the
event log. It is the same on other machines too, where the last bit of an exponential may not be.
"""

import argparse
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine import advance
from sim.plan import Event, NetworkGroup, Plan
from sim.policy import Policy
from sim.processes import PARAMETERS
from sim.rules.registry import make_rule
from sim.switches import Switches
from sim.world import TABLES, Size, World
from tests.analytic.plans import built, small_plan

HERE = Path(__file__).resolve().parent
PLAN, TRACE, DIGEST = HERE / "plan.json", HERE / "trace.csv", HERE / "digest.txt"
PARTNERS, MONTHS, SEED = 100, 24, 20_080_401
RULES = {
    "vendor_choice": ("softmax", {"margin": 10.0, "attitude": 1.0, "fit": 1.2, "habit": 2.0, "certification": 0.5, "slope": 1.0}),
    "search": (
        "contacts",
        {"allies": 5, "friends": 2, "members": 5.0, "strangers": 0.5, "trust": 0.5, "quality": 0.6, "near": 0.1, "overlap": 0.1},
    ),
    "consent": ("private_estimate", {"noise": 0.25, "floor": 0.6}),
    "form": (
        "value",
        {
            "horizon": 24.0, "setup_occasional": 600.0, "setup_formal": 4000.0, "coordination_project": 0.06,
            "coordination_occasional": 0.04, "coordination_formal": 0.02, "upkeep_occasional": 8.0, "upkeep_formal": 60.0,
        },
    ),
    "dissolution": ("goodwill", {"months_ahead": 6.0}),
    "influence": ("friedkin_johnsen", {}),
}  # fmt: skip


def completed(given: Any, default: Any) -> Any:
    """What is given, with today's defaults where it says nothing; what no longer exists is left out."""
    if isinstance(default, dict):
        return {name: completed(given[name], value) if name in given else value for name, value in default.items()}
    if isinstance(default, list) and len(given) == len(default):
        return [completed(one, value) for one, value in zip(given, default, strict=True)]
    return given


def defaults() -> dict[str, Any]:
    """Everything that decides the run, written out from today's defaults."""
    plan = small_plan(PARTNERS, MONTHS, SEED)
    return {
        "partners": PARTNERS, "months": MONTHS, "seed": SEED, "size": plan.size._asdict(), "switches": plan.switches._asdict(),
        "parameters": {process: values._asdict() for process, values in plan.parameters.items()},
        "rules": {point: {"name": name, **options} for point, (name, options) in RULES.items()},
        "networks": [{"kind": g.kind, "count": g.count, "policy": g.policy._asdict()} for g in plan.networks],
        "events": [
            {"month": 6, "kind": "change_vendor", "target": "0", "field": "rebate_2", "value": 0.06},
            {"month": 12, "kind": "vendor_leaves", "target": "3"},
            {"month": 18, "kind": "shock", "field": "experience", "value": -0.2, "how": "add", "share": 0.5},
        ],
    }  # fmt: skip


def golden_plan() -> Plan:
    """The plan of ``plan.json``."""
    given = json.loads(PLAN.read_text(encoding="utf-8"))
    rules = {point: make_rule(point, options.pop("name"), options) for point, options in given["rules"].items()}
    return small_plan(
        given["partners"], given["months"], given["seed"], size=Size(**given["size"]), rules=rules,
        switches=Switches(**given["switches"]),
        parameters={process: PARAMETERS[process](**values) for process, values in given["parameters"].items()},
        networks=tuple(NetworkGroup(g["kind"], g["count"], Policy(**g["policy"])) for g in given["networks"]),
        schedule=tuple(Event(**event) for event in given["events"]),
    )  # fmt: skip


def key_figures(world: World) -> dict[str, float]:
    """What one month looked like; counts are whole numbers, the rest US dollars, staff or attitude."""
    partners, ties, relations, networks = world.partners, world.ties, world.relations, world.networks
    living = partners.alive
    inside = world.memberships.network >= 0
    out = {"month": world.month - 1, "partners": int(living.sum()), "highest_uid": int(partners.uid[living].max())}
    out |= {"networks": int(networks.open.sum()), "memberships": int(inside.sum())}
    forms = enumerate(("idle", "project", "occasional", "formal"))
    out |= {f"{name}_ties": int((ties.used & (ties.form == k)).sum()) for k, name in forms}
    out |= {"projects": int(world.projects.used.sum()), "carried": int(relations.carried.sum())}
    out |= {"agreements": int(world.agreements.used.sum()), "skills_held": int((world.knowledge.skills >= 0.35).sum())}
    out |= {"staff": float(partners.staff[living].sum()), "cash": float(partners.cash[living].sum())}
    out |= {"revenue": float(partners.revenue_month.sum()), "backlog": float(partners.backlog[living].sum())}
    out |= {"attitude": float(relations.attitude[relations.carried].mean()), "norm": float(world.market.norm[0])}
    out |= {"trust": float(ties.trust_ab[ties.used].mean()) if ties.used.any() else 0.0}
    out |= {"capital": float(world.memberships.capital[inside].sum()), "unserved": float(world.market.unserved_value[0])}
    return out | {"channel_sales": float(world.vendors.channel_month.sum()), "host_cash": float(networks.cash.sum())}


def run() -> tuple[list[dict[str, float]], World]:
    """The trace, one row a month, and the world at its end."""
    plan = golden_plan()
    world = built(plan)
    rows = []
    for _ in range(plan.months):
        advance(world)
        rows.append(key_figures(world))
    return rows, world


def digest(world: World, *, whole_numbers: bool = False) -> str:
    """SHA-256 of every bit of the state and of the event log, or of their whole numbers only."""
    assert world.log is not None
    out = hashlib.sha256()
    tables = {name: getattr(world, name)._asdict() for name in TABLES}
    tables |= {f"log.{name}": dict(sorted(world.log.table(name).items())) for name in sorted(world.log.columns)}
    for name, columns in tables.items():
        for field, column in columns.items():
            if whole_numbers and column.dtype.kind == "f":
                continue
            out.update(f"{name}.{field} {column.dtype.kind} {column.shape}".encode())
            out.update(np.ascontiguousarray(column).tobytes())
    return out.hexdigest()


def as_csv(rows: list[dict[str, float]]) -> str:
    """The trace as text; floats so that they read back exactly."""
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows({name: repr(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def main() -> None:
    """Regenerate, or print the digest."""
    parser = argparse.ArgumentParser(description="The golden trace.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write trace.csv and digest.txt")
    what.add_argument("--complete", action="store_true", help="complete plan.json with today's defaults, then write both")
    what.add_argument("--digest", action="store_true", help="print the digest of all bits")
    asked = parser.parse_args()
    if asked.complete:
        before = json.loads(PLAN.read_text(encoding="utf-8")) if PLAN.exists() else {}
        PLAN.write_text(json.dumps(completed(before, defaults()), indent=1) + "\n", encoding="utf-8")
    rows, world = run()
    if asked.digest:
        print(digest(world))
    else:
        TRACE.write_text(as_csv(rows), encoding="utf-8")
        DIGEST.write_text(digest(world, whole_numbers=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
