"""Running the engine and the reference side by side, by month or by process, and naming the first difference.

``python -m tests.reference.compare`` goes process by process through the default plan.
"""

import math
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sim import chance, processes
from sim.events import EventLog
from sim.month import advance
from sim.plan import Names, NetworkGroup, Plan
from sim.policy import POLICIES
from sim.population import build
from sim.processes import (
    agreements,
    close_of_month,
    consent,
    continuation,
    delivery,
    demand,
    discovery,
    feasibility,
    form,
    growth,
    hosts,
    influence,
    membership,
    novelty,
    payment,
    policies,
    posting,
    programme,
    running_costs,
    satisfaction,
    search,
    skills,
    sourcing,
    trust,
    turnover,
    vendor_choice,
    winning,
)
from sim.processes.acquaintance import neighbours
from sim.processes.directory import look_up
from sim.rules.registry import DEFAULTS, make_rule
from sim.switches import Switches
from sim.world import Size, World
from tests.reference.model import ReferenceModel, steps
from tests.reference.snapshot import State, engine_state, reference_state

TOLERANCE = 1e-9  # relative; below one unit absolute
SIZE = Size(skills=20, verticals=6, regions=10, vendors=10, distributors=3, marketplaces=2)
START = (12, 1, 6, 3, 2)  # networks of each kind


