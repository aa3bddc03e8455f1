"""The first start after an installation or an edit: compiling the model, once, with a word about the wait."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from sim.compiled import CACHE_FOLDER
from sim.engine import advance, build
from sim.plan import Plan
from sim.rules.registry import DEFAULTS, make_rule


def _marker() -> Path:
    """What says that this copy of the model is compiled; the cache of compiled code tells copies in different folders apart."""
    return CACHE_FOLDER / f"complete-{hashlib.sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:16]}"


def is_cold() -> bool:
    """Whether the model has yet to be compiled on this machine."""
    return not _marker().exists()


def warm_up(plan: Plan, say: Callable[[str], None]) -> None:
    """Compile the model by letting a tiny version of the plan run half a year, if that was not done before."""
    if not is_cold():
        return
    say("compiling the model for this machine, once; about a minute ...")
    rules = {point: make_rule(point, name, {}) for point, name in DEFAULTS.items()}
    tiny = plan._replace(partners=min(plan.partners, 60), months=6, burn_in=0, schedule=(), given=None, ties=None, rules=rules)
    world = build(tiny, 0)
    for _ in range(6):
        advance(world)
    _marker().touch()


if __name__ == "__main__":
    from sim.scenario import load

    warm_up(load("baseline").plan, lambda line: print(line, flush=True))
