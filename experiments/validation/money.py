"""A9 Money: nothing is made or lost, deals are shared out in full, and nobody takes on more than it can do."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from experiments.validation.check import Check, check
from experiments.validation.plans import balances, built, groups, small_plan, with_parameters, with_rules
from sim.engine import advance
from sim.ledger import Flow, Outer
from sim.plan import Plan
from sim.processes.firm import capacity
from sim.state.suppliers import PARTNER_MODELS
from sim.world import World

MONTHS = 24
WITHIN = 1e-9  # relative
SOURCE = "double entry"
PLANS: dict[str, Callable[[], Plan]] = {
    "default": small_plan,
    **{f"all {m}": partial(small_plan, vendors=({"partner_model": k},) * 8) for k, m in enumerate(PARTNER_MODELS)},
    "every partner model": lambda: small_plan(vendors=tuple({"partner_model": k % 4} for k in range(8))),
    "many allies": lambda: with_parameters(small_plan(), search={"look_around": 1.0}, demand={"further_needs": 3.0}),
    "brokered": lambda: with_parameters(
        small_plan(networks=groups({"marketplace": 1, "community": 2, "pure_p2p": 2})),
        demand={"further_needs": 3.0}, membership={"join": 2.0, "consider": 0.5, "imitation": 1.0}, posting={"base": 3.0},
    ),
    "random meeting": lambda: with_rules(small_plan(), search="random_meeting", form="fixed_form", dissolution="fixed_hazard"),
}  # fmt: skip
PASSED_ON = (Flow.REFUND, Flow.COORDINATION, Flow.TASK_FEE, Flow.PURCHASE_DIRECT, Flow.PURCHASE_DISTRIBUTOR, Flow.DELIVERY)


def world_of(name: str) -> World:
    """The world of a plan at its start."""
    return built(PLANS[name]())


def everyones_share(deals: Any) -> np.ndarray:
    """Sum of the team's shares, one number a deal."""
    return sum(deals[f"share_{m}"] for m in range(4))


def imbalance(world: World) -> float:
    """Sum of all balances, relative to the sum of their sizes."""
    total, size = balances(world)
    return abs(total) / size if size else abs(total)


def unshared(deals: Any) -> float:
    """Largest difference between what the members of a deal took and its margin after costs, relative to its value."""
    costs = deals["coordination"] + deals["brokerage"] + deals["fees"]
    margin = deals["product_margin"] + deals["services_margin"] - costs
    return float((np.abs(everyones_share(deals) - margin) / np.maximum(deals["value"], 1.0)).max(initial=0.0))


def unaccounted(world: World, month: int) -> float:
    """What partners kept of the month's sales less the shares of the month's deals, relative to sales."""
    assert world.log is not None
    flows = world.ledger.flows
    kept = flows[Flow.SALE] + flows[Flow.PARTNER_FEE] - sum(flows[flow] for flow in PASSED_ON)
    deals = world.log.table("deal")
    shared = everyones_share(deals)[deals["month"] == month].sum() if deals else 0.0
    return float(abs(kept - shared) / max(1.0, flows[Flow.SALE]))


def astray(world: World, before: float) -> float:
    """What customers' account lost in a month less what sellers got net of refunds, relative; ``before`` is the account then."""
    flows = world.ledger.flows
    spent = flows[Flow.SALE] + flows[Flow.VENDOR_CONTRACT] + flows[Flow.DIRECT_SALE] - flows[Flow.REFUND]
    return float(abs(before - world.ledger.outer[Outer.CUSTOMERS] - spent) / max(1.0, abs(spent)))


def overcommitted(world: World) -> float:
    """Let a month pass; the largest backlog above its limit, as a share of the limit, and infinite for a negative one.

    A backlog may be above the limit only while a firm that shrank, or whose ally left, works it off.
    """
    firm, partners = world.parameters["firm"], world.partners
    uid, backlog, living = partners.uid.copy(), partners.backlog.copy(), partners.alive.copy()
    limit = firm.backlog_limit * np.array([capacity(staff, firm) for staff in partners.staff])
    member, work = world.projects.member.copy(), world.projects.work * world.projects.workload[:, None]
    under_way = world.projects.used.copy()
    advance(world)
    now = world.partners
    same = now.alive[: uid.size] & (now.uid[: uid.size] == uid)
    left = np.where((member >= 0) & ~same[member] & under_way[:, None], work, 0.0)[:, 1:].sum(axis=1)
    taken_over = np.bincount(member[under_way, 0], left[under_way], uid.size)
    if (now.backlog < 0.0).any():
        return float("inf")
    stayed = same & living
    allowed = (np.maximum(limit, backlog) + taken_over)[stayed]
    return float(np.max(now.backlog[: uid.size][stayed] / np.maximum(allowed, 1e-9) - 1.0, initial=-1.0))


def worst(name: str, months: int = MONTHS) -> dict[str, float]:
    """The largest breach of each kind over so many months of a plan.

    Parameters
    ----------
    name
        One of ``PLANS``.
    months
        How many.

    Returns
    -------
    dict of str to float
        Relative sizes; not above ``WITHIN`` where nothing is wrong.
    """
    world = world_of(name)
    assert world.log is not None
    found = dict.fromkeys(("balances", "kept", "spent", "backlog"), 0.0)
    for month in range(months):
        before = float(world.ledger.outer[Outer.CUSTOMERS])
        found["backlog"] = max(found["backlog"], overcommitted(world))
        found["balances"] = max(found["balances"], imbalance(world))
        found["kept"] = max(found["kept"], unaccounted(world, month))
        found["spent"] = max(found["spent"], astray(world, before))
    return found | {"shares": unshared(world.log.table("deal"))}


def check_plan(name: str) -> Check:
    """Every identity, every month."""
    found = worst(name)
    which = max(found, key=lambda key: found[key])
    text = f"money and capacity every month, {name}: largest relative breach"
    return check("A9", text, SOURCE, f"{WITHIN:g}", f"{found[which]:.1e} ({which})", found[which] <= WITHIN)


def checks() -> list[Check]:
    """All of A9."""
    return [check_plan(name) for name in PLANS]
