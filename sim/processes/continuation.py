"""S10 Continuation: which alliances go on.

Goodwill B <- .96 B + surplus of the month - upkeep (after a failure half the normal surplus is lost); its size
is at most 3 times what setting the form up costs and a year's upkeep.  It pays for early losses (honeymoon).  Occasional and formal alliances
are put to the dissolution rule; projects end on schedule; a small exogenous hazard ends some.  Now and then
one side looks at another firm that could do the partner's part.  Acquaintances idle for long are forgotten.

Reads ties, knowledge, memberships, directory; writes ties, the ledger, events.
"""

from typing import Annotated, Any, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, uniform
from sim.compiled import allocating_kernel, kernel, leaf
from sim.events import AllianceEnd
from sim.ledger import Flow, Outer, pay
from sim.parameters import Par
from sim.processes.acquaintance import mean_trust, trust_of
from sim.processes.consent import coordination_cost
from sim.processes.directory import Directory, draw
from sim.processes.search import mean_level
from sim.rules.answers import decided
from sim.rules.form import costs_of
from sim.rules.tables import Standing
from sim.state.ties import ACQUAINTANCE, OCCASIONAL, PROJECT
from sim.world import World


class Continuation(NamedTuple):
    """Parameters of continuation."""

    hazard_per_month: Annotated[float, Par("1/month", 0, 0.5, "assumed; trial .004", "exogenous end of an occasional or formal alliance")] = 0.004
    goodwill_kept: Annotated[float, Par("share", 0, 1, "assumed; trial .96", "goodwill left after a month")] = 0.96
    failure_cost: Annotated[float, Par("share of a deal's surplus", 0, 5, "assumed; trial .5", "goodwill lost with a failed deal")] = 0.5
    rate_memory: Annotated[float, Par("share", 0.001, 1, "assumed; trial .06", "weight of this month in the rate of joint deals")] = 0.06
    look_outside: Annotated[float, Par("probability", 0, 1, "assumed; trial .10", "a side looks at another firm")] = 0.10
    forget_months: Annotated[int, Par("months", 1, 600, "assumed", "idle months after which an acquaintance is forgotten")] = 36


@leaf
def goodwill_after(goodwill, surplus, upkeep, kept, cap):
    """B <- kept B + surplus - upkeep, between -cap and cap."""
    return min(cap, max(-cap, kept * goodwill + surplus - upkeep))


@kernel
def _age(ties, partners, ledger, setup, upkeep, continuation, failures):
    for t in range(ties.used.size):
        if not ties.used[t]:
            continue
        ties.rate[t] += continuation.rate_memory * (ties.deals_month[t] - ties.rate[t])
        if ties.form[t] >= OCCASIONAL:
            form = ties.form[t]
            surplus = ties.excess_month[t] - continuation.failure_cost * failures[t] * max(0.0, ties.value[t])
            cap = 3.0 * setup[form] + 12.0 * upkeep[form]
            ties.goodwill[t] = goodwill_after(ties.goodwill[t], surplus, upkeep[form], continuation.goodwill_kept, cap)
            for r in (ties.a[t], ties.b[t]):
                pay(ledger.flows, Flow.FORM_COST, partners.cash, r, ledger.outer, Outer.HOUSEHOLDS, 0.5 * upkeep[form])
        ties.excess_month[t] = ties.deals_month[t] = 0.0


@kernel
def _save(rows, ties, coordination, trust_saves, trust_on, prior, saved):
    """What each alliance's form saves a month of the coordination that the same deals would cost as projects, US dollars."""
    for n in range(rows.size):
        t = rows[n]
        less = coordination[PROJECT] - coordination[ties.form[t]]
        saved[n] = ties.rate[t] * coordination_cost(less, mean_trust(t, ties, trust_on, prior), ties.volume[t], trust_saves)


