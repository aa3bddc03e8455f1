"""S9 Trust: what partners who work together learn of each other.

s > 0: T += up s (ceiling - T); s < 0: T -= down |s| T, with up = .10, down = .30 (after Pant and Yu's
coopetition reports).  Each side's signal is the deal's, tilted by how much better or worse the other did
its part than the team.  A tie without a deal drifts back to the prior with a half-life of 24 months.

Reads deliveries, projects, knowledge; writes ties.trust_ab, trust_ba, successes.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.compiled import kernel, leaf
from sim.parameters import Par
from sim.processes.delivery import Deliveries
from sim.processes.search import mean_level
from sim.state.ties import TEAM_SIZE
from sim.world import World


class Trust(NamedTuple):
    """Parameters of trust."""

    prior: Annotated[float, Par("trust", 0.01, 0.99, "assumed; trial .40", "trust in a stranger")] = 0.40
    up: Annotated[float, Par("share", 0, 1, "Pant and Yu, coopetition reports", "lambda+, gain after success")] = 0.10
    down: Annotated[float, Par("share", 0, 1, "Pant and Yu, coopetition reports", "lambda-, loss after failure")] = 0.30
    ceiling: Annotated[float, Par("trust", 0.1, 1, "assumed", "Theta, most trust")] = 1.0
    half_life: Annotated[float, Par("months", 1, 600, "assumed; trial 24", "of an idle tie's distance from the prior")] = 24.0
    own_part: Annotated[float, Par("signal per level", 0, 2, "assumed; trial .3", "weight of the other's own quality in the signal")] = 0.3


@leaf
def updated_trust(trust, signal, up, down, ceiling):
    """Trust after a signal in [-1, 1].

    With signals +1 (probability q) and -1 its mean has the fixed point up q / (up q + down (1 - q)) x ceiling.
    """
    if signal > 0.0:
        return trust + up * signal * (ceiling - trust)
    return trust + down * signal * trust


@leaf
def faded_trust(trust, prior, half_life):
    """Trust of an idle tie after one month more."""
    return prior + (trust - prior) * 0.5 ** (1.0 / half_life)


@kernel
def _learn(due, success, signal, projects, knowledge, ties, trust, sizes, seen):
    """Update ties; ``seen`` (False each) is room to mark those with a deal this month."""
    for n in range(due.size):
        p = due[n]
        tasks = projects.needs[p] & bits.low_bits(sizes.skills)
        owner = projects.member[p, 0]
        for m in range(1, TEAM_SIZE):
            t, r = projects.tie[p, m], projects.member[p, m]
            if r < 0 or t < 0 or not ties.used[t]:
                continue
            seen[t] = True
            ties.successes[t] += 1 if success[n] else 0
            mine = mean_level(knowledge.skills[owner], knowledge.can[owner] & tasks)
            theirs = mean_level(knowledge.skills[r], knowledge.can[r] & tasks)
            tilt = trust.own_part * (theirs - mine)
            by_owner = min(1.0, max(-1.0, signal[n] + tilt))
            by_ally = min(1.0, max(-1.0, signal[n] - tilt))
            first, second = (by_owner, by_ally) if ties.a[t] == owner else (by_ally, by_owner)
            ties.trust_ab[t] = updated_trust(ties.trust_ab[t], first, trust.up, trust.down, trust.ceiling)
            ties.trust_ba[t] = updated_trust(ties.trust_ba[t], second, trust.up, trust.down, trust.ceiling)
    for t in range(ties.used.size):
        if ties.used[t] and not seen[t]:
            ties.trust_ab[t] = faded_trust(ties.trust_ab[t], trust.prior, trust.half_life)
            ties.trust_ba[t] = faded_trust(ties.trust_ba[t], trust.prior, trust.half_life)


def run(world: World, deliveries: Deliveries) -> None:
    """Update the trust of everybody who delivered together, and let the rest fade."""
    _learn(
        deliveries.project, deliveries.success, deliveries.signal, world.projects, world.knowledge, world.ties,
        world.parameters["trust"], world.size, np.zeros(world.ties.used.size, bool),
    )  # fmt: skip