def plan_of(partners: int = 200, months: int = 24, burn_in: int = 12, seed: int = 1, **changes: Any) -> Plan:
    """The default plan, with all parameters and rules at their defaults; ``changes`` replace fields of the plan."""
    words = ("skill", "vertical", "region", "vendor", "distributor", "marketplace")
    names = Names(*(tuple(f"{word} {i + 1}" for i in range(n)) for word, n in zip(words, SIZE, strict=True)))
    plan = Plan(
        title="reference", partners=partners, size=SIZE, names=names, months=months, burn_in=burn_in, seed=seed,
        parameters={process: kind() for process, kind in processes.PARAMETERS.items()},
        rules={point: make_rule(point, rule, {}) for point, rule in DEFAULTS.items()}, switches=Switches(),
        networks=tuple(NetworkGroup(kind, count, POLICIES[kind]) for kind, count in enumerate(START)),
        vendors=(), distributors=(), marketplaces=(), schedule=(),
    )  # fmt: skip
    return plan._replace(**changes)


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, list | tuple):
        return len(x) == len(y) and all(_same(a, b) for a, b in zip(x, y, strict=True))
    if isinstance(x, float) or isinstance(y, float):
        return math.isclose(x, y, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(x == y)


def differences(engine: State, reference: State) -> Iterator[str]:
    """What differs, in words."""
    for entity, rows in engine.items():
        others = reference[entity]
        missing, further = sorted(rows.keys() - others.keys(), key=str), sorted(others.keys() - rows.keys(), key=str)
        if missing or further:
            yield f"{entity}: only in the engine {missing[:5]}, only in the reference {further[:5]}"
        for key in rows.keys() & others.keys():
            for name, value in rows[key].items():
                if not _same(value, others[key][name]):
                    yield f"{entity} {key}, {name}: engine {value!r}, reference {others[key][name]!r}"


def first_difference(world: World, model: ReferenceModel) -> str | None:
    """The first thing that differs, None where nothing does."""
    return next(differences(engine_state(world), reference_state(model)), None)


def deals_of(log: EventLog, month: int) -> dict[int, tuple]:
    """Deals that the engine delivered in a month: success, vendor, team."""
    table = log.table("deal")
    if not table:
        return {}
    team = [table[name] for name in ("owner", "member_1", "member_2", "member_3")]
    return {
        int(uid): (bool(table["success"][i]), int(table["vendor"][i]), [int(m[i]) for m in team if m[i] >= 0])
        for i, uid in enumerate(table["deal"]) if table["month"][i] == month
    }  # fmt: skip


def compare_months(plan: Plan) -> str | None:
    """Run both side by side; the first difference, None where they agree in every month."""
    world, model = build(plan, 0, EventLog()), ReferenceModel(plan)
    found = first_difference(world, model)
    if found:
        return f"the world before month 0: {found}"
    for month in range(plan.burn_in + plan.months):
        world.log = EventLog()
        advance(world)
        model.step()
        engine, reference = deals_of(world.log, month), model.delivered
        for uid in sorted(engine.keys() | reference.keys()):
            if engine.get(uid) != reference.get(uid):
                return f"month {month}: deal {uid}, success, vendor and team: engine {engine.get(uid)}, reference {reference.get(uid)}"
        found = first_difference(world, model)
        if found:
            return f"month {month}: {found}"
    return None


def engine_steps(world: World) -> list[tuple[str, Callable[[], Any]]]:
    """The engine's processes of one month in order, under the names of the reference's steps."""
    now: dict[str, Any] = {}
    draw = partial(chance.uniforms_at, world.key)

    def put(name: str, value: Any) -> None:
        now[name] = value

    def bid(attempt: int) -> list[tuple[str, Callable[[], Any]]]:
        def look() -> None:
            now["near"] = neighbours(world)
            now["bids"] = feasibility.run(world, now["deals"])

        def ask() -> None:
            now["pool"] = search.run(world, now["deals"], now["bids"], now["near"], now["directory"], draw)

        return [
            ("feasibility", look),
            ("search", ask),
            ("consent", lambda: consent.run(world, now["deals"], now["bids"], *now["pool"], draw)),
            ("vendor_choice", lambda: vendor_choice.run(world, now["deals"], now["bids"], draw)),
            ("sourcing", lambda: sourcing.run(world, now["deals"], now["bids"])),
            ("winning", lambda: winning.run(world, now["deals"], now["bids"], attempt)),
            ("form", lambda: form.run(world, now["deals"], now["bids"], now["near"], attempt, draw)),
            ("release", lambda: feasibility.release(world, now["deals"], now["bids"])),
        ]

    def deliver() -> None:
        now["delivered"] = delivery.run(world)
        now["failures"] = delivery.failures_by_tie(world, now["delivered"])

    return [
        ("open_books", lambda: close_of_month.open_books(world)),
        ("policies", lambda: policies.run(world)),
        ("turnover", lambda: turnover.run(world)),
        ("novelty", lambda: novelty.run(world)),
        ("directory", lambda: put("directory", look_up(world))),
        ("demand", lambda: put("deals", demand.run(world))),
        ("posting", lambda: posting.run(world, now["deals"], now["directory"])),
        *bid(0),
        ("reoffer", lambda: demand.reoffer(world, now["deals"], now["directory"])),
        *bid(1),
        ("close_demand", lambda: demand.close(world, now["deals"])),
        ("delivery", deliver),
        ("payment", lambda: payment.run(world, now["delivered"])),
        ("programme", lambda: programme.run(world)),
        ("running_costs", lambda: running_costs.run(world)),
        ("trust", lambda: trust.run(world, now["delivered"])),
        ("continuation", lambda: continuation.run(world, now["directory"], now["failures"], draw)),
        ("satisfaction", lambda: satisfaction.run(world)),
        ("influence", lambda: influence.run(world, now["directory"], draw)),
        ("discovery", lambda: discovery.run(world, now["delivered"], now["deals"])),
        ("skills", lambda: skills.run(world, now["delivered"])),
        ("membership", lambda: membership.run(world, neighbours(world), now["directory"])),
        ("agreements", lambda: agreements.run(world)),
        ("hosts", lambda: hosts.run(world)),
        ("growth", lambda: growth.run(world)),
    ]


def compare_processes(plan: Plan, show: int = 8, first: int = 0) -> bool:
    """Go process by process and print the first differences; True where there are none."""
    world, model = build(plan, 0, None), ReferenceModel(plan)
    for month in range(plan.burn_in + plan.months):
        if month < first:
            advance(world)
            model.step()
            continue
        for (name, engine), (same, reference) in zip(engine_steps(world), steps(model), strict=True):
            assert name == same
            engine()
            reference()
            found = list(differences(engine_state(world), reference_state(model)))
            if found:
                print(f"month {month}, after {name}: {len(found)} differences", *found[:show], sep="\n  ")
                return False
        world.month += 1
        model.tick += 1
    return True


if __name__ == "__main__":
    sys.exit(0 if compare_processes(plan_of(), first=int(sys.argv[1]) if len(sys.argv) > 1 else 0) else 1)
