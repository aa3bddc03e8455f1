"""A user's rule that decides one case at a time, made to work on a whole decision table."""

from typing import Any

import numpy as np

from sim.rules.tables import TABLES, Contacts, Voices


class PerAgent:
    """Calls ``rule.decide_one(case, chance)`` for each row and collects the answers."""

    def __init__(self, point: str, rule: Any) -> None:
        self.table = TABLES[point]
        self.rule = rule
        for name in ("allies", "friends", "members", "strangers", "setup", "coordination", "upkeep"):
            # a search rule may say whom to look among, a form rule what forms cost
            if hasattr(rule, name):
                setattr(self, name, getattr(rule, name))

    def decide(self, table: Any, chance: Any) -> np.ndarray:
        """One answer a row; a score for each contact, an attitude for each vendor, else one value."""
        wide = self.table in (Contacts, Voices)
        rows = [self.rule.decide_one(self.table(*(column[i] for column in table)), chance) for i in range(len(table[0]))]
        if wide:
            return np.array(rows, dtype=float).reshape(table[2].shape)
        return np.array(rows)
