"""Whom to ask to join a deal.

A search rule says how many contacts a firm looks at (bounded attention) and scores each.
"""

from typing import Any

import numpy as np

from sim.chance import Purpose
from sim.compiled import kernel, leaf
from sim.rules.tables import Contacts


@leaf
def promise(coverage, trust, quality, near, overlap, weights):
    """What a contact promises; ``weights`` of trust, quality, nearness and overlap."""
    return coverage + weights[0] * trust + weights[1] * quality + weights[2] * near - weights[3] * overlap


@kernel
def _score(contact, coverage, trust, quality, near, overlap, weights, score):
    for d in range(contact.shape[0]):
        for c in range(contact.shape[1]):
            if contact[d, c] >= 0 and coverage[d, c] > 0.0:
                score[d, c] = promise(coverage[d, c], trust[d, c], quality[d, c], near[d, c], overlap[d, c], weights)
            else:
                score[d, c] = -np.inf


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
        self.weights = (float(trust), float(quality), float(near), float(overlap))

    def decide(self, table: Contacts, chance) -> np.ndarray:
        """The score of each contact, minus infinity for one that covers nothing."""
        score = np.empty(table.coverage.shape)
        _score(table.contact, table.coverage, table.trust, table.quality, table.near, table.overlap, self.weights, score)
        return score


def looks_of(rule: Any) -> tuple[int, int, float, float]:
    """How many allies, allies of allies, members (per density) and strangers a rule looks at; where unsaid as in BestContacts."""
    names, usual = ("allies", "friends", "members", "strangers"), BestContacts()
    allies, friends, members, strangers = (getattr(rule, name, getattr(usual, name)) for name in names)
    return int(allies), int(friends), float(members), float(strangers)


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
