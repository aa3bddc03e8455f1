"""S3 Novelty: what customers ask for moves, and new technology appears that nobody masters yet.

Skills swap popularity; and now and then the technology behind a skill is replaced: what firms knew of it
is worth a fifth, and each vendor's product fits it anew.

Reads market; writes market.popularity, market.renewed, knowledge.skills, vendors.fit.
"""

from sim.chance import Purpose, uniform
from sim.compiled import kernel
from sim.world import World


@kernel
def _move(market, knowledge, vendors, demand, key, month):
    skills = market.popularity.size
    for k in range(skills):
        if uniform(key, Purpose.NOVELTY, k, 0) < demand.rotation:
            other = int(uniform(key, Purpose.NOVELTY, k, 1) * skills)
            mine = market.popularity[k]
            market.popularity[k] = market.popularity[other]
            market.popularity[other] = mine
        if uniform(key, Purpose.NOVELTY, k, 2) < demand.novelty:
            market.renewed[k] = month
            for r in range(knowledge.skills.shape[0]):
                knowledge.skills[r, k] *= demand.worth_left
            for v in range(vendors.uid.size):
                vendors.fit[v, k] = 0.5 * vendors.fit[v, k] + 0.5 * uniform(key, Purpose.NOVELTY, vendors.uid[v], 10 + k)


def run(world: World) -> None:
    """Move popularity and replace technologies, where novelty is on."""
    if world.switches.novelty:
        _move(world.market, world.knowledge, world.vendors, world.parameters["demand"], world.key, world.month)
