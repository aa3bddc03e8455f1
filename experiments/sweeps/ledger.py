"""Which runs of a study are done, failed or open: one byte a run, so that a long study needs no more memory than a short one."""

from collections.abc import Iterable

import numpy as np

from experiments.sweeps.store import Manifest

OPEN, DONE, FAILED = 0, 1, 2


class Ledger:
    """The state of every run of a study.

    Parameters
    ----------
    points
        Of the design.
    replications
        At most, of a point.
    """

    def __init__(self, points: int, replications: int) -> None:
        self.points, self.replications = points, replications
        self._state = np.zeros((points, replications), np.uint8)
        self.beyond = 0  # finished runs that are there, but that the study does not ask for any more
        self.timed = 0  # runs asked for whose time is known

    def read(self, manifests: Iterable[Manifest], retry: bool = False) -> float:
        """Note what the chunks hold; with ``retry`` failures count as open.  Gives the seconds of all runs asked for."""
        seconds, self.beyond, self.timed = 0.0, 0, 0
        for manifest in manifests:
            asked = sum(self.note(point, replication, DONE) for point, replication in manifest.done)
            self.beyond += len(manifest.done) - asked
            for failure in manifest.failed:
                if self.state(failure["point"], failure["replication"]) != DONE:
                    self.note(failure["point"], failure["replication"], OPEN if retry else FAILED)
            self.timed += asked if manifest.seconds > 0.0 else 0
            seconds += manifest.seconds * asked / max(1, len(manifest.done))
        return seconds

    def note(self, point: int, replication: int, state: int) -> bool:
        """Set the state of a run; whether the study asks for it."""
        inside = point < self.points and replication < self.replications
        if inside:
            self._state[point, replication] = state
        return inside

    def state(self, point: int, replication: int) -> int:
        """The state of a run; open when the study does not ask for it."""
        inside = point < self.points and replication < self.replications
        return int(self._state[point, replication]) if inside else OPEN

    def count(self, state: int) -> int:
        """Runs in a state."""
        return int(np.count_nonzero(self._state == state))
