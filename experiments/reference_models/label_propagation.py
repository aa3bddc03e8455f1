"""Alliances by label propagation, after Tomasello, Perra, Tessone, Karsai and Schweitzer (Scientific Reports 4, 2014).

Firms carry a label: the group of firms in which they move. A firm becomes active in proportion to its own activity and forms an
alliance with one partner or, in a consortium, several; all members are linked with each other. An established firm (one with a
label) picks each partner among firms of its own label, of other labels, or newcomers; a newcomer picks established firms or other
newcomers. Established partners are picked in proportion to their links, newcomers at random. A newcomer takes over the label of
its alliance; an alliance of newcomers alone begins a new one.

The five probabilities are remembered, not read in the source, and marked assumed. Never used by the channel model.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Par

SOURCE = "Tomasello et al. 2014"
REMEMBERED = "assumed: remembered of Tomasello et al. 2014, not verified"


class LabelPropagation(NamedTuple):
    """Parameters; the fifth probability of each set of choices is what is left to one."""

    firms: Annotated[int, Par("firms", 10, 200_000, SOURCE, "firms in all")] = 14_500
    events: Annotated[int, Par("alliances", 1, 1_000_000, SOURCE, "alliances formed, 1984-2009")] = 15_000
    same: Annotated[float, Par("probability", 0, 1, REMEMBERED, "established firm: partner of its own label")] = 0.30
    different: Annotated[
        float, Par("probability", 0, 1, REMEMBERED, "established firm: partner of another label; a newcomer is what is left")
    ] = 0.30
    established: Annotated[
        float, Par("probability", 0, 1, REMEMBERED, "newcomer: established partner; a newcomer is what is left")
    ] = 0.75
    activity_tail: Annotated[
        float, Par("exponent", 0.5, 10, "assumed", "Pareto exponent of firms' activity: a few are in many alliances")
    ] = 1.5
    pairs: Annotated[float, Par("probability", 0, 1, "assumed", "alliances of two; others are consortia")] = 0.93
    consortium: Annotated[
        float,
        Par("firms", 0, 20, "set so that 15,000 alliances make about 22,000 links", "mean members of a consortium beyond three"),
    ] = 1.2


class Alliances(NamedTuple):
    """What came of it."""

    links: NDArray[np.int64]  # L x 2, each once, lower firm first
    label: NDArray[np.int64]  # of each firm, -1 for a firm that never took part
    firms: int


class Shape(NamedTuple):
    """The network of alliances in four numbers."""

    mean_degree: float  # over all firms, those without an alliance included
    took_part: float  # share of all firms that are in any alliance
    largest: float  # share of those in the largest component; the sources know such firms only
    transitivity: float  # closed triples over all triples
    path: float  # mean length of shortest paths in the largest component


class _Society:
    """Links and labels as they grow; whoever has links is drawn in proportion to them."""

    def __init__(self, firms: int, rng: np.random.Generator) -> None:
        self.rng = rng
        self.label = np.full(firms, -1)
        self.links: set[tuple[int, int]] = set()
        self.ends: list[int] = []  # one entry an end of a link
        self.ends_of: dict[int, list[int]] = {}  # the same by label
        self.newcomers = list(range(firms))
        self.place = list(range(firms))

    def newcomer(self, but: int) -> int:
        """A newcomer at random other than the one that asks, -1 for none."""
        if len(self.newcomers) < 2 and self.newcomers in ([], [but]):
            return -1
        while True:
            firm = self.newcomers[int(self.rng.integers(len(self.newcomers)))]
            if firm != but:
                return firm

    def established(self, own: int, same: bool | None, tries: int = 50) -> int:
        """An established firm by its links: of this label, of another, or of any where None; -1 for none found."""
        pool = self.ends_of.get(own, []) if same else self.ends
        for _ in range(tries if pool else 0):
            firm = pool[int(self.rng.integers(len(pool)))]
            if same is not False or self.label[firm] != own:
                return firm
        return -1

    def ally(self, members: list[int]) -> None:
        """Link all members with each other and give newcomers the label of the first that has one, else a new one."""
        known = [int(self.label[m]) for m in members if self.label[m] >= 0]
        label = known[0] if known else len(self.ends_of)
        self.ends_of.setdefault(label, [])
        for m in members:
            if self.label[m] < 0:
                self._settle(m, label)
        for n, a in enumerate(members):
            for b in members[:n]:
                link = (min(a, b), max(a, b))
                if link not in self.links:
                    self.links.add(link)
                    for firm in link:
                        self.ends.append(firm)
                        self.ends_of[int(self.label[firm])].append(firm)

    def _settle(self, firm: int, label: int) -> None:
        self.label[firm] = label
        at, last = self.place[firm], self.newcomers[-1]
        self.newcomers[at], self.place[last] = last, at
        self.newcomers.pop()


def grow(model: LabelPropagation, seed: int = 1) -> Alliances:
    """Let alliances form, one event after the other.

    Parameters
    ----------
    model
        Parameters.
    seed
        Of the generator.

    Returns
    -------
    Alliances
        Links and labels in the end.
    """
    return grow_in_stages(model, seed, 1)[-1]


def grow_in_stages(model: LabelPropagation, seed: int, stages: int) -> list[Alliances]:
    """The same, looked at so many times on the way, the last time in the end."""
    rng = np.random.default_rng(seed)
    society = _Society(model.firms, rng)
    activity = rng.pareto(model.activity_tail, model.firms) + 1.0
    active = rng.choice(model.firms, model.events, p=activity / activity.sum())
    out = []
    for part in np.array_split(active, stages):
        for firm in part.tolist():
            members = [firm]
            for _ in range(_partners(model, rng)):
                partner = _pick(model, society, firm)
                if partner >= 0 and partner not in members:
                    members.append(partner)
            if len(members) > 1:
                society.ally(members)
        links = np.array(sorted(society.links), np.int64).reshape(-1, 2)
        out.append(Alliances(links, society.label.copy(), model.firms))
    return out


def _partners(model: LabelPropagation, rng: np.random.Generator) -> int:
    """How many partners an alliance has: one, or in a consortium two and a geometric number more."""
    return 1 if rng.random() < model.pairs else 1 + int(rng.geometric(1.0 / (1.0 + model.consortium)))


def _pick(model: LabelPropagation, society: _Society, firm: int) -> int:
    """One partner for an active firm; where nobody of the sort wanted is found, a newcomer or anybody."""
    own, u = int(society.label[firm]), society.rng.random()
    if own < 0:
        wanted = society.established(own, None) if u < model.established else society.newcomer(firm)
    elif u < model.same + model.different:
        wanted = society.established(own, u < model.same)
    else:
        wanted = society.newcomer(firm)
    if wanted >= 0 and wanted != firm:
        return wanted
    other = society.newcomer(firm)
    return other if other >= 0 else society.established(own, None)


def shape(of: Alliances, sources: int = 200, seed: int = 1) -> Shape:
    """Mean degree, largest component, transitivity, path length.

    Parameters
    ----------
    of
        A network.
    sources
        Firms from which paths are measured; more cost more.
    seed
        Which ones.

    Returns
    -------
    Shape
        Path and transitivity are NaN where there are none.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components, shortest_path

    a, b = of.links.T if of.links.size else (np.empty(0, int), np.empty(0, int))
    ones = np.ones(2 * a.size)
    graph = coo_matrix((ones, (np.concatenate([a, b]), np.concatenate([b, a]))), (of.firms, of.firms)).tocsr()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    _, part = connected_components(graph, directed=False)
    largest = np.flatnonzero(part == np.bincount(part).argmax())
    triples = float((degree * (degree - 1.0)).sum())
    closed = float((graph @ graph).multiply(graph).sum())
    inside = graph[largest][:, largest]
    chosen = np.random.default_rng(seed).permutation(largest.size)[:sources]
    length = shortest_path(inside, unweighted=True, indices=chosen)
    return Shape(
        float(degree.mean()),
        float((degree > 0.0).mean()),
        float(largest.size / max(1, (degree > 0.0).sum())),
        closed / triples if triples else np.nan,
        float(length[length > 0.0].mean()) if largest.size > 1 else np.nan,
    )
