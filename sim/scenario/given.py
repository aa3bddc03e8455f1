"""Which inputs of a scenario with real partners are real, and which are drawn."""

from typing import NamedTuple

import numpy as np

from sim.plan import Plan
from sim.scenario.partners_csv import PartnerFile


class PartnerSources(NamedTuple):
    """For each input of the partners, how many of them have it from the data."""

    file: str
    partners: int
    real: dict[str, int]
    ignored: tuple[str, ...]  # columns that the model has no use for
    unrecognised: tuple[str, ...]  # business types that could not be mapped

    @property
    def drawn(self) -> dict[str, int]:
        """For each input, how many partners have it drawn."""
        return {name: self.partners - n for name, n in self.real.items()}

    def lines(self) -> list[str]:
        """A few lines to print."""
        real = ", ".join(f"{name} {n}" for name, n in self.real.items() if n)
        drawn = ", ".join(f"{name} {n}" for name, n in self.drawn.items() if n)
        out = [f"Partners: {self.partners} from {self.file}.", f"  Real: {real}."]
        out.append(
            f"  Drawn: {drawn + '; ' if drawn else ''}"
            "and for all: skill levels, vendors carried, cash, revenue, memberships, alliances."
        )
        if self.ignored:
            out.append(f"  Columns not used: {', '.join(self.ignored)}.")
        if self.unrecognised:
            out.append(f"  Business types not recognised, so drawn: {', '.join(self.unrecognised[:10])}.")
        return out


def partner_sources(data: PartnerFile, plan: Plan, file: str) -> PartnerSources:
    """Count what the data give of the partners that a plan takes from them."""
    given = plan.given
    assert given is not None
    real = {
        "name": len(given.names),
        "staff": int(np.isfinite(given.staff).sum()),
        "home region": int((given.region >= 0).sum()),
        "regions served": int((given.reach != 0).sum()),
        "verticals": int((given.verticals != 0).sum()),
        "skills": int(given.skills.any(axis=1).sum()),
        "business type": int((given.business_type >= 0).sum()),
    }
    return PartnerSources(file, len(given.names), real, data.ignored, data.unrecognised)
