"""How much of a small world the graph of alliances is, year by year (Watts and Strogatz 1998; Uzzi and Spiro 2005)."""

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, shortest_path

LEAST = 10  # firms in the largest component below which nothing is said


def graph_at(alliances: pa.Table, month: int) -> csr_array:
    """The graph of alliances in force at the end of a month: firms x firms, 1 where two are allied; only firms that are."""
    start, end = alliances["start"].to_numpy(), alliances["end"].fill_null(np.iinfo(np.int64).max).to_numpy()
    there = (start <= month) & (end > month)
    ends = np.concatenate([alliances["uid_a"].to_numpy()[there], alliances["uid_b"].to_numpy()[there]])
    uids, rows = np.unique(ends, return_inverse=True)
    others = np.roll(rows, there.sum())
    graph = coo_array((np.ones(rows.size), (rows, others)), (uids.size, uids.size)).tocsr()
    graph.data[:] = 1.0  # a pair is allied once, in whatever forms
    return graph


def quotient(graph: csr_array) -> float:
    """Clustering over path length in the largest component, each against a random graph of its size and degree.

    ``(C / C_random) / (L / L_random)`` with ``C_random = k / n`` and ``L_random = ln n / ln k``; ``C`` is the mean over firms
    of the share of pairs of allies that are allied, ``L`` the mean over pairs of firms of the shortest path.

    Parameters
    ----------
    graph
        Symmetric, n x n, 1 where two are allied.

    Returns
    -------
    float
        NaN in a component of fewer than ten firms, or where the mean degree is 1 or less.
    """
    if graph.shape[0] == 0:
        return np.nan
    labels = connected_components(graph, directed=False)[1]
    inside = np.flatnonzero(labels == np.bincount(labels).argmax())
    part = graph[inside][:, inside]
    n = inside.size
    k = part.nnz / n
    if n < LEAST or k <= 1.0:
        return np.nan
    degree = part.sum(axis=1)
    closed = (part @ part).multiply(part).sum(axis=1)  # of ordered pairs of allies, those that are allied
    clustering = np.mean(closed / np.maximum(1.0, degree * (degree - 1.0)))
    length = shortest_path(part, directed=False, unweighted=True).sum() / (n * (n - 1.0))
    return float(clustering / (k / n) / (length / (np.log(n) / np.log(k))))


def small_world(alliances: pa.Table, burn_in: int, total: int) -> dict[str, float]:
    """The quotient early and late, and its change in logs.

    Parameters
    ----------
    alliances
        Of ``sim.observe.schema``.
    burn_in, total
        Months.

    Returns
    -------
    dict of str to float
        Early is the mean of the first two year-ends after burn-in, late of the last two.
    """
    ends = range(burn_in, total, 12)
    found = np.array([quotient(graph_at(alliances, month)) for month in (*ends[:2], *ends[-2:])])
    early, late = (float(np.nanmean(part)) if np.isfinite(part).any() else np.nan for part in (found[:2], found[2:]))
    change = float(np.log(late / early)) if early > 0.0 and late > 0.0 else np.nan
    return {"small_world_early": early, "small_world_late": late, "small_world_change": change}
