"""A7 Influence with experience frozen converges to A* = (I - L W)^-1 (I - L) X (Friedkin and Johnsen 1990)."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.validation.check import Check, check
from experiments.validation.plans import built, small_plan
from sim import chance
from sim.processes import influence
from sim.processes.directory import look_up
from sim.rules.influence import FriedkinJohnsen
from sim.rules.tables import Voices

N, V = 40, 3
WITHIN = 1e-6
SOURCE = "Friedkin and Johnsen 1990"


class Society(NamedTuple):
    """Who hears whom (rows sum to 1), how open each is, and what each experienced."""

    weights: NDArray[np.float64]  # N x N
    openness: NDArray[np.float64]  # N
    experience: NDArray[np.float64]  # N x V


def society() -> Society:
    """One drawn at random."""
    rng = np.random.default_rng(7)
    weights = rng.random((N, N)) * (rng.random((N, N)) < 0.2)
    weights[np.arange(N), (np.arange(N) + 1) % N] += 0.1
    np.fill_diagonal(weights, 0.0)
    return Society(weights / weights.sum(axis=1, keepdims=True), rng.uniform(0.1, 0.9, N), rng.uniform(-1.0, 1.0, (N, V)))


def fixed_point(of: Society) -> NDArray[np.float64]:
    """A*, by solving the linear system."""
    part = np.diag(of.openness)
    return np.asarray(np.linalg.solve(np.eye(N) - part @ of.weights, (np.eye(N) - part) @ of.experience), np.float64)


def iterated(rule: Any, of: Society, months: int = 300) -> NDArray[np.float64]:
    """Attitudes after so many months in which everybody hears the weighted mean of the others."""
    attitude = np.zeros_like(of.experience)
    for _ in range(months):
        attitude = rule.decide(Voices(np.arange(N), of.experience, attitude, of.weights @ attitude, of.openness), None)
    return attitude


def rule_distance(rule: Any) -> float:
    """How far the rule, iterated, ends from the fixed point."""
    one = society()
    return float(np.abs(iterated(rule, one) - fixed_point(one)).max())


class Overheard(FriedkinJohnsen):
    """The rule, remembering what it was told."""

    def decide(self, table: Voices, chance: Any) -> NDArray[np.float64]:
        """Expressed attitude."""
        self.heard, self.openness = table.heard.copy(), table.openness.copy()
        return super().decide(table, chance)


class Listening(NamedTuple):
    """The process of the month, iterated in a world whose month, and so who hears whom, does not change."""

    distance: float  # from the fixed point of its own weights
    moved: float  # how far attitudes are from experience
    hear_several: bool  # whether anybody hears more than one other


def process_distance(partners: int = 30, months: int = 100) -> Listening:
    """Recover who hears whom from the process itself, one firm's attitude at a time, then iterate it."""
    world = built(small_plan(partners, switches=small_plan().switches._replace(host_influence=False)))
    rule = Overheard()
    world.rules["influence"] = rule
    directory = look_up(world)
    relations, rows = world.relations, world.partners.uid.size
    relations.carried[:] = world.partners.alive[:, None]
    draw = partial(chance.uniforms_at, world.key)

    def heard(attitude: NDArray, experience: NDArray) -> NDArray[np.float64]:
        relations.attitude[:], relations.experience[:] = attitude[:, None], experience[:, None]
        influence.run(world, directory, draw)
        return rule.heard[:, 0]

    nothing = np.zeros(rows)
    weights = np.stack([heard(one, nothing) for one in np.eye(rows)], axis=1)  # of each firm's attitude
    own = np.diag(heard(nothing, np.ones(rows)))  # of own experience, where no peer has an opinion
    part, experience = np.diag(rule.openness), np.random.default_rng(1).uniform(-1.0, 1.0, rows)
    expected = np.linalg.solve(np.eye(rows) - part @ weights, (np.eye(rows) - part + part @ own) @ experience)
    relations.attitude[:], relations.experience[:] = 0.0, experience[:, None]
    for _ in range(months):
        influence.run(world, directory, draw)
    return Listening(
        float(np.abs(relations.attitude - expected[:, None]).max()),
        float(np.abs(relations.attitude[:, 0] - experience).max()),
        bool(((weights > 0.0).sum(axis=1) > 1).any()),
    )


def check_distance(text: str, distance: float) -> Check:
    """Whether the fixed point was reached."""
    return check("A7", text, SOURCE, f"below {WITHIN:g}", f"{distance:.1e}", distance < WITHIN)


def checks() -> list[Check]:
    """All of A7."""
    return [
        check_distance("influence rule, iterated: distance from A*", rule_distance(FriedkinJohnsen())),
        check_distance("influence process, iterated: distance from the A* of who hears whom", process_distance().distance),
    ]
