"""What a check says: a statement, where it comes from, the band, what was measured, and whether it holds."""

from typing import NamedTuple

HOLDS, EDGE, MISSES, UNKNOWN, NOT_LOOKED_AT = "holds", "holds, at the edge", "misses", "unknown", "not looked at"


class Check(NamedTuple):
    """One line of the validation table."""

    id: str
    statement: str
    source: str
    band: str
    measured: str
    verdict: str  # one of the words above, empty where a number is only reported

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.verdict.startswith(HOLDS)


def check(id: str, statement: str, source: str, band: str, measured: str, holds: bool) -> Check:
    """A line whose verdict is plain."""
    return Check(id, statement, source, band, measured, HOLDS if holds else MISSES)
