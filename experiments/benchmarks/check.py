"""Whether the model has become slower: a few ratios, measured in turns, beside those that were kept.

    python -m experiments.benchmarks --check   # ends with 1 when a ratio is more than 30 % worse
    python -m experiments.benchmarks --keep    # measures them anew and keeps them

Each ratio is what one thing costs in units of another of the same process, measured in turns, so a busy machine slows both.
The median of many turns is taken, and a ratio that looks worse is measured again, twice, before it counts: the best
of three stands.
"""

import json
import statistics
from collections.abc import Callable
from pathlib import Path

from experiments.benchmarks.measures import plan_of, reference_model, seconds, state_bytes
from sim.engine import advance, build
from sim.observe.series import Memory, observe

KEPT = Path(__file__).with_name("ratios.json")
WORSE, AGAIN = 1.30, 2
TURNS = 12


def month_in_reference_months() -> float:
    """A month of 300 partners in the engine over a month of 40 in the plain Mesa reference, per partner."""
    kind = reference_model()
    if kind is None:
        raise RuntimeError("the reference is not there; the check needs a source tree with its tests")
    plain, world = kind(plan_of(40)), build(plan_of(300), 0)
    for _ in range(3):
        plain.step()
        advance(world)
    return _turns(lambda: advance(world), plain.step) * 40 / 300


def month_of_many_in_months_of_few() -> float:
    """A month of 3,000 partners over a month of 300, per partner: what growth costs."""
    many, few = build(plan_of(3000), 0), build(plan_of(300), 0)
    for _ in range(3):
        advance(many)
        advance(few)
    return _turns(lambda: advance(many), lambda: advance(few)) * 300 / 3000


def series_in_months() -> float:
    """Observing a month's series of 300 partners over the month itself."""
    world, memory = build(plan_of(300), 0), Memory()
    for _ in range(3):
        advance(world)
    return _turns(lambda: observe(world, memory), lambda: advance(world))


def bytes_a_partner() -> float:
    """Bytes of state a partner, after two years of 300 partners."""
    world = build(plan_of(300), 0)
    for _ in range(24):
        advance(world)
    return state_bytes(world) / 300


RATIOS: dict[str, Callable[[], float]] = {
    "month_in_reference_months": month_in_reference_months,
    "month_of_many_in_months_of_few": month_of_many_in_months_of_few,
    "series_in_months": series_in_months,
    "bytes_a_partner": bytes_a_partner,
}


def _turns(one: Callable[[], object], other: Callable[[], object]) -> float:
    return statistics.median(seconds(one) / max(1e-9, seconds(other)) for _ in range(TURNS))


def keep() -> dict[str, float]:
    """Measure every ratio three times and keep the medians."""
    kept = {name: statistics.median(measure() for _ in range(3)) for name, measure in RATIOS.items()}
    KEPT.write_text(json.dumps({name: float(f"{value:.3g}") for name, value in kept.items()}, indent=1) + "\n", encoding="utf-8")
    return kept


def worse(say: Callable[[str], None]) -> list[str]:
    """Names of the ratios that are more than 30 % above those kept; each is said with both values."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    out = []
    for name, measure in RATIOS.items():
        value, tries = measure(), 0
        while value > WORSE * kept[name] and tries < AGAIN:
            value, tries = min(value, measure()), tries + 1
        slower = value > WORSE * kept[name]
        again = f", measured {tries + 1} times" if tries else ""
        beside = f"{value:9.3g}   kept {kept[name]:9.3g}   {value / kept[name]:.2f} times{again}"
        say(f"{'WORSE ' if slower else 'ok    '}{name:32s} {beside}")
        if slower:
            out.append(name)
    return out
