"""Whom to ask to join a deal.

A search rule says how many contacts a firm looks at (bounded attention) and scores each.
"""

import numpy as np

from sim.chance import Purpose
from sim.rules.tables import Contacts


class BestContacts:
    """Allies, allies of allies, co-members of networks and a few strangers, scored by what they bring.

    score = coverage + trust x T + quality x q + near - overlap x shared skills.  Numbers of contacts
    and weights are assumed (trial values); strangers are few, so that networks can matter.
    """

    def __init__(
        self,
        allies: int = 5,
        friends: int = 2,
        members: float = 5.0,
        strangers: float = 0.5,
        trust: float = 0.5,
        quality: float = 0.6,
        near: float = 0.1,
        overlap: float = 0.1,
    ) -> None:
        self.allies = allies
        self.friends = friends
        self.members = members
        self.strangers = strangers
        self.weights = (trust, quality, near, overlap)

    def decide(self, table: Contacts, chance) -> np.ndarray:
        """The score of each contact, minus infinity for one that covers nothing."""
        trust, quality, near, overlap = self.weights
        score = table.coverage + trust * table.trust + quality * table.quality + near * table.near - overlap * table.overlap
        return np.where((table.contact >= 0) & (table.coverage > 0.0), score, -np.inf)


class RandomMeeting:
    """Strangers only, in random order: the null of a search that neither trust nor networks guide."""

    def __init__(self, strangers: float = 8.0) -> None:
        self.allies = 0
        self.friends = 0
        self.members = 0.0
        self.strangers = strangers

    def decide(self, table: Contacts, chance) -> np.ndarray:
        """A random score for each contact that covers something."""
        score = np.empty_like(table.coverage)
        for c in range(table.coverage.shape[-1]):
            score[:, c] = chance(Purpose.SEARCH_TIE_BREAK, table.deal, c)
        return np.where((table.contact >= 0) & (table.coverage > 0.0), score, -np.inf)
