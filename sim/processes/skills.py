"""S13 Skills: learning by doing, by training, from allies, in networks, and forgetting.

Levels decay each month; the tasks that a firm delivered raise them (less in larger firms, where one deal
trains few); every firm trains itself on one held skill a month, and now and then takes up a new one; allies
who delivered together pass on practice; a network's education, by attendance, raises one held skill.

Reads deliveries, projects, memberships, networks, partners; writes knowledge.skills, knowledge.can.
"""

from typing import Annotated, NamedTuple

import numpy as np

from sim import bits
from sim.chance import Purpose, pair_key, uniform
from sim.compiled import kernel, leaf
from sim.parameters import Par
from sim.processes.delivery import Deliveries
from sim.processes.founding import pick
from sim.state.ties import TEAM_SIZE
from sim.world import World


class Skills(NamedTuple):
    """Parameters of skills."""

    decay: Annotated[float, Par("1/month", 0, 0.5, "assumed; trial .01", "obsolescence")] = 0.01
    use: Annotated[float, Par("level", 0, 1, "assumed; trial .04", "gain by a delivered task, over 1 + sqrt staff")] = 0.04
    training: Annotated[float, Par("level", 0, 1, "assumed; trial .06", "gain by a month's own training")] = 0.06
    training_with_size: Annotated[float, Par("per ln staff", 0, 3, "assumed; trial .3", "larger firms train more")] = 0.3
    new_skill: Annotated[float, Par("1/month", 0, 1, "assumed; trial .008-.012", "a firm takes up a skill that it lacks")] = 0.008
    new_level: Annotated[float, Par("level", 0, 1, "assumed; trial .5", "level at which it starts")] = 0.5
    from_allies: Annotated[float, Par("share of the gap", 0, 1, "assumed; trial .02", "practice passed on by a joint delivery")] = 0.02
    education: Annotated[float, Par("level per 100 US dollars", 0, 1, "assumed; trial .01", "gain by a network's education of a member who attends")] = 0.01


@kernel
def refresh_can(partners, relations, knowledge, threshold, skills):
    """Write what each partner can do: skills held and vendors carried."""
    for r in range(partners.uid.size):
        can = 0
        if partners.alive[r]:
            for k in range(skills):
                if knowledge.skills[r, k] >= threshold:
                    can |= 1 << k
            for v in range(relations.carried.shape[1]):
                if relations.carried[r, v]:
                    can |= 1 << (skills + v)
        knowledge.can[r] = can


@leaf
def raised(level, gain):
    """A level after a gain, with less to gain the higher it is."""
    return level + gain * (1.0 - level)


@leaf
def own_training(staff, skills):
    """Gain of the one skill that a firm trains this month."""
    return skills.training * (1.0 + skills.training_with_size * np.log(max(1.0, staff)))


@kernel
def _learn(due, projects, partners, knowledge, memberships, networks, market, skills, firm, key, threshold):
    n_skills = knowledge.skills.shape[1]
    everything = bits.low_bits(n_skills)
    for d in range(due.size):
        p = due[d]
        tasks = projects.needs[p] & everything
        for m in range(TEAM_SIZE):
            r = projects.member[p, m]
            if r < 0:
                continue
            for k in range(n_skills):
                if not bits.has(tasks, k):
                    continue
                level = knowledge.skills[r, k]
                if bits.has(knowledge.can[r], k):
                    knowledge.skills[r, k] = min(1.0, raised(level, skills.use / (1.0 + np.sqrt(partners.staff[r]))))
                for j in range(TEAM_SIZE):
                    other = projects.member[p, j]
                    if other >= 0 and other != r and bits.has(knowledge.can[other], k):
                        gap = knowledge.skills[other, k] - level
                        knowledge.skills[r, k] = min(1.0, knowledge.skills[r, k] + skills.from_allies * max(0.0, gap))
    for r in range(partners.uid.size):
        if not partners.alive[r]:
            continue
        uid, held = partners.uid[r], knowledge.can[r] & everything
        for k in range(n_skills):
            knowledge.skills[r, k] *= 1.0 - skills.decay
        if held:
            k = pick(uniform(key, Purpose.SELF_TRAINING, uid), market.popularity, everything & ~held)
            knowledge.skills[r, k] = min(1.0, raised(knowledge.skills[r, k], min(1.0, own_training(partners.staff[r], skills))))
        if uniform(key, Purpose.NEW_SKILL, uid) < skills.new_skill:
            k = pick(uniform(key, Purpose.NEW_SKILL_PICK, uid), market.popularity, held)
            if k >= 0:
                knowledge.skills[r, k] = max(knowledge.skills[r, k], skills.new_level)
        for s in range(memberships.network.shape[1]):
            m = memberships.network[r, s]
            if m < 0 or not held:
                continue
            spend = networks.education[m] + networks.education_added[m]
            k = pick(uniform(key, Purpose.EDUCATION, pair_key(uid, networks.uid[m])), market.popularity, everything & ~held)
            attendance = min(1.0, 0.25 + memberships.capital[r, s])
            knowledge.skills[r, k] = min(1.0, raised(knowledge.skills[r, k], min(1.0, skills.education * spend / 100.0 * attendance)))


def run(world: World, deliveries: Deliveries) -> None:
    """Learn and forget, where learning is on; then write what each partner can do."""
    firm = world.parameters["firm"]
    if world.switches.learning:
        _learn(
            deliveries.project, world.projects, world.partners, world.knowledge, world.memberships, world.networks, world.market,
            world.parameters["skills"], firm, world.key, firm.skill_threshold,
        )  # fmt: skip
    refresh_can(world.partners, world.relations, world.knowledge, firm.skill_threshold, world.size.skills)
