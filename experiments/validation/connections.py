"""A2 Mutual consent on the connections utility ends in the networks of Jackson and Wolinsky (1996)."""

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from experiments.validation.check import Check, check
from sim import chance
from sim.rules.connections import degree_sequence, is_pairwise_stable, meet_at_random
from sim.rules.registry import make_rule

DELTA, N = 0.5, 5
SOURCE = "Jackson and Wolinsky 1996"
STABLE: dict[float, set[tuple[int, ...]]] = {
    0.15: {(4, 4, 4, 4, 4)},
    0.35: {(1, 1, 1, 1, 4), (2, 2, 2, 2, 2), (2, 2, 2, 3, 3)},
    0.6: {(0, 0, 0, 0, 0)},
    1.3: {(0, 0, 0, 0, 0)},
}
KNOWN = make_rule("consent", "known_surplus", {})


def drawn(seed: int) -> Any:
    """The chance that a run with this seed gives a rule."""
    return partial(chance.uniforms_at, np.uint64(chance.month_key(seed, 0, 0)))


def every_graph(n: int) -> Iterator[np.ndarray]:
    """All graphs of n firms."""
    pairs = list(combinations(range(n), 2))
    for mask in range(1 << len(pairs)):
        links = np.zeros((n, n), bool)
        for k, (i, j) in enumerate(pairs):
            links[i, j] = links[j, i] = mask >> k & 1
        yield links


def stable_sequences(cost: float, n: int = N, consent: Any = KNOWN, delta: float = DELTA) -> set[tuple[int, ...]]:
    """Degree sequences of all graphs of n firms that are pairwise stable."""
    return {degree_sequence(g) for g in every_graph(n) if is_pairwise_stable(g, delta, cost, consent, drawn(0))}


def ends_of_paths(cost: float, seeds: int = 40) -> tuple[set[tuple[int, ...]], int]:
    """Degree sequences in which paths of random meetings come to rest, and how many paths do."""
    ends = [meet_at_random(N, DELTA, cost, KNOWN, drawn(seed)) for seed in range(seeds)]
    return {degree_sequence(links) for links, stable in ends if stable}, sum(stable for _, stable in ends)


def written(sequences: set[tuple[int, ...]]) -> str:
    """Degree sequences as the specification writes them."""
    return "{" + ", ".join("".join(map(str, s)) for s in sorted(sequences)) + "}"


def check_graphs(cost: float) -> Check:
    """Exactly the networks of the table are stable."""
    found = stable_sequences(cost)
    text = f"connections utility, cost {cost:g}: stable of all {1 << N * (N - 1) // 2:,} graphs"
    return check("A2", text, SOURCE, written(STABLE[cost]), written(found), found == STABLE[cost])


def check_paths(cost: float) -> Check:
    """Paths of random meetings rest in networks of the table only, and most of them do rest."""
    rested, n = ends_of_paths(cost)
    text, band = f"  cost {cost:g}: where 40 paths of meetings rest", f"within {written(STABLE[cost])}"
    holds = rested <= STABLE[cost] and len(rested) >= min(2, len(STABLE[cost])) and n > 30
    return check("A2", text, SOURCE, band, f"{written(rested)}, {n} rest", holds)


def checks() -> list[Check]:
    """All of A2."""
    return [one(cost) for cost in STABLE for one in (check_graphs, check_paths)]
