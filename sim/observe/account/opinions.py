"""What is heard of vendors, taken apart: by kind of network, and by peers and hosts.

The influence process runs on a copy that shares everything but what it writes; there networks of one kind only are
heard, once as it is and once with peers switched off.  Chance is stateless, so the same peers are asked.
"""

import copy
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.processes import influence
from sim.processes.directory import look_up
from sim.rules.tables import Voices
from sim.state.networks import KINDS
from sim.world import World


class Opinions(NamedTuple):
    """How far peers and hosts of each kind move what is said from what would be said without them; kinds x N x V."""

    anchor: NDArray[np.float64]  # N x V, what would be said if nothing were heard
    anchored: bool  # whether the anchor is own experience, else what was said last month
    peers: NDArray[np.float64]
    hosts: NDArray[np.float64]


class _Listener:
    """In place of the influence rule: notes what was heard and says nothing new."""

    def __init__(self) -> None:
        self.voices: Any = None

    def decide(self, table: Voices, draw: Any) -> NDArray[np.float64]:
        """Last month's attitude."""
        self.voices = table._replace(heard=table.heard.copy(), openness=table.openness.copy())
        return table.attitude


def opinions(world: World) -> Opinions:
    """Take apart what the influence process, which is about to run, will hear.

    Parameters
    ----------
    world
        Between satisfaction and influence; not changed.
    """
    draw, directory = partial(chance.uniforms_at, world.key), look_up(world)
    full = _heard(world, directory, draw, None, True)
    rule = world.rules["influence"]
    silent = full._replace(openness=np.zeros_like(full.openness))
    anchor = np.asarray(rule.decide(silent, draw), np.float64)
    anchored = bool(np.array_equal(anchor, full.experience))
    by_kind = density_by_kind(world)
    weight = full.openness[:, None] * by_kind / np.maximum(1e-300, by_kind.sum(axis=1, keepdims=True))
    peers, hosts = (np.zeros((len(KINDS), *full.heard.shape)) for _ in range(2))
    for k in np.flatnonzero(by_kind.any(axis=0)):
        both, praise = (_heard(world, directory, draw, int(k), on).heard for on in (True, False))
        of_kind = weight[:, k, None]
        hosts[k] = of_kind * _unless_rounding(praise - full.experience)
        peers[k] = of_kind * _unless_rounding(both - praise + full.experience - anchor)
    return Opinions(anchor, anchored, peers, hosts)


def _unless_rounding(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """A difference, nothing where it is but the rounding of a mean of equal numbers."""
    return np.where(np.abs(difference) < 1e-14, 0.0, difference)


def density_by_kind(world: World) -> NDArray[np.float64]:
    """Contact density of each partner's memberships, N x kinds."""
    network = world.memberships.network
    out = np.zeros((network.shape[0], len(KINDS)))
    row, slot = np.nonzero((network >= 0) & world.partners.alive[:, None])
    m = network[row, slot]
    np.add.at(out, (row, world.networks.kind[m]), world.networks.density[m])
    return out


def _heard(world: World, directory: Any, draw: Any, kind: int | None, peers: bool) -> Voices:
    twin, listener = copy.copy(world), _Listener()
    twin.witness = None
    twin.rules = {**world.rules, "influence": listener}
    twin.relations = world.relations._replace(attitude=world.relations.attitude.copy())
    twin.switches = world.switches._replace(peer_influence=world.switches.peer_influence and peers)
    if kind is not None:
        density = np.where(world.networks.kind == kind, world.networks.density, 0.0)
        twin.networks = world.networks._replace(density=density)
    influence.run(twin, directory, draw)
    return listener.voices
