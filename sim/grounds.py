"""What a plan rests on: which of its inputs are given by data and which are drawn, and what they can support.

The rule of support, for plans with partners from data:

- A verdict on *networks* is from the data when memberships are given, one on *joint work* when alliances are.
- A verdict on *loyalty to a vendor* is from the data when at least half of the partners (``ENOUGH``) have their
  vendors given.  With fewer, but with some vendor or relation given, it is shown as not from the data.  When
  vendors and relations are all drawn there is no such vendor outside the model, and the verdict is refused.
"""

from typing import Literal, NamedTuple

import numpy as np

from sim.plan import Plan

# Inputs that may be drawn, each with chance of its own; what they are called in messages.
INPUTS = {
    "staff": "staff",
    "regions": "regions",
    "verticals": "verticals",
    "business_type": "business types",
    "skills": "which skills are held",
    "skill_levels": "skill levels",
    "cash": "cash",
    "vendors": "vendors' terms",
    "vendor_fit": "vendors' fit with skills",
    "distributors": "distributors' terms",
    "line_cards": "distributors' line cards and reach",
    "relations": "vendors carried",
    "memberships": "memberships",
}
TERMS_OF_VENDORS = ("list_margin", "support", "training", "conflict", "openness")  # what differs by chance
TERMS_OF_DISTRIBUTORS = ("margin", "credit", "service")
ENOUGH = 0.5  # share of partners whose vendors must be given for a verdict on loyalty; assumed

Source = Literal["data", "drawn", "refused"]


class Input(NamedTuple):
    """How much of one input is given."""

    given: int
    of: int  # partners, vendors or distributors

    @property
    def drawn(self) -> int:
        """How many have it drawn."""
        return self.of - self.given


class Support(NamedTuple):
    """Where the verdicts come from."""

    networks: Source
    loyalty: Source
    joint_work: Source


def inputs(plan: Plan) -> dict[str, Input]:
    """For each of ``INPUTS`` that the plan's world has, how much of it is given."""
    n, given, ties = plan.partners, plan.given, plan.ties
    known = dict.fromkeys(("staff", "regions", "verticals", "business_type", "skills", "relations", "memberships"), 0)
    if given is not None:
        known["staff"] = int(np.isfinite(given.staff).sum())
        known["regions"] = int((given.region >= 0).sum())
        known["verticals"] = int((given.verticals != 0).sum())
        known["business_type"] = int((given.business_type >= 0).sum())
        known["skills"] = int(given.skills.any(axis=1).sum())
    if ties is not None and ties.carried is not None:
        known["relations"] = int(np.unique(ties.carried[:, 0]).size)
    if ties is not None and ties.members is not None:
        known["memberships"] = n
    out = {name: Input(k, n) for name, k in known.items()} | {"skill_levels": Input(0, n), "cash": Input(0, n)}
    out["vendors"] = Input(_complete(plan.vendors, TERMS_OF_VENDORS), plan.size.vendors)
    out["vendor_fit"] = Input(0, plan.size.vendors)
    if plan.size.distributors:
        out["distributors"] = Input(_complete(plan.distributors, TERMS_OF_DISTRIBUTORS), plan.size.distributors)
        out["line_cards"] = Input(0, plan.size.distributors)
    if not plan.networks:
        del out["memberships"]
    return {name: out[name] for name in INPUTS if name in out}


def drawn_inputs(plan: Plan) -> tuple[str, ...]:
    """Those of ``INPUTS`` that are drawn, in whole or in part."""
    return tuple(name for name, part in inputs(plan).items() if part.drawn)


def support(plan: Plan) -> Support | None:
    """Where verdicts on this plan come from; None for a plan without data, of which nobody expects that."""
    if plan.given is None:
        return None
    ties = plan.ties
    members = ties is not None and ties.members is not None
    alliances = ties is not None and ties.alliances is not None
    relations = inputs(plan)["relations"]
    loyalty: Source = "data" if relations.given >= ENOUGH * relations.of else "drawn"
    if not relations.given and not _vendors_given(plan):
        loyalty = "refused"
    return Support("data" if members else "drawn", loyalty, "data" if alliances else "drawn")


def _complete(rows: tuple[dict[str, float], ...], terms: tuple[str, ...]) -> int:
    return sum(all(term in row for term in terms) for row in rows)


def _vendors_given(plan: Plan) -> bool:
    """Whether any vendor has a name or terms of its own."""
    return any(plan.vendors) or any(name != f"Vendor {n}" for n, name in enumerate(plan.names.vendors, start=1))
