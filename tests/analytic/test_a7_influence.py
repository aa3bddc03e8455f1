"""A7 Influence with experience frozen converges to A* = (I - L W)^-1 (I - L) X (Friedkin and Johnsen 1990)."""

from functools import partial

import numpy as np
import pytest

from sim import chance
from sim.processes import influence
from sim.processes.directory import look_up
from sim.rules.influence import DeGroot, FriedkinJohnsen
from sim.rules.tables import Voices
from tests.analytic.plans import built, small_plan

N, V = 40, 3


@pytest.fixture
def society():
    """Weights of who hears whom (rows sum to 1), openness, and experience."""
    rng = np.random.default_rng(7)
    weights = rng.random((N, N)) * (rng.random((N, N)) < 0.2)
    weights[np.arange(N), (np.arange(N) + 1) % N] += 0.1
    np.fill_diagonal(weights, 0.0)
    return weights / weights.sum(axis=1, keepdims=True), rng.uniform(0.1, 0.9, N), rng.uniform(-1.0, 1.0, (N, V))


def iterated(rule, weights, openness, experience, months):
    """Attitudes after so many months in which everybody hears the weighted mean of the others."""
    attitude = np.zeros_like(experience)
    for _ in range(months):
        attitude = rule.decide(Voices(np.arange(N), experience, attitude, weights @ attitude, openness), None)
    return attitude


def test_the_rule_iterated_gives_the_fixed_point(society):
    """Attitudes end within 1e-6 of the solution of the linear system, whatever they were at first."""
    weights, openness, experience = society
    part = np.diag(openness)
    expected = np.linalg.solve(np.eye(N) - part @ weights, (np.eye(N) - part) @ experience)
    assert np.abs(iterated(FriedkinJohnsen(), weights, openness, experience, 300) - expected).max() < 1e-6


def test_plain_averaging_ends_elsewhere(society):
    """The null of anchoring forgets experience: the same society comes to one opinion, so the check can fail."""
    weights, openness, experience = society
    part = np.diag(openness)
    expected = np.linalg.solve(np.eye(N) - part @ weights, (np.eye(N) - part) @ experience)
    assert np.abs(iterated(DeGroot(), weights, openness, experience, 300) - expected).max() > 0.1


class Overheard(FriedkinJohnsen):
    """The rule, remembering what it was told."""

    def decide(self, table, chance):
        """Expressed attitude."""
        self.heard, self.openness = table.heard.copy(), table.openness.copy()
        return super().decide(table, chance)


def test_the_process_iterated_gives_the_fixed_point_of_who_hears_whom():
    """In a world whose month does not change, and so who hears whom, attitudes end within 1e-6 of the fixed point."""
    world = built(small_plan(30, switches=small_plan().switches._replace(host_influence=False)))
    rule = world.rules["influence"] = Overheard()
    directory = look_up(world)
    relations, rows = world.relations, world.partners.uid.size
    relations.carried[:] = world.partners.alive[:, None]
    draw = partial(chance.uniforms_at, world.key)

    def heard(attitude, experience):
        relations.attitude[:], relations.experience[:] = attitude[:, None], experience[:, None]
        influence.run(world, directory, draw)
        return rule.heard[:, 0]

    nothing = np.zeros(rows)
    weights = np.stack([heard(one, nothing) for one in np.eye(rows)], axis=1)  # of each firm's attitude
    own = np.diag(heard(nothing, np.ones(rows)))  # of own experience, where no peer has an opinion
    assert ((weights > 0.0).sum(axis=1) > 1).any()
    part, experience = np.diag(rule.openness), np.random.default_rng(1).uniform(-1.0, 1.0, rows)
    expected = np.linalg.solve(np.eye(rows) - part @ weights, (np.eye(rows) - part + part @ own) @ experience)
    relations.attitude[:], relations.experience[:] = 0.0, experience[:, None]
    for _ in range(100):
        influence.run(world, directory, draw)
    assert np.abs(relations.attitude - expected[:, None]).max() < 1e-6
    assert np.abs(relations.attitude[:, 0] - experience).max() > 0.05