@allocating_kernel
def _look_outside(rows, ties, partners, knowledge, memberships, directory, continuation, trust_on, prior, key, sizes):
    """What each pair's surplus a month would be with the other firm that one side met; 0 where it did not look.

    Trust scales the surplus by .6 + .6 T, as in consent: of the partner as it is, of a stranger at the prior.
    """
    better = np.zeros(rows.size)
    skills = bits.low_bits(sizes.skills)
    for n in range(rows.size):
        t = rows[n]
        uid = ties.alliance[t]
        if uniform(key, Purpose.OUTSIDE_LOOK, uid, 0) >= continuation.look_outside:
            continue
        mine, theirs = (ties.a[t], ties.b[t]) if uniform(key, Purpose.OUTSIDE_LOOK, uid, 1) < 0.5 else (ties.b[t], ties.a[t])
        segment = _where_to_look(mine, partners, memberships, directory, uniform(key, Purpose.OUTSIDE_LOOK, uid, 2))
        r = draw(directory, segment, uniform(key, Purpose.OUTSIDE_DRAW, uid))
        if r < 0 or r == mine or r == theirs:
            continue
        part = knowledge.can[theirs] & ~knowledge.can[mine] & skills
        if part == 0:
            continue
        covered = knowledge.can[r] & part
        quality = mean_level(knowledge.skills[r], covered) / max(1e-9, mean_level(knowledge.skills[theirs], part))
        trust = trust_of(t, mine, ties, trust_on, prior)
        share = bits.count(covered) / bits.count(part)
        better[n] = ties.rate[t] * max(0.0, ties.value[t]) * share * quality * (0.6 + 0.6 * prior) / (0.6 + 0.6 * trust)
    return better


@leaf
def _where_to_look(r, partners, memberships, directory, u):
    """One of a firm's networks, or its region."""
    n = 0
    for s in range(memberships.network.shape[1]):
        n += 1 if memberships.network[r, s] >= 0 else 0
    at = int(u * (n + 1))
    for s in range(memberships.network.shape[1]):
        if memberships.network[r, s] >= 0:
            if at == 0:
                return directory.networks[0] + memberships.network[r, s]
            at -= 1
    return partners.region[r]


def run(world: World, directory: Directory, failures: np.ndarray, chance: Any) -> None:
    """Age every tie, then end those that end.  ``failures``: failed deals of each tie this month."""
    ties, continuation, month = world.ties, world.parameters["continuation"], world.month
    setup, coordination, upkeep = costs_of(world.rules["form"])
    trust_on, prior = world.switches.trust, world.parameters["trust"].prior
    _age(ties, world.partners, world.ledger, setup, upkeep, continuation, failures)
    _end(world, np.flatnonzero(ties.used & (ties.form == PROJECT) & (ties.until <= month)), int(AllianceEnd.COMPLETED))
    rows = np.flatnonzero(ties.used & (ties.form >= OCCASIONAL))
    uids = ties.alliance[rows]
    form = ties.form[rows]
    if world.switches.outside_options:
        better = _look_outside(
            rows, ties, world.partners, world.knowledge, world.memberships, directory, continuation,
            trust_on, prior, world.key, world.size,
        )  # fmt: skip
    else:
        better = np.zeros(rows.size)
    saved = np.empty(rows.size)
    _save(rows, ties, coordination, world.parameters["consent"].trust_saves, trust_on, prior, saved)
    standing = Standing(
        uids, form, month - ties.started[rows], month < ties.term_end[rows], ties.goodwill[rows],
        ties.rate[rows] * np.maximum(0.0, ties.value[rows]), saved, upkeep[form], better, setup[form],
    )  # fmt: skip
    why = decided("dissolution", world.rules["dissolution"], standing, chance) if rows.size else np.zeros(0, np.int64)
    exogenous = chance(Purpose.EXOGENOUS_END, uids, 0) < continuation.hazard_per_month
    why = np.where((why == 0) & exogenous, int(AllianceEnd.HAZARD), why)
    _end(world, rows[why > 0], why[why > 0])
    forgotten = ties.used & (ties.form == ACQUAINTANCE) & (ties.last < month - continuation.forget_months) & (ties.until <= month)
    ties.used[forgotten & ~ties.barred] = False


def _end(world: World, rows: np.ndarray, reason: Any) -> None:
    ties = world.ties
    world.record("alliance_ended", month=world.month, alliance=ties.alliance[rows], reason=reason)
    ties.form[rows] = ACQUAINTANCE
    ties.alliance[rows] = -1
